"""A report for a past day equals the report that was made on that day, whatever happened to the diary since."""

from datetime import timedelta

import pytest

from connector.commands import report
from connector.commands.console import Console
from connector.commands.delivery import document, rendered
from connector.commands.wiring import open_settings
from connector.errors import UsageProblem
from connector.mirror.store import Mirror
from connector.reports.catalogue import REPORTS
from tests.flows.stories import EVENING, TODAY, a_night_later


@pytest.fixture
def settings(path, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(path))
    monkeypatch.setenv("DNEVNIK_SCHOOL_TIMEZONE", "Europe/Moscow")
    return open_settings(Console())


@pytest.fixture
def made_at(settings):
    """The findings and notes of a report made at a moment, as of a day."""

    def make(name, now, as_of=None, **asked):
        asked = report.Asked(name=name, as_of=as_of, **asked)
        made = document(report.build(Console(), settings, asked, lambda: now), "en")
        return {key: made[key] for key in made if key not in ("made_at", "data_age_s")}

    return make


def found(path, sql):
    with Mirror.open(path) as mirror:
        return mirror.query(sql)


def disturb(made, path):
    """Everything that changes a report: marks, topics, homework, attendance, lessons, pupils."""
    lessons = [
        str(row[0])
        for row in found(
            path, "SELECT id FROM lessons WHERE date < '2026-11-10' ORDER BY date, id LIMIT 40"
        )
    ]
    marks = [
        str(row[0]) for row in found(path, "SELECT id FROM marks ORDER BY given_at, id LIMIT 40")
    ]
    works = found(
        path, "SELECT id FROM works WHERE type = 'Homework' ORDER BY target_date, id LIMIT 20"
    )
    entries = found(
        path, "SELECT lesson_id, person_id FROM lesson_log_entries ORDER BY 1, 2 LIMIT 20"
    )
    pupil, group, other = found(
        path,
        "SELECT m.person_id, m.edu_group_id, (SELECT max(id) FROM edu_groups WHERE type = 'Group')"
        " FROM memberships m JOIN edu_groups g ON g.id = m.edu_group_id"
        " WHERE role = 'EduStudent' AND g.type = 'Group' ORDER BY 2, 1 LIMIT 1",
    )[0]
    for lesson in lessons[:10]:
        made.edit("topic.clear", lesson=lesson)
    for lesson in lessons[10:20]:
        made.edit("topic.fill", lesson=lesson, title="Повторение")
    made.edit("lesson.delete", lesson=lessons[20])
    made.edit("lesson.cancel", lesson=lessons[21])
    for mark in marks[:20]:
        made.edit("mark.delete", mark=mark)
    for mark in marks[20:]:
        made.edit("mark.change", mark=mark, value="2")
    for (work,) in works:
        made.edit("homework.delete", work=str(work))
    for lesson, person in entries:
        made.edit("attendance.delete", lesson=str(lesson), person=str(person))
    made.edit("pupil.move", **{"person": str(pupil), "from": str(group), "to": str(other)})
    return {"person": str(pupil), "from": str(other), "to": str(group)}


def test_every_report_for_a_past_day_is_what_it_was_on_that_day(own_school, path, made_at):
    then = {}
    own_school.pull(path)
    then[0] = {name: made_at(name, EVENING) for name in REPORTS}
    back = disturb(own_school, path)
    own_school.pull(path, at=a_night_later(), full=True, accept_withdrawals=True)
    then[1] = {name: made_at(name, a_night_later()) for name in REPORTS}
    own_school.edit("pupil.move", **back)
    own_school.pull(path, at=a_night_later(2), full=True, accept_withdrawals=True)
    for name in ("missing", "changes", "marks"):
        assert then[0][name]["findings"] != then[1][name]["findings"], name
    for night, expected in then.items():
        day = TODAY + timedelta(days=night)
        assert {name: made_at(name, a_night_later(5), day) for name in REPORTS} == expected


def test_a_day_between_two_pulls_is_told_by_the_first_of_them(own_school, path, made_at):
    own_school.pull(path)
    between = made_at("missing", a_night_later(), TODAY + timedelta(days=1))
    disturb(own_school, path)
    own_school.pull(path, at=a_night_later(4), full=True, accept_withdrawals=True)
    assert made_at("missing", a_night_later(5), TODAY + timedelta(days=1)) == between


def test_what_was_entered_on_the_day_after_its_last_pull_is_unknown_to_that_day(
    own_school, path, made_at
):
    own_school.pull(path)
    (late, *_rest) = [f for f in made_at("missing", EVENING)["findings"] if f["rule"] == "TOPIC"]
    own_school.edit("topic.fill", lesson=late["lesson"], title="Повторение")
    own_school.pull(path, at=a_night_later(), full=True)
    assert late in made_at("missing", a_night_later(2), TODAY)["findings"]
    assert late["lesson"] not in {
        finding["lesson"]
        for finding in made_at("missing", a_night_later(2), TODAY + timedelta(days=1))["findings"]
        if finding["rule"] == "TOPIC"
    }


def test_a_day_before_the_first_pull_is_judged_by_what_is_known_now_and_says_so(
    own_school, path, made_at
):
    own_school.pull(path, at=a_night_later(3))
    asked = made_at("missing", a_night_later(3), TODAY)
    assert asked["history_begins"] == "2026-11-27T17:00:00Z"
    assert made_at("missing", a_night_later(3))["history_begins"] is None
    known = {f["lesson"] for f in made_at("missing", a_night_later(3))["findings"]}
    assert {f["lesson"] for f in asked["findings"]} <= known


def test_a_day_that_has_not_come_is_refused_and_not_stored(own_school, path, settings):
    own_school.pull(path)
    asked = report.Asked(name="missing", as_of=TODAY + timedelta(days=1))
    with pytest.raises(UsageProblem, match=r"25\.11\.2026.*24\.11\.2026") as refused:
        report.build(Console(), settings, asked, lambda: EVENING)
    assert refused.value.exit_code == 2


def test_a_computer_whose_clock_is_behind_may_judge_the_day_of_the_last_pull(
    own_school, path, made_at
):
    own_school.pull(path)
    behind = EVENING - timedelta(days=30)
    assert made_at("missing", behind, TODAY)["findings"] == made_at("missing", EVENING)["findings"]


def test_the_page_says_on_top_that_the_history_begins_later(own_school, path, settings):
    own_school.pull(path, at=a_night_later(3))
    asked = report.Asked(name="missing", as_of=TODAY)
    made = report.build(Console(), settings, asked, lambda: a_night_later(3))
    text = rendered(made, "table", "en").decode()
    begins = "The history of this mirror begins on 27.11.2026 20:00"
    assert begins in " ".join(text.split())
    assert text.index("The history of") < len(text) / 4
