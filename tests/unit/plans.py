"""Plans made by hand, of invented people: every kind of operation, guards, questions and notes."""

from connector.planned import Candidate, Channel, Guard, Note, Operation, Plan, Question

# Longer than a double can hold.
FIVE_A = "1000000000000000051"
SIX_B = "1000000000000000062"
SUBGROUP = "1000000000000000511"
ANNA, BORIS, VERA, GLEB, DINA = (f"10000000000000007{number:02d}" for number in range(1, 6))
ALGEBRA, ENGLISH = "201", "202"
TEACHER, OTHER_TEACHER = "900", "901"
SEVEN_V = "@edu_groups:7В"
NEW_PUPIL = "@persons:born:тестова ева ильинична:2014-03-05"

NAMES = {
    f"edu_groups:{FIVE_A}": "5А",
    f"edu_groups:{SIX_B}": "6Б",
    f"edu_groups:{SUBGROUP}": "5А англ. 1",
    ANNA: "Пробная Анна Ильинична",
    BORIS: "Образцов Борис Янович",
    VERA: "Примерова Вера Львовна",
    GLEB: "Макетов Глеб Юрьевич",
    DINA: "Условная Дина",
    ALGEBRA: "Алгебра",
    ENGLISH: "Английский язык",
    f"teachers:{TEACHER}": "Учителева Зоя Павловна",
    f"teachers:{OTHER_TEACHER}": "Наставников Пётр Ильич",
}


def operation(op, target, **changes):
    fields = {
        "edu_group": FIVE_A,
        "before": None,
        "after": None,
        "reason": "new",
        "evidence": "",
        "number": 1,
    }
    return Operation(op=op, target=target, **(fields | changes))


def lesson(op, target, day, **changes):
    return operation(op, target, label=f"5А, {day}, 3: Алгебра", **changes)


def roster_operations():
    pupil = {
        "last_name": "Тестова",
        "first_name": "Ева",
        "middle_name": "Ильинична",
        "sex": "Female",
        "birthday": "2014-03-05",
    }
    place = "списки.xlsx, 5А, 14"
    return [
        operation(
            "edu_group.restore",
            "1000000000000000099",
            edu_group="1000000000000000099",
            label="9Г",
            reason="undo",
        ),
        operation(
            "edu_group.create",
            SEVEN_V,
            edu_group=SEVEN_V,
            after={"name": "7В", "parallel": 7, "study_year": 2026, "parent_ids": []},
            label="7В",
            source="списки.xlsx, 7В",
        ),
        operation(
            "edu_group.update",
            SIX_B,
            edu_group=SIX_B,
            before={"name": "6Б"},
            after={"name": "6Б хим"},
            reason="renamed",
            evidence="link",
            label="6Б",
        ),
        operation(
            "person.restore",
            GLEB,
            edu_group="",
            label=NAMES[GLEB],
            reason="came_back",
            evidence="name+birthday",
        ),
        operation(
            "person.create", NEW_PUPIL, after=pupil, label="Тестова Ева Ильинична", source=place
        ),
        operation(
            "person.update",
            ANNA,
            before={"last_name": "Прежняя", "birthday": None},
            after={"last_name": "Пробная", "birthday": "2014-02-01"},
            reason="surname_changed",
            evidence="snils",
            label=NAMES[ANNA],
            source=place,
        ),
        operation(
            "membership.move",
            BORIS,
            edu_group=SIX_B,
            before={"person_id": BORIS, "edu_group_id": FIVE_A},
            after={
                "person_id": BORIS,
                "from_group_id": FIVE_A,
                "edu_group_id": SIX_B,
                "date": "2026-09-01",
            },
            reason="transferred",
            evidence="name+birthday",
            label=NAMES[BORIS],
        ),
        operation(
            "membership.add",
            NEW_PUPIL,
            after={"person_id": NEW_PUPIL, "edu_group_id": FIVE_A, "from": "2026-09-01"},
            label="Тестова Ева Ильинична",
            needs=(5,),
            source=place,
        ),
        operation(
            "membership.add",
            ANNA,
            edu_group=SUBGROUP,
            after={"person_id": ANNA, "edu_group_id": SUBGROUP, "from": "2026-09-01"},
            label=NAMES[ANNA],
            evidence="name+class",
        ),
        operation(
            "membership.add",
            GLEB,
            edu_group=SEVEN_V,
            after={"person_id": GLEB, "edu_group_id": SEVEN_V, "from": "2026-09-01"},
            label=NAMES[GLEB],
            reason="came_back",
            needs=(2, 4),
        ),
        operation(
            "membership.end",
            VERA,
            before={"person_id": VERA, "edu_group_id": FIVE_A},
            after={"person_id": VERA, "edu_group_id": FIVE_A, "date": "2026-09-01"},
            reason="left",
            evidence="leavers' list",
            label=NAMES[VERA],
            irreversible=True,
        ),
        operation(
            "person.archive",
            VERA,
            before={"last_name": "Примерова", "first_name": "Вера"},
            reason="left",
            label=NAMES[VERA],
            needs=(11,),
            guards=("school.persons.archive",),
            irreversible=True,
        ),
        operation(
            "edu_group.archive",
            "1000000000000000088",
            edu_group="1000000000000000088",
            before={"name": "8Д"},
            label="8Д",
            reason="unlisted",
        ),
    ]


