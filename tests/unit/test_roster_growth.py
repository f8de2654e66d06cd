"""Ten times the pupils cost about ten times the work, counted in calls: a stopwatch would depend on the machine."""

import cProfile
import pstats
from datetime import date, timedelta
from random import Random

import pytest

from connector.sandbox import names
from tests.unit.rosters import YEAR, group, person, plan, pupil, school, source

LETTERS = "АБВГДЕЖЗИКЛМНПРСТУФХ"


def large(pupils, *, birthdays, turns):
    """A school of classes of 40, in which one pupil in ten is new and one in ten has another surname."""
    random = Random(pupils)
    classes = [f"{n % 10 + 1}{LETTERS[n // 10]}" for n in range(max(10, pupils // 40))]
    groups = [group(n, name, YEAR - turns) for n, name in enumerate(classes, 1)]
    people, places, rows = [], set(), {}
    for n in range(pupils):
        given = f"{random.choice(names.MALE)} {random.choice(names.FATHERS)}ович"
        name = f"{random.choice(names.SURNAMES)} {given}"
        born = date(2010, 1, 1) + timedelta(days=random.randrange(3000)) if birthdays else None
        place = n % len(classes)
        people.append(person(10**6 + n, name, born))
        places.add((10**6 + n, place + 1))
        if n % 10 == 1:
            name = f"Новиков{n} Ян{n} Ильич"
        elif n % 10 == 2:
            name = f"Новиков{n} {given}"
        edu_group = f"{place % 10 + 1 + turns}{LETTERS[place // 10]}"
        row = pupil(name, edu_group, born, row=n)
        rows[row.local_key] = row
    return school(groups, people, places), source(*rows.values())


def calls(pupils, **more):
    have, listed = large(pupils, **more)
    profile = cProfile.Profile()
    profile.enable()
    plan(have, listed)
    profile.disable()
    return pstats.Stats(profile).total_calls


@pytest.mark.parametrize("turns", [0, 1])
@pytest.mark.parametrize("birthdays", [True, False])
def test_the_work_grows_with_the_school_and_not_with_its_square(birthdays, turns):
    few = calls(800, birthdays=birthdays, turns=turns)
    many = calls(8000, birthdays=birthdays, turns=turns)
    assert many <= 12 * few
