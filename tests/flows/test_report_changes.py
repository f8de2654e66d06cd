"""Marks changed on the emulator, pulled over a real socket, found by the report and by the history."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from connector.mirror import chain
from connector.mirror.biography import biographies
from connector.mirror.store import Mirror
from connector.reports.changes import build
from connector.reports.report import Filters, Request
from mappings.rulebooks import read_rulebook
from tests.flows.stories import TODAY, a_night_later, school


def report_of(path, **asked):
    with Mirror.open(path) as mirror:
        request = Request(
            as_of=TODAY + timedelta(days=2),
            now=a_night_later(2),
            zone=ZoneInfo("Europe/Moscow"),
            **asked,
        )
        return build(mirror.query, read_rulebook(), request)


def old_marks(path, count):
    """Marks of one teacher at lessons of September: long past every deadline and past the first quarter."""
    with Mirror.open(path) as mirror:
        return mirror.query(
            "SELECT m.id, m.value, m.lesson_id FROM marks m JOIN lessons l ON l.id = m.lesson_id"
            " WHERE l.date < '2026-09-20' AND m.value IN ('4', '5') AND m.withdrawn_run IS NULL"
            " AND m.lesson_id IN (SELECT lesson_id FROM lesson_teachers WHERE person_id ="
            "  (SELECT t.person_id FROM marks JOIN lesson_teachers t USING (lesson_id)"
            "    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1))"
            " ORDER BY m.id LIMIT ?",
            (count,),
        )


def test_planted_changes_are_found_and_nothing_else(path):
    with school() as made:
        made.pull(path)
        assert report_of(path).findings == ()
        lowered, raised, gone = old_marks(path, 3)
        made.edit("mark.change", mark=str(lowered[0]), value="2")
        made.edit("mark.change", mark=str(raised[0]), value="5+")
        made.edit("mark.delete", mark=str(gone[0]))
        made.pull(path, at=a_night_later(), full=True)
        report = report_of(path)
        by_rule = {
            rule: sorted(one.lesson_id for one in report.findings if one.rule == rule)
            for rule in report.rules
        }
        everyone = sorted(row[2] for row in (lowered, raised, gone))
        assert by_rule == {
            "LATECHANGE": everyone,
            "CLOSED": everyone,
            "BULK": [],
            "DOWN": [lowered[2]],
            "UP": [raised[2]],
        }
        with Mirror.open(path) as mirror:
            assert chain.verify(mirror.query).ok
            (one,) = biographies(mirror.query, "mark", gone[0], a_night_later(2))
            assert [event.op for event in one.events] == ["seen", "withdraw"]


def test_twenty_marks_of_one_teacher_changed_in_a_night_are_bulk_and_theirs(path):
    with school() as made:
        made.pull(path)
        marks = old_marks(path, 20)
        for mark, _value, _lesson in marks:
            made.edit("mark.change", mark=str(mark), value="3")
        made.pull(path, at=a_night_later(), full=True)
        bulk = [one for one in report_of(path).findings if one.rule == "BULK"]
        assert sorted(one.lesson_id for one in bulk) == sorted(row[2] for row in marks)
        assert len({one.teacher_ids for one in bulk}) == 1
        hidden = report_of(path, anonymous=True)
        assert {person for one in hidden.findings for person in one.person_ids} == set()


def test_a_reader_may_ask_for_one_class_only(path):
    with school() as made:
        made.pull(path)
        (mark, _value, lesson), *_ = old_marks(path, 1)
        made.edit("mark.change", mark=str(mark), value="2")
        made.pull(path, at=a_night_later(), full=True)
        with Mirror.open(path) as mirror:
            classes = mirror.query(
                "SELECT name, id = (SELECT edu_group_id FROM lessons WHERE id = ?) FROM edu_groups"
                " WHERE type = 'Group'",
                (lesson,),
            )
        counts = {
            name: len(report_of(path, filters=Filters(classes=(name,))).findings)
            for name, _own in classes
        }
        assert all(bool(counts[name]) == bool(own) for name, own in classes)
