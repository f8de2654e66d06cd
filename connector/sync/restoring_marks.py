"""Marks that a journal lost: found again under another id, planned, or left to people. Pure."""

from connector.planned import BookLesson, BookMark
from connector.sync.book import mark_text
from connector.sync.comparing import Comparison

# A pupil and a work of the diary: its id, or the reference of one to be made.
_Place = tuple[int, str]


def plan_marks(c: Comparison) -> None:
    """Find each mark of the backup in the diary, or plan it; the works are done before."""
    asked: set[_Place] = set()
    # Marks that the backup does not know in their place: each may be one of it that came back, but only one.
    at_home = {(mark.id, mark.person_id, _work_of(c, mark)) for mark in c.backup.marks.values()}
    spare = {
        pair: [mark for mark in marks if (mark.id, pair[0], str(pair[1])) not in at_home]
        for pair, marks in c.now.marks_of.items()
    }
    for mark in sorted(c.backup.marks.values(), key=_id):
        lesson = c.backup.lessons[mark.lesson_id]
        work = _work_of(c, mark)
        if work is None or mark.person_id not in c.wanted.pupils:
            gone = c.lessons[lesson.id] is None
            why = "lesson_gone" if gone else "no_call" if work is None else "pupil_gone"
            c.by_hand("mark", why, lesson, mark_text(mark), "", mark.person_id)
            continue
        pair = mark.person_id, _number(work)
        standing = c.now.marks_of.get(pair, [])
        if _stands(mark, standing, spare.get(pair, [])):
            c.found.unchanged += 1
            continue
        why = _obstacle(c, mark, standing, asked=(mark.person_id, work) in asked)
        if why:
            told = ", ".join(mark_text(one) for one in standing)
            c.by_hand("mark", why, lesson, mark_text(mark), told, mark.person_id)
            continue
        asked.add((mark.person_id, work))
        _put(c, mark, lesson, work, standing)


def _work_of(c: Comparison, mark: BookMark) -> str | None:
    if mark.work_id in c.backup.works:
        return c.works[mark.work_id]
    # A work that the vendor showed to nobody, only its marks.
    return str(mark.work_id) if mark.work_id in c.now.works else None


def _stands(mark: BookMark, standing: list[BookMark], spare: list[BookMark]) -> bool:
    own = next((one for one in standing if one.id == mark.id), None)
    if own is not None:
        return mark_text(own) == mark_text(mark)
    again = next((one for one in spare if mark_text(one) == mark_text(mark)), None)
    if again is not None:
        spare.remove(again)
    return again is not None


def _obstacle(c: Comparison, mark: BookMark, standing: list[BookMark], *, asked: bool) -> str:
    """Why a mark cannot be given: nobody knows which of several marks a new one would replace; "" where it can."""
    if asked:
        return "several"
    if not standing:
        return ""
    kin = c.backup.marks_of[mark.person_id, mark.work_id]
    if len(kin) > 1 and all(one.id != mark.id for one in standing):
        return "several"
    alone = len(kin) == len(standing) == 1
    return "" if alone and "marks" in c.wanted.overwrite else "newer"


def _put(
    c: Comparison, mark: BookMark, lesson: BookLesson, work: str, standing: list[BookMark]
) -> None:
    there = c.now.works.get(_number(work))
    c.plan(
        "mark.put",
        str(mark.person_id),
        lesson,
        {"value": mark_text(standing[0])} if standing else None,
        {
            "person_id": str(mark.person_id),
            "work_id": work,
            # A work may have moved to another lesson since.
            "lesson_id": str(there.lesson_id if there else c.lessons[lesson.id]),
            "type": mark.type,
            "value": mark.value,
            "text_value": mark.text_value,
            "lost": None if mark.id in c.now.marks else str(mark.id),
        },
        person=mark.person_id,
    )


def _id(one: BookMark) -> int:
    return one.id


def _number(work: str) -> int:
    return int(work) if work.isdecimal() else 0
