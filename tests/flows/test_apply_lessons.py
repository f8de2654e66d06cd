"""Carrying a schedule out: hours that are freed and taken in one plan, lost answers, kills, the way back."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.api import calls
from connector.flows.look import look, school_of
from connector.mirror.store import Mirror
from connector.planned import Channel, Operation, ref
from connector.sync.outcome import lesson_values
from connector.sync.plan import arrange
from tests.flows.writing import PROFILE, TODAY, carry_out, copied, die_at, plan_of, vendor

START, END = TODAY + timedelta(days=1), TODAY + timedelta(days=7)
SCOPE = {"lessons": True, "start": START.isoformat(), "end": END.isoformat(), "study_year": 2026}


@pytest.fixture(scope="module")
def one_vendor():
    with vendor() as made:
        yield made


@pytest.fixture(scope="module")
def pulled(one_vendor, tmp_path_factory):
    path = tmp_path_factory.mktemp("pulled") / "mirror.db"
    one_vendor.pull(path, start=START, end=END)
    return path


@pytest.fixture
def made(one_vendor):
    one_vendor.control("DELETE", "faults")
    one_vendor.reset()
    return one_vendor


@pytest.fixture
def path(pulled, tmp_path):
    return copied(pulled, tmp_path)


def lessons(made):
    """Live lessons without their ids."""
    state = made.control("GET", f"state?from={START}&to={END}")
    return Counter(
        (
            row["edu_group_id"],
            row["date"],
            row["number"],
            row["subject_id"],
            tuple(sorted(row["teacher_ids"])),
        )
        for row in state["lessons"]
    )


class Week:
    """Makes operations on the lessons of the days to come."""

    def __init__(self, path):
        with Mirror.open(path) as mirror:
            self.school = school_of(mirror)
            self.have = look(mirror, self.school, (START, END))
        whole = {g.id for g in self.have.groups.values() if not g.parents}
        self.empty = sorted(
            (
                one
                for one in self.have.lessons.values()
                if not one.holds and one.edu_group_id in whole
            ),
            key=lambda one: (one.date, one.number or 0, one.id),
        )
        self.operations = []
        self.given = set()

    def take(self):
        return self.empty.pop(0)

    def free_teacher(self, day, number):
        busy = {
            t
            for one in self.have.lessons.values()
            if (one.date, one.number) == (day, number)
            for t in one.teacher_ids
        }
        busy |= {t for when, t in self.given if when == (day, number)}
        found = next(t for t in sorted(self.have.teachers) if t not in busy)
        self.given.add(((day, number), found))
        return found

    def add(self, op, target, group, before, after):
        self.operations.append(
            Operation(op, str(target), str(group), before, after, "time", "natural key")
        )

    def cancel(self, lesson):
        self.add("lesson.cancel", lesson.id, lesson.edu_group_id, lesson_values(lesson), None)

    def substitute(self, lesson):
        teacher = str(self.free_teacher(lesson.date, lesson.number))
        before = {"teacher_ids": lesson_values(lesson)["teacher_ids"]}
        self.add(
            "lesson.update", lesson.id, lesson.edu_group_id, before, {"teacher_ids": [teacher]}
        )
        return teacher

    def move(self, lesson, number):
        before = {"number": lesson.number}
        self.add("lesson.update", lesson.id, lesson.edu_group_id, before, {"number": number})

    def create(self, group, day, number, subject, teacher):
        after = {
            "edu_group_id": str(group),
            "subject_id": str(subject),
            "date": day.isoformat(),
            "number": number,
            "hours": 1,
            "teacher_ids": [str(teacher)],
        }
        target = ref("lessons", f"{group}|{day}|{number}|{subject}")
        self.add("lesson.create", target, group, None, after)

    def replace(self, lesson):
        """Cancel a lesson and put another subject into its hour."""
        self.cancel(lesson)
        subject = next(s for s in sorted(self.have.subjects) if s != lesson.subject_id)
        self.create(lesson.edu_group_id, lesson.date, lesson.number, subject, lesson.teacher_ids[0])

    def plan(self, **changes):
        # Creations come last, as the planner has them.
        return plan_of(self.operations, school=self.school, kind="schedule", scope=SCOPE, **changes)


def whole_plan(path):
    week = Week(path)
    for _number in range(3):
        week.replace(week.take())
    for _number in range(3):
        week.substitute(week.take())
    for _number in range(2):
        week.cancel(week.take())
    week.move(week.take(), 10)
    group = week.empty[0].edu_group_id
    week.create(group, START, 9, week.empty[0].subject_id, week.free_teacher(START, 9))
    return week.plan()


def way_back(plan):
    return replace(
        plan, operations=arrange(plan.operations, channel=Channel.GATEWAY, can=PROFILE.operations)
    )


def test_an_hour_that_the_plan_frees_is_taken_in_the_same_run(made, path):
    plan = whole_plan(path)
    result = carry_out(made, path, plan)
    assert [o.op for o in plan.operations if result.fates[o.number].state != "applied"] == []
    assert (result.converged, result.remaining) == (True, [])
    assert len(made.writes()) == len(plan.operations) == 13


def test_an_hour_whose_lesson_could_not_go_is_not_taken(made, path):
    """A topic was written since: the vendor keeps the lesson, and nothing is put beside it."""
    week = Week(path)
    lesson = week.take()
    week.replace(lesson)
    plan = week.plan()
    made.control("POST", "edit", {"op": "topic.fill", "lesson": str(lesson.id), "title": "Дроби"})
    result = carry_out(made, path, plan)
    fates = [result.fates[n] for n in (1, 2)]
    assert [(f.state, f.detail) for f in fates] == [("failed", "conflict"), ("skipped", "needs 1")]
    assert result.converged is False


def test_an_hour_that_somebody_filled_meanwhile_is_left_to_him(made, path):
    week = Week(path)
    group, subject = week.empty[0].edu_group_id, week.empty[0].subject_id
    teacher = week.free_teacher(START, 9)
    week.create(group, START, 9, subject, teacher)
    plan = week.plan()
    other = next(s for s in sorted(week.have.subjects) if s != subject)
    body = {"subject": other, "date": f"{START}T00:00:00", "number": 9, "teachers": [teacher]}
    with made.client() as client:
        client(calls.raw("POST", f"edu-groups/{group}/lessons", body=body))
    result = carry_out(made, path, plan)
    assert result.fates[1].detail == "stale"


@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize(
    "where", ["POST /edu-groups/*/lessons", "PUT /lessons/*", "DELETE /lessons/*"]
)
def test_a_lost_answer_about_a_lesson_costs_a_look_and_never_a_second_time(
    made, path, where, commits
):
    plan = whole_plan(path)
    method, _space, pattern = where.partition(" ")
    made.control(
        "POST",
        "faults",
        f'[[rule]]\nmatch = {{ method = "{method}", path = "{pattern}" }}\nwhen = {{ nth = 2 }}\n'
        f'action = "drop"\nafter_commit = {str(commits).lower()}\n',
    )
    result = carry_out(made, path, plan)
    assert (result.converged, result.count("applied")) == (True, len(plan.operations))
    answered = [call for call in made.writes() if call["status"] in (200, 204)]
    assert len(answered) == len(plan.operations) - commits


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        (6, "before"),
        (22, "inside"),
        (23, "after"),
        *(
            pytest.param(line, "after" if line % 2 else "before", marks=pytest.mark.long)
            for line in range(1, 27)
        ),
    ],
)
def test_a_killed_schedule_is_resumed_and_every_lesson_is_there_once(made, path, line, moment):
    plan = whole_plan(path)
    die_at(made, path, plan, line, moment)
    result = carry_out(made, path, plan)
    assert (result.converged, result.count("applied")) == (True, len(plan.operations))
    assert max(lessons(made).values()) == 1
    assert max(n for (method, *_), n in made.landed().items() if method == "POST") == 1


def test_the_way_back_brings_every_lesson_back(made, path):
    before = lessons(made)
    result = carry_out(made, path, whole_plan(path))
    assert lessons(made) != before
    back = carry_out(made, path, way_back(result.undo))
    assert (back.converged, back.remaining) == (True, [])
    assert lessons(made) == before
