"""The report of accounts: who cannot sign in, and whose data the state's sign-in would not recognise.

After schools went over to the state's sign-in (ЕСИА) most failures came from names, birthdays and СНИЛС that did not agree
with the state's: domain/README.md, 2.4. The diary shows a birthday only of persons with an account.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from connector.i18n import N_
from connector.names import full_key
from connector.reports.catalogue import ACCOUNTS
from connector.reports.facts import Query
from connector.reports.making import Draft, begin, finish
from connector.reports.report import Report, Request
from connector.reports.roster_facts import compare_rolls
from connector.reports.school_files import class_lists
from connector.reports.selection import natural
from connector.reports.tables import NO_DATA, Cell, Column, Content, Table
from connector.rulebook import Rulebook
from connector.vocab import ARCHIVED, STUDENT

PUPILS = """
SELECT m.edu_group_id, p.id, p.user_id IS NOT NULL, ifnull(p.last_name, ''), ifnull(p.first_name, ''), ifnull(p.middle_name, ''),
       p.birthday IS NOT NULL, p.sex IS NOT NULL
  FROM memberships m JOIN persons p ON p.id = m.person_id
 WHERE m.role = ? AND m.withdrawn_run IS NULL AND ifnull(m.status, '') <> ? AND p.withdrawn_run IS NULL ORDER BY 1, 2
"""
STAFF = """
SELECT NULL, p.id, p.user_id IS NOT NULL, ifnull(p.last_name, ''), ifnull(p.first_name, ''), ifnull(p.middle_name, ''),
       p.birthday IS NOT NULL, p.sex IS NOT NULL
  FROM staff s JOIN persons p ON p.id = s.person_id WHERE s.withdrawn_run IS NULL AND p.withdrawn_run IS NULL ORDER BY 2
"""

ACCOUNT = N_("no account")
NAME = N_("no full name")
BIRTHDAY = N_("no birthday")
SEX = N_("no sex")
SNILS = N_("no СНИЛС in the list")
LACKS = (ACCOUNT, NAME, BIRTHDAY, SEX)
_NOTE = N_(
    "The diary shows birthdays of persons with an account only; who has none lacks nothing but the account. СНИЛС: by the school's class lists, the diary shows none."
)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person and what is lacking.

    Attributes:
        group_id: a pupil's class, None for staff.
        person_id: who.
        lacks: sentences above, in their order.

    """

    group_id: int | None
    person_id: int
    lacks: tuple[str, ...]


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    without_snils = _without_snils(draft)
    classes = {group.id for group in draft.journal.groups.values() if group.class_ids == {group.id}}
    pupils = [
        holder
        for row in query(PUPILS, (STUDENT, ARCHIVED))
        if row[0] in classes and _is_chosen(draft, row[0], row[1])
        for holder in (_holder(row, without_snils),)
    ]
    rows = [] if _is_narrowed(draft) else list(query(STAFF, ()))
    staff = [_holder(row, None) for row in rows]
    _with_names(draft, {row[1]: " ".join(filter(None, row[3:6])) for row in rows})
    tables = [_by_class(draft, pupils, without_snils is not None), _of_staff(staff)]
    if not (request.anonymous or request.hide_teachers):
        tables += [_pupils(draft, pupils), _teachers(draft, staff)]
    return finish(draft, ACCOUNTS, tables=tables)


def _holder(row: tuple[object, ...], without_snils: Mapping[int, bool] | None) -> Holder:
    group, person, account, last, first, _middle, birthday, sex = row
    lacks = [
        word
        for word, there in (
            (ACCOUNT, account),
            (NAME, full_key(str(last), "", None) and full_key(str(first), "", None)),
            (BIRTHDAY, birthday or not account),
            (SEX, sex),
        )
        if not there
    ]
    number = int(str(person))
    if without_snils is not None and without_snils.get(number):
        lacks.append(SNILS)
    return Holder(None if group is None else int(str(group)), number, tuple(lacks))


