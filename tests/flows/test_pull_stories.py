"""What a school lives through, night by night."""

import json
import re
from datetime import date, timedelta

import pytest

from connector.errors import PullIncomplete, RunLocked, SettingsError, SignInNeeded, TransportFailed
from connector.mirror.store import Mirror
from connector.records import TABLES
from tests.flows.stories import EVENING, a_night_later, content, rows, school


def test_a_first_pull_brings_what_the_school_has(calm_school, path):
    result = calm_school.pull(path)
    assert result.error is None
    truth = calm_school.sandbox.truth()
    with Mirror.open(path) as mirror:
        counts = mirror.counts()
    expected = truth["tables"]
    compared = {
        name: counts[name]
        for name in expected
        if name in counts and name not in ("lessons", "lesson_teachers", "works", "tasks")
    }
    assert compared == {name: expected[name] for name in compared}
    until_today = rows(path, "SELECT count(*) FROM lessons WHERE date <= '2026-11-24'")[0][0]
    assert until_today == expected["lessons"]


def test_a_second_full_pull_writes_no_row_of_data(calm_school, path):
    calm_school.pull(path, full=True)
    before = content(path)
    result = calm_school.pull(path, at=a_night_later(), full=True)
    assert {name: tally.written() for name, tally in result.rows.items() if tally.written()} == {}
    assert content(path) == before
    assert rows(path, "SELECT count(*) FROM changes") == [(0,)]
    assert result.windows.skipped + result.windows.done == result.windows.planned
    # A group that proved small is asked in fewer, larger windows; all others bring bodies that are known.
    assert result.windows.skipped > result.windows.done


def test_a_third_full_pull_parses_nothing(calm_school, path):
    for _ in range(3):
        result = calm_school.pull(path, full=True)
    assert (result.windows.done, result.windows.skipped) == (0, result.windows.planned)


def test_a_night_costs_at_most_two_requests_a_group_and_the_attendance(calm_school, path):
    calm_school.pull(path)
    calm_school.forget_calls()
    calm_school.pull(path, at=a_night_later())
    per_group = {}
    for call in calm_school.calls():
        parts = call["path"].split("/")
        if "edu-groups" in parts and parts[-1] not in ("edu-groups", "students"):
            per_group[parts[parts.index("edu-groups") + 1]] = (
                per_group.get(parts[parts.index("edu-groups") + 1], 0) + 1
            )
    assert per_group
    assert max(per_group.values()) <= 2


def some_mark(path):
    return rows(
        path,
        "SELECT m.id, m.value, m.lesson_id, m.person_id FROM marks m JOIN lessons l ON l.id = m.lesson_id"
        " WHERE l.date BETWEEN '2026-11-16' AND '2026-11-20' AND m.withdrawn_run IS NULL ORDER BY m.id LIMIT 1",
    )[0]


@pytest.mark.parametrize("marks_by", ["lesson", "entry"])
def test_a_changed_and_a_deleted_mark_are_history_under_both_readings(path, marks_by):
    with school(marks_by=marks_by) as made:
        made.pull(path)
        mark, value, _lesson, _person = some_mark(path)
        other = "3" if value != "3" else "4"
        made.edit("mark.change", mark=str(mark), value=other)
        made.pull(path, at=a_night_later())
        assert rows(path, "SELECT value FROM marks WHERE id = ?", (mark,)) == [(other,)]
        op, before, after = rows(
            path,
            "SELECT op, before, after FROM changes WHERE resource = 'marks' AND key = ?",
            (f"[{mark}]",),
        )[0]
        assert (op, json.loads(before)["value"], json.loads(after)["value"]) == (
            "update",
            value,
            other,
        )

        made.edit("mark.delete", mark=str(mark))
        result = made.pull(path, at=a_night_later(2))
        assert result.rows["marks"].withdrawn == 1
        assert rows(path, "SELECT id FROM marks WHERE withdrawn_run IS NOT NULL") == [(mark,)]
        assert rows(
            path, "SELECT op FROM changes WHERE resource = 'marks' ORDER BY id DESC LIMIT 1"
        ) == [("withdraw",)]


