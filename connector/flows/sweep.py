"""Read many windows of one resource, up to eight at a time, and take their answers in.

Fetchers send; one consumer writes, up to sixteen answers in one transaction, because a commit costs 5-30 ms on a
school's disk. Each window is a checkpoint. What an answer lacks is judged when all windows of its group are read:
until then the window counts as unjudged, so that a killed run's successor reads it again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from connector.api.calls.base import Call
from connector.api.client import Answer
from connector.errors import (
    AccessDenied,
    ApiError,
    NotFound,
    PullIncomplete,
    RateLimited,
    SignInNeeded,
)
from connector.flows.run import Run
from connector.records import TABLES, Row, Rows, Window
from connector.sync.vanish import Span, is_believable

ANSWERS_A_COMMIT = 16
SECONDS_A_COMMIT = 0.25
# Answers are held as rows: few, so that memory does not grow with what the fetchers could bring.
ANSWERS_WAITING = 4
# This many failures in a row, each after all its retries, mean that the vendor is away.
FAILURES_IN_A_ROW = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One request: the days it speaks of, and for attendance the lessons it names."""

    window: Window
    call: Call[Rows]
    lessons: tuple[int, ...] = ()
    request: str = field(init=False)

    def __post_init__(self) -> None:
        # Asked for three times a job, and a hundred microseconds for a long chunk.
        object.__setattr__(self, "request", self.call.fingerprint())


@dataclass(slots=True)
class Loss:
    """Live rows of an answer's scope that it did not show."""

    table: str
    missing: set[Row]
    live: int
    answered: int


@dataclass(slots=True)
class Unjudged:
    """A window that was read and taken in, but whose losses are not judged yet."""

    job: Job
    sha256: bytes
    rows: int
    complete: bool
    losses: list[Loss]


@dataclass(slots=True)
class GroupState:
    """One group's windows in this run; `first_time` when no earlier run read any of this resource."""

    group: int
    outstanding: int = 0
    failed: bool = False
    first_time: bool = False
    read: list[Span] = field(default_factory=list)
    seen: dict[str, set[Row]] = field(default_factory=dict)
    unjudged: list[Unjudged] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Strategy:
    """What is particular to a resource.

    Attributes:
        resource: catalogue name; also the name of its windows in `coverage`.
        take: merges an answer's rows and returns what its scope lost; told whether the group is read for the first
            time; runs inside a transaction.
        split: two jobs instead of one that was refused for its size, or None.
        settle: finds the keys among the losses that cannot be judged; may ask the vendor. None: all can be.
        ended: called when a group's windows are all read or given up; runs inside a transaction.
        covers: whether a job's window is what `coverage` records; else `ended` records it.

    """

    resource: str
    take: Callable[[Run, Job, Rows, bool], list[Loss]]
    split: Callable[[Job, ApiError], Iterable[Job] | None]
    settle: Callable[[Run, GroupState], Awaitable[set[Row]]] | None = None
    ended: Callable[[Run, GroupState], None] | None = None
    covers: bool = True


async def sweep(run: Run, strategy: Strategy, jobs: list[Job]) -> None:
    """Carry out all jobs of one resource.

    Raises:
        SignInNeeded: the token stopped working.
        RateLimited: the vendor asks for a longer pause than a run should wait.
        PullIncomplete: the vendor went away. Single failures are only recorded.

    """
    await _Sweep(run, strategy, jobs).carry_out()


