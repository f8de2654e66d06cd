"""Who is away when: illness with two flu weeks, single days, parts of days. One unbroken stretch a day and pupil."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

WHOLE_DAY = (1, 99)
FLU = 6.0


@dataclass(frozen=True, slots=True)
class Away:
    """Absence on one day: from lesson `first` to lesson `last`, both included."""

    status: str
    first: int
    last: int
    comment: str | None = None

    def covers(self, number: int) -> bool:
        """Whether the lesson with this number is missed."""
        return self.first <= number <= self.last


def flu_weeks(seed: int, days: Sequence[date]) -> frozenset[tuple[int, int]]:
    """ISO year and week of the two waves, one before the new year and one after."""
    random = Random(f"{seed}/flu")
    half = len(days) // 2
    picked = [
        random.choice(part)
        for part in (days[half // 2 : half], days[half : half + half // 2])
        if part
    ]
    return frozenset((day.isocalendar().year, day.isocalendar().week) for day in picked)


def absences(
    seed: int, person: int, days: Sequence[date], flu: frozenset[tuple[int, int]]
) -> dict[date, Away]:
    """Absences of one pupil over the given school days; the draws do not depend on how many days are given."""
    random = Random(f"{seed}/away/{person}")
    frailty = 0.004 + 0.012 * random.random()
    found: dict[date, Away] = {}
    ill_until = -1
    for n, day in enumerate(days):
        chance, kind, a, b, spell = (
            random.random(),
            random.random(),
            random.randrange(1, 8),
            random.randrange(0, 3),
            random.randrange(2, 8),
        )
        if n <= ill_until:
            found[day] = Away("Ill", *WHOLE_DAY)
        elif chance < frailty * (FLU if day.isocalendar()[:2] in flu else 1.0):
            ill_until = n + spell - 1
            found[day] = Away("Ill", *WHOLE_DAY)
        elif chance > 1 - frailty:
            found[day] = _short(kind, a, b)
    return found


def _short(kind: float, first: int, length: int) -> Away:
    if kind < 0.35:
        return Away("Absent", *WHOLE_DAY)
    if kind < 0.6:
        return Away("Pass", *WHOLE_DAY, "Заявление родителей")
    if kind < 0.8:
        return Away("Pass", first, 99, "Соревнования")
    return Away("Absent", first, first + length)
