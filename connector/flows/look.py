"""The mirror as the planner sees it: named SELECTs into `Have`. Nothing is asked of the vendor."""

from collections.abc import Iterable
from datetime import date, timedelta

from connector.mirror.store import Mirror
from connector.planned import Have, HaveGroup, HaveLesson, HavePerson

GROUPS = """
SELECT id, ifnull(name, ''), parallel, ifnull(type, 'Group'), study_year FROM edu_groups
 WHERE withdrawn_run IS NULL AND ifnull(status, '') <> 'Archive' AND (school_id = ? OR school_id IS NULL) ORDER BY id
"""
PARENTS = "SELECT edu_group_id, parent_id FROM edu_group_parents WHERE withdrawn_run IS NULL ORDER BY 1, 2"
PUPILS = """
SELECT id, ifnull(last_name, ''), ifnull(first_name, ''), ifnull(middle_name, ''), sex, birthday, withdrawn_run IS NULL
  FROM persons WHERE id IN (SELECT person_id FROM memberships WHERE role = 'EduStudent')
"""
STAFF = """
SELECT p.id, ifnull(last_name, ''), ifnull(first_name, ''), ifnull(middle_name, ''), sex, birthday, 1
  FROM staff s JOIN persons p ON p.id = s.person_id WHERE s.withdrawn_run IS NULL AND p.withdrawn_run IS NULL
"""
MEMBERS = """
SELECT person_id, edu_group_id, withdrawn_run IS NULL AND ifnull(status, '') <> 'Archive'
  FROM memberships WHERE role = 'EduStudent'
"""
# Whom we archived ourselves: the vendor's lists show him nowhere, and nothing says that he is archived.
# CROSS keeps the order of reading: each plan is unfolded once, and not again for each of its outcomes.
ARCHIVED = """
SELECT DISTINCT CAST(json_extract(o.value, '$.target') AS INTEGER)
  FROM plans p CROSS JOIN json_each(p.document, '$.operations') o
  CROSS JOIN outcomes f ON f.digest = p.digest AND f.number = json_extract(o.value, '$.number') AND f.state = 'applied'
 WHERE json_extract(o.value, '$.op') = 'person.archive'
"""
SUBJECTS = "SELECT id, ifnull(name, '') FROM subjects WHERE withdrawn_run IS NULL ORDER BY id"
LESSONS = """
SELECT l.id, l.edu_group_id, l.subject_id, l.date, l.number, l.place_id, ifnull(l.title, ''),
       (SELECT group_concat(t.person_id) FROM lesson_teachers t WHERE t.lesson_id = l.id AND t.withdrawn_run IS NULL),
       EXISTS (SELECT 1 FROM works w WHERE w.lesson_id = l.id AND w.type = 'Homework' AND w.withdrawn_run IS NULL),
       EXISTS (SELECT 1 FROM works w WHERE w.lesson_id = l.id AND w.type NOT IN ('Homework', 'DefaultNewLessonWork')
                  AND w.withdrawn_run IS NULL),
       EXISTS (SELECT 1 FROM marks m WHERE m.lesson_id = l.id AND m.withdrawn_run IS NULL),
       EXISTS (SELECT 1 FROM lesson_log_entries e WHERE e.lesson_id = l.id AND e.withdrawn_run IS NULL)
  FROM lessons l
 WHERE l.withdrawn_run IS NULL AND l.edu_group_id IS NOT NULL AND l.date BETWEEN ? AND ?
   AND lower(ifnull(l.status, '')) NOT LIKE '%cancel%'
"""
CALLED_OFF = """
SELECT edu_group_id, date, number, subject_id FROM lessons
 WHERE withdrawn_run IS NULL AND edu_group_id IS NOT NULL AND date BETWEEN ? AND ? AND lower(status) LIKE '%cancel%'
"""
HELD = ("homework", "works", "marks", "attendance")
HOLIDAYS = """
SELECT g.edu_group_id, h.start, h.finish FROM edu_group_holidays g JOIN holidays h ON h.id = g.holiday_id
 WHERE g.withdrawn_run IS NULL AND h.withdrawn_run IS NULL AND h.start IS NOT NULL AND h.finish IS NOT NULL
"""
PERIODS = """
SELECT g.edu_group_id, p.start, p.finish FROM edu_group_reporting_periods g
  JOIN reporting_periods p ON p.id = g.reporting_period_id
 WHERE g.withdrawn_run IS NULL AND p.withdrawn_run IS NULL AND p.start IS NOT NULL AND p.finish IS NOT NULL ORDER BY 1, 2
"""