@pytest.mark.parametrize("marks_by", ["lesson", "entry"])
def test_a_late_mark_deleted_is_found_by_a_full_pull_under_both_readings(path, marks_by):
    """Its lesson and its entry lie in different months: no single window can tell."""
    with school(marks_by=marks_by) as made:
        made.pull(path)
        late = rows(
            path,
            "SELECT m.id FROM marks m JOIN lessons l ON l.id = m.lesson_id"
            " WHERE substr(m.given_at, 1, 7) > substr(l.date, 1, 7) ORDER BY m.id LIMIT 1",
        )
        assert late, "the emulator plants late marks"
        made.edit("mark.delete", mark=str(late[0][0]))
        result = made.pull(path, at=a_night_later(), full=True)
        assert rows(path, "SELECT id FROM marks WHERE withdrawn_run IS NOT NULL") == late
        assert result.rows["marks"].withdrawn == 1


@pytest.mark.parametrize("marks_by", ["lesson", "entry"])
def test_a_pull_of_one_month_withdraws_nothing_that_it_cannot_judge(path, marks_by):
    with school(marks_by=marks_by) as made:
        made.pull(path)
        result = made.pull(
            path, at=a_night_later(), start=date(2026, 10, 1), end=date(2026, 10, 31)
        )
        assert result.rows["marks"].withdrawn == 0
        assert result.suspect == []


def test_a_teacher_who_fills_a_topic_is_seen(own_school, path):
    own_school.pull(path)
    lesson = rows(
        path,
        "SELECT id FROM lessons WHERE ifnull(title, '') = '' AND date BETWEEN '2026-11-10' AND '2026-11-20' LIMIT 1",
    )[0][0]
    own_school.edit("topic.fill", lesson=str(lesson), title="Повторение")
    own_school.pull(path, at=a_night_later())
    assert rows(path, "SELECT title FROM lessons WHERE id = ?", (lesson,)) == [("Повторение",)]


def test_a_deleted_lesson_takes_its_works_along(own_school, path):
    own_school.pull(path)
    lesson = rows(
        path,
        "SELECT lesson_id FROM works JOIN lessons l ON l.id = lesson_id WHERE date BETWEEN '2026-11-16' AND '2026-11-20' LIMIT 1",
    )[0][0]
    own_school.edit("lesson.delete", lesson=str(lesson))
    own_school.pull(path, at=a_night_later())
    assert rows(
        path, "SELECT count(*) FROM lessons WHERE id = ? AND withdrawn_run IS NULL", (lesson,)
    ) == [(0,)]
    assert rows(
        path, "SELECT count(*) FROM works WHERE lesson_id = ? AND withdrawn_run IS NULL", (lesson,)
    ) == [(0,)]
    assert rows(path, "SELECT count(*) FROM works WHERE lesson_id = ?", (lesson,))[0][0] > 0


def test_a_corrected_absence_is_withdrawn(own_school, path):
    own_school.pull(path)
    lesson, person = rows(
        path,
        "SELECT lesson_id, person_id FROM lesson_log_entries JOIN lessons l ON l.id = lesson_id WHERE date BETWEEN '2026-11-10' AND '2026-11-20' LIMIT 1",
    )[0]
    own_school.edit("attendance.delete", lesson=str(lesson), person=str(person))
    own_school.pull(path, at=a_night_later())
    gone = rows(
        path, "SELECT lesson_id, person_id FROM lesson_log_entries WHERE withdrawn_run IS NOT NULL"
    )
    assert gone == [(lesson, person)]


EMPTY_MARKS = """
[[rule]]
match = { method = "GET", path = "/edu-groups/*/marks/*" }
when = { every = 1 }
action = "empty_list"
"""


