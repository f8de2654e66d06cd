"""The demo's second half: the shipped samples, from files to plan to diary, over the gateway and by import files.

It runs on emulated schools of its own, as they stood on the day for which the samples were made.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.commands.apply import people_of
from connector.commands.console import Console, write_file
from connector.commands.demo import clock_of
from connector.commands.demo_folder import REHEARSED, settings_of
from connector.commands.operator import Operator
from connector.commands.planning import names_in, write_plan
from connector.commands.wiring import open_client, open_mirror
from connector.flows.apply import apply, hand_over, verify
from connector.flows.decisions import NEW, Decision, accept_unique, code_of, decide
from connector.flows.desk import ApplyOptions, Desk
from connector.flows.pull import pull
from connector.flows.push import PlanOptions, make_roster_plan, make_schedule_plan
from connector.flows.run import PullOptions
from connector.i18n import N_, _, language
from connector.planned import Channel, Plan
from connector.reports.render.plan_html import plan_html
from connector.source import Source
from connector.sync.guards import Limits
from connector.sync.outcome import Resolver
from connector.sync.pattern import ScheduleOptions
from connector.sync.plan import to_document
from connector.sync.windows import study_year_of
from mappings.handover import write_handover
from mappings.reading import read_source
from mappings.subjects import aliases
from mappings.templates import SHIPPED, read_template
from mappings.write_profiles import read_write_profile

if TYPE_CHECKING:
    from connector.mirror.store import Mirror

Document = dict[str, Any]
ROSTER, SCHEDULE = "roster", "schedule"
# The parts of `differences.json` by kind of plan.
PARTS = {ROSTER: "class_list", SCHEDULE: "timetable"}
MIRRORS = dict(zip((Channel.GATEWAY, Channel.FILE), REHEARSED, strict=True))
PROFILE = "reference"
# Lines that are told: both files checked; each planned and sent over the gateway; each carried out by import files.
STEPS = 8
_TITLES = {ROSTER: N_("Class list"), SCHEDULE: N_("Timetable")}


def rehearse(console: Console, folder: Path, *, step: int) -> Document:
    """Check, plan, apply and verify both samples; returns what `--json` prints of it.

    Args:
        console: where each step is told in a line.
        folder: of the demo; mirrors, plans and import files are put there.
        step: number of the first line.

    """
    with as_file(files("mappings") / "samples") as samples:
        truth = json.loads((samples / "differences.json").read_text(encoding="utf-8"))
        return _Rehearsal(console, folder, samples, truth, step).run()


@dataclass
class _Rehearsal:
    console: Console
    folder: Path
    samples: Path
    truth: Mapping[str, Any]
    step: int

    def run(self) -> Document:
        from connector.sandbox.server import RunningSandbox  # noqa: PLC0415 - starlette is an extra

        today = date.fromisoformat(self.truth["school"]["today"])
        sources = {
            kind: read_source(self.samples / self.truth[part]["file"], today=today)
            for kind, part in PARTS.items()
        }
        checked = {kind: self._check(kind, source) for kind, source in sources.items()}
        result: Document = {"checked": checked}
        answered = self.folder / MIRRORS[Channel.FILE]
        with RunningSandbox(self._config(today)) as school:
            office = _Office(self, school.info, Channel.GATEWAY, today)
            result["gateway"] = office.over_gateway(sources, answered)
        with RunningSandbox(self._config(today)) as school:
            office = _Office(self, school.info, Channel.FILE, today)
            result["file"] = office.by_files(sources)
        return result

    def _config(self, today: date) -> Any:
        from connector.sandbox.config import SandboxConfig  # noqa: PLC0415 - as above

        school = self.truth["school"]
        return SandboxConfig(
            seed=school["seed"], pupils=school["pupils"], today=today, rate=10_000.0, burst=10_000
        )

    def say(self, text: str) -> None:
        """Tell the next step."""
        self.console.note(f"{self.step}. {text}")
        self.step += 1

    def _check(self, kind: str, source: Source) -> Document:
        text = N_("{file}: rows: {rows}, accepted: {accepted}, put right: {fixes}.")
        path = self.samples / self.truth[PARTS[kind]]["file"]
        self.say(
            _(text).format(
                file=path, rows=source.rows, accepted=source.accepted, fixes=len(source.fixes)
            )
        )
        return {
            "file": str(path),
            "rows": source.rows,
            "accepted": source.accepted,
            "refused": len(source.refused),
            "fixes": len(source.fixes),
        }


@dataclass
class _Office:
    """A school office at one emulated school, with a mirror of its own."""

    rehearsal: _Rehearsal
    info: Mapping[str, Any]
    channel: Channel
    today: date

    def __post_init__(self) -> None:
        mirror = self.rehearsal.folder / MIRRORS[self.channel]
        self.settings = settings_of(self.info, mirror)
        self.profile = read_write_profile(PROFILE)
        self.clock = clock_of(self.today)

    def over_gateway(self, sources: Mapping[str, Source], answered: Path) -> Document:
        """Send both plans; `answered` gets the mirror as it is before anything was sent."""
        say = self.rehearsal.say
        asked = {kind: self._settle(kind, source) for kind, source in sources.items()}
        write_file(answered, self.settings.mirror.path.read_bytes())
        result = {}
        for kind, source in sources.items():
            plan = self._plan(kind, source)
            shown = self._show(kind, plan) | {"questions": asked[kind]}
            say(
                _(
                    "{title}: operations: {planned}, planted: {planted}, agree: {right}; questions answered: {questions}."
                ).format(title=_(_TITLES[kind]), **shown)
            )
            with self._desk(plan) as desk:
                done = apply(desk, self.profile, ApplyOptions())
            if done.error is not None:
                raise done.error
            left = len(self._plan(kind, source).operations)
            say(
                _(
                    "Sent to the gateway: {applied}, not there yet: {remaining}; planned again: {left}."
                ).format(applied=done.count("applied"), remaining=len(done.remaining), left=left)
            )
            result[kind] = shown | {
                "applied": done.count("applied"),
                "remaining": len(done.remaining),
                "planned_again": left,
            }
        return result

    def by_files(self, sources: Mapping[str, Source]) -> Document:
        """Hand both plans over as files, play the operator, verify."""
        result = {}
        for kind, source in sources.items():
            plan = self._plan(kind, source)
            folder = self.rehearsal.folder / f"{kind}.files"
            with self._desk(plan) as desk:
                rows, steps = self._operate(desk, folder)
                found = verify(desk)
            left = len(self._plan(kind, source).operations)
            self.rehearsal.say(
                _(
                    "{title} by import files: rows: {rows}, steps by hand: {steps}, not there yet: {remaining}; planned again: {left}. {folder}"
                ).format(
                    title=_(_TITLES[kind]),
                    rows=rows,
                    steps=steps,
                    remaining=len(found.remaining),
                    left=left,
                    folder=folder,
                )
            )
            result[kind] = {
                "folder": str(folder),
                "rows": rows,
                "steps": steps,
                "remaining": len(found.remaining),
                "planned_again": left,
            }
        return result

    def _operate(self, desk: Desk, folder: Path) -> tuple[int, int]:
        """Write the files, upload and work through them; returns rows and steps that were done."""
        have = desk.look()
        classes = {str(g.id): g.name for g in have.groups.values() if not g.parents}
        written = write_handover(
            desk.plan,
            people_of(have, desk.plan.study_year),
            classes,
            names_in(desk.mirror, desk.plan),
            read_template(SHIPPED),
            folder,
        )
        hand_over(desk, {o.number for o in desk.plan.operations})
        operator = Operator(self.info["base_url"], str(self.info["school_id"]), self.profile)
        known = Resolver(have, {})
        by_hand = written.handover.by_hand
        first = operator.work_through([one for one in by_hand if one.first], known)
        rows = sum(operator.upload(path)["done"] for path in written.imports)
        then = operator.work_through([one for one in by_hand if not one.first], known)
        return rows, first["done"] + then["done"]

    # --- steps

    def _settle(self, kind: str, source: Source) -> int:
        """Plan once and answer what is asked: in bulk where one fits, else as the samples tell."""
        self._plan(kind, source)
        said = {
            (one["resource"], one["local_key"]): one["id"]
            for one in self.rehearsal.truth["answers"]
        }
        with open_mirror(self.settings, write=True) as mirror:
            questions = mirror.questions()
            decisions = accept_unique(questions) + [
                Decision(code_of(q), None if answer == NEW else int(answer))
                for q in questions
                if (answer := said.get((q.resource, q.local_key))) is not None
            ]
            return decide(mirror, decisions, by="demo", at=self.clock())[0]

    def _plan(self, kind: str, source: Source) -> Plan:
        with open_mirror(self.settings, write=True) as mirror:
            if kind == ROSTER:
                self._pull(mirror, PullOptions(only=("people",), full=True))
                return make_roster_plan(
                    mirror, [source], self._options(), study_year=study_year_of(self.today)
                )
            start, end = (
                date.fromisoformat(self.rehearsal.truth["horizon"][edge]) for edge in ("from", "to")
            )
            self._pull(mirror, PullOptions(start=start, end=end, full=True))
            how = ScheduleOptions(start, end, self.today, channel=self.channel)
            return make_schedule_plan(mirror, [source], self._options(), how, aliases())

    def _options(self) -> PlanOptions:
        can = frozenset(self.profile.operations) if self.channel is Channel.GATEWAY else None
        return PlanOptions(
            int(self.info["school_id"]), self.today, self.clock(), self.channel, Limits(), can
        )

    def _pull(self, mirror: "Mirror", options: PullOptions) -> None:
        with open_client(self.settings) as client:
            result = pull(client, mirror, options, clock=self.clock)
        if result.error is not None:
            raise result.error

    @contextmanager
    def _desk(self, plan: Plan) -> Iterator[Desk]:
        with open_client(self.settings) as client, open_mirror(self.settings, write=True) as mirror:
            yield Desk(client, mirror, plan, to_document(plan), self.clock)

    def _show(self, kind: str, plan: Plan) -> Document:
        """Save a plan and its page, and compare it with what was planted."""
        folder = self.rehearsal.folder
        with open_mirror(self.settings) as mirror:
            names = names_in(mirror, plan)
        file, page = folder / f"{kind}.json", folder / f"{kind}.html"
        document = write_plan(file, plan)
        made_at = self.clock().astimezone().strftime("%d.%m.%Y %H:%M")
        write_file(page, plan_html(plan, names, made_at_text=made_at, lang=language()))
        planned = [_bare(one) for one in document["operations"]]
        differences = self.rehearsal.truth[PARTS[kind]]["differences"]
        planted = [_bare(one) for found in differences for one in found["operations"]]
        return {
            "plan": str(file),
            "page": str(page),
            "differences": len(differences),
            "planned": len(planned),
            "planted": len(planted),
            "right": sum((Counter(planned) & Counter(planted)).values()),
        }


def _bare(operation: Mapping[str, Any]) -> str:
    """What an operation does, without what is only shown to people."""
    shown = {name: operation[name] for name in ("op", "target", "edu_group", "after")}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)
