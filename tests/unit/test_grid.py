from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.source import Bell, Kind, SourceGroup
from mappings.grid import looks_like_grid, preview, read_grid
from mappings.sheets import Sheet


def drawn(picture, *merges, name="Лист1", hidden=False):
    """A sheet from lines with | between cells; digits become numbers, blanks are blank."""
    rows = [
        tuple(_cell(text) for text in line.split("|")) for line in picture.strip("\n").split("\n")
    ]
    width = max(map(len, rows))
    return Sheet(name, hidden, tuple(row + (None,) * (width - len(row)) for row in rows), merges)


def _cell(text):
    plain = text.strip()
    return int(plain) if plain.isdigit() else plain or None


def read(*sheets):
    return read_grid(sheets, "g.xlsx", "00")


def hours(source):
    return {
        (*slot.edu_groups, slot.day, slot.number): (slot.subject, slot.rooms)
        for slot in source.slots
    }


def told(source):
    return [(p.rule, p.place.row, p.place.column, p.value) for p in source.problems]


BLOCKS = """
           |5 "А" класс|          |   |5 "Б" класс|           |
Понедельник|1          |Математика|12 |1          |Физика     |14
           |2          |История   |12 |2          |Химия      |14
           |           |          |   |           |           |
Вторник    |1          |Химия     |14 |1          |Математика |12
           |2          |Физика    |14 |2          |-          |
Среда      |1          |Физика    |14 |           |           |
           |2          |          |   |2          |Математика |12
"""
BLOCK_HOURS = {
    ("5А", 1, 1): ("Математика", ("12",)),
    ("5А", 1, 2): ("История", ("12",)),
    ("5А", 2, 1): ("Химия", ("14",)),
    ("5А", 2, 2): ("Физика", ("14",)),
    ("5А", 3, 1): ("Физика", ("14",)),
    ("5Б", 1, 1): ("Физика", ("14",)),
    ("5Б", 1, 2): ("Химия", ("14",)),
    ("5Б", 2, 1): ("Математика", ("12",)),
    ("5Б", 3, 2): ("Математика", ("12",)),
}


def test_blocks_of_three_columns_are_read():
    source = read(drawn(BLOCKS))
    assert hours(source) == BLOCK_HOURS
    assert (source.kind, source.problems, source.sha256) == (Kind.GRID, [], "00")
    assert (source.rows, source.accepted, source.ignored) == (10, 9, 1)


@pytest.mark.parametrize(
    "merges",
    [
        ((1, 0, 2, 0), (4, 0, 5, 0), (6, 0, 7, 0)),
        ((0, 1, 0, 3), (0, 4, 0, 6)),
        ((1, 2, 1, 2), (3, 3, 3, 3), (2, 5, 2, 5)),
        ((3, 0, 3, 6),),
    ],
)
def test_merges_of_days_of_headings_of_single_cells_and_of_blank_ones_change_nothing(merges):
    assert hours(read(drawn(BLOCKS, *merges))) == BLOCK_HOURS


def test_a_day_repeated_in_every_row_is_one_day():
    picture = BLOCKS.replace("\n           |2", "\nПонедельник|2", 1)
    assert hours(read(drawn(picture))) == BLOCK_HOURS


def test_one_column_for_each_class_with_numbers_and_times_on_the_left_is_read():
    source = read(
        drawn("""
День|Урок|Время    |5А        |5Б     |10
ПН  |1   |8.30-9.15|Математика|Физика |Химия
    |2   |9.25-10.10|История  |Химия  |Физика
ВТ  |1   |8.30-9.15|Химия     |История|
    |2   |9.25-10.10|Физика   |       |История
""")
    )
    found = hours(source)
    assert found["5А", 1, 2] == ("История", ())
    assert found["10", 2, 2] == ("История", ())
    assert len(found) == 10
    assert source.bells == [Bell(1, "1", "08:30", "09:15"), Bell(2, "2", "09:25", "10:10")]
    assert source.problems == []


def test_days_as_titles_above_tables_with_headings_of_their_own_are_read():
    source = read(
        drawn("""
Понедельник
№|5А        |5Б
1|Математика|Физика
2|История   |Химия

Вторник
№|5А        |5Б
1|Химия     |История
2|Физика    |Математика
""")
    )
    assert hours(source)["5Б", 2, 2] == ("Математика", ())
    assert len(source.slots) == 8
    assert source.problems == []


