from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connector.planned import Channel
from connector.sync.moves import Change, exchanged, in_order
from tests.unit.weeks import (
    A1,
    ALGEBRA,
    INNA,
    MONDAY,
    OLEG,
    PAVEL,
    VERA,
    B,
    diary,
    did,
    lesson,
    options,
    pattern,
    plan,
    slot,
)

WISH = pattern(slot()).lessons[0]


def change(old, **members):
    new = {
        "number": old.number,
        "subject_id": old.subject_id,
        "teacher_ids": old.teacher_ids,
        "place_id": old.place_id,
        **members,
    }
    return Change(old, **new, wish=WISH)


def test_who_frees_an_hour_goes_before_who_takes_it():
    first = change(lesson(number=3), number=4)
    second = change(lesson(number=4, subject=2, teachers=(OLEG,)), number=5)
    assert in_order([first, second]) == ([second, first], [])


def test_a_teacher_leaves_one_class_before_he_comes_to_another():
    comes = change(lesson(teachers=(OLEG,)), teacher_ids=(VERA,))
    leaves = change(lesson(group=B), teacher_ids=(INNA,))
    assert in_order([comes, leaves]) == ([leaves, comes], [])


def test_of_teachers_who_swap_classes_one_lesson_is_made_anew():
    one = change(lesson(teachers=(VERA, PAVEL)), teacher_ids=(OLEG,))
    other = change(lesson(group=B, teachers=(OLEG,)), teacher_ids=(VERA,))
    behind = change(lesson(group=A1 - 400, teachers=(INNA,)), teacher_ids=(PAVEL,))
    assert in_order([behind, one, other]) == ([behind, other], [one])


def test_lessons_of_different_dates_do_not_wait_for_each_other():
    one = change(lesson(), teacher_ids=(OLEG,))
    other = change(lesson(1, group=B, teachers=(OLEG,)), teacher_ids=(VERA,))
    assert in_order([other, one]) == ([one, other], [])


def test_who_stays_busy_is_not_waited_for():
    """Two lessons of a teacher at once are the timetable's fault, and told elsewhere."""
    comes = change(lesson(teachers=(OLEG,)), teacher_ids=(VERA,))
    stays = change(lesson(group=B), subject_id=2)
    assert in_order([stays, comes]) == ([comes, stays], [])


def test_a_ring_of_three_hours_keeps_its_lessons_in_place():
    ring = [
        change(lesson(number=n, subject=n, teachers=(70 + n,)), number=n % 3 + 1) for n in (1, 2, 3)
    ]
    outside = change(lesson(number=7), number=8)
    found = exchanged([*ring, outside])
    assert [(one.lesson.number, one.number, one.subject_id) for one in found] == [
        (2, 2, 1),
        (3, 3, 2),
        (1, 1, 3),
        (7, 8, ALGEBRA),
    ]


def test_a_chain_that_runs_into_a_ring_is_no_part_of_it():
    """Two lessons at one number: the diary may hold what it would now refuse."""
    swap = [change(lesson(number=1), number=2), change(lesson(number=2, subject=2), number=1)]
    extra = change(lesson(number=5, subject=3), number=1)
    found = exchanged([extra, *swap])
    assert found[0] == extra
    assert [one.number for one in found[1:]] == [2, 1]


def swapped_teachers():
    have = diary(lesson(), lesson(group=B, teachers=(OLEG,)))
    slots = [
        slot(teachers=("Пробин О.",), requirement="а"),
        slot(classes=("5Б",), requirement="б"),
    ]
    return slots, have


def test_over_the_gateway_a_swap_of_teachers_begins_with_a_cancellation():
    slots, have = swapped_teachers()
    ask = options(end=MONDAY, channel=Channel.GATEWAY)
    assert did(plan(slots, have, ask=ask)[0]) == [
        ("cancel", "teacher", "5А, 2026-11-02, 3: Алгебра"),
        ("update", "teacher", "5Б, 2026-11-02, 3: Алгебра"),
        ("create", "teacher", "5А, 2026-11-02, 3: Алгебра"),
    ]


def test_on_a_checklist_a_swap_of_teachers_is_two_changes():
    slots, have = swapped_teachers()
    ops = plan(slots, have, ask=options(end=MONDAY))[0]
    assert [verb for verb, _reason, _label in did(ops)] == ["update", "update"]


LESSONS = st.builds(
    lambda group, number, teacher: (group, number, teacher),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(71, 76),
)


def free(rows):
    """Rows in which no group and no teacher is needed twice at once."""
    seats = [seat for group, number, who in rows for seat in ((group, number), (who, number))]
    return len(seats) == len(set(seats))


@given(st.lists(LESSONS, max_size=10), st.randoms(use_true_random=False))
def test_each_change_finds_its_hour_free(rows, chance):
    """Any lessons without a clash, turned into any others without a clash."""
    before = []
    for row in rows:
        if free([*before, row]):
            before.append(row)
    after = [None] * len(before)
    places = list(before)
    chance.shuffle(places)
    for index, (group, _number, _teacher) in enumerate(before):
        wished = chance.choice(places)
        new = (group, wished[1], wished[2])
        rest = [row for row in after if row]
        after[index] = new if free([*rest, new]) else None
    changes = [
        change(
            replace(lesson(group=group, number=number, teachers=(who,)), id=index + 1),
            number=new[1],
            teacher_ids=(new[2],),
        )
        for index, ((group, number, who), new) in enumerate(zip(before, after, strict=True))
        if new and new != (group, number, who)
    ]
    ordered, anew = in_order(changes)
    assert sorted(one.lesson.id for one in [*ordered, *anew]) == [c.lesson.id for c in changes]
    goes = {one.lesson.id for one in anew} | {
        index + 1 for index, new in enumerate(after) if new is None
    }
    now = {index + 1: row for index, row in enumerate(before) if index + 1 not in goes}
    for one in [*ordered, *anew]:
        now[one.lesson.id] = (one.lesson.edu_group_id, one.number, one.teacher_ids[0])
        assert free(now.values())
