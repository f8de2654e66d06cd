"""Answers about lessons, works, tasks and attendance."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from connector.sandbox.access import Refusal, Viewer, not_found
from connector.sandbox.desk import Desk
from connector.sandbox.model import Lesson, Work
from connector.sandbox.people import Person
from connector.sandbox.routing import Answer, Call, Ready, route, rows

STATUSES = ["Attend", "Absent", "Ill", "Late", "Pass"]
# One client splits ranges into windows of at most 30 days (notes, section 3).
MOST_DAYS = 30


def lessons_by_ids(desk: Desk, wanted: Iterable[int], viewer: Viewer) -> Iterator[Lesson]:
    """Lessons by ids; unknown and forbidden ones are left out."""
    for vendor_id in wanted:
        try:
            yield desk.lesson(vendor_id, viewer)
        except Refusal:
            continue


@route("GET", "/lessons/{lesson}")
def one_lesson(desk: Desk, call: Call) -> Answer:
    """A lesson."""
    return Ready(
        desk.fragments.lesson(desk.lesson(call.id("lesson"), call.viewer), call.viewer.only)
    )


@route("POST", "/lessons/many")
def many_lessons(desk: Desk, call: Call) -> Answer:
    """Lessons by ids."""
    return rows(
        desk.fragments.lesson(lesson, call.viewer.only)
        for lesson in lessons_by_ids(desk, call.body_ids(), call.viewer)
    )


@route("GET", "/edu-groups/{group}/lessons/{from}/{to}")
def group_lessons(desk: Desk, call: Call) -> Answer:
    """Lessons of a group between two days; a class's list has no lessons of its subgroups."""
    group = desk.group(call.id("group"), call.viewer)
    return rows(
        desk.fragments.lesson(lesson, call.viewer.only)
        for lesson in desk.window(group, call.day("from"), call.day("to"))
    )


@route("GET", "/edu-groups/{group}/subjects/{subject}/lessons/{from}/{to}")
def subject_lessons(desk: Desk, call: Call) -> Answer:
    """Lessons of a group in a subject."""
    group = desk.group(call.id("group"), call.viewer)
    window = desk.window(group, call.day("from"), call.day("to"), desk.subject(call.id("subject")))
    return rows(desk.fragments.lesson(lesson, call.viewer.only) for lesson in window)


@route("GET", "/works")
def works_of_lesson(desk: Desk, call: Call) -> Answer:
    """Works of the lesson named in the query."""
    return _works(desk, desk.lesson(call.asked_id("lesson") or 0, call.viewer), call.viewer)


@route("GET", "/lessons/{lesson}/works")
def lesson_works(desk: Desk, call: Call) -> Answer:
    """Works of a lesson."""
    return _works(desk, desk.lesson(call.id("lesson"), call.viewer), call.viewer)


def _works(desk: Desk, lesson: Lesson, viewer: Viewer) -> Ready:
    return rows(desk.fragments.work(work, viewer.only) for work in lesson.works)


def _work(desk: Desk, vendor_id: int, viewer: Viewer) -> str:
    final = desk.final_work(vendor_id, viewer)
    if final:
        return desk.fragments.final_work(final[0].group, final[0].subject, final[0].period)
    return desk.fragments.work(desk.work(vendor_id, viewer), viewer.only)


@route("GET", "/works/{work}")
def one_work(desk: Desk, call: Call) -> Answer:
    """A work, of a lesson or of final marks."""
    return Ready(_work(desk, call.id("work"), call.viewer))


@route("POST", "/works/many")
def many_works(desk: Desk, call: Call) -> Answer:
    """Works by ids; unknown ones are left out."""
    found = []
    for vendor_id in call.body_ids():
        try:
            found.append(_work(desk, vendor_id, call.viewer))
        except Refusal:
            continue
    return rows(found)


@route("GET", "/tasks")
def tasks(desk: Desk, call: Call) -> Answer:
    """Tasks of several lessons."""
    return rows(
        _tasks(desk, work, call.viewer)
        for lesson in lessons_by_ids(desk, call.asked_ids("lessons"), call.viewer)
        for work in lesson.works
    )


@route("GET", "/lessons/{lesson}/tasks")
def lesson_tasks(desk: Desk, call: Call) -> Answer:
    """Tasks of a lesson."""
    return rows(
        _tasks(desk, work, call.viewer)
        for work in desk.lesson(call.id("lesson"), call.viewer).works
    )


