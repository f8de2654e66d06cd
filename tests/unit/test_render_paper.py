"""A report laid out for paper: widths of columns, headings, notes and pupils where a reader looks for them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connector.reports.render.grids import Lines, banded, widest
from connector.reports.render.paper import paper
from connector.reports.render.sheets import Block, Column, Kind
from connector.reports.tables import NO_DATA, Content, Table
from connector.reports.tables import Column as TableColumn
from tests.unit.sample_reports import TABLES, english, finding, report

LINES = Lines(124, 190, 9)
CLASS = TableColumn("class", "Class", Content.GROUP)
PUPIL = TableColumn("pupil", "Pupil", Content.PUPIL)


def laid(made):
    return paper(made, english, lines=LINES)


def table(key, *rows, columns=(CLASS, PUPIL), **changes):
    return Table(key, f"Table {key}", columns, rows, **({"split_by": "class"} | changes))


def of_classes(*tables):
    return laid(replace(TABLES, tables=tables, charts=()))


@given(st.lists(st.text("ab ", min_size=1, max_size=40), min_size=1, max_size=4))
def test_tables_with_the_same_columns_have_the_same_widths(names):
    columns = (Column("Pupil"), Column("Marks", Kind.NUMBER))
    blocks = [Block("", columns, ((name, 5),)) for name in names]
    beside = widest(blocks, english)
    made = [next(banded(one, english, LINES, beside=beside)) for one in blocks]
    assert len({one.shares for one in made}) == 1
    assert len({one.least for one in made}) == 1


def test_a_name_has_its_room_before_the_words_of_a_numbers_heading():
    name = "Мельникова Оксана Петровна"
    columns = (Column("Pupil"), *(Column("without a reason", Kind.NUMBER) for _ in range(8)))
    grid = next(banded(Block("", columns, ((name, *range(8)),)), english, LINES))
    assert grid.widths(124)[0] >= len(name)


def test_short_tables_of_classes_say_their_title_once():
    made = of_classes(table("who", (50, 5), (50, 6), (60, 7)))
    found = [(one.chapter, one.title) for one in made.grids]
    assert found == [("Table who", "5А"), ("", "10Б")]


def test_a_note_about_all_classes_is_not_repeated_with_each():
    columns = (CLASS, TableColumn("marks", "Marks", Content.NUMBER))
    overview = table("marks", (50, 3), (60, 4), columns=columns, note="Of the period.")
    made = of_classes(overview, table("who", (50, 5), (60, 7), (60, 8)))
    assert [one.note for one in made.grids].count("Of the period.") == 1


def test_a_note_stands_below_the_first_table_it_is_about():
    columns = (CLASS, TableColumn("marks", "Marks", Content.NUMBER))
    both = [
        table(key, (50, 3), (60, 4), columns=columns, note="Half up.", split_by="")
        for key in ("one", "two")
    ]
    assert [one.note for one in of_classes(*both).grids] == ["Half up.", ""]


def test_few_pupils_stand_beside_the_subject_and_take_no_column():
    others = [finding(lesson_id=number) for number in range(3)]
    made = laid(report(*others, finding("ATT", person_ids=(5,))))
    (grid,) = made.teachers
    assert "Pupil" not in grid.heads
    assert "Алгебра, Ёжиков Егор Петрович" in {row[2] for row in grid.rows}


def test_pupils_of_most_findings_have_a_column():
    made = laid(report(finding("ATT", person_ids=(5,)), finding("ATT", person_ids=(6,))))
    (grid,) = made.teachers
    assert grid.heads[3] == "Pupil"
    assert {row[2] for row in grid.rows} == {"Алгебра"}


def test_neighbours_of_which_nothing_is_known_need_the_room_of_saying_so_once():
    columns = (Column("Class"), *(Column(str(mark), Kind.NUMBER) for mark in range(5)))
    block = Block("", columns, (("10А", *[NO_DATA] * 5),))
    grid = next(banded(block, english, LINES))
    assert grid.least[1:] == (1,) * 5
    assert grid.joined(grid.rows[0]) == [("10А", 1), ("no data", 5)]


def test_a_name_that_says_no_data_is_joined_with_nothing():
    columns = (Column("Class"), Column("Subject"), Column("N", Kind.NUMBER))
    grid = next(banded(Block("", columns, (("no data", "no data", NO_DATA),)), english, LINES))
    assert [count for _text, count in grid.joined(grid.rows[0])] == [1, 1, 1]
