"""A lesson that was called off in the diary for one date is not made again."""

from datetime import timedelta

from connector.planned import Have
from connector.sync.binding import weekly
from connector.sync.called_off import without_called_off
from connector.sync.pattern import on_dates
from tests.unit.weeks import ALGEBRA, MONDAY, RUSSIAN, A, diary, names, options, slot, timetable

NEXT = MONDAY + timedelta(days=7)


def wishes(have: Have, known=None):
    pattern = weekly([timetable(slot(day=1, number=3))], known or names(), have.groups, options())
    return on_dates(pattern.lessons, have, options())[0]


def test_the_date_that_was_called_off_is_no_wish_any_more():
    have = diary(called_off={(A, NEXT.isoformat(), 3, ALGEBRA)})
    kept, _notes = without_called_off(wishes(have), have)
    assert [wish.date for wish in kept] == [MONDAY, NEXT + timedelta(days=7)]


def test_a_note_tells_how_many_stay_called_off():
    have = diary(
        called_off={(A, NEXT.isoformat(), 3, ALGEBRA), (A, MONDAY.isoformat(), 3, ALGEBRA)}
    )
    _kept, (note,) = without_called_off(wishes(have), have)
    assert (note.rule, note.edu_group) == ("called_off", str(A))
    assert "2" in note.text


def test_another_subject_that_was_called_off_at_that_hour_changes_nothing():
    have = diary(called_off={(A, NEXT.isoformat(), 3, RUSSIAN)})
    kept, notes = without_called_off(wishes(have), have)
    assert (len(kept), notes) == (3, [])


def test_a_wish_that_is_not_decided_is_kept_for_it_guards_its_day():
    have = diary(called_off={(A, NEXT.isoformat(), 3, ALGEBRA)})
    kept, notes = without_called_off(wishes(have, names(teachers={})), have)
    assert (len(kept), notes) == (3, [])
