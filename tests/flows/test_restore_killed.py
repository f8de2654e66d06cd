"""Killed at any line of the journal, a restoration into the diary is taken up again, and each call lands exactly once.

The documented calls tell less than a gateway: a mark has no id of ours, a new work is known by its answer alone. What a
process that died had sent is therefore found by reading the diary.
"""

import random
from collections import Counter
from datetime import date

import pytest

from connector.mirror.store import Mirror
from connector.sync.plan import to_document
from tests.flows.losing import ENTRIES, MARKS, START, WORKS, carry_out, diary, edit, planned, rows
from tests.flows.writing import DIED, TODAY, copied, die_at, vendor

# The losses are recent, so that each life reads three weeks again and not the whole year.
SINCE = date(2026, 11, 3)
MOMENTS = ("before", "inside", "after")
OPERATIONS = 60
LINES = 2 * OPERATIONS
HANDFUL = random.Random(2026).sample([(n, m) for n in range(2, LINES) for m in MOMENTS], 4)
WRITTEN = ("works", "mark", "log-entries")


class Story:
    """A vendor, its diary with holes, a plan to fill them from a backup, and what an undisturbed apply of it sends."""

    def __init__(self, made, folder):
        self.vendor = made
        backup = folder / "backup.db"
        made.pull(backup, start=START, end=TODAY)
        self.expected = diary(made, folder / "any.db", start=SINCE)
        self.edits = list(some_losses(backup))
        self.pulled = copied(backup, folder, "pulled.db")
        self.lose()
        found = planned(made, backup, self.pulled)
        self.plan = found.plan
        self.digest = to_document(self.plan)["digest"]
        assert (len(self.plan.operations), found.by_hand) == (OPERATIONS, ())
        path = copied(self.pulled, folder, "straight.db")
        assert carry_out(made, path, self.plan).converged
        self.sent = kinds(self.landed())
        assert self.sent.total() == OPERATIONS

    def lose(self):
        """Bring the vendor to the moment of the plan: as it was, but for what was lost."""
        self.vendor.reset()
        for op, what in self.edits:
            edit(self.vendor, op, **what)
        self.vendor.control("DELETE", "calls")

    def landed(self):
        return Counter(
            {
                call: times
                for call, times in self.vendor.landed().items()
                if call[1].rstrip("/").rsplit("/", 1)[-1] in WRITTEN
            }
        )

    def check(self, result, path):
        assert (result.converged, result.remaining, result.error) == (True, [], None)
        assert result.count("applied") == OPERATIONS
        assert diary(self.vendor, path, start=SINCE) == self.expected
        assert kinds(self.landed()) == self.sent
        assert set(self.landed().values()) == {1}


def some_losses(backup):
    """Works with their marks, lone marks and entries: as many as make `OPERATIONS` lines of a plan."""
    recent = {row[0] for row in rows(backup, f"SELECT id FROM lessons WHERE date >= '{SINCE}'")}
    marks = [row for row in rows(backup, MARKS) if row[2] in recent]
    of_work = Counter(work for (work,) in rows(backup, "SELECT work_id FROM marks"))
    left = OPERATIONS
    tests = [w for w in rows(backup, WORKS) if w[1] in recent and 3 <= of_work[w[0]] <= 8]
    for row in tests[::7][:4]:
        yield "homework.delete", {"work": row[0]}
        left -= 1 + of_work[row[0]]
    gone = {row[1] for row in tests[::7][:4]}
    homework = [w for w in rows(backup, WORKS) if w[1] in recent and w[2] == "Homework"]
    for row in homework[::9][:6]:
        yield "homework.delete", {"work": row[0]}
        left -= 1
    for row in [row for row in rows(backup, ENTRIES) if row[0] in recent][::11][:8]:
        yield "attendance.delete", {"lesson": row[0], "person": row[1]}
        left -= 1
    for row in [row for row in marks if row[2] not in gone][::5][:left]:
        yield "mark.delete", {"mark": row[0]}


def kinds(landed):
    """Writes by method and path without the ids of works: those of what was created differ from run to run."""
    found = Counter()
    for (method, path, *_rest), times in landed.items():
        words = path.strip("/").split("/")
        if "works" in words[:-1]:
            words[words.index("works") + 1] = "*"
        found[method, "/".join(words)] += times
    return found


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    with vendor(pupils=30) as made:
        yield Story(made, tmp_path_factory.mktemp("story"))


def killed_and_resumed(story, folder, line, moment):
    story.lose()
    path = copied(story.pulled, folder)
    assert die_at(story.vendor, path, story.plan, line, moment, profile=None) == DIED
    with Mirror.open(path, write=True) as mirror:
        assert mirror.query("PRAGMA integrity_check") == [("ok",)]
        states = {state for state, _id, _detail in mirror.journal(story.digest).values()}
        assert states <= {"applied", "sending"}
    story.check(carry_out(story.vendor, path, story.plan), path)


@pytest.mark.parametrize(("line", "moment"), HANDFUL)
def test_a_killed_restoration_is_resumed_and_everything_lands_once(story, tmp_path, line, moment):
    killed_and_resumed(story, tmp_path, line, moment)


@pytest.mark.long
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_at_every_line_of_a_restoration_before_inside_and_after_it(story, tmp_path, line, moment):
    killed_and_resumed(story, tmp_path, line, moment)


@pytest.mark.long
def test_killed_again_and_again_a_restoration_still_lands_once(story, tmp_path):
    """Each process gets one operation further and dies when the vendor has done it and nobody has noted it."""
    story.lose()
    path = copied(story.pulled, tmp_path)
    lives = 0
    # A life that begins with a lost operation finds it and notes it: its second write is the next one.
    while (
        die_at(story.vendor, path, story.plan, 2 if lives == 0 else 3, "before", profile=None)
        == DIED
    ):
        lives += 1
        assert lives < 3 * OPERATIONS
    assert lives > OPERATIONS // 2
    story.check(carry_out(story.vendor, path, story.plan), path)
