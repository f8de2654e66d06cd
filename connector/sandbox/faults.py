"""Scripted faults: rules of a TOML file, counted and deterministic, never random.

[[rule]]
match = { method = "GET", path = "/edu-groups/*/marks/*" }   # glob, or a regular expression that begins with ^
when = { nth = 3 }          # or nth = [1, 4], every = 5, from_call = 2, to_call = 6; without `when` each call
action = "throttle"         # one of ACTIONS, with its options beside it
status = 433
retry_after = "date"
"""

import fnmatch
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Whatever JSON can hold; mypy has no finite name for it.
JsonValue = Any
# Options of each action and their defaults.
ACTIONS: dict[str, dict[str, Any]] = {
    "throttle": {"status": 429, "retry_after": None},
    "status": {"status": 500},
    "maintenance": {"status": 503},
    "hang": {"seconds": 1.0},
    "truncate": {"closed": False},
    "drop": {"before": True},
    "expire_token": {},
    "extra_member": {"name": "surprise"},
    "wrong_type": {"member": "status"},
    "empty_list": {},
}
WHEN = {"nth", "every", "from_call", "to_call"}


@dataclass(slots=True)
class Rule:
    """One rule; `calls` counts the calls that matched so far."""

    method: str | None
    path: re.Pattern[str]
    when: dict[str, Any]
    action: str
    options: dict[str, Any]
    calls: int = field(default=0)

    def fires(self, method: str, path: str) -> bool:
        """Count a matching call and tell whether the rule strikes it."""
        if (self.method and self.method != method) or not self.path.search(path):
            return False
        self.calls += 1
        nth, every = self.when.get("nth"), self.when.get("every")
        if nth is not None:
            return self.calls in (nth if isinstance(nth, list) else [nth])
        if every is not None:
            return bool(self.calls % every == 0)
        return bool(
            self.when.get("from_call", 1) <= self.calls <= self.when.get("to_call", self.calls)
        )


def parse(toml: str) -> list[Rule]:
    """Rules of a TOML text.

    Raises:
        ValueError: not TOML, or a rule names what does not exist; the message tells which.

    """
    document = tomllib.loads(toml)
    if set(document) - {"rule"}:
        raise ValueError(f"unknown tables: {', '.join(sorted(set(document) - {'rule'}))}")
    return [_rule(number, dict(table)) for number, table in enumerate(document.get("rule", []), 1)]


def _rule(number: int, table: dict[str, Any]) -> Rule:
    match, when, action = table.pop("match", {}), table.pop("when", {}), table.pop("action", None)
    if action not in ACTIONS:
        raise ValueError(f"rule {number}: action {action!r} is not one of {', '.join(ACTIONS)}")
    for name, given, known in (
        ("match", match, {"method", "path"}),
        ("when", when, WHEN),
        ("option", table, set(ACTIONS[action])),
    ):
        if set(given) - known:
            raise ValueError(
                f"rule {number}: unknown {name} {', '.join(sorted(set(given) - known))}; known: {', '.join(sorted(known)) or 'none'}"
            )
    path = match.get("path", "*")
    try:
        pattern = re.compile(path if path.startswith("^") else fnmatch.translate(path))
    except re.error as error:
        raise ValueError(f"rule {number}: path {path!r} is not a regular expression") from error
    return Rule(match.get("method"), pattern, when, action, ACTIONS[action] | table)


def bend(rule: Rule, body: JsonValue) -> JsonValue:
    """The JSON value of an answer as a rule spoils it; unchanged for rules that do not touch the body."""
    if rule.action == "empty_list":
        return []
    if rule.action == "extra_member":
        items = body if isinstance(body, list) else [body]
        for item in items:
            if isinstance(item, dict):
                item[rule.options["name"]] = {"new": True}
    if rule.action == "wrong_type":
        return _retyped(body, rule.options["member"], _other_type)
    return body


def _retyped(value: JsonValue, member: str, change: Callable[[JsonValue], JsonValue]) -> JsonValue:
    if isinstance(value, list):
        return [_retyped(item, member, change) for item in value]
    if isinstance(value, dict):
        return {
            name: change(item) if name == member else _retyped(item, member, change)
            for name, item in value.items()
        }
    return value


def _other_type(value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or value is None:
        return "unexpected"
    if isinstance(value, int | float):
        return f"{value} units"
    return {"value": value} if isinstance(value, str) else "unexpected"