def test_marks_that_vanish_all_at_once_are_held_and_stay(own_school, path):
    own_school.pull(path)
    live = rows(path, "SELECT count(*) FROM marks WHERE withdrawn_run IS NULL")
    with own_school.faults(EMPTY_MARKS):
        result = own_school.pull(path, at=a_night_later())
    assert result.error is None
    assert result.suspect
    assert rows(path, "SELECT count(*) FROM marks WHERE withdrawn_run IS NULL") == live
    assert rows(path, "SELECT count(*) FROM holds")[0][0] > 0


def test_held_marks_that_come_back_are_no_longer_held(own_school, path):
    own_school.pull(path)
    with own_school.faults(EMPTY_MARKS):
        own_school.pull(path, at=a_night_later())
    result = own_school.pull(path, at=a_night_later(2))
    assert result.suspect == []
    assert rows(path, "SELECT count(*) FROM holds") == [(0,)]


def test_held_marks_are_withdrawn_when_the_operator_says_so(own_school, path):
    own_school.pull(path)
    with own_school.faults(EMPTY_MARKS):
        held = own_school.pull(path, at=a_night_later())
        result = own_school.pull(path, at=a_night_later(), accept_withdrawals=True)
    assert result.rows["marks"].withdrawn == sum(item["rows"] for item in held.suspect) > 0
    assert rows(path, "SELECT count(*) FROM holds") == [(0,)]


def test_held_marks_are_withdrawn_after_three_runs_over_two_days(own_school, path):
    own_school.pull(path)
    with own_school.faults(EMPTY_MARKS):
        nights = [
            own_school.pull(path, at=a_night_later(1) + timedelta(hours=hours))
            for hours in (0, 1, 2, 24, 48)
        ]
    assert [night.rows["marks"].withdrawn > 0 for night in nights] == [
        False,
        False,
        False,
        False,
        True,
    ]


def test_a_class_that_narrowed_rights_hide_is_left_as_it_was(own_school, path):
    own_school.pull(path)
    group = rows(path, "SELECT id FROM edu_groups WHERE type = 'Group' ORDER BY id LIMIT 1")[0][0]
    before = content(path)
    own_school.edit("rights.narrow", group=str(group))
    result = own_school.pull(path, at=a_night_later(), full=True)
    assert result.error is None
    assert result.warnings
    assert content(path) == before


@pytest.mark.parametrize(
    "settings",
    [
        {"edu_groups_refused": True},
        {"subgroups_listed": False},
        {"edu_groups_refused": True, "subgroups_listed": False},
    ],
)
def test_groups_are_found_by_walking_the_staff_where_no_list_shows_them(
    calm_school, path, tmp_path, settings
):
    calm_school.pull(path)
    other = tmp_path / "walked.db"
    with school(**settings) as made:
        assert made.pull(other).error is None
    for table in ("edu_groups", "lessons", "marks", "lesson_log_entries"):
        assert len(content(other)[table]) == len(content(path)[table]), table


