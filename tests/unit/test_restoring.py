"""What a backup and a diary make of each other: what is written, what people enter, what is left alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.planned import (
    WORK_VALUES,
    Book,
    BookEntry,
    BookLesson,
    BookMark,
    BookWork,
    ByHand,
    Have,
)
from connector.sync.book import like, mark_text
from connector.sync.outcome import Resolver, done_id, is_done, is_stale
from connector.sync.plan import arrange
from connector.sync.restoring import FIELDS, Wanted, restore

LESSON, OTHER_LESSON = 101, 102
WORK, OTHER_WORK = 301, 302
ANNA, BORIS = 7, 8
HOMEWORK = {"type": "Homework", "work_type_id": "5", "target_date": "2026-09-08", "text": "§ 1"}
TEST = {"type": "LessonTestWork", "work_type_id": "6", "target_date": None, "text": None}


def lesson(vendor_id, **changes):
    fields = {
        "edu_group_id": 51,
        "subject_id": 201,
        "date": "2026-09-07",
        "number": vendor_id - 100,
    }
    return BookLesson(vendor_id, **(fields | changes))


def work(number=WORK, at=LESSON, tasks=(), **values):
    said = dict.fromkeys(WORK_VALUES) | {"edu_group_id": "51", "subject_id": "201"} | TEST | values
    return BookWork(number, at, said, dict.fromkeys(tasks, "New"))


def mark(number=401, person=ANNA, of=WORK, value="4", at=LESSON):
    return BookMark(number, person, of, at, "Mark5", value, value)


def book(*things, entries=(), finals=()):
    made = Book({one: lesson(one) for one in (LESSON, OTHER_LESSON)})
    for one in things:
        table = {BookLesson: made.lessons, BookWork: made.works, BookMark: made.marks}[type(one)]
        table[one.id] = one
    made.entries = dict(entries)
    made.finals = dict(finals)
    return made


def without(made, *lessons):
    return replace(made, lessons={k: v for k, v in made.lessons.items() if k not in lessons})


def wanted(*overwrite, pupils=(ANNA, BORIS), **more):
    return Wanted(frozenset(overwrite), frozenset(pupils), **more)


def found(backup, now, how=None):
    return restore(backup, now, how or wanted())


def ops(result):
    return [(o.op, o.target) for o in result.operations]


def told(result):
    return [(one.what, one.why) for one in result.by_hand]


# --- marks


def test_a_lost_mark_is_given_again():
    (made,) = found(book(work(), mark()), book(work())).operations
    assert (made.op, made.target, made.before) == ("mark.put", "7", None)
    assert made.after == {
        "person_id": "7",
        "work_id": "301",
        "lesson_id": "101",
        "type": "Mark5",
        "value": "4",
        "text_value": "4",
        "lost": "401",
    }


def test_a_mark_that_came_back_under_another_id_is_there():
    result = found(book(work(), mark()), book(work(), mark(999)))
    assert (ops(result), told(result), result.unchanged) == ([], [], 2)


def test_one_mark_that_came_back_stands_for_one_lost_mark_only():
    backup = book(work(), mark(401), mark(402))
    assert told(found(backup, book(work(), mark(999)))) == [("mark", "several")]


def test_a_changed_mark_is_newer_and_stays():
    result = found(book(work(), mark()), book(work(), mark(value="5")))
    assert (ops(result), told(result)) == ([], [("mark", "newer")])
    assert (result.by_hand[0].value, result.by_hand[0].now) == ("4", "5")


def test_a_changed_mark_gives_way_where_somebody_says_so():
    (made,) = found(book(work(), mark()), book(work(), mark(value="5")), wanted("marks")).operations
    assert (made.before, made.after["value"], made.after["lost"]) == ({"value": "5"}, "4", None)
    assert made.kind == "update"


def test_another_mark_given_in_place_of_the_lost_one_is_newer():
    result = found(book(work(), mark()), book(work(), mark(999, value="5")))
    assert (ops(result), told(result)) == ([], [("mark", "newer")])


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ((), ["several"]),
        ((mark(401),), ["several"]),
        ((mark(401, value="2"),), ["newer", "several"]),
        ((mark(998, value="2"), mark(999, value="3")), ["several", "several"]),
    ],
)
def test_of_several_marks_for_one_work_at_most_the_first_is_given(there, why):
    """Nobody knows which of them a second call would replace; not even a person's word changes that."""
    backup = book(work(), mark(401), mark(402, value="5"))
    result = found(backup, book(work(), *there), wanted("marks"))
    assert [one.why for one in result.by_hand] == why
    assert len(result.operations) == (not there)


