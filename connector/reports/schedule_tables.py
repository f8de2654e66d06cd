"""Tables of the report of hours: by class, by teacher, by topic plan, and what nothing matches."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta

from connector.i18n import N_
from connector.planned import Question
from connector.reports.courses_planned import Courses
from connector.reports.making import Draft
from connector.reports.planned_hours import Fate, Hour, Hours
from connector.reports.render.plan_words import QUESTIONS
from connector.reports.rules.plans import Course, hours_asked, place_reached
from connector.reports.selection import natural
from connector.reports.tables import NO_DATA, Cell, Column, Content, Table

PLANNED_NOTE = N_(
    "Planned: hours of the timetable on school days. A lesson moved inside the day counts as held; only another teacher makes a substitution. Who gives most lessons of an hour is no substitute there."
)
UNPROVEN = N_("nothing proves what it means")
_WHAT = {
    "edu_groups": N_("class or part"),
    "subjects": N_("subject"),
    "teachers": N_("teacher"),
    "pairings": N_("teacher of a part"),
}
_COUNTS = (
    Column("planned", N_("Planned"), Content.NUMBER, 10),
    Column("held", N_("Held"), Content.NUMBER, 10),
    Column("substituted", N_("Of these substituted"), Content.NUMBER, 12),
    Column("cancelled", N_("Cancelled"), Content.NUMBER, 10),
    Column("missing", N_("Not in the diary"), Content.NUMBER, 10),
    Column("extra", N_("Beside the plan"), Content.NUMBER, 10),
)


def by_class(draft: Draft, hours: Hours | None) -> Table:
    """Hours by class and part; of groups without a timetable only what the diary holds."""
    tally: dict[int, Counter[Fate]] = defaultdict(Counter)
    for hour in _shown(draft, hours):
        tally[hour.lesson.group_id or 0][hour.fate] += 1
    rows: dict[int, tuple[Cell, ...]] = {
        group: (group, *_counts(counted)) for group, counted in tally.items()
    }
    for group, counted in _unplanned(draft, hours).items():
        held, cancelled = counted[Fate.HELD], counted[Fate.CANCELLED]
        rows[group] = (group, NO_DATA, held, NO_DATA, cancelled, NO_DATA, NO_DATA)
    names = draft.journal.names.groups
    return Table(
        "hours_by_class",
        N_("Planned and held, by class"),
        (Column("edu_group", N_("Class"), Content.GROUP, 18), *_COUNTS),
        tuple(
            rows[group]
            for group in sorted(rows, key=lambda one: (natural(names.get(one, "")), one))
        ),
        note=PLANNED_NOTE if hours else "",
    )


def by_teacher(draft: Draft, hours: Hours | None) -> Table:
    """Hours by teacher: the timetable's hours of each, what became of them, and what each gave for others."""
    tally: dict[int, Counter[str]] = defaultdict(Counter)
    for hour in _shown(draft, hours):
        _count(tally, hour)
    names = draft.journal.names.teachers
    keys = ("planned", "held", "substituted", "cancelled", "missing", "stood_in", "extra")
    rows: list[tuple[Cell, ...]] = []
    for teacher in sorted(tally, key=lambda one: (names.get(one, ""), one)):
        counted = tally[teacher]
        cells: list[Cell] = [counted[key] for key in keys]
        if counted["unread"]:
            cells[keys.index("missing")] = NO_DATA
        rows.append((teacher, *cells))
    return Table(
        "hours_by_teacher",
        N_("Planned and held, by teacher"),
        (
            Column("teacher", N_("Teacher"), Content.TEACHER, 30),
            Column("planned", N_("Planned"), Content.NUMBER, 10),
            Column("held", N_("Held"), Content.NUMBER, 10),
            Column("substituted", N_("Given by others"), Content.NUMBER, 12),
            Column("cancelled", N_("Cancelled"), Content.NUMBER, 10),
            Column("missing", N_("Not in the diary"), Content.NUMBER, 10),
            Column("stood_in", N_("Given for others"), Content.NUMBER, 12),
            Column("extra", N_("Beside the plan"), Content.NUMBER, 10),
        ),
        tuple(rows),
        note=PLANNED_NOTE if hours else "",
        wide=True,
    )


def by_plan(draft: Draft, courses: Courses) -> Table:
    """Each course with its topic plan."""
    journal = draft.journal
    rows = [
        _course(draft, course)
        for course in courses.courses
        if draft.chosen.shows(course.lessons[-1])
    ]
    rows.sort(
        key=lambda row: (
            natural(journal.names.groups.get(_id(row[0]), "")),
            journal.names.subjects.get(_id(row[1]), ""),
        )
    )
    return Table(
        "topic_plans",
        N_("Lessons held and topic plans"),
        (
            Column("edu_group", N_("Class"), Content.GROUP, 18),
            Column("subject", N_("Subject"), Content.SUBJECT, 26),
            Column("teacher", N_("Teacher"), Content.TEACHER, 30),
            Column("hours", N_("Hours of the plan"), Content.NUMBER, 10),
            Column("asked", N_("Planned by now"), Content.NUMBER, 10),
            Column("held", N_("Held"), Content.NUMBER, 10),
            Column("reached", N_("Hour of the latest topic"), Content.NUMBER, 12),
            Column("behind", N_("Behind the plan"), Content.NUMBER, 10),
        ),
        tuple(rows),
        note=N_(
            "Planned by now: hours whose dates are past; no data where the plan has no dates. Hour of the latest topic: no data where it is written in words of the teacher's own."
        ),
        wide=True,
    )


