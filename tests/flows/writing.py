"""Plans of every operation on a pulled school, a vendor in a process of its own, and a process that dies on demand."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import warnings
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from connector.api.client import Client, Limits, TokenBucket, Tools
from connector.flows.apply import ApplyOptions, Desk, apply
from connector.flows.look import look, school_of
from connector.flows.pull import PullOptions, pull
from connector.mirror.store import Mirror
from connector.planned import Channel, Operation, Plan, ref
from connector.sync.namesakes import namesakes
from connector.sync.outcome import group_values, person_values
from connector.sync.plan import arrange, to_document
from mappings.write_profiles import read_write_profile

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
DAY = TODAY.isoformat()
EVENING = datetime(2026, 11, 24, 17, tzinfo=UTC)
PROFILE = read_write_profile("reference")
DIED = 77


def clock():
    return EVENING


class Vendor:
    """An emulated school behind a socket; `School` of the stories has the same ways."""

    def __init__(self, process):
        self._process = process
        self.info = json.loads(process.stdout.readline())
        self.token = self.info["tokens"]["admin"]

    def control(self, method, path, body=None):
        root = self.info["base_url"].removesuffix("/v2")
        data = body.encode() if isinstance(body, str) else body and json.dumps(body).encode()
        request = urllib.request.Request(f"{root}/__sandbox/{path}", data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def leave(self):
        """Go away for good."""
        self._process.terminate()
        self._process.wait(timeout=60)

    def reset(self):
        self.control("POST", "reset", {})

    def client(self, *, token=None, attempts=1, read_s=30.0, may_write=True):
        return Client(
            base_url=self.info["base_url"],
            token=token or self.token,
            limits=Limits(attempts=attempts, read_s=read_s),
            bucket=TokenBucket(100_000.0, 100_000, time.monotonic),
            tools=Tools(wait=lambda _seconds: None, chance=lambda: 0.0),
            may_write=may_write,
        )

    def pull(self, path, **options):
        with Mirror.open(path, write=True) as mirror:
            result = pull(
                self.client(), mirror, PullOptions(full=True, **options), clock=lambda: EVENING
            )
        assert result.error is None
        return result

    def writes(self):
        """Calls of the write profile in the order they came."""
        return [call for call in self.control("GET", "calls") if _is_write(call)]

    def landed(self):
        """How often each write was carried out, by method, path and digest of the body."""
        return Counter(
            (call["method"], call["path"], call.get("body_sha256"), str(call["query"]))
            for call in self.writes()
            if call["status"] in (0, 200, 204)
        )

    def rows(self):
        """Live rows without the ids that the vendor gave to what was made, so that two runs compare."""
        state = self.control("GET", f"state?from={DAY}&to={DAY}")
        groups = {row["id"]: row["name"] for row in state["edu_groups"]}
        persons = {
            row["id"]: tuple(
                str(row[k]) for k in ("last_name", "first_name", "middle_name", "birthday")
            )
            for row in state["persons"]
        }
        return {
            "edu_groups": Counter(
                (r["name"], r["parallel"], r["type"], *(groups.get(p) for p in r["parent_ids"]))
                for r in state["edu_groups"]
            ),
            "persons": Counter(persons.values()),
            "memberships": Counter(
                (persons[r["person_id"]], groups[r["edu_group_id"]]) for r in state["memberships"]
            ),
        }


_READS = re.compile(r"/(persons/find|edu-groups/students|users/many|.*/many)$")


def _is_write(call):
    return call["method"] != "GET" and not _READS.search(call["path"])


@contextmanager
def vendor(*, pupils=72, **options):
    """An emulated vendor in a process of its own: forked children of a test share nothing with it."""
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "cli", "sandbox", "--json", "--today", DAY),
            *("--pupils", str(pupils), "--rate", "100000", "--burst", "100000", *words),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Vendor(process)
    finally:
        process.terminate()
        process.communicate(timeout=60)


# --- plans


def have_of(path):
    with Mirror.open(path) as mirror:
        return look(mirror, school_of(mirror))


def plan_of(operations, *, plan="0123456789ab", school, kind="roster", scope=None, **changes):
    fields = {
        "plan": plan,
        "kind": kind,
        "school_id": str(school),
        "study_year": 2026,
        "channel": Channel.GATEWAY,
        "created_at": "2026-11-24T17:00:00Z",
        "scope": scope or {"study_year": 2026},
        "operations": arrange(operations, channel=Channel.GATEWAY, can=PROFILE.operations),
    }
    return Plan(**(fields | changes))


class Writer:
    """Makes operations on a school as the mirror shows it; pupils are used once each, in order of their ids."""

    def __init__(self, path):
        self.have = have_of(path)
        with Mirror.open(path) as mirror:
            self.school = school_of(mirror)
        self.classes = [g for g in self.have.groups.values() if g.type == "Group" and not g.parents]
        classes = {g.id for g in self.classes}
        self.pupils = sorted((p, g) for p, g in self.have.members if g in classes)
        self.operations = []

    def add(self, op, target, edu_group, before=None, after=None, **changes):
        made = Operation(op, str(target), str(edu_group), before, after, "new", "link", **changes)
        self.operations.append(made)
        return made

    def new_class(self, name, parallel=5, parents=()):
        target = ref("edu_groups", f"2026:{name}")
        after = {
            "name": name,
            "parallel": parallel,
            "study_year": 2026,
            "type": "Subgroup" if parents else "Group",
            "parent_ids": list(parents),
        }
        self.add("edu_group.create", target, target, None, after)
        return target

    def new_person(self, number, group, *, last="Выдуманный", birthday="2014-03-05"):
        name = {"last_name": last, "first_name": f"Тест{number}", "middle_name": "Пробович"}
        target = ref("persons", f"born:{last}:{number}")
        after = name | {"sex": "Male"} | ({"birthday": birthday} if birthday else {})
        self.add("person.create", target, group, None, after)
        self.join(target, group)
        return target

    def join(self, person, group):
        after = {"person_id": str(person), "edu_group_id": str(group), "from": DAY}
        self.add("membership.add", person, group, None, after)

    def move(self, group=None):
        person, old = self.pupils.pop(0)
        new = group or next(g.id for g in self.classes if g.id != old)
        pair = {"person_id": str(person), "edu_group_id": str(old)}
        after = {"person_id": str(person), "from_group_id": str(old), "edu_group_id": str(new)}
        self.add("membership.move", person, new, pair, after | {"date": DAY})

    def end(self, *, archive=False):
        person, old = self.pupils.pop(0)
        pair = {"person_id": str(person), "edu_group_id": str(old)}
        self.add("membership.end", person, old, pair, pair | {"date": DAY})
        if archive:
            values = person_values(self.have.persons[person])
            self.add("person.archive", person, "", values, {"date": DAY})

    def rename(self, last="Переименов"):
        person, group = self.pupils.pop(0)
        before = {"last_name": self.have.persons[person].last_name}
        self.add("person.update", person, group, before, {"last_name": last})

    def rename_class(self, group, name):
        before = {"name": self.have.groups[group].name}
        self.add("edu_group.update", group, group, before, {"name": name})

    def archive_class(self, group):
        self.add("edu_group.archive", group, group, group_values(self.have.groups[group]))

    def plan(self, **changes):
        scope = {"study_year": 2026, "namesakes": namesakes(self.operations, self.have)}
        return plan_of(self.operations, school=self.school, scope=scope, **changes)


def small_plan(path):
    """Two dozen operations of every kind of a roster."""
    writer = Writer(path)
    made = writer.new_class("5Ж")
    part = writer.new_class("5Ж труд", parents=(made,))
    for number in range(3):
        person = writer.new_person(number, made)
    writer.join(person, part)
    writer.move(made)
    writer.move()
    writer.end()
    writer.end(archive=True)
    writer.rename()
    writer.rename("Другая-Фамилия")
    writer.rename_class(writer.classes[0].id, "1Щ")
    writer.archive_class(next(g.id for g in writer.have.groups.values() if g.parents))
    return writer.plan()


def big_plan(path):
    """Two hundred operations: classes, subgroups, new pupils, transfers, leavers, corrections."""
    writer = Writer(path)
    classes = [writer.new_class(f"5{letter}") for letter in "ЖЗИК"]
    parts = [
        writer.new_class(f"5{letter} труд", parents=(c,))
        for letter, c in zip("ЖЗ", classes, strict=False)
    ]
    people = [writer.new_person(number, classes[number % 4]) for number in range(40)]
    for person in people[:10]:
        writer.join(person, parts[0])
    for number in range(30):
        writer.move(classes[number % 4] if number % 2 else None)
    for number in range(20):
        writer.end(archive=number % 4 == 0)
    for number in range(46):
        writer.rename(f"Переименов{number}")
    for number, group in enumerate(writer.classes[:2]):
        writer.rename_class(group.id, f"1{'ЩЭ'[number]}")
    for group in [g.id for g in writer.have.groups.values() if g.parents][:1]:
        writer.archive_class(group)
    plan = writer.plan()
    assert len(plan.operations) == 200, len(plan.operations)
    return plan


# --- carrying out


def desk_of(made, mirror, plan):
    return Desk(made.client(), mirror, plan, to_document(plan), clock, UTC)


def carry_out(made, path, plan, *, mirror=Mirror, profile=PROFILE, **options):
    with mirror.open(path, write=True) as opened:
        desk = desk_of(made, opened, plan)
        try:
            return apply(desk, profile, ApplyOptions(zone=UTC, **options))
        finally:
            desk.client.close()


class DyingMirror(Mirror):
    """Ends its process at a line of the journal: `before` it is written, `inside` its transaction, or `after` it is on disk."""

    line = 0
    moment = ""
    lines = 0
    due = False

    def write_down(self, *args, **kwargs):
        self.lines += 1
        here = self.lines == self.line
        if here and self.moment == "before":
            os._exit(DIED)
        super().write_down(*args, **kwargs)
        if here and self.moment == "inside":
            os._exit(DIED)
        self.due = here

    @contextmanager
    def transaction(self):
        with super().transaction():
            yield
        if self.due:
            os._exit(DIED)


def die_at(made, path, plan, line, moment, *, profile=PROFILE):
    """Apply in a forked child that dies at a line of the journal; tells how it ended."""
    with warnings.catch_warnings():
        # From 3.12 on a fork beside threads is warned of; this child takes no lock that they could hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        status = 1
        try:
            mirror = type("Dying", (DyingMirror,), {"line": line, "moment": moment})
            carry_out(made, path, plan, mirror=mirror, profile=profile)
            status = 0
        finally:
            os._exit(status)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def copied(path, folder, name="mirror.db"):
    """A mirror of one's own, as it was after the pull."""
    target = folder / name
    shutil.copyfile(path, target)
    return target