def test_the_day_in_the_corner_of_each_heading_is_read():
    source = read(
        drawn("""
Пн|5А        |5Б
1 |Математика|Физика
2 |История   |Химия
3 |Физика    |Химия
Вт|5А        |5Б
1 |Химия     |История
2 |Физика    |Математика
3 |Физика    |Химия
""")
    )
    assert hours(source)["5А", 2, 1] == ("Химия", ())
    assert len(source.slots) == 12


def test_days_as_titles_inside_one_table_are_read():
    source = read(
        drawn(
            """
№|5А        |5Б
Понедельник
1|Математика|Физика
2|История   |Химия
3|Физика    |Химия
Вторник
1|Химия     |История
2|Физика    |Математика
3|Физика    |Химия
""",
            (1, 0, 1, 2),
        )
    )
    assert hours(source)["5А", 2, 1] == ("Химия", ())
    assert (len(source.slots), source.problems) == (12, [])


ACROSS = """
Расписание 7А класса
№|Понедельник|Вторник|Среда
1|Математика |Физика |Химия
2|История    |Химия  |
"""


def test_days_across_below_the_name_of_a_class_are_read():
    assert hours(read(drawn(ACROSS))) == {
        ("7А", 1, 1): ("Математика", ()),
        ("7А", 1, 2): ("История", ()),
        ("7А", 2, 1): ("Физика", ()),
        ("7А", 2, 2): ("Химия", ()),
        ("7А", 3, 1): ("Химия", ()),
    }


def test_several_tables_with_days_across_below_one_another_are_read():
    second = ACROSS.replace("7А", "7Б").replace("Физика", "История")
    source = read(drawn(f"{ACROSS}\n{second}"))
    assert hours(source)["7А", 2, 1] == ("Физика", ())
    assert hours(source)["7Б", 2, 1] == ("История", ())


def test_tables_with_days_across_side_by_side_are_read():
    source = read(
        drawn(
            """
7А| |        |       |   |7Б|       |       |
№|Пн        |Вт     |Ср |  |№|Пн     |Вт     |Ср
1|Математика|Физика |Химия||1|История|Химия  |Физика
2|История   |Химия  |    ||2|Физика |История|Химия
3|История   |Химия  |    ||3|Физика |История|Химия
""".replace("7А| |        |       |   |7Б", "7А||||||7Б")
        )
    )
    assert hours(source)["7А", 1, 1] == ("Математика", ())
    assert hours(source)["7Б", 1, 1] == ("История", ())
    assert len(source.slots) == 7 + 9


def test_days_across_with_rooms_beside_the_subjects_are_read():
    source = read(
        drawn("""
8В
№|Понедельник||Вторник||Среда|
1|Математика|12|Физика|14|Химия|16
2|История|12|Химия|16|Физика|14
3|История|12|Химия|16|Физика|14
""")
    )
    assert hours(source)["8В", 3, 2] == ("Физика", ("14",))
    assert source.problems == []


def test_classes_down_with_a_column_for_each_lesson_are_read():
    source = read(
        drawn("""
Класс|Пн| | |Вт| | |Ср| |
     |1|2|3|1|2|3|1|2|3
5А   |Математика|История||Физика|Химия||Химия||
10   ||История|Химия|Физика|||Химия|Физика|
""")
    )
    assert hours(source)["5А", 1, 2] == ("История", ())
    assert hours(source)["10", 1, 3] == ("Химия", ())
    assert (len(source.slots), source.problems) == (10, [])


def test_classes_down_with_lessons_down_and_days_across_are_read():
    source = read(
        drawn(
            """
Класс|№|Понедельник|Вторник|Среда
5А   |1|Математика |Физика |Химия
     |2|История    |Химия  |
5Б   |1|Физика     |История|Химия
     |2|История    |Химия  |Физика
""",
            (1, 0, 2, 0),
            (3, 0, 4, 0),
        )
    )
    assert hours(source)["5А", 1, 2] == ("История", ())
    assert hours(source)["5Б", 3, 2] == ("Физика", ())
    assert len(source.slots) == 11


def test_a_class_down_without_a_single_lesson_begins_no_table_of_its_own():
    source = read(
        drawn("""
Класс|Пн| |Вт| |Ср|
     |1|2|1|2|1|2
5А   |Математика|История|Физика|Химия|Химия|
5Б
5В   |История|Химия|Физика||Химия|Физика
""")
    )
    assert len(source.slots) == 10
    assert told(source) == [("class_without_lessons", 4, "A", "5Б")]