def schedule_operations():
    full = {
        "edu_group_id": FIVE_A,
        "subject_id": ALGEBRA,
        "number": 3,
        "hours": 1,
        "teacher_ids": [TEACHER],
    }
    return [
        lesson(
            "lesson.cancel",
            "5001",
            "2026-09-03",
            before={**full, "date": "2026-09-03"},
            reason="unlisted",
            evidence="natural key",
        ),
        lesson("lesson.restore", "5002", "2026-09-04", reason="undo"),
        *(
            lesson(
                "lesson.update",
                str(5010 + week),
                day,
                before={"teacher_ids": [TEACHER]},
                after={"teacher_ids": [OTHER_TEACHER]},
                reason="teacher",
                evidence="natural key",
            )
            for week, day in enumerate(
                ("2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28", "2026-10-05")
            )
        ),
        lesson(
            "lesson.create",
            f"@lessons:{FIVE_A}|2026-09-02|3|{ALGEBRA}",
            "2026-09-02",
            after={**full, "date": "2026-09-02"},
        ),
    ]


def numbered(operations):
    from dataclasses import replace

    return [replace(one, number=number) for number, one in enumerate(operations, start=1)]


def plan(*operations, **changes):
    fields = {
        "plan": "4f1a2b3c4d5e",
        "kind": "roster",
        "school_id": "1000000000007",
        "study_year": 2026,
        "channel": Channel.FILE,
        "created_at": "2026-08-30T07:12:00Z",
        "sources": [{"path": "списки.xlsx", "sha256": "ab" * 32}],
        "operations": numbered(operations),
        "unchanged": 512,
    }
    return Plan(**(fields | changes))


GUARDS = [
    Guard("school.persons.archive", 25, 31),
    Guard(f"class.{FIVE_A}.memberships.archive", 3, 4),
    Guard("school.persons.update", 160, 1),
]
QUESTIONS = [
    Question(
        "persons",
        "class:одинаков олег:5А",
        "Одинаков Олег, 5А",
        "namesakes",
        (
            Candidate(7, "Одинаков Олег Ильич", 80, "name+class"),
            Candidate(8, "Одинаков Олег Янович", 80, "name+class"),
        ),
    ),
    Question(
        "persons",
        "class:новая нина:5А",
        "Новая Нина, 5А",
        "name_and_class",
        (Candidate(9, "Новая Нина Петровна", 90, "name+class"),),
        unique=True,
    ),
    Question("subjects", "Алгебраа", "Алгебраа", "unknown_name"),
]
NOTES = [
    Note("class_not_in_files", "11А"),
    *(
        Note("teacher_clash", f"Учителева З. П.: понедельник, урок {number}", day="2026-09-07")
        for number in range(1, 8)
    ),
]


def roster(**changes):
    return plan(*roster_operations(), guards=GUARDS, unresolved=QUESTIONS, notes=NOTES, **changes)


def schedule(**changes):
    return plan(*schedule_operations(), kind="schedule", **changes)
