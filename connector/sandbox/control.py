"""The emulator's own door, `/__sandbox/…`: call log, truth, edits, faults, sample ids. Needs no token; loopback only."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from connector.sandbox import faults, ids
from connector.sandbox.access import Refusal, not_found
from connector.sandbox.desk import subject_id
from connector.sandbox.ledger import Ledger
from connector.sandbox.model import Lesson
from connector.sandbox.panel import import_rows
from connector.sandbox.routing import Answer, read_day
from connector.sandbox.snapshot import state_of
from connector.sandbox.steps import carry_out_steps
from connector.sandbox.truth import truth_of

PREFIX = "/__sandbox/"
SAMPLES = 5


class Control:
    """Answers the tests and the person who rehearses."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.desk = ledger.desk
        self.calls: list[dict[str, Any]] = []
        self.rules = self._rules(self.desk.config.faults or "")

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        """Carry out one control call and return its JSON.

        Raises:
            Refusal: unknown call, or an order that cannot be carried out.

        """
        order = f"{method} {path.removeprefix(PREFIX).rstrip('/')}"
        calls: dict[str, Callable[[], Answer]] = {
            "GET calls": lambda: self.calls,
            "DELETE calls": self._forget_calls,
            "GET truth": lambda: truth_of(self.desk),
            "GET state": lambda: self._state(query),
            "POST edit": lambda: self.ledger.edit(_object(body)),
            "POST import": lambda: import_rows(self.ledger, body, _year(query)),
            "POST checklist": lambda: carry_out_steps(self.ledger, _json(body)),
            "POST reset": self._reset,
            "POST faults": lambda: self._set_faults(body),
            "DELETE faults": self._clear_faults,
            "GET sample": lambda: self._sample(query.get("kind", ["lesson"])[0]),
        }
        if order not in calls:
            raise not_found("path")
        return calls[order]()

    def _forget_calls(self) -> dict[str, int]:
        self.calls.clear()
        return {}

    def _clear_faults(self) -> dict[str, int]:
        """No rule strikes any more, and tokens that rules let expire are good again."""
        self.rules = []
        self.desk.door.expired.clear()
        return {}

    def _reset(self) -> dict[str, int]:
        """As if started anew, without the state that was kept."""
        self.ledger.reset()
        self.calls.clear()
        self.rules = self._rules(self.desk.config.faults or "")
        return {}

    def _state(self, query: dict[str, list[str]]) -> Answer:
        try:
            start = read_day(query.get("from", [date.min.isoformat()])[0])
            end = read_day(query.get("to", [date.max.isoformat()])[0])
        except ValueError as error:
            raise Refusal(400, "invalidRequest", "from and to are days") from error
        return state_of(self.desk, start, end)

    def _rules(self, toml: str) -> list[faults.Rule]:
        rules = faults.parse(toml)
        for rule in rules:
            rule.begin(len(self.ledger.entries))
        return rules

    def _set_faults(self, body: bytes) -> dict[str, int]:
        try:
            self.rules = self._rules(body.decode())
        except ValueError as error:
            raise Refusal(400, "invalidRequest", str(error)) from error
        return {"rules": len(self.rules)}

    def _sample(self, kind: str) -> dict[str, list[str]]:
        """A few ids of one kind, of lessons that were held and filled."""
        desk = self.desk
        full = [
            lesson
            for group in desk.school.groups
            for lesson in group.lessons
            if any(work.marks for work in lesson.works) and lesson.entries
        ]
        makers: dict[str, Callable[[], list[int]]] = {
            "lesson": lambda: [lesson.id for lesson in full],
            "work": lambda: [work.id for lesson in full for work in lesson.works if work.marks],
            "homework": lambda: [
                work.id for lesson in full for work in lesson.works if work.type == "Homework"
            ],
            "mark": lambda: [_mark_id(lesson) for lesson in full],
            "group": lambda: [group.id for group in desk.school.groups if group.is_class],
            "subgroup": lambda: [group.id for group in desk.school.groups if not group.is_class],
            "pupil": lambda: [
                person.id
                for group in desk.school.groups
                for _place, person in group.now(desk.today)
            ],
            "teacher": lambda: [
                person.id
                for person in desk.school.staff
                if desk.school.specialties.get(person.number)
            ],
            "subject": lambda: [subject_id(lesson.subject) for lesson in full],
        }
        if kind not in makers:
            raise Refusal(400, "invalidRequest", f"kind is one of {', '.join(makers)}")
        found = list(dict.fromkeys(makers[kind]()))
        return {
            "ids": [
                str(vendor_id) for vendor_id in found[:: max(1, len(found) // SAMPLES)][:SAMPLES]
            ]
        }


def _mark_id(lesson: Lesson) -> int:
    work, mark = next(lesson.marks())
    return ids.MARK.encode(ids.mark_key(work.key, mark.place, mark.nth))


def _year(query: dict[str, list[str]]) -> int | None:
    asked = query.get("studyyear", [""])[0]
    return int(asked) if asked.isdecimal() else None


def _json(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "invalidRequest", "the body is not JSON") from error


def _object(body: bytes) -> dict[str, Any]:
    order = _json(body)
    if not isinstance(order, dict):
        raise Refusal(400, "invalidRequest", "the body is not an object")
    return order
