"""`dnevnik check`: what is wrong with the school's own files, said before anything is planned from them."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from connector.commands import base
from connector.commands.console import Console, wrapped
from connector.commands.wiring import today_here
from connector.errors import InputRejected
from connector.i18n import N_, _
from connector.source import Fix, Kind, Problem, Source, TopicPlan

Document = dict[str, Any]
# Problems of one rule that a terminal shows; all are in the JSON document.
SHOWN = 20

KINDS = {
    Kind.CLASS_LIST: N_("class list"),
    Kind.ONEROSTER: N_("OneRoster"),
    Kind.ASC: N_("aSc timetable"),
    Kind.GRID: N_("timetable grid"),
    Kind.TOPIC_PLAN: N_("topic plan"),
    Kind.UNKNOWN: N_("not recognised"),
}


@base.command(
    "check",
    summary=N_("Check the school's own files and list every problem with its place and remedy."),
    examples=(
        (N_("A workbook with all classes:"), "dnevnik check lists.xlsx"),
        (N_("What was understood, for a script:"), "dnevnik check --dump --json lists.xlsx"),
    ),
)
@base.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path, exists=True),
    explain=N_("Class lists, timetables, topic plans, OneRoster archives or folders."),
)
@base.option("--dump", is_flag=True, explain=N_("Show the records that were read, too."))
@click.pass_obj
def command(console: Console, files: tuple[Path, ...], *, dump: bool) -> None:
    """Read every file; end with 4 where a row was refused."""
    from mappings.reading import read_source  # noqa: PLC0415 - help must not wait for the readers

    today = today_here()
    sources: list[Source] = []
    with console.progress(_("Reading")) as advance:
        for number, file in enumerate(files, start=1):
            sources.append(read_source(file, today=today))
            advance(number, len(files), "")
    if console.json:
        console.document(document(sources, dump=dump))
    else:
        console.say("\n".join(map(_printable, lines(sources, dump=dump))))
    refused = sum(len(source.refused) for source in sources)
    if refused:
        raise InputRejected(count=refused)


# --- the document


def document(sources: Sequence[Source], *, dump: bool) -> Document:
    """Make the JSON document: docs/json/check.json."""
    return {
        "schema": "dnevnik/check/1",
        "refused": sum(len(source.refused) for source in sources),
        "files": [_file(source, dump=dump) for source in sources],
    }


def _file(source: Source, *, dump: bool) -> Document:
    found: Document = {
        "path": source.path,
        "kind": source.kind.value,
        "sha256": source.sha256,
        "encoding": source.encoding,
        "rows": source.rows,
        "accepted": source.accepted,
        "ignored": source.ignored,
        "problems": [_problem(problem) for problem in source.problems],
        "fixes": [_fix(fix) for fix in source.fixes],
    }
    if dump:
        found["records"] = _records(source)
    return found


def _problem(problem: Problem) -> Document:
    place = problem.place
    return {
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "rule": problem.rule,
        "value": problem.value,
        "text": problem.text,
        "fix": problem.fix,
        "refuses": problem.refuses,
    }


def _fix(fix: Fix) -> Document:
    place = fix.place
    return {
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "rule": fix.rule,
        "before": fix.before,
        "after": fix.after,
    }


def _records(source: Source) -> Document:
    return {
        "edu_groups": [asdict(group) for group in source.edu_groups],
        "pupils": [
            {
                "local_key": pupil.local_key,
                "last_name": pupil.last_name,
                "first_name": pupil.first_name,
                "middle_name": pupil.middle_name,
                "sex": pupil.sex,
                "sex_hint": pupil.sex_hint,
                "birthday": pupil.birthday.isoformat() if pupil.birthday else None,
                "snils": pupil.snils,
                "edu_group": pupil.edu_group,
                "left": pupil.left,
                "subgroups": list(pupil.subgroups),
                "enrolled": pupil.enrolled.isoformat() if pupil.enrolled else None,
                "left_on": pupil.left_on.isoformat() if pupil.left_on else None,
                "sheet": pupil.place.sheet,
                "row": pupil.place.row,
            }
            for pupil in source.pupils
        ],
        "teachers": [{"name": name} for name in source.teachers],
        "subjects": [{"name": name} for name in source.subjects],
        "rooms": [{"name": name} for name in source.rooms],
        "requirements": [
            {
                "key": item.key,
                "edu_groups": list(item.edu_groups),
                "subgroup": " / ".join(item.subgroups),
                "subgroups": list(item.subgroups),
                "subject": item.subject,
                "teachers": list(item.teachers),
                "hours_per_week": item.hours_per_week,
                "placed_hours": item.placed_hours,
            }
            for item in source.requirements
        ],
        "slots": [
            {
                "requirement": slot.requirement,
                "day": slot.day,
                "number": slot.number,
                "weeks": slot.weeks,
                "edu_groups": list(slot.edu_groups),
                "subgroup": " / ".join(slot.subgroups),
                "subgroups": list(slot.subgroups),
                "subject": slot.subject,
                "teachers": list(slot.teachers),
                "rooms": list(slot.rooms),
            }
            for slot in source.slots
        ],
        "bells": [asdict(bell) for bell in source.bells],
        "topic_plans": [_plan(plan) for plan in source.topic_plans],
    }


def _plan(plan: TopicPlan) -> Document:
    return {
        "edu_group": plan.edu_group,
        "subject": plan.subject,
        "subgroup": plan.subgroup,
        "teacher": plan.teacher,
        "whole": plan.whole,
        "topics": [
            {
                "text": topic.text,
                "hours": topic.hours,
                "date": topic.day.isoformat() if topic.day else None,
                "homework": topic.homework,
                "row": topic.row,
            }
            for topic in plan.topics
        ],
    }


# --- for people


def lines(sources: Sequence[Source], *, dump: bool = False) -> Iterable[str]:
    """Write what was found, in 80 columns: problems, then fixes, then how much was read."""
    for number, source in enumerate(sources):
        if number:
            yield ""
        yield wrapped(f"{source.path}: {_(KINDS[source.kind])}")
        yield from _problems(source.problems)
        yield from _fixes(source.fixes)
        yield "  " + _("Rows: {rows}, accepted: {accepted}, refused: {refused}").format(
            rows=source.rows, accepted=source.accepted, refused=len(source.refused)
        )
        yield from _understood(source)
        yield from _preview(source, whole=dump)
        if dump:
            yield from _dump(source)


def _problems(problems: Sequence[Problem]) -> Iterable[str]:
    # What stops a plan comes first; within that the order of the file, rule by rule.
    by_rule: dict[tuple[bool, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda problem: not problem.refuses):
        by_rule.setdefault((problem.refuses, problem.rule), []).append(problem)
    for (refuses, rule), found in by_rule.items():
        title = _("REFUSED") if refuses else _("Doubtful")
        yield from _indented(f"{title}: {found[0].text} [{rule}]", by=2)
        shared = len({problem.text for problem in found}) == 1
        for problem in found[:SHOWN]:
            text = "" if shared else problem.text
            yield from _indented(", ".join(filter(None, (_place(problem), problem.value, text))))
        if len(found) > SHOWN:
            yield "    " + _("and {n} more (all: --json)").format(n=len(found) - SHOWN)
        yield from _indented("→ " + found[0].fix)


def _place(item: Problem | Fix) -> str:
    place = item.place
    parts = [place.sheet]
    if place.row:
        parts.append(_("row {row}").format(row=place.row))
    parts.append(place.column)
    return ", ".join(filter(None, parts))


def _indented(text: str, by: int = 4) -> Iterable[str]:
    return textwrap.wrap(text, 80, initial_indent=" " * by, subsequent_indent=" " * (by + 2))


def _fixes(fixes: Sequence[Fix]) -> Iterable[str]:
    counts = Counter(fix.rule for fix in fixes)
    if not counts:
        return
    yield "  " + _("Put right by itself (all: --json):")
    for rule, count in counts.most_common():
        first = next(fix for fix in fixes if fix.rule == rule)
        example = f"{_place(first)}: «{first.before}» → «{first.after}»"
        yield from _indented(f"{rule}: {count}; {example}")


def _understood(source: Source) -> Iterable[str]:
    counts = (
        (N_("classes"), sum(not group.parent for group in source.edu_groups)),
        (N_("subgroups"), sum(bool(group.parent) for group in source.edu_groups)),
        (N_("pupils"), sum(not pupil.left for pupil in source.pupils)),
        (N_("leavers"), sum(pupil.left for pupil in source.pupils)),
        (N_("teachers"), len(source.teachers)),
        (N_("subjects"), len(source.subjects)),
        (N_("lesson hours a week"), len(source.slots)),
        (N_("topic plans"), len(source.topic_plans)),
    )
    told = ", ".join(f"{_(words)}: {count}" for words, count in counts if count)
    if told:
        yield from _indented(_("Understood: {what}").format(what=told), by=2)


def _preview(source: Source, *, whole: bool) -> Iterable[str]:
    """Show the week as it was understood: of a drawn timetable always, since its reading is a guess at a drawing."""
    if not source.slots or not (whole or source.kind is Kind.GRID):
        return
    from mappings.grid import preview  # noqa: PLC0415 - class lists have no week

    classes = [group for group in source.edu_groups if not group.parent]
    shown = source if whole else replace(source, edu_groups=classes[:1])
    yield ""
    yield from preview(shown).splitlines()
    if not whole and len(classes) > 1:
        yield _("and {n} more classes (all: --dump)").format(n=len(classes) - 1)


def _dump(source: Source) -> Iterable[str]:
    for pupil in source.pupils:
        name = " ".join(filter(None, (pupil.last_name, pupil.first_name, pupil.middle_name)))
        born = f"{pupil.birthday:%d.%m.%Y}" if pupil.birthday else ""
        group = _("left") if pupil.left else pupil.edu_group
        yield f"  {group[:12]:<12} {born:<10} {name[:53]}".rstrip()


def _printable(text: str) -> str:
    """Take out what would steer the terminal: values come from files of anybody."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
