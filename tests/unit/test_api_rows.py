"""Models to rows: the mirror's columns, and JSON for what has none."""

import json
from datetime import UTC, date, datetime

import pytest

from connector.api.bulk import lesson_rows, mark_rows
from connector.api.fields import shape_of
from connector.api.models import (
    EduGroup,
    Holiday,
    Lesson,
    LessonLogEntry,
    Mark,
    Person,
    ReportingPeriod,
    School,
    SchoolBrief,
    SchoolTeacher,
    Subject,
    Task,
    Timetable,
    TimetableItem,
    User,
    Work,
    WorkType,
)
from connector.api.rows import extras, lessons_to_rows, loose_fields, to_row
from connector.records import TABLES

WITH_TABLE = [
    EduGroup, Holiday, Lesson, LessonLogEntry, Mark, Person, ReportingPeriod, School, SchoolBrief,
    SchoolTeacher, Subject, Task, Timetable, TimetableItem, Work, WorkType,
]  # fmt: skip

# Columns that the object itself cannot fill, because the vendor does not say them there.
FROM_OUTSIDE = {
    "edu_groups": {"school_id"},
    "schools": {"timezone"},
    "staff": {"school_id", "is_admin"},
    "persons": {"birthday"},
    "timetables": {"id", "school_id"},
    "bells": {"timetable_id"},
    "lessons": {"subject_id"},
}


def named(row, table):
    return dict(zip((*TABLES[table].columns, "extra"), row, strict=True))


@pytest.mark.parametrize("model", WITH_TABLE)
def test_every_column_has_a_member_or_is_known_to_come_from_outside(model):
    filled = {field.column for field in shape_of(model).fields}
    lacking = set(TABLES[model.table].columns) - filled
    if model is SchoolBrief:
        return
    assert lacking == FROM_OUTSIDE.get(model.table, set())


def test_a_mark_becomes_its_row():
    mark = Mark(
        id=1,
        person=2,
        work=3,
        lesson=4,
        value="5",
        date=datetime(2024, 9, 2, 8, 15, tzinfo=UTC),
        use_avg_calc=False,
        work_type=9,
    )
    row = named(to_row(mark), "marks")
    assert row["given_at"] == "2024-09-02T08:15:00Z"
    assert row["use_avg_calc"] == 0
    assert type(row["use_avg_calc"]) is int
    assert (
        row["person_id"],
        row["work_id"],
        row["lesson_id"],
        row["work_type_id"],
        row["extra"],
    ) == (2, 3, 4, 9, None)


def test_a_moment_keeps_its_fraction():
    mark = Mark(id=1, date=datetime(2024, 9, 2, 8, 15, 1, 120000, tzinfo=UTC))
    assert named(to_row(mark), "marks")["given_at"] == "2024-09-02T08:15:01.120000Z"


def test_what_the_caller_gives_fills_gaps_only():
    row = named(to_row(Work(id=1, lesson=2), lesson_id=7, edu_group_id=8), "works")
    assert (row["lesson_id"], row["edu_group_id"]) == (2, 8)


def test_members_without_a_column_are_kept_as_sorted_json():
    subject = Subject.assembled({**vars(Subject(id=1, half_year=False))}, {"z": 1, "a": [2]})
    assert named(to_row(subject), "subjects")["extra"] == '{"a":[2],"halfYear":false,"z":1}'


def test_empty_members_without_a_column_are_nothing_to_keep():
    assert to_row(Work(id=1, files=[], one_drive_links=None))[-1] is None


def test_files_of_a_work_are_kept():
    assert to_row(Work(id=1, files=[5]))[-1] == '{"files":[5]}'


def test_a_bell_is_a_time_of_day():
    row = named(
        to_row(TimetableItem(lesson_number=1, start=datetime(2024, 9, 1, 8, 30)), timetable_id=3),
        "bells",
    )
    assert (row["timetable_id"], row["number"], row["start"]) == (3, 1, "08:30")


def test_kept_members_are_written_as_the_vendor_writes_them():
    user = User(id=1, birthday=date(2010, 1, 2), roles=["EduStudent"])
    assert extras(user)["birthday"] == "2010-01-02"
    teacher = SchoolTeacher(id=1, start_date=date(2001, 9, 1), managing_employee=True)
    assert json.loads(to_row(teacher)[-1]) == {"StartDate": "2001-09-01", "ManagingEmployee": True}


LESSON = {
    "id": 1,
    "id_str": "1",
    "title": "Дроби",
    "date": "2024-09-02T00:00:00",
    "number": 2,
    "subject": {"id": 30, "id_str": "30", "name": "Алгебра", "knowledgeArea": "Точные", "fgosSubjectId": None},
    "group": 5,
    "status": None,
    "resultPlaceId": 12,
    "works": [
        {"id": 7, "id_str": "7", "type": "Homework", "status": "Sent", "targetDate": "2024-09-03T00:00:00", "sentDate": "2024-09-02T09:00:00",
         "tasks": [{"id": 70, "id_str": "70", "person": 100, "person_str": "100", "status": "New"}]},
        {"id": 8, "type": "CommonWork", "lesson": 1, "eduGroup": 6, "subjectId": 31, "isImportant": True},
    ],
    "teachers": [200, 201],
    "teachers_str": ["200", "201"],
}  # fmt: skip


def rows_of(*lessons):
    found = lesson_rows(json.dumps(lessons).encode())
    assert found.drift == ()
    return {table: [named(row, table) for row in rows] for table, rows in found.value.items()}