def test_a_mark_of_a_pupil_who_is_gone_is_for_people():
    result = found(book(work(), mark()), book(work()), wanted(pupils=[BORIS]))
    assert (ops(result), told(result)) == ([], [("mark", "pupil_gone")])


def test_a_mark_whose_work_is_shown_to_nobody_goes_where_the_diary_shows_it():
    result = found(book(mark()), book(work(at=OTHER_LESSON)))
    assert (ops(result), result.operations[0].after["lesson_id"]) == ([("mark.put", "7")], "102")
    assert told(found(book(mark()), book())) == [("mark", "no_call")]


def test_a_mark_says_what_its_text_says_where_it_has_no_value():
    assert mark_text(BookMark(1, 7, 3, 1, "markna", None, "НА")) == "НА"


# --- works


def test_a_lost_work_is_made_again_and_its_marks_follow_it():
    result = found(book(work(), mark()), book())
    ordered = arrange(result.operations, channel="api")
    assert [o.op for o in ordered] == ["work.create", "mark.put"]
    assert ordered[1].needs == (1,)
    assert ordered[1].after["work_id"] == "@works:301"


def test_a_work_made_by_an_earlier_restoration_is_known_by_its_link():
    now = book(work(999, text="переписано"), mark(998, of=999))
    result = found(book(work(), mark()), now, wanted(links={WORK: 999}))
    assert ops(result) == []


def test_a_work_that_looks_the_same_is_taken_for_it_once():
    result = found(book(work(), work(OTHER_WORK)), book(work(999)))
    assert ops(result) == [("work.create", "@works:302")]
    assert result.operations[0].after["beside"] == ["999"]


def test_a_homework_comes_back_to_the_pupils_who_are_there():
    result = found(book(work(tasks=(ANNA, 9), **HOMEWORK)), book())
    assert result.operations[0].after["person_ids"] == ["7"]
    assert told(result) == [("task", "pupil_gone")]


def test_how_far_a_pupil_was_with_a_lost_homework_is_for_people():
    begun = replace(work(**HOMEWORK), tasks={ANNA: "InProgress", BORIS: None})
    assert told(found(book(begun), book())) == [("task", "no_call")]


def test_an_emptied_text_and_lost_addressees_are_filled():
    now = book(work(tasks=(ANNA,), **HOMEWORK | {"text": " "}))
    (made,) = found(book(work(tasks=(ANNA, BORIS), **HOMEWORK)), now).operations
    assert (made.op, made.target) == ("work.update", "301")
    assert (made.before["text"], made.after["text"]) == (" ", "§ 1")
    assert made.after["person_ids"] == ["7", "8"]


def test_a_rewritten_text_is_newer_and_gives_way_on_demand():
    backup, now = book(work(**HOMEWORK)), book(work(**HOMEWORK | {"text": "§ 2"}))
    assert (ops(found(backup, now)), told(found(backup, now))) == ([], [("work", "newer")])
    assert found(backup, now, wanted("works")).operations[0].after["text"] == "§ 1"


# --- attendance, topics, final marks, lessons


def entry(status="Ill", comment=None):
    return [((LESSON, ANNA), BookEntry(status, comment))]


def test_a_lost_entry_is_made_again():
    (made,) = found(book(entries=entry("Ill", "справка")), book()).operations
    assert (made.op, made.target, made.before) == ("log_entry.put", "7", None)
    assert (made.after["status"], made.after["comment"]) == ("Ill", "справка")


@pytest.mark.parametrize(
    ("was", "now", "overwrite", "becomes", "lines"),
    [
        (("Ill", None), ("Late", None), (), None, ["newer"]),
        (("Ill", None), ("Late", None), ("attendance",), ("Ill", None), []),
        (("Ill", "справка"), ("Ill", None), (), ("Ill", "справка"), []),
        (("Ill", "справка"), ("Late", None), (), None, ["newer"]),
        (("Ill", "справка"), ("Ill", "звонок"), (), None, ["newer"]),
        (("Ill", "справка"), ("Ill", "звонок"), ("comments",), ("Ill", "справка"), []),
        (("Ill", "а"), ("Late", "б"), ("attendance",), ("Ill", "б"), ["newer"]),
        (("Ill", None), ("Ill", "звонок"), (), None, []),
        (("Ill", None), (None, None), (), ("Ill", None), []),
    ],
)
def test_an_entry_is_restored_field_by_field(was, now, overwrite, becomes, lines):
    result = found(book(entries=entry(*was)), book(entries=entry(*now)), wanted(*overwrite))
    made = [(o.after["status"], o.after["comment"]) for o in result.operations]
    assert made == ([] if becomes is None else [becomes])
    assert [one.why for one in result.by_hand] == lines


