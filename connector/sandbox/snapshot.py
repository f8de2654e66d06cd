"""The live rows of the school in the mirror's terms, so that a test can compare without a client. Ids are strings."""

from datetime import date
from typing import Any

from connector.sandbox.desk import Desk, subject_id
from connector.sandbox.model import Group, Lesson
from connector.sandbox.people import Person

Row = dict[str, Any]


def state_of(desk: Desk, start: date = date.min, end: date = date.max) -> dict[str, list[Row]]:
    """Groups, persons, class lists, bells, and lessons between two days. What is archived or cancelled is left out.

    Persons are the staff, pupils of some live group, and entered ones who are in none yet.
    """
    members = [(person, group) for group in desk.groups for _place, person in group.now(desk.today)]
    shown = {person.number for person, _group in members} | {p.number for p in desk.school.staff}
    rolled = {m.person.number for group in desk.school.groups for m in group.roll}
    shown |= {
        person.number
        for person in desk.school.people
        if person.number not in rolled and person.left is None and person is not desk.school.parent
    }
    return {
        "edu_groups": [_group(group) for group in desk.groups],
        "persons": [_person(p) for p in desk.school.people if p.number in shown],
        "memberships": [
            {"person_id": str(person.id), "edu_group_id": str(group.id), "role": "EduStudent"}
            for person, group in members
        ],
        "lessons": [
            _lesson(lesson) for group in desk.groups for lesson in desk.window(group, start, end)
        ],
        "timetables": [
            {
                "name": bells.name,
                "items": [
                    {"number": number, "start": begin, "finish": finish}
                    for number, begin, finish in bells.rows
                ],
            }
            for bells in desk.bells
        ],
    }


def _group(group: Group) -> Row:
    return {
        "id": str(group.id),
        "name": group.name,
        "parallel": group.parallel,
        "type": "Group" if group.is_class else "Subgroup",
        "study_year": group.year,
        "parent_ids": [str(parent.id) for parent in group.parents],
    }


def _person(person: Person) -> Row:
    return {
        "id": str(person.id),
        "user_id": None if person.user_id is None else str(person.user_id),
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "sex": person.sex,
        "birthday": person.birthday.isoformat() if person.birthday else None,
        "snils": person.snils,
    }


def _lesson(lesson: Lesson) -> Row:
    return {
        "id": str(lesson.id),
        "edu_group_id": str(lesson.group.id),
        "subject_id": str(subject_id(lesson.subject)),
        "date": lesson.day.isoformat(),
        "number": lesson.number,
        "status": lesson.status,
        "title": lesson.title,
        "place_id": None if lesson.place is None else str(lesson.place),
        "teacher_ids": [str(teacher.id) for teacher in lesson.teachers],
    }
