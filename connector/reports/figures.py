"""Formulas of reports, in exact fractions: quality of marks, shares, medians. No SQL, no clock.

The formulas of quality are those of a school's help page on Russian reports; schools argue about the second decimal,
so nothing is rounded here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

# Latin letters that people type in «н/а».
_LOOKALIKES = {ord("h"): "н", ord("n"): "н", ord("a"): "а"}
_NOT_ASSESSED = frozenset({"на", "неатт", "неаттестован", "неаттестована", "аз"})
_RELEASED = "осв"
_FIVE, _FOUR, _THREE, _TWO, _ONE = "5", "4", "3", "2", "1"
# Weights of СОУ (Симонов) in percent.
_SOU = {_FIVE: 100, _FOUR: 64, _THREE: 36, _TWO: 16}
_SOU_NOT_ASSESSED = 7
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Spread:
    """How often each mark was given.

    Attributes:
        fives: marks of five.
        fours: marks of four.
        threes: marks of three.
        twos: marks of two; a one, which schools hardly give, is counted among them.
        not_assessed: н/а, and АЗ (academic debt).
        released: осв.; outside of every formula.
        others: «зач.», points and whatever is no plain mark; outside of every formula.

    """

    fives: int = 0
    fours: int = 0
    threes: int = 0
    twos: int = 0
    not_assessed: int = 0
    released: int = 0
    others: int = 0

    def __add__(self, other: "Spread") -> "Spread":
        return Spread(
            *(mine + theirs for mine, theirs in zip(self.cells, other.cells, strict=True))
        )

    @property
    def cells(self) -> tuple[int, ...]:
        """The counts in order."""
        return (
            *(self.fives, self.fours, self.threes, self.twos),
            *(self.not_assessed, self.released, self.others),
        )

    @property
    def numbers(self) -> int:
        """Marks in numbers."""
        return self.fives + self.fours + self.threes + self.twos

    @property
    def counted(self) -> int:
        """N of the formulas: н/а stays in it, осв. and cells without any mark do not."""
        return self.numbers + self.not_assessed

    @property
    def success(self) -> Fraction | None:
        """Успеваемость in percent: threes and better of N; None without N."""
        return percent(self.fives + self.fours + self.threes, self.counted)

    @property
    def quality(self) -> Fraction | None:
        """Качество in percent: fours and fives of N; None without N."""
        return percent(self.fives + self.fours, self.counted)

    @property
    def trained(self) -> Fraction | None:
        """СОУ (Симонов) in percent; None without N."""
        weighted = (
            _SOU[_FIVE] * self.fives
            + _SOU[_FOUR] * self.fours
            + _SOU[_THREE] * self.threes
            + _SOU[_TWO] * self.twos
            + _SOU_NOT_ASSESSED * self.not_assessed
        )
        return Fraction(weighted, self.counted) if self.counted else None

    @property
    def mean(self) -> Fraction | None:
        """Средний балл over marks in numbers; None without them."""
        total = 5 * self.fives + 4 * self.fours + 3 * self.threes + 2 * self.twos
        return Fraction(total, self.numbers) if self.numbers else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the marks of one pupil amount to: one of the words below, by the worst mark.

    Attributes:
        word: `fives`, `fours`, `threes`, `failing`, or `unmarked`.
        one_four: exactly one four keeps the pupil from fives only.
        one_three: exactly one three keeps the pupil from fours and fives.

    """

    word: str
    one_four: bool = False
    one_three: bool = False


FIVES, FOURS, THREES, FAILING, UNMARKED = "fives", "fours", "threes", "failing", "unmarked"


def standing(marks: Spread) -> Standing:
    """Judge all marks of a pupil: н/а fails as a two does; осв. and «зач.» say nothing."""
    if not marks.counted:
        return Standing(UNMARKED)
    if marks.twos or marks.not_assessed:
        return Standing(FAILING)
    if marks.threes:
        return Standing(THREES, one_three=marks.threes == 1)
    if marks.fours:
        return Standing(FOURS, one_four=marks.fours == 1)
    return Standing(FIVES)


def spread(values: Mapping[str, int]) -> Spread:
    """Sort marks by what they mean.

    Args:
        values: how often each value stands, as the vendor writes it.

    """
    counts = dict.fromkeys((*range(5), "released", "others"), 0)
    for value, count in values.items():
        counts[_place(value)] += count
    return Spread(*counts.values())


def _place(value: str) -> int | str:
    text = value.strip()
    if text in _SOU:
        return (_FIVE, _FOUR, _THREE, _TWO).index(text)
    if text == _ONE:
        return 3
    if is_not_assessed(text):
        return 4
    return "released" if text.casefold().startswith(_RELEASED) else "others"


def is_not_assessed(value: str) -> bool:
    """Whether a mark's word says not assessed (н/а), or academic debt (АЗ)."""
    letters = "".join(letter for letter in value.casefold() if letter.isalpha())
    return letters.translate(_LOOKALIKES) in _NOT_ASSESSED


def is_failing(value: str) -> bool:
    """Whether a final mark is a two, a one, or stands for one that could not be given."""
    return value.strip() in {_TWO, _ONE} or is_not_assessed(value)


def percent(part: int, whole: int) -> Fraction | None:
    """A share of 100; None of nothing."""
    return Fraction(_PERCENT * part, whole) if whole else None


def median(counts: Mapping[int, int]) -> Fraction | None:
    """The middle of values, the mean of the two middle ones of an even number; None of nothing.

    Args:
        counts: how often each value stands.

    """
    total = sum(counts.values())
    if not total:
        return None
    low = _nth(counts, (total - 1) // 2)
    high = _nth(counts, total // 2)
    return Fraction(low + high, 2)


def _nth(counts: Mapping[int, int], place: int) -> int:
    """The value at a place, from zero, of all values in order."""
    for value in sorted(counts):
        place -= counts[value]
        if place < 0:
            return value
    raise IndexError


def total(spreads: Iterable[Spread]) -> Spread:
    """All of them together."""
    found = Spread()
    for one in spreads:
        found += one
    return found
