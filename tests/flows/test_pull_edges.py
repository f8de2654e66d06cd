"""What a vendor refuses, hides, cuts or contradicts, and what a pull makes of it."""

import itertools
import re
import signal
import sqlite3
from datetime import UTC, date, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from connector.errors import (
    AccessDenied,
    DiskFull,
    Interrupted,
    PullIncomplete,
    RateLimited,
    UsageProblem,
)
from connector.flows.sweep import FAILURES_IN_A_ROW
from connector.mirror.store import Mirror
from tests.flows.stories import a_night_later, content, rows, school

# A first parallel and a divided class: refusals need no more.
TINY = {"pupils": 50, "classes": 2}


@pytest.fixture(scope="module")
def calm_school():
    """A school that no test edits."""
    with school(**TINY) as made:
        yield made


@pytest.fixture(scope="module")
def straight(calm_school, tmp_path_factory):
    """What an undisturbed pull brings."""
    path = tmp_path_factory.mktemp("straight") / "mirror.db"
    calm_school.pull(path)
    return content(path)


def refusing(*paths, status=403, kind="ownerForbidden", nth=None):
    """A vendor that refuses some calls in its own words; `nth` counts those that match."""
    count = itertools.count(1)

    def bend(path, code, document):
        if any(re.fullmatch(pattern, path) for pattern in paths) and (
            nth is None or next(count) in nth
        ):
            return status, {"type": kind, "description": "no"}
        return code, document

    return bend


def too_big(path, status, nth):
    return refusing(path, status=status, kind="parameterInvalid", nth=nth)


LESSONS = r"/edu-groups/\d+/lessons/.*"
MARKS = r"/edu-groups/\d+/marks/.*"
TEACHES = r"/persons/\d+/schools/\d+/edu-groups/teacher"
STUDENTS = "/edu-groups/students"


def learned(path, name):
    with Mirror.open(path) as mirror:
        return mirror.fact(name)


# --- which school


def with_schools(*ids):
    def bend(path, status, document):
        if path == "/users/me/context":
            document["schools"] = [{"id": i, "name": f"№ {i % 100}"} for i in ids]
            document["schoolIds"] = list(ids)
        return status, document

    return bend


def test_a_token_without_a_school_is_told_to_come_from_staff(calm_school, path):
    with pytest.raises(UsageProblem, match="sees no school"):
        calm_school.pull(path, bend=with_schools())


def test_a_token_of_several_schools_must_name_one(calm_school, path):
    with pytest.raises(UsageProblem, match=r"1000000000007 № 7; 1000000000008 № 8"):
        calm_school.pull(path, bend=with_schools(1000000000007, 1000000000008))


def test_the_named_school_is_pulled_where_the_token_sees_several(calm_school, path, straight):
    bend = with_schools(1000000000007, 1000000000008)
    calm_school.pull(path, bend=bend, school_id=1000000000007, only=("people",))
    assert content(path)["edu_groups"] == straight["edu_groups"]


def test_a_school_that_the_token_does_not_see_is_refused_by_name(calm_school, path):
    with pytest.raises(UsageProblem, match=r"does not see school 5\. It sees: 1000000000007"):
        calm_school.pull(path, school_id=5)


def test_a_run_that_could_not_begin_is_recorded_as_failed(calm_school, path):
    with pytest.raises(UsageProblem):
        calm_school.pull(path, school_id=5)
    assert rows(path, "SELECT status FROM runs") == [("failed",)]


# --- the zone


def with_zones(account, profile):
    def bend(path, status, document):
        if path == "/users/many":
            for user in document:
                user["timezone"] = account
        if re.fullmatch(r"/schools/\d+", path):
            document["timeZone"] = profile
        return status, document

    return bend


