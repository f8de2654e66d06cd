"""The order of carrying out: who waits for whom, what the channel cannot take back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connector.planned import INVERSES, ORDER, Channel, Operation
from connector.sync.plan import arrange, digest_of


def op(name, target, group="51", before=None, after=None, **changes):
    return Operation(name, target, group, before, after, "new", "link", **changes)


def group(name, parents=(), verb="create", target=None):
    target = target or f"@edu_groups:2026:{name}"
    values = {"name": name, "parent_ids": list(parents)}
    before, after = (values, None) if verb == "archive" else (None, values)
    return op(f"edu_group.{verb}", target, target, before, after)


def joins(person, edu_group):
    return op(
        "membership.add", person, edu_group, None, {"person_id": person, "edu_group_id": edu_group}
    )


def leaves(person, edu_group):
    pair = {"person_id": person, "edu_group_id": edu_group}
    return op("membership.end", person, edu_group, pair, pair | {"date": "2026-11-24"})


def moves(person, old, new):
    pair = {"person_id": person, "edu_group_id": old}
    after = {"person_id": person, "from_group_id": old, "edu_group_id": new}
    return op("membership.move", person, new, pair, after)


def lesson(verb, target, hour=None, new_hour=None, edu_group="51"):
    def values(at):
        return at and {"edu_group_id": edu_group, "date": at[0], "number": at[1]}

    return op(f"lesson.{verb}", target, edu_group, values(hour), values(new_hour))


def arranged(*operations, can=None):
    return arrange(operations, channel=Channel.GATEWAY, can=can)


def needs(*operations):
    """What each operation waits for, by `op target`."""
    ordered = arranged(*operations)
    names = {o.number: f"{o.op} {o.target}" for o in ordered}
    return {names[o.number]: [names[n] for n in o.needs] for o in ordered}


def test_operations_are_numbered_from_one_and_travel_by_the_channel():
    ordered = arranged(joins("7", "51"), group("5Ж"))
    assert [(o.number, o.op, o.channel) for o in ordered] == [
        (1, "edu_group.create", Channel.GATEWAY),
        (2, "membership.add", Channel.GATEWAY),
    ]


def test_every_operation_has_its_place_in_the_order():
    assert set(ORDER) == set(INVERSES)
    ordered = arranged(*(op(name, "7") for name in sorted(INVERSES)))
    assert [o.op for o in ordered] == list(ORDER)


def test_a_pupil_waits_for_his_class_and_his_membership_for_both():
    new = "@persons:born:x"
    person = op("person.create", new, "@edu_groups:2026:5Ж", None, {"last_name": "Тестов"})
    assert needs(joins(new, "@edu_groups:2026:5Ж"), person, group("5Ж")) == {
        "edu_group.create @edu_groups:2026:5Ж": [],
        f"person.create {new}": ["edu_group.create @edu_groups:2026:5Ж"],
        f"membership.add {new}": ["edu_group.create @edu_groups:2026:5Ж", f"person.create {new}"],
    }


def test_a_transfer_into_a_new_class_waits_for_it():
    found = needs(moves("7", "51", "@edu_groups:2026:5Ж"), group("5Ж"))
    assert found["membership.move 7"] == ["edu_group.create @edu_groups:2026:5Ж"]


def test_a_subgroup_comes_after_its_classes_whatever_their_names():
    """A stream of 10А and 10Б sorts before 10Б."""
    stream = group("10А + 10Б|англ", ("@edu_groups:2026:10А", "@edu_groups:2026:10Б"))
    ordered = arranged(stream, group("10Б"), group("10А"))
    assert [o.after["name"] for o in ordered] == ["10А", "10Б", "10А + 10Б|англ"]
    assert ordered[-1].needs == (1, 2)


def test_a_subgroup_is_archived_before_its_class_and_comes_back_after_it():
    both = (group("5А", verb="archive", target="1"), group("5А труд", ("1",), "archive", "2"))
    assert [o.target for o in arranged(*both)] == ["2", "1"]
    back = (group("5А труд", ("2",), "restore", "1"), group("5А", (), "restore", "2"))
    assert [o.target for o in arranged(*back)] == ["2", "1"]


def test_an_archive_waits_until_nobody_is_left_to_be_taken_out():
    found = needs(
        op("person.archive", "7"),
        op("edu_group.archive", "51"),
        leaves("7", "51"),
        moves("8", "51", "52"),
        leaves("9", "53"),
    )
    assert found["person.archive 7"] == ["membership.end 7"]
    assert found["edu_group.archive 51"] == ["membership.move 8", "membership.end 7"]


def test_a_person_and_a_class_of_one_number_are_two_things():
    found = needs(op("person.archive", "51"), leaves("7", "51"))
    assert found["person.archive 51"] == []


def test_who_comes_back_waits_to_be_taken_from_the_archive():
    found = needs(
        joins("7", "51"), op("person.restore", "7"), group("5А", verb="restore", target="51")
    )
    assert found["membership.add 7"] == ["edu_group.restore 51", "person.restore 7"]


def test_a_lesson_waits_for_the_one_that_stands_in_its_hour():
    monday = ("2026-11-30", 3)
    found = needs(lesson("create", "@lessons:a", None, monday), lesson("cancel", "11", monday))
    assert found["lesson.create @lessons:a"] == ["lesson.cancel 11"]


def test_a_lesson_waits_for_one_that_moves_away_and_for_no_later_one():
    first, second, third = (("2026-11-30", n) for n in (1, 2, 3))
    found = needs(lesson("update", "11", second, third), lesson("update", "12", first, second))
    assert found == {"lesson.update 11": [], "lesson.update 12": ["lesson.update 11"]}


def test_an_hour_of_another_group_or_day_is_nobodys_business():
    hour = ("2026-11-30", 3)
    cancel = lesson("cancel", "11", hour)
    other_group = lesson("create", "@lessons:a", None, hour, "52")
    other_day = lesson("create", "@lessons:b", None, ("2026-12-01", 3))
    assert set(map(tuple, needs(cancel, other_group, other_day).values())) == {()}


def test_changes_of_teachers_wait_for_nothing():
    """They name neither day nor number: one that is stale must not hold up the group's other lessons."""
    changes = [
        op("lesson.update", str(n), "51", {"teacher_ids": ["1"]}, {"teacher_ids": ["2"]})
        for n in range(3)
    ]
    assert set(map(tuple, needs(*changes).values())) == {()}


