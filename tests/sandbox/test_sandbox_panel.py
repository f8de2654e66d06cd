"""The invented import panel and the operator's steps: rows are done or refused one by one."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from tests.sandbox.asking import Asker

HEADINGS = (
    "Фамилия",
    "Имя",
    "Отчество",
    "Пол",
    "Дата рождения",
    "Класс",
    "СНИЛС",
    "Действие",
    "ID",
)
NEW = {
    "Фамилия": "Выдумкина",
    "Имя": "Аглая",
    "Отчество": "Львовна",
    "Пол": "Ж",
    "Дата рождения": "05.03.2014",
    "Класс": "5А",
    "СНИЛС": "112-233-445 95",
    "Действие": "добавить",
}


def workbook(*rows, headings=HEADINGS):
    """An xlsx with the headings and rows given as mappings."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet("Ученики")
    days = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, headings)
    for number, row in enumerate(rows, 1):
        for column, heading in enumerate(headings):
            value = row.get(heading, "")
            if isinstance(value, date):
                sheet.write_datetime(
                    number, column, datetime.combine(value, datetime.min.time()), days
                )
            elif value != "":
                sheet.write(number, column, value)
    book.close()
    return made.getvalue()


class Panel:
    def __init__(self, asker):
        self.asker = asker
        self.group = asker.group("5А")

    def take(self, *rows, query=""):
        return self.asker.control(f"import{query}", workbook(*rows))

    def roll(self, group=None):
        return self.asker.ask(f"/edu-groups/{group or self.group}/persons")

    def refusal(self, *rows):
        """The reasons of rows that all must be refused, and nothing may have changed."""
        before = self.asker.control("state")
        answer = self.take(*rows)
        assert answer["done"] == 0
        assert self.asker.control("state") == before
        return [(refused["row"], refused["reason"]) for refused in answer["refused"]]

    def add_class(self, **changes):
        body = {"name": "5Б", "parallel": 5, "studyyear": 2025, "type": "Group"} | changes
        return self.asker.write("POST", f"/schools/{self.asker.school}/edu-groups", body)["id"]


@pytest.fixture
def panel(living):
    return Panel(living)


def named(rows, **members):
    return [row for row in rows if all(row.get(name) == value for name, value in members.items())]


def test_a_new_pupil_stands_on_the_roll_of_the_class(living, panel):
    assert panel.take(NEW) == {"rows": 1, "done": 1, "refused": []}
    (pupil,) = named(panel.roll(), lastName="Выдумкина")
    (kept,) = named(living.control("state")["persons"], id=pupil["id_str"])
    assert (kept["sex"], kept["birthday"], kept["snils"], kept["middle_name"]) == (
        "Female",
        "2014-03-05",
        "11223344595",
        "Львовна",
    )


def test_a_birthday_may_be_a_real_date_and_an_id_a_number(living, panel):
    pupil = panel.roll()[0]
    panel.take(NEW | {"Дата рождения": date(2014, 3, 5)})
    row = {"Действие": "Изменить", "ID": pupil["id"], "Фамилия": "Иная", "Имя": pupil["firstName"]}
    assert panel.take(row)["done"] == 1
    assert len(named(panel.roll(), lastName="Иная", id=pupil["id"])) == 1


def test_a_changed_pupil_keeps_what_the_row_leaves_empty(living, panel):
    pupil = panel.roll()[0]
    before = named(living.control("state")["persons"], id=pupil["id_str"])[0]
    panel.take({"Действие": "изменить", "ID": pupil["id_str"], "Фамилия": "Иная"})
    after = named(living.control("state")["persons"], id=pupil["id_str"])[0]
    assert after == before | {"last_name": "Иная"}


@pytest.mark.parametrize("column", ["СНИЛС", "Дата рождения"])
def test_without_an_id_a_pupil_is_known_by_snils_or_name_and_birthday(panel, column):
    panel.take(NEW)
    known = {"Фамилия": "ВЫДУМКИНА", "Имя": "Аглая", "Отчество": "Львовна", column: NEW[column]}
    assert panel.take(known | {"Действие": "отчислить"})["done"] == 1
    assert named(panel.roll(), lastName="Выдумкина") == []


