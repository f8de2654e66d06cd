"""Everything that was written to the school, in order: the state is the seeded school plus these entries."""

import json
import math
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from connector.sandbox.access import Refusal, Viewer, forbidden
from connector.sandbox.desk import Desk
from connector.sandbox.edits import edit
from connector.sandbox.routing import Answer, Call, route
from connector.sandbox.statefile import StateFile

Query = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One write: the order, the emulator's day when it came, and its monotonic moment."""

    order: dict[str, Any]
    day: str
    at: float


class Ledger:
    """Carries writes out and remembers them.

    Raises:
        ValueError: the state file of the configuration cannot be used.

    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.entries: list[Entry] = []
        self._file: StateFile | None = None
        if desk.config.state is not None:
            try:
                self._file = StateFile(Path(desk.config.state), _school_of(desk))
            except OSError as error:
                raise ValueError(f"state: {desk.config.state}: {error.strerror}") from error
            self._replay(self._file)

    def call(self, method: str, path: str, query: Query, body: Any, viewer: Viewer) -> Answer:  # noqa: ANN401 - whatever JSON holds
        """Carry out one call; one that writes is remembered.

        Raises:
            Refusal: it cannot be done; nothing was changed.

        """
        found = route.find(method, path)
        if found is None:
            raise Refusal(501, "apiMethodNotSupported", "The emulator does not know this operation")
        operation, params = found
        if operation.writes and viewer.role != "admin":
            raise forbidden("outOfScope")
        answer = operation.handler(self.desk, Call(viewer, params, query, body))
        if operation.writes:
            self._note({"method": method, "path": path, "query": query, "body": body})
        return answer

    def edit(self, order: dict[str, Any]) -> dict[str, str]:
        """Carry out and remember what teachers and pupils do."""
        made = edit(self.desk, order)
        self._note({"edit": order})
        return made

    def reset(self) -> None:
        """Go back to the seeded school."""
        self.desk.renew()
        # A new list: who followed the old one sees that it ended.
        self.entries = []
        if self._file:
            self._file.clear()

    def close(self) -> None:
        """Let go of the state file."""
        if self._file:
            self._file.close()

    def _note(self, order: dict[str, Any]) -> None:
        entry = Entry(order, self.desk.today.isoformat(), time.monotonic())
        self.entries.append(entry)
        if self._file:
            self._file.add(json.dumps({"day": entry.day, "order": order}, ensure_ascii=False))

    def _replay(self, file: StateFile) -> None:
        for number, text in enumerate(file.entries(), 1):
            kept = json.loads(text)
            entry = Entry(kept["order"], kept["day"], -math.inf)
            try:
                carry_out(self.desk, entry)
            except Refusal as refusal:
                self.close()
                raise ValueError(
                    f"state: entry {number} cannot be carried out again: {refusal.description}"
                ) from refusal
            self.entries.append(entry)


def carry_out(desk: Desk, entry: Entry) -> None:
    """Do again what was done on its day.

    Raises:
        Refusal: the school is not the one it was done to.

    """
    today, desk.today = desk.today, date.fromisoformat(entry.day)
    try:
        order = entry.order
        if "edit" in order:
            edit(desk, order["edit"])
            return
        found = route.find(order["method"], order["path"])
        if found is None:
            raise Refusal(501, "apiMethodNotSupported", "unknown operation")
        viewer = Viewer("admin", desk.school.admin)
        found[0].handler(desk, Call(viewer, found[1], order["query"], order["body"]))
    finally:
        desk.today = today


def _school_of(desk: Desk) -> dict[str, Any]:
    """Settings without which the entries mean nothing; a later day of the same study year does no harm."""
    config = desk.config
    # Files of usual schools are older than the choice.
    planted = {} if config.plant == "usual" else {"plant": config.plant}
    return planted | {
        "seed": config.seed,
        "pupils": config.pupils,
        "classes": config.class_count,
        "week": config.week,
        "attendance": config.attendance,
        "homework_lesson": config.homework_lesson,
        "second_mark": config.second_mark,
        "study_year": desk.school.year,
    }