@pytest.mark.parametrize(
    ("account", "profile", "name"),
    [
        ("+5:00", 7, "+05:00"),
        (None, 7, "+07:00"),
        ("nonsense", 7, "+07:00"),
        ("nonsense", None, "+00:00"),
    ],
)
def test_the_zone_comes_from_the_account_else_the_profile_and_is_said_aloud(
    calm_school, path, account, profile, name
):
    result = calm_school.pull(path, bend=with_zones(account, profile), only=("final_marks",))
    assert learned(path, "zone") == name
    assert len([text for text in result.warnings if "time zone" in text]) == 1


def test_a_profile_and_an_account_that_are_refused_leave_utc(calm_school, path):
    refused = refusing(r"/schools/\d+", "/users/many")
    result = calm_school.pull(path, only=("final_marks",), bend=refused)
    assert learned(path, "zone") == "+00:00"
    assert result.error is None


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        (ZoneInfo("Asia/Omsk"), "Asia/Omsk"),
        (UTC, "+00:00"),
        (timezone(timedelta(hours=3)), "+03:00"),
    ],
)
def test_the_settings_zone_is_taken_without_a_word(calm_school, path, zone, name):
    result = calm_school.pull(path, zone=zone, only=("final_marks",))
    assert learned(path, "zone") == name
    assert not [text for text in result.warnings if "time zone" in text]


# --- lists that are refused


def test_lists_that_are_refused_are_recorded_so_and_the_journal_comes_all_the_same(
    calm_school, path, straight
):
    refused = refusing(
        r"/schools/\d+/subjects", r"/work-types/\d+", r"/schools/\d+/timetables", r"/schools/\d+"
    )
    assert calm_school.pull(path, bend=refused).error is None
    states = rows(path, "SELECT resource FROM coverage WHERE state = 'refused' ORDER BY resource")
    assert states == [("schools",), ("subjects",), ("timetables",), ("work_types",)]
    found = content(path)
    for table in ("lessons", "works", "marks", "lesson_log_entries"):
        assert found[table] == straight[table], table


def pupils(found):
    return {
        row[:2] for row in found["memberships"] if row[2] == "EduStudent" and row[3] == "Active"
    }


@pytest.mark.parametrize(("status", "kind"), [(400, "parameterInvalid"), (403, "outOfScope")])
def test_pupils_are_asked_for_group_by_group_where_the_common_question_is_refused(
    calm_school, path, straight, status, kind
):
    refused = refusing(STUDENTS, status=status, kind=kind)
    assert calm_school.pull(path, only=("people",), bend=refused).error is None
    assert pupils(content(path)) == pupils(straight) != set()


def test_a_group_whose_pupils_are_refused_keeps_those_it_had(calm_school, path):
    calm_school.pull(path, only=("people",))
    before = content(path)["memberships"]
    refused = refusing(STUDENTS, r"/edu-groups/\d+/persons")
    calm_school.pull(path, at=a_night_later(8), only=("people",), bend=refused)
    assert content(path)["memberships"] == before


def test_subjects_of_a_group_that_are_refused_are_asked_for_again_a_week_later(calm_school, path):
    assert calm_school.pull(path, bend=refusing(r"/edu-groups/\d+/subjects")).error is None
    assert content(path)["edu_group_subjects"] == []
    calm_school.pull(path, at=a_night_later(8))
    assert content(path)["edu_group_subjects"]


def test_periods_and_final_marks_that_are_refused_leave_the_rest(calm_school, path, straight):
    refused = refusing(r"/edu-groups/\d+/reporting-period.*", r"/edu-groups/\d+/final-marks")
    assert calm_school.pull(path, bend=refused).error is None
    found = content(path)
    assert found["final_marks"] == found["edu_group_reporting_periods"] == []
    assert found["marks"] == straight["marks"]


# --- groups that nothing shows but a pupil


