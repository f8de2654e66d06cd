"""Marks pupil by pupil, as the rules about pupils see them: plain rows, no SQL, no clock."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from connector.reports.calendar import Period

# The five-point scale; a one is rare and still a mark.
_SCALE = frozenset("12345")
FIVE_POINT = "Mark5"
_TWO, _NONE = 2, 100


class Mark(NamedTuple):
    """One live mark at a lesson. A tuple, for a school has hundreds of thousands.

    Attributes:
        person_id: whose.
        lesson_id: at which lesson; from the work where the vendor hides it.
        work_id: of which work, or None.
        type: the vendor's scale, such as `Mark5`.
        value: as the vendor writes it.
        given_at: the vendor's moment of entry in UTC, or None; a correction may move it.
        counts: False for a mark that is left out of averages.
        weight: of the work's type, at least 1; None when the type is not known.

    """

    person_id: int
    lesson_id: int
    work_id: int | None
    type: str | None
    value: str
    given_at: str | None
    counts: bool
    weight: int | None


@dataclass(frozen=True, slots=True)
class Work:
    """A work at a lesson: its type is the vendor's word, such as `LessonExamination`."""

    id: int
    lesson_id: int
    type: str


class FinalMark(NamedTuple):
    """A mark for a period or the year. A tuple, for a school has tens of thousands.

    Attributes:
        person_id: whose.
        subject_id: for which subject.
        period: None for year and exam marks.
        period_type: the vendor's word, such as `Quarter`, or None.
        kind: `period`, `year`, `exam` or `final`.
        value: as the vendor writes it; words such as н/а and осв. are values too.
        given_at: the vendor's moment of entry in UTC, or None.

    """

    person_id: int
    subject_id: int
    period: Period | None
    period_type: str | None
    kind: str
    value: str
    given_at: str | None = None


@lru_cache(maxsize=4096)  # the same few values stand in hundreds of thousands of marks
def points(value: str) -> tuple[int, ...] | None:
    """Numbers of a mark on the five-point scale; `4/3` is two marks. None for signs, words and other scales."""
    parts = [part.strip() for part in value.split("/")]
    return tuple(map(int, parts)) if all(part in _SCALE for part in parts) else None


def marks_in(value: str) -> int:
    """How many marks a cell holds: `4/3` and `4-/3` are two, `н/а` is one."""
    parts = [part.strip().rstrip("+-") for part in value.split("/")]
    return len(parts) if all(part in _SCALE for part in parts) else 1


def is_low(mark: Mark) -> bool:
    """Whether a mark is, or holds, a two or worse, whatever its sign."""
    return mark.type == FIVE_POINT and _span(mark.value)[0] <= _TWO


def is_low_throughout(mark: Mark) -> bool:
    """Whether it is low and nothing better stands beside it in the cell: `2/4` is a two that was put right."""
    return mark.type == FIVE_POINT and _span(mark.value)[1] <= _TWO


@lru_cache(maxsize=4096)  # as above
def _span(value: str) -> tuple[int, int]:
    """The lowest and the highest number of a mark, whatever its sign; high ones for what holds none."""
    found = points(value.strip().rstrip("+-")) or (_NONE,)
    return min(found), max(found)


def is_release(value: str) -> bool:
    """Whether a mark's word says that the pupil is freed from the subject (осв.)."""
    return value.strip().casefold().startswith("осв")


def moment_of(text: str) -> datetime | None:
    """Read a moment of the mirror; None when it is not one."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
