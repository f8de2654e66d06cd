"""A rolling audit reads what nobody had a reason to read, finds what changed unnoticed, and bounds the rest."""

from datetime import timedelta

import pytest

from tests.flows.stories import EVENING, rows, school

LATER = EVENING + timedelta(hours=1)


@pytest.fixture(scope="module")
def living():
    with school() as found:
        yield found


def old_mark(mirror):
    """A mark of a lesson that no incremental pull reads again for weeks."""
    return rows(
        mirror,
        "SELECT m.id FROM marks m JOIN lessons l ON l.id = m.lesson_id WHERE l.date < '2026-09-20'"
        " AND m.withdrawn_run IS NULL ORDER BY m.id LIMIT 1",
    )[0][0]


def test_an_audit_of_a_mirror_that_agrees_finds_nothing_and_bounds_the_drift(living, tmp_path):
    mirror = tmp_path / "m.db"
    living.pull(mirror)
    found = living.pull(mirror, at=LATER, audit=True).document()["audit"]
    assert found["differing"] == 0
    assert found["windows"] > 10
    assert 0 < found["high"] < 0.3


def test_an_audit_finds_an_old_mark_that_changed_and_takes_it_in(living, tmp_path):
    mirror = tmp_path / "m.db"
    living.pull(mirror)
    mark = old_mark(mirror)
    living.edit("mark.change", mark=str(mark), value="2")
    usual = living.pull(mirror, at=LATER)
    assert usual.document()["audit"] is None
    nights = 0
    while rows(mirror, "SELECT value FROM marks WHERE id = ?", (mark,)) != [("2",)]:
        nights += 1
        assert nights < 8
        at = LATER + timedelta(days=nights)
        result = living.pull(mirror, at=at, audit=True)
    assert result.audit.differing >= 1
    assert rows(mirror, "SELECT count(*) FROM facts WHERE name = 'audit'") == [(1,)]
