from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.records import Window
from connector.sync.windows import (
    FEW_ROWS,
    HALF_MONTH,
    HALF_YEAR,
    MANY_ROWS,
    MONTH,
    Ask,
    Beats,
    Seen,
    batches,
    chunk_lessons,
    covering,
    halve,
    level_for,
    pieces,
    plan_group,
    study_year_of,
    study_year_span,
)

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def plan(
    ask=None, *, seen=None, kind="Group", ahead=True, lately=True, period=date(2026, 11, 5), now=NOW
):
    return plan_group(
        "lessons",
        7,
        level_for(kind, [known.rows for known in (seen or {}).values()]),
        ask or Ask(TODAY),
        Beats(),
        seen or {},
        now=now,
        period_start=period,
        looks_ahead=ahead,
        had_lessons_lately=lately,
    )


def all_seen(*, at=NOW, rows=1000):
    return {piece: Seen(at, rows) for piece in pieces(2026, MONTH)}


def spans(windows):
    return [(window.start, window.end) for window in windows]


@given(DAYS)
def test_a_study_year_holds_the_school_days_that_name_it(day):
    year = study_year_of(day)
    start, end = study_year_span(year)
    assert start <= day <= end


@given(st.integers(2020, 2035), st.sampled_from([HALF_MONTH, MONTH, HALF_YEAR]))
def test_pieces_tile_the_year_without_gap_or_overlap(year, level):
    cut = pieces(year, level)
    assert (cut[0][0], cut[-1][1]) == study_year_span(year)
    assert all(end + timedelta(days=1) == start for (_, end), (start, _) in pairwise(cut))


@given(st.integers(2020, 2035))
def test_a_finer_cut_keeps_the_coarser_edges(year):
    edges = [
        {start for start, _ in pieces(year, level)} for level in (HALF_MONTH, MONTH, HALF_YEAR)
    ]
    assert edges[2] <= edges[1] <= edges[0]


@given(DAYS, st.sampled_from(["Group", "Subgroup"]), st.booleans())
def test_a_first_pull_asks_for_every_day_of_the_year_up_to_now(today, kind, ahead):
    windows = plan(Ask(today), kind=kind, ahead=ahead)
    start = study_year_span(study_year_of(today))[0]
    asked = {
        w.start + timedelta(days=i) for w in windows for i in range((w.end - w.start).days + 1)
    }
    assert asked >= {start + timedelta(days=i) for i in range((today - start).days + 1)}


def test_a_class_is_cut_by_month_and_a_subgroup_by_half_year():
    assert len(plan(Ask(date(2027, 5, 31)))) == 10
    assert len(plan(Ask(date(2027, 5, 31)), ahead=False)) == 9
    assert len(plan(Ask(date(2027, 5, 31)), kind="Subgroup")) == 2


def test_a_nightly_pull_asks_one_window_a_group():
    assert spans(plan(seen=all_seen())) == [(date(2026, 11, 9), date(2026, 12, 13))]


def test_the_recent_window_is_the_same_all_week():
    """The same request has a chance to bring the same body."""
    week = [plan(Ask(date(2026, 11, 23) + timedelta(days=i)), seen=all_seen()) for i in range(6)]
    assert len({tuple(spans(windows)) for windows in week}) == 1


def test_a_group_without_lessons_lately_costs_nothing_at_night():
    assert plan(seen=all_seen(), lately=False) == []


def test_the_current_period_is_read_again_after_a_week_and_a_closed_one_after_a_month():
    eight_days_old = plan(seen=all_seen(at=NOW - timedelta(days=8)))
    assert spans(eight_days_old) == [
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ]
    older = plan(seen=all_seen(at=NOW - timedelta(days=31)))
    assert spans(older)[0] == (date(2026, 9, 1), date(2026, 9, 30))
    assert len(older) == 4


def test_without_known_periods_the_month_counts_as_current():
    assert spans(plan(seen=all_seen(at=NOW - timedelta(days=8)), period=None))[0] == (
        date(2026, 11, 1),
        date(2026, 11, 30),
    )


