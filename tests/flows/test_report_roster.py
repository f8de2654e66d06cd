"""Class lists against the emulator's school: what was changed in the list is found, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from connector.mirror.store import Mirror
from connector.reports.report import Filters
from connector.reports.roster import build
from mappings.rulebooks import read_rulebook
from tests.flows.papers import ListedPupil, listed, report, write_class_list
from tests.flows.stories import EVENING, a_night_later, school

ROLL = ("ROSTER", "ROSTERLEFT", "ROSTERLACK")
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    path = tmp_path_factory.mktemp("roster") / "mirror.db"
    with school(pupils=216, classes=9) as made:
        assert made.pull(path).error is None
        yield made.sandbox.desk, path


@pytest.fixture
def office(pulled, tmp_path):
    """The list of the office, and how the report judges what becomes of it."""
    desk, mirror = pulled

    def judge(pupils, **options):
        file = write_class_list(tmp_path / "list.xlsx", pupils)
        return report(build, mirror, read_rulebook(), file, **options)

    return listed(desk), judge


def plain(pupils):
    """Pupils whom nothing could mistake for another: the only ones of their name, with a birthday on both sides."""
    names = [(one.last_name, one.first_name) for one in pupils]
    return [
        one
        for one, name in zip(pupils, names, strict=True)
        if one.birthday and one.account and names.count(name) == 1
    ]


def found(made, rule):
    return sorted(person for one in made.findings if one.rule == rule for person in one.person_ids)


def table(made, key):
    return [
        dict(zip((column.key for column in chosen.columns), row, strict=True))
        for chosen in made.tables
        if chosen.key == key
        for row in chosen.rows
    ]


def marked_after(desk, person_id, day):
    """Whether something of a pupil stands at a held lesson after a day."""
    return any(
        group.roll[place].person.id == person_id
        for group in desk.school.groups
        for lesson in group.lessons
        if day < lesson.day < desk.today and lesson.stands
        for place in (
            *(mark.place for _work, mark in lesson.marks()),
            *lesson.entries,
        )
    )


def test_a_list_like_the_diary_is_no_finding(office):
    pupils, judge = office
    made = judge(pupils)
    assert made.findings == ()
    assert table(made, "differences") == []
    assert table(made, "unmatched") == []
    assert [row["in_both"] for row in table(made, "classes")] == [
        row["in_diary"] for row in table(made, "classes")
    ]


def test_pupils_taken_from_the_list_are_found(office):
    pupils, judge = office
    taken = plain(pupils)[::8][:24]
    made = judge([one for one in pupils if one not in taken])
    assert len(taken) >= 20
    assert found(made, "ROSTER") == sorted(one.id for one in taken)
    assert found(made, "ROSTERLACK") == found(made, "ROSTERLEFT") == []


def test_invented_pupils_of_the_list_are_found(office):
    pupils, judge = office
    new = [
        ListedPupil(
            None,
            f"Новый{'абвгдежзиклмнопрстуфхц'[n]}",
            "Иван",
            "Петрович",
            date(2014, 5, n + 1),
            "5А",
        )
        for n in range(22)
    ]
    made = judge(
        [*pupils, *(replace(one, edu_group=pupils[n].edu_group) for n, one in enumerate(new))]
    )
    persons = found(made, "ROSTERLACK")
    assert len(persons) == 22
    assert all(person < 0 for person in persons)
    assert {made.names.pupils[person] for person in persons} == {
        f"{one.last_name} Иван Петрович" for one in new
    }
    assert found(made, "ROSTER") == []


def test_a_pupil_listed_in_another_class_is_lacking_there_and_a_stranger_here(office):
    pupils, judge = office
    moved = plain(pupils)[3::9][:20]
    classes = sorted({one.edu_group for one in pupils})
    to = {one.id: classes[(classes.index(one.edu_group) + 1) % len(classes)] for one in moved}
    made = judge([replace(one, edu_group=to.get(one.id, one.edu_group)) for one in pupils])
    ids = sorted(to)
    assert len(ids) == 20
    assert found(made, "ROSTER") == found(made, "ROSTERLACK") == ids
    words = {row["difference"] for row in table(made, "differences")}
    assert words == {"in another class of the diary", "only in the diary"}


def test_leavers_of_the_list_are_found_where_something_stands_after_their_day(pulled, office):
    desk, _path = pulled
    pupils, judge = office
    day = date(2026, 10, 1)
    gone = plain(pupils)[5::7][:24]
    made = judge([replace(one, left=day if one in gone else None) for one in pupils])
    still = [one.id for one in gone if marked_after(desk, one.id, day)]
    assert len(still) >= 20
    assert found(made, "ROSTERLEFT") == sorted(still)
    assert found(made, "ROSTER") == sorted(one.id for one in gone)


def test_a_mark_on_the_day_of_leaving_is_no_mark_after_it(pulled, office):
    desk, _path = pulled
    pupils, judge = office
    gone = plain(pupils)[0]
    places = {
        lesson.day
        for group in desk.school.groups
        for lesson in group.lessons
        if lesson.day < desk.today and lesson.stands
        for place in (*(mark.place for _work, mark in lesson.marks()), *lesson.entries)
        if group.roll[place].person.id == gone.id
    }
    last = max(places)
    before = max(day for day in places if day < last)
    for day, ids in ((last, []), (before, [gone.id])):
        made = judge([replace(one, left=day) if one is gone else one for one in pupils])
        assert found(made, "ROSTERLEFT") == ids
    (finding,) = [one for one in made.findings if one.rule == "ROSTERLEFT"]
    assert finding.date == last


@pytest.mark.parametrize(("day", "is_late"), [(FRIDAY, True), (MONDAY, False)])
def test_who_left_or_came_is_due_in_the_diary_on_the_next_working_day(office, day, is_late):
    pupils, judge = office
    gone = plain(pupils)[0]
    new = ListedPupil(None, "Новенький", "Иван", "Петрович", date(2014, 5, 1), gone.edu_group, day)
    made = judge([*(replace(one, left=day) if one is gone else one for one in pupils), new])
    assert found(made, "ROSTER") == ([gone.id] if is_late else [])
    assert len(found(made, "ROSTERLACK")) == is_late


def test_a_leaver_without_a_day_is_compared_as_the_list_stands(office):
    pupils, judge = office
    gone = plain(pupils)[0]
    made = judge([replace(one, left="да") if one is gone else one for one in pupils])
    assert (found(made, "ROSTER"), found(made, "ROSTERLEFT")) == ([gone.id], [])


def test_a_class_the_list_does_not_name_is_not_judged(office):
    pupils, judge = office
    left_out = pupils[0].edu_group
    made = judge([one for one in pupils if one.edu_group != left_out])
    assert made.findings == ()


def test_a_refused_row_keeps_strangers_from_being_accused(office):
    pupils, judge = office
    taken = plain(pupils)[0]
    broken = replace(pupils[1], birthday=None, edu_group="5D")
    made = judge([broken if one is pupils[1] else one for one in pupils if one is not taken])
    assert found(made, "ROSTER") == []
    assert [(one.rule, one.reason) for one in made.notes.silences] == [
        ("ROSTER", "list_incomplete")
    ]


def test_a_pupil_whom_nothing_identifies_accuses_nobody(office):
    """The name alone in another class: a transfer or a namesake."""
    pupils, judge = office
    one = plain(pupils)[0]
    other = next(each.edu_group for each in pupils if each.edu_group != one.edu_group)
    made = judge(
        [replace(each, edu_group=other, birthday=None) if each is one else each for each in pupils]
    )
    assert made.findings == ()
    assert [row["class_in_list"] for row in table(made, "unmatched")] == [other]


def test_without_a_list_the_report_says_no_data(pulled):
    _desk, path = pulled
    made = report(build, path, read_rulebook())
    assert made.findings == ()
    assert [(one.rule, one.reason) for one in made.notes.silences] == [
        (rule, "no_class_list") for rule in ROLL
    ]
    assert {row["in_list"].name for row in table(made, "classes")} == {"NO_DATA"}


def heads(desk):
    """Class teachers by class."""
    return {
        one.id: one.class_teacher.id for one in desk.school.groups if one.class_teacher is not None
    }


def test_who_leads_the_class_is_to_mend_what_differs(pulled, office):
    desk, _path = pulled
    pupils, judge = office
    taken = plain(pupils)[::8][:24]
    new = replace(plain(pupils)[1], id=None, last_name="Новенькая", birthday=date(2014, 5, 1))
    made = judge([*(one for one in pupils if one not in taken), new])
    led = heads(desk)
    assert {one.rule for one in made.findings} == {"ROSTER", "ROSTERLACK"}
    assert all(one.teacher_ids == (led[one.edu_group_id],) for one in made.findings)
    for key in ("classes", "differences"):
        rows = table(made, key)
        assert rows
        assert all(row["class_teacher"] == led[row["edu_group"]] for row in rows)
    assert all(made.names.teachers[one.teacher_ids[0]] for one in made.findings)


def test_a_leavers_mark_is_the_affair_of_who_gave_the_lesson(office):
    pupils, judge = office
    gone = plain(pupils)[5::7][:24]
    made = judge([replace(one, left=date(2026, 10, 1)) if one in gone else one for one in pupils])
    names = [one for one in made.findings if one.rule == "ROSTERLEFT"]
    assert all(one.lesson_id and one.teacher_ids for one in names)


def test_a_class_teacher_who_is_asked_for_sees_the_own_class_only(pulled, office):
    desk, _path = pulled
    pupils, judge = office
    taken = plain(pupils)[::8][:24]
    led = heads(desk)
    someone = led[judge([one for one in pupils if one not in taken]).findings[0].edu_group_id]
    own = {group for group, teacher in led.items() if teacher == someone}
    made = judge(
        [one for one in pupils if one not in taken], filters=Filters(teachers=(str(someone),))
    )
    assert {one.edu_group_id for one in made.findings} == own
    assert {
        row["edu_group"] for key in ("classes", "differences") for row in table(made, key)
    } == own


def test_hidden_class_teachers_stay_hidden(pulled, office):
    desk, _path = pulled
    pupils, judge = office
    made = judge([one for one in pupils if one not in plain(pupils)[:9]], hide_teachers=True)
    assert made.findings
    shown = {row["class_teacher"] for key in ("classes", "differences") for row in table(made, key)}
    shown |= {person for one in made.findings for person in one.teacher_ids}
    assert shown.isdisjoint(heads(desk).values())


def test_a_class_teacher_who_gives_no_lesson_is_named(tmp_path):
    path = tmp_path / "mirror.db"
    with school(pupils=72, classes=3) as made:
        made.pull(path)
        pupils, head = listed(made.sandbox.desk), made.sandbox.desk.school.admin
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        run = mirror.start_run("pull", {}, a_night_later())
        known = mirror.rows("class_teachers", "1")
        mirror.withdraw(run, a_night_later(), "class_teachers", list(known))
        others = [(group, head.id, None) for group, _person in known]
        mirror.merge(run, a_night_later(), "class_teachers", others, {})
    file = write_class_list(tmp_path / "list.xlsx", plain(pupils)[1:])
    judged = report(build, path, read_rulebook(), file)
    assert {one.teacher_ids for one in judged.findings} == {(head.id,)}
    assert head.last_name in judged.names.teachers[head.id]


def test_without_a_known_class_teacher_the_class_alone_is_named(tmp_path):
    path = tmp_path / "mirror.db"
    with school(pupils=72, classes=3) as made:
        made.pull(path)
        pupils = listed(made.sandbox.desk)
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        run = mirror.start_run("pull", {}, a_night_later())
        known = mirror.rows("class_teachers", "1")
        assert (
            mirror.withdraw(run, a_night_later(), "class_teachers", list(known)) == len(known) > 0
        )
    file = write_class_list(
        tmp_path / "list.xlsx", [one for one in pupils if one not in plain(pupils)[:5]]
    )
    judged = report(build, path, read_rulebook(), file)
    assert [one.teacher_ids for one in judged.findings if one.rule == "ROSTER"] == [()] * 5
    assert {row["class_teacher"] for row in table(judged, "classes")} == {None}


def test_without_pupils_names_the_report_holds_none(office):
    pupils, judge = office
    taken = plain(pupils)[:3]
    made = judge([one for one in pupils if one not in taken], anonymous=True)
    assert made.names.pupils == {}
    assert all(one.person_ids == () for one in made.findings)
    assert all(0 < row["pupil"] < 100 for row in table(made, "differences"))


def test_a_transfer_that_a_pull_saw_is_due_from_the_day_it_was_seen(tmp_path):
    path = tmp_path / "mirror.db"

    def strangers(nights):
        now = a_night_later(nights)
        judged = report(build, path, read_rulebook(), file, as_of=now.date(), now=now)
        return [(one.person_ids, one.date) for one in judged.findings if one.rule == "ROSTER"]

    with school(pupils=120, classes=5) as made:
        made.pull(path)
        pupils = listed(made.sandbox.desk)
        file = write_class_list(tmp_path / "list.xlsx", pupils)
        classes = {one.name: one for one in made.sandbox.desk.school.groups if one.kind == "class"}
        one = plain(pupils)[0]
        here = classes.pop(one.edu_group)
        there = next(iter(classes.values()))
        made.edit(
            "pupil.move", **{"person": str(one.id), "from": str(here.id), "to": str(there.id)}
        )
        made.pull(path, at=a_night_later(), full=True)
        # Seen on Wednesday, due on Thursday: late from Friday on, once a pull has seen Thursday's end.
        assert [strangers(nights) for nights in (1, 2, 3)] == [[], [], []]
        made.pull(path, at=a_night_later(3), full=True)
    assert strangers(3) == [((one.id,), a_night_later().date())]


def test_pupils_read_long_ago_prove_nothing(office):
    pupils, judge = office
    taken = plain(pupils)[0]
    later = EVENING + timedelta(days=30)
    made = judge([one for one in pupils if one is not taken], as_of=later.date(), now=later)
    assert made.findings == ()
    assert {(one.rule, one.reason) for one in made.notes.silences} >= {("ROSTER", "read_too_early")}