def test_a_lesson_becomes_rows_of_five_tables():
    rows = rows_of(LESSON)
    assert {table: len(found) for table, found in rows.items()} == {
        "subjects": 1, "lessons": 1, "lesson_teachers": 2, "works": 2, "tasks": 1,
    }  # fmt: skip
    lesson = rows["lessons"][0]
    assert (
        lesson["date"],
        lesson["number"],
        lesson["subject_id"],
        lesson["edu_group_id"],
        lesson["place_id"],
    ) == ("2024-09-02", 2, 30, 5, 12)
    assert [row["person_id"] for row in rows["lesson_teachers"]] == [200, 201]
    assert (rows["works"][0]["target_date"], rows["works"][0]["sent_at"]) == (
        "2024-09-03",
        "2024-09-02T09:00:00Z",
    )


def test_a_work_that_hides_whose_it_is_belongs_to_its_lesson():
    hidden, said = rows_of(LESSON)["works"]
    assert (hidden["lesson_id"], hidden["edu_group_id"], hidden["subject_id"]) == (1, 5, 30)
    assert (said["lesson_id"], said["edu_group_id"], said["subject_id"]) == (1, 6, 31)


def test_a_task_that_hides_its_work_belongs_to_the_work_it_came_with():
    assert rows_of(LESSON)["tasks"][0]["work_id"] == 7


def test_a_subject_of_many_lessons_is_one_row():
    assert len(rows_of(LESSON, {**LESSON, "id": 2, "id_str": "2"})["subjects"]) == 1


def test_a_lesson_without_subject_has_none():
    rows = rows_of({**LESSON, "subject": None})
    assert (rows["subjects"], rows["lessons"][0]["subject_id"]) == ([], None)


def test_the_models_give_the_same_rows():
    lesson = Lesson.assembled({**vars(Lesson(id=1))}, {})
    assert lessons_to_rows([lesson])["lessons"] == [
        (1, None, None, None, None, None, None, None, None)
    ]


def test_no_lessons_are_no_rows_of_every_table():
    assert rows_of() == {
        "subjects": [],
        "lessons": [],
        "lesson_teachers": [],
        "works": [],
        "tasks": [],
    }


def test_a_usual_answer_takes_the_fast_way():
    """The lenient way would give the same rows, only slower, so no other test would notice."""
    _, decoder = lesson_rows._way
    assert decoder.decode(json.dumps([LESSON]).encode())[0].works[1].id == 8


def test_an_unknown_member_costs_one_slow_answer():
    reader = type(mark_rows)(mark_rows._model, mark_rows._fast, mark_rows._sure)
    body = b'[{"id": 1, "weight": 2}, {"id": 3}]'
    first = reader(body)
    learned, decoder = reader._way
    assert learned == {("marks", "weight")}
    assert decoder.decode(body)[0].id == 1
    assert reader(body) == first
    assert [row[-1] for row in first.value["marks"]] == ['{"weight":2}', None]


def test_a_vendor_who_makes_up_members_without_end_is_not_followed():
    reader = type(mark_rows)(mark_rows._model, mark_rows._fast, mark_rows._sure)
    reader(json.dumps([{"id": 1, **{f"x{n}": n for n in range(41)}}]).encode())
    assert reader._way[0] == frozenset()


# --- the fast way meets what it is not sure of: the hard cases by name, not only by chance


@pytest.mark.parametrize(
    ("text", "given_at"),
    [
        ("2024-09-02T10:11:12.1234567", "2024-09-02T10:11:12.123456Z"),
        ("2024-09-02T10:11:12.000000", "2024-09-02T10:11:12Z"),
        ("2024-9-2T10:11:12Z", "2024-09-02T10:11:12Z"),
        ("2024-13-02T10:11:12", None),
        ("2024-W36-1T10:11:12", None),
        ("2024-09-02T10:11:12+03:00", None),
        (None, None),
    ],
)
def test_a_moment_of_any_look_is_written_one_way_or_kept_as_it_came(text, given_at):
    found = mark_rows(json.dumps([{"id": 1, "date": text}, {"id": 2}]).encode())
    row = named(found.value["marks"][0], "marks")
    assert row["given_at"] == given_at
    assert row["extra"] == (
        json.dumps({"date": text}, separators=(",", ":")) if text and not given_at else None
    )


@pytest.mark.parametrize(
    ("member", "value", "extra"),
    [
        ("halfYear", "yes", '{"halfYear":"yes"}'),
        ("halfYear", True, '{"halfYear":true}'),
        ("espSubjectName", "x", '{"espSubjectName":"x"}'),
    ],
)
def test_members_of_a_subject_without_a_column_are_kept(member, value, extra):
    subject = {"id": 30, "id_str": "30", member: value}
    found = lesson_rows(json.dumps([{"id": 1, "subject": subject}]).encode())
    assert found.value["subjects"] == [(30, None, None, None, extra)]


def test_files_with_string_twins_are_kept_exactly():
    work = {"id": 7, "files": [1800000000000000000], "files_str": ["1800000000000000123"]}
    found = lesson_rows(json.dumps([{"id": 1, "works": [work]}]).encode())
    assert found.value["works"][0][-1] == '{"files":[1800000000000000123]}'


@pytest.mark.parametrize("model", WITH_TABLE)
def test_a_nested_object_of_a_row_has_a_table_of_its_own(model):
    """`extra` holds plain values only."""
    assert [field.name for field in loose_fields(model) if field.model] == []
