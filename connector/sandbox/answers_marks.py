"""Answers about marks: of lessons, works, persons, and final ones."""

from connector.sandbox import wire
from connector.sandbox.access import Viewer, not_found
from connector.sandbox.answers_journal import lessons_by_ids
from connector.sandbox.desk import Desk, subject_id
from connector.sandbox.model import Group
from connector.sandbox.people import Person
from connector.sandbox.routing import Answer, Call, Ready, route, rows

MARK5 = [f"{value}{sign}" for value in range(1, 6) for sign in ("-", "", "+")]


@route("GET", "/marks/{mark}")
def one_mark(desk: Desk, call: Call) -> Answer:
    """A mark, of a lesson or a final one."""
    final = desk.final_mark(call.id("mark"), call.viewer)
    if final:
        return Ready(desk.fragments.final_mark(final))
    return Ready(desk.fragments.mark(*desk.mark(call.id("mark"), call.viewer)))


@route("GET", "/marks/values")
def mark_values(_desk: Desk, _call: Call) -> Answer:
    """Mark systems and their values."""
    return {"mark5": MARK5, "markna": ["НА"], "markdismiss": ["ОСВ"], "test": ["ЗЧ", "НЗ"]}


@route("GET", "/marks/values/type/{type}")
def mark_values_of_type(desk: Desk, call: Call) -> Answer:
    """Values of one mark system."""
    known: dict[str, list[str]] = mark_values(desk, call)
    if call.path["type"].lower() not in known:
        raise not_found("type")
    return known[call.path["type"].lower()]


@route("GET", "/works/{work}/marks")
def work_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a work, of a lesson or final ones."""
    final = desk.final_work(call.id("work"), call.viewer)
    if final:
        return rows(
            desk.fragments.final_mark(mark)
            for mark in final
            if _visible(mark.group, mark.place, call.viewer)
        )
    work = desk.work(call.id("work"), call.viewer)
    return rows(
        desk.fragments.mark(work, mark)
        for mark in work.marks
        if _visible(work.holder.group, mark.place, call.viewer)
    )


@route("GET", "/lessons/{lesson}/marks")
def lesson_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a lesson."""
    return rows(
        [desk.fragments.marks(desk.lesson(call.id("lesson"), call.viewer), call.viewer.only)]
    )


@route("POST", "/lessons/many/marks", "/lessons/marks")
def marks_of_lessons(desk: Desk, call: Call) -> Answer:
    """Marks of several lessons."""
    return rows(
        desk.fragments.marks(lesson, call.viewer.only)
        for lesson in lessons_by_ids(desk, call.body_ids(), call.viewer)
    )


@route("GET", "/edu-groups/{group}/marks/{from}/{to}")
def group_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a group between two days; which day counts is a setting, because the notes leave it open."""
    group = desk.group(call.id("group"), call.viewer)
    return rows(desk.marks_window(group, call.day("from"), call.day("to"), call.viewer))


@route("GET", "/edu-groups/{group}/subjects/{subject}/marks/{from}/{to}")
def subject_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a group in a subject."""
    group = desk.group(call.id("group"), call.viewer)
    return rows(
        desk.marks_window(
            group, call.day("from"), call.day("to"), call.viewer, desk.subject(call.id("subject"))
        )
    )


def _visible(group: Group, place: int, viewer: Viewer) -> bool:
    return viewer.only is None or group.roll[place].person.number in viewer.only


def _marks_of(
    desk: Desk, who: Person, groups: list[Group], call: Call, subject: str | None = None
) -> Ready:
    own = Viewer("parent", who, persons=frozenset({who.number}))
    shown = [group for group in groups if desk.shows(group, call.viewer)]
    return rows(
        part
        for group in shown
        for part in desk.marks_window(group, call.day("from"), call.day("to"), own, subject)
    )


@route("GET", "/persons/{person}/schools/{school}/marks/{from}/{to}")
def person_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a person in a school."""
    if call.id("school") != wire.SCHOOL_ID:
        raise not_found("school")
    who = desk.person(call.id("person"), call.viewer)
    return _marks_of(desk, who, desk.groups_of(who, ever=True), call)


@route("GET", "/persons/{person}/edu-groups/{group}/marks/{from}/{to}")
def person_group_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a person in a group."""
    who = desk.person(call.id("person"), call.viewer)
    return _marks_of(desk, who, [desk.group(call.id("group"), call.viewer)], call)


@route("GET", "/persons/{person}/subjects/{subject}/marks/{from}/{to}")
def person_subject_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a person in a subject, over all groups."""
    who = desk.person(call.id("person"), call.viewer)
    return _marks_of(
        desk, who, desk.groups_of(who, ever=True), call, desk.subject(call.id("subject"))
    )


@route("GET", "/persons/{person}/lessons/{lesson}/marks")
def person_lesson_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a person on a lesson."""
    who = desk.person(call.id("person"), call.viewer)
    return rows(
        [desk.fragments.marks(desk.lesson(call.id("lesson"), call.viewer), frozenset({who.number}))]
    )