def test_a_row_of_no_class_below_days_is_refused_once():
    source = read(
        drawn("""
Класс|Пн| |Вт| |Ср|
     |1|2|1|2|1|2
5А   |Математика|История|Физика|Химия|Химия|
Резерв|История|Химия|Физика||Химия|Физика
""")
    )
    assert told(source) == [("class_unknown", 4, "B", "Резерв")]
    assert {slot.edu_groups for slot in source.slots} == {("5А",)}


def test_letters_below_their_years_are_classes():
    source = read(
        drawn(
            """
День|№|5 класс||6 класс|
    | |А|Б|А|Б
ПН  |1|Математика|Физика|Химия|История
    |2|История|Химия|Физика|Математика
ВТ  |1|Химия|История|Физика|История
    |2|Физика|История|Химия|История
""",
            (0, 2, 0, 3),
            (0, 4, 0, 5),
        )
    )
    assert [group.name for group in source.edu_groups] == ["5А", "5Б", "6А", "6Б"]
    assert hours(source)["6Б", 1, 2] == ("Математика", ())
    assert (len(source.slots), source.problems) == (16, [])


def test_two_columns_of_one_class_are_two_parts_where_they_differ():
    source = read(
        drawn(
            """
   |№|5А| |5Б|
ПН |1|Математика||Физика|
   |2|Английский язык 325|Информатика 12|История|
   |3|Английский язык 325|Английский язык 331|Химия|
ВТ |1|Химия||История|
   |2||История|Химия|
""",
            (0, 2, 0, 3),
            (0, 4, 0, 5),
            (1, 2, 1, 3),
            (4, 2, 4, 3),
            (1, 4, 1, 5),
        )
    )
    found = {
        (s.day, s.number, s.subject): (s.subgroups, s.rooms)
        for s in source.slots
        if s.edu_groups == ("5А",)
    }
    both = "Английский язык / Информатика"
    assert found[1, 1, "Математика"] == ((), ())
    assert found[1, 2, "Английский язык"] == ((f"{both}: Английский язык",), ("325",))
    assert found[1, 2, "Информатика"] == ((f"{both}: Информатика",), ("12",))
    assert found[1, 3, "Английский язык"] == (
        ("Английский язык: 1", "Английский язык: 2"),
        ("325", "331"),
    )
    # A lesson in the second column alone is one of the second part.
    assert found[2, 2, "История"] == (("История: 2",), ())
    assert source.refused == []
    assert len([s for s in source.slots if s.edu_groups == ("5Б",)]) == 5


def test_classes_without_letters_are_headings_on_top():
    source = read(
        drawn("""
День|№|10|11
ПН|1|Математика|Физика
|2|История|Химия
ВТ|1|Химия|История
|2|Физика|
""")
    )
    assert hours(source)["11", 2, 1] == ("История", ())
    assert len(source.slots) == 7


def test_a_number_and_a_room_without_a_subject_are_no_heading():
    source = read(
        drawn("""
           |№|5А        |
Понедельник|1|Математика|12
           |2|          |12
           |3|История   |12
Вторник    |1|Химия     |14
           |2|Физика    |14
""")
    )
    assert [group.name for group in source.edu_groups] == ["5А"]
    assert len(source.slots) == 4


@pytest.mark.parametrize(
    "heading", ["5А (Тестова В.Ю.)", "5А\nТестова В.Ю.", "5А каб. 12", "5А кл. рук. Тестова Вера"]
)
def test_the_teacher_and_the_room_of_a_class_in_its_heading_are_no_profile(heading):
    sheet = drawn(BLOCKS)
    first = tuple(heading if cell == '5 "А" класс' else cell for cell in sheet.rows[0])
    source = read(Sheet("Лист1", hidden=False, rows=(first, *sheet.rows[1:])))
    assert hours(source) == BLOCK_HOURS


def test_numbers_with_their_times_in_one_cell_are_read():
    source = read(
        drawn("""
     |         |5А
Пн   |1 (8.30-9.15)|Математика
     |2 (9.25-10.10)|История
Вт   |1 (8.30-9.15)|Химия
     |2 (9.25-10.10)|Физика
""")
    )
    assert hours(source)["5А", 2, 2] == ("Физика", ())
    assert source.bells == [Bell(1, "1", "08:30", "09:15"), Bell(2, "2", "09:25", "10:10")]


