"""Two exports with the dirt of real ones, invented, read as a whole: everything in them is said by some record or word."""

from pathlib import Path

from connector.source import Bell, Requirement
from mappings.asc import read_asc

SAMPLES = Path(__file__).parents[1] / "samples" / "timetables"
VERA, OLEG, NOBODY = "Тестова Вера Юрьевна", "Примеров Олег Ильич", "Вакансия физ-ра"


def read(name):
    return read_asc((SAMPLES / name).read_bytes(), name)


NEW = read("asc-2012-windows-1251.xml")
OLD = read("asc-2008-utf-8-bom.xml")


def hours(source):
    return [
        (
            s.day,
            s.number,
            s.weeks,
            "+".join(s.edu_groups),
            "+".join(s.subgroups),
            s.subject,
            s.rooms,
        )
        for s in source.slots
    ]


def test_every_hour_of_the_new_schema_is_read():
    assert hours(NEW) == [
        (1, 0, "1", "", "", "Совещание", ()),
        (1, 1, "1", "7А", "", "Русский язык", ("325",)),
        (1, 2, "1", "7А", "1 группа+2 группа", "Английский язык", ("325", "331")),
        (2, 1, "1", "7А", "", "Русский язык", ("325",)),
        (3, 4, "01", "7В", "", "Алгебра", ()),
        (3, 4, "10", "7В", "", "Химия", ()),
        (6, 1, "1", "7А+7В", "", "Физическая культура", ("Сп. зал",)),
        (6, 2, "1", "7А+7В", "", "Физическая культура", ("Сп. зал",)),
    ]


def test_every_hour_of_the_old_schema_is_read():
    assert hours(OLD) == [
        (1, 1, "1", "11И физ-мат", "", "Физика", ("12",)),
        (1, 2, "1", "11И физ-мат", "", "Физика", ("12",)),
        (4, 2, "1", "11И физ-мат", "", "Физика", ("12",)),
        (4, 3, "1", "11И физ-мат", "", "Физика", ("12",)),
        (5, 3, "01", "10", "Девочки", "Астрономия", ()),
    ]


def test_requirements_say_what_was_declared_and_placed():
    key = "7а||русский язык|тестова вера юрьевна"
    assert Requirement(key, ("7А",), (), "Русский язык", (VERA,), 3, 2) in NEW.requirements
    key = "10|девочки|астрономия|тестова вера юрьевна"
    assert (
        Requirement(key, ("10",), ("Девочки",), "Астрономия", (VERA,), 0.5, 0.5) in OLD.requirements
    )


def test_two_teachers_of_two_parts_are_not_paired():
    english = next(each for each in NEW.requirements if each.subject == "Английский язык")
    assert (english.subgroups, english.teachers) == (("1 группа", "2 группа"), (VERA, OLEG))


def test_periods_are_kept_by_their_index_and_name():
    assert NEW.bells[3:] == [
        Bell(3, "Завтрак", "10:00", "10:20"),
        Bell(4, "3", "10:20", "11:00"),
    ]
    assert OLD.bells[0] == Bell(1, "", "08:30", "09:15")


def test_names_of_all_kinds_are_listed():
    assert NEW.teachers == [VERA, OLEG, NOBODY]
    assert NEW.rooms == ["325", "331", "Сп. зал"]
    assert [group.name for group in NEW.edu_groups] == [
        "7А",
        "7В",
        "Надомное обучение",
        "1 группа",
        "2 группа",
    ]


def test_every_doubt_is_told_with_its_line():
    assert [(p.rule, p.place.sheet, p.place.row, p.value, p.refuses) for p in NEW.problems] == [
        ("pseudo_class", "classes", 52, "Надомное обучение", False),
        ("unplaced", "lessons", 63, "7А Русский язык", False),
        ("lesson_without_class", "lessons", 68, "Совещание", False),
        ("vacancy", "teachers", 40, NOBODY, False),
    ]
    assert OLD.problems == []


def test_every_fix_is_told_with_its_line():
    assert [(f.rule, f.place.row, f.before, f.after) for f in NEW.fixes] == [
        ("text_before_xml", 1, "От: Учебная часть Тема: расписание", ""),
        ("class_spelling", 50, " 7-А", "7А"),
        ("class_letters", 51, "7B", "7В"),
        ("spaces", 30, "Русский язык ", "Русский язык"),
        ("look_alike_letters", 31, "Aлгебра", "Алгебра"),
        ("spaces", 32, "Английский  язык", "Английский язык"),
        ("spaces", 34, "Химия\n", "Химия"),
        ("teacher_full_name", 38, "Тестова В.Ю.", VERA),
    ]


def test_rows_are_counted():
    assert (NEW.rows, NEW.accepted, NEW.encoding) == (14, 14, "windows-1251")
    assert (OLD.rows, OLD.accepted, OLD.encoding) == (5, 5, "utf-8")
