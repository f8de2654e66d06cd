"""The history of a mark, a person or a lesson in words and as a JSON document."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from connector.commands.console import wrapped
from connector.i18n import N_, _
from connector.mirror.biography import Biography
from connector.mirror.history import Event
from connector.vocab import ATTENDANCE, MOODS, ROLES, TABLES, WORK_TYPES, label

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]

OPS = {
    "seen": N_("seen first"),
    "update": N_("changed"),
    "withdraw": N_("no longer shown"),
    "return": N_("shown again"),
}
COLUMNS = {
    "value": N_("value"),
    "text_value": N_("in words"),
    "mood": N_("mood"),
    "type": N_("kind"),
    "given_at": N_("entered"),
    "status": N_("status"),
    "comment": N_("comment"),
    "created_at": N_("entered"),
    "title": N_("topic"),
    "date": N_("day"),
    "number": N_("number"),
    "text": N_("text"),
    "target_date": N_("due on"),
    "lesson_id": N_("lesson"),
    "person_id": N_("person"),
    "work_id": N_("work"),
    "edu_group_id": N_("class"),
    "subject_id": N_("subject"),
    "reporting_period_id": N_("period"),
    "role": N_("role"),
    "kind": N_("kind"),
    "last_name": N_("last name"),
    "first_name": N_("first name"),
    "middle_name": N_("middle name"),
    "birthday": N_("birthday"),
    "position": N_("position"),
    "extra": N_("other"),
}
WORDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("lesson_log_entries", "status"): ATTENDANCE,
    ("marks", "mood"): MOODS,
    ("works", "type"): WORK_TYPES,
    ("memberships", "role"): ROLES,
}
# What a first sight is worth saying of each table; changes are told whole.
FIRST: Mapping[str, tuple[str, ...]] = {
    "marks": ("value", "given_at"),
    "lesson_log_entries": ("status", "comment"),
    "lessons": ("title", "status"),
    "works": ("type", "text", "target_date"),
    "final_marks": ("kind", "value"),
    "memberships": ("role", "status"),
    "staff": ("position",),
}

_PERSON = (
    "SELECT trim(ifnull(last_name, '') || ' ' || ifnull(first_name, '')) FROM persons WHERE id = ?"
)
_LESSON = (
    "SELECT l.date, l.number, g.name, s.name FROM lessons l LEFT JOIN edu_groups g ON g.id = l.edu_group_id"
    " LEFT JOIN subjects s ON s.id = l.subject_id WHERE l.id = ?"
)
_NAMED = {
    "person_id": _PERSON,
    "created_by": _PERSON,
    "edu_group_id": "SELECT name FROM edu_groups WHERE id = ?",
    "subject_id": "SELECT name FROM subjects WHERE id = ?",
    "reporting_period_id": "SELECT name FROM reporting_periods WHERE id = ?",
    "work_type_id": "SELECT name FROM work_types WHERE id = ?",
}


@dataclass(slots=True)
class Names:
    """Words for ids, asked of the mirror once each."""

    query: Query
    _known: dict[tuple[str, object], str] = field(default_factory=dict)

    def name(self, column: str, number: object) -> str | None:
        """The name of what a column points to; None where it points to nothing with a name."""
        if (column, number) not in self._known:
            self._known[column, number] = self._read(column, number)
        return self._known[column, number] or None

    def _read(self, column: str, number: object) -> str:
        if column == "lesson_id":
            return "".join(self._lesson(*row) for row in self.query(_LESSON, (number,)))
        rows = self.query(_NAMED[column], (number,)) if column in _NAMED else []
        return rows[0][0] or "" if rows else ""

    @staticmethod
    def _lesson(day: str | None, number: int | None, group: str | None, subject: str | None) -> str:
        parts = [group, subject, day and shown_day(day), number and f"№ {number}"]
        return ", ".join(str(part) for part in parts if part)


def lines(found: Iterable[Biography], zone: tzinfo, names: Names) -> Iterable[str]:
    """Tell each row's history in 80 columns, moments in the school's zone."""
    table = ""
    for one in found:
        if one.resource != table:
            if table:
                yield ""
            table = one.resource
            yield f"{_(label(TABLES, table))}:"
        yield wrapped(_printable(f"  {_title(one, names)}")).replace("\n", "\n  ")
        for event in one.events:
            at = datetime.fromisoformat(event.seen_at).astimezone(zone)
            what = _said(event, names)
            text = f"    {at:%d.%m.%Y %H:%M}  {_(OPS[event.op])}{': ' if what else ''}{what}"
            yield wrapped(_printable(text)).replace("\n", "\n      ")


def document(
    subject: str, number: int, as_of: date | None, found: Iterable[Biography], names: Names
) -> dict[str, Any]:
    """The document of docs/json/history.json: ids are strings, moments UTC with `Z`."""
    return {
        "schema": "dnevnik/history/1",
        "subject": subject,
        "id": str(number),
        "as_of": as_of.isoformat() if as_of else None,
        "rows": [
            {
                "resource": one.resource,
                "key": [str(part) for part in one.key],
                "about": _title(one, names),
                "shown": one.shown,
                "values": _plain(one.values),
                "events": [
                    {
                        "seen_at": event.seen_at,
                        "run_id": str(event.run_id),
                        "op": event.op,
                        "before": _plain(event.before),
                        "after": _plain(event.after),
                    }
                    for event in one.events
                ],
            }
            for one in found
        ],
    }


def shown_day(text: str) -> str:
    """A day of the mirror the way people write it."""
    return ".".join(reversed(text[:10].split("-")))


def _printable(text: str) -> str:
    """What people typed must not steer the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Ids as text: most readers of JSON round numbers of 19 digits."""
    return {
        name: str(value) if value is not None and (name == "id" or name.endswith("_id")) else value
        for name, value in values.items()
    }


def _title(one: Biography, names: Names) -> str:
    """Whose row it is: the names its key and columns lead to."""
    values = one.values
    if one.resource in ("persons", "lessons"):
        column = "person_id" if one.resource == "persons" else "lesson_id"
        named = [names.name(column, one.key[0])]
    else:
        columns = ("person_id", "lesson_id", "subject_id", "reporting_period_id", "edu_group_id")
        named = [
            names.name(column, values.get(column))
            for column in columns
            # A lesson's name says class and subject already.
            if values.get("lesson_id") is None or column in ("person_id", "lesson_id")
        ]
    ids = " ".join(str(part) for part in one.key)
    return f"{', '.join(name for name in named if name)} ({ids})"


def _said(event: Event, names: Names) -> str:
    if event.op == "seen":
        wanted = FIRST.get(event.resource, ())
        return ", ".join(
            _value(event.resource, name, event.after[name], names)
            for name in wanted
            if event.after.get(name) is not None
        )
    return "; ".join(
        f"{_(label(COLUMNS, name))}: {_value(event.resource, name, event.before.get(name), names)}"
        f" → {_value(event.resource, name, after, names)}"
        for name, after in event.after.items()
        # A mark's words mostly repeat its value.
        if name != "text_value" or after != event.after.get("value")
    )


def _value(resource: str, column: str, value: object, names: Names) -> str:
    if value is None or value == "":
        return "—"
    named = names.name(column, value)
    if named:
        return named
    words = WORDS.get((resource, column))
    text = _(label(words, str(value))) if words else str(value)
    is_day = column in ("date", "target_date", "birthday", "given_at", "created_at")
    return shown_day(text) if is_day else " ".join(text.split())
