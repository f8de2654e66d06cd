"""Lenient reading: a surprise costs a member or a row, never the answer, and is reported."""

import json
from datetime import UTC, date, datetime

import pytest

from connector.api.decode import (
    Decoded,
    Unreadable,
    array_of,
    decoded_list,
    json_value,
    object_of,
    parse,
    perhaps_object_of,
)
from connector.api.fields import Kind, shape_of
from connector.api.models import (
    Context,
    EduGroup,
    Lesson,
    LessonLogEntry,
    Mark,
    Person,
    PersonFinalMarks,
    ReportingPeriodGroup,
    School,
    SchoolTeacher,
    Timetable,
    User,
    VendorModel,
    Work,
)
from connector.records import Drift

BIG = 1800000000000000123  # beyond what a double can hold
ROUNDED = 1800000000000000000


def read(model, *objects):
    return decoded_list(model, json.dumps(objects).encode())


def one(model, **members):
    return read(model, members).value[0]


# --- ids


def test_the_string_twin_of_an_id_wins():
    assert one(Mark, id=ROUNDED, id_str=str(BIG)).id == BIG


def test_an_id_without_twin_is_the_number():
    assert one(Mark, id=BIG).id == BIG


@pytest.mark.parametrize("twin", [None, "null"])
def test_an_empty_twin_leaves_the_number(twin):
    assert one(Mark, id=1, lesson=BIG, lesson_str=twin).lesson == BIG


def test_an_id_written_as_a_string_is_read():
    assert one(Mark, id=str(BIG)).id == BIG


def test_a_twin_alone_is_enough():
    assert one(Mark, id_str=str(BIG)).id == BIG


def test_an_unreadable_twin_is_kept_and_reported():
    found = read(Mark, {"id": 1, "lesson": 5, "lesson_str": "none"})
    assert found.value[0].lesson == 5
    assert found.value[0].model_extra == {"lesson_str": "none"}
    assert found.drift == (Drift("marks", "lesson_str", "wrong_type"),)


def test_an_unreadable_number_beside_a_good_twin_is_kept_and_reported():
    found = read(Mark, {"id": [1], "id_str": str(BIG)})
    assert found.value[0].id == BIG
    assert found.value[0].model_extra == {"id": [1]}
    assert found.drift == (Drift("marks", "id", "wrong_type"),)


def test_lists_of_ids_have_twins_too():
    assert one(Lesson, id=1, teachers=[ROUNDED], teachers_str=[str(BIG)]).teachers == [BIG]


def test_pascal_case_twins_end_in_str():
    teacher = one(
        SchoolTeacher, Id=ROUNDED, IdStr=str(BIG), UserId=2, UserIdStr="3", LastName="Ежова"
    )
    assert (teacher.id, teacher.user_id, teacher.last_name) == (BIG, 3, "Ежова")


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 1.5, True, "x", {}, []])
def test_what_is_no_int64_is_no_id(number):
    assert one(Mark, id=1, person=number).person is None


# --- surprises


def test_an_unknown_member_is_kept_and_reported():
    found = read(Mark, {"id": 1, "weight": {"of": 2}})
    assert found.value[0].model_extra == {"weight": {"of": 2}}
    assert found.drift == (Drift("marks", "weight", "unknown_member"),)
    assert found.rejected == 0


def test_a_surprise_in_many_rows_is_said_once():
    assert len(read(Mark, {"id": 1, "x": 1}, {"id": 2, "x": 2}).drift) == 1


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("value", 5),
        ("number", "3"),
        ("use_avg_calc", "true"),
        ("use_avg_calc", 2),
        ("date", 7),
        ("date", "yesterday"),
        ("date", "2024-13-01T00:00:00"),
    ],
)
def test_a_wrong_type_costs_the_member_and_keeps_what_came(member, value):
    found = read(Mark, {"id": 1, member: value})
    attribute = member
    assert getattr(found.value[0], attribute) is None
    assert found.value[0].model_extra == {member: value}
    assert found.drift == (Drift("marks", member, "wrong_type"),)
    assert found.rejected == 0


