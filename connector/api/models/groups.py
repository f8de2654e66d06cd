"""Classes and subgroups, who is in them, and their periods."""

from typing import Annotated

from pydantic import Field

from connector.api.fields import Column, Day, Id, Ids, Place
from connector.api.models.base import VendorModel
from connector.api.models.people import Person
from connector.api.models.school import Subject


class EduGroup(VendorModel):
    """A class or a subgroup; `parallel` 1-12, `study_year` the calendar year in which the study year starts."""

    table = "edu_groups"
    id: Id
    parent_ids: Annotated[Ids | None, Place.OWN_TABLE] = None
    type: str | None = None
    name: str | None = None
    full_name: str | None = None
    parallel: int | None = None
    timetable: Annotated[Id | None, Column("timetable_id")] = None
    status: str | None = None
    study_year: int | None = Field(None, alias="studyyear")
    education_type: str | None = None
    subjects: Annotated[list[Subject] | None, Place.OWN_TABLE] = None
    journal_type: str | None = Field(None, alias="journaltype")


class ReportingPeriod(VendorModel):
    """A quarter, half-year or the like; `number` counts from zero (low confidence)."""

    table = "reporting_periods"
    id: Id
    start: Day | None = None
    finish: Day | None = None
    number: int | None = None
    type: str | None = None
    name: str | None = None
    year: Annotated[int | None, Column("study_year")] = None


class Holiday(VendorModel):
    """Days without lessons, both included."""

    table = "holidays"
    id: Id
    reporting_period_group_id: Id | None = None
    date_start: Annotated[Day | None, Column("start")] = None
    date_finish: Annotated[Day | None, Column("finish")] = None
    name: str | None = None
    description: str | None = None


class ReportingPeriodGroup(VendorModel):
    """Periods and holidays that several groups share."""

    id: Id | None = None
    reporting_periods: list[ReportingPeriod] | None = None
    holidays: list[Holiday] | None = None


class GroupStudent(VendorModel):
    """A pupil's membership of a group."""

    person: Person
    membership_status: str | None = Field(None, alias="membershipstatus")


class EduGroupWithStudents(VendorModel):
    """A group with its pupils."""

    group: EduGroup
    students: list[GroupStudent] | None = None
