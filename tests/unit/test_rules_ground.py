"""What the rules stand on: calendars, coverage, families of groups, what a reader asked to see."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import SettingsError
from connector.reports.calendar import (
    GroupCalendar,
    Period,
    SchoolCalendar,
    teaches_on_saturdays,
    weeks,
)
from connector.reports.coverage import LESSONS, MARKS, Coverage
from connector.reports.families import families
from connector.reports.report import Filters
from connector.reports.selection import _is_meant, natural, select
from connector.rulebook import plain_text
from tests.unit.journals import (
    CLASS,
    FRIDAY,
    MONDAY,
    OTHER_CLASS,
    SATURDAY,
    SUBGROUP,
    TEACHER,
    TUESDAY,
    group,
    journal,
    judge,
    lesson,
    read,
)

YEAR = Period(date(2026, 9, 1), date(2027, 5, 26))
DAYS = st.dates(date(2026, 9, 1), date(2027, 5, 20))


def test_a_quarter_is_nearer_than_the_year_it_lies_in():
    quarter = Period(date(2026, 9, 1), date(2026, 10, 23))
    assert GroupCalendar((YEAR, quarter)).period_of(MONDAY) == quarter


def test_a_day_outside_every_period_has_none():
    assert GroupCalendar((YEAR,)).period_of(date(2027, 6, 1)) is None


def test_without_periods_the_whole_year_may_be_worked():
    assert GroupCalendar().is_working(date(2027, 7, 1))


@given(DAYS, st.integers(1, 10), st.booleans())
def test_the_next_working_days_are_working_days_and_none_is_jumped_over(day, count, saturdays):
    holiday = Period(date(2026, 10, 24), date(2026, 11, 1))
    calendar = GroupCalendar((YEAR,), (holiday,), saturdays)
    found = calendar.working_day_after(day, count)
    if found is None:
        return
    between = [day + timedelta(n) for n in range(1, (found - day).days + 1)]
    assert between[-1] == found
    assert sum(calendar.is_working(one) for one in between) == count
    assert calendar.is_working(found)


@pytest.mark.parametrize(
    ("last", "due_on"),
    [
        (date(2027, 5, 26), date(2027, 5, 27)),  # the year is over, the teachers are still there
        (date(2027, 5, 28), date(2027, 5, 31)),  # a Friday
        (date(2026, 12, 30), None),  # the next period is not known yet
    ],
)
def test_after_the_last_period_of_a_year_there_are_working_days_still(last, due_on):
    summer = Period(last + timedelta(1), date(2027, 8, 31))
    calendar = GroupCalendar((Period(date(2026, 9, 1), last),), (summer,))
    assert calendar.working_day_after(last, 1) == due_on


def test_a_class_of_six_days_leaves_the_saturdays_of_the_others_alone():
    days = [MONDAY + timedelta(weeks=n) for n in range(4)]
    long = [*days, *(day + timedelta(5) for day in days)]
    members = {1: {11, 12}, 2: {21, 22}, 3: {11, 21}, 4: {12}, 5: set()}
    assert weeks({1: long, 2: days, 3: days, 4: days, 5: long}, members) == {
        1: True,
        2: False,
        3: False,  # pupils of both
        4: True,  # half of the first class: its own lessons stand on other days
        5: True,
    }


def test_lessons_on_most_saturdays_make_a_week_of_six_days():
    weeks = [MONDAY + timedelta(weeks=n) for n in range(4)]
    assert teaches_on_saturdays([*weeks, *(day + timedelta(5) for day in weeks[:2])])


def test_one_saturday_that_makes_up_for_another_day_does_not():
    weeks = [MONDAY + timedelta(weeks=n) for n in range(4)]
    assert not teaches_on_saturdays([*weeks, SATURDAY, SATURDAY])


def test_no_lessons_make_no_week():
    assert not teaches_on_saturdays([])


def test_known_days_end_at_the_first_hole():
    coverage = Coverage.of(
        [
            read(LESSONS, end=MONDAY),
            read(LESSONS, start=TUESDAY, end=TUESDAY),
            read(LESSONS, start=FRIDAY),
        ]
    )
    assert coverage.known_through(LESSONS, CLASS, date(2026, 9, 3)) == TUESDAY
    assert coverage.known_through(LESSONS, CLASS, FRIDAY) == date(2027, 8, 31)
    assert coverage.known_through(MARKS, CLASS, FRIDAY) is None


def test_a_window_without_days_covers_all_of_them():
    coverage = Coverage.of([read(LESSONS, start=date.min, end=date.max)])
    assert coverage.known_through(LESSONS, CLASS, MONDAY) == date.max


def test_a_failure_after_a_success_is_still_a_failure_to_tell():
    coverage = Coverage.of([read(LESSONS, detail="VendorBroken"), read(MARKS)])
    assert [window.resource for window in coverage.failed()] == [LESSONS]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), st.integers(0, 9)), max_size=8),
    st.integers(0, 80),
)
def test_coverage_agrees_with_counting_days_one_by_one(windows, wanted):
    start = date(2026, 9, 1)
    known: dict[date, datetime] = {}
    made = []
    for first, length, hour in windows:
        at = datetime(2026, 12, 1, hour, tzinfo=UTC)
        day = start + timedelta(first)
        made.append(read(LESSONS, at=at, start=day, end=day + timedelta(length)))
        for n in range(length + 1):
            known[day + timedelta(n)] = max(at, known.get(day + timedelta(n), at))
    coverage, day = Coverage.of(made), start + timedelta(wanted)
    assert coverage.read_at(LESSONS, CLASS, day) == known.get(day)
    reached = None
    while day in known:
        reached, day = day, day + timedelta(1)
    assert coverage.known_through(LESSONS, CLASS, start + timedelta(wanted)) == reached


def family(groups, parents=(), pupils=()):
    return families(groups, parents, pupils)


def test_a_subgroup_is_of_its_classes_year():
    found = family([(1, "5А", 5), (2, "5А (1)", None)], [(2, 1)]).groups[2]
    assert (found.parallels, found.class_ids) == ({5}, {1})


def test_a_stream_without_parents_is_of_its_pupils_years():
    found = family(
        [(1, "10А", 10), (2, "11А", 11), (3, "Физика", 0)],
        (),
        [(1, 7, 1), (3, 7, 1), (2, 8, 1), (3, 8, 1)],
    )
    assert found.groups[3].parallels == {10, 11}


def test_pupils_who_left_are_members_but_not_active_ones():
    found = family([(1, "5А", 5)], (), [(1, 7, 1), (1, 8, 0)]).groups[1]
    assert (found.members, found.active_members) == ({7, 8}, {7})


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({2: ("a",), 1: ("b",)}, ("a",)),
        ({1: ("b",), 3: ("c",)}, ("b",)),
        ({4: ("d",), 3: ("c",)}, ("c",)),
        ({4: ("d",)}, ("d",)),
        ({}, ()),
    ],
    ids=["own", "of the class", "of the year group", "of the school", "none"],
)
def test_a_subgroup_lives_by_the_nearest_calendar(own, expected):
    groups = [(1, "5А", 5), (2, "5А (1)", 5), (3, "5Б", 5), (4, "6А", 6)]
    assert family(groups, [(2, 1)]).inherit(own)[2] == expected


def chosen(**filters):
    school = journal(
        [lesson()],
        groups=[group(), group(SUBGROUP, "5А (англ. 1)", classes=(CLASS,)), group(60, "10Б", 10)],
    )
    return select(school, Filters(**filters), MONDAY, FRIDAY)


@pytest.mark.parametrize("typed", ["5А", "5а", " 5 «А»", "05-А", "5 А класс", "5A", str(CLASS)])
def test_a_class_is_found_as_people_type_it_and_brings_its_subgroups(typed):
    assert chosen(classes=(typed,)).groups == {CLASS, SUBGROUP}


def test_a_teacher_is_found_by_part_of_the_name():
    selection = chosen(teachers=("лужина",))
    assert selection.shows(lesson())
    assert not selection.shows(lesson(teacher_ids=(1,)))
    assert chosen(teachers=(str(TEACHER),)) == selection


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("Лужина О. В.", True),
        ("Лужина О.В.", True),
        ("О. В. Лужина", True),
        ("Ольга Лужина", True),
        ("Лужина А. В.", False),
        ("О. В.", False),
        ("Лужина Лужина", False),
    ],
)
def test_a_teacher_is_found_with_initials_and_in_any_order(typed, fits):
    assert _is_meant("лужина ольга викторовна", plain_text(typed)) is fits


@pytest.mark.parametrize("option", ["teachers", "subjects", "pupils", "periods"])
def test_an_empty_name_means_nobody_and_not_everybody(option):
    """A script whose variable is empty must not print the whole school."""
    with pytest.raises(SettingsError):
        chosen(**{option: (" ",)})


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("typed", ["1", " 1 ", "1 четверть"])
def test_the_first_period_is_one_whatever_the_vendor_counts_from(first, typed):
    days = (MONDAY, TUESDAY, FRIDAY)
    quarters = [
        Period(day, day, first + place, f"{place + 1} четверть") for place, day in enumerate(days)
    ]
    school = journal([lesson()], periods=quarters)
    assert select(school, Filters(periods=(typed,)), MONDAY, FRIDAY).periods == {
        (first, "1 четверть")
    }


@pytest.fixture
def mixed_school():
    """A class by quarters beside one by half-years."""
    quarters = (Period(MONDAY, TUESDAY, 0, "1 четверть"), Period(FRIDAY, FRIDAY, 1, "2 четверть"))
    halves = (Period(MONDAY, FRIDAY, 0, "1 полугодие"),)
    senior = group(OTHER_CLASS, "10А")
    school = journal([lesson()], groups=[group(), senior])
    calendars = {CLASS: GroupCalendar(quarters), OTHER_CLASS: GroupCalendar(halves)}
    return replace(school, calendar=SchoolCalendar(calendars))


@pytest.mark.parametrize(
    ("typed", "quarter", "half"),
    [("1", True, True), ("1 четверть", True, False), ("1 ПОЛУГОДИЕ", False, True)],
)
def test_a_name_brings_periods_of_that_name_only_and_a_number_all_of_it(
    mixed_school, typed, quarter, half
):
    shown = select(mixed_school, Filters(periods=(typed,)), MONDAY, FRIDAY)
    assert shown.has_day(CLASS, MONDAY) is quarter
    assert shown.has_day(OTHER_CLASS, MONDAY) is half


def test_a_period_that_the_chosen_class_has_not_is_refused(mixed_school):
    filters = Filters(classes=("10А",), periods=("1 четверть",))
    with pytest.raises(SettingsError, match="1 полугодие") as refused:
        select(mixed_school, filters, MONDAY, FRIDAY)
    assert refused.value.facts["allowed"] == "1 полугодие"


def test_a_period_brings_its_days():
    quarters = [Period(MONDAY, TUESDAY, 0, "1 четверть"), Period(FRIDAY, FRIDAY, 1, "2 четверть")]
    school = journal([lesson()], periods=quarters)
    shown = select(school, Filters(periods=("1",)), MONDAY, FRIDAY)
    assert (shown.start, shown.end) == (MONDAY, TUESDAY)


@pytest.mark.parametrize("typed", ["0", "4", "12"])
def test_a_period_that_the_year_has_not_is_refused(typed):
    quarters = [Period(MONDAY, MONDAY, 0, "1 четверть"), Period(FRIDAY, FRIDAY, 1, "2 четверть")]
    with pytest.raises(SettingsError):
        select(journal([lesson()], periods=quarters), Filters(periods=(typed,)), MONDAY, FRIDAY)


def test_a_subject_is_found_by_part_of_the_name():
    selection = chosen(subjects=("алг",))
    assert selection.shows(lesson())
    assert not selection.shows(lesson(subject_id=3))


def test_a_class_is_never_found_by_part_of_its_name():
    with pytest.raises(SettingsError):
        chosen(classes=("0Б",))


@pytest.mark.parametrize("option", ["classes", "teachers", "subjects"])
def test_a_name_that_fits_nothing_is_refused(option):
    """An empty report would look like a clean one."""
    with pytest.raises(SettingsError) as caught:
        chosen(**{option: ("нет такого",)})
    assert caught.value.facts["value"] == "нет такого"
    assert caught.value.facts["allowed"]


def test_lessons_outside_the_span_are_not_shown():
    assert not chosen().shows(lesson(day=SATURDAY))
    assert chosen().shows(lesson(day=FRIDAY))


def test_a_finding_is_shown_as_its_lesson_is():
    school = journal([lesson(has_topic=False), lesson(day=SATURDAY, has_topic=False)])
    findings, _ = judge("TOPIC", school)
    assert [chosen().shows_finding(found) for found in findings] == [True, False]


def test_classes_sort_by_number_first():
    assert sorted(["10А", "5Б", "5а", "Хор"], key=natural) == ["5а", "5Б", "10А", "Хор"]
