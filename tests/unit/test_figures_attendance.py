"""Missed lessons and days of one pupil, counted by hand."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.attendance_figures import Missed, Taught, missed_by_month, together
from connector.reports.stays import Stay
from tests.unit.journals import CLASS, FRIDAY, MONDAY, OTHER_CLASS, SUBGROUP, TUESDAY, lesson

YEAR = date(2026, 9, 1)
OCTOBER = date(2026, 10, 1)
STAYS = (Stay(CLASS, YEAR), Stay(SUBGROUP, YEAR))


def day_of(count, day=MONDAY, **changes):
    return [lesson(number, day, **changes) for number in range(1, count + 1)]


def missed(lessons, entries, stays=STAYS, *, counted=None):
    taught = Taught.of(lessons if counted is None else counted, lessons)
    return together(missed_by_month(stays, taught, entries).values())


def test_a_week_is_counted_as_by_hand():
    monday, tuesday = day_of(4), day_of(3, TUESDAY)
    entries = [
        *((one, "Ill") for one in monday),
        (tuesday[0], "Late"),
        (tuesday[1], "Pass"),
        (tuesday[2], "Absent"),
    ]
    found = missed(monday + tuesday, entries)
    assert found == Missed(lessons=7, absent=1, ill=4, excused=1, late=1, full_days=1)
    assert found.missed == 6
    assert found.share == Fraction(600, 7)


def test_being_late_is_no_absence_and_spoils_a_full_day():
    monday = day_of(2)
    found = missed(monday, [(monday[0], "Late"), (monday[1], "Absent")])
    assert (found.missed, found.late, found.full_days) == (1, 1, 0)


def test_an_entry_of_presence_misses_nothing():
    monday = day_of(1)
    assert missed(monday, [(monday[0], "Attend")]).missed == 0


def test_a_full_day_holds_the_lessons_of_the_subgroup_too():
    monday = [*day_of(2), lesson(3, group_id=SUBGROUP)]
    absent = [(one, "Absent") for one in monday]
    assert missed(monday, absent[:2]).full_days == 0
    assert missed(monday, absent).full_days == 1


def test_lessons_of_the_other_subgroup_are_none_of_the_pupil_s():
    monday = [*day_of(2), lesson(3, group_id=SUBGROUP)]
    found = missed(monday, [(one, "Ill") for one in monday[:2]], (Stay(CLASS, YEAR),))
    assert (found.lessons, found.full_days) == (2, 1)


def test_lessons_before_the_pupil_came_and_after_the_pupil_left_do_not_count():
    lessons = [*day_of(2), *day_of(2, TUESDAY), *day_of(2, FRIDAY)]
    found = missed(lessons, [], (Stay(CLASS, TUESDAY, TUESDAY),))
    assert found.lessons == 2


def test_a_pupil_who_changed_classes_has_the_lessons_of_both():
    lessons = [*day_of(3), *day_of(2, FRIDAY, group_id=OTHER_CLASS)]
    stays = (Stay(CLASS, YEAR, MONDAY), Stay(OTHER_CLASS, TUESDAY))
    found = missed(lessons, [(lessons[-1], "Absent")], stays)
    assert (found.lessons, found.missed) == (5, 1)


def test_an_absence_in_a_group_the_pupil_is_no_member_of_is_a_lesson_too():
    monday = [*day_of(1), lesson(2, group_id=OTHER_CLASS)]
    found = missed(monday, [(one, "Absent") for one in monday], (Stay(CLASS, YEAR),))
    assert (found.lessons, found.missed, found.full_days) == (2, 2, 1)


def test_a_lesson_that_is_not_counted_still_belongs_to_its_day():
    monday = day_of(3)
    found = missed(monday, [(one, "Ill") for one in monday], counted=monday[:1])
    assert (found.lessons, found.missed, found.full_days) == (1, 1, 1)


def test_entries_outside_the_lessons_looked_at_say_nothing():
    monday, friday = day_of(2), day_of(1, FRIDAY)
    found = missed(monday, [(friday[0], "Absent")], (Stay(CLASS, YEAR, MONDAY),))
    assert found == Missed(lessons=2)


def test_months_stand_apart():
    september, october = day_of(2), day_of(3, OCTOBER)
    lessons = september + october
    found = missed_by_month(STAYS, Taught.of(lessons, lessons), [(october[0], "Ill")])
    assert found == {(2026, 9): Missed(2), (2026, 10): Missed(3, ill=1)}


def test_without_lessons_there_is_no_share():
    assert Missed().share is None
    assert not Missed().is_chronic


@pytest.mark.parametrize(
    ("lessons", "absent", "chronic"),
    [(20, 2, True), (20, 1, False), (19, 19, False), (1000, 99, False), (1000, 100, True)],
)
def test_chronic_is_a_tenth_of_enough_lessons(lessons, absent, chronic):
    assert Missed(lessons, ill=absent).is_chronic is chronic


days = st.dates(YEAR, date(2027, 5, 26))
words = st.sampled_from(["Absent", "Ill", "Pass", "Late", "Attend", "Other"])


@st.composite
def journals(draw):
    lessons = [
        lesson(number, day, group_id=group)
        for day in draw(st.lists(days, max_size=6, unique=True))
        for number in range(1, draw(st.integers(1, 4)))
        for group in [draw(st.sampled_from([CLASS, SUBGROUP, OTHER_CLASS]))]
    ]
    entries = [(one, draw(words)) for one in lessons if draw(st.booleans())]
    first = draw(days)
    stays = (Stay(CLASS, YEAR), Stay(SUBGROUP, first, first + timedelta(days=40)))
    return lessons, entries, stays


@given(journals())
def test_counts_agree_with_walking_through_every_lesson(made):
    lessons, entries, stays = made
    status = {one.id: word for one, word in entries}
    mine = [
        one
        for one in lessons
        if one.id in status or any(s.group_id == one.group_id and s.holds(one.day) for s in stays)
    ]
    counts = Counter(status.get(one.id) for one in mine)
    by_day = {one.day: [] for one in mine}
    for one in mine:
        by_day[one.day].append(status.get(one.id) in {"Absent", "Ill", "Pass"})
    assert missed(lessons, entries, stays) == Missed(
        len(mine),
        counts["Absent"],
        counts["Ill"],
        counts["Pass"],
        counts["Late"],
        sum(all(one) for one in by_day.values()),
    )