def test_lessons_keep_the_order_they_were_planned_in():
    changes = [op("lesson.update", target) for target in ("9", "1", "5")]
    assert [o.target for o in arranged(*changes)] == ["9", "1", "5"]


def test_what_was_seen_is_kept_as_a_digest():
    before = {"last_name": "Прежняя"}
    (one,) = arranged(op("person.update", "7", "51", before, {"last_name": "Новая"}))
    assert one.seen == digest_of(before)
    assert arranged(replace(one, seen="as it was"))[0].seen == "as it was"


def test_an_operation_whose_inverse_the_profile_lacks_is_irreversible():
    can = {"person.create", "edu_group.create", "edu_group.archive"}
    person, group_ = op("person.create", "@persons:a"), group("5Ж")
    found = {o.op: o.irreversible for o in arranged(person, group_, can=can)}
    assert found == {"person.create": True, "edu_group.create": False}
    assert not any(o.irreversible for o in arranged(person, group_))


TARGETS = st.sampled_from(["7", "8", "51", "52", "@edu_groups:a", "@persons:a", "@lessons:a"])
GROUPS = st.sampled_from(["51", "52", "@edu_groups:a", "@edu_groups:b"])
VALUES = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "edu_group_id": GROUPS,
        "from_group_id": GROUPS,
        "person_id": TARGETS,
        "date": st.sampled_from(["2026-11-30", "2026-12-01"]),
        "number": st.integers(1, 3),
        "parent_ids": st.lists(GROUPS, max_size=2),
    },
)
OPERATIONS = st.lists(
    st.builds(op, st.sampled_from(ORDER), TARGETS, GROUPS, VALUES, VALUES), max_size=12
)


@given(OPERATIONS)
def test_nothing_waits_for_a_later_one_and_nothing_is_lost(operations):
    ordered = arranged(*operations)
    assert [o.number for o in ordered] == list(range(1, len(operations) + 1))
    assert sorted(o.op for o in ordered) == sorted(o.op for o in operations)
    assert all(n < o.number for o in ordered for n in o.needs)


@given(OPERATIONS, st.randoms())
def test_the_order_of_a_roster_does_not_depend_on_the_order_of_its_rows(operations, random):
    roster = [o for o in operations if o.resource != "lessons"]
    shuffled = random.sample(roster, len(roster))

    def plain(found):
        return [(o.op, o.target, o.edu_group, repr(o.after)) for o in found]

    assert plain(arranged(*shuffled)) == plain(arranged(*roster))
