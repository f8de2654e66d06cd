"""Writing the schedule: `lesson.*` and `timetable.put` of the write profile `reference`, which is ours, not the vendor's.

A room can be set, and reads show it as `resultPlaceId`; the hours of a lesson are taken and shown nowhere.
"""

import re
from datetime import date
from typing import Any

from connector.sandbox import ids, wire
from connector.sandbox.access import conflict, not_found
from connector.sandbox.answers_school import check_school
from connector.sandbox.desk import Desk
from connector.sandbox.journal import PLANNED
from connector.sandbox.members import Members, wrong
from connector.sandbox.model import Bells, Lesson
from connector.sandbox.people import Person
from connector.sandbox.routing import Answer, Call, Done, Ready, route

REQUIRED = ("subject", "date", "number", "teachers")
MEMBERS = (*REQUIRED, "hours", "place", "title")
MOST_NUMBERS = 15
MOST_BELLS = 40
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d ?- ?([01]\d|2[0-3]):[0-5]\d")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@route("POST", "/edu-groups/{group}/lessons", writes=True)
def create_lesson(desk: Desk, call: Call) -> Answer:
    """Put a lesson into the schedule of a group."""
    group = desk.group(call.id("group"), call.viewer)
    body = Members(call.body, MEMBERS, required=REQUIRED)
    wanted = Lesson(group, desk.book.next_no(), date.min, 0, "", [], by_hand=True)
    _read(desk, wanted, body)
    _check_room(desk, wanted, None)
    if desk.config.statuses == "words":
        wanted.status = PLANNED
    desk.book.add(wanted)
    desk.regrouped()
    return Ready(desk.fragments.lesson(wanted))


@route("PUT", "/lessons/{lesson}", writes=True)
def update_lesson(desk: Desk, call: Call) -> Answer:
    """Change what the body names of a lesson."""
    lesson = desk.lesson(call.id("lesson"), call.viewer)
    wanted = Lesson(
        lesson.group,
        lesson.no,
        lesson.day,
        lesson.number,
        lesson.subject,
        lesson.teachers,
        title=lesson.title,
        place=lesson.place,
    )
    _read(desk, wanted, Members(call.body, MEMBERS))
    _check_room(desk, wanted, lesson)
    lesson.title, lesson.place = wanted.title, wanted.place
    desk.book.change(
        lesson,
        day=wanted.day,
        number=wanted.number,
        subject=wanted.subject,
        teachers=wanted.teachers,
    )
    desk.changed([lesson])
    desk.regrouped()
    return Ready(desk.fragments.lesson(lesson))


@route("DELETE", "/lessons/{lesson}", writes=True)
def cancel_lesson(desk: Desk, call: Call) -> Answer:
    """Take an empty lesson out of the schedule."""
    lesson = desk.lesson(call.id("lesson"), call.viewer)
    _check_live(lesson)
    if lesson.works or lesson.entries or lesson.title or _gives_homework(lesson):
        raise conflict("The lesson holds a topic, works, marks or log entries")
    desk.book.cancel(lesson)
    desk.regrouped()
    return Done()


@route("POST", "/lessons/{lesson}/restore", writes=True)
def restore_lesson(desk: Desk, call: Call) -> Answer:
    """Put a lesson back where it was."""
    lesson = desk.cancelled_lesson(call.id("lesson"), call.viewer)
    if lesson.deleted:
        _check_room(desk, lesson, None)
        desk.book.restore(lesson)
    desk.regrouped()
    return Ready(desk.fragments.lesson(lesson))


@route("PUT", "/schools/{school}/timetables", writes=True)
def put_timetable(desk: Desk, call: Call) -> Answer:
    """Write a bell schedule by name: a new one, or in place of the one that has the name."""
    check_school(call)
    body = Members(call.body, (), required=("name", "items"))
    name = body.text("name")
    known = [bells.name for bells in desk.bells]
    place = known.index(name) if name in known else len(known)
    if place >= MOST_BELLS:
        raise conflict("There are too many timetables")
    special = place < len(known) and desk.bells[place].special
    bells = Bells(name, _bells(body.items("items")), special=special)
    desk.bells[place : place + 1] = [bells]
    return wire.timetable(bells, place, desk.school.year)


def _read(desk: Desk, lesson: Lesson, body: Members) -> None:
    """Set on `lesson`, which nobody sees yet, what the body names."""
    if "subject" in body:
        lesson.subject = desk.subject(body.id("subject"))
    if "date" in body:
        lesson.day = body.day("date")
        if not date(lesson.group.year, 9, 1) <= lesson.day < date(lesson.group.year + 1, 9, 1):
            raise wrong("date", "is outside the group's study year")
    if "number" in body:
        lesson.number = body.number("number", 0, MOST_NUMBERS)
    if "teachers" in body:
        lesson.teachers = _teachers(desk, body)
    if body.has("hours"):
        _check_hours(body)
    if "title" in body:
        lesson.title = body.text_or_none("title")
    if "place" in body:
        lesson.place = _place(body)


def _place(body: Members) -> int | None:
    if not body.has("place"):
        return None
    vendor_id = body.id("place")
    number = ids.PLACE.decode(vendor_id)
    if number is None or number >= ids.PLACES:
        raise not_found("place")
    return vendor_id


def _teachers(desk: Desk, body: Members) -> list[Person]:
    known = {who.id: who for who in desk.school.staff}
    wanted = body.ids("teachers")
    if not wanted:
        raise wrong("teachers", "names nobody")
    if any(vendor_id not in known for vendor_id in wanted):
        raise not_found("teachers")
    return [known[vendor_id] for vendor_id in wanted]


def _check_hours(body: Members) -> None:
    """Hours come as a number of lessons or as the vendor shows them, `08:30 - 09:15`."""
    if body.is_text("hours"):
        if not _HOURS.fullmatch(body.text("hours")):
            raise wrong("hours", "is not like 08:30 - 09:15")
    else:
        body.number("hours", 1, 10)


def _check_room(desk: Desk, wanted: Lesson, now: Lesson | None) -> None:
    """Refuse a place in time that is taken; what a lesson has already is its own, clash or no clash."""
    _check_live(wanted)
    moves = now is None or (now.day, now.number) != (wanted.day, wanted.number)
    if moves and desk.book.held(wanted.group, wanted.day, wanted.number):
        raise conflict("The group has a lesson then")
    for teacher in wanted.teachers:
        comes = moves or now is None or teacher not in now.teachers
        if comes and desk.book.busy(teacher, wanted.day, wanted.number):
            raise conflict("A teacher has a lesson then")


def _check_live(lesson: Lesson) -> None:
    if lesson.group.archived:
        raise conflict("The group is archived")


def _gives_homework(lesson: Lesson) -> bool:
    return any(
        work.given is lesson
        for other in lesson.group.lessons
        if not other.deleted
        for work in other.works
    )


def _bells(items: list[Any]) -> tuple[tuple[int, str, str], ...]:
    rows = []
    for item in items:
        row = Members(item, (), required=("number", "start", "finish"))
        start, finish = row.text("start"), row.text("finish")
        for name, value in (("start", start), ("finish", finish)):
            if not _CLOCK.fullmatch(value):
                raise wrong(name, "is not like 08:30")
        if start >= finish:
            raise wrong("finish", "is not after start")
        rows.append((row.number("number", 0, MOST_NUMBERS), start, finish))
    if len({number for number, _start, _finish in rows}) < len(rows):
        raise wrong("number", "stands twice")
    return tuple(sorted(rows))
