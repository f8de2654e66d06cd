"""Persons, accounts and teachers."""

from typing import Annotated

from connector.api.fields import Column, Day, Id, Place
from connector.api.models.base import PascalModel, VendorModel


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
