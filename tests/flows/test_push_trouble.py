"""From files to diary while the vendor loses answers, lags behind, repeats itself, or somebody else works there too."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.flows.pushing import SAMPLES, Child, Office, asked_of, children, planted
from tests.flows.stories import school

NEW = [
    Child("Новеньких", name, "Тестовна", "Ж", f"{day:02d}.02.2015", "", "5А")
    for day, name in enumerate(("Ада", "Бела", "Вида", "Гера", "Дана"), 1)
]
LOST = '[[rule]]\nmatch = {{ method = "POST", path = "{path}" }}\nwhen = {{ every = 2 }}\naction = "drop"\nafter_commit = true\n'


@pytest.fixture
def rows(one_school, office):
    return children(one_school.sandbox.desk)


def persons(office):
    """How often each full name stands in the school."""
    return Counter(
        (row["last_name"], row["first_name"], row["birthday"])
        for row in office.school.control("GET", "state")["persons"]
    )


def writes(office):
    reads = ("/users/many", "/edu-groups/students")
    return [
        call
        for call in office.school.calls()
        if call["method"] != "GET" and call["path"] not in reads
    ]


# --- answers that are lost


@pytest.mark.parametrize("path", ["/schools/*/persons", "/edu-groups/*/students"])
def test_where_every_second_answer_to_a_creation_is_lost_each_is_there_once(office, rows, path):
    plan = office.planned([*rows, *NEW])
    with office.school.faults(LOST.format(path=path)):
        result = office.apply(plan)
    assert (result.converged, result.count("applied")) == (True, 10)
    assert [
        persons(office)[row.last, row.first, f"2015-02-0{n}"] for n, row in enumerate(NEW, 1)
    ] == [1] * 5
    assert office.planned([*rows, *NEW]).operations == []


def test_applied_again_a_plan_writes_nothing(office, rows):
    plan = office.planned([*rows, *NEW])
    office.apply(plan)
    office.school.forget_calls()
    again = office.apply(plan)
    assert (again.converged, writes(office)) == (True, [])


# --- readings that lie


def test_a_school_that_is_shown_as_it_was_is_not_taken_for_converged(office, rows):
    plan = office.planned([*rows, *NEW])
    stale = '[[rule]]\nmatch = { path = "*" }\naction = "stale_read"\nseconds = 600.0\n'
    with office.school.faults(stale):
        result = office.apply(plan)
    assert result.converged is False
    assert result.count("applied") == 10
    assert office.verify(plan).converged
    assert office.planned([*rows, *NEW]).operations == []


def test_rows_that_come_twice_are_one_row(office, rows):
    plan = office.planned([*rows, *NEW])
    twice = '[[rule]]\nmatch = { method = "GET", path = "*persons*" }\naction = "duplicate_rows"\n'
    with office.school.faults(twice + twice.replace("*persons*", "*students*")):
        assert office.apply(plan).converged
        assert office.planned([*rows, *NEW]).operations == []


# --- what somebody else did meanwhile, and what the vendor refuses


def test_a_transfer_of_somebody_who_left_meanwhile_is_skipped_and_the_others_go_on(office, rows):
    row = rows[0]
    moved = [replace(one, edu_group="5А") if one is row else one for one in rows]
    plan = office.planned([*moved, *NEW])
    (move,) = [o for o in plan.operations if o.op == "membership.move"]
    group = move.before["edu_group_id"]
    office.school.control(
        "POST", "checklist", [{"op": "membership.end", "group": group, "person": row.id}]
    )
    result = office.apply(plan)
    fate = result.fates[move.number]
    assert (fate.state, fate.detail) == ("skipped", "stale")
    assert (result.converged, result.count("applied"), result.remaining) == (
        False,
        10,
        [move.number],
    )


def test_what_depends_on_a_refused_creation_is_skipped_and_the_rest_is_done(office, rows):
    plan = office.planned([*rows, *NEW])
    refuse = '[[rule]]\nmatch = { method = "POST", path = "/schools/*/persons" }\nwhen = { nth = 2 }\naction = "status"\nstatus = 400\ntype = "invalidRequest"\n'
    with office.school.faults(refuse):
        result = office.apply(plan)
    assert (result.count("applied"), result.count("failed"), result.count("skipped")) == (8, 1, 1)
    assert len(result.remaining) == 2
    assert office.apply(plan).converged


def test_classes_that_the_token_does_not_see_any_more_are_no_reason_to_end_anybody(office, rows):
    hidden = '[[rule]]\nmatch = { method = "GET" }\naction = "narrow_rights"\nname = "5А*"\n'
    with office.school.faults(hidden):
        plan = office.planned(rows)
    assert plan.operations == []


# --- the turn of the year


def test_classes_of_the_next_year_are_made_and_filled_and_this_year_stays(office, rows):
    today = office.school.control("GET", "state")
    up = [
        Child(
            r.last,
            r.first,
            r.middle,
            r.sex,
            r.born,
            "",
            f"{int(r.edu_group[:-1]) + 1}{r.edu_group[-1]}",
        )
        for r in rows
    ]
    plan = office.planned(up, year=2027)
    office.accept()
    plan = office.planned(up, year=2027)
    assert Counter((o.op, o.reason) for o in plan.operations) == {
        ("edu_group.create", "new"): 3,
        ("membership.add", "moved_up"): len(rows),
    }
    forced = [guard.name for guard in plan.guards if guard.tripped]
    result = office.apply(plan, forced=forced)
    assert result.converged
    assert office.planned(up, year=2027).operations == []
    after = office.school.control("GET", "state")
    assert [row for row in after["memberships"] if row in today["memberships"]] == today[
        "memberships"
    ]


# --- lessons


@pytest.fixture(scope="module")
def big_school():
    with school(pupils=550, classes=None) as made:
        yield made


def week_plan(office):
    """The sample timetable for one week, all questions answered; and the week."""
    truth = planted()
    start = date.fromisoformat(truth["horizon"]["from"])
    days = {"start": start, "end": start + timedelta(days=6)}
    office.schedule(SAMPLES / "timetable.xml", **days)
    office.accept()
    office.answer(truth["answers"])
    return office.schedule(SAMPLES / "timetable.xml", **days), days


def test_a_lesson_that_got_a_topic_meanwhile_is_not_cancelled_and_the_others_are(
    big_school, tmp_path
):
    office = Office(big_school, tmp_path)
    plan, days = week_plan(office)
    cancels = [o for o in plan.operations if o.op == "lesson.cancel"]
    assert len(cancels) == 4
    office.school.edit("topic.fill", lesson=cancels[0].target, title="Проверка")
    result = office.apply(plan)
    assert result.fates[cancels[0].number].state in {"failed", "skipped"}
    assert result.count("applied") == len(plan.operations) - 1
    later = office.schedule(SAMPLES / "timetable.xml", **days)
    assert asked_of(later) == []
    assert "protected" in {note.rule for note in later.notes}


def test_where_every_second_answer_about_lessons_is_lost_each_change_lands_once(
    big_school, tmp_path
):
    big_school.control("POST", "reset", {})
    office = Office(big_school, tmp_path)
    plan, days = week_plan(office)
    lost = LOST.format(path="/edu-groups/*/lessons")
    for method in ("PUT", "DELETE"):
        lost += LOST.format(path="/lessons/*").replace("POST", method)
    with office.school.faults(lost):
        result = office.apply(plan)
    assert (result.converged, result.count("applied")) == (True, len(plan.operations))
    assert asked_of(office.schedule(SAMPLES / "timetable.xml", **days)) == []
