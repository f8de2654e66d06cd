"""The head of a report: day, span, age of the data, rulebooks in force, what became of the last check's findings."""

from collections.abc import Iterator
from datetime import date

from connector.reports.checks import DROPPED, FIXED, NEW, OUTSIDE, STANDS, UNJUDGED
from connector.reports.render.sheets import Translate, day_text
from connector.reports.report import Report
from connector.rulebook import RULE_SPECS, Rulebook

# Key of the table of findings by rule, in reports that have one.
RULES_TABLE = "rules"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def head(report: Report, translate: Translate) -> tuple[tuple[str, str], ...]:
    """Label and value of the lines above every report."""
    lines = [
        (translate("As of"), day_text(report.as_of)),
        (translate("Lessons from and to"), f"{day_text(report.start)} – {day_text(report.end)}"),
        (translate("Age of the data"), age_line(report, translate)),
        *_rulebooks(report, translate),
        (translate("Lessons held"), str(report.lessons_held)),
    ]
    if report.rules:
        lines.append((translate("Findings"), str(len(report.findings))))
    if report.comparison:
        since = translate("Since the check of {day}").format(
            day=day_text(report.comparison.previous.as_of)
        )
        lines.append((since, turns(report, translate)))
    chosen = _chosen(report, translate)
    if chosen:
        lines.insert(2, (translate("Only"), chosen))
    return tuple(lines)


def _chosen(report: Report, translate: Translate) -> str:
    filters = report.filters
    chosen = (
        *filters.classes,
        *filters.teachers,
        *filters.subjects,
        *filters.pupils,
        *filters.periods,
    )
    hidden = (report.teachers_hidden and filters.teachers) or (report.anonymous and filters.pupils)
    return translate("some are left out") if chosen and hidden else ", ".join(chosen)


def rule_counts(report: Report, translate: Translate) -> tuple[tuple[str, str], ...]:
    """Each rule's title and how many findings it has; nothing where a table of the report says it."""
    if any(table.key == RULES_TABLE for table in report.tables):
        return ()
    return tuple(
        (translate(RULE_SPECS[rule].title), str(report.found(rule))) for rule in report.rules
    )


def turns(report: Report, translate: Translate) -> str:
    """How many findings of the last check are fixed or stand, and how many are new; empty without a last check."""
    if report.comparison is None:
        return ""
    counts = report.comparison.counts()
    other = sum(counts[state] for state in (DROPPED, UNJUDGED, OUTSIDE))
    text = translate("fixed: {fixed}, not fixed: {stands}, new: {new}").format(
        fixed=counts[FIXED], stands=counts[STANDS], new=counts[NEW]
    )
    return text + translate(", not comparable: {other}").format(other=other) if other else text


def requirements(report: Report, translate: Translate) -> list[str]:
    """Each local act by which a day of the report is judged, with its days where there are several."""
    books = _in_force(report)
    if len(books) == 1:
        return [_act(books[0], translate)]
    return [f"{_act(book, translate)} ({_days(book, report, translate)})" for book in books]


def _rulebooks(report: Report, translate: Translate) -> Iterator[tuple[str, str]]:
    books = _in_force(report)
    for book in books:
        days = f" ({_days(book, report, translate)})" if len(books) > 1 else ""
        yield translate("Rulebook"), book.name + days
        yield translate("Local act"), _act(book, translate)


def _in_force(report: Report) -> tuple[Rulebook, ...]:
    """The rulebooks of the span; the chosen one where none covers it."""
    end = min(report.end, report.as_of)
    return report.rulebook.in_force_within(report.start, end) or (report.rulebook,)


def _act(book: Rulebook, translate: Translate) -> str:
    day = day_text(date.fromisoformat(book.date)) if book.date else ""
    # Many write the day into the act's name themselves.
    if book.act and day and day not in book.act:
        return translate("{act} of {day}").format(act=book.act, day=day)
    return book.act or day or "—"


def _days(book: Rulebook, report: Report, translate: Translate) -> str:
    """The days of the span that a rulebook judges."""
    first = max(book.in_force_from or report.start, report.start)
    last = min(book.in_force_to or report.end, report.end)
    return translate("lessons {start} – {end}").format(start=day_text(first), end=day_text(last))


def age_line(report: Report, translate: Translate) -> str:
    """How old the data are and when they were read."""
    age = age_text(report.data_age_s, translate)
    if report.data_read_at is None:
        return age
    at = report.data_read_at.astimezone(report.zone).strftime("%d.%m.%Y %H:%M")
    return translate("{age} (read {at})").format(age=age, at=at)


def age_text(seconds: int | None, translate: Translate) -> str:
    """An age in its two largest units."""
    if seconds is None:
        return translate("nothing was read yet")
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    if days:
        return translate("{days} d {hours} h").format(days=days, hours=hours)
    if hours:
        return translate("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return translate("{minutes} min").format(minutes=minutes)
