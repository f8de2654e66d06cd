"""What figures a report must have, counted one by one from the emulator's own school; nothing of the reports is used."""

from collections import Counter, defaultdict
from fractions import Fraction
from zoneinfo import ZoneInfo

from connector.mirror.store import Mirror
from connector.reports.catalogue import REPORTS
from connector.reports.report import Filters, Request
from connector.sandbox.model import CANCELLED
from mappings.rulebooks import read_rulebook
from tests.flows.stories import EVENING, TODAY


def report(path, name, *, as_of=TODAY, filters=None, **request):
    now = EVENING.replace(year=as_of.year, month=as_of.month, day=as_of.day)
    with Mirror.open(path) as mirror:
        asked = Request(
            as_of=as_of,
            now=now,
            zone=ZoneInfo("Europe/Moscow"),
            filters=Filters(**(filters or {})),
            **request,
        )
        return REPORTS[name].builder()(mirror.query, read_rulebook(), asked)


def table(made, key):
    """Rows of a table as dictionaries, the total apart."""
    found = next(one for one in made.tables if one.key == key)
    rows = [
        dict(zip((column.key for column in found.columns), row, strict=True)) for row in found.rows
    ]
    return (rows[:-1], rows[-1]) if found.has_totals else (rows, None)


def pupil(group, place):
    return group.roll[place].person


def last_period(group, today):
    over = [period for period in group.calendar.periods if period.finish < today]
    return over[-1] if over else None


def figures(values):
    """The formulas by hand: N, success, quality, SOU, mean."""
    count = Counter(values)
    n, numbers = len(values), [int(value) for value in values]
    return {
        "n": n,
        "success": Fraction(100 * (count["5"] + count["4"] + count["3"]), n),
        "quality": Fraction(100 * (count["5"] + count["4"]), n),
        "sou": Fraction(100 * count["5"] + 64 * count["4"] + 36 * count["3"] + 16 * count["2"], n),
        "mean": Fraction(sum(numbers), n),
    }


def finals_of(desk, *, yearly=False):
    """Final marks of the last period of each class that is over, or those of the year."""
    for mark in desk.finals:
        period = last_period(mark.group, desk.today)
        if mark.period == (7 if yearly else period and period.number):
            yield mark


def attended(desk, inside=lambda _lesson: True):
    """Each pupil of today: class, lessons held, missed by reason, late, days on which everything was missed."""
    found = {}
    for home in desk.school.groups:
        if not home.is_class:
            continue
        for _place, person in home.now(desk.today):
            lessons, words, days = 0, Counter(), defaultdict(list)
            steady = True
            for group in desk.school.groups:
                for place, member in enumerate(group.roll):
                    if member.person is not person:
                        continue
                    steady = steady and member.since is None and member.until is None
                    for lesson in group.lessons:
                        over = lesson.day < desk.today and lesson.status != CANCELLED
                        if over and member.on(lesson.day) and inside(lesson):
                            entry = lesson.entries.get(place)
                            word = entry.status if entry else ""
                            lessons += 1
                            words[word] += 1
                            days[lesson.day].append(word in {"Absent", "Ill", "Pass"})
            full = sum(all(one) for one in days.values())
            row = (lessons, *(words[w] for w in ("Absent", "Ill", "Pass", "Late")), full)
            found[home.id, person.id] = (steady, row)
    return found
