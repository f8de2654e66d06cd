"""Carrying a plan out when the vendor refuses, loses answers, goes away, or somebody else works at the same time."""

import json
from dataclasses import replace

import pytest

from connector.api import calls
from connector.errors import Interrupted, RateLimited, SignInNeeded, TransportFailed, VendorBroken
from connector.flows.apply import ApplyOptions, Desk, apply, verify
from connector.mirror.store import Mirror
from connector.sync.plan import to_document
from tests.flows.writing import (
    PROFILE,
    UTC,
    Writer,
    carry_out,
    clock,
    copied,
    desk_of,
    small_plan,
    vendor,
)


@pytest.fixture(scope="module")
def one_vendor():
    with vendor() as made:
        yield made


@pytest.fixture(scope="module")
def pulled(one_vendor, tmp_path_factory):
    path = tmp_path_factory.mktemp("pulled") / "mirror.db"
    one_vendor.pull(path, only=("people",))
    return path


@pytest.fixture
def made(one_vendor):
    """The vendor as it was when the mirror was pulled."""
    one_vendor.control("DELETE", "faults")
    one_vendor.reset()
    return one_vendor


@pytest.fixture
def path(pulled, tmp_path):
    return copied(pulled, tmp_path)


@pytest.fixture
def writer(pulled):
    return Writer(pulled)


def rule(action, *, path, method="POST", when="nth = 1", **options):
    """A fault; `path` is a glob."""
    more = "".join(f"{k} = {json.dumps(v)}\n" for k, v in options.items())
    return (
        f'[[rule]]\nmatch = {{ method = "{method}", path = "{path}" }}\nwhen = {{ {when} }}\n'
        f'action = "{action}"\n{more}'
    )


def lost(path, **match):
    """The work is done, and nobody hears of it."""
    return rule("drop", path=path, after_commit=True, **match)


def never_arrived(path, **match):
    """The connection breaks before the work is done."""
    return rule("drop", path=path, **match)


def fates(plan, result):
    return {
        f"{o.op} {number}": f"{fate.state} {fate.detail}".strip()
        for number, o in enumerate(plan.operations, 1)
        if (fate := result.fates.get(o.number))
    }


def how_many(made, last):
    return sum(n for person, n in made.rows()["persons"].items() if person[0] == last)


# --- answers that are lost


WRITES = [
    ("POST", "/schools/*/edu-groups"),
    ("POST", "/schools/*/persons"),
    ("POST", "/edu-groups/*/students"),
    ("POST", "/persons/*/transfers"),
    ("PUT", "/persons/*"),
    ("PUT", "/edu-groups/*"),
    ("DELETE", "/persons/*"),
    ("DELETE", "^/edu-groups/[0-9]+/students/"),
    ("DELETE", "^/edu-groups/[0-9]+$"),
]


def check_lost(made, path, faults, again):
    plan = small_plan(path)
    made.control("POST", "faults", "".join(faults))
    result = carry_out(made, path, plan)
    assert (result.converged, result.count("applied")) == (True, len(plan.operations))
    answered = [c for c in made.writes() if c["status"] in (200, 204)]
    assert len(answered) == len(plan.operations) + again


@pytest.mark.parametrize("fault", [lost, never_arrived])
def test_a_lost_answer_of_each_kind_costs_a_look_and_never_a_second_time(made, path, fault):
    """Only the archive that nobody can see is sent twice; it does no harm."""
    faults = [fault(where, method=method) for method, where in WRITES]
    check_lost(made, path, faults, 1 - len(WRITES) if fault is lost else 0)


@pytest.mark.long
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("fault", [lost, never_arrived])
def test_one_lost_answer_costs_a_look_and_never_a_second_time(made, path, write, fault):
    method, where = write
    unseen = where == "/persons/*" and method == "DELETE"
    check_lost(made, path, [fault(where, method=method)], unseen - 1 if fault is lost else 0)