FAULTS = {
    "throttled with seconds": 'when = { nth = [5, 40, 90, 150] }\naction = "throttle"\nstatus = 429\nretry_after = 1',
    "throttled with 433": 'when = { nth = [5, 40, 90, 150] }\naction = "throttle"\nstatus = 433',
    "throttled with a date": 'when = { nth = [5, 40, 90, 150] }\naction = "throttle"\nstatus = 429\nretry_after = "date"',
    "server errors": 'when = { nth = [5, 40, 90, 91, 150] }\naction = "status"\nstatus = 500',
    "bad gateways": 'when = { nth = [5, 40, 90, 91, 150] }\naction = "status"\nstatus = 504',
    "maintenance under 502": 'when = { nth = [5, 40, 90, 91, 150] }\naction = "maintenance"\nstatus = 502',
    "maintenance under 200": 'when = { nth = [5, 40, 90, 91, 150] }\naction = "maintenance"\nstatus = 200',
    "bodies cut in the middle": 'when = { nth = [5, 40, 90, 91, 150] }\naction = "truncate"',
    "dropped before": 'when = { nth = [5, 40, 90, 91, 150] }\naction = "drop"\nbefore = true',
    "dropped after": 'when = { nth = [5, 40, 90, 91, 150] }\naction = "drop"\nbefore = false',
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pull_gets_through_and_brings_the_same(calm_school, path, tmp_path, fault):
    calm_school.pull(path)
    other = tmp_path / "hard.db"
    with calm_school.faults("[[rule]]\n" + FAULTS[fault]):
        result = calm_school.pull(other, attempts=6)
    assert result.error is None
    assert result.requests["retried"] > 0
    assert content(other) == content(path)


def test_a_hanging_call_is_given_up_and_repeated(calm_school, path):
    with calm_school.faults(
        '[[rule]]\nmatch = { path = "/edu-groups/*/marks/*" }\nwhen = { nth = 2 }\naction = "hang"\nseconds = 2'
    ):
        result = calm_school.pull(path, read_s=0.5)
    assert result.error is None
    assert result.requests["retried"] == 1


def test_an_expired_token_keeps_what_came_and_the_next_run_goes_on(path, tmp_path, calm_school):
    calm_school.pull(tmp_path / "straight.db")
    with school() as made:
        with made.faults(
            '[[rule]]\nmatch = { path = "/edu-groups/*/marks/*" }\nwhen = { nth = 9 }\naction = "expire_token"'
        ):
            result = made.pull(path, full=True)
        assert isinstance(result.error, SignInNeeded)
        assert result.error.exit_code == 8
        assert result.windows.done > 0
        kept = rows(path, "SELECT count(*) FROM lessons")[0][0]
        assert kept > 0
        made.forget_calls()
    # The same school with a token that is good again: no window that was read is asked for twice.
    with school() as made:
        again = made.pull(path, full=True)
        assert again.error is None
        assert again.windows.skipped > 0
        # What a mark's absence means may be asked by lesson (`lessons/many/marks`); a window of lessons may not.
        assert not [
            call for call in made.calls() if re.search(r"/edu-groups/\d+/lessons/", call["path"])
        ]
    assert content(path) == content(tmp_path / "straight.db")


def test_a_vendor_that_is_down_ends_the_run_with_what_to_do(path, calm_school):
    info = {**calm_school.info, "base_url": "http://127.0.0.1:9/v2"}
    dead = type(calm_school)(type("Gone", (), {"info": info})())
    with pytest.raises(TransportFailed) as down:
        dead.pull(path)
    assert down.value.exit_code == 3


def test_windows_that_fail_for_good_are_counted_and_the_rest_is_kept(own_school, path):
    group = None
    own_school.pull(path, only=("people",))
    group = rows(path, "SELECT id FROM edu_groups WHERE type = 'Group' ORDER BY id LIMIT 1")[0][0]
    with own_school.faults(
        f'[[rule]]\nmatch = {{ path = "/edu-groups/{group}/lessons/*" }}\nwhen = {{ every = 1 }}\naction = "status"\nstatus = 500'
    ):
        result = own_school.pull(path, attempts=2)
    assert isinstance(result.error, PullIncomplete)
    assert result.error.exit_code == 3
    assert result.windows.failed > 0
    assert rows(path, "SELECT count(*) FROM lessons WHERE edu_group_id <> ?", (group,))[0][0] > 0
    assert own_school.pull(path, at=EVENING + timedelta(minutes=5)).error is None
    assert rows(path, "SELECT count(*) FROM lessons WHERE edu_group_id = ?", (group,))[0][0] > 0


def test_members_nobody_knows_are_kept_and_reported(calm_school, path):
    with calm_school.faults(
        '[[rule]]\nmatch = { path = "/edu-groups/*/marks/*" }\nwhen = { every = 1 }\naction = "extra_member"\nname = "colour"'
    ):
        result = calm_school.pull(path)
    assert ("marks", "colour", "unknown_member") in {
        (d.resource, d.member, d.kind) for d in result.drift
    }
    assert "colour" in json.loads(
        rows(path, "SELECT extra FROM marks WHERE extra IS NOT NULL LIMIT 1")[0][0]
    )
    assert rows(path, "SELECT count(*) FROM marks WHERE extra IS NULL") == [(0,)]


def test_a_member_of_a_wrong_type_costs_that_member_and_not_the_pull(calm_school, path):
    with calm_school.faults(
        '[[rule]]\nmatch = { path = "/edu-groups/*/marks/*" }\nwhen = { every = 1 }\naction = "wrong_type"\nmember = "mood"'
    ):
        result = calm_school.pull(path)
    assert result.error is None
    assert ("marks", "mood", "wrong_type") in {(d.resource, d.member, d.kind) for d in result.drift}
    assert rows(path, "SELECT count(*) FROM marks")[0][0] > 0


def test_rows_without_identity_prove_no_absence(own_school, path):
    """An answer with a row that cannot be read may hold the very row that seems to be missing."""
    own_school.pull(path)
    live = rows(path, "SELECT count(*) FROM marks WHERE withdrawn_run IS NULL")
    with own_school.faults(
        '[[rule]]\nmatch = { path = "/edu-groups/*/marks/*" }\nwhen = { every = 1 }\naction = "wrong_type"\nmember = "id_str"'
    ):
        own_school.pull(path, at=a_night_later())
    assert rows(path, "SELECT count(*) FROM marks WHERE withdrawn_run IS NULL") == live


def test_two_pulls_at_once_are_one_too_many(calm_school, path):
    with Mirror.open(path, write=True), pytest.raises(RunLocked) as locked:
        calm_school.pull(path)
    assert locked.value.exit_code == 9


def test_one_class_is_pulled_with_its_subgroups_and_nothing_else(calm_school, path):
    calm_school.pull(path, only=("people",))
    name, group = rows(
        path,
        "SELECT g.name, g.id FROM edu_groups g JOIN edu_group_parents p ON p.parent_id = g.id LIMIT 1",
    )[0]
    calm_school.pull(path, classes=(name.lower(),))
    family = {
        row[0]
        for row in rows(
            path, "SELECT edu_group_id FROM edu_group_parents WHERE parent_id = ?", (group,)
        )
    } | {group}
    assert {row[0] for row in rows(path, "SELECT DISTINCT edu_group_id FROM lessons")} <= family


def test_attendance_counts_as_read_only_up_to_the_day_of_reading(calm_school, path):
    calm_school.pull(path)
    assert rows(
        path, "SELECT max(covered_to) FROM coverage WHERE resource = 'lesson_log_entries'"
    ) == [("2026-11-24",)]
    calm_school.forget_calls()
    calm_school.pull(path, at=EVENING + timedelta(hours=1))
    asked = [call for call in calm_school.calls() if "log-entries" in call["path"]]
    first = [call for call in asked if len(call["query"]["lessons"]) > 60]
    assert len(first) < 10, "only recent days are asked for again"


def test_days_of_a_past_study_year_can_be_named(path):
    with school(today=date(2026, 5, 20)) as made:
        made.pull(path, start=date(2026, 5, 4), end=date(2026, 5, 20))
    assert (
        rows(path, "SELECT count(*) FROM lessons WHERE date BETWEEN '2026-05-04' AND '2026-05-20'")[
            0
        ][0]
        > 0
    )


def test_a_class_nobody_knows_is_refused_with_the_classes_there_are(calm_school, path):
    with pytest.raises(SettingsError) as refused:
        calm_school.pull(path, classes=("99Ъ",))
    assert refused.value.exit_code == 2
    assert "5А" in refused.value.sentence()


def test_every_mirrored_table_of_a_school_holds_something(calm_school, path):
    calm_school.pull(path)
    with Mirror.open(path) as mirror:
        empty = {name for name, count in mirror.counts().items() if not count}
    assert empty <= {"edu_group_subjects"}
    assert set(TABLES) - empty
