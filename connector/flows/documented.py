"""How an operation on the journal becomes one of the documented calls: channel `api`."""

from collections.abc import Mapping
from typing import Any

from connector.api.calls import writes
from connector.api.calls.base import Call

OPERATIONS = frozenset(
    {
        "work.create",
        "work.update",
        "work.delete",
        "log_entry.put",
        "log_entry.delete",
        "mark.put",
    }
)


def documented_call(op: str, values: Mapping[str, Any], *, there: bool) -> Call[int | None]:
    """The call of an operation; its value is the id of a new work, where the answer tells it.

    Args:
        op: one of `OPERATIONS`.
        values: of the operation, references resolved, with `target`.
        there: something stands there already: an attendance entry is changed instead of made.

    """
    target = int(values["target"] or 0)
    match op:
        case "work.create":
            return writes.create_work(_work(values))
        case "work.update":
            return writes.change_work(
                target, {"id": target, "id_str": str(target), **_work(values)}
            )
        case "work.delete":
            return writes.delete_work(target)
        case "mark.put":
            return _mark(target, values)
        case "log_entry.delete":
            return writes.delete_log_entry(int(values["lesson_id"]), target)
        case _:
            return _entry(target, values, there=there)


def _entry(person: int, values: Mapping[str, Any], *, there: bool) -> Call[int | None]:
    lesson = int(values["lesson_id"])
    entry = {
        **_pair("person", person),
        **_pair("lesson", lesson),
        "status": values["status"],
        "comment": values["comment"],
    }
    if there:
        return writes.change_log_entry(lesson, person, entry)
    return writes.create_log_entry(lesson, entry)


def _mark(person: int, values: Mapping[str, Any]) -> Call[int | None]:
    work = int(values["work_id"])
    mark = {
        "type": values["type"],
        "value": values["value"],
        "textValue": values["text_value"],
        **_pair("person", person),
        **_pair("work", work),
    }
    return writes.give_mark(person, work, _said(mark))


def _work(values: Mapping[str, Any]) -> dict[str, Any]:
    """A full work in the vendor's words; what the mirror does not know is left out."""
    lesson, day = values["lesson_id"], values["target_date"]
    flags = {name: values[name] for name in ("is_important", "display_in_journal")}
    return _said(
        {
            "type": values["type"],
            "workType": _number(values["work_type_id"]),
            "markType": values["mark_type"],
            "markCount": values["mark_count"],
            **_pair("lesson", lesson),
            "displayInJournal": _flag(flags["display_in_journal"]),
            **(_pair("eduGroup", values["edu_group_id"]) if values["edu_group_id"] else {}),
            "tasks": [_pair("person", person) for person in values["person_ids"]],
            "text": values["text"],
            "periodNumber": values["period_number"],
            "periodType": values["period_type"],
            "subjectId": _number(values["subject_id"]),
            "isImportant": _flag(flags["is_important"]),
            "targetDate": f"{day[:10]}T00:00:00" if day else None,
        }
    )


def _said(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _pair(name: str, vendor_id: object) -> dict[str, Any]:
    """An id and its text twin: the number alone may lose digits on its way."""
    return {name: int(str(vendor_id)), f"{name}_str": str(vendor_id)}


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _flag(value: object) -> bool | None:
    return None if value is None else bool(value)
