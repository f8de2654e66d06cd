"""Killed at any line of the journal, an apply is taken up by the next one, and each operation lands exactly once.

An operation has two lines: one before it is sent, one when its fate is known. A process can end before a line is
written, inside its transaction, and when it is on disk; between the two lines the vendor may have done its work or not.
"""

import random
from collections import Counter

import pytest

from connector.mirror.store import Mirror
from connector.sync.plan import to_document
from tests.flows.writing import (
    DIED,
    big_plan,
    carry_out,
    copied,
    die_at,
    small_plan,
    vendor,
)

BIG = 200
MOMENTS = ("before", "inside", "after")
SMALL_LINES = 36
HANDFUL = random.Random(2026).sample([(n, m) for n in range(2, SMALL_LINES) for m in MOMENTS], 4)


class Story:
    """A vendor, a mirror pulled from it, a plan, and what an undisturbed apply of it leaves."""

    def __init__(self, made, folder, plan_maker):
        self.vendor = made
        self.pulled = folder / "pulled.db"
        made.pull(self.pulled, only=("people",))
        self.plan = plan_maker(self.pulled)
        self.digest = to_document(self.plan)["digest"]
        before = made.rows()
        path = copied(self.pulled, folder, "straight.db")
        assert carry_out(made, path, self.plan).converged
        self.expected = made.rows()
        assert self.expected != before
        self.landed = made.landed()
        made.reset()

    def check(self, result):
        assert (result.converged, result.remaining, result.error) == (True, [], None)
        assert result.count("applied") == len(self.plan.operations)
        assert self.vendor.rows() == self.expected
        writes = _kinds(self.vendor.landed())
        # An archive that nobody can see is asked for again; a second time it changes nothing.
        again = {k: n for k, n in (writes - _kinds(self.landed)).items() if k != "DELETE persons"}
        assert again == {}
        assert max(n for (method, *_), n in self.vendor.landed().items() if method == "POST") == 1


def _kinds(landed):
    """Writes by method and path without ids: those of what was created differ from run to run."""
    kinds = Counter()
    for (method, path, *_rest), times in landed.items():
        words = [word for word in path.split("/") if word and not word.isdecimal()]
        kinds[" ".join((method, *words))] += times
    return kinds


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    with vendor() as made:
        yield Story(made, tmp_path_factory.mktemp("small"), small_plan)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    with vendor(pupils=150) as made:
        yield Story(made, tmp_path_factory.mktemp("big"), big_plan)


def killed_and_resumed(story, folder, line, moment):
    story.vendor.reset()
    path = copied(story.pulled, folder)
    assert die_at(story.vendor, path, story.plan, line, moment) == DIED
    with Mirror.open(path, write=True) as mirror:
        assert mirror.query("PRAGMA integrity_check") == [("ok",)]
        states = {state for state, _id, _detail in mirror.journal(story.digest).values()}
        assert states <= {"applied", "sending"}
    story.check(carry_out(story.vendor, path, story.plan))


@pytest.mark.parametrize(("line", "moment"), HANDFUL)
def test_a_killed_apply_is_resumed_and_everything_lands_once(small, tmp_path, line, moment):
    killed_and_resumed(small, tmp_path, line, moment)


@pytest.mark.long
def test_killed_again_and_again_it_still_lands_once(small, tmp_path):
    """Each process gets one operation further and dies when the vendor has done it and nobody has noted it."""
    small.vendor.reset()
    path = copied(small.pulled, tmp_path)
    lives = 0
    # A life that begins with a lost operation finds it and notes it: its second write is the next one.
    while die_at(small.vendor, path, small.plan, 2 if lives == 0 else 3, "before") == DIED:
        lives += 1
        assert lives < 3 * len(small.plan.operations)
    assert lives > len(small.plan.operations) // 2
    small.check(carry_out(small.vendor, path, small.plan))


def test_a_resumed_apply_that_has_nothing_left_to_send_sends_nothing(small, tmp_path):
    small.vendor.reset()
    path = copied(small.pulled, tmp_path)
    carry_out(small.vendor, path, small.plan)
    before = len(small.vendor.writes())
    again = carry_out(small.vendor, path, small.plan)
    small.check(again)
    assert len(small.vendor.writes()) == before


@pytest.mark.long
@pytest.mark.parametrize("line", range(1, 2 * BIG + 1))
def test_at_every_line_of_a_plan_of_two_hundred_operations(big, tmp_path, line):
    """Odd lines say "sending", even ones "applied".

    After an odd one nothing was sent yet, before an even one the vendor has done it; what is left, before an odd line,
    is after the even one before it and differs in nothing.
    """
    killed_and_resumed(big, tmp_path, line, "after" if line % 2 else "before")
