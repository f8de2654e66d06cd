"""Vendor ids as arithmetic: an id tells its object, so nothing has to be looked up in a table of half a million rows.

Users, persons and schools have 13 digits; groups, lessons, works, tasks and marks have 19, beyond what a double holds
(dnevnik-api notes, section 5).
"""

from dataclasses import dataclass

# Odd and prime, so that neighbours differ in many digits and a wrong id almost never decodes.
STRIDE = 9_973
ROLL = 256  # most pupils a group ever had
WORKS = 16  # most works a lesson ever had
LESSONS = 2048  # most lessons a group has in a year
PLACES = 40  # rooms of the school
TRIES = 4  # most marks of one pupil for one work
# Keys of lessons that were written one by one begin here, beyond those of every group's plan.
ADDED = 1 << 26


@dataclass(frozen=True, slots=True)
class Series:
    """Ids of one kind: `base` plus `key` times a stride."""

    base: int
    stride: int = STRIDE

    def encode(self, key: int) -> int:
        """The id of the object with this key."""
        return self.base + key * self.stride

    def decode(self, vendor_id: int) -> int | None:
        """The key behind an id; None when it is no id of this kind."""
        key, rest = divmod(vendor_id - self.base, self.stride)
        return key if rest == 0 and key >= 0 else None


SCHOOL = Series(1_000_000_000_007)
PERSON = Series(1_000_003_500_011, 37)
USER = Series(1_000_008_700_003, 41)
ORGANIZATION = Series(1_000_000_900_001)
SUBJECT = Series(170_560_000_003, 7)
WORK_TYPE = Series(1_900_000_310_021, 11)
PLACE = Series(1_700_000_410_003, 13)
BELL = Series(1_300_000_000_057, 3)
GROUP = Series(2_101_000_000_000_000_019, 1_000_003)
PERIOD = Series(2_202_000_000_000_000_041, 1_000_003)
PERIOD_GROUP = Series(2_203_000_000_000_000_011, 1_000_003)
HOLIDAY = Series(2_204_000_000_000_000_017, 1_000_003)
LESSON = Series(1_105_000_000_000_000_009)
WORK = Series(1_306_000_000_000_000_003)
FINAL_WORK = Series(1_407_000_000_000_000_021)
FINAL_MARK = Series(1_508_000_000_000_000_017)
# The widest keys come last: their ranges must not run into the next series.
MARK = Series(3_000_000_000_000_000_011)
TASK = Series(5_000_000_000_000_000_039)


def lesson_key(group: int, number: int) -> int:
    """Key of the `number`-th lesson of a group."""
    return group * LESSONS + number


def work_key(lesson: int, number: int) -> int:
    """Key of the `number`-th work of a lesson."""
    return lesson * WORKS + number


def task_key(work: int, place: int) -> int:
    """Key of the task of the pupil at one place of the roll."""
    return work * ROLL + place


def mark_key(work: int, place: int, nth: int) -> int:
    """Key of the `nth` mark of one pupil for one work."""
    return (work * ROLL + place) * TRIES + nth


def final_key(group: int, subject: int, period: int) -> int:
    """Key of the work that carries a class's final marks in a subject; period 7 is the year."""
    return (group * 64 + subject) * 8 + period