@route("GET", "/persons/{person}/works/{work}/marks")
def person_work_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a person for a work."""
    who = desk.person(call.id("person"), call.viewer)
    work = desk.work(call.id("work"), call.viewer)
    return rows(
        desk.fragments.mark(work, mark)
        for mark in work.marks
        if work.holder.group.roll[mark.place].person is who
    )


@route("GET", "/edu-groups/{group}/final-marks")
def group_finals(desk: Desk, call: Call) -> Answer:
    """Final marks of a class by person and period; the year's have no period."""
    group = desk.group(call.id("group"), call.viewer)
    found: dict[tuple[int, int], list[str]] = {}
    for mark in desk.finals_of(group):
        if _visible(group, mark.place, call.viewer):
            found.setdefault((mark.place, mark.period), []).append(
                _subject_final(mark.subject, desk.fragments.final_mark(mark))
            )
    return rows(
        _person_finals(group, place, period, parts)
        for (place, period), parts in sorted(found.items())
    )


def _person_finals(group: Group, place: int, period: int, parts: list[str]) -> str:
    who = group.roll[place].person
    period_id = (
        wire.period_id(group.calendar, period) if period < len(group.calendar.periods) else None
    )
    shown = (
        f'"reportingPeriod":{period_id},"reportingPeriod_str":"{period_id}"'
        if period_id
        else '"reportingPeriod":null,"reportingPeriod_str":null'
    )
    return f'{{"person":{who.id},"person_str":"{who.id}","group":{group.id},"group_str":"{group.id}",{shown},"per-subject-final-marks":{rows(parts)}}}'


def _subject_final(name: str, mark: str) -> str:
    vendor_id = subject_id(name)
    return f'{{"subject":{vendor_id},"subject_str":"{vendor_id}","final-mark":{mark}}}'


@route("GET", "/persons/{person}/edu-groups/{group}/final-marks")
def person_finals(desk: Desk, call: Call) -> Answer:
    """Final marks of a person in a class, one row a subject and period."""
    who, group = (
        desk.person(call.id("person"), call.viewer),
        desk.group(call.id("group"), call.viewer),
    )
    own = (mark for mark in desk.finals_of(group) if group.roll[mark.place].person is who)
    return rows(_subject_final(mark.subject, desk.fragments.final_mark(mark)) for mark in own)


@route("GET", "/persons/{person}/edu-groups/{group}/allfinalmarks")
def all_finals(desk: Desk, call: Call) -> Answer:
    """Final marks of a person in a class with their works and subjects."""
    who, group = (
        desk.person(call.id("person"), call.viewer),
        desk.group(call.id("group"), call.viewer),
    )
    own = [mark for mark in desk.finals_of(group) if group.roll[mark.place].person is who]
    works = rows(desk.fragments.final_work(group, mark.subject, mark.period) for mark in own)
    names = {mark.subject: subject_id(mark.subject) for mark in own}
    subjects = rows(
        f'{{"id":{vendor_id},"name":"{name}","knowledgeAreaId":null}}'
        for name, vendor_id in names.items()
    )
    marks = rows(desk.fragments.final_mark(mark) for mark in own)
    return Ready(f'{{"marks":{marks},"works":{works},"subjects":{subjects},"workTypes":[]}}')


@route("GET", "/edu-groups/{group}/subjects/{subject}/final-marks")
def subject_finals(desk: Desk, call: Call) -> Answer:
    """Final marks of a class in a subject."""
    group, name = desk.group(call.id("group"), call.viewer), desk.subject(call.id("subject"))
    shown = (
        mark
        for mark in desk.finals_of(group)
        if mark.subject == name and _visible(group, mark.place, call.viewer)
    )
    return rows(desk.fragments.final_mark(mark) for mark in shown)


@route("GET", "/lessons/{date}/persons/{person}/marks")
def day_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a person on lessons of one day."""
    who, day = desk.person(call.id("person"), call.viewer), call.day("date")
    groups = [g for g in desk.groups_of(who, ever=True) if desk.shows(g, call.viewer)]
    return rows(
        desk.fragments.marks(lesson, frozenset({who.number}))
        for g in groups
        for lesson in desk.window(g, day, day)
    )


@route("GET", "/persons/{person}/marks/{date}")
def entered_marks(desk: Desk, call: Call) -> Answer:
    """Marks of a person entered on one day."""
    who, day = desk.person(call.id("person"), call.viewer), call.day("date").isoformat()
    groups = [g for g in desk.groups_of(who, ever=True) if desk.shows(g, call.viewer)]
    pairs = (
        (work, mark)
        for g in groups
        for lesson in g.lessons
        for work, mark in lesson.marks()
        if g.roll[mark.place].person is who
    )
    return rows(desk.fragments.mark(work, mark) for work, mark in pairs if mark.at.startswith(day))
