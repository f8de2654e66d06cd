"""What a report lacks, and which pull would bring it. Pure."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from connector.i18n import N_, _
from connector.reports.report import Report
from connector.reports.rules.case import GAP_REASONS, NOT_READ, READ_TOO_EARLY
from connector.reports.selection import natural

# With more classes than this a pull of the whole school is the shorter command.
_NAMED = 6
# What a pull can mend; the rest is for the rulebook, the school's files or the vendor.
_PULLED = frozenset({NOT_READ, READ_TOO_EARLY})


def is_wanting(report: Report) -> bool:
    """Whether a strict reader would refuse the report."""
    return report.notes.has_gaps or report.data_read_at is None


def reasons(report: Report) -> str:
    """Why, in words: each reason with its number of records."""
    if report.data_read_at is None:
        return _("nothing of these days was read.")
    counts = Counter(
        {
            reason: sum(one.lessons or 1 for one in report.notes.silences if one.reason == reason)
            for reason in dict.fromkeys(one.reason for one in report.notes.silences)
        }
    )
    parts = [f"{_(GAP_REASONS[reason])}: {count}" for reason, count in counts.most_common()]
    if report.notes.failed:
        text = N_("requests to the vendor that failed: {count}")
        parts.append(_(text).format(count=len(report.notes.failed)))
    return "; ".join(parts) + "."


def pull_for(report: Report) -> str:
    """The command that reads what is missing; empty where no pull would help."""
    if report.data_read_at is None:
        return _command((), report.start, min(report.end, report.as_of))
    spans = list(_spans(report))
    if not spans:
        return ""
    groups = {group for group, _first, _last in spans}
    return _command(
        () if groups & {None, 0} else tuple(_class_names(report, groups)),
        min(first for _group, first, _last in spans),
        max(last for _group, _first, last in spans),
    )


def _spans(report: Report) -> Iterator[tuple[int | None, date, date]]:
    last = min(report.end, report.as_of)
    for silence in report.notes.silences:
        if silence.reason in _PULLED:
            yield silence.group_id, silence.first or report.start, silence.last or last
    for window in report.notes.failed:
        # A window without days is open at both ends.
        yield window.group_id, max(window.start, report.start), min(window.end, last)


def _class_names(report: Report, groups: set[int | None]) -> Iterator[str]:
    """Names of the groups as `--class` takes them; the pull of a class reads its subgroups too."""
    names = {report.names.groups.get(group or 0, "") for group in groups}
    yield from sorted(names - {""}, key=natural)


def _command(classes: tuple[str, ...], start: date, end: date) -> str:
    chosen = "".join(f' --class "{name}"' for name in classes) if len(classes) <= _NAMED else ""
    return f"dnevnik pull{chosen} --from {start.isoformat()} --to {end.isoformat()}"
