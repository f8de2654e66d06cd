"""The report of the roll: the school's class lists against the classes of the diary."""

from dataclasses import replace

from connector.i18n import N_
from connector.reports.catalogue import ROSTER
from connector.reports.class_teachers import COLUMN, ClassTeachers, read_class_teachers
from connector.reports.facts import Query
from connector.reports.making import Draft, begin, finish
from connector.reports.report import Report, Request
from connector.reports.roster_facts import compare_rolls
from connector.reports.roster_rows import Rolls
from connector.reports.rules.case import NO_CLASS_LIST
from connector.reports.rules.roll import LACKING, disagreements
from connector.reports.school_files import class_lists, nothing_for, with_rows
from connector.reports.selection import natural
from connector.reports.tables import NO_DATA, Cell, Column, Content, Table
from connector.rulebook import Rulebook


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(ROSTER)
    led = read_class_teachers(draft.query, draft.journal.groups)
    if not class_lists(request):
        report = finish(draft, ROSTER, rules=rules, tables=(_classes(draft, led, None),))
        lacking = nothing_for((one.id for one in rules), NO_CLASS_LIST)
        return replace(
            report, notes=replace(report.notes, silences=(*lacking, *report.notes.silences))
        )
    rolls = compare_rolls(draft, led)
    journal = draft.journal
    pupils = {**journal.names.pupils, **rolls.names}
    draft.scene = replace(
        draft.scene, journal=replace(journal, names=replace(journal.names, pupils=pupils))
    )
    findings = draft.judge(rules, lambda case: disagreements(case, rolls.differences))
    report = finish(
        draft,
        ROSTER,
        findings,
        rules=rules,
        tables=(
            _classes(draft, led, rolls),
            _differences(draft, led, rolls),
            *with_rows(_unmatched(draft, rolls)),
        ),
    )
    known = {one.id for one in rules}
    silences = [one for one in rolls.silences if one.rule in known]
    return replace(
        report, notes=replace(report.notes, silences=(*silences, *report.notes.silences))
    )


def _shows(draft: Draft, led: ClassTeachers, group: int, person: int) -> bool:
    pupils = draft.chosen.pupils
    return _shows_class(draft, led, group) and (pupils is None or person in pupils)


def _shows_class(draft: Draft, led: ClassTeachers, group: int) -> bool:
    """Whether a class is asked for; of a teacher those that he leads."""
    teachers = draft.chosen.teachers
    return draft.chosen.has_group(group) and (
        teachers is None or not teachers.isdisjoint(led.of(group))
    )


def _classes(draft: Draft, led: ClassTeachers, rolls: Rolls | None) -> Table:
    """Counts by class; without lists only what the diary holds."""
    groups = draft.journal.groups
    shown = sorted(
        (
            group
            for group in groups.values()
            if _shows_class(draft, led, group.id)
            and group.active_members
            and group.class_ids == {group.id}
        ),
        key=lambda group: natural(draft.journal.names.groups.get(group.id, "")),
    )
    rows: list[tuple[Cell, ...]] = []
    for group in shown:
        in_diary = len(group.active_members)
        named = (group.id, led.cell(group.id))
        if rolls is None or group.id not in rolls.covered:
            rows.append((*named, NO_DATA, in_diary, *(NO_DATA,) * 3))
            continue
        listed, both = rolls.listed[group.id], rolls.both[group.id]
        only_list = len(
            {d.person_id for d in rolls.differences if d.rule == LACKING and d.group_id == group.id}
        )
        rows.append((*named, listed, in_diary, both, only_list, listed - both - only_list))
    return Table(
        "classes",
        N_("Class lists and the diary, by class"),
        (
            Column("edu_group", N_("Class"), Content.GROUP, 8),
            COLUMN,
            Column("in_list", N_("In the list"), Content.NUMBER, 10),
            Column("in_diary", N_("In the diary"), Content.NUMBER, 10),
            Column("in_both", N_("In both"), Content.NUMBER, 10),
            Column("only_list", N_("Lacking in the diary"), Content.NUMBER, 12),
            Column("unsure", N_("Not matched"), Content.NUMBER, 12),
        ),
        tuple(rows),
        note=N_(
            "Not matched: nothing proves which pupil of the diary a line of the list means; `dnevnik map list` asks about them."
        ),
    )


def _differences(draft: Draft, led: ClassTeachers, rolls: Rolls) -> Table:
    names = draft.journal.names
    rows = sorted(
        (row for row in rolls.rows if _shows(draft, led, row.group_id, row.person_id)),
        key=lambda row: (
            natural(names.groups.get(row.group_id, "")),
            row.word,
            names.pupils.get(row.person_id, ""),
            row.person_id,
        ),
    )
    return Table(
        "differences",
        N_("Where the lists and the diary differ"),
        (
            Column("edu_group", N_("Class"), Content.GROUP, 14),
            COLUMN,
            Column("pupil", N_("Pupil"), Content.PUPIL, 34),
            Column("difference", N_("What differs"), Content.WORD, 34),
            Column("in_list", N_("Class by the list"), Content.TEXT, 12),
            Column("in_diary", N_("Class by the diary"), Content.GROUP, 12),
        ),
        tuple(
            (
                *(row.group_id, led.cell(row.group_id)),
                *(row.person_id, row.word, row.in_list, row.in_diary),
            )
            for row in rows
        ),
        split_by="edu_group",
        wide=True,
    )


def _unmatched(draft: Draft, rolls: Rolls) -> Table:
    names = draft.journal.names.pupils
    chosen = draft.chosen
    shown = [
        (one.edu_group, one.person_id, one.reason)
        for one in rolls.unmatched
        if (chosen.groups is None or one.group_id in chosen.groups)
        and chosen.pupils is None
        and chosen.teachers is None
    ]
    rows = sorted(shown, key=lambda row: (natural(row[0]), row[2], names.get(row[1], "")))
    return Table(
        "unmatched",
        N_("Lines of the lists that nothing matches"),
        (
            Column("class_in_list", N_("Class by the list"), Content.TEXT, 12),
            Column("pupil", N_("Pupil"), Content.PUPIL, 34),
            Column("reason", N_("Why"), Content.WORD, 50),
        ),
        tuple(rows),
        note=N_("Nobody is accused on account of these lines."),
    )