def not_matched(draft: Draft, hours: Hours | None, courses: Courses) -> Table:
    """Names of the files that mean nothing for certain; about them nothing is said."""
    questions: list[Question] = []
    if hours is not None:
        bound = hours.bound
        questions = [
            *bound.groups.questions,
            *bound.subjects.questions,
            *bound.teachers.questions,
        ]
    rows: set[tuple[str, str, str]] = {
        (_WHAT[one.resource], one.label, QUESTIONS.get(one.reason, UNPROVEN))
        for one in questions
        # A name in the place of a number would give the teacher away.
        if not (draft.request.hide_teachers and one.resource == "teachers")
    }
    rows |= {
        (N_("topic plan"), " ".join(filter(None, (p.edu_group, p.subject, p.subgroup))), reason)
        for p, reason in courses.unmatched
    }
    return Table(
        "not_matched",
        N_("Names of the files that nothing matches"),
        (
            Column("what", N_("What"), Content.WORD, 18),
            Column("name", N_("In the file"), Content.TEXT, 40),
            Column("reason", N_("Why"), Content.WORD, 40),
        ),
        tuple(sorted(rows)),
        note=N_("Nobody is accused on account of these. `dnevnik map list` asks about names."),
    )


def _id(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _shown(draft: Draft, hours: Hours | None) -> Iterable[Hour]:
    return [hour for hour in (hours.hours if hours else ()) if draft.chosen.shows(hour.lesson)]


def _unplanned(draft: Draft, hours: Hours | None) -> dict[int, Counter[Fate]]:
    """Lessons of groups that no timetable decides about."""
    planned = hours.groups if hours else set()
    held = {lesson.id for lesson in draft.scene.held}
    found: dict[int, Counter[Fate]] = defaultdict(Counter)
    for lesson in draft.journal.lessons:
        group = lesson.group_id
        if group is None or group in planned or group not in draft.journal.groups:
            continue
        if lesson.day < draft.request.as_of and draft.chosen.shows(lesson):
            found[group][Fate.HELD if lesson.id in held else Fate.CANCELLED] += 1
    return found


def _counts(counted: Counter[Fate]) -> tuple[Cell, ...]:
    missing: Cell = NO_DATA if counted[Fate.UNREAD] else counted[Fate.MISSING]
    return (
        counted.total() - counted[Fate.EXTRA],
        counted[Fate.HELD] + counted[Fate.SUBSTITUTED],
        counted[Fate.SUBSTITUTED],
        counted[Fate.CANCELLED],
        missing,
        counted[Fate.EXTRA],
    )


_BY_FATE = {Fate.CANCELLED: "cancelled", Fate.MISSING: "missing", Fate.UNREAD: "unread"}


def _count(tally: dict[int, Counter[str]], hour: Hour) -> None:
    given = hour.lesson.teacher_ids
    if hour.fate is Fate.EXTRA:
        for teacher in given:
            tally[teacher]["extra"] += 1
    elif hour.fate is Fate.HELD:
        # The hour is of those who usually give it, whoever the timetable names.
        for teacher in given or hour.planned:
            tally[teacher].update(("planned", "held"))
    elif hour.fate is Fate.SUBSTITUTED:
        for teacher in given:
            tally[teacher]["stood_in"] += 1
        for teacher in hour.planned:
            tally[teacher].update(("planned", "substituted"))
    else:
        for teacher in hour.planned:
            tally[teacher].update(("planned", _BY_FATE[hour.fate]))


def _course(draft: Draft, course: Course) -> tuple[Cell, ...]:
    last = course.lessons[-1]
    topics = course.plan.topics
    held = len(course.lessons)
    asked: Cell = NO_DATA
    behind: Cell = NO_DATA
    if any(topic.day for topic in topics):
        asked = hours_asked(topics, draft.request.as_of - timedelta(days=1))
        behind = max(0, asked - held)
    reached = place_reached(course)
    if reached is not None and behind is NO_DATA:
        _lesson, number, hour = reached
        behind = max(0, number - hour)
    return (
        course.group_id,
        course.subject_id,
        last.teacher_ids[0] if last.teacher_ids else None,
        course.plan.hours,
        asked,
        held,
        NO_DATA if reached is None else reached[2],
        behind,
    )
