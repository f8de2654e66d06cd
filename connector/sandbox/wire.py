"""Small vendor objects as plain dicts: persons, users, groups, school, periods, bells. Casing as in openapi.yaml."""

from datetime import date
from typing import Any

from connector.sandbox import ids
from connector.sandbox import subjects as s
from connector.sandbox.calendar import Calendar
from connector.sandbox.fragments import subject
from connector.sandbox.model import Bells, Group, School
from connector.sandbox.people import Person

Json = dict[str, Any]
SCHOOL_ID = ids.SCHOOL.encode(0)
ORGANIZATION_ID = ids.ORGANIZATION.encode(0)
ZONE = "+3:00"
KINDS = {"first": 0, "quarter": 1, "half": 2}
BELLS = (
    "08:30-09:15",
    "09:25-10:10",
    "10:30-11:15",
    "11:35-12:20",
    "12:30-13:15",
    "13:25-14:10",
    "14:20-15:05",
    "15:15-16:00",
    "16:10-16:55",
)
SHORT_BELLS = (
    "08:30-09:00",
    "09:10-09:40",
    "09:50-10:20",
    "10:30-11:00",
    "11:10-11:40",
    "11:50-12:20",
    "12:30-13:00",
    "13:10-13:40",
    "13:50-14:20",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def person(who: Person) -> Json:
    """A person; without an account `userId` is null for some and left out for others."""
    shown: Json = {"id": who.id, "id_str": str(who.id)}
    if who.user_id is not None or who.number % 2:
        shown |= {
            "userId": who.user_id,
            "userId_str": str(who.user_id) if who.user_id is not None else None,
        }
    shown |= {
        "firstName": who.first_name,
        "lastName": who.last_name,
        "middleName": who.middle_name,
        "shortName": who.short_name,
        "sex": who.sex,
    }
    if who.middle_name is None and who.number % 2:
        del shown["middleName"]
    return shown


def _midnight(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00" if day else None


def person_brief(who: Person) -> Json:
    """A person as lists of a teacher's pupils show one: full-name members left out, `shortName` kept."""
    return {"id": who.id, "id_str": str(who.id), "shortName": who.short_name, "sex": who.sex}


def user(who: Person, roles: list[str]) -> Json:
    """A user's profile; contact members are hidden, so they are left out."""
    user_id = who.user_id
    names = [who.last_name, who.first_name, who.middle_name]
    return {
        "id": user_id,
        "id_str": str(user_id),
        "personId": who.id,
        "personId_str": str(who.id),
        "name": f"{who.first_name} {who.last_name}",
        "fullName": " ".join(name for name in names[1:] + names[:1] if name),
        "fullNameInverse": " ".join(name for name in names if name),
        "firstName": who.first_name,
        "middleName": who.middle_name,
        "lastName": who.last_name,
        "shortName": who.short_name,
        "locale": "ru-RU",
        "timezone": ZONE,
        "sex": who.sex,
        "birthday": _midnight(who.birthday),
        "roles": roles,
        "phone": "",
    }


def group(
    shown: Group,
    *,
    parents: str = "filled",
    education: bool = True,
    subjects: bool = False,
) -> Json:
    """A group. `parents`: whether `parentIds` is filled, null or left out, which depends on the call (notes, section 9)."""
    timetable, year = ids.BELL.encode(0), shown.year
    found: Json = {"id": shown.id, "id_str": str(shown.id)}
    if parents != "absent":
        parent_ids = [parent.id for parent in shown.parents] if parents == "filled" else None
        twins = None if parent_ids is None else [str(parent) for parent in parent_ids]
        found |= {"parentIds": parent_ids, "parentIds_str": twins}
    found |= {
        "type": "Group" if shown.is_class else "Subgroup",
        "name": shown.name,
        "fullName": f"{shown.name} {year}/{year + 1}",
        "parallel": shown.parallel,
        "timetable": timetable,
        "timetable_str": str(timetable),
        "status": "Archive" if shown.archived else "Active",
        "studyyear": year,
    }
    if education:
        found["educationType"] = "Regular"
    if subjects:
        found["subjects"] = [subject(name) for name in shown.taught]
    return found


def school_brief() -> Json:
    """The school as lists show it."""
    return {
        "id": SCHOOL_ID,
        "id_str": str(SCHOOL_ID),
        "name": "СОШ № 7",
        "educationType": "Regular",
        "tsoCityId": None,
        "tsoRegionTreePath": None,
    }


def school() -> Json:
    """The school's profile."""
    return school_brief() | {
        "fullName": "МБОУ «СОШ № 7»",
        "avatarSmall": None,
        "city": "Приозёрск-на-Холме",
        "municipality": "Приозёрский район",
        "regionid": 77,
        "markType": "mark5",
        "timeZone": 3,
        "uses_avg": True,
        "uses_weighted_avg": True,
    }


def teacher(who: Person, state: School) -> Json:
    """A teacher: PascalCase throughout, twins `IdStr` and `UserIdStr`, subjects in one string."""
    taught = state.specialties.get(who.number, ())
    leads = who is state.admin or not taught
    return {
        "Id": who.id,
        "IdStr": str(who.id),
        "UserId": who.user_id,
        "UserIdStr": str(who.user_id),
        "FirstName": who.first_name,
        "LastName": who.last_name,
        "MiddleName": who.middle_name,
        "ShortName": who.short_name,
        "Sex": who.sex,
        "DateBirth": _midnight(who.birthday),
        "Email": None,
        "Subjects": ", ".join(taught) or None,
        "HouseMaster": any(g.class_teacher is who for g in state.groups),
        "ManagingEmployee": leads,
        "NameManagingPosition": ("Директор" if who is state.admin else "Заместитель директора")
        if leads
        else None,
        "TeachingStaff": bool(taught),
        "NameTeacherPosition": "Учитель" if taught else None,
        "TrainingAndSupportStaff": False,
        "ServicePersonnel": False,
        "MedicalWorker": False,
        "NameMedicalPosition": None,
        "ExternalPartTime": False,
    }


def periods(calendar: Calendar) -> list[Json]:
    """Reporting periods; `finish` carries a fraction on every other one (notes, section 4)."""
    found = []
    for period in calendar.periods:
        vendor_id = period_id(calendar, period.number)
        tail = "T23:59:59.999999" if period.number % 2 else "T00:00:00"
        found.append(
            {
                "id": vendor_id,
                "id_str": str(vendor_id),
                "start": f"{period.start.isoformat()}T00:00:00",
                "finish": f"{period.finish.isoformat()}{tail}",
                "number": period.number,
                "type": period.type,
                "name": period.name,
                "year": calendar.year,
            }
        )
    return found


def period_id(calendar: Calendar, number: int) -> int:
    """Id of a reporting period; classes of one kind share it."""
    return ids.PERIOD.encode((calendar.year % 100) * 64 + KINDS[calendar.kind] * 8 + number)


def period_group(calendar: Calendar) -> Json:
    """Reporting periods and holidays together."""
    kind = KINDS[calendar.kind]
    group_id = ids.PERIOD_GROUP.encode((calendar.year % 100) * 8 + kind)
    holidays = [
        {
            "id": ids.HOLIDAY.encode((calendar.year % 100) * 256 + kind * 32 + number),
            "reportingPeriodGroupId": group_id,
            "dateStart": f"{holiday.start.isoformat()}T00:00:00",
            "dateFinish": f"{holiday.finish.isoformat()}T00:00:00",
            "name": holiday.name,
            "description": None,
        }
        for number, holiday in enumerate(calendar.holidays)
    ]
    return {"id": group_id, "reportingPeriods": periods(calendar), "holidays": holidays}


def seeded_bells() -> list[Bells]:
    """The bell schedules every emulated school begins with."""
    return [
        Bells(
            name,
            tuple((n, bell[:5], bell[6:]) for n, bell in enumerate(bells, 1)),
            special=True,
        )
        for name, bells in (("Основное", BELLS), ("Сокращённый день", SHORT_BELLS))
    ]


def timetables(bells: list[Bells], year: int) -> list[Json]:
    """Bell schedules: PascalCase, no id, rows with `LessonNumber` 0 are not lessons."""
    return [timetable(one, number, year) for number, one in enumerate(bells)]


def work_types() -> list[Json]:
    """Kinds of work of the school with their weights."""
    return [
        {
            "id": ids.WORK_TYPE.encode(number),
            "id_str": str(ids.WORK_TYPE.encode(number)),
            "schoolId": SCHOOL_ID,
            "kindId": number + 1,
            "kind": kind.kind,
            "title": kind.title,
            "abbr": kind.abbr,
            "weight": kind.weight,
        }
        for number, kind in enumerate(s.WORK_TYPES)
    ]


def timetable(bells: Bells, number: int, year: int) -> Json:
    """The `number`-th bell schedule of the school."""

    def item(nth: int, start: str, finish: str, title: str, kind: str) -> Json:
        day = f"{year}-09-01T"
        return {
            "Id": ids.BELL.encode(number * 1000 + nth + 1),
            "Start": f"{day}{start}:00",
            "Finish": f"{day}{finish}:00",
            "Name": title,
            "Type": kind,
            "DaysOfWeek": list(WEEKDAYS),
            "LessonNumber": nth,
        }

    special = [item(0, "08:20", "08:30", "Зарядка", "Special")] if bells.special else []
    lessons = [item(n, start, finish, f"{n} урок", "Lesson") for n, start, finish in bells.rows]
    return {
        "Name": bells.name,
        "Start": f"{year}-09-01T00:00:00",
        "FirstLessonNumber": min((n for n, _start, _finish in bells.rows), default=1),
        "Items": [*special, *lessons],
    }