def test_a_subgroup_that_no_teacher_shows_is_found_through_its_pupils(path, straight):
    """The class is taught a subject, but neither it nor its known subgroups have a lesson of it."""
    with school(subgroups_listed=False, **TINY) as made:
        assert made.pull(path, bend=refusing(TEACHES)).error is None
    found = content(path)
    classes = [row for row in straight["edu_groups"] if "Group" in row]
    assert len(found["edu_groups"]) > len(classes)
    found_only_so = {row[0] for row in found["edu_groups"]} - {row[0] for row in classes}
    where = f"edu_group_id IN ({','.join(map(str, found_only_so))})"
    lessons = rows(path, f"SELECT count(*) FROM lessons WHERE {where}")
    marks = rows(
        path, f"SELECT count(*) FROM marks m JOIN lessons l ON l.id = m.lesson_id WHERE {where}"
    )
    assert lessons[0][0] > 0
    assert marks[0][0] > 0


def test_pupils_are_asked_for_their_groups_once_a_week_only(path):
    def asked(made):
        return [c for c in made.calls() if re.search(r"/persons/\d+/edu-groups$", c["path"])]

    with school(subgroups_listed=False, **TINY) as made:
        made.pull(path, bend=refusing(TEACHES))
        assert asked(made)
        made.forget_calls()
        made.pull(path, at=a_night_later(), bend=refusing(TEACHES))
        assert not asked(made)


def test_a_group_that_the_list_forgot_but_that_answers_is_kept_and_read(
    calm_school, path, straight
):
    calm_school.pull(path)
    group = rows(path, "SELECT id FROM edu_groups WHERE type = 'Group' ORDER BY id LIMIT 1")[0][0]

    def bend(path, status, document):
        if re.fullmatch(r"/schools/\d+/edu-groups", path):
            document = [listed for listed in document if int(listed["id_str"]) != group]
        if re.fullmatch(TEACHES, path):
            document = []
        return status, document

    result = calm_school.pull(path, at=a_night_later(8), bend=bend)
    assert [text for text in result.warnings if "no longer sees" in text] == []
    assert learned(path, "unreachable_groups") == []
    assert content(path)["edu_groups"] == straight["edu_groups"]


def test_known_groups_are_used_where_people_are_not_asked_for(calm_school, path, straight):
    calm_school.pull(path, only=("people",))
    calm_school.forget_calls()
    calm_school.pull(path, only=("lessons",))
    assert not [c for c in calm_school.calls() if c["path"].endswith("/edu-groups")]
    assert content(path)["lessons"] == straight["lessons"]


def test_groups_are_looked_for_where_people_are_not_asked_for_and_none_is_known(
    calm_school, path, straight
):
    calm_school.forget_calls()
    calm_school.pull(path, only=("lessons",))
    profile = [c for c in calm_school.calls() if re.search(r"/schools/\d+$", c["path"])]
    assert len(profile) == 1
    assert content(path)["lessons"] == straight["lessons"]


# --- answers that are too big, cut, or never come


@pytest.mark.parametrize("status", [400, 413, 414])
def test_a_window_that_is_too_big_is_halved(calm_school, path, straight, status):
    result = calm_school.pull(path, bend=too_big(LESSONS, status, {1, 2, 5}))
    assert result.error is None
    assert (result.windows.failed, result.windows.refused) == (0, 0)
    assert result.windows.planned == result.windows.done
    assert content(path) == straight


def test_a_window_of_marks_that_never_arrives_whole_is_halved(calm_school, path, straight):
    cut = '[[rule]]\nmatch = { path = "/edu-groups/*/marks/*" }\nwhen = { nth = [1, 2] }\naction = "truncate"'
    with calm_school.faults(cut):
        result = calm_school.pull(path, attempts=1)
    assert result.error is None
    assert content(path) == straight


@pytest.mark.parametrize("status", [400, 404, 413, 414])
def test_a_chunk_of_attendance_that_is_refused_is_halved(calm_school, path, straight, status):
    result = calm_school.pull(path, bend=too_big("/lesson-log-entries", status, {1, 2, 4}))
    assert result.error is None
    assert (result.windows.failed, result.windows.refused) == (0, 0)
    assert content(path) == straight


