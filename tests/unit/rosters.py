"""A tiny school of invented people: builders for both sides and a diary in memory that takes operations."""

from dataclasses import replace
from datetime import date
from itertools import count

from connector.names import full_key, parse_class
from connector.planned import Have, HaveGroup, HavePerson, Link
from connector.source import Kind, Place, Problem, Source, SourceGroup, SourcePupil
from connector.sync.resolve import resolve_roster
from connector.sync.roster import plan_roster

YEAR = 2026
TODAY = date(2026, 11, 24)
BORN, OTHER_DAY = date(2015, 3, 1), date(2015, 4, 7)
ANNA, BORIS = "Орлова Анна Ильинична", "Зуев Борис Янович"


def group(number, name, year=YEAR, parents=(), parallel=None):
    parsed = parse_class(name)
    parallel = parallel or (parsed.parallel if parsed else None)
    return HaveGroup(
        number, name, parallel, "Subgroup" if parents else "Group", year, tuple(parents)
    )


def person(number, name=ANNA, born=None, *, live=True, sex=None):
    last, first, middle = ([*name.split(" ", 2), "", ""])[:3]
    return HavePerson(number, last, first, middle, sex, born, live)


def school(groups=(), persons=(), members=(), **more):
    return Have(
        groups={g.id: g for g in groups},
        persons={p.id: p for p in persons},
        members=set(members),
        **more,
    )


def key_of(name, edu_group, born=None, snils=""):
    """As readers make it: docs of `SourcePupil.local_key`."""
    if snils:
        return f"snils:{snils}"
    folded = full_key(*([*name.split(" ", 2), "", ""])[:3])
    return f"born:{folded}:{born.isoformat()}" if born else f"class:{folded}:{edu_group}"


def pupil(name=ANNA, edu_group="5А", born=None, *, snils="", row=2, **more):
    last, first, middle = ([*name.split(" ", 2), "", ""])[:3]
    fields = {
        "local_key": key_of(name, edu_group, born, snils),
        "last_name": last,
        "first_name": first,
        "middle_name": middle,
        "sex": None,
        "birthday": born,
        "snils": snils,
        "edu_group": edu_group,
        "place": Place("списки.xlsx", edu_group, row),
    }
    return SourcePupil(**(fields | more))


def source(*pupils, groups=(), refused=0, kind=Kind.CLASS_LIST):
    names = sorted({p.edu_group for p in pupils if p.edu_group and not p.left} | set(groups))
    made = Source("списки.xlsx", kind, "0" * 64, rows=len(pupils), accepted=len(pupils))
    made.pupils = list(pupils)
    made.edu_groups = [source_group(name) for name in names]
    parts = sorted({(p.edu_group, part) for p in pupils for part in p.subgroups})
    made.edu_groups += [SourceGroup(part, None, "", of) for of, part in parts]
    made.problems = [Problem(Place("списки.xlsx", "", 9), "no_name", "", "", "")] * refused
    return made


def source_group(name):
    parsed = parse_class(name)
    return SourceGroup(name, parsed.parallel if parsed else None, parsed.letter if parsed else "")


def linked(*links):
    """Links by their key; each is (resource, local key, vendor id) or a whole one."""
    made = [one if isinstance(one, Link) else Link(*one, "decided") for one in links]
    return {(link.resource, link.local_key): link for link in made}


def plan(have, *sources, year=YEAR, today=TODAY, **more):
    resolved = resolve_roster(sources, have, study_year=year)
    return plan_roster(sources, have, resolved, study_year=year, today=today, **more)


def shapes(draft):
    """What a plan does, without the details."""
    return sorted((o.op, o.target, o.reason) for o in draft.operations)


class Diary:
    """A vendor in memory: takes operations of a plan, knows nothing else."""

    def __init__(self, have, *, shows_birthdays=True):
        self.have = have
        self.shows_birthdays = shows_birthdays
        self.made = {}
        self._ids = count(1 + max([*have.groups, *have.persons, 1000]))

    def apply(self, operations):
        order = ("edu_group.create", "person.restore", "person.create")
        for o in sorted(
            operations, key=lambda o: order.index(o.op) if o.op in order else len(order)
        ):
            getattr(self, o.op.replace(".", "_"))(o, o.after or {})

    def _id(self, text):
        return self.made[text] if text.startswith("@") else int(text)

    def edu_group_create(self, o, after):
        number = self.made[o.target] = next(self._ids)
        parents = tuple(self._id(parent) for parent in after["parent_ids"])
        self.have.groups[number] = HaveGroup(
            number, after["name"], after["parallel"], after["type"], after["study_year"], parents
        )

    def edu_group_update(self, o, after):
        known = self.have.groups[int(o.target)]
        assert {name: getattr(known, name) for name in o.before if name == "name"} == {
            name: value for name, value in o.before.items() if name == "name"
        }
        changes = dict(after)
        if "parent_ids" in changes:
            changes["parents"] = tuple(map(int, changes.pop("parent_ids")))
        self.have.groups[known.id] = replace(known, **changes)

    def edu_group_archive(self, o, after):
        number = int(o.target)
        assert not any(group == number for _person, group in self.have.members)
        del self.have.groups[number]

    def person_create(self, o, after):
        number = self.made[o.target] = next(self._ids)
        born = date.fromisoformat(after["birthday"]) if "birthday" in after else None
        self.have.persons[number] = HavePerson(
            number,
            after["last_name"],
            after["first_name"],
            after.get("middle_name", ""),
            after.get("sex"),
            born if self.shows_birthdays else None,
        )

    def person_update(self, o, after):
        known = self.have.persons[int(o.target)]
        changes = dict(after)
        if "birthday" in changes:
            changes["birthday"] = date.fromisoformat(changes["birthday"])
        self.have.persons[known.id] = replace(known, **changes)

    def person_archive(self, o, after):
        number = int(o.target)
        self.have.persons[number] = replace(self.have.persons[number], live=False)

    def person_restore(self, o, after):
        number = int(o.target)
        assert not self.have.persons[number].live
        self.have.persons[number] = replace(self.have.persons[number], live=True)

    def membership_add(self, o, after):
        pair = self._id(after["person_id"]), self._id(after["edu_group_id"])
        assert pair not in self.have.members
        assert self.have.persons[pair[0]].live
        self.have.members.add(pair)

    def membership_move(self, o, after):
        who = self._id(after["person_id"])
        self.have.members.remove((who, int(after["from_group_id"])))
        self.have.former.add((who, int(after["from_group_id"])))
        pair = who, self._id(after["edu_group_id"])
        assert pair not in self.have.members
        self.have.members.add(pair)

    def membership_end(self, o, after):
        pair = self._id(after["person_id"]), int(after["edu_group_id"])
        self.have.members.remove(pair)
        self.have.former.add(pair)
