"""The school's own files beside the mirror: what of it the names in them are looked up in. Named SELECTs, live rows only."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from connector.planned import Have, HaveGroup, HavePerson, Link
from connector.reports.calendar import Period, SchoolCalendar
from connector.reports.facts import Query
from connector.reports.report import Request, Silence
from connector.reports.tables import Table
from connector.source import Source
from connector.sync.resolve import ROLLS
from connector.vocab import ARCHIVED, STUDENT

GROUPS = """
SELECT id, ifnull(name, ''), parallel, ifnull(type, 'Group'), study_year FROM edu_groups
 WHERE withdrawn_run IS NULL AND ifnull(status, '') <> ? ORDER BY id
"""
PARENTS = """
SELECT edu_group_id, parent_id FROM edu_group_parents WHERE withdrawn_run IS NULL ORDER BY 1, 2
"""
PUPILS = """
SELECT id, ifnull(last_name, ''), ifnull(first_name, ''), ifnull(middle_name, ''), sex, birthday, withdrawn_run IS NULL
  FROM persons WHERE id IN (SELECT person_id FROM memberships WHERE role = ?)
"""
STAFF = """
SELECT p.id, ifnull(last_name, ''), ifnull(first_name, ''), ifnull(middle_name, ''), sex, birthday, 1
  FROM staff s JOIN persons p ON p.id = s.person_id WHERE s.withdrawn_run IS NULL AND p.withdrawn_run IS NULL
"""
MEMBERS = """
SELECT person_id, edu_group_id, withdrawn_run IS NULL AND ifnull(status, '') <> ? FROM memberships WHERE role = ?
"""
SUBJECTS = """
SELECT id, ifnull(name, '') FROM subjects WHERE withdrawn_run IS NULL ORDER BY id
"""
LINKS = """
SELECT resource, local_key, vendor_id, evidence, score, decided_by, study_year FROM links
"""
# Next September's `class:…:5А` is another child.
REFUSED = """
SELECT resource, local_key, vendor_id FROM refused_links
 WHERE study_year IS NULL OR study_year = ? OR local_key NOT LIKE 'class:%'
"""
TITLES = """
SELECT id, title FROM lessons
 WHERE date BETWEEN ? AND ? AND withdrawn_run IS NULL AND trim(ifnull(title, '')) <> ''
"""


def class_lists(request: Request) -> list[Source]:
    """The sources that say who is in which class."""
    return [source for source in request.sources if source.kind in ROLLS]


def timetables(request: Request) -> list[Source]:
    """The sources with lessons of a week."""
    return [source for source in request.sources if source.slots]


def topic_plans(request: Request) -> list[Source]:
    """The sources with topic plans."""
    return [source for source in request.sources if source.topic_plans]


def read_have(query: Query, study_year: int) -> Have:
    """Read what names of files are looked up in: groups, persons, staff, subjects and decided identities.

    Args:
        query: the mirror's SELECT.
        study_year: in which the files' classes stand.

    """
    parents: dict[int, list[int]] = {}
    for child, parent in query(PARENTS, ()):
        parents.setdefault(child, []).append(parent)
    groups = {
        group: HaveGroup(group, name, parallel, kind, year, tuple(parents.get(group, ())))
        for group, name, parallel, kind, year in query(GROUPS, (ARCHIVED,))
    }
    members: set[tuple[int, int]] = set()
    former: set[tuple[int, int]] = set()
    for person, group, live in query(MEMBERS, (ARCHIVED, STUDENT)):
        (members if live and group in groups else former).add((person, group))
    return Have(
        groups=groups,
        persons=_persons(query(PUPILS, (STUDENT,))),
        members=members,
        former=former,
        teachers=_persons(query(STAFF, ())),
        subjects=dict(query(SUBJECTS, ())),
        links={(row[0], row[1]): Link(*row) for row in query(LINKS, ())},
        refused={(resource, key, found) for resource, key, found in query(REFUSED, (study_year,))},
    )


def read_titles(query: Query, since: date, until: date) -> dict[int, str]:
    """Topics of lessons by id, those that are written."""
    return dict(query(TITLES, (since.isoformat(), until.isoformat())))


def with_calendar(have: Have, calendar: SchoolCalendar) -> Have:
    """Give the groups their reporting periods and holidays, inherited ones too."""
    days: dict[tuple[Period, ...], frozenset[date]] = {}
    for group, known in calendar.groups.items():
        have.periods[group] = tuple((period.start, period.finish) for period in known.periods)
        if known.holidays not in days:
            days[known.holidays] = frozenset(_days(known.holidays))
        have.holidays[group] = days[known.holidays]
    return have


def nothing_for(rules: Iterable[str], reason: str) -> tuple[Silence, ...]:
    """What a report says of rules without the files they need."""
    return tuple(Silence(None, rule, reason, 0, None, None) for rule in rules)


def with_rows(table: Table) -> tuple[Table, ...]:
    """The table, or none where it is empty: of what went wrong nobody need read that nothing did."""
    return (table,) if table.rows else ()


def _days(spans: Iterable[Period]) -> Iterable[date]:
    for span in spans:
        for number in range((span.finish - span.start).days + 1):
            yield span.start + timedelta(days=number)


def _persons(rows: Iterable[tuple[Any, ...]]) -> dict[int, HavePerson]:
    return {
        person: HavePerson(
            person,
            last,
            first,
            middle,
            sex,
            date.fromisoformat(born[:10]) if born else None,
            live=bool(live),
        )
        for person, last, first, middle, sex, born, live in rows
    }
