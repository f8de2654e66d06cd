"""A school as a whole: profile, subjects, bells, kinds of work."""

from typing import Annotated

from pydantic import Field

from connector.api.fields import Column, Day, Id, LocalDateTime, Place
from connector.api.models.base import PascalModel, VendorModel


class Subject(VendorModel):
    """A school subject."""

    table = "subjects"
    id: Id
    name: str | None = None
    knowledge_area: str | None = None
    fgos_subject_id: Id | None = None
    esp_subject_name: str | None = None
    half_year: bool | None = None


class SchoolBrief(VendorModel):
    """A school as lists show it."""

    table = "schools"
    id: Id
    name: str | None = None
    education_type: str | None = None
    tso_city_id: Id | None = None
    tso_region_tree_path: str | None = None


class School(SchoolBrief):
    """A school's profile; `time_zone` is a whole number of unknown meaning, so the zone is a setting of ours."""

    full_name: str | None = None
    avatar_small: str | None = None
    city: str | None = None
    municipality: str | None = None
    region_id: Id | None = Field(None, alias="regionid")
    mark_type: str | None = None
    time_zone: int | None = None
    uses_avg: bool | None = Field(None, alias="uses_avg")
    uses_weighted_avg: bool | None = Field(None, alias="uses_weighted_avg")


class TimetableItem(PascalModel):
    """A bell: only the time of day of `start` and `finish` counts; a number below one is a break."""

    table = "bells"
    lesson_number: Annotated[int, Column("number")]
    id: Id | None = None
    start: LocalDateTime | None = None
    finish: LocalDateTime | None = None
    name: str | None = None
    type: str | None = None
    days_of_week: list[str] | None = None


class Timetable(PascalModel):
    """A bell schedule, not a lesson plan; it has no id."""

    table = "timetables"
    name: str
    start: Day | None = None
    first_lesson_number: int | None = None
    items: Annotated[list[TimetableItem] | None, Place.OWN_TABLE] = None


class WorkType(VendorModel):
    """A kind of work that the school marks."""

    table = "work_types"
    id: Id
    school_id: Id | None = None
    kind_id: Id | None = None
    kind: str | None = None
    title: Annotated[str | None, Column("name")] = None
    abbr: str | None = None
    weight: int | None = None