@pytest.mark.parametrize("value", [0, 1])
def test_a_flag_written_as_a_bit_is_read(value):
    assert one(Mark, id=1, use_avg_calc=value).use_avg_calc is bool(value)


def test_a_whole_number_written_with_a_point_is_read():
    assert one(Mark, id=1, number=3.0).number == 3


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": "x"}, {"value": "5"}, None, 5, [1]])
def test_a_row_without_identity_is_dropped_and_counted(row):
    found = read(Mark, row, {"id": 1})
    assert [mark.id for mark in found.value] == [1]
    assert found.rejected == 1
    assert Drift("marks", "", "unreadable_row") in found.drift


def test_a_nested_row_without_identity_is_dropped_and_counted():
    found = read(Lesson, {"id": 1, "works": [{"id": 2}, {"type": "Homework"}]})
    assert [work.id for work in found.value[0].works] == [2]
    assert found.rejected == 1
    assert found.drift == (Drift("works", "", "unreadable_row"),)


@pytest.mark.parametrize("works", ["none", 5, {"id": 1}])
def test_unreadable_nested_rows_make_the_answer_incomplete(works):
    """Else the pull would take their absence for a removal."""
    found = read(Lesson, {"id": 1, "works": works})
    assert found.value[0].works is None
    assert found.value[0].model_extra == {"works": works}
    assert found.rejected == 1


def test_an_unreadable_nested_object_makes_the_answer_incomplete():
    found = read(Lesson, {"id": 1, "subject": 7})
    assert (found.value[0].subject, found.rejected) == (None, 1)


def test_members_that_are_left_out_or_null_are_no_surprise():
    found = read(Person, {"id": 1, "userId": None, "middleName": None})
    assert found.drift == ()
    assert found.value[0].user_id is None


# --- times


def test_a_day_is_the_day_of_a_local_midnight():
    assert one(Lesson, id=1, date="2024-09-02T00:00:00").date == date(2024, 9, 2)


def test_a_time_of_day_where_a_day_is_expected_is_kept():
    work = one(Work, id=1, targetDate="2024-09-03T08:30:00")
    assert work.target_date == date(2024, 9, 3)
    assert work.model_extra == {"targetDate": "2024-09-03T08:30:00"}


def test_a_mark_is_entered_at_a_utc_moment():
    assert one(Mark, id=1, date="2024-09-02T10:11:12.123456").date == datetime(
        2024, 9, 2, 10, 11, 12, 123456, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-9-2T1:02:03", datetime(2024, 9, 2, 1, 2, 3, tzinfo=UTC)),
        ("2024-09-02T01:02:03Z", datetime(2024, 9, 2, 1, 2, 3, tzinfo=UTC)),
        ("2024-09-02T01:02:03.1234567", datetime(2024, 9, 2, 1, 2, 3, 123456, tzinfo=UTC)),
        ("2024-09-02T01:02:03.5", datetime(2024, 9, 2, 1, 2, 3, 500000, tzinfo=UTC)),
        ("2024-09-02T01:02", datetime(2024, 9, 2, 1, 2, tzinfo=UTC)),
        ("2024-09-02", datetime(2024, 9, 2, tzinfo=UTC)),
    ],
)
def test_every_way_in_which_working_clients_saw_times_is_read(text, moment):
    assert one(Mark, id=1, date=text).date == moment


def test_a_bell_keeps_its_local_time_without_a_zone():
    table = one(
        Timetable, Name="Звонки", Items=[{"LessonNumber": 1, "Start": "2024-09-01T08:30:00"}]
    )
    assert table.items[0].start == datetime(2024, 9, 1, 8, 30)


# --- bodies


@pytest.mark.parametrize(
    "body", [b'[{"id": 1', b"oops", b"[1,]", b"\xff\xfe", b"[" * 100_000, b"[NaN]", b"  "]
)
def test_a_cut_body_is_unreadable(body):
    with pytest.raises(Unreadable):
        decoded_list(Mark, body)


@pytest.mark.parametrize("body", [b"{}", b"null", b'"x"', b"5"])
def test_an_array_that_is_none_is_unreadable(body):
    with pytest.raises(Unreadable):
        decoded_list(Mark, body)


def test_no_content_is_an_empty_array():
    assert decoded_list(Mark, b"").value == []


