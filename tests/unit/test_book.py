"""What a fresh journal says of a single operation: is it done, is it stale, which work did it make."""

from datetime import date

import pytest

from connector.planned import Book, BookEntry, BookLesson, BookMark, BookWork, Have, Operation
from connector.sync.guards import Limits, guard
from connector.sync.outcome import Resolver, done_id, is_done, is_stale

TEST = {"type": "LessonTestWork", "text": "§ 1"}


def known(*works, marks=(), entries=(), lessons=(101,), made=None):
    book = Book(
        {one: BookLesson(one, 51, 201, "2026-09-07", 1) for one in lessons},
        {one.id: one for one in works},
        {one.id: one for one in marks},
        dict(entries),
    )
    return Resolver(Have(book=book), made or {})


def a_work(number=301, lesson=101, **values):
    return BookWork(number, lesson, TEST | values, {7: "New"})


def a_mark(value="4", work=301):
    return BookMark(401, 7, work, 101, "Mark5", value)


def op(name, target, before=None, after=None):
    return Operation(name, target, "51", before, after, "restored", "backup", number=1)


def create(**more):
    return op("work.create", "@works:300", None, {"lesson_id": "101", "beside": [], **TEST, **more})


def put(before=None, work="301", value="4"):
    after = {"work_id": work, "lesson_id": "101", "value": value, "text_value": value}
    return op("mark.put", "7", before, after)


def enter(status="Ill", before=None):
    pair = {"lesson_id": "101", "comment": None}
    old = before and pair | {"status": before}
    return op("log_entry.put", "7", old, pair | {"status": status})


TAKE_ENTRY = op("log_entry.delete", "7", {"lesson_id": "101", "status": "Ill", "comment": None})
TAKE_WORK = op("work.delete", "301", {"lesson_id": "101", **TEST})
ILL = [((101, 7), BookEntry("Ill"))]
LATE = [((101, 7), BookEntry("Late"))]


@pytest.mark.parametrize(
    ("operation", "state", "expected"),
    [
        (create(), known(), None),
        (create(), known(a_work()), 301),
        (create(), known(a_work(text="§ 2")), None),
        (create(beside=["301"]), known(a_work()), None),
        (create(beside=["301"]), known(a_work(), a_work(302)), 302),
        (create(), known(a_work(), a_work(302)), None),
        (create(), known(a_work(), a_work(302), made={"@works:299": 302}), 301),
        (create(), known(a_work(), a_work(302), made={"@works:300": 302}), 302),
        (create(), known(a_work(), made={"@works:300": 999}), 301),
    ],
)
def test_a_new_work_is_known_by_its_answer_or_by_what_it_says(operation, state, expected):
    assert done_id(operation, state) == expected
    assert is_done(operation, state) is (expected is not None)


@pytest.mark.parametrize(
    ("operation", "state", "done"),
    [
        (put(), known(a_work()), False),
        (put(), known(a_work(), marks=[a_mark()]), True),
        (put(), known(a_work(), marks=[a_mark("5")]), False),
        (enter(), known(entries=ILL), True),
        (enter(), known(entries=LATE), False),
        (enter(), known(), False),
        (TAKE_ENTRY, known(entries=ILL), False),
        (TAKE_ENTRY, known(), True),
        (TAKE_WORK, known(a_work()), False),
        (TAKE_WORK, known(), True),
    ],
)
def test_an_operation_is_done_when_the_diary_shows_it(operation, state, done):
    assert is_done(operation, state) is done


@pytest.mark.parametrize(
    ("operation", "state", "stale"),
    [
        (create(), known(), False),
        (create(), known(lessons=()), True),
        (put(), known(a_work()), False),
        (put(), known(a_work(), marks=[a_mark("5")]), True),
        (put(), known(), True),
        (put(work="@works:300"), known(made={"@works:300": 302}), False),
        (put({"value": "5"}), known(a_work(), marks=[a_mark("5")]), False),
        (put({"value": "5"}), known(a_work(), marks=[a_mark("3")]), True),
        (put({"value": "5"}), known(a_work()), True),
        (enter(), known(), False),
        (enter(), known(entries=LATE), True),
        (enter(), known(lessons=()), True),
        (enter(before="Late"), known(entries=LATE), False),
        (enter(before="Late"), known(entries=ILL), True),
        (enter(before="Late"), known(), True),
        (TAKE_ENTRY, known(entries=ILL), False),
        (TAKE_ENTRY, known(entries=LATE), True),
        (TAKE_WORK, known(a_work()), False),
        (TAKE_WORK, known(a_work(text="§ 2")), True),
        (TAKE_WORK, known(), True),
        (TAKE_WORK, known(a_work(), marks=[a_mark()]), True),
        (TAKE_WORK, known(a_work(), a_work(302), marks=[a_mark(work=302)]), False),
    ],
)
def test_an_operation_is_stale_when_somebody_was_there_first(operation, state, stale):
    assert is_stale(operation, state) is stale


def test_an_at_sign_in_a_teachers_words_is_no_reference():
    assert known().resolved({"text": "@works:1", "comment": "@кл. рук."}) == {
        "text": "@works:1",
        "comment": "@кл. рук.",
    }


def test_a_restoration_is_measured_by_what_the_backup_holds():
    have = Have(stock={(0, "marks"): 20})
    limits = Limits()
    few, many = ([put()] * count for count in (6, 7))
    assert [one.tripped for one in guard(few, have, limits, date(2026, 11, 24))[0]] == [False]
    assert [one.tripped for one in guard(many, have, limits, date(2026, 11, 24))[0]] == [True]
