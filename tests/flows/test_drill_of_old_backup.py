"""A drill compares with the live mirror also when later runs have changed it; where it cannot tell, it says so."""

import sqlite3

import pytest

from connector.commands.backup_proof import Missing
from connector.flows.backup_drill import drill
from connector.mirror.backup import Keys
from connector.mirror.store import Mirror
from connector.settings import Settings
from tests.flows.backing import backed_up
from tests.flows.stories import a_night_later, school

LATER = a_night_later(9)


@pytest.fixture
def shelf(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def report_check(archive, mirror):
    drilled = drill(archive, mirror, Keys(), None, Missing(Settings()), lambda: LATER)
    return drilled.verdict.checks[-1]


def compared_with(check):
    return check.detail.rpartition(": ")[2]


def change_topics(made, path, op):
    with Mirror.open(path) as mirror:
        lessons = mirror.query("SELECT id FROM lessons WHERE date < '2026-11-01' ORDER BY id")
    for (lesson,) in lessons[:10]:
        made.edit(op, lesson=str(lesson), title="Повторение")


def test_the_mirror_is_turned_back_to_the_backup(own_school, path, shelf):
    own_school.pull(path)
    archive = backed_up(path, shelf, at=a_night_later())
    change_topics(own_school, path, "topic.clear")
    own_school.pull(path, at=a_night_later(2), full=True)
    check = report_check(archive, path)
    assert (check.ok, compared_with(check)) == (True, "mirror")
    assert int(check.detail.partition(";")[0]) > 0


def test_a_mirror_that_was_changed_behind_its_history_fails_the_drill(own_school, path, shelf):
    own_school.pull(path)
    archive = backed_up(path, shelf, at=a_night_later())
    own_school.pull(path, at=a_night_later(2), full=True)
    with sqlite3.connect(path) as behind:
        behind.execute("UPDATE lessons SET title = NULL WHERE date < '2026-11-01'")
    behind.close()
    check = report_check(archive, path)
    assert (check.ok, compared_with(check)) == (False, "mirror")


def test_a_backup_made_beside_a_pull_is_not_compared_with_what_the_pull_went_on_to_bring(
    own_school, path, shelf
):
    own_school.pull(path)
    archives = []

    def back_up_once(progress):
        if progress.resource == "marks" and progress.ended and not archives:
            archives.append(backed_up(path, shelf, at=a_night_later()))

    change_topics(own_school, path, "topic.clear")
    own_school.pull(path, at=a_night_later(), full=True, progress=back_up_once)
    check = report_check(archives[0], path)
    assert (check.ok, compared_with(check)) == (
        True,
        "nothing, the mirror no longer tells of that moment",
    )


def test_another_mirror_with_a_run_of_the_same_number_is_not_compared(own_school, path, shelf):
    own_school.pull(path)
    archive = backed_up(path, shelf, at=a_night_later())
    path.unlink()
    with school(seed=2) as other:
        other.pull(path, at=a_night_later(2))
    check = report_check(archive, path)
    assert (check.ok, compared_with(check)[:7]) == (True, "nothing")