def test_an_entry_that_says_nothing_is_nothing():
    assert ops(found(book(entries=entry(None)), book())) == []


@pytest.mark.parametrize("topic", ["", "Дроби"])
def test_a_topic_is_for_people_unless_it_stands(topic):
    backup, now = book(lesson(LESSON, title="Дроби")), book(lesson(LESSON, title=topic))
    assert told(found(backup, now)) == ([] if topic else [("topic", "no_call")])


def test_a_final_mark_is_for_people():
    key = (ANNA, 201, 61, "period")
    backup = book(finals=[(key, ("4", 51)), ((BORIS, 201, 61, "period"), (None, 51))])
    assert found(backup, book()).by_hand == [
        ByHand("final", "no_call", "4", "", 51, 201, person_id=ANNA, period_id=61)
    ]
    assert told(found(backup, book(finals=[(key, ("5", 51))]))) == [("final", "newer")]
    assert told(found(backup, backup)) == []


def test_all_that_hung_on_a_lesson_that_is_gone_is_for_people():
    backup = book(work(), mark(), entries=entry())
    result = found(backup, without(book(), LESSON))
    assert ops(result) == []
    assert sorted(told(result)) == [
        ("attendance", "lesson_gone"),
        ("lesson", "no_call"),
        ("mark", "lesson_gone"),
        ("work", "lesson_gone"),
    ]


def test_a_lesson_that_was_made_anew_in_its_hour_takes_all_back():
    now = without(book(lesson(999, number=1)), LESSON)
    result = found(book(work(), mark(), entries=entry()), now)
    assert {o.after["lesson_id"] for o in result.operations} == {"999"}
    assert told(result) == []


def test_of_two_lessons_in_its_hour_none_is_guessed():
    now = without(book(lesson(998, number=1), lesson(999, number=1)), LESSON)
    assert ops(found(book(entries=entry()), now)) == []


# --- laws

VALUES = st.sampled_from(["2", "3", "4", "5"])
PEOPLE = st.sampled_from([ANNA, BORIS, 9])
ENTRY = st.builds(
    BookEntry, st.sampled_from([None, "Ill", "Late"]), st.sampled_from([None, "", "справка"])
)


@st.composite
def books(draw, first=0):
    """A small journal; `first` keeps the ids of two of them apart or lets them meet."""
    made = book()
    for number, one in made.lessons.items():
        title = draw(st.sampled_from(["", "Дроби", "Корни"]))
        made.lessons[number] = replace(one, title=title)
    texts = st.sampled_from([None, "§ 1", "§ 2"])
    for number in draw(st.sets(st.integers(301 + first, 305 + first))):
        at, kind = draw(st.sampled_from([LESSON, OTHER_LESSON])), draw(texts)
        tasks = draw(st.sets(PEOPLE)) if kind else ()
        made.works[number] = work(number, at, tasks, text=kind)
    for number in draw(st.sets(st.integers(401 + first, 408 + first))) if made.works else ():
        of = draw(st.sampled_from(sorted(made.works)))
        at = made.works[of].lesson_id
        made.marks[number] = mark(number, draw(PEOPLE), of, draw(VALUES), at)
    keys = st.tuples(st.sampled_from([LESSON, OTHER_LESSON]), PEOPLE)
    made.entries = draw(st.dictionaries(keys, ENTRY))
    finals = st.tuples(PEOPLE, st.just(201), st.sampled_from([61, None]), st.just("period"))
    made.finals = draw(st.dictionaries(finals, st.tuples(VALUES, st.just(51))))
    return made


