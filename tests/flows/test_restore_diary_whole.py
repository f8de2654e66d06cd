"""A school that lost a twentieth of its journal, restored to the very end: what calls write, and the sheet for the rest."""

import io
import random
import shutil
from collections import Counter
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from mappings.worksheets import worksheet
from tests.flows.losing import (
    START,
    carry_out,
    diary,
    edit,
    journal,
    lose,
    planned,
    rows,
)
from tests.flows.writing import TODAY, vendor

pytestmark = pytest.mark.long

SHARE = 0.05
TOPICS = "SELECT id, title FROM lessons WHERE withdrawn_run IS NULL AND title <> '' ORDER BY id"
LESSONS = "SELECT id, edu_group_id, subject_id, substr(date, 1, 10), number, coalesce(title, '') FROM lessons"
PLACED_MARKS = "SELECT id, person_id, work_id, lesson_id, value FROM marks WHERE lesson_id IS NOT NULL ORDER BY id"
PLACED_ENTRIES = (
    "SELECT lesson_id, person_id, status, coalesce(comment, '') FROM lesson_log_entries"
)
PLACED_WORKS = "SELECT lesson_id, coalesce(text, type) FROM works WHERE lesson_id IS NOT NULL"


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """From backup to loss, plan, apply, and a second plan; the losses no call repairs are topics and whole lessons."""
    folder = tmp_path_factory.mktemp("whole")
    backup, path = folder / "backup.db", folder / "mirror.db"
    with vendor(pupils=150) as made:
        made.pull(backup, start=START, end=TODAY)
        shutil.copyfile(backup, path)
        draw = random.Random(11)
        lose(made, backup, SHARE)
        topics = draw.sample(rows(backup, TOPICS), 60)
        for lesson, _title in topics:
            edit(made, "topic.clear", lesson=lesson)
        lessons = {lesson for lesson, _title in draw.sample(rows(backup, TOPICS), 25)}
        for lesson in lessons:
            edit(made, "lesson.delete", lesson=lesson)
        lost = diary(made, path)
        first = planned(made, backup, path)
        result = carry_out(made, path, first.plan)
        yield SimpleNamespace(
            backup=backup,
            topics={lesson for lesson, _title in topics},
            lessons=lessons,
            lost=lost,
            first=first,
            result=result,
            diary=diary(made, path),
            again=planned(made, backup, path),
        )


def the_rest(story):
    """What must stand in the sheet, worked out from the backup and from what was deleted."""
    places = {row[0]: row[1:5] for row in rows(story.backup, LESSONS)}
    titles = {row[0]: row[5] for row in rows(story.backup, LESSONS)}
    there = story.lessons
    expected = Counter()
    for lesson in there:
        expected["lesson", places[lesson], None, titles[lesson]] += 1
    for lesson in story.topics - there:
        expected["topic", places[lesson], None, titles[lesson]] += 1
    for _mark, person, _work, lesson, value in rows(story.backup, PLACED_MARKS):
        expected["mark", places[lesson], person, value] += lesson in there
    for lesson, person, status, comment in rows(story.backup, PLACED_ENTRIES):
        told = f"{status} ({comment})" if comment else status
        expected["attendance", places[lesson], person, told] += lesson in there
    for lesson, told in rows(story.backup, PLACED_WORKS):
        expected["work", places[lesson], None, told] += lesson in there
    return +expected


def on(lessons, of_lesson, found):
    return [row for row in found if of_lesson(row) not in lessons]


def test_a_twentieth_of_the_journal_was_lost(story):
    before = journal(story.backup)
    for table in ("marks", "entries", "works"):
        assert len(story.lost[table]) < (1 - SHARE) * len(before[table])
    assert len(story.first.plan.operations) > 1500


def test_every_operation_lands(story):
    assert (story.result.converged, story.result.remaining, story.result.error) == (True, [], None)
    assert story.result.count("applied") == len(story.first.plan.operations)


def test_the_diary_equals_the_backup_in_all_that_can_be_written(story):
    before = journal(story.backup)
    wanted = {
        "marks": on(story.lessons, lambda row: row[1], before["marks"]),
        "entries": on(story.lessons, lambda row: row[0], before["entries"]),
        "works": on(story.lessons, lambda row: row[0], before["works"]),
    }
    assert story.diary == wanted


def test_the_sheet_lists_exactly_the_rest(story):
    lines = Counter(
        (
            one.what,
            (one.edu_group_id, one.subject_id, one.date[:10], one.number),
            one.person_id,
            one.value,
        )
        for one in story.first.by_hand
    )
    assert lines == the_rest(story)
    content = worksheet(story.first.by_hand, story.first.names, str)
    book = load_workbook(io.BytesIO(content), read_only=True)
    assert len(list(book["To enter by hand"].iter_rows())) == 1 + lines.total()


def test_a_second_plan_has_nothing_to_write_and_the_same_sheet(story):
    assert story.again.plan.operations == []
    assert Counter(story.again.by_hand) == Counter(story.first.by_hand)