def test_days_repeated_on_the_right_are_no_strange_column():
    lines = BLOCKS.strip("\n").split("\n")
    picture = "\n".join(f"{line}|{line.split('|')[0]}" for line in lines)
    source = read(drawn(picture))
    assert (hours(source), source.problems) == (BLOCK_HOURS, [])


def test_a_title_above_the_heading_that_is_no_day_says_nothing_of_the_day():
    source = read(drawn("Расписание|на|год\n" + BLOCKS.strip("\n").replace("Понедельник", "")))
    assert {p.rule for p in source.refused} == {"day_unknown"}
    assert ("5А", 2, 1) in hours(source)


@pytest.mark.parametrize("name", ["6В", "6 В класс", "Расписание 6В класса"])
def test_a_sheet_of_one_class_may_be_named_after_it(name):
    picture = """
Понедельник|1|Математика|12
           |2|Физика|14
Вторник|1|Химия|16
       |2|Физика|14
Среда|1|Физика|14
"""
    source = read(drawn(picture, name=name))
    assert hours(source)["6В", 2, 2] == ("Физика", ("14",))
    assert len(source.slots) == 5


def test_labelled_columns_are_believed():
    source = read(
        drawn("""
           |5А        |         |          |
           |Предмет   |Кабинет  |Учитель   |Часы
Понедельник|Математика|12       |Тестова В.Ю.|34
           |История   |мастерские|Примеров О.И.|34
Вторник    |Химия     |14       |Тестова В.Ю.|34
""")
    )
    assert source.slots[1].rooms == ("мастерские",)
    assert source.slots[0].teachers == ("Тестова В.Ю.",)
    assert source.teachers == ["Тестова В.Ю.", "Примеров О.И."]
    assert [rule for rule, *_rest in told(source)] == ["numbers_counted", "column_not_understood"]


def test_numbers_are_counted_where_none_are_and_a_gap_keeps_its_place():
    source = read(
        drawn(
            """
           |5А        |5Б
Понедельник|          |Физика
           |История   |Химия
Вторник    |Химия     |История
""",
            (1, 0, 2, 0),
        )
    )
    assert hours(source)["5А", 1, 2] == ("История", ())
    assert told(source) == [("numbers_counted", 1, "", "")]


def test_a_double_lesson_merged_downwards_is_two_hours():
    picture = BLOCKS.replace("|История   |12", "|          |12", 1)
    source = read(drawn(picture, (1, 2, 2, 2)))
    assert hours(source)["5А", 1, 2] == ("Математика", ("12",))
    assert source.requirements[0].hours_per_week >= 1


def test_a_subject_merged_with_its_room_has_no_room():
    picture = BLOCKS.replace("|Математика|12 |1", "|Математика|   |1", 1)
    source = read(drawn(picture, (1, 2, 1, 3)))
    assert hours(source)["5А", 1, 1] == ("Математика", ())


def test_a_cell_over_two_classes_is_one_lesson_of_both_and_told():
    source = read(
        drawn(
            """
День|№|5А        |5Б
ПН  |1|Математика|
    |2|История   |Химия
ВТ  |1|Химия     |История
""",
            (1, 2, 1, 3),
        )
    )
    assert hours(source)["5А", "5Б", 1, 1] == ("Математика", ())
    assert told(source) == [("merged_over_classes", 2, "C", "Математика")]


def test_two_rooms_of_one_lesson_are_two_parts_of_the_class():
    source = read(drawn(BLOCKS.replace("Математика|12 ", "Английский язык|325/331", 1)))
    slot = source.slots[0]
    assert (slot.subject, slot.rooms) == ("Английский язык", ("325", "331"))
    assert slot.subgroups == ("Английский язык: 1", "Английский язык: 2")
    assert SourceGroup("Английский язык: 1", 5, "", "5А") in source.edu_groups
    assert told(source) == [("several_rooms", 2, "C", "5А: Английский язык")]


def test_two_subjects_in_a_cell_are_two_parts_each_with_its_room():
    source = read(drawn(BLOCKS.replace("Математика|12 ", "Информатика/Химия|325/331", 1)))
    found = {slot.subject: (slot.subgroups, slot.rooms) for slot in source.slots[:2]}
    assert found == {
        "Информатика": (("Информатика / Химия: Информатика",), ("325",)),
        "Химия": (("Информатика / Химия: Химия",), ("331",)),
    }
    assert told(source) == [("several_subjects", 2, "C", "5А: Информатика / Химия")]
    assert source.refused == []


