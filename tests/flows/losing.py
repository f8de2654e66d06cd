"""A diary that loses a part of its journal, and what a restoration from a backup needs and leaves."""

import random
from datetime import date

from connector.flows.look import school_of
from connector.flows.push import PlanOptions
from connector.flows.restore_diary import RestoreOptions, make_restore_plan
from connector.mirror.store import Mirror
from connector.planned import Channel
from connector.sync.guards import Limits
from tests.flows import writing
from tests.flows.writing import EVENING, TODAY

START = date(2026, 9, 1)
MARKS = (
    "SELECT m.id, m.person_id, m.lesson_id, w.type, m.value FROM marks m JOIN works w ON w.id = m.work_id"
    " WHERE m.withdrawn_run IS NULL ORDER BY m.id"
)
ENTRIES = (
    "SELECT lesson_id, person_id, status, comment FROM lesson_log_entries"
    " WHERE withdrawn_run IS NULL ORDER BY 1, 2"
)
WORKS = (
    "SELECT w.id, lesson_id, type, work_type_id, target_date, text, is_important,"
    " (SELECT group_concat(person_id) FROM (SELECT person_id FROM tasks t WHERE t.work_id = w.id"
    " AND t.withdrawn_run IS NULL ORDER BY person_id))"
    " FROM works w WHERE w.withdrawn_run IS NULL AND lesson_id IS NOT NULL ORDER BY w.id"
)


def rows(path, sql):
    with Mirror.open(path) as mirror:
        return mirror.query(sql)


def diary(made, path, *, start=START):
    """The journal of the diary itself, in a mirror that knows nothing of what was there before."""
    fresh = path.with_name("fresh.db")
    fresh.unlink(missing_ok=True)
    made.pull(fresh, start=start, end=TODAY)
    return journal(fresh)


def edit(made, op, **what):
    made.control("POST", "edit", {"op": op, **{k: str(v) for k, v in what.items()}})


def journal(path):
    """What the diary says, without the ids that a restoration cannot give back."""
    return {
        "marks": sorted(row[1:] for row in rows(path, MARKS)),
        "entries": rows(path, ENTRIES),
        "works": sorted(row[1:] for row in rows(path, WORKS)),
    }


def lose(made, path, share, seed=5):
    """Delete a share of marks, entries and works, as a bad day in the office would."""
    draw = random.Random(seed)
    marks, entries, works = rows(path, MARKS), rows(path, ENTRIES), rows(path, WORKS)
    for row in draw.sample(marks, round(len(marks) * share)):
        edit(made, "mark.delete", mark=row[0])
    for row in draw.sample(entries, round(len(entries) * share)):
        edit(made, "attendance.delete", lesson=row[0], person=row[1])
    for row in draw.sample(works, round(len(works) * share)):
        edit(made, "homework.delete", work=row[0])


def planned(made, backup, path, **how):
    made.pull(path, start=START, end=TODAY)
    with Mirror.open(backup) as past, Mirror.open(path, write=True) as mirror:
        options = PlanOptions(
            school_of(mirror), TODAY, EVENING, Channel.API, how.pop("limits", Limits())
        )
        return make_restore_plan(past, mirror, options, RestoreOptions(START, TODAY, **how))


def carry_out(made, path, plan, **options):
    """Apply by the documented calls."""
    return writing.carry_out(made, path, plan, profile=None, **options)