def carried_out(now, operations):
    """What a diary would hold after a vendor who takes everything; new things get ids of their own."""
    works, marks, entries = dict(now.works), dict(now.marks), dict(now.entries)
    made, fresh = {}, 9000
    for o in arrange(operations, channel="api"):
        fresh += 1
        after = o.after
        if o.op.startswith("work."):
            number = fresh if o.op == "work.create" else int(o.target)
            made[o.target] = number
            said = {name: after[name] for name in WORK_VALUES}
            tasks = dict.fromkeys(map(int, after["person_ids"]), "New")
            works[number] = BookWork(number, int(after["lesson_id"]), said, tasks)
        elif o.op == "mark.put":
            of = made.get(after["work_id"]) or int(after["work_id"])
            old = [m.id for m in marks.values() if (m.person_id, m.work_id) == (int(o.target), of)]
            number = old[0] if o.before else fresh
            at = int(after["lesson_id"])
            marks[number] = mark(number, int(o.target), of, after["value"], at)
        else:
            key = int(after["lesson_id"]), int(o.target)
            entries[key] = BookEntry(after["status"], after["comment"])
    return Book(now.lessons, works, marks, entries, now.finals), made


@given(books())
def test_a_diary_that_is_its_backup_needs_nothing(backup):
    result = found(backup, backup, wanted(pupils=(ANNA, BORIS, 9)))
    assert (result.operations, result.by_hand) == ([], [])


def test_a_mark_that_moved_to_another_work_stands_for_the_one_it_lost():
    """Else the same value would be put over itself, again at each restoration."""
    works = work(301), work(302)
    backup = book(*works, mark(406, ANNA, 302, "2"), mark(408, ANNA, 301, "2"))
    now = book(*works, mark(401, ANNA, 301, "2"), mark(408, ANNA, 302, "2"))
    assert ops(found(backup, now, wanted("marks"))) == []


@given(books(), st.one_of(books(), books(first=50)), st.sets(st.sampled_from(FIELDS)))
def test_what_was_carried_out_is_not_planned_again(backup, now, overwrite):
    how = wanted(*overwrite)
    after, made = carried_out(now, found(backup, now, how).operations)
    known = {int(key.rpartition(":")[2]): number for key, number in made.items()}
    links = {old: new for old, new in known.items() if old not in after.works}
    assert ops(found(backup, after, replace(how, links=links))) == []


@given(books(), st.one_of(books(), books(first=50)))
def test_nothing_that_the_diary_says_is_taken_from_it(backup, now):
    result = found(backup, now)
    after, _made = carried_out(now, result.operations)
    assert after.marks.items() >= now.marks.items()
    for key, entry_now in now.entries.items():
        assert after.entries[key].status == entry_now.status or not entry_now.status
        assert after.entries[key].comment == entry_now.comment or not entry_now.comment
    for number, one in now.works.items():
        assert after.works[number].tasks.keys() >= one.tasks.keys()
        assert one.values["text"] in (None, after.works[number].values["text"])


@given(books(), st.one_of(books(), books(first=50)), st.sets(st.sampled_from(FIELDS)))
def test_nothing_of_a_backup_is_merely_lost(backup, now, overwrite):
    """All of it stands in the diary, is planned, or is told to people."""
    result = found(backup, now, wanted(*overwrite))
    things = (
        sum(bool(one.title) for one in backup.lessons.values())
        + len(backup.works)
        + len(backup.marks)
        + sum(one.status is not None for one in backup.entries.values())
        + len(backup.finals)
    )
    lines = [one for one in result.by_hand if one.what not in ("task", "lesson")]
    assert result.unchanged + len(result.operations) + len(lines) >= things


@given(books(), st.one_of(books(), books(first=50)), st.sets(st.sampled_from(FIELDS)))
def test_the_judge_sees_what_was_done_and_what_was_not(backup, now, overwrite):
    operations = arrange(found(backup, now, wanted(*overwrite)).operations, channel="api")
    before = Resolver(Have(book=now), {})
    assert not any(is_stale(o, before) for o in operations if "@" not in str(o.after))
    after, made = carried_out(now, operations)
    created = {key: number for key, number in made.items() if key.startswith("@")}
    known = Resolver(Have(book=after), created)
    assert [o.op for o in operations if not is_done(o, known)] == []
    assert {o.target: done_id(o, known) for o in operations if o.op == "work.create"} == created


def test_works_are_alike_by_what_they_say_not_by_their_numbers():
    assert like({"type": "Homework", "text": None}, {"type": "Homework", "text": " "})
    assert not like({"type": "Homework"}, {"type": "Exam"})
