"""The way of a school's files to the diary, step by step, with the clock in the test's hand."""

import csv
import json
import time
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from connector.api.client import Client, Limits, TokenBucket, Tools
from connector.flows.apply import ApplyOptions, Desk, apply, landed, verify
from connector.flows.decisions import NEW, Decision, accept_unique, code_of, decide
from connector.flows.pull import pull
from connector.flows.push import (
    PlanOptions,
    make_roster_plan,
    make_schedule_plan,
    make_undo_plan,
)
from connector.flows.run import PullOptions
from connector.mirror.store import Mirror
from connector.planned import Channel
from connector.sync.guards import Limits as GuardLimits
from connector.sync.pattern import ScheduleOptions
from connector.sync.plan import from_document, to_document
from connector.sync.undo import undo
from mappings.reading import read_source
from mappings.subjects import aliases
from mappings.write_profiles import read_write_profile

SAMPLES = Path(__file__).resolve().parents[2] / "mappings" / "samples"
PROFILE = read_write_profile("reference")


def planted():
    """What was planted into the samples."""
    return json.loads((SAMPLES / "differences.json").read_text(encoding="utf-8"))


class Office:
    """A school office with a mirror of its own, at an emulated school."""

    def __init__(self, school, folder, *, channel=Channel.GATEWAY, limits=None):
        self.school = school
        self.folder = folder
        self.path = folder / "office.db"
        self.channel = channel
        self.limits = limits or GuardLimits()
        self.today = date.fromisoformat(school.info["today"])
        self.school_id = int(school.info["school_id"])

    def now(self):
        return datetime(self.today.year, self.today.month, self.today.day, 9, tzinfo=UTC)

    def pull(self, mirror, **options):
        result = pull(self.client(), mirror, PullOptions(full=True, **options), clock=self.now)
        assert result.error is None
        assert not result.suspect
        return result

    def client(self, *, attempts=4, read_s=5.0):
        async def at_once(_seconds):
            return None

        return Client(
            base_url=self.school.info["base_url"],
            token=self.school.token,
            limits=Limits(attempts=attempts, total_s=300.0, read_s=read_s),
            bucket=TokenBucket(100_000.0, 100_000, time.monotonic),
            tools=Tools(wait=lambda _seconds: None, await_=at_once, chance=lambda: 0.0),
            may_write=True,
        )

    def read(self, *files):
        sources = [read_source(Path(file), today=self.today) for file in files]
        assert not [problem for source in sources for problem in source.refused]
        return sources

    def options(self, **more):
        can = frozenset(PROFILE.operations) if self.channel is Channel.GATEWAY else None
        return replace(
            PlanOptions(self.school_id, self.today, self.now(), self.channel, self.limits, can),
            **more,
        )

    def planned(self, rows, **more):
        """A plan of a class list given as rows."""
        return self.roster(write_list(self.folder / "list.csv", rows), **more)

    def settle(self, rows):
        """Make the pupils of a list known; the list says what the diary says."""
        self.planned(rows)
        self.accept()
        plan = self.planned(rows)
        assert (asked_of(plan), plan.unresolved) == ([], [])

    def roster(self, *files, sources=None, year=None, whole=False, **more):
        year = year or (self.today.year if self.today.month >= 9 else self.today.year - 1)
        with Mirror.open(self.path, write=True) as mirror:
            self.pull(mirror, only=("people",), end=date(year, 9, 1) if year > 2026 else None)
            return make_roster_plan(
                mirror,
                sources or self.read(*files),
                self.options(**more),
                study_year=year,
                whole=whole,
            )

    def schedule(self, *files, start, end, sources=None, **more):
        with Mirror.open(self.path, write=True) as mirror:
            self.pull(mirror, start=start, end=end)
            how = ScheduleOptions(start, end, self.today, channel=self.channel)
            return make_schedule_plan(
                mirror, sources or self.read(*files), self.options(), how, aliases()
            )

    def desk(self, mirror, plan, **knobs):
        return Desk(self.client(**knobs), mirror, plan, to_document(plan), self.now)

    def apply(self, plan, *, desk=None, forced=(), **knobs):
        with Mirror.open(self.path, write=True) as mirror:
            return apply(
                self.desk(mirror, plan, **knobs), PROFILE, ApplyOptions(forced=frozenset(forced))
            )

    def verify(self, plan, **knobs):
        with Mirror.open(self.path, write=True) as mirror:
            return verify(self.desk(mirror, plan, **knobs))

    def undo(self, run_id):
        """The plan that takes a run back, as `plan undo` makes it."""
        with Mirror.open(self.path, write=True) as mirror:
            document = mirror.plan_of_run(int(run_id))
            plan = from_document(document)
            applied, made = landed(plan, mirror.journal(str(document["digest"])))
            operations, stuck = undo(applied, made)
            assert not stuck
            return make_undo_plan(mirror, plan, operations, self.options())

    def questions(self):
        with Mirror.open(self.path) as mirror:
            return mirror.questions()

    def accept(self):
        """`map accept --unique`."""
        return self._decide(accept_unique)

    def answer(self, answers):
        """`map set` for each of the answers."""
        said = {(one["resource"], one["local_key"]): one["id"] for one in answers}
        return self._decide(
            lambda questions: [
                Decision(code_of(q), None if said[key] == NEW else int(said[key]))
                for q in questions
                if (key := (q.resource, q.local_key)) in said
            ]
        )

    def _decide(self, answers):
        with Mirror.open(self.path, write=True) as mirror:
            taken, strangers = decide(mirror, answers(mirror.questions()), by="test", at=self.now())
        assert not strangers
        return taken