# What ids of the mirror are called, by `<table>:<id>`: ids of two tables may be equal.
NAMES = """
SELECT 'edu_groups:' || id, name FROM edu_groups WHERE name IS NOT NULL
UNION ALL SELECT 'subjects:' || id, name FROM subjects WHERE name IS NOT NULL
UNION ALL SELECT 'persons:' || id, trim(ifnull(last_name, '') || ' ' || ifnull(first_name, '') || ' ' || ifnull(middle_name, ''))
  FROM persons
UNION ALL SELECT 'reporting_periods:' || id, name FROM reporting_periods WHERE name IS NOT NULL
"""


def school_of(mirror: Mirror) -> int:
    """The school whose mirror this is; 0 before the first pull."""
    found = mirror.query(
        "SELECT id FROM schools WHERE withdrawn_run IS NULL ORDER BY changed_run DESC, id LIMIT 1"
    )
    return int(found[0][0]) if found else 0


def look(
    mirror: Mirror,
    school: int,
    horizon: tuple[date, date] | None = None,
    study_year: int | None = None,
) -> Have:
    """What a planner or a judge needs of the mirror.

    Args:
        mirror: freshly pulled.
        school: the school's id.
        horizon: first and last day of lessons; None leaves lessons out.
        study_year: that is planned: refusals of other years' class keys are left out.

    """
    query = mirror.query
    parents: dict[int, list[int]] = {}
    for child, parent in query(PARENTS):
        parents.setdefault(child, []).append(parent)
    groups = {
        group: HaveGroup(group, name, parallel, kind, year, tuple(parents.get(group, ())))
        for group, name, parallel, kind, year in query(GROUPS, (school,))
    }
    members: set[tuple[int, int]] = set()
    former: set[tuple[int, int]] = set()
    for person, group, live in query(MEMBERS):
        (members if live and group in groups else former).add((person, group))
    seen = {person for person, _group in members}
    archived = {row[0] for row in query(ARCHIVED)} - seen
    have = Have(
        groups=groups,
        persons=_persons(query(PUPILS), archived),
        members=members,
        former=former,
        teachers=_persons(query(STAFF), ()),
        subjects=dict(query(SUBJECTS)),
        links=mirror.links(),
        refused=mirror.refused_links(study_year),
    )
    if horizon is not None:
        have.lessons = _lessons(mirror, *horizon)
        have.called_off = set(query(CALLED_OFF, tuple(map(str, horizon))))
        have.holidays = _holidays(mirror)
        have.periods = _periods(mirror)
    return have


def _persons(rows: Iterable[tuple[object, ...]], archived: Iterable[int]) -> dict[int, HavePerson]:
    gone = set(archived)
    found = {}
    for number, last, first, middle, sex, born, live in rows:
        person = int(str(number))
        birthday = date.fromisoformat(str(born)[:10]) if born else None
        found[person] = HavePerson(
            person,
            str(last),
            str(first),
            str(middle),
            None if sex is None else str(sex),
            birthday,
            live=bool(live) and person not in gone,
        )
    return found


def _lessons(mirror: Mirror, start: date, end: date) -> dict[int, HaveLesson]:
    found = {}
    for row in mirror.query(LESSONS, (str(start), str(end))):
        lesson, group, subject, day, number, place, title, teachers, *held = row
        holds = {name for name, there in zip(HELD, held, strict=True) if there}
        if title.strip():
            holds.add("topic")
        found[lesson] = HaveLesson(
            lesson,
            group,
            subject,
            date.fromisoformat(day),
            number,
            tuple(sorted(int(t) for t in (teachers or "").split(",") if t)),
            place,
            title,
            frozenset(holds),
        )
    return found


def _holidays(mirror: Mirror) -> dict[int, frozenset[date]]:
    days: dict[int, set[date]] = {}
    for group, start, finish in mirror.query(HOLIDAYS):
        first, last = date.fromisoformat(start[:10]), date.fromisoformat(finish[:10])
        days.setdefault(group, set()).update(
            first + timedelta(days=n) for n in range((last - first).days + 1)
        )
    return {group: frozenset(listed) for group, listed in days.items()}


def _periods(mirror: Mirror) -> dict[int, tuple[tuple[date, date], ...]]:
    found: dict[int, list[tuple[date, date]]] = {}
    for group, start, finish in mirror.query(PERIODS):
        found.setdefault(group, []).append(
            (date.fromisoformat(start[:10]), date.fromisoformat(finish[:10]))
        )
    return {group: tuple(listed) for group, listed in found.items()}
