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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

# Whatever JSON can hold; mypy has no finite name for it.
JsonValue = Any
# Options of each action and their defaults.
ACTIONS: dict[str, dict[str, Any]] = {
    "throttle": {"status": 429, "retry_after": None},
    "status": {"status": 500, "type": "apiServerError"},
    "maintenance": {"status": 503},
    "hang": {"seconds": 1.0},
    "slow_body": {"seconds": 1.0, "pieces": 4},
    "truncate": {"closed": False},
    # `after_commit` is `before = false` in other words: the work is done, and nobody hears of it.
    "drop": {"before": True, "after_commit": False},
    "expire_token": {},
    # Groups whose names fit the pattern are hidden from the calls that are struck.
    "narrow_rights": {"name": "*"},
    # Seconds by which the dates of the answer's head run ahead.
    "clock_skew": {"seconds": 3600.0},
    # Rows of the answer, or of its lists of that name, come twice.
    "duplicate_rows": {"member": ""},
    # Reads show the state before a write for so many seconds, or for so many reads of this rule.
    "stale_read": {"seconds": 0.0, "calls": 0},
    "extra_member": {"name": "surprise"},
    "wrong_type": {"member": "status"},
    "empty_list": {},
}
# Those that work on the JSON of an answer.
BENDING = frozenset({"extra_member", "wrong_type", "empty_list", "duplicate_rows"})
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
    # For each write the read of this rule that was the first to miss it.
    _missed: list[int] = field(default_factory=list)
    _reads: int = 0

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

    def begin(self, writes: int) -> None:
        """Take writes that were there before the rule as known to everyone."""
        self._missed = [-self.options.get("calls", 0)] * writes

    def visible(self, moments: Sequence[float], now: float) -> int:
        """How many of the writes, told by their monotonic moments, a read shows that lags behind."""
        self._reads += 1
        self._missed += [self._reads] * (len(moments) - len(self._missed))
        for number, (first, at) in enumerate(zip(self._missed, moments, strict=True)):
            if self._reads - first < self.options["calls"] or now - at < self.options["seconds"]:
                return number
        return len(moments)


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
    options = ACTIONS[action] | table
    _check_options(number, action, options)
    path = match.get("path", "*")
    try:
        pattern = re.compile(path if path.startswith("^") else fnmatch.translate(path))
    except re.error as error:
        raise ValueError(f"rule {number}: path {path!r} is not a regular expression") from error
    return Rule(match.get("method"), pattern, when, action, options)


def _check_options(number: int, action: str, options: dict[str, Any]) -> None:
    for name, default in ACTIONS[action].items():
        kind = (int, float) if isinstance(default, float) else type(default)
        value = options[name]
        fits = isinstance(value, kind) and isinstance(value, bool) == isinstance(default, bool)
        if default is not None and not fits:
            raise ValueError(f"rule {number}: {name} = {value!r} is not of the kind of {default!r}")
    if action == "slow_body" and options["pieces"] < 1:
        raise ValueError(f"rule {number}: pieces must be at least 1")
    if action == "stale_read" and options["seconds"] <= 0 and options["calls"] <= 0:
        raise ValueError(f"rule {number}: stale_read needs seconds or calls")


def bend(rule: Rule, body: JsonValue) -> JsonValue:
    """The JSON value of an answer as a rule spoils it; unchanged for rules that do not touch the body."""
    if rule.action == "empty_list":
        return []
    if rule.action == "extra_member":
        items = body if isinstance(body, list) else [body]
        for item in items:
            if isinstance(item, dict):
                item[rule.options["name"]] = {"new": True}
    if rule.action == "duplicate_rows":
        return _doubled(body, rule.options["member"])
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


def _doubled(value: JsonValue, member: str) -> JsonValue:
    """Lists twice over: the outermost one, or those that are the member."""
    if isinstance(value, list):
        return [_doubled(item, member) for item in value] if member else [*value, *value]
    if isinstance(value, dict) and member:
        return {
            name: [*item, *item]
            if name == member and isinstance(item, list)
            else _doubled(item, member)
            for name, item in value.items()
        }
    return value


def _other_type(value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or value is None:
        return "unexpected"
    if isinstance(value, int | float):
        return f"{value} units"
    return {"value": value} if isinstance(value, str) else "unexpected"
