"""ATT: rolls, exceptions, and the contradictions that prove a gap."""

import pytest

from connector.reports.coverage import LESSONS, LOG
from connector.reports.rules.attendance import attendance_modes
from tests.unit.journals import (
    CLASS,
    MONDAY,
    OTHER_CLASS,
    SUBGROUP,
    TUESDAY,
    accused,
    group,
    journal,
    judge,
    lesson,
    read,
    reasons,
    settings,
)

PUPIL = 1


def silent(number=2, **changes):
    return lesson(number, entries=0, **changes)


def day_of(*numbers, gap=2, **changes):
    """Lessons of Monday: entries everywhere but at the gap."""
    return [silent(n, **changes) if n == gap else lesson(n, **changes) for n in numbers]


def entries(lessons, *numbers, status="Absent", person=PUPIL):
    return [(one.id, person, status) for one in lessons if one.number in numbers]


def test_a_silent_lesson_between_two_absences_is_found():
    lessons = day_of(1, 2, 3)
    assert accused("ATT", journal(lessons, entries=entries(lessons, 1, 3))) == [(MONDAY, 2)]


def test_the_finding_names_the_pupils_who_prove_it():
    lessons = day_of(1, 2, 3)
    both = [*entries(lessons, 1, 3, person=3), *entries(lessons, 1, 3)]
    (found,), _ = judge("ATT", journal(lessons, entries=both))
    assert found.person_ids == (1, 3)


@pytest.mark.parametrize("status", ["Absent", "Ill", "Pass"])
def test_each_kind_of_absence_is_a_witness(status):
    lessons = day_of(1, 2, 3)
    assert accused("ATT", journal(lessons, entries=entries(lessons, 1, 3, status=status)))


@pytest.mark.parametrize("status", ["Late", "Attend", "что-то новое", ""])
def test_nothing_else_is_a_witness(status):
    lessons = day_of(1, 2, 3)
    assert accused("ATT", journal(lessons, entries=entries(lessons, 1, 3, status=status))) == []


def test_silence_alone_proves_nothing():
    assert accused("ATT", journal([silent(1), silent(2), silent(3)])) == []


@pytest.mark.parametrize(("gap", "numbers"), [(4, (1,)), (4, (1, 2)), (1, (2, 3)), (1, (4,))])
def test_absences_on_one_side_prove_nothing(gap, numbers):
    lessons = day_of(1, 2, 3, 4, gap=gap)
    assert accused("ATT", journal(lessons, entries=entries(lessons, *numbers))) == []


def test_two_pupils_each_on_one_side_prove_nothing():
    lessons = day_of(1, 2, 3)
    apart = [*entries(lessons, 1, person=1), *entries(lessons, 3, person=2)]
    assert accused("ATT", journal(lessons, entries=apart)) == []


def test_absences_of_another_day_prove_nothing():
    lessons = [lesson(1), silent(2), lesson(3, day=TUESDAY)]
    assert accused("ATT", journal(lessons, entries=entries(lessons, 1, 3))) == []


def test_a_lesson_with_any_entry_is_entered():
    lessons = [lesson(1), lesson(2), lesson(3)]
    assert accused("ATT", journal(lessons, entries=entries(lessons, 1, 3))) == []


def test_an_absence_at_a_cancelled_lesson_proves_nothing():
    lessons = [lesson(1), silent(2), lesson(3, status="Cancelled")]
    assert accused("ATT", journal(lessons, entries=entries(lessons, 1, 3))) == []


def test_lessons_without_a_number_have_no_before_and_after():
    lessons = [lesson(1), lesson(3)]
    school = journal([*lessons, silent(2)._replace(number=None)], entries=entries(lessons, 1, 3))
    assert accused("ATT", school) == []


def test_a_stranger_to_the_group_proves_nothing():
    lessons = day_of(1, 2, 3)
    assert accused("ATT", journal(lessons, entries=entries(lessons, 1, 3, person=77))) == []


SPLIT = [
    group(members=(1, 2, 3, 4)),
    group(SUBGROUP, "5А (англ. 1)", members=(1, 2), classes=(CLASS,)),
    group(OTHER_CLASS, "5Б", members=(8, 9)),
]


def test_a_subgroup_is_contradicted_by_lessons_of_its_class():
    lessons = [lesson(1), silent(2, group_id=SUBGROUP), lesson(3)]
    school = journal(lessons, groups=SPLIT, entries=entries(lessons, 1, 3))
    (found,), _ = judge("ATT", school)
    assert found.edu_group_id == SUBGROUP


def test_a_pupil_of_the_other_subgroup_proves_nothing():
    lessons = [lesson(1), silent(2, group_id=SUBGROUP), lesson(3)]
    school = journal(lessons, groups=SPLIT, entries=entries(lessons, 1, 3, person=4))
    assert accused("ATT", school) == []