def test_the_order_of_two_subjects_makes_no_other_parts():
    one = read(drawn(BLOCKS.replace("Математика|12 ", "Информатика/Химия|14", 1)))
    other = read(drawn(BLOCKS.replace("Математика|12 ", "Химия/Информатика|14", 1)))
    assert one.slots == other.slots


def test_two_subjects_in_alternating_weeks_are_lessons_of_the_whole_class():
    text = "Химия (1 нед.)/Физика (2 нед.)"
    source = read(drawn(BLOCKS.replace("Математика|12 ", f"{text}|14", 1)))
    assert [(s.subject, s.weeks, s.subgroups) for s in source.slots[:2]] == [
        ("Химия", "10", ()),
        ("Физика", "01", ()),
    ] or [(s.subject, s.weeks) for s in source.slots[:2]] == [("Физика", "01"), ("Химия", "10")]
    assert source.problems == []


def test_a_second_line_of_a_lesson_is_another_part_of_the_class():
    source = read(
        drawn("""
           |5А| |
Понедельник|1|Английский язык|325
           | |Английский язык|331
           |2|Химия|14
Вторник    |1|Химия|14
           |2|Физика|14
""")
    )
    assert source.slots[0].rooms == ("325", "331")
    assert len(source.slots[0].subgroups) == 2
    assert len(source.slots) == 4


def test_a_room_and_a_teacher_below_the_subject_belong_to_it():
    source = read(
        drawn("""
   |№|5А        |5Б
ПН |1|Математика|Физика
   | |Тестова В.Ю.|14
   | |12        |Примеров О.И.
   |2|Химия     |История
ВТ |1|Химия     |История
""")
    )
    first, second = source.slots[:2]
    assert (first.subject, first.teachers, first.rooms) == (
        "Математика",
        ("Тестова В.Ю.",),
        ("12",),
    )
    assert (second.teachers, second.rooms) == (("Примеров О.И.",), ("14",))
    assert len(source.slots) == 6


def test_profiles_of_one_class_in_two_columns_are_two_groups():
    picture = BLOCKS.replace('5 "А" класс', '11 "И" класс (физ-мат)').replace('5 "Б"', '11 "И"')
    assert {g.name for g in read(drawn(picture)).edu_groups} == {"11И физ-мат", "11И"}


def test_a_heading_with_a_latin_letter_is_mended_and_told():
    source = read(drawn(BLOCKS.replace('5 "А" класс', "5A")))
    assert source.edu_groups[0].name == "5А"
    assert [(f.rule, f.before, f.after) for f in source.fixes] == [("class_letters", "5A", "5А")]


def test_odd_spaces_and_letters_are_told_once_for_each_text():
    sheet = drawn(BLOCKS)
    rows = [
        tuple("Maтематика " if cell == "Математика" else cell for cell in row) for row in sheet.rows
    ]
    source = read(Sheet("Лист1", hidden=False, rows=tuple(rows)))
    assert hours(source) == BLOCK_HOURS
    assert [(f.rule, f.before, f.after) for f in source.fixes] == [
        ("look_alike_letters", "Maтематика", "Математика"),
        ("spaces", "Maтематика ", "Maтематика"),
    ]


def test_a_mistyped_day_is_mended_and_told():
    source = read(drawn(BLOCKS.replace("Вторник", "Вторнк ")))
    assert hours(source) == BLOCK_HOURS
    assert [(f.rule, f.before) for f in source.fixes] == [("day_spelling", "Вторнк")]


def test_an_unknown_day_ends_the_one_before_and_its_rows_are_refused():
    source = read(drawn(BLOCKS.replace("Вторник", "Выходной")))
    assert [day for *_group, day, _number in hours(source)].count(2) == 0
    assert told(source) == [
        ("day_unknown", 5, "C", "Выходной"),
        ("day_unknown", 6, "C", "Выходной"),
    ]


def test_a_day_that_is_not_named_shows_by_its_numbers():
    source = read(drawn(BLOCKS.replace("Вторник", "")))
    assert hours(source).get(("5А", 1, 1)) == ("Математика", ("12",))
    assert {rule for rule, *_rest in told(source)} == {"number_twice"}
    assert len(source.refused) == 3