def test_a_piece_never_read_comes_even_when_it_is_long_past():
    seen = all_seen()
    del seen[date(2026, 10, 1), date(2026, 10, 31)]
    assert (date(2026, 10, 1), date(2026, 10, 31)) in spans(plan(seen=seen))


def test_a_coarser_cut_asks_for_nothing_that_its_parts_have_answered():
    """A class that proved small is cut by half-year from now on, but not read again for it."""
    few = {piece: Seen(NOW, 0) for piece in pieces(2026, MONTH)[:4]}
    assert plan(seen=few, lately=False) == []


def test_a_piece_is_as_old_as_the_oldest_of_its_parts():
    september, october, november, december = pieces(2026, MONTH)[:4]
    seen = {
        september: Seen(NOW, 1),
        october: Seen(NOW - timedelta(days=3), 2),
        november: Seen(NOW, 3),
    }
    half = (september[0], december[1])
    assert covering(half, seen) is None
    assert covering(half, seen | {december: Seen(NOW, 4)}) == Seen(NOW - timedelta(days=3), 10)


def test_full_asks_for_everything_again_in_the_same_pieces():
    assert spans(plan(Ask(TODAY, full=True), seen=all_seen())) == spans(plan())


def test_a_named_span_is_cut_at_the_months_and_at_its_ends():
    asked = plan(Ask(TODAY, start=date(2026, 9, 15), end=date(2026, 10, 10)))
    assert spans(asked) == [
        (date(2026, 9, 15), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 10)),
    ]


def test_a_named_span_may_reach_into_an_earlier_study_year():
    asked = plan(Ask(TODAY, start=date(2026, 5, 20), end=date(2026, 9, 2)))
    assert spans(asked)[0] == (date(2026, 5, 20), date(2026, 5, 31))
    assert spans(asked)[-1] == (date(2026, 9, 1), date(2026, 9, 2))


def test_a_span_with_one_end_named_takes_the_other_from_the_year():
    assert plan(Ask(TODAY, end=date(2026, 9, 2)))[0].start == date(2026, 9, 1)
    assert plan(Ask(TODAY, start=date(2026, 11, 20)), ahead=False)[-1].end == TODAY


def test_answers_that_were_too_big_make_the_cut_finer():
    assert level_for("Group", [MANY_ROWS + 1]) == HALF_MONTH
    assert level_for("Subgroup", [MANY_ROWS + 1, 5]) == MONTH


def test_a_class_with_almost_no_rows_is_asked_by_half_year():
    """First forms have no marks: nine empty answers a year would be eight too many."""
    assert level_for("Group", [0, 0, FEW_ROWS - 1]) == HALF_YEAR


def test_one_small_answer_does_not_prove_that_all_are_small():
    assert level_for("Group", [10]) == MONTH


@given(st.integers(8, 400), DAYS)
def test_halves_cover_the_window_they_replace(days, start):
    window = Window("marks", 1, start, start + timedelta(days=days - 1))
    first, second = halve(window)
    assert (first.start, second.end) == (window.start, window.end)
    assert first.end + timedelta(days=1) == second.start


def test_a_week_is_not_cut_any_further():
    assert halve(Window("marks", 1, TODAY, TODAY + timedelta(days=6))) is None


@given(st.lists(st.integers(1, 2**63 - 1), max_size=300), st.integers(30, 120))
def test_chunks_keep_every_lesson_in_order_and_fit_the_url(lessons, prefix):
    chunks = chunk_lessons(lessons, prefix=prefix)
    assert [lesson for chunk in chunks for lesson in chunk] == lessons
    for chunk in chunks:
        assert prefix + sum(len(f"&lessons={lesson}") for lesson in chunk) <= 2000


def test_a_single_id_is_sent_however_short_the_limit():
    assert chunk_lessons([10**18], prefix=100, limit=50) == [(10**18,)]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (5, [5]), (6, [5, 1])])
def test_batches_hold_at_most_their_size(count, sizes):
    assert [len(batch) for batch in batches(range(count), 5)] == sizes