def test_a_byte_order_mark_is_forgiven():
    assert [mark.id for mark in decoded_list(Mark, b'\xef\xbb\xbf[{"id": 1}]').value] == [1]


def test_half_a_surrogate_pair_does_not_cost_the_answer():
    body = b'[{"id": 1, "value": "5\\ud83d"}]'
    assert decoded_list(Mark, body).value[0].value == "5?"


def test_a_whole_surrogate_pair_is_a_character():
    assert parse(b'"\\ud83d\\ude00"') == "😀"


def test_a_lone_object_counts_as_an_array_where_both_were_seen():
    body = json.dumps({"Name": "Звонки", "FirstLessonNumber": 1}).encode()
    assert [table.name for table in array_of(Timetable, single=True)(body).value] == ["Звонки"]


def test_one_object_is_read():
    assert object_of(School)(b'{"id": 1, "uses_avg": true, "regionid": 77}').value.region_id == 77


@pytest.mark.parametrize("body", [b"", b"null", b"[]"])
def test_no_object_is_an_answer_where_nobody_may_be_named(body):
    assert perhaps_object_of(Person)(body) == Decoded([])


@pytest.mark.parametrize("body", [b"{}", b'"x"', b'[{"lastName": "x"}]'])
def test_an_object_without_identity_leaves_open_whether_there_is_one(body):
    found = perhaps_object_of(Person)(body)
    assert (found.value, found.rejected) == ([], 1)


@pytest.mark.parametrize("body", [b"[]", b"null", b"{}", b'{"name": "x"}'])
def test_an_object_without_identity_is_unreadable(body):
    with pytest.raises(Unreadable):
        object_of(School)(body)


def test_json_of_any_shape_is_given_as_it_is():
    assert json_value(b'{"a": [1, "4,5"]}').value == {"a": [1, "4,5"]}
    assert json_value(b"").value is None


# --- shapes


def test_names_outside_camel_case_are_read():
    group = one(EduGroup, id=1, studyyear=2024, journaltype="Criteria")
    assert (group.study_year, group.journal_type) == (2024, "Criteria")
    marks = one(
        PersonFinalMarks,
        person=1,
        **{"per-subject-final-marks": [{"subject": 2, "final-mark": {"id": 3}}]},
    )
    assert marks.per_subject_final_marks[0].final_mark.id == 3


def test_a_log_entry_is_known_by_lesson_and_person():
    assert read(LessonLogEntry, {"lesson": 1, "status": "Ill"}).rejected == 1
    assert one(LessonLogEntry, lesson=1, person=2, status="Ill").status == "Ill"


def test_a_context_may_hide_anything():
    assert object_of(Context)(b"{}").value.person_id is None
    assert object_of(ReportingPeriodGroup)(b"{}").value.holidays is None


def test_texts_in_a_list_are_read_or_kept():
    assert one(User, id=1, roles=["EduStaff"]).roles == ["EduStaff"]
    odd = one(User, id=1, roles=["EduStaff", 5])
    assert (odd.roles, odd.model_extra) == (None, {"roles": ["EduStaff", 5]})


def every_model(base=VendorModel):
    for model in base.__subclasses__():
        yield model
        yield from every_model(model)


def minimal(model):
    """The smallest object of a model: what it requires and nothing else."""
    samples = {Kind.ID: 1, Kind.INTEGER: 1, Kind.TEXT: "x"}
    return {
        field.wire: minimal(field.model) if field.model else samples[field.kind]
        for field in shape_of(model).fields
        if field.required
    }


@pytest.mark.parametrize("model", sorted(set(every_model()), key=lambda model: model.__name__))
def test_what_is_read_is_an_honest_instance_of_its_model(model):
    """Objects are put together without pydantic's validation; they must be what validation would have made."""
    found = read(model, minimal(model) if shape_of(model).fields else {})
    if not found.value:  # PascalModel and the like have no members
        return
    made = found.value[0]
    assert model.model_validate(made.model_dump(by_alias=True)) == made
    assert model.model_validate_json(made.model_dump_json(by_alias=True)) == made
    assert made.model_copy(update={}) == made