def test_one_lesson_whose_attendance_is_refused_is_not_halved_for_ever(calm_school, path):
    """Halving ends at one lesson: the others of its chunk come."""

    def bend(path, status, document):
        if path == "/lesson-log-entries" and len(document) != 0:
            return 404, {"type": "parameterInvalid", "description": "no"}
        return status, document

    result = calm_school.pull(path, bend=bend, classes=("5А",))
    assert result.error is None
    assert result.windows.refused > 0
    assert result.windows.done > 0
    assert content(path)["lesson_log_entries"] == []


def test_attendance_that_is_denied_is_not_asked_for_in_halves(calm_school, path):
    calm_school.forget_calls()
    result = calm_school.pull(path, bend=refusing("/lesson-log-entries"))
    asked = [c for c in calm_school.calls() if "log-entries" in c["path"]]
    assert result.error is None
    assert result.windows.refused == len(asked) > 0
    states = (
        "SELECT DISTINCT state FROM coverage WHERE resource = 'lesson_log_entries' AND rows > 0"
    )
    assert rows(path, states) == []
    assert ("failed",) in rows(
        path, "SELECT DISTINCT state FROM coverage WHERE resource = 'lesson_log_entries'"
    )


def test_marks_that_are_denied_are_counted_as_refused(calm_school, path):
    result = calm_school.pull(path, bend=refusing(MARKS))
    assert result.error is None
    assert result.windows.refused > 0
    assert rows(path, "SELECT DISTINCT state, detail FROM coverage WHERE resource = 'marks'") == [
        ("refused", AccessDenied.__name__)
    ]


def test_a_vendor_that_fails_again_and_again_is_left_in_peace(calm_school, path):
    calm_school.forget_calls()
    broken = refusing(LESSONS, status=500, kind="apiServerError")
    result = calm_school.pull(path, attempts=1, bend=broken)
    asked = [c for c in calm_school.calls() if re.search(LESSONS, c["path"])]
    assert isinstance(result.error, PullIncomplete)
    assert result.error.exit_code == 3
    # Those under way when the limit was reached are the most that may be asked beyond it.
    assert FAILURES_IN_A_ROW <= len(asked) <= 3 * FAILURES_IN_A_ROW
    assert rows(path, "SELECT status FROM runs") == [("partial",)]


def test_a_pause_that_is_longer_than_a_run_waits_ends_it_with_what_came(
    calm_school, path, straight
):
    throttled = (
        '[[rule]]\nmatch = { path = "/edu-groups/*/marks/*" }\nwhen = { from_call = 6 }\n'
        'action = "throttle"\nstatus = 429\nretry_after = 3600'
    )
    with calm_school.faults(throttled):
        result = calm_school.pull(path)
    assert isinstance(result.error, RateLimited)
    assert result.error.retry_after == 3600
    assert content(path)["lessons"] == straight["lessons"]
    calm_school.pull(path)
    assert content(path) == straight


# --- the operator and the machine


def at_lessons(act):
    def progress(now):
        if now.resource == "lessons" and now.ended > 3:
            act()

    return progress


def fail_with(error):
    raise error


