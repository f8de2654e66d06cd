"""`dnevnik map …`: which vendor object a local name means; open questions and decisions."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import base
from connector.commands.console import Console, wrapped, write_file
from connector.commands.planning import who
from connector.commands.wiring import now, open_mirror, open_settings
from connector.errors import InputRejected, UsageProblem
from connector.i18n import N_, _
from connector.vocab import label

if TYPE_CHECKING:
    from connector.flows.decisions import Decision
    from connector.mirror.store import Mirror
    from connector.planned import Link, Question

RESOURCES = {
    "persons": N_("pupil"),
    "teachers": N_("teacher"),
    "subjects": N_("subject"),
    "edu_groups": N_("class or group"),
    "pairings": N_("who teaches which part"),
}
REASONS = {
    "name_and_class": N_("same full name and class, no birthday to compare"),
    "namesakes": N_("several people of this name"),
    "surname_changed": N_("everything but the surname agrees"),
    "two_fit": N_("more than one fits"),
    "similar_name": N_("a similar name in this class"),
    "initials": N_("only initials are given"),
    "unknown_name": N_("the vendor has no such name"),
    "unpaired": N_("the file does not say which teacher takes which part"),
    "link_lost": N_("the object it was linked with is gone"),
    "listed_twice": N_("stands in the files more than once, in different places"),
    "claimed_twice": N_("two lines of the files were linked with one person"),
    "came_back": N_("same full name, but no longer in any class"),
    "transferred": N_("same full name in another class"),
    "leaver": N_("a leaver without a class, same full name"),
    "stream": N_("a group of several classes"),
}
SHOWN = 40
WRONG = N_("Row {row}: an answer is a number, new or none.")
WRONG_TWICE = N_("Row {row}: this question is answered twice, and not alike.")
NOBODY = N_("Row {row}: the diary shows no such object.")


@click.group(
    "map",
    cls=base.Group,
    help=N_(
        "Decide which vendor object a local name means.\n\n"
        "Whatever files and vendor do not settle between them is a question; a plan leaves it alone until somebody answers. "
        "Questions are named by a code, so that no child's name is typed into a shell."
    ),
    examples=(
        (N_("See what is asked:"), "dnevnik map list"),
        (N_("Where exactly one fits, say yes to all:"), "dnevnik map accept --unique"),
    ),
)
def command() -> None:
    """Decide about identity."""


def _questions(mirror: "Mirror", resource: str | None) -> "list[tuple[str, Question]]":
    from connector.flows.decisions import code_of  # noqa: PLC0415 - help must not wait for SQLite

    return [
        (code_of(q), q) for q in mirror.questions() if resource is None or q.resource == resource
    ]


_resource = base.option(
    "--resource", type=click.Choice(tuple(RESOURCES)), explain=N_("Only questions about this.")
)


@command.command(
    "list",
    cls=base.Command,
    help=N_("List open questions."),
    examples=((N_("Pupils only:"), "dnevnik map list --resource persons"),),
)
@_resource
@base.option("--decided", is_flag=True, explain=N_("List what is decided instead."))
@click.pass_obj
def list_(console: Console, /, *, resource: str | None, decided: bool) -> None:
    """List questions or decisions."""
    settings = open_settings(console)
    with open_mirror(settings) as mirror:
        questions = _questions(mirror, resource)
        links = [k for k in mirror.links().values() if resource is None or k.resource == resource]
    if console.json:
        console.document(
            {
                "schema": "dnevnik/map/1",
                "questions": [_question_document(code, q) for code, q in questions],
                "links": [_link_document(link) for link in links] if decided else len(links),
            }
        )
        return
    console.say("\n".join(_links(links) if decided else _open(questions)))


def _question_document(code: str, q: "Question") -> dict[str, object]:
    return {
        "code": code,
        "resource": q.resource,
        "local_key": q.local_key,
        "label": q.label,
        "reason": q.reason,
        "unique": q.unique,
        "candidates": [
            {
                "vendor_id": str(c.vendor_id),
                "label": c.label,
                "score": c.score,
                "evidence": c.evidence,
            }
            for c in q.candidates
        ],
    }


def _link_document(link: "Link") -> dict[str, object]:
    return {
        "resource": link.resource,
        "local_key": link.local_key,
        "vendor_id": None if link.vendor_id is None else str(link.vendor_id),
        "evidence": link.evidence,
        "score": link.score,
        "decided_by": link.decided_by,
    }


def _open(questions: "Sequence[tuple[str, Question]]") -> Iterator[str]:
    if not questions:
        yield _("No open questions.")
        return
    yield _("Open questions: {n}, of them with exactly one choice: {unique}").format(
        n=len(questions), unique=sum(q.unique for _code, q in questions)
    )
    for code, q in questions[:SHOWN]:
        yield wrapped(
            f"{code}  {_(RESOURCES.get(q.resource, q.resource))}: {q.label} — {_(label(REASONS, q.reason))}"
        )
        for c in q.candidates[:3]:
            yield wrapped(f"          {c.vendor_id}  {c.label}  ({c.score} %)")
    if len(questions) > SHOWN:
        yield "  " + _("and others: {n} (all: --json)").format(n=len(questions) - SHOWN)
    yield ""
    yield wrapped(
        _(
            "Answer with `dnevnik map accept CODE`, `map set CODE ID`, `map set CODE new` or `map reject CODE`, or send a workbook round with `map export`."
        )
    )


def _links(links: "Sequence[Link]") -> Iterator[str]:
    yield _("Decided: {n}").format(n=len(links))
    for resource, word in RESOURCES.items():
        count = sum(link.resource == resource for link in links)
        if count:
            yield f"  {_(word):<32}{count:>8}"


@command.command(
    "show",
    cls=base.Command,
    help=N_("Show one question with all its choices."),
    examples=((N_("One question:"), "dnevnik map show 3f2a1c9d"),),
)
@base.argument("code", metavar="CODE", explain=N_("Code of the question."))
@click.pass_obj
def show(console: Console, /, *, code: str) -> None:
    """Show a question."""
    settings = open_settings(console)
    with open_mirror(settings) as mirror:
        found = dict(_questions(mirror, None)).get(code)
    if found is None:
        raise _stranger([code])
    if console.json:
        console.document(
            {"schema": "dnevnik/map/1", "questions": [_question_document(code, found)]}
        )
        return
    console.say(f"{code}  {_(RESOURCES.get(found.resource, found.resource))}: {found.label}")
    console.say(f"  {_(label(REASONS, found.reason))}")
    for c in found.candidates:
        console.say(f"  {c.vendor_id}  {c.label}  ({c.score} %, {c.evidence})")


def _stranger(codes: Sequence[str]) -> UsageProblem:
    text = N_("No open question has the code {codes}. `dnevnik map list` shows them.")
    return UsageProblem(_(text).format(codes=", ".join(codes)))


def _decide(console: Console, decisions: "Sequence[Decision]") -> None:
    """Write down what was typed: all of it or nothing."""
    from connector.flows.decisions import decide  # noqa: PLC0415 - help must not wait for SQLite

    settings = open_settings(console)
    with open_mirror(settings, write=True) as mirror:
        known = dict(_questions(mirror, None))
        strangers = [d.code for d in decisions if d.code not in known]
        if strangers:
            raise _stranger(strangers)
        taken, _strangers = decide(mirror, decisions, by=who(), at=now())
    _said(console, taken)


def _said(console: Console, taken: int) -> None:
    if console.json:
        console.document({"schema": "dnevnik/map/1", "decided": taken})
    else:
        console.say(_("Decided: {n}").format(n=taken))


@command.command(
    "accept",
    cls=base.Command,
    help=N_("Say that the best choice is the one."),
    examples=(
        (N_("All with exactly one choice:"), "dnevnik map accept --unique --resource persons"),
    ),
)
@base.argument("codes", nargs=-1, metavar="[CODE]...", explain=N_("Codes of questions."))
@base.option(
    "--unique",
    is_flag=True,
    explain=N_("All questions where exactly one fits and nobody else fits it."),
)
@_resource
@click.pass_obj
def accept(
    console: Console, /, *, codes: tuple[str, ...], unique: bool, resource: str | None
) -> None:
    """Accept candidates."""
    from connector.flows.decisions import Decision, accept_unique, decide  # noqa: PLC0415 - as above

    if bool(codes) == unique:
        raise click.UsageError(_("Name codes, or say --unique."))
    settings = open_settings(console)
    with open_mirror(settings, write=True) as mirror:
        known = dict(_questions(mirror, resource))
        strangers = [code for code in codes if code not in known]
        open_ones = [code for code in codes if code in known and len(known[code].candidates) != 1]
        if strangers:
            raise _stranger(strangers)
        if open_ones:
            text = N_("Not exactly one choice: {codes}. Use `dnevnik map set CODE ID`.")
            raise UsageProblem(_(text).format(codes=", ".join(open_ones)))
        decisions = (
            accept_unique(known.values())
            if unique
            else [Decision(code, known[code].candidates[0].vendor_id) for code in codes]
        )
        taken, _strangers = decide(mirror, decisions, by=who(), at=now())
    _said(console, taken)


@command.command(
    "reject",
    cls=base.Command,
    help=N_("Say that none of the choices is the one."),
    examples=((N_("One question:"), "dnevnik map reject 3f2a1c9d"),),
)
@base.argument(
    "codes", nargs=-1, required=True, metavar="CODE...", explain=N_("Codes of questions.")
)
@click.pass_obj
def reject(console: Console, /, *, codes: tuple[str, ...]) -> None:
    """Refuse candidates."""
    from connector.flows.decisions import Decision  # noqa: PLC0415 - as above

    _decide(console, [Decision(code, refuses=True) for code in codes])


@command.command(
    "set",
    cls=base.Command,
    help=N_("Say which vendor object it is, or that there is none yet."),
    examples=(
        (N_("This one:"), "dnevnik map set 3f2a1c9d 1000000000123"),
        (N_("A new one:"), "dnevnik map set 3f2a1c9d new"),
    ),
)
@base.argument("code", metavar="CODE", explain=N_("Code of the question."))
@base.argument("vendor_id", metavar="ID|new", explain=N_("Id of the vendor's object, or new."))
@click.pass_obj
def set_(console: Console, /, *, code: str, vendor_id: str) -> None:
    """Set an identity."""
    from connector.flows.decisions import NEW, Decision  # noqa: PLC0415 - as above

    if vendor_id != NEW and not (
        vendor_id.isascii() and vendor_id.isdecimal() and len(vendor_id) < 20
    ):
        raise click.BadParameter(_("a number or new"), param_hint="ID")
    _decide(console, [Decision(code, None if vendor_id == NEW else int(vendor_id))])


@command.command(
    "export",
    cls=base.Command,
    help=N_("Write the open questions to a workbook, for those who know the children."),
    examples=((N_("For the class teachers:"), "dnevnik map export questions.xlsx"),),
)
@base.argument(
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    explain=N_("The workbook to write."),
)
@_resource
@click.pass_obj
def export(console: Console, /, *, file: Path, resource: str | None) -> None:
    """Export questions."""
    from mappings.question_sheets import write_questions  # noqa: PLC0415 - as above

    settings = open_settings(console)
    with open_mirror(settings) as mirror:
        questions = _questions(mirror, resource)
    write_file(
        file,
        write_questions(
            questions,
            {word: _(text) for word, text in REASONS.items()},
            {word: _(text) for word, text in RESOURCES.items()},
        ),
    )
    console.note(_("Written: {path}").format(path=file))


@command.command(
    "import",
    cls=base.Command,
    help=N_("Read answers back from such a workbook."),
    examples=((N_("When it came back:"), "dnevnik map import questions.xlsx"),),
)
@base.argument(
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    explain=N_("The filled workbook."),
)
@click.pass_obj
def import_(console: Console, /, *, file: Path) -> None:
    """Import answers."""
    from connector.flows.decisions import Decision, decide, unfit  # noqa: PLC0415 - as above
    from mappings.question_sheets import TWICE, read_answers  # noqa: PLC0415 - as above
    from mappings.sheets import Unusable  # noqa: PLC0415 - as above

    try:
        answers = read_answers(file.read_bytes())
    except Unusable as problem:
        text = N_("{path} is no workbook of questions that can be read.")
        raise UsageProblem(_(text).format(path=file)) from problem
    places = {a.code: a.row for a in answers}
    decisions = [
        Decision(a.code, None if a.is_new else a.vendor_id, a.refuses)
        for a in answers
        if not a.wrong
    ]
    settings = open_settings(console)
    with open_mirror(settings, write=True) as mirror:
        complaints = [
            (a.row, WRONG_TWICE if a.wrong == TWICE else WRONG) for a in answers if a.wrong
        ]
        complaints += [(places[code], NOBODY) for code in unfit(mirror, decisions)]
        for row, text in sorted(complaints):
            console.warn(_(text).format(row=row))
        if complaints:
            raise InputRejected(count=len(complaints))
        # One code stands twice where somebody copied a line; the answer is one.
        taken, strangers = decide(mirror, list(dict.fromkeys(decisions)), by=who(), at=now())
    if strangers:
        text = N_("Rows whose questions are no longer open: {rows}.")
        rows = ", ".join(str(places[code]) for code in strangers)
        console.warn(_(text).format(rows=rows))
    _said(console, taken)
