"""What the demo deletes on the emulated school: a part of the last fortnight of one class, over the control door."""

import random
from collections import Counter
from datetime import date, timedelta

from connector.commands.operator import posted
from connector.mirror.store import Mirror

# A bad fortnight of one class: enough to see, and a share that no guard takes for a catastrophe.
DAYS = timedelta(days=13)
SHARE = 0.1
MOST = {"marks": 12, "lesson_log_entries": 6, "works": 3, "topics": 2}
MARKED = (
    " FROM marks m JOIN lessons l ON l.id = m.lesson_id JOIN edu_groups g ON g.id = l.edu_group_id"
    " WHERE m.withdrawn_run IS NULL AND g.type = 'Group' AND l.date < ?"
)
LAST_MARKED = f"SELECT max(l.date) {MARKED}"
BUSIEST = f"SELECT g.id, g.name {MARKED} AND l.date >= ? GROUP BY g.id ORDER BY count(*) DESC, g.id LIMIT 1"
# What may be lost, as the control door names it: table, edit, members of the edit, rows of a class and a span.
LOSSES = (
    (
        "marks",
        "mark.delete",
        ("mark",),
        "SELECT m.id FROM marks m JOIN lessons l ON l.id = m.lesson_id WHERE m.withdrawn_run IS NULL",
    ),
    (
        "lesson_log_entries",
        "attendance.delete",
        ("lesson", "person"),
        "SELECT e.lesson_id, e.person_id FROM lesson_log_entries e JOIN lessons l ON l.id = e.lesson_id WHERE e.withdrawn_run IS NULL",
    ),
    (
        "works",
        "homework.delete",
        ("work",),
        "SELECT w.id FROM works w JOIN lessons l ON l.id = w.lesson_id WHERE w.withdrawn_run IS NULL",
    ),
    (
        "topics",
        "topic.clear",
        ("lesson",),
        "SELECT l.id FROM lessons l WHERE l.title <> '' AND l.withdrawn_run IS NULL",
    ),
)
SPAN = " AND l.edu_group_id = ? AND l.date >= ? AND l.date < ? ORDER BY 1"
MARKS_OF = "SELECT id FROM marks WHERE work_id = ? AND withdrawn_run IS NULL"


def lose(backup: Mirror, base_url: str, day: date) -> tuple[str, Counter[str]]:
    """Delete entries as a bad day in the office would.

    Args:
        backup: what the school holds.
        base_url: of the school.
        day: the school's.

    Returns:
        The class, "" where no class has marks yet; what is gone by table, topics of lessons among them.

    """
    lost = Counter(dict.fromkeys(MOST, 0))
    tomorrow = (day + timedelta(days=1)).isoformat()
    last = backup.query(LAST_MARKED, (tomorrow,))[0][0]
    if last is None:
        return "", lost
    start = (date.fromisoformat(last[:10]) - DAYS).isoformat()
    ((group, name),) = backup.query(BUSIEST, (tomorrow, start))
    draw = random.Random(group)  # noqa: S311 - the same losses for the same school, no secret
    gone: set[int] = set()
    for table, edit, members, sql in LOSSES:
        rows = backup.query(sql + SPAN, (group, start, tomorrow))
        chosen = draw.sample(rows, min(MOST[table], max(1, int(len(rows) * SHARE)), len(rows)))
        for row in chosen:
            posted(base_url, "edit", {"op": edit, **dict(zip(members, map(str, row), strict=True))})
        lost[table] += len(chosen)
        if table == "marks":
            gone = {int(number) for (number,) in chosen}
        if table == "works":
            # A work takes its marks along.
            along = {int(mark) for row in chosen for (mark,) in backup.query(MARKS_OF, row)}
            lost["marks"] += len(along - gone)
    return str(name), lost