@pytest.fixture
def ctrl_c():
    """What Ctrl-C does in a terminal; a worker of the test run may have it switched off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def test_a_pull_that_is_interrupted_says_so_and_goes_on_next_time(
    calm_school, path, straight, ctrl_c
):
    with pytest.raises(Interrupted):
        calm_school.pull(path, full=True, progress=at_lessons(ctrl_c))
    assert rows(path, "SELECT status FROM runs") == [("interrupted",)]
    done = rows(path, "SELECT count(*) FROM coverage WHERE resource = 'lessons'")[0][0]
    assert calm_school.pull(path, full=True).windows.skipped >= done > 3
    assert content(path) == straight


def test_a_pull_whose_mirror_fails_raises_and_is_recorded(calm_school, path, straight):
    with pytest.raises(DiskFull):
        calm_school.pull(
            path, progress=at_lessons(lambda: fail_with(DiskFull("lessons", path=path)))
        )
    assert rows(path, "SELECT status FROM runs") == [("failed",)]
    calm_school.pull(path)
    assert content(path) == straight


def test_rows_that_are_there_already_are_compared_where_the_books_do_not_know_them(
    calm_school, path, straight
):
    """A first reading inserts blindly; rows of a mirror whose coverage was lost stand in its way."""
    calm_school.pull(path)
    with sqlite3.connect(path) as mirror:
        mirror.execute("DELETE FROM coverage")
        mirror.execute("DELETE FROM bodies")
    mirror.close()
    result = calm_school.pull(path, at=a_night_later())
    assert result.error is None
    assert content(path) == straight
    assert {name: tally.written() for name, tally in result.rows.items() if tally.written()} == {}


def test_a_lesson_that_moved_to_another_day_is_the_same_lesson(calm_school, path, straight):
    calm_school.pull(path)
    lesson, day = rows(
        path, "SELECT id, date FROM lessons WHERE date = '2026-11-20' ORDER BY id LIMIT 1"
    )[0]
    with sqlite3.connect(path) as mirror:
        mirror.execute("UPDATE lessons SET date = '2026-09-15' WHERE id = ?", (lesson,))
        mirror.execute("DELETE FROM bodies")
    mirror.close()
    result = calm_school.pull(path, at=a_night_later())
    assert rows(path, "SELECT date, withdrawn_run FROM lessons WHERE id = ?", (lesson,)) == [
        (day, None)
    ]
    assert result.rows["lessons"].changed == 1


# --- marks whose absence cannot be judged


def delete_late_mark(made, path):
    """Delete a mark whose lesson and entry lie in different months: no window that shows one shows the other."""
    late = rows(
        path,
        "SELECT m.id FROM marks m JOIN lessons l ON l.id = m.lesson_id"
        " WHERE substr(m.given_at, 1, 7) > substr(l.date, 1, 7) AND substr(m.given_at, 1, 7) = '2026-10' ORDER BY m.id LIMIT 1",
    )
    assert late, "the emulator plants late marks"
    made.edit("mark.delete", mark=str(late[0][0]))
    with sqlite3.connect(path) as mirror:
        # Nothing is known of the filter: as before the first late mark was met.
        mirror.execute("DELETE FROM facts WHERE name = 'marks_filter'")
    mirror.close()
    return late


def october(made, path, at, **options):
    return made.pull(
        path, at=at, only=("marks",), start=date(2026, 10, 1), end=date(2026, 10, 31), **options
    )


def withdrawn(path):
    return rows(path, "SELECT id FROM marks WHERE withdrawn_run IS NOT NULL")


MANY = "/lessons/many/marks"


@pytest.mark.parametrize(("status", "kind"), [(403, "outOfScope"), (500, "apiServerError")])
def test_a_mark_that_cannot_be_asked_about_stays_and_is_judged_another_time(path, status, kind):
    with school(marks_by="entry", **TINY) as made:
        made.pull(path)
        late = delete_late_mark(made, path)
        refused = refusing(MANY, status=status, kind=kind)
        october(made, path, a_night_later(), attempts=1, bend=refused)
        assert withdrawn(path) == []
        october(made, path, a_night_later(2))
        assert withdrawn(path) == late


def test_an_answer_by_lesson_with_an_unreadable_row_settles_nothing(path):
    def bend(path, status, document):
        if path == MANY:
            document[0]["id_str"] = {"not": "an id"}
            document[0].pop("id", None)
        return status, document

    with school(marks_by="entry", **TINY) as made:
        made.pull(path)
        delete_late_mark(made, path)
        october(made, path, a_night_later(), bend=bend)
    assert withdrawn(path) == []
