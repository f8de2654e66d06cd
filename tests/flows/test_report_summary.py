"""Two checks of the emulator's school with records entered in between: exactly those are fixed, and a page holds it all."""

from dataclasses import replace
from fractions import Fraction

import pytest

from connector.reports.catalogue import SPRAVKA, SUMMARY
from connector.reports.checks import DROPPED, FIXED, KNOWN, NEW, STANDS
from connector.reports.render.page import html
from connector.reports.render.pdf import pdf
from tests.flows.figuring import finals_of, report, table
from tests.flows.stories import TODAY, a_night_later, school
from tests.unit.programs import pdf_pages
from tests.unit.sample_reports import english

TOMORROW = a_night_later().date()


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """A check, entries over the control door, a pull, a check on the next day."""
    path = tmp_path_factory.mktemp("checks") / "mirror.db"
    with school(pupils=150, classes=8) as made:
        assert made.pull(path).error is None
        first = report(path, SPRAVKA.name)
        topics = [one for one in first.findings if one.rule == "TOPIC"]
        homework = [one for one in first.findings if one.rule == "HW"]
        entered = [*topics[::2], *homework[:3]]
        for one in topics[::2]:
            made.edit("topic.fill", lesson=str(one.lesson_id), title="Повторение")
        for one in homework[:3]:
            made.edit("homework.add", lesson=str(one.lesson_id), text="Читать")
        cancelled = topics[1]
        made.edit("lesson.cancel", lesson=str(cancelled.lesson_id))
        assert made.pull(path, at=a_night_later(), full=True).error is None
        second = report(path, SPRAVKA.name, as_of=TODAY, previous=replace(first.check, as_of=TODAY))
        yield made, path, first, second, entered, cancelled


def past(second, state):
    return {
        (one.finding.rule, one.finding.lesson_id)
        for one in second.comparison.past
        if one.state == state
    }


def test_exactly_what_was_entered_is_fixed(twice):
    _school, _path, _first, second, entered, _cancelled = twice
    assert len(entered) > 4
    assert past(second, FIXED) == {(one.rule, one.lesson_id) for one in entered}


def test_a_cancelled_lesson_is_not_called_fixed(twice):
    _school, _path, _first, second, _entered, cancelled = twice
    assert ("TOPIC", cancelled.lesson_id) in past(second, DROPPED)


def test_what_nobody_touched_stands_and_nothing_is_new(twice):
    _school, _path, first, second, _entered, _cancelled = twice
    counts = second.comparison.counts()
    assert counts[NEW] == 0
    assert counts[STANDS] + counts[KNOWN] == len(second.findings)
    assert sum(counts[state] for state in (STANDS, KNOWN, FIXED, DROPPED)) == len(first.findings)


def test_the_table_by_rule_tells_the_same(twice):
    _school, _path, first, second, *_rest = twice
    rows, _total = table(second, "rules")
    counts = second.comparison.counts()
    assert sum(row["before"] for row in rows) == len(first.findings)
    assert sum(row["findings"] for row in rows) == len(second.findings)
    assert sum(row["fixed"] for row in rows) == counts[FIXED]
    for row in rows:
        known = row["other"] if row["rule"] == "LATE" else 0
        assert row["before"] == row["fixed"] + row["stands"] + row["other"]
        assert row["findings"] == row["stands"] + row["new"] + known


@pytest.fixture(scope="module")
def summary(twice):
    _school, path, first, *_rest = twice
    then = replace(first.check, report=SUMMARY.name, as_of=TODAY)
    return report(path, SUMMARY.name, as_of=TOMORROW, previous=then, trend=(then,))


def test_the_summary_has_no_list_of_findings_and_a_trend_of_both_checks(summary):
    rows, _total = table(summary, "trend")
    assert [row["as_of"] for row in rows] == [TODAY, TOMORROW]
    assert not summary.lists_findings


def test_the_figures_of_the_school_are_those_of_the_emulator(tmp_path):
    with school(pupils=150, classes=8) as made:
        assert made.pull(tmp_path / "m.db").error is None
        rows, _total = table(report(tmp_path / "m.db", SUMMARY.name), "figures")
        values = [mark.value for mark in finals_of(made.sandbox.desk)]
        good = sum(value in {"5", "4"} for value in values)
        assert rows[0]["marks"] == len(values)
        assert rows[0]["quality"] == Fraction(100 * good, len(values))


def test_the_attendance_of_the_summary_is_that_of_its_own_report(twice):
    _school, path, *_rest = twice
    figures, _none = table(report(path, SUMMARY.name), "figures")
    _rows, whole = table(report(path, "attendance"), "classes")
    assert figures[0]["attendance"] == 100 - whole["share"]


def test_the_top_lists_hold_only_whom_something_was_found(summary):
    for key in ("classes", "teachers"):
        rows, _total = table(summary, key)
        assert 0 < len(rows) <= 8
        assert all(row["findings"] > 0 for row in rows)


def test_the_summary_is_one_page_of_paper(summary, tmp_path):
    (tmp_path / "summary.pdf").write_bytes(pdf(summary, english, lang="ru"))
    assert pdf_pages(tmp_path / "summary.pdf") == [(595, 842)]


def test_the_page_for_a_browser_has_neither_findings_nor_what_they_rest_on(summary):
    page = html(summary, english, lang="ru").decode()
    assert 'class="single"' in page
    assert "<details" not in page


def test_no_pupil_stands_in_memo_or_summary(twice, summary):
    made, _path, _first, second, *_rest = twice
    # Teachers have namesakes among the pupils.
    teachers = " ".join(second.names.teachers.values())
    names = {
        name
        for group in made.sandbox.desk.school.groups
        for _place, person in group.now(made.sandbox.desk.today)
        if (name := f"{person.last_name} {person.first_name}") not in teachers
    }
    assert len(names) > 100
    for one in (second, summary):
        page = html(one, english, lang="ru").decode()
        assert [name for name in names if name in page] == []
