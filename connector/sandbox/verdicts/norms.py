"""The numbers of the shipped rulebook, copied by hand: a test that read them from there could not see a wrong one."""

from datetime import timedelta
from fractions import Fraction

# Working days after the lesson by which its marks are entered, and from which on a delay is grave.
MARK_DAYS, GRAVE_DAYS = 1, 3
# MARK3: so few marks are few, in groups of at least so many pupils.
MARKS_OF_A_LESSON, PUPILS_OF_A_GROUP = 3, 10
# ACC: marks a period by hours a week, judged once this share of its lessons is past.
NORM_BY_HOURS = {1: 3, 2: 4, 3: 5, 4: 6, 5: 7}
PAST_SHARE = Fraction(1, 2)
# GAP: lessons in a row; TWOFIX: lessons to put a two right; TWOAFTERN: lessons missed before it.
SILENT_LESSONS, MENDING_LESSONS, MISSED_LESSONS = 4, 3, 1
# FINALFEW: marks a period by its kind; other kinds count as a quarter.
MARKS_OF_A_PERIOD = {"Quarter": 3, "HalfYear": 5}
# FINALFEW, FINALAVG, ABS: who left the first trace later into the period brought marks along.
ARRIVAL = timedelta(days=14)
# FINAL: working days after the period; hours a week from which an empty column is no column of half-years.
FINAL_DAYS, HOURS_OF_A_COLUMN = 1, Fraction(3, 2)
# ABS: more than this share of the lessons missed.
MISSED_SHARE = Fraction(2, 3)
# WORK: calendar days to check a work.
WORK_DAYS = {
    "LessonExamination": timedelta(days=7),
    "LessonComposition": timedelta(days=10),
    "LessonTestWork": timedelta(days=5),
}
# NMARK: a comment with one of these says that the work was done later.
MADE_UP = ("сдал", "сдан", "отработ", "позже", "позднее")