def test_a_name_alone_is_nobody(panel):
    pupil = panel.roll()[0]
    row = {"Фамилия": pupil["lastName"], "Имя": pupil["firstName"], "Отчество": pupil["middleName"]}
    assert panel.refusal(row | {"Действие": "отчислить", "Класс": "5А"}) == [
        (2, "Человек не найден: нужен ID, СНИЛС или ФИО с датой рождения")
    ]


def test_a_transferred_pupil_is_in_the_other_class_only(panel):
    other, pupil = panel.add_class(), panel.roll()[0]
    row = {"Действие": "перевести", "ID": pupil["id_str"], "Класс": "5Б"}
    assert panel.take(row)["done"] == 1
    assert [p["id"] for p in panel.roll(other)] == [pupil["id"]]
    assert named(panel.roll(), id=pupil["id"]) == []
    assert panel.take(row)["refused"] == [{"row": 2, "reason": "conflict: The membership exists"}]


def test_a_pupil_who_left_is_archived_and_can_be_taken_back(living, panel):
    pupil = panel.roll()[0]
    row = {"ID": pupil["id_str"], "Класс": "5А"}
    assert panel.take(row | {"Действие": "отчислить"})["done"] == 1
    assert living.ask(f"/persons/{pupil['id']}/edu-groups") == []
    assert panel.take(row | {"Действие": "добавить"})["done"] == 1
    assert named(panel.roll(), id=pupil["id"]) == [pupil]


def test_a_pupil_of_two_classes_leaves_the_named_one(living, panel):
    other, pupil = panel.add_class(), panel.roll()[0]
    panel.take({"Действие": "добавить", "ID": pupil["id_str"], "Класс": "5Б"})
    panel.take({"Действие": "отчислить", "ID": pupil["id_str"], "Класс": "5Б"})
    assert panel.roll(other) == []
    assert named(panel.roll(), id=pupil["id"]) == [pupil]


def test_a_pupil_of_two_classes_is_not_transferred_by_guess(panel):
    panel.add_class()
    panel.add_class(name="5В")
    pupil = panel.roll()[0]
    panel.take({"Действие": "добавить", "ID": pupil["id_str"], "Класс": "5Б"})
    assert panel.refusal({"Действие": "перевести", "ID": pupil["id_str"], "Класс": "5В"}) == [
        (2, "Класс: ученик состоит не в одном классе этого года")
    ]


def test_the_study_year_can_be_named(living, panel):
    later = panel.add_class(name="5А", studyyear=2026)
    assert panel.take(NEW, query="?studyyear=2026")["done"] == 1
    assert [p["lastName"] for p in panel.roll(later)] == ["Выдумкина"]
    assert named(panel.roll(), lastName="Выдумкина") == []


def test_good_rows_are_done_beside_bad_ones(panel):
    bad = NEW | {"Класс": "5Ж", "СНИЛС": "", "Имя": "Анфиса"}
    answer = panel.take(bad, {}, NEW)
    assert answer == {
        "rows": 2,
        "done": 1,
        "refused": [{"row": 2, "reason": "Класс: такого класса нет"}],
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Класс": "5Ж"}, "Класс"),
        ({"Класс": ""}, "Класс"),
        ({"Действие": "удалить"}, "Действие"),
        ({"Действие": ""}, "Действие"),
        ({"Пол": "муж"}, "Пол"),
        ({"Дата рождения": "2014-03-05"}, "Дата рождения"),
        ({"Дата рождения": "30.02.2014"}, "Дата рождения"),
        ({"Дата рождения": "05.03.2114"}, "birthday"),
        ({"СНИЛС": "12"}, "snils"),
        ({"Фамилия": ""}, "lastName"),
        ({"ID": "5"}, "ID"),
        ({"ID": "ян"}, "ID"),
        ({"Действие": "отчислить", "ID": "1000003500011", "Класс": "5А"}, "Класс"),
    ],
)
def test_a_row_that_cannot_be_done_says_why(panel, changes, reason):
    ((row, said),) = panel.refusal(NEW | changes)
    assert (row, reason in said) == (2, True)