def _without_snils(draft: Draft) -> dict[int, bool] | None:
    """Whether the school's lists lack the СНИЛС, by person whom they certainly mean; None where they have none at all."""
    lists = class_lists(draft.request)
    if not any(pupil.snils for source in lists for pupil in source.pupils):
        return None
    return compare_rolls(draft).without_snils


def _is_chosen(draft: Draft, group: int, person: int) -> bool:
    chosen = draft.chosen
    return chosen.has_group(group) and (chosen.pupils is None or person in chosen.pupils)


def _is_narrowed(draft: Draft) -> bool:
    """Whether only some classes or pupils were asked for: staff belong to no class."""
    return draft.chosen.groups is not None or draft.chosen.pupils is not None


def _with_names(draft: Draft, staff: Mapping[int, str]) -> None:
    names = draft.journal.names
    teachers = {**staff, **names.teachers}
    draft.scene = replace(
        draft.scene, journal=replace(draft.journal, names=replace(names, teachers=teachers))
    )


def _by_class(draft: Draft, pupils: Iterable[Holder], with_snils: bool) -> Table:  # noqa: FBT001 - one place calls it
    count: Counter[int] = Counter()
    lacks: dict[int, Counter[str]] = defaultdict(Counter)
    for one in pupils:
        group = one.group_id or 0
        count[group] += 1
        lacks[group].update(one.lacks)
    names = draft.journal.names.groups
    rows: list[tuple[Cell, ...]] = [
        (
            group,
            count[group],
            *(lacks[group][word] for word in LACKS),
            lacks[group][SNILS] if with_snils else NO_DATA,
        )
        for group in sorted(count, key=lambda one: (natural(names.get(one, "")), one))
    ]
    return Table(
        "pupils_by_class",
        N_("Pupils without an account or with data lacking, by class"),
        (
            Column("edu_group", N_("Class"), Content.GROUP, 14),
            Column("pupils", N_("Pupils"), Content.NUMBER, 10),
            *_COUNTS,
            Column("no_snils", N_("No СНИЛС in the list"), Content.NUMBER, 12),
        ),
        tuple(rows),
        note=_NOTE,
    )


_COUNTS = (
    Column("no_account", N_("No account"), Content.NUMBER, 10),
    Column("no_name", N_("No full name"), Content.NUMBER, 10),
    Column("no_birthday", N_("No birthday"), Content.NUMBER, 10),
    Column("no_sex", N_("No sex"), Content.NUMBER, 10),
)


def _of_staff(staff: list[Holder]) -> Table:
    lacks = Counter(word for one in staff for word in one.lacks)
    row: tuple[Cell, ...] = (len(staff), *(lacks[word] for word in LACKS))
    return Table(
        "staff",
        N_("Staff without an account or with data lacking"),
        (Column("staff", N_("Staff"), Content.NUMBER, 10), *_COUNTS),
        (row,) if staff else (),
    )


def _pupils(draft: Draft, pupils: Iterable[Holder]) -> Table:
    names = draft.journal.names
    rows = sorted(
        ((one.group_id, one.person_id, word) for one in pupils for word in one.lacks),
        key=lambda row: (
            natural(names.groups.get(row[0] or 0, "")),
            names.pupils.get(row[1], ""),
            row[1],
        ),
    )
    return Table(
        "pupils",
        N_("Pupils by name"),
        (
            Column("edu_group", N_("Class"), Content.GROUP, 14),
            Column("pupil", N_("Pupil"), Content.PUPIL, 34),
            Column("lacks", N_("What is lacking"), Content.WORD, 24),
        ),
        tuple(rows),
        split_by="edu_group",
    )


def _teachers(draft: Draft, staff: Iterable[Holder]) -> Table:
    names = draft.journal.names.teachers
    rows = sorted(
        ((one.person_id, word) for one in staff for word in one.lacks),
        key=lambda row: (names.get(row[0], ""), row[0]),
    )
    return Table(
        "teachers",
        N_("Staff by name"),
        (
            Column("person", N_("Person"), Content.TEACHER, 34),
            Column("lacks", N_("What is lacking"), Content.WORD, 24),
        ),
        tuple(rows),
    )
