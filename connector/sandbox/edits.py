"""What happens in a living school between two pulls: teachers change marks, fill topics, pupils move."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from connector.sandbox import ids, journal
from connector.sandbox.access import Refusal, Viewer, not_found
from connector.sandbox.desk import Desk
from connector.sandbox.model import CANCELLED, Entry, Group, Lesson, Mark, Work
from connector.sandbox.rolls import move

Op = Callable[[Desk, dict[str, Any]], dict[str, str]]


def edit(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    """Carry one edit out and tell the ids it made.

    Raises:
        Refusal: unknown operation, missing member or unknown id.

    """
    op = OPS.get(str(order.get("op")))
    if op is None:
        raise Refusal(400, "invalidRequest", f"op is one of {', '.join(OPS)}")
    try:
        return op(desk, order)
    except KeyError as error:
        raise Refusal(400, "invalidRequest", f"{error.args[0]} is missing") from error


def _all(desk: Desk) -> Viewer:
    return Viewer("admin", desk.school.admin)


def _lesson(desk: Desk, order: dict[str, Any]) -> Lesson:
    return desk.lesson(int(order["lesson"]), _all(desk))


def _group(desk: Desk, vendor_id: str | int) -> Group:
    number = ids.GROUP.decode(int(vendor_id))
    found = next((g for g in desk.school.groups if g.number == number), None)
    if found is None:
        raise not_found("group")
    return found


def _place(desk: Desk, group: Group, vendor_id: str | int) -> int:
    who = desk.person(int(vendor_id), _all(desk))
    found = next((place for place, m in enumerate(group.roll) if m.person is who), None)
    if found is None:
        raise not_found("person")
    return found


def _now(desk: Desk) -> str:
    return f"{desk.today.isoformat()}T11:00:00.5"


def _mark_change(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    work, mark = desk.mark(int(order["mark"]), _all(desk))
    mark.value = str(order["value"])
    desk.changed([work.holder])
    return {}


def _mark_delete(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    work, mark = desk.mark(int(order["mark"]), _all(desk))
    work.marks.remove(mark)
    desk.changed([work.holder])
    return {}


def _mark_add(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    lesson = _lesson(desk, order)
    place = _place(desk, lesson.group, order["person"])
    work = next((work for work in lesson.works if work.type != "Homework"), None)
    if work is None:
        work = Work(lesson, 0, "DefaultNewLessonWork", lesson)
        lesson.works.insert(0, work)
    nth = max((mark.nth for mark in work.marks if mark.place == place), default=-1) + 1
    if nth >= ids.TRIES:
        raise Refusal(400, "invalidRequest", "no room for another mark")
    mark = Mark(place, nth, str(order["value"]), _now(desk))
    work.marks.append(mark)
    desk.changed([lesson])
    return {"mark": str(ids.MARK.encode(ids.mark_key(work.key, place, nth))), "work": str(work.id)}


def _topic(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    lesson = _lesson(desk, order)
    lesson.title = None if order["op"] == "topic.clear" else str(order["title"])
    desk.changed([lesson])
    return {}


def _homework_add(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    lesson = _lesson(desk, order)
    if lesson.after is None:
        raise Refusal(400, "invalidRequest", "no later lesson of the subject in this period")
    places = tuple(place for place, _person in lesson.group.active(desk.today))
    work = journal.give_homework(
        lesson,
        lesson.after,
        str(order.get("text", "Повторить параграф")),
        places,
        desk.config.homework_lesson,
    )
    desk.changed([work.holder])
    return {"work": str(work.id)}


def _homework_delete(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    work = desk.work(int(order["work"]), _all(desk))
    work.holder.works.remove(work)
    desk.changed([work.holder])
    return {}


def _attendance_set(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    lesson = _lesson(desk, order)
    lesson.entries[_place(desk, lesson.group, order["person"])] = Entry(
        str(order.get("status", "Absent")), _now(desk), order.get("comment")
    )
    desk.changed([lesson])
    return {}


def _attendance_delete(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    lesson = _lesson(desk, order)
    if lesson.entries.pop(_place(desk, lesson.group, order["person"]), None) is None:
        raise not_found("entry")
    desk.changed([lesson])
    return {}


def _lesson_delete(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    lesson = _lesson(desk, order)
    desk.book.cancel(lesson)
    return {}


def _lesson_cancel(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    lesson = _lesson(desk, order)
    lesson.status = CANCELLED
    desk.changed([lesson])
    return {}


def _pupil_move(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    who = desk.person(int(order["person"]), _all(desk))
    move(
        desk.school.groups, who, _group(desk, order["from"]), _group(desk, order["to"]), desk.today
    )
    desk.regrouped()
    return {}


def _pupil_archive(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    who = desk.person(int(order["person"]), _all(desk))
    for membership in (
        m for g in desk.school.groups for m in g.roll if m.person is who and m.on(desk.today)
    ):
        membership.until = max(desk.today, (membership.since or desk.today) + timedelta(0))
    desk.regrouped()
    return {}


def _rights(desk: Desk, order: dict[str, Any]) -> dict[str, str]:
    if order["op"] == "rights.narrow":
        desk.hidden.add(_group(desk, order["group"]).number)
    elif "group" in order:
        desk.hidden.discard(_group(desk, order["group"]).number)
    else:
        desk.hidden.clear()
    return {}


OPS: dict[str, Op] = {
    "mark.change": _mark_change,
    "mark.delete": _mark_delete,
    "mark.add": _mark_add,
    "topic.fill": _topic,
    "topic.clear": _topic,
    "homework.add": _homework_add,
    "homework.delete": _homework_delete,
    "attendance.set": _attendance_set,
    "attendance.delete": _attendance_delete,
    "lesson.delete": _lesson_delete,
    "lesson.cancel": _lesson_cancel,
    "pupil.move": _pupil_move,
    "pupil.archive": _pupil_archive,
    "rights.narrow": _rights,
    "rights.restore": _rights,
}
