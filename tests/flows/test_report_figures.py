"""Reports of figures against the emulator's own school: the same numbers, counted one by one without SQL."""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction

import pytest

from connector.sandbox.desk import subject_id
from connector.sandbox.model import CANCELLED
from tests.flows.figuring import attended, figures, finals_of, pupil, report, table
from tests.flows.stories import EVENING, school
from tests.unit.rosters import pupil as listed
from tests.unit.rosters import source

AFTER_YEAR = date(2027, 6, 20)


@pytest.fixture(
    scope="module",
    params=[
        {},
        pytest.param(
            {"seed": 9, "marks_by": "entry", "attendance": "roll", "week": 6},
            marks=pytest.mark.long,
        ),
    ],
    ids=["as notes have it", "another school, every other way"],
)
def pulled(request, tmp_path_factory):
    """A school of eleven classes in November, with arrivals and leavers."""
    path = tmp_path_factory.mktemp("figures") / "mirror.db"
    with school(pupils=220, classes=11, **request.param) as made:
        assert made.pull(path).error is None
        yield made.sandbox.desk, path


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A small school whose year is over."""
    path = tmp_path_factory.mktemp("figures") / "mirror.db"
    with school(today=AFTER_YEAR) as made:
        now = EVENING.replace(year=2027, month=6, day=20)
        assert made.pull(path, at=now).error is None
        yield made.sandbox.desk, path


def test_quality_by_class_is_what_the_school_has(pulled):
    desk, path = pulled
    values = defaultdict(list)
    for mark in finals_of(desk):
        values[mark.group.id].append(mark.value)
    rows, whole = table(report(path, "quality"), "classes")
    found = {row["class"]: row for row in rows if row["n"] and isinstance(row["n"], int)}
    assert len(values) > 5
    assert {key: {name: row[name] for name in figures(["5"])} for key, row in found.items()} == {
        key: figures(one) for key, one in values.items()
    }
    everything = [value for one in values.values() for value in one]
    assert {name: whole[name] for name in figures(["5"])} == figures(everything)


def test_quality_by_subject_is_what_the_school_has(pulled):
    desk, path = pulled
    values = defaultdict(list)
    for mark in finals_of(desk):
        values[subject_id(mark.subject)].append(mark.value)
    rows, _whole = table(report(path, "quality"), "subjects")
    assert {row["subject"]: {name: row[name] for name in figures(["5"])} for row in rows} == {
        key: figures(one) for key, one in values.items()
    }


def test_quality_by_teacher_goes_by_the_pupil_s_own_subgroup(pulled):
    desk, path = pulled
    taught = defaultdict(Counter)
    here = {person for group in desk.school.groups for _place, person in group.now(desk.today)}
    for group in desk.school.groups:
        # A leaver's marks count by the groups the leaver was in.
        now = {p.number for _place, p in group.now(desk.today)}
        now |= {m.person.number for m in group.roll if m.person not in here}
        for lesson in group.lessons:
            if lesson.day < desk.today and lesson.status != CANCELLED:
                for person in now:
                    period = next(
                        (
                            p.number
                            for p in group.calendar.periods
                            if p.start <= lesson.day <= p.finish
                        ),
                        None,
                    )
                    taught[person, lesson.subject, period].update(t.id for t in lesson.teachers)
    values = defaultdict(list)
    for mark in finals_of(desk):
        held = taught[pupil(mark.group, mark.place).number, mark.subject, mark.period]
        most = max(held.values(), default=0)
        for teacher in [who for who, count in held.items() if count == most] or [None]:
            values[teacher].append(mark.value)
    rows, _whole = table(report(path, "quality"), "teachers")
    assert {row["teacher"]: row["n"] for row in rows} == {k: len(v) for k, v in values.items()}
    assert {row["teacher"]: row["mean"] for row in rows} == {
        key: figures(one)["mean"] for key, one in values.items()
    }


def test_pupils_with_fours_and_fives_are_counted_as_pupils(pulled):
    desk, path = pulled
    worst = {}
    for mark in finals_of(desk):
        key = (mark.group.id, pupil(mark.group, mark.place).number)
        worst[key] = min(worst.get(key, "5"), mark.value)
    rows, _whole = table(report(path, "quality"), "class_pupils")
    for row in rows:
        mine = [value for (group, _), value in worst.items() if group == row["class"]]
        if mine:
            good, passing = sum(v >= "4" for v in mine), sum(v >= "3" for v in mine)
            assert (row["pupils"], row["pupils_good"], row["pupils_passing"]) == (
                len(mine),
                Fraction(100 * good, len(mine)),
                Fraction(100 * passing, len(mine)),
            )


def test_a_class_whose_half_year_runs_has_no_data(pulled):
    desk, path = pulled
    seniors = {g.id for g in desk.school.groups if g.is_class and g.parallel >= 10}
    rows, _whole = table(report(path, "quality"), "classes")
    silent = {row["class"] for row in rows if not isinstance(row["n"], int)}
    assert silent == seniors != set()


def test_year_marks_stand_apart_from_those_of_the_last_period(year):
    desk, path = year
    made = report(path, "quality", as_of=AFTER_YEAR)
    values = defaultdict(list)
    for mark in finals_of(desk, yearly=True):
        values[mark.group.id].append(mark.value)
    rows, _whole = table(made, "year_classes")
    assert {row["class"]: (row["n"], row["mean"]) for row in rows} == {
        key: (len(one), figures(one)["mean"]) for key, one in values.items()
    }
    _rows, whole = table(made, "classes")
    assert whole["n"] == len(list(finals_of(desk)))


def test_periods_are_compared_over_the_whole_year(year):
    desk, path = year
    rows, _none = table(report(path, "quality", as_of=AFTER_YEAR), "periods")
    values = defaultdict(list)
    for mark in desk.finals:
        values[mark.period, mark.group.calendar.kind].append(mark.value)
    assert sorted(row["n"] for row in rows) == sorted(
        [
            *(len(one) for (period, _kind), one in values.items() if period != 7),
            sum(len(one) for (period, _kind), one in values.items() if period == 7),
        ]
    )


def counted(rows):
    names = ("lessons", "unexcused", "ill", "excused", "late", "full_days")
    return {(row["class"], row["pupil"]): tuple(row[name] for name in names) for row in rows}


def test_attendance_of_each_pupil_is_what_the_school_has(pulled):
    desk, path = pulled
    truth = attended(desk)
    rows, _none = table(report(path, "attendance"), "pupils")
    found = counted(rows)
    assert found.keys() == truth.keys()
    for key, (steady, row) in truth.items():
        assert found[key][1:] == row[1:], "missed lessons and days are entries, whoever came when"
        if steady:
            assert found[key] == row
    assert any(steady for steady, _row in truth.values())


def test_an_arrival_has_lessons_from_the_first_mark_on(pulled):
    desk, path = pulled
    rows, _none = table(report(path, "attendance"), "pupils")
    found = {key: row[0] for key, row in counted(rows).items()}
    truth = attended(desk)
    arrivals = [
        (group, member)
        for group in desk.school.groups
        for member in group.roll
        if group.is_class and group.parallel > 1 and member.since and member.since < desk.today
    ]
    assert arrivals
    for group, member in arrivals:
        key = (group.id, member.person.id)
        days = 3 * 8  # a pupil who came gets a first mark within a few days of lessons
        assert truth[key][1][0] - days <= found[key] <= truth[key][1][0]


def test_a_class_list_with_days_of_enrolment_makes_arrivals_exact(pulled):
    """Also in a first class, where no mark tells that somebody came."""
    desk, path = pulled
    arrivals = {}
    for group in desk.school.groups:
        for member in group.roll:
            who = member.person
            if group.is_class and member.since and member.since < desk.today:
                name = f"{who.last_name} {who.first_name} {who.middle_name or ''}".strip()
                arrivals[group.id, who.id] = listed(
                    name, group.name, who.birthday, enrolled=member.since
                )
    made = report(path, "attendance", sources=(source(*arrivals.values()),))
    rows, _none = table(made, "pupils")
    truth = attended(desk)
    found = counted(rows)
    assert {key: found[key] for key in arrivals} == {key: truth[key][1] for key in arrivals}
    classes = {group for group, _person in arrivals}
    assert 1 in {group.parallel for group in desk.school.groups if group.id in classes}


def test_a_pupil_who_changed_classes_has_the_lessons_of_both(tmp_path):
    path = tmp_path / "mirror.db"
    with school(pupils=234, classes=13) as made:
        assert made.pull(path).error is None
        desk = made.sandbox.desk
        movers = {p.id for p in desk.school.people if p.number in desk.school.movers}
        rows, _none = table(report(path, "attendance"), "pupils")
        found = {key: row[0] for key, row in counted(rows).items() if key[1] in movers}
        truth = {key: row[0] for key, (_s, row) in attended(desk).items() if key[1] in movers}
    assert found.keys() == truth.keys() != set()
    for key, lessons in truth.items():
        assert abs(found[key] - lessons) <= 3 * 8, "the day of the move is known by marks only"


@pytest.mark.parametrize("key", ["classes", "pupils", "months"])
def test_attendance_by_class_and_month_sums_up_its_pupils(pulled, key):
    _desk, path = pulled
    made = report(path, "attendance")
    names = ("lessons", "missed", "unexcused", "ill", "excused", "late", "full_days")
    rows, _total = table(made, key)
    _rows, whole = table(made, "classes")
    assert {name: sum(row[name] for row in rows) for name in names} == {
        name: whole[name] for name in names
    }


def test_those_often_away_are_those_who_missed_a_tenth(pulled):
    desk, path = pulled
    rows, _none = table(report(path, "attendance"), "often_away")
    assert (
        {(row["class"], row["pupil"]) for row in rows}
        == {
            key
            for key, (_steady, (lessons, absent, ill, excused, _late, _full)) in attended(
                desk
            ).items()
            if lessons >= 20 and 10 * (absent + ill + excused) >= lessons
        }
        != set()
    )


def test_illness_is_no_business_of_a_version_for_all_staff(pulled):
    _desk, path = pulled
    named, hidden = report(path, "attendance"), report(path, "attendance", anonymous=True)
    for one in hidden.tables:
        assert "ill" not in {column.key for column in one.columns}
    rows, _none = table(named, "pupils")
    anonymous, _none = table(hidden, "pupils")
    assert Counter(row["ill"] + row["excused"] for row in rows) == Counter(
        row["excused"] for row in anonymous
    )
    assert {row["pupil"] for row in anonymous} == set(range(1, len(rows) + 1))
