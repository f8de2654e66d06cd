"""`dnevnik history mark|person|lesson ID`: what the diary said about something, when, and what changed."""

from datetime import date, datetime, time, tzinfo

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.wiring import DAY, now, open_current_mirror, open_settings, school_zone
from connector.errors import UsageProblem
from connector.i18n import N_, _

SUBJECTS = {
    "mark": N_("a mark"),
    "person": N_("a pupil or teacher"),
    "lesson": N_("a lesson"),
}


class Subjects(base.Group):
    """One subcommand for each kind of thing."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name them."""
        return list(SUBJECTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Make the command of one kind."""
        return _subject_command(cmd_name) if cmd_name in SUBJECTS else None


command = Subjects(
    "history",
    help=N_(
        "Show what the diary said about a mark, a person or a lesson, when, and what changed.\n\n"
        "The mirror learns of a change when it pulls; the vendor does not tell when it was made."
    ),
    examples=(
        (N_("One mark:"), "dnevnik history mark 4000000000000000009"),
        (N_("All that changed about a pupil:"), "dnevnik history person 2000000000000000012"),
        (
            N_("A lesson as the diary showed it on a day:"),
            "dnevnik history lesson 3000000000000000001 --as-of 2026-10-01 --all",
        ),
    ),
)


def _subject_command(subject: str) -> base.Command:
    def run(console: Console, /, *, number: int, as_of: date | None, everything: bool) -> None:
        _show(console, subject, number, as_of, everything=everything)

    summaries = {
        "mark": N_("Show what happened to a mark."),
        "person": N_("Show what changed about a pupil or teacher: classes, marks, attendance."),
        "lesson": N_("Show what changed at a lesson: topic, teachers, works, marks, attendance."),
    }
    return base.Command(
        subject,
        params=[
            base.Argument(
                ["number"],
                metavar="ID",
                type=click.IntRange(1, 2**63 - 1),
                explain=N_("The vendor's id, as reports and views show it."),
            ),
            base.Option(
                ["--as-of"],
                type=DAY,
                metavar="D",
                help=N_("What was known by the end of this day; by default now."),
            ),
            base.Option(
                ["--all", "everything"],
                is_flag=True,
                help=N_("Also show what never changed."),
            ),
        ],
        callback=click.pass_obj(run),
        help=summaries[subject],
        examples=((N_("For people:"), f"dnevnik history {subject} 3000000000000000001"),),
    )


def _show(
    console: Console, subject: str, number: int, as_of: date | None, *, everything: bool
) -> None:
    from connector.commands.history_text import Names, document, lines  # noqa: PLC0415 - help must not wait for SQLite
    from connector.mirror.biography import biographies  # noqa: PLC0415 - as above

    settings = open_settings(console)
    with open_current_mirror(settings) as mirror:
        zone = school_zone(console, settings, mirror)
        found = biographies(mirror.query, subject, number, end_of(as_of, zone) if as_of else now())
        if not found:
            text = N_("The mirror knew nothing of {subject} with the id {number}.")
            raise UsageProblem(reason=_(text).format(subject=_(SUBJECTS[subject]), number=number))
        # What was asked for by its id is shown in any case.
        shown = [one for one in found if everything or one.changed or one is found[0]]
        names = Names(mirror.query)
        hidden = len(found) - len(shown)
        if console.json:
            console.document(
                document(subject, number, as_of, shown, names) | {"unchanged_hidden": hidden}
            )
        else:
            console.say("\n".join(lines(shown, zone, names)))
            if hidden:
                console.note(
                    _("Rows without changes: {count}; --all shows them.").format(count=hidden)
                )


def end_of(day: date, zone: tzinfo) -> datetime:
    """Last moment of a day in the school's zone."""
    return datetime.combine(day, time.max, zone)