def test_the_same_pupil_is_not_entered_twice(panel):
    panel.take(NEW)
    assert panel.take(NEW)["refused"] == [
        {"row": 2, "reason": "conflict: A person with this snils exists"}
    ]


def test_five_hundred_rows_are_taken_and_one_more_is_not(living, panel):
    rows = [NEW | {"СНИЛС": "", "Класс": "5Ж"}] * 500
    assert panel.take(*rows)["rows"] == 500
    assert living.refused("/__sandbox/import", "POST", body=workbook(*rows, NEW), base="") == (
        400,
        "invalidRequest",
    )
    assert named(panel.roll(), lastName="Выдумкина") == []


def bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 101_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a workbook",
        workbook(NEW, headings=HEADINGS[1:]),
        workbook(NEW, headings=(*HEADINGS, "Телефон")),
        workbook(NEW, headings=(*HEADINGS, "Имя")),
        workbook(NEW)[:-300],
        bomb(),
    ],
    ids=["empty", "text", "lacks a heading", "strange heading", "heading twice", "cut", "bomb"],
)
def test_a_file_that_is_no_import_is_refused_whole(living, body):
    before = living.control("state")
    assert living.refused("/__sandbox/import", "POST", body=body, base="") == (
        400,
        "invalidRequest",
    )
    assert living.control("state") == before


def test_the_id_column_may_be_missing(panel):
    asked = workbook(NEW, headings=HEADINGS[:-1])
    assert panel.asker.control("import", asked)["done"] == 1


# Forms


def form(name, content, *, boundary="border", closed=True):
    parts = [
        f"--{boundary}\r\n",
        f'Content-Disposition: form-data; name="{name}"; filename="import.xlsx"\r\n',
        "Content-Type: application/octet-stream\r\n\r\n",
    ]
    tail = f"\r\n--{boundary}--\r\n" if closed else ""
    return "".join(parts).encode() + content + tail.encode()


def sent_form(asker, body, kind="multipart/form-data; boundary=border"):
    return asker.raw("POST", "/__sandbox/import", body, {"Content-Type": kind}, base="")


def test_a_workbook_comes_in_a_form(living, panel):
    assert sent_form(living, form("file", workbook(NEW)))[0] == 200
    assert len(named(panel.roll(), lastName="Выдумкина")) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--border--\r\n", "multipart/form-data; boundary=border"),
        (b"nothing like it", "multipart/form-data; boundary=border"),
        (form("file", b"x"), "multipart/form-data"),
        (
            b'--border\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--border--\r\n',
            "multipart/form-data; boundary=border",
        ),
    ],
)
def test_a_form_without_a_file_is_refused(living, body, kind):
    assert sent_form(living, body, kind)[0] == 400


# Steps by hand


def test_steps_of_a_schedule_are_done_one_by_one(living):
    group = living.ask(f"/edu-groups/{living.group('5А')}")["id_str"]
    lessons = living.ask(f"/edu-groups/{group}/lessons/2025-12-05/2025-12-05")
    last, before = lessons[-1], lessons[-2]
    answer = living.control(
        "checklist",
        [
            {"op": "lesson.cancel", "lesson": last["id_str"]},
            {"op": "lesson.update", "lesson": before["id"], "number": before["number"] + 4},
            {
                "op": "lesson.create",
                "group": group,
                "subject": last["subject"]["id"],
                "date": "2025-12-05",
                "number": last["number"],
                "teachers": last["teachers_str"],
            },
            {"op": "lesson.cancel", "lesson": last["id_str"]},
        ],
    )
    assert (answer["rows"], answer["done"], [r["row"] for r in answer["refused"]]) == (4, 3, [4])
    now = living.ask(f"/edu-groups/{group}/lessons/2025-12-05/2025-12-05")
    assert [lesson["number"] for lesson in now[-2:]] == [last["number"], before["number"] + 4]