def test_a_mistyped_subject_is_told_once_with_what_may_be_meant():
    source = read(drawn(BLOCKS.replace("История", "Исторря")))
    assert told(source) == [("subject_unknown", 3, "C", "Исторря")]
    assert "История" in source.problems[0].text
    assert source.subjects.count("Исторря") == 1


def test_a_number_in_place_of_a_subject_is_refused():
    source = read(drawn(BLOCKS.replace("|История   |", "|12345     |", 1)))
    assert told(source) == [("subject_is_number", 3, "C", "12345")]


def test_a_cell_with_only_a_teacher_is_refused():
    source = read(drawn(BLOCKS.replace("|История   |", "|Тестова В.Ю.|", 1)))
    assert told(source) == [("subject_missing", 3, "C", "Тестова В.Ю.")]


def test_a_room_that_became_a_date_is_refused():
    sheet = drawn(BLOCKS)
    rows = [list(row) for row in sheet.rows]
    rows[1][3] = date(2026, 4, 3)
    source = read(Sheet("Лист1", hidden=False, rows=tuple(map(tuple, rows))))
    assert told(source) == [("room_unreadable", 2, "C", "2026-04-03")]


def test_a_signature_below_the_table_is_no_lesson():
    source = read(drawn(f"{BLOCKS}\n||Завуч Тестова Вера||||\n"))
    assert hours(source) == BLOCK_HOURS
    assert [rule for rule, *_rest in told(source)] == ["text_outside"]
    assert source.refused == []


def test_a_subject_without_a_number_is_refused():
    source = read(drawn(f"{BLOCKS}\n||Математика||||\n"))
    assert [(p.rule, p.place.row) for p in source.refused] == [("number_unknown", 10)]


def test_a_class_without_a_single_lesson_is_told():
    source = read(
        drawn("""
День|№|5А        |5Б
ПН  |1|Математика|
    |2|История   |
ВТ  |1|Химия     |
""")
    )
    assert told(source) == [("class_without_lessons", 1, "D", "5Б")]
    assert [group.name for group in source.edu_groups] == ["5А", "5Б"]


def test_the_same_day_on_two_sheets_is_read_once():
    source = read(drawn(BLOCKS, name="5"), drawn(BLOCKS, name="Все"))
    assert (hours(source), len(source.slots)) == (BLOCK_HOURS, 9)
    assert (source.rows, source.accepted, source.ignored) == (20, 9, 11)
    assert source.problems == []


def test_two_different_tables_of_one_day_are_refused_after_the_first():
    other = BLOCKS.replace("История", "Физика")
    source = read(drawn(BLOCKS, name="5"), drawn(other, name="Все"))
    assert hours(source) == BLOCK_HOURS
    assert [(p.rule, p.place.sheet, p.value) for p in source.refused] == [
        ("day_twice", "Все", "5А, Mon")
    ]


def test_a_hidden_sheet_is_not_read_and_told():
    source = read(drawn(BLOCKS), drawn(BLOCKS.replace("5 ", "6 "), name="Старое", hidden=True))
    assert hours(source) == BLOCK_HOURS
    assert [(p.rule, p.place.sheet, p.refuses) for p in source.problems] == [
        ("hidden_sheet", "Старое", False)
    ]


def test_a_sheet_without_a_timetable_is_told_and_a_blank_one_is_not():
    blank = Sheet("Лист3", hidden=False, rows=((None, None),))
    source = read(drawn(BLOCKS), drawn("Звонки|8.30", name="Лист2"), blank)
    assert [(p.rule, p.place.sheet) for p in source.problems] == [("sheet_skipped", "Лист2")]


def test_a_file_without_a_lesson_is_refused():
    source = read(drawn("a|b"))
    assert [p.rule for p in source.refused] == ["no_lessons"]


def test_hours_are_counted_for_each_subject():
    found = {each.key: each.hours_per_week for each in read(drawn(BLOCKS)).requirements}
    assert found["5а||физика|"] == 2
    assert found["5б||математика|"] == 2


@pytest.mark.parametrize("picture", [BLOCKS, ACROSS])
def test_a_timetable_looks_like_one(picture):
    assert looks_like_grid([drawn(picture)])


@pytest.mark.parametrize(
    "picture",
    [
        "Фамилия|Имя|Класс\nТестов|Иван|5А\nПримеров|Олег|5Б",
        "Понедельник|8.30\nВторник|8.30\nСреда|8.30",
        "5А|5Б\n1|2",
        "",
    ],
)
def test_other_tables_do_not_look_like_a_timetable(picture):
    assert not looks_like_grid([drawn(picture)])


