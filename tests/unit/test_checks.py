"""Checks in a row: what counts as fixed, as new, as still standing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.records import Check, Finding
from connector.reports.checks import (
    DROPPED,
    FIXED,
    KNOWN,
    NEW,
    OUTSIDE,
    STANDS,
    UNJUDGED,
    Looked,
    compare,
    trend,
)

DAY = date(2026, 11, 2)
PLAIN = Finding("TOPIC", "п. 1", "error", 5, 7, (9,), 100, 1, DAY, DAY, "", 1, "")
PUPIL = replace(PLAIN, rule="ACC", person_ids=(70,))
LOOKED = Looked(
    date(2026, 9, 1), date(2026, 11, 24), {"TOPIC", "ACC", "TWOFIX", "FINAL"}, {100, 101}
)


def check(*findings, as_of=date(2026, 11, 9), at=8):
    return Check(
        "missing",
        "{}",
        as_of,
        datetime(2026, 11, at, tzinfo=UTC),
        DAY,
        as_of,
        10,
        {"TOPIC": 1},
        findings,
    )


def fate(finding, looked=LOOKED):
    (past,) = compare(check(finding), (), looked).past
    return past.state


def test_what_is_found_again_stands_and_what_was_not_there_is_new():
    other = replace(PLAIN, lesson_id=101)
    found = compare(check(PLAIN), (PLAIN, other), LOOKED)
    assert (found.states, found.past) == ((STANDS, NEW), ())


@pytest.mark.parametrize("rule", ["LATE", "TWOAFTERN", "TWOEDGE", "LATECHANGE", "DOWN"])
def test_what_nobody_can_mend_is_known_and_never_called_not_fixed(rule):
    done = replace(PLAIN, rule=rule)
    assert compare(check(done), (done,), LOOKED).states == (KNOWN,)


def test_a_lesson_that_is_still_held_and_lacks_nothing_more_is_fixed():
    assert fate(PLAIN) == FIXED


@pytest.mark.parametrize(
    ("looked", "state"),
    [
        (replace(LOOKED, lessons={101}), DROPPED),
        (replace(LOOKED, rules={"HW"}), DROPPED),
        (replace(LOOKED, start=date(2026, 11, 3)), OUTSIDE),
        (replace(LOOKED, end=date(2026, 11, 1)), OUTSIDE),
        (replace(LOOKED, silent={("TOPIC", 100)}), UNJUDGED),
        (replace(LOOKED, silent={("", 100)}), UNJUDGED),
        (replace(LOOKED, silent={("HW", 100), ("TOPIC", 101)}), FIXED),
    ],
)
def test_what_was_not_looked_at_again_is_not_called_fixed(looked, state):
    assert fate(PLAIN, looked) == state


def test_a_pupil_below_the_norm_stands_though_the_lesson_named_moves_on():
    later = replace(PUPIL, lesson_id=101, date=DAY + timedelta(days=7))
    assert compare(check(PUPIL), (later,), LOOKED).states == (STANDS,)
    another = replace(later, person_ids=(71,))
    assert compare(check(PUPIL), (another,), LOOKED).states == (NEW,)


@pytest.mark.parametrize(
    ("silent", "state"),
    [({("ACC", 5, 7)}, UNJUDGED), ({("", 5, 7)}, UNJUDGED), ({("ACC", 5, 8)}, FIXED)],
)
def test_a_pupils_record_is_judged_by_the_course(silent, state):
    assert fate(PUPIL, replace(LOOKED, silent_courses=silent)) == state


def test_a_final_mark_has_no_lesson_and_is_known_by_pupil_and_day():
    final = replace(PUPIL, rule="FINAL", lesson_id=None)
    assert compare(check(final), (final,), LOOKED).states == (STANDS,)
    assert compare(check(final), (replace(final, person_ids=(71,)),), LOOKED).states == (NEW,)
    assert fate(final) == FIXED


def test_a_pupil_who_is_not_in_the_list_stands_whatever_day_the_check_names():
    missing = replace(PUPIL, rule="ROSTER", lesson_id=None, subject_id=None)
    later = replace(missing, date=DAY + timedelta(days=7))
    assert compare(check(missing), (later,), LOOKED).states == (STANDS,)


def test_two_pupils_at_one_lesson_are_two_findings():
    two = replace(PUPIL, rule="TWOFIX")
    other = replace(two, person_ids=(71,))
    found = compare(check(two, other), (other,), LOOKED)
    assert [past.finding for past in found.past] == [two]


def test_pupils_who_prove_a_silent_lesson_do_not_make_it_another():
    attendance = replace(PLAIN, person_ids=(1, 2))
    assert compare(check(attendance), (PLAIN,), LOOKED).states == (STANDS,)


def test_of_a_day_the_latest_check_counts_and_the_trend_is_short():
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(20)]
    found = trend([*(check(as_of=day) for day in days), check(as_of=days[-1], at=20)])
    assert [one.as_of for one in found] == days[-12:]
    assert found[-1].made_at.day == 20


FINDINGS = st.lists(
    st.builds(
        replace,
        st.just(PLAIN),
        rule=st.sampled_from(["TOPIC", "ACC", "TWOFIX", "HW"]),
        lesson_id=st.sampled_from([100, 101, 102]),
        edu_group_id=st.sampled_from([5, 6]),
        person_ids=st.sampled_from([(), (70,), (71,)]),
    ),
    max_size=8,
    unique=True,
)


@given(FINDINGS)
def test_an_unchanged_journal_has_nothing_new_and_nothing_past(findings):
    found = compare(check(*findings), findings, LOOKED)
    assert (set(found.states) <= {STANDS}, found.past) == (True, ())


@given(FINDINGS, FINDINGS)
def test_every_finding_of_then_and_now_is_told_once(then, now):
    found = compare(check(*then), now, LOOKED)
    assert len(found.states) == len(now)
    assert sum(found.counts().values()) == len(found.states) + len(found.past)
    assert not {one.finding for one in found.past} & set(now)
