"""Whether an operation on the journal is done, and whether what it was planned on still stands. Pure.

The rule of all of them: what somebody entered since the plan was made is newer than the backup and is left alone.
"""

from typing import TYPE_CHECKING, Any

from connector.planned import WORK_VALUES, BookEntry, BookMark, BookWork, Operation, Values

if TYPE_CHECKING:
    from connector.sync.outcome import Resolver

RESOURCES = frozenset({"works", "lesson_log_entries", "marks"})
# What tells two works of a lesson apart.
NATURAL_KEY = ("type", "work_type_id", "target_date", "text")
# What of a work is compared; the vendor sets the others itself.
COMPARED = (*NATURAL_KEY, "is_important")


def blank(value: object) -> bool:
    """Whether nobody entered anything."""
    return value is None or (isinstance(value, str) and not value.strip())


def like(one: Values, other: Values) -> bool:
    """Whether two works agree in their natural key."""
    return all(_text(one.get(name)) == _text(other.get(name)) for name in NATURAL_KEY)


def _text(value: object) -> str:
    return "" if blank(value) else str(value)


def mark_text(mark: BookMark) -> str:
    """What a mark says, whichever member carries it."""
    return mark.value or mark.text_value or ""


def created(o: Operation, known: "Resolver") -> int | None:
    """Id of the work that a creation made; None where there is none, or several fit."""
    after, book = o.after or {}, known.have.book
    made = known.made.get(o.target)
    if made in book.works:
        return made
    # Works of the same face: those that stood beside it, and what other operations of the plan made.
    others = {int(i) for i in after.get("beside", ())}
    others |= {i for reference, i in known.made.items() if reference != o.target}
    fits = [
        work.id
        for work in book.works_of.get(int(after["lesson_id"]), ())
        if work.id not in others and like(work.values, after)
    ]
    return fits[0] if len(fits) == 1 else None


def is_done(o: Operation, known: "Resolver") -> bool:
    """Whether the diary shows what an operation on the journal wants; creations are judged by `created`."""
    book, after = known.have.book, o.after or {}
    if o.op == "mark.put":
        marks = book.marks_of.get(_mark_key(o, known), [])
        return any(mark_text(mark) == _mark_text(after) for mark in marks)
    if o.resource == "lesson_log_entries":
        entry = book.entries.get(_entry_key(o))
        return entry is None if o.op == "log_entry.delete" else _agrees(entry, after)
    work = book.works.get(known.id_of(o.target) or 0)
    return work is None if o.op == "work.delete" else work is not None and _same(work, after)


def is_stale(o: Operation, known: "Resolver") -> bool:
    """Whether what an operation on the journal was planned on has changed since."""
    book, before = known.have.book, o.before
    if o.op == "mark.put":
        marks = book.marks_of.get(_mark_key(o, known), [])
        there = [mark_text(mark) for mark in marks]
        return there != ([_mark_text(before)] if before else []) or not _has_place(o, known)
    if o.resource == "lesson_log_entries":
        entry = book.entries.get(_entry_key(o))
        if _entry_key(o)[0] not in book.lessons:
            return True
        return entry is not None if before is None else not _agrees(entry, before)
    if o.op == "work.create":
        return int((o.after or {})["lesson_id"]) not in book.lessons
    work = book.works.get(known.id_of(o.target) or 0)
    if work is None or not _same(work, before or {}):
        return True
    # A work that got marks since is somebody's work now.
    return o.op == "work.delete" and any(mark.work_id == work.id for mark in book.marks.values())


def _has_place(o: Operation, known: "Resolver") -> bool:
    work = known.id_of((o.after or {})["work_id"])
    # A work that this plan made a moment ago was not there when the diary was read.
    return work in known.have.book.works or work in known.made.values()


def _mark_key(o: Operation, known: "Resolver") -> tuple[int, int]:
    return int(o.target), known.id_of((o.after or {})["work_id"]) or 0


def _mark_text(values: Values) -> str:
    return str(values.get("value") or values.get("text_value") or "")


def _entry_key(o: Operation) -> tuple[int, int]:
    values: Values = o.after or o.before or {}
    return int(values["lesson_id"]), int(o.target)


def _agrees(entry: BookEntry | None, wanted: Values) -> bool:
    return (
        entry is not None
        and _text(entry.status) == _text(wanted.get("status"))
        and _text(entry.comment) == _text(wanted.get("comment"))
    )


def _same(work: BookWork, wanted: Values) -> bool:
    return all(_text(work.values.get(name)) == _text(wanted.get(name)) for name in COMPARED) and (
        {str(person) for person in work.tasks} >= set(map(str, wanted.get("person_ids", ())))
    )


def work_values(work: BookWork) -> dict[str, Any]:
    """A work as an operation carries it: its values, and the pupils a homework is for."""
    return {
        **{name: work.values.get(name) for name in WORK_VALUES},
        "lesson_id": str(work.lesson_id),
        "person_ids": [str(person) for person in sorted(work.tasks)],
    }
