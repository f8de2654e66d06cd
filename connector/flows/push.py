"""Files → plan: what turns the vendor's state, freshly pulled, into what the school's own files say.

Nothing is written to the vendor here. Identities found on the way and open questions are kept in the mirror, so that
a person answers each once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from secrets import token_hex
from typing import Any

from connector.flows.look import look
from connector.mirror.books import moment
from connector.mirror.store import Mirror
from connector.planned import Channel, Have, Link, Note, Operation, Plan, Question
from connector.source import Source
from connector.sync.beside import clashes_beside
from connector.sync.binding import weekly
from connector.sync.bound import bind_names
from connector.sync.called_off import without_called_off
from connector.sync.clashes import clashes, load, unplaced
from connector.sync.guards import Limits, guard
from connector.sync.namesakes import namesakes
from connector.sync.pattern import ScheduleOptions, on_dates
from connector.sync.plan import arrange
from connector.sync.resolve import resolve_roster
from connector.sync.roster import plan_roster
from connector.sync.schedule import plan_schedule
from connector.sync.windows import study_year_of


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What every plan is asked for.

    Attributes:
        school_id: of the mirror's school.
        today: in the school's zone.
        at: the present moment.
        channel: how the operations will travel.
        can: operations the channel can do; None means all.
        limits: of the guards.
        fingerprint: of the files, kept when the plan is carried out.
        protected: persons to leave alone: those whose row was refused.

    """

    school_id: int
    today: date
    at: datetime
    channel: Channel
    limits: Limits
    can: frozenset[str] | None = None
    fingerprint: Mapping[str, Any] = field(default_factory=dict)
    protected: frozenset[int] = frozenset()


def make_roster_plan(
    mirror: Mirror,
    sources: Sequence[Source],
    options: PlanOptions,
    *,
    study_year: int,
    whole: bool = False,
) -> Plan:
    """Plan class lists. The mirror has just been pulled; it is written to: links and questions."""
    have = look(mirror, options.school_id, study_year=study_year)
    resolved = resolve_roster(sources, have, study_year=study_year)
    made = plan_roster(
        sources,
        have,
        resolved,
        study_year=study_year,
        today=options.today,
        whole=whole,
        channel=options.channel,
        protected=options.protected,
    )
    questions = [*resolved.groups.questions, *resolved.pupils.questions]
    links = [*resolved.groups.links(study_year), *resolved.pupils.links(study_year)]
    notes = [*resolved.groups.notes, *resolved.pupils.notes, *made.notes]
    scope: dict[str, Any] = {"study_year": study_year}
    there = namesakes(made.operations, have)
    if there:
        scope["namesakes"] = there
    if study_year != study_year_of(options.today):
        scope["end"] = date(study_year, 9, 1).isoformat()
    _keep(mirror, ("edu_groups", "persons"), questions, links, options.at, study_year)
    return assemble(
        "roster",
        options,
        have,
        made.operations,
        study_year=study_year,
        scope=scope,
        sources=sources,
        questions=questions,
        links=links,
        notes=notes,
        unchanged=made.unchanged,
    )


def make_schedule_plan(
    mirror: Mirror,
    sources: Sequence[Source],
    options: PlanOptions,
    schedule: ScheduleOptions,
    aliases: Mapping[str, str],
) -> Plan:
    """Plan the lessons of a horizon. The mirror has just been pulled; it is written to: links and questions."""
    year = study_year_of(schedule.start)
    have = look(mirror, options.school_id, (schedule.start, schedule.end), year)
    bound = bind_names(sources, have, aliases, study_year=year)
    groups, subjects, teachers = bound.groups, bound.subjects, bound.teachers
    pattern = weekly(sources, bound.names, have.groups, schedule)
    dated, unbounded = on_dates(pattern.lessons, have, schedule)
    wishes, off = without_called_off(dated, have)
    operations, notes, unchanged = plan_schedule(wishes, have, schedule)
    questions = [
        *groups.questions,
        *subjects.questions,
        *teachers.questions,
        *pattern.questions,
    ]
    links = [link for found in (groups, subjects, teachers) for link in found.links(year)]
    _keep(
        mirror,
        ("edu_groups", "subjects", "teachers", "pairings"),
        questions,
        links,
        options.at,
        year,
    )
    return assemble(
        "schedule",
        options,
        have,
        operations,
        study_year=year,
        scope={
            "lessons": True,
            "start": schedule.start.isoformat(),
            "end": schedule.end.isoformat(),
            "study_year": year,
        },
        sources=sources,
        questions=questions,
        links=links,
        notes=[
            *groups.notes,
            *pattern.notes,
            *unbounded,
            *off,
            *clashes(pattern.lessons, have),
            *clashes_beside(wishes, have, options.today),
            *unplaced(sources),
            *load(wishes, have),
            *notes,
        ],
        unchanged=unchanged,
    )


def make_undo_plan(
    mirror: Mirror, plan: Plan, operations: Sequence[Operation], options: PlanOptions
) -> Plan:
    """Put the inverse operations of a plan in order; they are judged by the mirror when they are applied."""
    horizon = (
        (date.fromisoformat(plan.scope["start"]), date.fromisoformat(plan.scope["end"]))
        if plan.scope.get("lessons")
        else None
    )
    return assemble(
        "undo",
        options,
        look(mirror, options.school_id, horizon),
        operations,
        study_year=plan.study_year,
        scope={key: value for key, value in plan.scope.items() if key != "fingerprint"},
    )


def accept_files(mirror: Mirror, plan: Plan, at: datetime) -> None:
    """Remember what the files behind a plan looked like; asked when it was carried out or had nothing to do."""
    fingerprint = plan.scope.get("fingerprint")
    if fingerprint:
        with mirror.transaction():
            mirror.accept_source(fingerprint["kind"], fingerprint, at)


def _keep(
    mirror: Mirror,
    resources: Sequence[str],
    questions: Sequence[Question],
    links: Sequence[Link],
    at: datetime,
    study_year: int,
) -> None:
    asked = [replace(question, study_year=study_year) for question in questions]
    with mirror.transaction():
        mirror.link(links, at)
        mirror.ask(resources, asked, at)


def assemble(  # noqa: PLR0913 - the parts of a plan
    kind: str,
    options: PlanOptions,
    have: Have,
    operations: Sequence[Operation],
    *,
    study_year: int,
    scope: dict[str, Any],
    sources: Sequence[Source] = (),
    questions: Sequence[Question] = (),
    links: Sequence[Link] = (),
    notes: Sequence[Note] = (),
    unchanged: int = 0,
) -> Plan:
    """Put operations in order, measure them by the guards, make them a plan of a name of its own."""
    ordered = arrange(operations, channel=options.channel, can=options.can)
    # Taking back what was guarded when it was applied needs no second permission.
    guards, covered = (
        ([], ordered) if kind == "undo" else guard(ordered, have, options.limits, options.today)
    )
    if options.fingerprint:
        scope["fingerprint"] = dict(options.fingerprint)
    return Plan(
        plan=token_hex(6),
        kind=kind,
        school_id=str(options.school_id),
        study_year=study_year,
        channel=options.channel,
        created_at=moment(options.at.astimezone(UTC).replace(microsecond=0)),
        scope=scope,
        sources=[{"path": source.path, "sha256": source.sha256} for source in sources],
        operations=covered,
        guards=guards,
        unresolved=list(questions),
        notes=list(notes),
        links=list(links),
        unchanged=unchanged,
    )
