"""Cases about the marks of one lesson: MARK3, NMARK."""

from connector.sandbox.model import Lesson
from connector.sandbox.planting.columns import Column
from connector.sandbox.planting.field import Field, class_work
from connector.sandbox.planting.outside import (
    CANCELLED_LESSON,
    HOLIDAY,
    HOME,
    TODAY,
    UNGRADED,
    outside,
)
from connector.sandbox.verdicts.norms import PUPILS_OF_A_GROUP

# Cells with an absence and a mark, and what is entered beside the absence.
CONTRADICTIONS = (
    ("н 4", None),
    ("б 5", None),
    ("у 3", "Заявление родителей"),
    ("н 2", "Справка до среды"),
    ("н 4/3", None),
    ("б 4 5", None),
)
HARMONIES = (
    ("made up later", "н 4", "Сдал позже"),
    ("made up later", "б 5", "работа отработана"),
    ("made up later", "у 3", "сдана 20 числа"),
    ("late is not away", "оп 4", None),
    ("away without a mark", "н", None),
    ("mark without an absence", "4", None),
    ("freed", "н осв.", None),
)


def nmark(field: Field) -> None:
    """NMARK: absences and marks in one cell."""
    columns = field.take(6, lambda column: len(column.places) >= 5)
    seats = list(field.seats(columns))
    texts = [(None, *one) for one in CONTRADICTIONS] * 4 + list(HARMONIES) * 2
    for n, ((column, place), (exempt, cell, comment)) in enumerate(zip(seats, texts, strict=False)):
        lessons = field.held(column)
        if not lessons:
            continue
        # Each pupil at a lesson of his own, the last one held among them: the contradiction is wrong from the first day.
        lesson = lessons[-1 - n % len(lessons)]
        field.write(lesson, place, cell, comment)
        field.tell("NMARK", exempt, lesson, place)
    for exempt, lesson in outside(field, CANCELLED_LESSON, HOLIDAY, TODAY):
        place = lesson.group.active(lesson.day)[0][0]
        field.write(lesson, place, "н 4")
        field.tell("NMARK", exempt, lesson, place)
    # Whoever is taught at home, and whatever is ungraded, an absence contradicts a mark.
    for _exempt, lesson in outside(field, HOME, UNGRADED):
        place = lesson.group.active(lesson.day)[0][0]
        field.write(lesson, place, "н 5")
        field.tell("NMARK", None, lesson, place)


# Marks of a whole lesson.
ROWS = (
    (None, ("4", "5")),
    (None, ("4",)),
    (None, ("4/3",)),
    ("enough", ("4", "5", "4")),
    ("two in a cell", ("4/3", "5")),
    ("none at all", ()),
    (None, ("2", "2")),
)


def mark3(field: Field) -> None:
    """MARK3: lessons with one or two marks."""
    large = field.take(6, lambda column: _size(field, column) >= PUPILS_OF_A_GROUP)
    for column in large:
        due = field.due(column)
        for lesson, (exempt, values) in zip(due[-len(ROWS) :], ROWS, strict=False):
            field.clear(lesson)
            for place, value in zip(column.places, values, strict=False):
                field.mark(class_work(lesson), place, value)
            field.tell("MARK3", exempt, lesson)
        _mark_recent(field, column)
    for column in field.take(3, lambda column: 2 < _size(field, column) < PUPILS_OF_A_GROUP):
        for lesson in field.due(column)[-2:]:
            _two_marks(field, lesson)
            field.tell("MARK3", "small group", lesson)
    for exempt, lesson in outside(field):
        _two_marks(field, lesson)
        field.tell("MARK3", exempt, lesson)


def _mark_recent(field: Field, column: Column) -> None:
    for lesson in field.held(column):
        if not field.is_due(lesson):
            _two_marks(field, lesson)
            field.tell("MARK3", "due today", lesson)


def _two_marks(field: Field, lesson: Lesson) -> None:
    field.clear(lesson)
    places = [place for place, _person in lesson.group.active(lesson.day)]
    for n in range(2):
        field.mark(class_work(lesson), places[n % len(places)], "5")


def _size(field: Field, column: Column) -> int:
    """Pupils of the group as it is today."""
    return len(column.group.now(field.today))
