"""`dnevnik map …`: which vendor object a local name means; open questions and decisions."""

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.map_deciding import accept, reject, set_
from connector.commands.map_questions import (
    REASONS,
    RESOURCES,
    about,
    link_document,
    link_lines,
    open_lines,
    question_document,
    questions_in,
    stranger,
)
from connector.commands.map_workbook import export, import_
from connector.commands.wiring import open_mirror, open_settings
from connector.i18n import N_, _
from connector.vocab import label

command = base.Group(
    "map",
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
for _one in (accept, reject, set_, export, import_):
    command.add_command(_one)


@command.command(
    "list",
    cls=base.Command,
    help=N_("List open questions."),
    examples=((N_("Pupils only:"), "dnevnik map list --resource persons"),),
)
@about
@base.option("--decided", is_flag=True, explain=N_("List what is decided instead."))
@click.pass_obj
def list_(console: Console, /, *, resource: str | None, decided: bool) -> None:
    """List questions or decisions."""
    settings = open_settings(console)
    with open_mirror(settings) as mirror:
        questions = questions_in(mirror, resource)
        links = [k for k in mirror.links().values() if resource is None or k.resource == resource]
    if console.json:
        console.document(
            {
                "schema": "dnevnik/map/1",
                "questions": [question_document(code, q) for code, q in questions],
                "links": [link_document(link) for link in links] if decided else len(links),
            }
        )
        return
    console.say("\n".join(link_lines(links) if decided else open_lines(questions)))


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
        found = dict(questions_in(mirror, None)).get(code)
    if found is None:
        raise stranger([code])
    if console.json:
        console.document({"schema": "dnevnik/map/1", "questions": [question_document(code, found)]})
        return
    console.say(f"{code}  {_(RESOURCES.get(found.resource, found.resource))}: {found.label}")
    console.say(f"  {_(label(REASONS, found.reason))}")
    for c in found.candidates:
        console.say(f"  {c.vendor_id}  {c.label}  ({c.score} %, {c.evidence})")