@route("GET", "/works/{work}/tasks")
def work_tasks(desk: Desk, call: Call) -> Answer:
    """Tasks of a work."""
    return rows([_tasks(desk, desk.work(call.id("work"), call.viewer), call.viewer)])


def _tasks(desk: Desk, work: Work, viewer: Viewer) -> str:
    return desk.fragments.tasks(work, viewer.only)


@route("GET", "/lessons/{lesson}/log-entries")
def lesson_entries(desk: Desk, call: Call) -> Answer:
    """Attendance of a lesson."""
    return rows(
        [desk.fragments.entries(desk.lesson(call.id("lesson"), call.viewer), call.viewer.only)]
    )


@route("GET", "/lesson-log-entries")
def many_entries(desk: Desk, call: Call) -> Answer:
    """Attendance of several lessons."""
    return rows(
        desk.fragments.entries(lesson, call.viewer.only)
        for lesson in lessons_by_ids(desk, call.asked_ids("lessons"), call.viewer)
    )


@route("GET", "/lesson-log-entries/statuses")
def statuses(_desk: Desk, _call: Call) -> Answer:
    """Known attendance statuses."""
    return STATUSES


@route("GET", "/lesson-log-entries/lesson/{lesson}/person/{person}")
def one_entry(desk: Desk, call: Call) -> Answer:
    """Attendance of one person in a lesson; null when there is no entry."""
    who = desk.person(call.id("person"), call.viewer)
    found = desk.fragments.entries(
        desk.lesson(call.id("lesson"), call.viewer), frozenset({who.number})
    )
    return Ready(found or "null")


@route("GET", "/lesson-log-entries/group/{eduGroup}")
def group_entries(desk: Desk, call: Call) -> Answer:
    """Attendance of a group between two days, in one subject or in all."""
    group = desk.group(call.id("eduGroup"), call.viewer)
    subject = call.asked_id("subject")
    window = desk.window(
        group,
        call.asked_day("from"),
        call.asked_day("to"),
        None if subject is None else desk.subject(subject),
    )
    return rows(desk.fragments.entries(lesson, call.viewer.only) for lesson in window)


@route("GET", "/lesson-log-entries/person/{personID}/subject/{subjectID}")
def person_subject_entries(desk: Desk, call: Call) -> Answer:
    """Attendance of a person in a subject."""
    who, subject = desk.person(call.id("personID"), call.viewer), desk.subject(call.id("subjectID"))
    return rows(
        _entries_of(desk, who, call.viewer, call.asked_day("from"), call.asked_day("to"), subject)[
            0
        ]
    )


@route("GET", "/lesson-log-entries/person={personID}&subject={subjectID}&from={from}&to={to}")
def person_subject_entries_in_path(desk: Desk, call: Call) -> Answer:
    """The same by the old path that has no query mark."""
    who, subject = desk.person(call.id("personID"), call.viewer), desk.subject(call.id("subjectID"))
    return rows(_entries_of(desk, who, call.viewer, call.day("from"), call.day("to"), subject)[0])


@route("GET", "/persons/{person}/lesson-log-entries")
def person_entries(desk: Desk, call: Call) -> Answer:
    """Attendance of a person with its lessons, at most 30 days at once."""
    who = desk.person(call.id("person"), call.viewer)
    start, end = call.asked_day("startDate"), call.asked_day("endDate")
    if end - start > timedelta(days=MOST_DAYS):
        raise not_found("endDate")
    entries, lessons = _entries_of(desk, who, call.viewer, start, end)
    shown = rows(desk.fragments.lesson(lesson, frozenset({who.number})) for lesson in lessons)
    return Ready(f'{{"logEntries":{rows(entries)},"lessons":{shown}}}')


def _entries_of(
    desk: Desk, who: Person, viewer: Viewer, start: date, end: date, subject: str | None = None
) -> tuple[list[str], list[Lesson]]:
    groups = [g for g in desk.groups_of(who, ever=True) if desk.shows(g, viewer)]
    lessons = [lesson for group in groups for lesson in desk.window(group, start, end, subject)]
    texts = {
        lesson.id: desk.fragments.entries(lesson, frozenset({who.number})) for lesson in lessons
    }
    return [text for text in texts.values() if text], [
        lesson for lesson in lessons if texts[lesson.id]
    ]
