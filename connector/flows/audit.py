"""Read a random slice of what is known again, and say how much of the mirror may have drifted from the vendor."""

from datetime import date

from connector.flows import journal
from connector.flows.run import Run
from connector.flows.sweep import sweep
from connector.records import Window
from connector.sync.audit import DriftRate, drift_rate, sample

# Windows a night: enough to bound a drift of nothing at 6 per cent, few enough for any vendor.
WINDOWS = 60

_KNOWN = """
SELECT resource, edu_group_id, covered_from, covered_to FROM coverage
 WHERE resource IN ('lessons', 'marks') AND covered_from <> '' AND state = 'done' AND run_id <> ?
 ORDER BY 1, 2, 3, 4
"""


async def audit(run: Run) -> DriftRate:
    """Read windows again that this run had no reason to read; what differs is taken in like any other change."""
    known = [
        Window(resource, group, date.fromisoformat(start), date.fromisoformat(end))
        for resource, group, start, end in run.mirror.query(_KNOWN, (run.id,))
    ]
    chosen = sample(known, WINDOWS, run.today.isoformat())
    differing = 0
    for window in chosen:
        before = _written(run)
        if window.resource == "lessons":
            await sweep(run, journal.lessons_strategy(), journal.lesson_jobs([window]))
        else:
            await sweep(run, journal.marks_strategy(), journal.mark_jobs([window]))
        differing += _written(run) != before
    rate = drift_rate(len(chosen), differing)
    with run.mirror.transaction():
        run.mirror.learn(
            run.id,
            "audit",
            {
                "day": run.today.isoformat(),
                "windows": rate.windows,
                "differing": rate.differing,
                "low": round(rate.low, 4),
                "high": round(rate.high, 4),
            },
        )
    return rate


def _written(run: Run) -> int:
    return sum(tally.written() for tally in run.tallies.values())
