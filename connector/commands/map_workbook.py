"""`dnevnik map export` and `import`: a workbook of questions for those who know the children."""

from pathlib import Path

import click

from connector.commands import base
from connector.commands.console import Console, write_file
from connector.commands.map_questions import REASONS, RESOURCES, about, questions_in, said
from connector.commands.planning import who
from connector.commands.wiring import now, open_mirror, open_settings
from connector.errors import InputRejected, UsageProblem
from connector.i18n import N_, _

WRONG = N_("Row {row}: an answer is a number, new or none.")
WRONG_TWICE = N_("Row {row}: this question is answered twice, and not alike.")
NOBODY = N_("Row {row}: the diary shows no such object.")


@base.command(
    "export",
    summary=N_("Write the open questions to a workbook, for those who know the children."),
    examples=((N_("For the class teachers:"), "dnevnik map export questions.xlsx"),),
)
@base.argument(
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    explain=N_("The workbook to write."),
)
@about
@click.pass_obj
def export(console: Console, /, *, file: Path, resource: str | None) -> None:
    """Export questions."""
    from mappings.question_sheets import write_questions  # noqa: PLC0415 - help must not wait for SQLite

    settings = open_settings(console)
    with open_mirror(settings) as mirror:
        questions = questions_in(mirror, resource)
    write_file(
        file,
        write_questions(
            questions,
            {word: _(text) for word, text in REASONS.items()},
            {word: _(text) for word, text in RESOURCES.items()},
        ),
    )
    console.note(_("Written: {path}").format(path=file))


@base.command(
    "import",
    summary=N_("Read answers back from such a workbook."),
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
    said(console, taken)
