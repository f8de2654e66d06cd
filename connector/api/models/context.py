"""The caller: who he is and what he belongs to."""

from connector.api.fields import Id, Ids
from connector.api.models.base import VendorModel
from connector.api.models.groups import EduGroup


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