def test_where_every_answer_about_classes_is_lost_each_is_founded_once(made, path):
    plan = small_plan(path)
    made.control("POST", "faults", lost("/schools/*/edu-groups", when="every = 1"))
    result = carry_out(made, path, plan)
    assert result.converged
    again = [name for name, fate in fates(plan, result).items() if fate == "applied found again"]
    assert again == ["edu_group.create 1", "edu_group.create 2"]


# --- two people of one name


@pytest.mark.parametrize("birthday", [None, "2014-03-05"])
@pytest.mark.parametrize("fault", [lost, never_arrived])
@pytest.mark.parametrize(
    "nth", [2, pytest.param(1, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
def test_full_namesakes_stay_as_many_as_they_are_when_an_answer_is_lost(
    made, path, writer, birthday, fault, nth
):
    """Three children of one name come at once; with a birthday each has another one."""
    group = writer.classes[0].id
    for number in range(3):
        born = birthday and f"2014-03-0{number + 1}"
        writer.new_person("", group, last="Одинаков", birthday=born)
        made_now = writer.operations[-2]
        writer.operations[-2:] = [
            _as_number(made_now, number),
            _as_number(writer.operations[-1], number),
        ]
    plan = writer.plan()
    made.control("POST", "faults", fault("/schools/*/persons", when=f"nth = {nth}"))
    result = carry_out(made, path, plan)
    assert how_many(made, "Одинаков") == 3
    roll = {k: n for k, n in made.rows()["memberships"].items() if k[0][0] == "Одинаков"}
    assert sum(roll.values()) == 3
    assert (result.converged, result.remaining) == (True, [])
    assert len({fate.vendor_id for fate in result.fates.values() if fate.vendor_id}) == 3


def _as_number(operation, number):
    """The same operation about another local key."""

    def renamed(value):
        return f"{value}-{number}" if isinstance(value, str) and value.startswith("@p") else value

    after = {name: renamed(value) for name, value in operation.after.items()}
    return replace(operation, target=renamed(operation.target), after=after)


def test_a_child_whom_only_the_name_tells_is_not_taken_for_a_stranger_of_that_name(
    made, path, writer
):
    """Somebody of that name is in the school and in no class, so no list shows him."""
    school = made.info["school_id"]
    stranger = writer.new_person("", writer.classes[0].id, last="Однофамильцев", birthday=None)
    plan = writer.plan()
    _write(
        made,
        "POST",
        f"schools/{school}/persons",
        {"lastName": "Однофамильцев", "firstName": "Тест", "middleName": "Пробович"},
    )
    result = carry_out(made, path, plan)
    assert fates(plan, result) == {
        "person.create 1": "failed several fit",
        "membership.add 2": "skipped needs 1",
    }
    assert (how_many(made, "Однофамильцев"), result.converged) == (1, False)
    assert stranger not in {o.target for o in (result.undo.operations if result.undo else ())}


def test_a_stranger_of_that_name_leaves_a_lost_creation_undecided(made, path, writer):
    school = made.info["school_id"]
    writer.new_person("", writer.classes[0].id, last="Однофамильцев", birthday=None)
    plan = writer.plan()
    made.control(
        "POST",
        "faults",
        lost("/schools/*/persons")
        + rule("status", path="/schools/*/persons/find", status=503, when="from_call = 2"),
    )
    first = carry_out(made, path, plan)
    assert isinstance(first.error, VendorBroken)
    assert first.fates[1].state == "unknown"
    made.control("DELETE", "faults")
    _write(
        made,
        "POST",
        f"schools/{school}/persons",
        {"lastName": "Однофамильцев", "firstName": "Тест", "middleName": "Пробович"},
    )
    for _run in range(2):
        result = carry_out(made, path, plan)
        assert fates(plan, result)["person.create 1"] == "unknown several fit"
    assert how_many(made, "Однофамильцев") == 2


def _write(made, method, where, body=None):
    with made.client() as client:
        return client(calls.raw(method, where, body=body))


def only_lost(made, path, plan, *, asked_before):
    """Apply so that the first person is created and nobody can find out; a nameless one is asked for before, too."""
    when = f"from_call = {1 + asked_before}"
    unseen = rule("status", path="/schools/*/persons/find", status=503, when=when)
    made.control("POST", "faults", lost("/schools/*/persons") + unseen)
    first = carry_out(made, path, plan)
    assert first.fates[1].state == "unknown"
    made.control("DELETE", "faults")


@pytest.mark.parametrize("birthday", [None, "2014-03-05"])
def test_a_lost_child_whom_somebody_enrolled_by_hand_meanwhile_is_that_child(
    made, path, writer, birthday
):
    group = writer.classes[0].id
    writer.new_person("", group, last="Потеряшкин", birthday=birthday)
    plan = writer.plan()
    only_lost(made, path, plan, asked_before=birthday is None)
    (person,) = [
        row["id"]
        for row in made.control("GET", "state")["persons"]
        if row["last_name"] == "Потеряшкин"
    ]
    body = {"person": int(person), "from": "2026-11-24T00:00:00"}
    _write(made, "POST", f"edu-groups/{group}/students", body)
    result = carry_out(made, path, plan)
    assert fates(plan, result) == {
        "person.create 1": "applied found again",
        "membership.add 2": "applied was so",
    }
    assert how_many(made, "Потеряшкин") == 1


def test_a_child_of_that_name_who_came_into_the_class_meanwhile_is_not_guessed_about(
    made, path, writer
):
    group = writer.classes[0].id
    writer.new_person("", group, last="Однофамильцев", birthday=None)
    plan = writer.plan()
    school = made.info["school_id"]
    name = {"lastName": "Однофамильцев", "firstName": "Тест", "middleName": "Пробович"}
    _write(made, "POST", f"schools/{school}/persons", name)
    (person,) = [
        row["id"]
        for row in made.control("GET", "state")["persons"]
        if row["last_name"] == "Однофамильцев"
    ]
    body = {"person": int(person), "from": "2026-11-24T00:00:00"}
    _write(made, "POST", f"edu-groups/{group}/students", body)
    result = carry_out(made, path, plan)
    assert fates(plan, result)["person.create 1"] == "skipped stale"
    assert (how_many(made, "Однофамильцев"), result.converged) == (1, False)


def test_a_lost_child_of_a_vendor_who_cannot_be_asked_stays_undecided(made, path, writer):
    """Without a class no list shows him; created again he would be two."""
    writer.new_person("", writer.classes[0].id, last="Потеряшкин")
    plan = writer.plan()
    made.control("POST", "faults", lost("/schools/*/persons"))
    how = {
        **PROFILE.operations,
        "person.create": replace(PROFILE.operations["person.create"], find=None),
    }
    poor = replace(PROFILE, operations=how)
    result = carry_out(made, path, plan, profile=poor)
    assert fates(plan, result) == {
        "person.create 1": "unknown cannot be seen",
        "membership.add 2": "skipped needs 1",
    }
    assert (how_many(made, "Потеряшкин"), len(made.writes())) == (1, 1)


def test_a_lost_archive_that_must_not_be_repeated_stays_undecided(made, path, writer):
    writer.end(archive=True)
    plan = writer.plan()
    made.control("POST", "faults", lost("^/persons/[0-9]+$", method="DELETE"))
    how = {
        **PROFILE.operations,
        "person.archive": replace(PROFILE.operations["person.archive"], repeat=False),
    }
    result = carry_out(made, path, plan, profile=replace(PROFILE, operations=how))
    assert fates(plan, result)["person.archive 2"] == "unknown cannot be seen"
    assert len(made.writes()) == 2


def test_an_operation_that_does_not_carry_what_the_profile_needs_stops_nobody_else(
    made, path, writer
):
    writer.rename("Первый")
    writer.end()
    end = writer.operations[-1]
    writer.operations[-1] = replace(end, after={**end.after, "edu_group_id": "пятый"})
    plan = writer.plan()
    result = carry_out(made, path, plan)
    states = fates(plan, result)
    assert states["person.update 1"] == "applied"
    assert states["membership.end 2"].startswith(("failed values", "skipped"))


def test_a_teacher_of_that_name_is_not_the_pupil(made, path, writer):
    teacher = next(t for t in writer.have.teachers.values() if t.middle_name)
    writer.new_person("", writer.classes[0].id, birthday=None)
    create = writer.operations[-2]
    name = {
        "last_name": teacher.last_name,
        "first_name": teacher.first_name,
        "middle_name": teacher.middle_name,
    }
    writer.operations[-2] = replace(create, after={**create.after, **name})
    plan = writer.plan()
    made.control("POST", "faults", lost("/schools/*/persons"))
    result = carry_out(made, path, plan)
    assert result.converged
    assert result.fates[1].vendor_id not in writer.have.teachers


# --- readings that lag behind


@pytest.mark.parametrize("reads", [2, pytest.param(4, marks=pytest.mark.long)])
def test_a_lost_class_that_lists_do_not_show_yet_is_not_founded_twice(made, path, writer, reads):
    group = writer.new_class("5Ж")
    writer.new_person(1, group)
    plan = writer.plan()
    lagging = rule(
        "stale_read",
        path="^/schools/[0-9]+/edu-groups",
        method="GET",
        when="every = 1",
        calls=reads,
    )
    made.control("POST", "faults", lost("/schools/*/edu-groups") + lagging)
    carry_out(made, path, plan)
    made.control("DELETE", "faults")
    result = carry_out(made, path, plan)
    assert result.converged
    assert [n for row, n in made.rows()["edu_groups"].items() if row[0] == "5Ж"] == [1]


# --- what the vendor refuses


def test_a_refused_operation_stops_only_what_depends_on_it(made, path, writer):
    group = writer.new_class("5Ж")
    writer.operations[-1] = replace(
        writer.operations[-1], after={**writer.operations[-1].after, "type": "Wrong"}
    )
    writer.new_person(1, writer.classes[1].id)
    writer.new_person(2, group)
    plan = writer.plan()
    result = carry_out(made, path, plan)
    states = fates(plan, result)
    assert states.pop("edu_group.create 1") == "failed invalidRequest"
    assert sorted(states.values()) == ["applied", "applied", "skipped needs 1", "skipped needs 1"]
    assert result.converged is False


def test_a_refused_operation_is_not_asked_again_in_the_same_run(made, path, writer):
    writer.new_class("5Ж")
    writer.rename()
    made.control(
        "POST",
        "faults",
        rule(
            "status",
            path="/schools/*/edu-groups",
            status=403,
            type="outOfScope",
            when="every = 1",
        )
        + lost("/persons/*", method="PUT"),
    )
    plan = writer.plan()
    result = carry_out(made, path, plan)
    assert fates(plan, result)["edu_group.create 1"] == "failed outOfScope"
    assert [c["path"].split("/")[-1] for c in made.writes()].count("edu-groups") == 1


def test_an_operation_whose_object_changed_since_is_skipped_and_the_rest_goes_on(
    made, path, writer
):
    writer.rename("Первый")
    writer.rename("Второй")
    person = writer.operations[0].target
    plan = writer.plan()
    _write(made, "PUT", f"persons/{person}", {"lastName": "Третий"})
    result = carry_out(made, path, plan)
    stale = next(o.number for o in plan.operations if o.target == person)
    assert {n: f.detail for n, f in result.fates.items()} == {
        o.number: "stale" if o.number == stale else "" for o in plan.operations
    }
    assert (how_many(made, "Третий"), how_many(made, "Первый"), how_many(made, "Второй")) == (
        1,
        0,
        1,
    )
    assert result.remaining == [stale]


def test_what_somebody_did_meanwhile_is_not_done_again_and_not_undone(made, path, writer):
    writer.move()
    writer.rename()
    move = writer.operations[0]
    plan = writer.plan()
    _write(
        made,
        "POST",
        f"persons/{move.target}/transfers",
        {
            "from_group": int(move.before["edu_group_id"]),
            "to_group": int(move.edu_group),
            "date": "2026-11-24T00:00:00",
        },
    )
    result = carry_out(made, path, plan)
    states = fates(plan, result)
    assert sorted(states.values()) == ["applied", "applied was so"]
    assert [o.op for o in result.undo.operations] == ["person.update"]


# --- guards


def guarded(writer):
    group = writer.new_class("5Ж")
    writer.new_person(1, group)
    writer.rename()
    plan = writer.plan()
    names = ("school.edu_groups.create",)
    covered = [
        replace(o, guards=names) if o.op == "edu_group.create" else o for o in plan.operations
    ]
    return replace(plan, operations=covered)


def test_the_safe_part_leaves_out_what_a_guard_covers_and_what_hangs_on_it(made, path, writer):
    plan = guarded(writer)
    result = carry_out(made, path, plan, safe_part=True)
    assert fates(plan, result) == {
        "edu_group.create 1": "skipped guard",
        "person.create 2": "skipped needs 1",
        "person.update 3": "applied",
        "membership.add 4": "skipped needs 1",
    }


def test_an_overruled_guard_and_its_reason_are_kept_with_the_run(made, path, writer):
    plan = guarded(writer)
    result = carry_out(
        made, path, plan, forced=frozenset({"school.edu_groups.create"}), reason="новый корпус"
    )
    assert result.converged
    with Mirror.open(path) as mirror:
        ((scope, status),) = mirror.query("SELECT scope, status FROM runs WHERE command = 'apply'")
    assert '"forced":["school.edu_groups.create"]' in scope
    assert "новый корпус" in scope
    assert status == "done"


def test_a_guard_that_is_not_overruled_any_more_makes_nobody_forget_what_was_sent(
    made, path, writer
):
    """Sent while overruled, its answer lost; the next run may not send it, but finds that it landed."""
    plan = guarded(writer)
    where = "/schools/*/edu-groups"
    made.control(
        "POST",
        "faults",
        lost(where) + rule("status", path=where, method="GET", status=503, when="from_call = 2"),
    )
    first = carry_out(made, path, plan, forced=frozenset({"school.edu_groups.create"}), reason="x")
    assert first.fates[1].state == "unknown"
    made.control("DELETE", "faults")
    second = carry_out(made, path, plan)
    assert (second.fates[1].state, second.fates[1].detail) == ("applied", "found again")


# --- the vendor goes away


def test_a_token_that_expires_in_the_middle_ends_the_run_with_what_was_done(made, path):
    plan = small_plan(path)
    made.control(
        "POST", "faults", rule("expire_token", path="/persons/*/transfers", when="nth = 1")
    )
    result = carry_out(made, path, plan)
    assert isinstance(result.error, SignInNeeded)
    done = result.count("applied")
    assert 0 < done < len(plan.operations)
    assert (result.converged, len(result.remaining)) == (False, len(plan.operations) - done)
    assert len(result.undo.operations) == done
    made.control("DELETE", "faults")
    assert carry_out(made, path, plan).converged


def test_a_vendor_that_asks_for_an_hours_pause_ends_the_run_and_it_is_resumed(made, path):
    plan = small_plan(path)
    made.control(
        "POST",
        "faults",
        rule("throttle", path="/edu-groups/*/students", when="from_call = 2", retry_after=3600),
    )
    result = carry_out(made, path, plan)
    assert isinstance(result.error, RateLimited)
    made.control("DELETE", "faults")
    again = carry_out(made, path, plan)
    assert (again.converged, again.count("applied")) == (True, len(plan.operations))


def test_a_school_that_cannot_be_read_again_at_the_end_hides_nothing_of_what_was_done(made, path):
    plan = small_plan(path)
    made.control(
        "POST",
        "faults",
        rule("status", method="GET", path="/users/me/context", status=503, when="from_call = 2"),
    )
    result = carry_out(made, path, plan)
    assert isinstance(result.error, VendorBroken)
    assert (result.count("applied"), result.remaining) == (len(plan.operations), [])
    assert result.converged is False
    assert len(result.undo.operations) == len(plan.operations)


def test_a_school_that_cannot_be_read_at_the_start_gets_no_write(made, path):
    plan = small_plan(path)
    made.control(
        "POST",
        "faults",
        rule("status", method="GET", path="/users/me/context", status=503, when="every = 1"),
    )
    with pytest.raises(VendorBroken):
        carry_out(made, path, plan)
    assert made.writes() == []


def test_a_vendor_who_goes_away_in_the_middle_is_given_up_after_a_few_writes(tmp_path):
    """Nobody listens any more: nothing was sent, and the rest is not even tried."""
    with vendor() as made:
        path = tmp_path / "mirror.db"
        made.pull(path, only=("people",))
        writer = Writer(path)
        for number in range(12):
            writer.rename(f"Новый{number}")
        plan = writer.plan()

        def leave(done, _total, _word):
            if done == 3:
                made.leave()

        with Mirror.open(path, write=True) as mirror:
            desk = Desk(made.client(), mirror, plan, to_document(plan), clock, UTC, leave)
            result = apply(desk, PROFILE, ApplyOptions())
            desk.client.close()
    assert isinstance(result.error, TransportFailed)
    # The connection that was open may break off with the first one under way.
    assert result.count("applied") == 3
    assert result.count("failed") + result.count("unknown") in (5, 6)
    assert len(result.undo.operations) == 3


def test_ctrl_c_between_two_writes_leaves_a_run_that_is_resumed(made, path):
    plan = small_plan(path)

    def stop(done, _total, _word):
        if done == 7:
            raise KeyboardInterrupt

    with Mirror.open(path, write=True) as mirror:
        desk = Desk(made.client(), mirror, plan, to_document(plan), clock, UTC, stop)
        with pytest.raises(Interrupted):
            apply(desk, PROFILE, ApplyOptions())
        desk.client.close()
        assert mirror.query("SELECT status FROM runs WHERE command = 'apply'") == [("interrupted",)]
    again = carry_out(made, path, plan)
    assert (again.converged, again.count("applied")) == (True, len(plan.operations))
    assert len(made.writes()) == len(plan.operations)


# --- verify


def test_verify_says_what_is_missing_and_what_is_undecided(made, path):
    plan = small_plan(path)
    made.control(
        "POST",
        "faults",
        lost("/schools/*/persons")
        + rule("status", path="/schools/*/persons/find", status=503, when="every = 1"),
    )
    carry_out(made, path, plan)
    made.control("DELETE", "faults")
    with Mirror.open(path, write=True) as mirror:
        desk = desk_of(made, mirror, plan)
        result = verify(desk)
        desk.client.close()
    assert result.count("unknown") == 1
    assert result.converged is False
    assert result.remaining
    assert made.writes()


def test_verify_of_an_applied_plan_converges_and_writes_nothing(made, path):
    plan = small_plan(path)
    carry_out(made, path, plan)
    before = len(made.writes())
    with Mirror.open(path, write=True) as mirror:
        desk = desk_of(made, mirror, plan)
        result = verify(desk)
        desk.client.close()
    assert (result.converged, result.remaining, result.run_id) == (True, [], "")
    assert len(made.writes()) == before