class _Sweep:
    def __init__(self, run: Run, strategy: Strategy, jobs: list[Job]) -> None:
        self.run = run
        self.strategy = strategy
        self.known = run.mirror.known_bodies(strategy.resource)
        self.todo: asyncio.Queue[Job] = asyncio.Queue()
        self.results: asyncio.Queue[tuple[Job, Answer[Rows] | ApiError]] = asyncio.Queue(
            ANSWERS_WAITING
        )
        self.states: dict[int, GroupState] = {}
        self.outstanding = 0
        self.in_a_row = 0
        self.fatal: ApiError | None = None
        for job in jobs:
            self._add(job)

    def _add(self, job: Job) -> None:
        group = job.window.edu_group_id
        state = self.states.get(group)
        if state is None:
            first = not self.run.read_before(self.strategy.resource, group)
            state = self.states[group] = GroupState(group, first_time=first)
        state.outstanding += 1
        self.outstanding += 1
        self.run.windows.planned += 1
        self.todo.put_nowait(job)

    async def carry_out(self) -> None:
        self.run.report(self.strategy.resource)
        fetchers = [
            asyncio.create_task(self._fetch())
            for _ in range(min(self.run.client.ahead, self.outstanding))
        ]
        try:
            while self.outstanding and self.fatal is None:
                await self._consume(await self._collect())
        finally:
            for fetcher in fetchers:
                fetcher.cancel()
            await asyncio.gather(*fetchers, return_exceptions=True)
        if self.fatal is not None:
            await self._keep_what_came()
            raise self.fatal

    async def _fetch(self) -> None:
        while True:
            job = await self.todo.get()
            known = self.known.get(job.request)
            try:
                answer: Answer[Rows] | ApiError = await self.run.client.afetch(
                    job.call, known[0] if known else None
                )
            except ApiError as error:
                answer = error
            await self.results.put((job, answer))

    async def _collect(self) -> list[tuple[Job, Answer[Rows] | ApiError]]:
        batch = [await self.results.get()]
        # While we wait for more, the fetchers read; a short wait makes one commit of many.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_A_COMMIT):
                while len(batch) < min(ANSWERS_A_COMMIT, self.outstanding):
                    batch.append(await self.results.get())
        return batch

    async def _keep_what_came(self) -> None:
        batch = []
        with contextlib.suppress(asyncio.QueueEmpty):
            while True:
                batch.append(self.results.get_nowait())
        if batch:
            await self._consume(batch)

    async def _consume(self, batch: list[tuple[Job, Answer[Rows] | ApiError]]) -> None:
        closed: list[GroupState] = []
        with self.run.mirror.transaction():
            for job, answer in batch:
                state = self.states[job.window.edu_group_id]
                if isinstance(answer, ApiError):
                    self._fail(state, job, answer)
                else:
                    self.in_a_row = 0
                    self._take(state, job, answer)
                state.outstanding -= 1
                self.outstanding -= 1
                if not state.outstanding:
                    closed.append(state)
        for state in closed:
            await self._judge(state)
            del self.states[state.group]
        self.run.report(self.strategy.resource)

    def _fail(self, state: GroupState, job: Job, error: ApiError) -> None:
        run = self.run
        smaller = self.strategy.split(job, error)
        if smaller is not None:
            # The big one is replaced, not failed.
            run.windows.planned -= 1
            for part in smaller:
                self._add(part)
            return
        state.failed = True
        refused = isinstance(error, AccessDenied | NotFound)
        if self.strategy.covers:
            outcome = "refused" if refused else "failed"
            run.mirror.fail_window(
                run.id, run.started_at, job.window, state=outcome, detail=type(error).__name__
            )
        if refused:
            run.windows.refused += 1
            return
        run.windows.failed += 1
        run.failures.append(error)
        self.in_a_row += 1
        if isinstance(error, SignInNeeded | RateLimited) or self.in_a_row >= FAILURES_IN_A_ROW:
            self.fatal = error

    def _take(self, state: GroupState, job: Job, answer: Answer[Rows]) -> None:
        run = self.run
        request = job.request
        if answer.unchanged or answer.value is None:
            run.windows.skipped += 1
            self._cover(job, state="done", rows=self.known[request][1])
            return
        run.windows.done += 1
        run.note(answer.drift)
        state.read.append((job.window.start, job.window.end))
        before = {table: run.tallies[table].written() for table in answer.value}
        taken = self.strategy.take(run, job, answer.value, state.first_time)
        # A group that is read for the first time has nothing to lose.
        losses = [] if state.first_time else [loss for loss in taken if loss.missing]
        if not state.first_time:
            for table, rows in answer.value.items():
                self._see(state, table, rows)
        if any(run.tallies[table].written() != before[table] for table in before):
            run.mirror.forget_bodies(job.window, but=request)
        count = sum(map(len, answer.value.values()))
        read = Unjudged(job, answer.sha256, count, answer.rejected == 0, losses)
        if losses:
            state.unjudged.append(read)
            self._cover(job, state="unjudged", rows=count)
        else:
            self._settle(read, state="done")

    def _see(self, state: GroupState, table: str, rows: list[Row]) -> None:
        width = len(TABLES[table].key)
        keys = {row[:width] for row in rows}
        state.seen.setdefault(table, set()).update(keys)
        back = self.run.held.get(table, set()) & keys
        if back:
            self.run.mirror.release(table, back)

    def _cover(self, job: Job, *, state: str, rows: int) -> None:
        if self.strategy.covers:
            self.run.mirror.cover(
                self.run.id, self.run.started_at, job.window, state=state, rows=rows
            )

    def _settle(self, read: Unjudged, *, state: str) -> None:
        run = self.run
        self._cover(read.job, state=state, rows=read.rows)
        if state == "done" and read.complete:
            run.mirror.know_body(read.job.window, read.job.request, read.sha256, read.rows)

    async def _judge(self, state: GroupState) -> None:
        run = self.run
        unsettled: set[Row] = set()
        if self.strategy.settle is not None and state.unjudged:
            unsettled = await self.strategy.settle(run, state)
        with run.mirror.transaction():
            for read in state.unjudged:
                self._judge_window(state, read, unsettled)
            if self.strategy.ended is not None:
                self.strategy.ended(run, state)

    def _judge_window(self, state: GroupState, read: Unjudged, unsettled: set[Row]) -> None:
        held = open_ = False
        for loss in read.losses:
            missing = loss.missing - state.seen.get(loss.table, set())
            open_ = (
                open_ or not missing.isdisjoint(unsettled) or (bool(missing) and not read.complete)
            )
            missing -= unsettled
            if not read.complete:
                continue  # a row of the answer could not be read: it may be one of these
            believed = is_believable(missing=len(missing), live=loss.live, answered=loss.answered)
            if missing and believed:
                self.run.mirror.forget_bodies(read.job.window)
            held = bool(self.run.lose(loss.table, state.group, missing, believed=believed)) or held
        # Where some absences cannot be judged yet, the body stays unknown: it is parsed again next time.
        read.complete = read.complete and not open_
        self._settle(read, state="suspect" if held else "done")


def incomplete(run: Run) -> PullIncomplete | None:
    """The error of a run that went on past failed windows."""
    left = run.windows.planned - run.windows.done - run.windows.skipped - run.windows.refused
    if not run.failures:
        return None
    first = run.failures[0]
    return PullIncomplete(
        first.sentence(), failed=left, done=run.windows.done + run.windows.skipped
    )