def test_every_operation_can_be_a_step(living):
    school = living.control("state")
    group = living.ask(f"/edu-groups/{living.group('5А')}")["id_str"]
    pupil = living.ask(f"/edu-groups/{group}/persons")[0]["id_str"]
    other = Panel(living).add_class(name="5Я")
    lesson = living.ask(f"/edu-groups/{group}/lessons/2025-12-05/2025-12-05")[-1]["id_str"]
    bells = [{"number": 1, "start": "09:00", "finish": "09:40"}]
    steps = [
        {"op": "edu_group.create", "name": "5Б", "parallel": 5, "studyyear": 2025, "type": "Group"},
        {"op": "edu_group.update", "group": other, "name": "5Ю"},
        {"op": "person.create", "lastName": "Выдумкин", "firstName": "Аким"},
        {"op": "person.update", "person": pupil, "firstName": "Ян"},
        {
            "op": "membership.move",
            "person": pupil,
            "from_group": group,
            "to_group": other,
            "date": "2025-11-20",
        },
        {"op": "membership.end", "group": other, "person": pupil, "date": "2025-11-20"},
        {"op": "membership.add", "group": group, "person": pupil, "from": "2025-11-20"},
        {"op": "person.archive", "person": pupil},
        {"op": "person.restore", "person": pupil},
        {"op": "edu_group.archive", "group": other},
        {"op": "edu_group.restore", "group": other},
        {"op": "lesson.cancel", "lesson": lesson},
        {"op": "lesson.restore", "lesson": lesson},
        {"op": "timetable.put", "name": "Суббота", "items": bells},
    ]
    assert living.control("checklist", steps) == {"rows": 14, "done": 14, "refused": []}
    assert living.control("state") != school


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ({"op": "school.burn"}, "op"),
        ({}, "op"),
        ({"op": "lesson.cancel"}, "lesson"),
        ({"op": "lesson.cancel", "lesson": "../../persons"}, "lesson"),
        ({"op": "lesson.cancel", "lesson": "5"}, "lesson"),
        ({"op": "lesson.cancel", "lesson": "5", "number": 3}, "number"),
        ({"op": "edu_group.create", "name": "5Б"}, "parallel"),
    ],
)
def test_a_step_that_cannot_be_done_says_why(living, step, reason):
    (refused,) = living.control("checklist", [step])["refused"]
    assert (refused["row"], reason in refused["reason"]) == (1, True)


@pytest.mark.parametrize("body", [{"op": "lesson.cancel"}, [5], b"not json", b"[" * 200_000])
def test_steps_that_are_no_list_of_objects_are_refused(living, body):
    assert living.refused("/__sandbox/checklist", "POST", body=body, base="") == (
        400,
        "invalidRequest",
    )


# Looking for what a lost answer may have made


def found(asker, **members):
    body = {"lastName": "Выдумкина", "firstName": "Аглая", "middleName": "Львовна"} | members
    return asker.ask(f"/schools/{asker.school}/persons/find", body)


@pytest.mark.parametrize(
    "members",
    [
        {"birthday": "2014-03-05T00:00:00"},
        {"birthday": "2014-03-05", "lastName": "выдумкина"},
        {"snils": "11223344595", "firstName": "Иная"},
    ],
)
def test_an_entered_person_is_found_by_natural_key(living, panel, members):
    panel.take(NEW)
    assert found(living, **members) == named(panel.roll(), lastName="Выдумкина")


@pytest.mark.parametrize("members", [{}, {"birthday": "2014-03-06"}, {"snils": "00000000000"}])
def test_a_person_is_not_found_by_less(living, panel, members):
    panel.take(NEW)
    assert found(living, **members) == []


def test_an_archived_person_is_not_found(living, panel):
    panel.take(NEW)
    panel.take(NEW | {"Действие": "отчислить"})
    assert found(living, birthday="2014-03-05") == []


def test_only_an_administrator_looks_for_persons(living):
    teacher = Asker(living.running, "teacher")
    assert teacher.refused(
        f"/schools/{living.school}/persons/find",
        "POST",
        body={"lastName": "Выдумкина", "firstName": "Аглая"},
    ) == (403, "outOfScope")
