"""Charts drawn by us: bars as long as their numbers, gaps where there is no data, names as text."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.render.drawings import MOST, Drawing, Series, drawings
from connector.reports.render.pdf import picture
from connector.reports.render.svg import svg
from connector.reports.tables import NO_DATA, Chart, Column, Content, Table
from tests.unit.sample_reports import TABLES, english, report, russian

SVG = "{http://www.w3.org/2000/svg}"
numbers = st.one_of(st.none(), st.fractions(0, 5_000))


def drawing(kind, *values, labels=None, percent=False):
    series = tuple(
        Series(f"S{place}", tuple(map(_fraction, one))) for place, one in enumerate(values)
    )
    names = labels or tuple(f"L{place}" for place in range(len(values[0])))
    return Drawing("Title", kind, tuple(names), series, is_percent=percent)


def _fraction(value):
    return None if value is None else Fraction(value)


def drawn(one, translate=english):
    return ElementTree.fromstring(svg(one, translate))


def bars(one):
    """Lengths of the bars; the squares of the legend are left out."""
    found = [rect for rect in drawn(one).iter(f"{SVG}rect") if rect.get("width") != "12"]
    return [int(rect.get("width")) for rect in found]


def texts(one, translate=english):
    return [text.text for text in drawn(one, translate).iter(f"{SVG}text")]


def test_bars_are_as_long_as_their_numbers():
    lengths = bars(drawing("bar", [10, 5, 0]))
    assert lengths[0] == 2 * lengths[1]
    assert lengths[2] == 0


def test_percents_that_come_near_the_whole_are_measured_by_it():
    half, whole = bars(drawing("bar", [60, 100], percent=True))
    assert half == pytest.approx(0.6 * whole, abs=1)


def test_parts_of_a_stacked_bar_stand_one_after_another_and_their_sum_is_told():
    one = drawing("stacked", [3, 1], [1, None])
    found = [rect for rect in drawn(one).iter(f"{SVG}rect") if rect.get("width") != "12"]
    first, second = found[:2]
    assert int(first.get("x")) + int(first.get("width")) == int(second.get("x"))
    assert "4" in texts(one)


def test_what_is_not_known_is_said_beside_the_bar():
    assert "no data" in texts(drawing("bar", [1, None]))


def test_a_line_is_broken_where_there_is_no_data():
    paths = [path.get("d") for path in drawn(drawing("line", [1, 2, None, 4])).iter(f"{SVG}path")]
    assert paths[-1].count("M") == 2


def test_numbers_have_the_languages_decimal_mark():
    assert "66,7" in texts(drawings(TABLES, russian)[0], russian)


@given(
    st.sampled_from(["bar", "stacked", "line"]),
    st.lists(
        st.tuples(st.text(max_size=50).filter(lambda text: text.isprintable()), numbers, numbers),
        min_size=1,
        max_size=MOST,
    ),
)
def test_any_chart_is_a_picture_inside_its_frame(kind, rows):
    labels, one, other = zip(*rows, strict=True)
    root = drawn(drawing(kind, one, other, labels=labels))
    width, height = int(root.get("width")), int(root.get("height"))
    for rect in root.iter(f"{SVG}rect"):
        assert int(rect.get("x")) + int(rect.get("width")) <= width
        assert int(rect.get("y")) + int(rect.get("height")) <= height
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("y")) <= height


def test_a_picture_holds_nothing_that_would_be_fetched():
    assert not re.search("href|url\\(|<image|<script", svg(drawings(TABLES, english)[0], english))


def test_a_chart_becomes_a_picture_for_documents():
    assert picture(svg(drawings(TABLES, english)[0], english)).startswith(b"\x89PNG")


# --- which charts there are


def table(count):
    return Table(
        "t",
        "T",
        (Column("name", "Name"), Column("number", "Number", Content.NUMBER)),
        tuple((f"N{place}", place) for place in range(count)),
        has_totals=True,
    )


def charted(count, kind="bar"):
    return report(tables=(table(count),), charts=(Chart("Chart", kind, "t", "name", ("number",)),))


def test_the_row_of_totals_is_no_bar():
    assert drawings(charted(4), english)[0].labels == ("N0", "N1", "N2")


def test_of_many_bars_the_longest_are_drawn_in_their_order_and_the_title_says_so():
    (one,) = drawings(charted(60), english)
    assert one.labels == tuple(f"N{place}" for place in range(59 - MOST, 59))
    assert one.title == "Chart (the largest 40 of 59)"


def test_of_a_long_line_the_last_points_are_drawn():
    (one,) = drawings(charted(60, "line"), english, most=5)
    assert one.labels == ("N54", "N55", "N56", "N57", "N58")
    assert one.title == "Chart (the last 5 of 59)"


def test_many_bars_stand_in_two_columns():
    (one,) = drawings(charted(26), english, most=25)
    root = drawn(one)
    assert {int(rect.get("x")) for rect in root.iter(f"{SVG}rect")} == {33, 425}
    assert int(root.get("height")) * 2 < 25 * 30


def test_who_has_no_number_has_no_bar():
    rows = (("a", None), ("b", 2), ("c", NO_DATA), ("d", 0), ("Total", 2))
    made = replace(charted(3), tables=(replace(table(3), rows=rows),))
    assert drawings(made, english)[0].labels == ("b", "d")


def test_a_single_point_is_no_line():
    assert drawings(charted(2, "line"), english) == ()


def test_a_chart_without_any_number_is_left_out():
    empty = replace(
        charted(3), tables=(replace(table(3), rows=(("a", None), ("b", None), ("c", 1))),)
    )
    assert drawings(empty, english) == ()
