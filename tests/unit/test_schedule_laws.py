"""Laws over random timetables and random diaries, carried out on a diary that refuses what a strict vendor refuses."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.planned import Channel
from connector.sync.schedule import plan_schedule
from tests.unit.weeks import (
    A1,
    A2,
    MONDAY,
    SUBJECTS,
    TEACHERS,
    A,
    B,
    applied,
    diary,
    options,
    replace_lessons,
    slot,
    wishes,
)

SCHOOL = {A: ("5А", ()), A1: ("5А", ("1 группа",)), A2: ("5А", ("2 группа",)), B: ("5Б", ())}
NUMBERS = st.integers(1, 4)
TAUGHT = st.lists(st.sampled_from(list(TEACHERS)), min_size=1, max_size=2, unique=True)
WHO = st.lists(st.sampled_from([*TEACHERS.values(), 79]), max_size=2, unique=True).map(tuple)
HOLDS = st.sampled_from([("marks",), ("topic",), ("homework", "works"), ("attendance",)])
# Few groups, days, subjects and numbers, so that things meet.
SLOTS = st.lists(
    st.builds(
        lambda group, subject, **members: slot(
            classes=(SCHOOL[group][0],), parts=SCHOOL[group][1], subject=subject, **members
        ),
        st.sampled_from([A, A, A, *SCHOOL]),
        st.sampled_from(list(SUBJECTS)),
        day=st.sampled_from([1, 1, 1, 2]),
        number=NUMBERS,
        weeks=st.sampled_from(["1", "1", "1", "10", "01"]),
        teachers=TAUGHT,
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: (one.edu_groups, one.subgroups, one.day, one.number),
)
EDITS = st.one_of(
    st.builds(lambda number: {"number": number}, NUMBERS),
    st.builds(lambda day: {"day": day}, st.integers(1, 3)),
    st.builds(lambda who: {"teachers": tuple(who)}, TAUGHT),
    st.builds(lambda what: {"subject": what}, st.sampled_from([*SUBJECTS, "Астрология"])),
    st.sampled_from([{"teachers": ("Неведомая Н.",)}, {"teachers": ()}, {"weeks": "10"}, {}]),
)
SPOILS = st.one_of(
    st.builds(lambda who: {"teacher_ids": who}, WHO),
    st.builds(lambda holds: {"holds": frozenset(holds)}, HOLDS),
    st.builds(lambda number: {"number": number}, NUMBERS),
    st.sampled_from([{"number": None}, {"subject_id": None}, {"subject_id": 2}, {}]),
)
PLACES = st.integers(0, 40)
ASKS = st.builds(
    options,
    today=st.integers(-1, 22).map(lambda days: MONDAY + timedelta(days=days)),
    anchor=st.sampled_from([None, MONDAY, MONDAY]),
    channel=st.sampled_from([Channel.FILE, Channel.GATEWAY]),
)
many = settings(max_examples=120)


@st.composite
def edited(draw, slots):
    """A timetable after the deputy worked on it: hours swapped, rows changed, dropped and added."""
    new = list(slots) or draw(SLOTS)
    for here, there in draw(st.lists(st.tuples(PLACES, PLACES), max_size=4)):
        one, other = here % len(new), there % len(new)
        swapped = replace(new[one], day=new[other].day, number=new[other].number)
        new[other] = replace(new[other], day=new[one].day, number=new[one].number)
        new[one] = swapped if one != other else new[one]
    for place, edit in draw(st.lists(st.tuples(PLACES, EDITS), max_size=3)):
        new[place % len(new)] = replace(new[place % len(new)], **edit)
    return new[draw(st.integers(0, 1)) :] + draw(st.one_of(st.just([]), SLOTS))


@st.composite
def diaries(draw, slots):
    """A diary in which a timetable was carried out, and then lived in."""
    first = options(today=MONDAY - timedelta(days=9))
    have = applied(planned(slots, diary(), first)[0], diary())
    lessons = dict(have.lessons)
    for place, spoil in draw(st.lists(st.tuples(PLACES, SPOILS), max_size=6)):
        if lessons:
            key = sorted(lessons)[place % len(lessons)]
            lessons[key] = replace(lessons[key], **spoil)
    for place in draw(st.lists(PLACES, max_size=2)):
        if lessons:
            lessons.pop(sorted(lessons)[place % len(lessons)])
    return replace_lessons(have, lessons)


@st.composite
def stories(draw):
    old = draw(SLOTS)
    return draw(diaries(old)), draw(edited(old)), draw(ASKS)


def planned(slots, have, ask):
    return plan_schedule(wishes(*slots, have=have, ask=ask), have, ask)


@many
@given(stories())
def test_after_a_plan_is_carried_out_nothing_is_left_to_plan(story):
    have, slots, ask = story
    then = applied(planned(slots, have, ask)[0], have)
    assert planned(slots, then, ask)[0] == []


@many
@given(stories())
def test_what_is_past_held_or_of_other_groups_never_changes(story):
    have, slots, ask = story
    named = {wish.lesson.edu_group_id for wish in wishes(*slots, have=have, ask=ask)}
    operations = planned(slots, have, ask)[0]
    touched = {op.target for op in operations}
    for one in have.lessons.values():
        if one.holds or one.date < ask.today or one.edu_group_id not in named:
            assert str(one.id) not in touched
    for op in operations:
        if op.op == "lesson.create":
            assert op.after["date"] >= ask.today.isoformat()


@many
@given(stories(), st.data())
def test_a_third_timetable_settles_as_well(story, data):
    have, slots, ask = story
    for _step in range(2):
        slots = data.draw(edited(slots))
        have = applied(planned(slots, have, ask)[0], have)
        assert planned(slots, have, ask)[0] == []


@many
@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_slots_and_lessons_does_not_matter(story, chance):
    have, slots, ask = story
    first = planned(slots, have, ask)
    lessons = list(have.lessons.items())
    chance.shuffle(slots)
    chance.shuffle(lessons)
    assert planned(slots, replace_lessons(have, dict(lessons)), ask) == first


@many
@given(stories())
def test_each_lesson_is_touched_once_and_each_change_changes_something(story):
    have, slots, ask = story
    operations = planned(slots, have, ask)[0]
    made_anew = {op.target for op in operations if op.op == "lesson.cancel"}
    targets = [op.target for op in operations]
    assert len(targets) == len(set(targets))
    for op in operations:
        if op.op == "lesson.update":
            assert op.target not in made_anew
            assert op.after
            assert op.after.keys() == op.before.keys()
            assert all(op.after[key] != op.before[key] for key in op.after)


@many
@given(SLOTS, ASKS)
def test_an_empty_diary_gets_all_that_is_decided_and_only_that(slots, ask):
    have = diary()
    operations = planned(slots, have, ask)[0]
    decided = {
        f"@lessons:{w.lesson.edu_group_id}|{w.date}|{w.lesson.number}|{w.lesson.subject_id}"
        for w in wishes(*slots, have=have, ask=ask)
        if w.lesson.decided and w.date >= ask.today
    }
    assert {op.target for op in operations} == decided
