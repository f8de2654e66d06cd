"""Works that a journal lost: found again, filled, or planned anew. Pure."""

from typing import Any

from connector.planned import BookWork, ref
from connector.sync.book import COMPARED, blank, like, work_values
from connector.sync.comparing import Comparison, work_text

# The status a pupil's share of a homework begins with.
FRESH_TASK = "New"


def plan_works(c: Comparison) -> None:
    """Find each work of the backup in the diary, or plan it; tells the marks where to go."""
    claimed = {work for work in c.backup.works if work in c.now.works}
    claimed |= {new for old, new in c.wanted.links.items() if old in c.backup.works}
    for lesson, works in sorted(c.backup.works_of.items()):
        place = c.lessons[lesson]
        spare = [
            work
            for work in sorted(c.now.works_of.get(place or 0, ()), key=_id)
            if work.id not in claimed
        ]
        for work in sorted(works, key=_id):
            if place is None:
                c.works[work.id] = None
                c.by_hand("work", "lesson_gone", c.lesson_of(work), work_text(work))
                continue
            there = _counterpart(c, work, spare)
            if there is None:
                _create_work(c, work, place)
            else:
                c.works[work.id] = str(there.id)
                _update_work(c, work, there)


def _counterpart(c: Comparison, work: BookWork, spare: list[BookWork]) -> BookWork | None:
    known = c.now.works.get(work.id) or c.now.works.get(c.wanted.links.get(work.id) or 0)
    if known is None:
        known = next((one for one in spare if like(one.values, work.values)), None)
        if known is not None:
            spare.remove(known)
    return known


def _create_work(c: Comparison, work: BookWork, place: int) -> None:
    target = c.works[work.id] = ref("works", str(work.id))
    beside = [
        str(one.id)
        for one in sorted(c.now.works_of.get(place, ()), key=_id)
        if like(one.values, work.values)
    ]
    gone = [person for person in work.tasks if person not in c.wanted.pupils]
    after = work_values(work) | {
        "lesson_id": str(place),
        "person_ids": [str(p) for p in sorted(work.tasks) if p not in gone],
        "beside": beside,
    }
    c.plan("work.create", target, c.lesson_of(work), None, after, text=work_text(work))
    for person, status in sorted(work.tasks.items()):
        if person in gone:
            c.by_hand("task", "pupil_gone", c.lesson_of(work), work_text(work), "", person)
        elif status not in (None, FRESH_TASK):
            c.by_hand("task", "no_call", c.lesson_of(work), status, "", person)


def _update_work(c: Comparison, work: BookWork, there: BookWork) -> None:
    fresh: dict[str, Any] = {}
    newer = []
    for name in COMPARED:
        was, is_now = work.values.get(name), there.values.get(name)
        if blank(was) or str(was) == str(is_now):
            continue
        if blank(is_now) or "works" in c.wanted.overwrite:
            fresh[name] = was
        else:
            newer.append(name)
    lost = {p for p in work.tasks if p not in there.tasks and p in c.wanted.pupils}
    if newer:
        c.by_hand("work", "newer", c.lesson_of(work), work_text(work), work_text(there))
    if not fresh and not lost:
        c.found.unchanged += not newer
        return
    before = work_values(there)
    people = sorted(map(str, {*there.tasks, *lost}))
    after = before | fresh | {"person_ids": people}
    c.plan("work.update", str(there.id), c.lesson_of(work), before, after, text=work_text(work))


def _id(one: BookWork) -> int:
    return one.id