def test_a_hidden_timetable_does_not_count():
    assert not looks_like_grid([drawn(BLOCKS, hidden=True)])


def test_more_merged_ranges_than_any_timetable_has_are_told():
    """Each of them would cost memory."""
    wide = (0, 0, 7, 6)
    sheet = drawn(BLOCKS, *[(0, 1, 7, 6)] * 20_000, wide)
    assert "merged_too_much" in {p.rule for p in read(sheet).problems}


def test_the_preview_fits_a_terminal_and_shows_each_class():
    picture = BLOCKS.replace("Математика", "Основы безопасности и защиты Родины")
    text = preview(read(drawn(picture)))
    assert max(map(len, text.splitlines())) <= 80
    assert [line for line in text.splitlines() if line in ("5А", "5Б")] == ["5А", "5Б"]
    assert "  1 Основы без… 12 Химия 14" in text


def test_the_preview_shows_parts_of_one_time_in_one_cell():
    source = read(drawn(BLOCKS.replace("Математика|12 ", "Химия/Физика|", 1)))
    assert "Физика/Химия" in preview(source) or "Химия/Физика" in preview(source)


def test_the_preview_of_nothing_is_blank():
    assert preview(read(drawn("a|b"))) == ""


SUBJECTS = ("Математика", "Физика", "История", "Химия", "Биология", "Русский язык")
WEEK = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница", "Суббота")
CLASSES = ("5А", "5Б", "6А", "10")


@st.composite
def weeks(draw):
    """(class, day, number) → subject, with at least two lessons a day so that numbers can be seen to rise."""
    names = CLASSES[: draw(st.integers(1, 4))]
    days = draw(st.integers(3, 6))
    return {
        (name, day, number): draw(st.sampled_from(SUBJECTS))
        for name in names
        for day in range(1, days + 1)
        for number in range(1, draw(st.integers(3, 6)) + 1)
    }


def days_down(week, columns):
    names = sorted({name for name, _day, _number in week}, key=CLASSES.index)
    rows = [(None, *(cell for name in names for cell in (f"{name} класс", None, None)[:columns]))]
    for day in sorted({day for _name, day, _number in week}):
        for number in range(1, 7):
            row = [WEEK[day - 1] if number == 1 else None]
            for name in names:
                subject = week.get((name, day, number))
                row += [number, subject, 12 if subject else None][:columns]
            rows.append(tuple(row))
        rows.append((None,) * len(rows[0]))
    return Sheet("Лист1", hidden=False, rows=tuple(rows))


def days_across(week):
    rows = []
    for name in sorted({name for name, _day, _number in week}, key=CLASSES.index):
        days = sorted({day for _name, day, _number in week})
        rows += [(f"Расписание {name} класса",), ("№", *(WEEK[day - 1] for day in days))]
        rows += [(n, *(week.get((name, day, n)) for day in days)) for n in range(1, 7)]
        rows.append((None,))
    return Sheet("Лист1", hidden=False, rows=tuple(rows))


def found_week(source):
    return {(*slot.edu_groups, slot.day, slot.number): slot.subject for slot in source.slots}


@given(weeks(), st.sampled_from([2, 3]))
def test_any_week_with_days_down_is_read_as_it_is(week, columns):
    source = read(days_down(week, columns))
    assert (found_week(source), source.problems) == (week, [])


@given(weeks())
def test_any_week_with_days_across_is_read_as_it_is(week):
    source = read(days_across(week))
    assert (found_week(source), source.problems) == (week, [])


CELLS = st.one_of(
    st.none(),
    st.integers(-1, 40),
    st.sampled_from(
        ["5А", "10", *WEEK[:3], *SUBJECTS[:2], "№", "каб", "325/331", "-", "Обед", "1 нед"]
    ),
    st.text(max_size=6),
    st.dates(),
    st.booleans(),
)


@given(
    st.lists(st.lists(CELLS, min_size=5, max_size=5).map(tuple), max_size=9).map(tuple),
    st.lists(st.tuples(*[st.integers(0, 9)] * 4), max_size=4),
)
def test_any_sheet_is_read_or_told_and_never_a_crash(rows, corners):
    merges = tuple((min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners)
    sheet = Sheet("Лист1", hidden=False, rows=rows, merges=merges)
    looks_like_grid([sheet])
    source = read(sheet)
    assert source.slots or source.refused
    preview(source)
