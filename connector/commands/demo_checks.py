"""The demo's checks of the journal: one of a week ago, topics entered since, one of today; a memo and a summary of them.

The earlier check is the same mirror judged as of that day; the topics are entered by the school's staff, as it were:
over the control door of the emulated school.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.commands import delivery, report
from connector.commands.console import Console
from connector.commands.operator import posted
from connector.commands.wiring import open_client, open_mirror
from connector.flows.pull import pull
from connector.flows.run import PullOptions
from connector.i18n import _
from connector.reports.catalogue import SPRAVKA, SUMMARY
from connector.reports.checks import FIXED, NEW, STANDS
from connector.sync.windows import study_year_of

if TYPE_CHECKING:
    from connector.reports.report import Report
    from connector.settings import Settings

# The staff tidies up the last ten weeks; a plain pull reads only a fortnight again.
WEEK, TIDIED = timedelta(days=7), timedelta(days=70)
TOPIC = "Повторение изученного"
FILES: Mapping[str, tuple[str, ...]] = {SPRAVKA.name: ("docx",), SUMMARY.name: ("html", "pdf")}


def check_twice(
    console: Console,
    settings: "Settings",
    info: Mapping[str, Any],
    day: date,
    clock: Callable[[], datetime],
) -> dict[str, Any]:
    """Check, let the staff enter every other missing topic of the last weeks, check again; returns what `--json` prints.

    Args:
        console: of the demo.
        settings: of the demo's mirror, just pulled.
        info: of the running school, whose control door enters the topics.
        day: the school's.
        clock: set to that day.

    """
    entered = 0
    if study_year_of(day - WEEK) == study_year_of(day):
        earlier = _checked(console, settings, SPRAVKA.name, day - WEEK, clock)
        if earlier.check is not None:
            # Both reports ask the same rules: one judgement is the last check of both.
            for name in FILES:
                report.keep_check(
                    console, settings, replace(earlier, check=replace(earlier.check, report=name))
                )
        entered = _enter_topics(earlier, str(info["base_url"]), day)
        with open_client(settings) as client, open_mirror(settings, write=True) as mirror:
            tidied = PullOptions(start=day - TIDIED, end=day, only=("lessons",))
            result = pull(client, mirror, tidied, clock=clock)
        if result.error is not None:
            raise result.error
    lang = settings.reports.lang
    files: dict[str, str] = {}
    counts: Mapping[str, int] = {}
    found = 0
    for name, formats in FILES.items():
        made = _checked(console, settings, name, day, clock)
        report.keep_check(console, settings, made)
        written = delivery.write(made, formats, settings.mirror.path.parent, lang=lang)
        files |= {path.name: str(path) for path in written.values()}
        counts, found = (made.comparison.counts() if made.comparison else {}), len(made.findings)
    return {
        "files": files,
        "entered": entered,
        "findings": found,
        "fixed": counts.get(FIXED, 0),
        "not_fixed": counts.get(STANDS, 0),
        "new": counts.get(NEW, 0),
    }


def _checked(
    console: Console, settings: "Settings", name: str, day: date, clock: Callable[[], datetime]
) -> "Report":
    return report.build(console, settings, report.Asked(name=name, as_of=day), clock)


def _enter_topics(made: "Report", base_url: str, day: date) -> int:
    """Every other topic of the weeks that are tidied up; returns how many."""
    missing = [
        one.lesson_id for one in made.findings if one.rule == "TOPIC" and one.date >= day - TIDIED
    ]
    for lesson in missing[::2]:
        posted(base_url, "edit", {"op": "topic.fill", "lesson": str(lesson), "title": TOPIC})
    return len(missing[::2])


def lines(document: Mapping[str, Any]) -> list[str]:
    """Say what the checks found and where they lie."""
    return [
        _(
            "Checked again after a week: topics entered since: {entered}; fixed: {fixed}, not fixed: {not_fixed}, new: {new}."
        ).format(**document),
        *(_("Check:   {path}").format(path=path) for path in document["files"].values()),
    ]