def test_a_pupil_expected_elsewhere_at_that_hour_proves_nothing():
    lessons = [lesson(1), silent(2), lesson(2, group_id=SUBGROUP), lesson(3)]
    school = journal(lessons, groups=SPLIT, entries=entries(lessons, 1, 2, 3))
    assert accused("ATT", school) == []


@pytest.mark.parametrize("silent_half", [SUBGROUP, 52])
def test_a_pupil_who_changed_halves_accuses_neither_of_them(silent_half):
    """At that hour the pupil may have been in the other half: the vendor shows no day of the change."""
    halves = [
        group(members=(1, 2, 3, 4)),
        group(SUBGROUP, "5А (англ. 1)", members=(2,), ever=(1, 2), classes=(CLASS,)),
        group(52, "5А (англ. 2)", members=(1, 3), classes=(CLASS,)),
    ]
    other = SUBGROUP if silent_half == 52 else 52
    lessons = [lesson(1), silent(2, group_id=silent_half), lesson(2, group_id=other), lesson(3)]
    school = journal(lessons, groups=halves, entries=entries(lessons, 1, 3))
    assert accused("ATT", school) == []


def test_a_pupil_who_came_from_another_class_does_not_accuse_the_new_one():
    """The vendor shows no day of the change: absences in the old class are from before."""
    newcomer = [
        group(members=(1, 2)),
        group(OTHER_CLASS, "5Б", members=(8,), ever=(1, 8)),
    ]
    lessons = [
        lesson(1, group_id=OTHER_CLASS),
        silent(2),
        lesson(3, group_id=OTHER_CLASS),
    ]
    school = journal(lessons, groups=newcomer, entries=entries(lessons, 1, 3))
    assert accused("ATT", school) == []


def test_a_pupil_who_left_still_proves_the_days_before():
    leaver = [group(members=(2,), ever=(1, 2))]
    lessons = day_of(1, 2, 3)
    school = journal(lessons, groups=leaver, entries=entries(lessons, 1, 3))
    assert accused("ATT", school) == [(MONDAY, 2)]


def test_a_stream_of_several_classes_is_contradicted_by_a_class_its_pupil_is_in():
    stream = group(70, "Физика 10", members=(1, 8))
    lessons = [lesson(1), silent(2, group_id=70), lesson(3)]
    school = journal(
        lessons,
        groups=[*SPLIT, stream],
        entries=entries(lessons, 1, 3),
        windows=[read(part, group_id=gid) for part in (LESSONS, LOG) for gid in (CLASS, 70)],
    )
    (found,), _ = judge("ATT", school)
    assert found.edu_group_id == 70


def with_roll(numbers, gap):
    return [silent(n, presences=0) if n == gap else lesson(n, presences=20) for n in numbers]


def test_where_a_roll_is_kept_a_lesson_without_an_entry_is_found():
    assert accused("ATT", journal(with_roll(range(1, 6), gap=3))) == [(MONDAY, 3)]


def test_four_of_five_lessons_with_presence_make_a_roll():
    modes = attendance_modes(with_roll(range(1, 6), gap=3), settings("ATT"))
    assert (modes[CLASS].mode, modes[CLASS].lessons, modes[CLASS].with_presence) == ("roll", 5, 4)


def test_three_of_four_do_not():
    assert (
        attendance_modes(with_roll(range(1, 5), gap=3), settings("ATT"))[CLASS].mode == "exceptions"
    )


@pytest.mark.parametrize(("wish", "mode"), [("always", "roll"), ("never", "exceptions")])
def test_the_rulebook_may_settle_the_mode(wish, mode):
    for lessons in (with_roll(range(1, 6), gap=3), [silent(1)]):
        assert attendance_modes(lessons, settings("ATT", params={"roll": wish}))[CLASS].mode == mode


def test_another_share_may_make_a_roll():
    kept = settings("ATT", params={"roll_share": 0.75})
    assert attendance_modes(with_roll(range(1, 5), gap=3), kept)[CLASS].mode == "roll"


def test_attendance_is_due_by_the_end_of_the_day():
    school = journal(with_roll(range(1, 6), gap=3))
    assert accused("ATT", school, as_of=MONDAY) == []
    assert accused("ATT", school, as_of=TUESDAY) == [(MONDAY, 3)]


def test_a_first_class_has_attendance_too():
    school = journal(with_roll(range(1, 6), gap=3), groups=[group(name="1А", parallel=1)])
    assert accused("ATT", school) == [(MONDAY, 3)]


def test_home_schooling_is_left_out():
    assert accused("ATT", journal(with_roll(range(1, 6), gap=3), groups=[group(name="5НО")])) == []


def test_attendance_that_was_not_read_is_a_gap_in_either_mode():
    windows = [read(LESSONS)]
    assert reasons("ATT", journal(with_roll(range(1, 6), gap=3), windows=windows)) == ["not_read"]
    assert reasons("ATT", journal([silent(1)], windows=windows)) == ["not_read"]
