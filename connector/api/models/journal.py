"""Lessons, works, marks, attendance, final marks."""

from typing import Annotated

from pydantic import Field

from connector.api.fields import Column, Day, Id, Ids, Moment, Place
from connector.api.models.base import VendorModel
from connector.api.models.school import Subject


class Task(VendorModel):
    """One pupil's copy of a homework."""

    table = "tasks"
    id: Id
    person: Annotated[Id | None, Column("person_id")] = None
    work: Annotated[Id | None, Column("work_id")] = None
    status: str | None = None
    target_date: Day | None = None


class Work(VendorModel):
    """Something to mark: class work, homework, or a period, year or exam mark (then `lesson` is None)."""

    table = "works"
    id: Id
    type: str | None = None
    work_type: Annotated[Id | None, Column("work_type_id")] = None
    mark_type: str | None = None
    mark_count: int | None = None
    lesson: Annotated[Id | None, Column("lesson_id")] = None
    display_in_journal: bool | None = None
    status: str | None = None
    edu_group: Annotated[Id | None, Column("edu_group_id")] = None
    tasks: Annotated[list[Task] | None, Place.OWN_TABLE] = None
    text: str | None = None
    period_number: int | None = None
    period_type: str | None = None
    subject_id: Id | None = None
    is_important: bool | None = None
    target_date: Day | None = None
    sent_date: Annotated[Moment | None, Column("sent_at")] = None
    created_by: Id | None = None
    files: Ids | None = None
    one_drive_links: Ids | None = None


class Lesson(VendorModel):
    """A lesson; `title` is its topic, `number` the bell counted from one, `teachers` are persons."""

    table = "lessons"
    id: Id
    title: str | None = None
    date: Day | None = None
    number: int | None = None
    subject: Annotated[Subject | None, Place.OWN_TABLE] = None
    group: Annotated[Id | None, Column("edu_group_id")] = None
    status: str | None = None
    result_place_id: Annotated[Id | None, Column("place_id")] = None
    works: Annotated[list[Work] | None, Place.OWN_TABLE] = None
    teachers: Annotated[Ids | None, Place.OWN_TABLE] = None


class Mark(VendorModel):
    """A mark; `date` is the moment of entry, `lesson` is None for period, year and exam marks."""

    table = "marks"
    id: Id
    type: str | None = None
    value: str | None = None
    text_value: str | None = None
    person: Annotated[Id | None, Column("person_id")] = None
    work: Annotated[Id | None, Column("work_id")] = None
    lesson: Annotated[Id | None, Column("lesson_id")] = None
    number: int | None = None
    date: Annotated[Moment | None, Column("given_at")] = None
    work_type: Annotated[Id | None, Column("work_type_id")] = None
    mood: str | None = None
    use_avg_calc: bool | None = Field(None, alias="use_avg_calc")


class LessonLogEntry(VendorModel):
    """Attendance of one pupil at one lesson; it has no id."""

    table = "lesson_log_entries"
    lesson: Annotated[Id, Column("lesson_id")]
    person: Annotated[Id, Column("person_id")]
    status: str | None = None
    comment: str | None = None
    created_date: Annotated[Moment | None, Column("created_at")] = None


class SubjectFinalMark(VendorModel):
    """A pupil's final mark in one subject; None when there is none yet."""

    subject: Id
    final_mark: Mark | None = Field(None, alias="final-mark")


class PersonFinalMarks(VendorModel):
    """A pupil's final marks of one period; `reporting_period` is None for the year."""

    person: Id
    group: Id | None = None
    reporting_period: Id | None = None
    per_subject_final_marks: list[SubjectFinalMark] | None = Field(
        None, alias="per-subject-final-marks"
    )
