"""The class list of the samples: who stands on which sheet, with the differences from the diary that are planted."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from connector.sandbox import names

SOURCE_YEAR = 2026


@dataclass(frozen=True)
class Pupil:
    """A row of the list; `person` is the vendor's id as text, "" for a new pupil."""

    person: str
    last: str
    first: str
    middle: str
    sex: str
    born: date
    snils: str = ""
    left: date | None = None
    came_from: str = ""

    @property
    def full(self):
        """ФИО."""
        return " ".join(part for part in (self.last, self.first, self.middle) if part)


def snils_of(number):
    """A number of eleven digits with a valid checksum; nobody's, for it is counted up."""
    digits = f"{number:09d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits}{total % 101 % 100:02d}"


class Lists:
    """The sheets of the list, class by class, and what was planted into them."""

    def __init__(self, desk):
        self.desk = desk
        self.day = desk.today.isoformat()
        self.random = Random("samples/people")
        self.differences = []
        self.answers = []
        self.taken = set()
        self.groups = {g.name: g for g in desk.school.groups if g.is_class}
        self.sheets = {
            name: [self._row(person) for _place, person in group.now(desk.today)]
            for name, group in self.groups.items()
        }
        self.leavers = [
            replace(self._row(m.person), left=m.until, came_from=name)
            for name, group in self.groups.items()
            for m in group.roll
            if m.until and m.until <= desk.today and not self._stands(m.person)
        ]
        self.known = {(row.last, row.first) for rows in self.sheets.values() for row in rows}
        self.accounts = {
            str(m.person.id)
            for group in self.groups.values()
            for m in group.roll
            if m.person.has_account
        }

    def _stands(self, person):
        return any(
            one is person for g in self.groups.values() for _n, one in g.now(self.desk.today)
        )

    def _row(self, person):
        # Every third family has brought the certificate.
        snils = snils_of(123_000_000 + 7919 * person.number) if person.number % 3 == 0 else ""
        return Pupil(
            str(person.id),
            person.last_name,
            person.first_name,
            person.middle_name or "",
            person.sex,
            person.birthday,
            snils,
        )

    def plant(self):
        """Put all differences in."""
        self._new_class()
        self._sexes(4)
        self._surnames(5)
        for name in self._classes(8):
            self._new_pupil(name)
        for name in self._classes(6):
            self._transfer(name)
        self._unseen_transfer()
        for name in self._classes(6):
            self._leaver(name)
        for name in self._classes(5):
            self._unlisted(name)

    def _add(self, kind, *operations):
        self.differences.append({"kind": kind, "operations": list(operations)})

    def _classes(self, number):
        """So many classes, other ones each time."""
        names_ = [name for name in self.groups if not name.startswith(("7 ", "11"))]
        self.random.shuffle(names_)
        return names_[:number]

    def _pick(self, name, fits=lambda _row: True):
        """A pupil of a class whom nothing else was done to, and of whose name there is only one."""
        everybody = [row for rows in self.sheets.values() for row in rows]
        rows = [
            row
            for row in self.sheets[name]
            if row.person in self.accounts
            and row.person not in self.taken
            and row.middle
            and sum((one.last, one.first) == (row.last, row.first) for one in everybody) == 1
            and fits(row)
        ]
        row = self.random.choice(rows)
        self.taken.add(row.person)
        return row

    def _replace(self, name, row, by):
        self.sheets[name] = [by if one is row else one for one in self.sheets[name]]

    def _made(self, parallel):
        """A child nobody knows yet."""
        random = self.random
        while True:
            sex = random.choice(("Male", "Female"))
            last = names.surname(random.choice(names.SURNAMES), sex)
            first = random.choice(names.MALE if sex == "Male" else names.FEMALE)
            if (last, first) not in self.known:
                break
        self.known.add((last, first))
        age = timedelta(days=random.randrange(300) + 365 * (6 + parallel))
        return Pupil(
            "",
            last,
            first,
            names.patronymic(random.choice(names.FATHERS), sex),
            sex,
            date(SOURCE_YEAR, 9, 1) - age,
            snils_of(150_000_000 + len(self.known)),
        )

    def _enter(self, pupil, group):
        target = f"@persons:snils:{pupil.snils}"
        values = {
            "last_name": pupil.last,
            "first_name": pupil.first,
            "middle_name": pupil.middle,
            "sex": pupil.sex,
            "birthday": pupil.born.isoformat(),
            "snils": pupil.snils,
        }
        return (
            operation("person.create", target, group, values),
            operation(
                "membership.add",
                target,
                group,
                {"person_id": target, "edu_group_id": group, "from": self.day},
            ),
        )

    def _new_class(self):
        name, parallel = "2В", 2
        pupils = [self._made(parallel) for _ in range(7)]
        self.sheets[name] = pupils
        target = f"@edu_groups:{SOURCE_YEAR}:{name}"
        values = {
            "name": name,
            "parallel": parallel,
            "study_year": SOURCE_YEAR,
            "type": "Group",
            "parent_ids": [],
        }
        entered = [one for pupil in pupils for one in self._enter(pupil, target)]
        self._add("new_class", operation("edu_group.create", target, target, values), *entered)

    def _new_pupil(self, name):
        group = self.groups[name]
        pupil = self._made(group.parallel)
        self.sheets[name].append(pupil)
        self._add("new_pupil", *self._enter(pupil, str(group.id)))

    def _sexes(self, number):
        """Of a child without a patronymic the office guessed wrong, or the diary did."""
        rows = [
            (name, row)
            for name, rows in self.sheets.items()
            for row in rows
            if not row.middle and row.person in self.accounts
        ]
        for name, row in rows[:number]:
            self.taken.add(row.person)
            sex = "Female" if row.sex == "Male" else "Male"
            self._replace(name, row, replace(row, sex=sex))
            group = str(self.groups[name].id)
            self._add("sex", operation("person.update", row.person, group, {"sex": sex}))

    def _surnames(self, number):
        for name in self._classes(number):
            row = self._pick(name)
            surname = next(
                found
                for found in (names.surname(one, row.sex) for one in names.SURNAMES[::-7])
                if found[0] != row.last[0] and (found, row.first) not in self.known
            )
            self.known.add((surname, row.first))
            self._replace(name, row, replace(row, last=surname))
            group = str(self.groups[name].id)
            values = {"last_name": surname}
            self._add("surname", operation("person.update", row.person, group, values))

    def _other(self, name):
        parallel = self.groups[name].parallel
        return next(
            other
            for other, group in self.groups.items()
            if group.parallel == parallel and other != name
        )

    def _move(self, name, row):
        other = self._other(name)
        old, new = str(self.groups[name].id), str(self.groups[other].id)
        self.sheets[name] = [one for one in self.sheets[name] if one is not row]
        self.sheets[other].append(row)
        values = {
            "person_id": row.person,
            "from_group_id": old,
            "edu_group_id": new,
            "date": self.day,
        }
        self._add("transfer", operation("membership.move", row.person, new, values))
        return other

    def _transfer(self, name):
        self._move(name, self._pick(name))

    def _unseen_transfer(self):
        """A pupil without an account, so without a birthday at the vendor, changes class: only a person can say so."""
        everybody = [row for rows in self.sheets.values() for row in rows]
        name, row = next(
            (name, row)
            for name, rows in self.sheets.items()
            for row in rows
            if name in self.groups
            and not name.startswith(("7 ", "11"))
            and row.person
            and row.person not in self.accounts
            and sum((one.last, one.first) == (row.last, row.first) for one in everybody) == 1
        )
        self.taken.add(row.person)
        self._move(name, row)
        self.answers.append(
            {"resource": "persons", "name": row.full, "local_key": key_of(row), "id": row.person}
        )

    def _leaver(self, name):
        row = self._pick(name)
        self.sheets[name] = [one for one in self.sheets[name] if one is not row]
        self.leavers.append(replace(row, left=date(2026, 11, 20), came_from=name))
        group = str(self.groups[name].id)
        self._add(
            "leaver",
            operation("membership.end", row.person, group, self._ended(row, group)),
            operation("person.archive", row.person, "", {"date": self.day}),
        )

    def _unlisted(self, name):
        row = self._pick(name)
        self.sheets[name] = [one for one in self.sheets[name] if one is not row]
        group = str(self.groups[name].id)
        self._add(
            "unlisted", operation("membership.end", row.person, group, self._ended(row, group))
        )

    def _ended(self, row, group):
        return {"person_id": row.person, "edu_group_id": group, "date": self.day}


def key_of(row):
    """The local key of a pupil: `connector.source.SourcePupil`."""
    if row.snils:
        return f"snils:{row.snils}"
    return f"born:{row.full.lower().replace('ё', 'е')}:{row.born}"


def operation(op, target, edu_group, after):
    """An operation as a plan has it, without what is only shown to people."""
    return {"op": op, "target": target, "edu_group": edu_group, "after": after}
