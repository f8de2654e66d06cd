"""The vendor's objects: names and shapes as in docs/openapi.yaml, attributes in snake case.

Only what identifies an object is required: the vendor leaves out whatever the caller may not see
(docs/vendor-api.md#behaviour). Members this file does not know stay in `model_extra`. Values arrive through decode.py,
not through pydantic's validation, because a member of a wrong type must cost that member and not the answer.
"""

from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal

from connector.api.fields import Column, Day, Id, Ids, LocalDateTime, Moment, Place


class VendorModel(BaseModel):
    """An object of the vendor; camelCase on the wire unless a subclass says otherwise."""

    model_config = ConfigDict(
        extra="allow", frozen=True, alias_generator=to_camel, populate_by_name=True
    )
    table: ClassVar[str] = ""

    @classmethod
    def assembled(cls, values: dict[str, Any], extra: dict[str, Any]) -> Self:
        """Put together an object whose members were read already: `model_construct`, at a tenth of its price.

        Args:
            values: all attributes, by name.
            extra: members without an attribute, by wire name.

        """
        made = cls.__new__(cls)
        fill = object.__setattr__
        fill(made, "__dict__", values)
        fill(made, "__pydantic_fields_set__", set(values))
        fill(made, "__pydantic_extra__", extra)
        fill(made, "__pydantic_private__", None)
        return made


class PascalModel(VendorModel):
    """An object whose members are PascalCase on the wire."""

    model_config = ConfigDict(alias_generator=to_pascal)


class Subject(VendorModel):
    """A school subject."""

    table = "subjects"
    id: Id
    name: str | None = None
    knowledge_area: str | None = None
    fgos_subject_id: Id | None = None
    esp_subject_name: str | None = None
    half_year: bool | None = None


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


class Person(VendorModel):
    """A pupil, parent or member of staff; without an account there is no `user_id`."""

    table = "persons"
    id: Id
    user_id: Id | None = None
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    short_name: str | None = None
    sex: str | None = None


class User(VendorModel):
    """An account; the only place that shows a pupil's birthday."""

    id: Id
    person_id: Id | None = None
    name: str | None = None
    email: str | None = None
    login: str | None = None
    full_name: str | None = None
    full_name_inverse: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    short_name: str | None = None
    locale: str | None = None
    timezone: str | None = None
    sex: str | None = None
    photo_small: str | None = None
    photo_medium: str | None = None
    photo_large: str | None = None
    birthday: Day | None = None
    roles: list[str] | None = None
    phone: str | None = None


class ContextChild(VendorModel):
    """A child of the caller."""

    person_id: Id
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    short_name: str | None = None
    school_ids: Ids | None = None
    group_ids: Ids | None = None


class ContextSchool(VendorModel):
    """A school of the caller; `group_ids` lists classes, never subgroups."""

    id: Id
    name: str | None = None
    type: str | None = None
    group_ids: Ids | None = None


class Context(VendorModel):
    """Who the caller is and what he belongs to."""

    user_id: Id | None = None
    avatar_url: str | None = None
    roles: list[str] | None = None
    children: list[ContextChild] | None = None
    schools: list[ContextSchool] | None = None
    edu_groups: list[EduGroup] | None = None
    split_id: str | None = None
    person_id: Id | None = None
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    short_name: str | None = None
    school_ids: Ids | None = None
    group_ids: Ids | None = None


class GroupStudent(VendorModel):
    """A pupil's membership of a group."""

    person: Person
    membership_status: str | None = Field(None, alias="membershipstatus")


class EduGroupWithStudents(VendorModel):
    """A group with its pupils."""

    group: EduGroup
    students: list[GroupStudent] | None = None


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


class SchoolTeacher(PascalModel):
    """A teacher as `schools/{school}/teachers` shows him; `subjects` is one string."""

    table = "staff"
    id: Annotated[Id, Column("person_id")]
    user_id: Annotated[Id | None, Place.OWN_TABLE] = None
    first_name: Annotated[str | None, Place.OWN_TABLE] = None
    last_name: Annotated[str | None, Place.OWN_TABLE] = None
    middle_name: Annotated[str | None, Place.OWN_TABLE] = None
    short_name: Annotated[str | None, Place.OWN_TABLE] = None
    sex: Annotated[str | None, Place.OWN_TABLE] = None
    date_birth: Annotated[Day | None, Place.OWN_TABLE] = None
    email: str | None = None
    subjects: str | None = None
    house_master: Annotated[bool | None, Column("is_class_teacher")] = None
    education: str | None = None
    scientific_degree: str | None = None
    start_date: Day | None = None
    pedagogical_activity_date: Day | None = None
    managing_employee: bool | None = None
    name_managing_position: str | None = None
    teaching_staff: bool | None = None
    name_teacher_position: Annotated[str | None, Column("position")] = None
    training_and_support_staff: bool | None = None
    service_personnel: bool | None = None
    medical_worker: bool | None = None
    name_medical_position: str | None = None
    external_part_time: bool | None = None


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
