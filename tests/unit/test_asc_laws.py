import tracemalloc
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.asc import read_asc
from tests.unit.asc_schools import DAYS, School, Taught, to_2008, to_2012

CLASSES = ("5А", "5Б", "10")
# A school and its two files are made for each example; 40 of them find what 100 do.
few = settings(max_examples=40)
TEACHERS = ("Тестова Вера Юрьевна", "Примеров Олег", "Образцова Нина Петровна")
ROOMS = ("12", "Сп. зал 2", "325")
PARTS = st.sampled_from([(), ("1 группа",), ("1 группа", "2 группа"), ("Девочки",)])


def some(names, least=0):
    return st.lists(st.sampled_from(names), min_size=least, unique=True).map(tuple)


@st.composite
def lessons(draw):
    length = draw(st.sampled_from([1, 1, 2]))
    places = st.tuples(st.integers(1, len(DAYS)), st.integers(0, 3))
    cards = tuple(
        (day, 1 + third * length, draw(some(ROOMS)))
        for day, third in draw(st.lists(places, unique=True, max_size=4))
    )
    return Taught(
        classes=draw(some(CLASSES, 1).map(lambda found: tuple(sorted(found, key=CLASSES.index)))),
        parts=draw(PARTS),
        subject=draw(st.sampled_from(["Алгебра", "История", "Химия / физика"])),
        teachers=draw(some(TEACHERS)),
        cards=cards,
        length=length,
        weeks=draw(st.sampled_from(["1", "11", "10", "01"])),
        unplaced=draw(st.sampled_from([0, 0, 1, 0.5])),
    )


schools = st.builds(
    School,
    st.lists(lessons(), max_size=5).map(lambda found: [Taught(), *found]),
    st.integers(0, 2**32),
)


def hours_of(source):
    return sorted(
        (s.day, s.number, s.weeks, s.edu_groups, s.subgroups, s.subject, s.teachers, s.rooms)
        for s in source.slots
    )


def records_of(source):
    return (
        source.edu_groups,
        source.requirements,
        source.slots,
        source.bells,
        sorted(source.teachers),
        sorted(source.subjects),
        sorted(source.rooms),
    )


@few
@given(schools)
def test_the_new_schema_gives_every_hour_of_the_school(school):
    source = read_asc(to_2012(school), "t.xml")
    assert source.refused == []
    assert hours_of(source) == sorted(hour for each in school.lessons for hour in each.hours())


@few
@given(schools, st.booleans(), st.booleans())
def test_the_old_schema_gives_the_same_records_as_the_new_one(school, from_one, bom):
    old = read_asc(to_2008(school, from_one=from_one, bom=bom), "t.xml")
    new = read_asc(to_2012(school), "t.xml")
    assert old.refused == []
    assert records_of(old)[:3] == records_of(new)[:3]
    # The old schema has no names of periods.
    assert old.bells == [replace(bell, name="") for bell in new.bells]


@few
@given(schools, st.integers(0, 2**32))
def test_neither_ids_nor_the_order_of_rows_matter(school, seed):
    """Another seed means other ids and another order; the next export of one timetable has both."""
    first = read_asc(to_2012(school), "t.xml")
    second = read_asc(to_2012(replace(school, seed=seed)), "t.xml")
    assert records_of(first) == records_of(second)


@few
@given(schools)
def test_each_requirement_has_a_key_of_its_own_and_its_slots_carry_it(school):
    source = read_asc(to_2012(school), "t.xml")
    keys = [each.key for each in source.requirements]
    assert len(set(keys)) == len(keys) == len(school.lessons)
    assert {slot.requirement for slot in source.slots} <= set(keys)


@few
@given(schools)
def test_declared_is_placed_plus_what_is_told_as_unplaced(school):
    source = read_asc(to_2012(school), "t.xml")
    short = [each for each in source.requirements if each.hours_per_week > each.placed_hours]
    assert len(short) == sum(problem.rule == "unplaced" for problem in source.problems)
    assert sum(each.placed_hours for each in source.requirements) == sum(
        len(each.cards) * each.length * each.share for each in school.lessons
    )


@few
@given(schools, st.data())
def test_a_file_cut_anywhere_gives_one_refusal_and_no_records(school, data):
    """A part of a timetable would look like cancelled lessons."""
    whole = to_2012(school)
    end = whole.rindex(b">")
    source = read_asc(whole[: data.draw(st.integers(0, end))], "t.xml")
    assert len(source.refused) == 1
    assert records_of(source) == ([], [], [], [], [], [], [])


@few
@given(schools)
def test_rows_are_accepted_or_told(school):
    source = read_asc(to_2012(school), "t.xml")
    assert source.rows == source.accepted


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(data):
    assert read_asc(data, "t.xml").refused


@few
@given(schools, st.data())
def test_any_damage_is_read_or_refused_and_never_a_crash(school, data):
    raw = bytearray(to_2012(school))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    source = read_asc(bytes(raw), "t.xml")
    assert source.refused or source.slots


def test_a_large_export_is_read_in_little_memory():
    """6,600 cards; the limit of the whole program is 150 MiB."""
    places = [(day, number) for day in range(1, 7) for number in range(1, 7)]
    lessons = [
        Taught((f"{1 + at % 11}{letter}",), subject=f"Предмет {at}", cards=((*place, ("12",)),))
        for letter in "АБВГДЕЖЗИК"
        for at in range(18)
        for place in places
    ]
    data = to_2012(School(lessons), encoding="windows-1251")
    tracemalloc.start()
    try:
        source = read_asc(data, "t.xml")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(source.slots) == 6480
    assert peak < 32 * 2**20
