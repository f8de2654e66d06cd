"""Backup and diary, freshly pulled → a plan that brings back what the documented calls can write, and the rest."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from connector.flows.documented import OPERATIONS
from connector.flows.look import NAMES, look
from connector.flows.look_book import Reader
from connector.flows.push import PlanOptions, assemble
from connector.mirror.store import Mirror
from connector.planned import (
    Book,
    BookEntry,
    BookLesson,
    ByHand,
    Note,
    Operation,
    Plan,
    Values,
)
from connector.sync.comparing import entry_text
from connector.sync.restoring import Restored, Wanted, restore
from connector.sync.windows import study_year_of

# A lost work takes the marks of a whole class along: in a small group that alone is a large share.
MEASURED_FROM = 500
CLASSES = """
SELECT g.id FROM edu_groups g WHERE g.name = ?
UNION SELECT p.edu_group_id FROM edu_group_parents p JOIN edu_groups g ON g.id = p.parent_id WHERE g.name = ?
"""


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """What shall be restored.

    Attributes:
        start, end: days of lessons, both included.
        classes: names as the backup has them, with their subgroups; empty means all.
        overwrite: fields whose newer values give way.
        source: path and sha256 of the backup, as plans name their files.
        progress: told classes done and classes in all.

    """

    start: date
    end: date
    classes: tuple[str, ...] = ()
    overwrite: frozenset[str] = frozenset()
    source: Mapping[str, str] = field(default_factory=dict)
    progress: Callable[[int, int], None] = lambda _done, _total: None


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """The plan, the lines for people, and what persons, groups, subjects and periods are called."""

    plan: Plan
    by_hand: tuple[ByHand, ...]
    names: dict[str, str] = field(default_factory=dict)


def span_of(backup: Mirror, made_on: date) -> tuple[date, date]:
    """Days of the study year of a backup that hold lessons with anything in them, or its whole year so far."""
    start = date(study_year_of(made_on), 9, 1)
    found = backup.query(
        "SELECT max(date) FROM lessons WHERE withdrawn_run IS NULL AND id IN (SELECT lesson_id FROM works"
        " WHERE withdrawn_run IS NULL AND type <> 'DefaultNewLessonWork')"
    )[0][0]
    return start, max(made_on, date.fromisoformat(found[:10]) if found else made_on)


def make_restore_plan(
    backup: Mirror, mirror: Mirror, options: PlanOptions, how: RestoreOptions
) -> RestorePlan:
    """Compare and plan, class by class.

    Args:
        backup: restored aside.
        mirror: pulled a moment ago. What it holds as suspect counts as lost, for the vendor does not show it.
        options: of every plan.
        how: what of it.

    """
    past, present = Reader(backup, shown_only=False), Reader(mirror, shown_only=True)
    names = dict(backup.query(NAMES)) | dict(mirror.query(NAMES))
    wanted = Wanted(
        how.overwrite,
        present.pupils(),
        {
            int(key): link.vendor_id
            for (resource, key), link in mirror.links().items()
            if resource == "works" and link.vendor_id is not None
        },
        names,
    )
    have = look(mirror, options.school_id)
    whole, days = Restored(), dict[int, str]()
    groups = _groups(backup, past.groups(how.start, how.end), how.classes)
    for number, group in enumerate(groups, 1):
        then = past.of_class(group, how.start, how.end)
        now = present.of_class(group, how.start, how.end)
        found = restore(then, now, wanted)
        _add(whole, found)
        _measure(have.stock, group, then)
        days |= {one.id: one.date for one in (*then.lessons.values(), *now.lessons.values())}
        how.progress(number, len(groups))
    about = [days[int((o.after or {})["lesson_id"])] for o in whole.operations]
    plan = assemble(
        "restore",
        replace(options, can=OPERATIONS),
        have,
        whole.operations,
        study_year=study_year_of(how.end),
        # Without an end: a vendor whose windows go by the day of entry shows restored marks under today.
        scope={"book": True, "start": min(about, default=how.start.isoformat())},
        notes=_notes(whole),
        unchanged=whole.unchanged,
    )
    if how.source:
        plan.sources.append(dict(how.source))
    return RestorePlan(plan, tuple(whole.by_hand), names)


def _groups(backup: Mirror, groups: list[int], classes: Collection[str]) -> list[int]:
    if not classes:
        return groups
    named = {row[0] for name in classes for row in backup.query(CLASSES, (name, name))}
    return [group for group in groups if group in named]


def _add(whole: Restored, found: Restored) -> None:
    whole.operations += found.operations
    whole.by_hand += found.by_hand
    whole.unchanged += found.unchanged


def _measure(stock: dict[tuple[int, str], int], group: int, book: Book) -> None:
    """What the guards measure a restoration by: what the backup holds."""
    for resource, rows in (
        ("works", book.works),
        ("marks", book.marks),
        ("lesson_log_entries", book.entries),
    ):
        if len(rows) >= MEASURED_FROM:
            stock[group, resource] = len(rows)
        stock[0, resource] = stock.get((0, resource), 0) + len(rows)


def _notes(whole: Restored) -> list[Note]:
    notes = []
    newer = sum(one.why == "newer" for one in whole.by_hand)
    if len(whole.by_hand) > newer:
        notes.append(Note("by_hand", str(len(whole.by_hand) - newer)))
    if newer:
        notes.append(Note("newer_kept", str(newer)))
    if any(o.op == "mark.put" and o.before for o in whole.operations):
        notes.append(Note("second_mark", ""))
    return notes


def left_over(
    mirror: Mirror, operations: Iterable[Operation]
) -> tuple[list[ByHand], dict[str, str]]:
    """Operations of a restoration that the diary does not show after all, as lines of a work sheet, and the names in it."""
    left = [(o, o.after or {}) for o in operations]
    book = Reader(mirror, shown_only=True).of_lessons(
        sorted({int(after["lesson_id"]) for _o, after in left})
    )
    return [_line(o, after, book.lessons.get(int(after["lesson_id"]))) for o, after in left], dict(
        mirror.query(NAMES)
    )


def _line(o: Operation, after: Values, lesson: BookLesson | None) -> ByHand:
    person = None if o.resource == "works" else int(o.target)
    what, value = {
        "marks": ("mark", after.get("value") or after.get("text_value")),
        "works": ("work", after.get("text") or after.get("type")),
        "lesson_log_entries": (
            "attendance",
            entry_text(BookEntry(after.get("status"), after.get("comment"))),
        ),
    }[o.resource]
    if lesson is None:
        return ByHand(what, "not_taken", str(value), "", int(o.edu_group), None, person_id=person)
    return ByHand(
        what,
        "not_taken",
        str(value),
        "",
        lesson.edu_group_id,
        lesson.subject_id,
        lesson.teacher_ids,
        lesson.date,
        lesson.number,
        person,
    )
