"""Vendor → mirror: gather, decide, act, in catalogue order; every window a checkpoint."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta, tzinfo

from connector.api.client import Client
from connector.api.models import Context
from connector.errors import (
    ApiError,
    DnevnikError,
    Interrupted,
    NothingFits,
    RateLimited,
    SignInNeeded,
)
from connector.flows import journal
from connector.flows.audit import audit
from connector.flows.class_teachers import read_class_teachers
from connector.flows.groups import Group, close_gaps, current_groups, read_groups, read_taught
from connector.flows.lanes import together
from connector.flows.memory import rare_collections
from connector.flows.people import read_birthdays, read_members
from connector.flows.periods import period_starts, read_final_marks, read_periods
from connector.flows.run import Progress, PullOptions, PullResult, Run
from connector.flows.school import read_context, read_school, read_staff
from connector.flows.sweep import Job, incomplete, sweep
from connector.i18n import _
from connector.mirror.store import Mirror
from connector.records import TABLES, Window
from connector.reports.homework import infer_reading
from connector.reports.selection import class_key, natural
from connector.rulebook import HomeworkReading
from connector.sync.windows import Ask, Seen, level_for, pieces, plan_group, study_year_of

__all__ = ["Progress", "PullOptions", "PullResult", "pull"]

# A run that was cut off longer ago than this is not resumed: its windows are as old as it is.
RESUME_WITHIN = timedelta(hours=12)
# Calls of the second lane under way at once.
SIDE_LANE = 8


def pull(
    client: Client,
    mirror: Mirror,
    options: PullOptions,
    *,
    clock: Callable[[], datetime],
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> PullResult:
    """Bring the mirror up to date.

    Args:
        client: the vendor; its counters are read at the end.
        mirror: open for writing.
        options: what to read.
        clock: gives the aware present moment; asked when the run starts and when it ends.
        progress: told after each batch of answers.

    Returns:
        What was done; `error` says why not all of it.

    Raises:
        DnevnikError: nothing could be read at all, or the mirror or the settings are unusable.

    """
    now = clock()
    run = Run(client, mirror, options, clock, progress, now)
    run.resumed = frozenset(mirror.unfinished_runs("pull", options.scope(), now - RESUME_WITHIN))
    run.held = {table: set(mirror.held(table)) for table in TABLES}
    run.id = mirror.start_run("pull", options.scope(), now)
    try:
        with rare_collections():
            error = asyncio.run(_pull(run))
    except KeyboardInterrupt as stop:
        _finish(run, "interrupted", None)
        raise Interrupted from stop
    except DnevnikError:
        # The mirror itself may be what failed; then the run stays open and is resumed.
        with suppress(DnevnikError):
            _finish(run, "failed", None)
        raise
    return _finish(run, "done" if error is None else "partial", error)


def _finish(run: Run, status: str, error: DnevnikError | None) -> PullResult:
    counters = run.client.counters
    result = PullResult(
        run_id=run.id,
        started_at=run.started_at,
        finished_at=run.clock(),
        windows=run.windows,
        requests={
            "sent": counters.sent,
            "retried": counters.retried,
            "throttled": counters.throttled,
        },
        rows=run.tallies,
        suspect=[
            {"resource": table, "edu_group": str(group), "rows": len(keys)}
            for (table, group), keys in sorted(run.suspect.items())
        ],
        drift=sorted(run.drift, key=lambda d: (d.resource, d.member, d.kind)),
        warnings=run.warnings,
        error=error,
        audit=run.audit,
    )
    with run.mirror.transaction():
        run.mirror.note_drift(run.id, run.drift)
    summary = {
        key: value
        for key, value in result.document().items()
        if key in ("windows", "requests", "rows")
    }
    run.mirror.finish_run(run.id, result.finished_at, status, summary)
    return result


async def _pull(run: Run) -> DnevnikError | None:
    async with run.client:
        context = await read_context(run)
        groups = await _read_groups(run, context)
        if run.suspect:
            run.warnings.append(
                _("Rows vanished in a suspicious number and are held; see `dnevnik status`.")
            )
        wanted = _wanted(run, groups)
        try:
            # The second lane waits for answers most of the time, the first has its hands full with them.
            await together(_read_journal(run, wanted), _read_around(run, groups, wanted))
            await _close_gaps(run, groups)
            if run.options.audit:
                run.audit = await audit(run)
        except (SignInNeeded, RateLimited) as error:
            # What came before is kept; the reason decides the exit code and the advice.
            return error
        except ApiError as error:
            return incomplete(run) or error
        _learn_homework(run)
    return incomplete(run)


def _learn_homework(run: Run) -> None:
    """Find out whether homework stands at the lesson it was given at or at the one it is due on."""
    tallies = run.tallies["lessons"], run.tallies["works"]
    if not any(tally.written() for tally in tallies) and run.mirror.fact("homework_reading"):
        return
    pairs = run.mirror.query(
        "SELECT l.date, w.target_date FROM works w JOIN lessons l ON l.id = w.lesson_id"
        " WHERE w.type = 'Homework' AND w.withdrawn_run IS NULL AND l.withdrawn_run IS NULL"
    )
    found = infer_reading(
        (
            (date.fromisoformat(day), date.fromisoformat(target) if target else None)
            for day, target in pairs
            if day
        ),
        HomeworkReading(),
    )
    with run.mirror.transaction():
        run.mirror.learn(run.id, "homework_reading", found.reading)


async def _read_groups(run: Run, context: Context) -> list[Group]:
    if run.options.reads("people"):
        _school, staff = await together(read_school(run, context), read_staff(run))
    else:
        await read_school(run, context)
        known = current_groups(run)
        if known:
            return known
        staff = await read_staff(run)
    groups = await read_groups(run, staff)
    await read_members(run, groups)
    return groups


async def _read_around(run: Run, groups: list[Group], wanted: list[Group]) -> None:
    """Read what stands around the journal: birthdays, periods, who is taught what and led by whom, final marks."""
    # Hundreds of small questions at once would keep the journal's answers waiting.
    run.side_lane = asyncio.Semaphore(SIDE_LANE)
    if run.options.reads("people"):
        await read_birthdays(run)
        await read_periods(run, groups)
        await read_taught(run, groups)
        await read_class_teachers(run, groups)
    if run.options.reads("final_marks"):
        await read_final_marks(run, wanted)
    run.side_lane = None


async def _read_journal(run: Run, groups: list[Group]) -> None:
    await _read_lessons(run, groups)
    await together(_read_marks(run, groups), _read_log_entries(run, groups))


async def _close_gaps(run: Run, groups: list[Group]) -> None:
    """Look for subgroups that neither list nor staff showed, and read what they hold."""
    if run.options.classes or not run.options.reads("people"):
        return
    more = await close_gaps(run, groups)
    if more:
        await read_members(run, more, late=True)
        await _read_journal(run, more)


def _wanted(run: Run, groups: list[Group]) -> list[Group]:
    """The groups asked for: classes by name, with the subgroups that have one of them as a parent."""
    if not run.options.classes:
        return groups
    named = {class_key(name): name for name in run.options.classes}
    known = {class_key(group.name) for group in groups}
    unknown = [name for key, name in named.items() if key not in known]
    if unknown:
        classes = sorted({group.name for group in groups if group.kind != "Subgroup"}, key=natural)
        raise NothingFits(key="--class", value=", ".join(unknown), allowed=", ".join(classes))
    chosen = {group.id for group in groups if class_key(group.name) in named}
    return [group for group in groups if group.id in chosen or chosen.intersection(group.parents)]


def _windows(
    run: Run, resource: str, groups: list[Group], *, looks_ahead: bool
) -> dict[int, list[Window]]:
    options = run.options
    seen = run.mirror.seen_windows(resource)
    starts = period_starts(run)
    ask = Ask(run.today, full=options.full, start=options.start, end=options.end)
    lately = _groups_with_lessons(run)
    done = run.mirror.windows_of_runs(run.resumed) if run.resumed else set()
    planned: dict[int, list[Window]] = {}
    for group in groups:
        start = next((starts[g] for g in (group.id, *group.parents) if g in starts), None)
        known = seen.get(group.id, {})
        if resource == "lesson_log_entries":
            # Its requests are cut by the length of the URL, so its pieces need not follow the rows.
            level = level_for(group.kind, ())
            known = _whole_pieces(known, level, run.zone)
        else:
            level = level_for(group.kind, [window.rows for window in known.values()])
        windows = plan_group(
            resource,
            group.id,
            level,
            ask,
            options.beats,
            known,
            now=run.started_at,
            period_start=start,
            looks_ahead=looks_ahead,
            had_lessons_lately=group.id in lately,
        )
        left = [
            w
            for w in windows
            if (resource, w.edu_group_id, w.start.isoformat(), w.end.isoformat()) not in done
        ]
        run.windows.planned += len(windows) - len(left)
        run.windows.skipped += len(windows) - len(left)
        planned[group.id] = left
    return planned


def _whole_pieces(
    seen: dict[tuple[date, date], Seen], level: int, zone: tzinfo
) -> dict[tuple[date, date], Seen]:
    """Take a piece that was read up to the day of its reading for the whole piece: attendance has no future."""
    whole = dict(seen)
    for (start, end), known in seen.items():
        if end == known.pulled_at.astimezone(zone).date():
            ends = [last for first, last in pieces(study_year_of(start), level) if first == start]
            whole.update({(start, last): known for last in ends})
    return whole


def _groups_with_lessons(run: Run) -> set[int]:
    beats = run.options.beats
    start, end = (
        run.today - timedelta(days=beats.recent_days),
        run.today + timedelta(days=beats.ahead_days),
    )
    return {
        group
        for (group,) in run.mirror.query(
            "SELECT DISTINCT edu_group_id FROM lessons WHERE date BETWEEN ? AND ? AND withdrawn_run IS NULL",
            (str(start), str(end)),
        )
    }


def _flat(windows: dict[int, list[Window]]) -> list[Window]:
    return [window for listed in windows.values() for window in listed]


async def _read_lessons(run: Run, groups: list[Group]) -> None:
    if run.options.reads("lessons"):
        windows = _windows(run, "lessons", groups, looks_ahead=True)
        await sweep(run, journal.lessons_strategy(), journal.lesson_jobs(_flat(windows)))


async def _read_marks(run: Run, groups: list[Group]) -> None:
    if not run.options.reads("marks"):
        return
    windows = _windows(run, "marks", groups, looks_ahead=False)
    run.marks_filter = run.mirror.fact("marks_filter")
    await sweep(run, journal.marks_strategy(), journal.mark_jobs(_flat(windows)))
    with run.mirror.transaction():
        run.mirror.learn(run.id, "marks_filter", run.marks_filter)


async def _read_log_entries(run: Run, groups: list[Group]) -> None:
    if not run.options.reads("lesson_log_entries"):
        return
    prefix = len(f"{run.client.base_url}/lesson-log-entries?")
    segments: dict[int, list[tuple[date, date]]] = {}
    days: dict[int, date] = {}
    jobs: list[Job] = []
    for group, windows in _windows(run, "lesson_log_entries", groups, looks_ahead=False).items():
        segments[group] = [(window.start, window.end) for window in windows]
        lessons = _lessons_to_ask(run, group, segments[group])
        if not lessons:
            _cover_silence(run, windows)
            continue
        days.update(lessons)
        jobs += journal.log_jobs(group, lessons, prefix=prefix)
    await sweep(run, journal.log_strategy(days, segments), jobs)


def _lessons_to_ask(
    run: Run, group: int, segments: list[tuple[date, date]]
) -> list[tuple[int, date]]:
    """Lessons of these days up to today, in order of days; a future lesson has no attendance."""
    found: dict[int, date] = {}
    for start, end in segments:
        for lesson, day in run.mirror.query(
            "SELECT id, date FROM lessons WHERE edu_group_id = ? AND date BETWEEN ? AND ? AND withdrawn_run IS NULL ORDER BY date, number, id",
            (group, str(start), str(min(end, run.today))),
        ):
            found[lesson] = date.fromisoformat(day)
    return sorted(found.items(), key=lambda item: item[1])


def _cover_silence(run: Run, windows: list[Window]) -> None:
    with run.mirror.transaction():
        for window in windows:
            asked = journal.asked_days(run, window)
            run.mirror.cover(run.id, run.started_at, asked, state="done", rows=0)
