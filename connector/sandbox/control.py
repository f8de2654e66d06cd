"""The emulator's own door, `/__sandbox/…`: call log, truth, edits, faults, sample ids. Needs no token; loopback only."""

import json
from collections.abc import Callable
from typing import Any

from connector.sandbox import faults, ids
from connector.sandbox.access import Refusal, not_found
from connector.sandbox.desk import Desk, subject_id
from connector.sandbox.edits import edit
from connector.sandbox.model import Lesson
from connector.sandbox.routing import Answer
from connector.sandbox.truth import truth_of

PREFIX = "/__sandbox/"
SAMPLES = 5


class Control:
    """Answers the tests and the person who rehearses."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rules = faults.parse(desk.config.faults or "")
        self.calls: list[dict[str, Any]] = []

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
            "POST edit": lambda: edit(self.desk, _object(body)),
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

    def _set_faults(self, body: bytes) -> dict[str, int]:
        try:
            self.rules = faults.parse(body.decode())
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


def _object(body: bytes) -> dict[str, Any]:
    try:
        order = json.loads(body)
    except ValueError as error:
        raise Refusal(400, "invalidRequest", "the body is not JSON") from error
    if not isinstance(order, dict):
        raise Refusal(400, "invalidRequest", "the body is not an object")
    return order