def asked_of(plan):
    """What a plan wants, without what is shown to people only; in an order of its own."""
    return _ordered(
        {name: o[name] for name in ("op", "target", "edu_group", "after")}
        for o in to_document(plan)["operations"]
    )


def wanted_of(part):
    """The operations of planted differences."""
    return _ordered(one for found in part["differences"] for one in found["operations"])


def _ordered(operations):
    return sorted(operations, key=lambda one: json.dumps(one, sort_keys=True, ensure_ascii=False))


def live(state):
    """Live rows by what people call them, ids aside: classes, their pupils, lessons."""
    names = {row["id"]: row["name"] for row in state["edu_groups"]}
    classes = {row["id"] for row in state["edu_groups"] if row["type"] == "Group"}
    people = {
        row["id"]: (row["last_name"], row["first_name"], row["middle_name"], row["sex"])
        for row in state["persons"]
    }
    return {
        "edu_groups": sorted((row["name"], row["parallel"]) for row in state["edu_groups"]),
        "pupils": sorted(
            (names[row["edu_group_id"]], *map(str, people[row["person_id"]]))
            for row in state["memberships"]
            if row["edu_group_id"] in classes
        ),
        "lessons": sorted(
            (
                names[row["edu_group_id"]],
                row["date"],
                row["number"],
                row["subject_id"],
                str(row["status"]),
                *row["teacher_ids"],
            )
            for row in state["lessons"]
        ),
    }


HEADINGS = ("Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "СНИЛС", "Класс", "Выбыл")


@dataclass(frozen=True)
class Child:
    """A row of a class list."""

    last: str
    first: str
    middle: str = ""
    sex: str = "М"
    born: str = ""
    snils: str = ""
    edu_group: str = ""
    left: str = ""
    id: str = ""

    @property
    def cells(self):
        return (*astuple(self)[:-1],)


def children(desk):
    """The class list as the diary has it."""
    return [
        Child(
            person.last_name,
            person.first_name,
            person.middle_name or "",
            "М" if person.sex == "Male" else "Ж",
            f"{person.birthday:%d.%m.%Y}",
            edu_group=group.name,
            id=str(person.id),
        )
        for group in desk.school.groups
        if group.is_class
        for _place, person in group.now(desk.today)
    ]


def write_list(path, rows):
    """A class list as people save one from Excel."""
    with path.open("w", encoding="cp1251", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADINGS, *(row.cells for row in rows)])
    return path
