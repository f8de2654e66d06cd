"""A plan for a terminal or a plain file: 80 columns, nothing but text."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from connector.i18n import N_, _
from connector.planned import Plan
from connector.reports.render import plan_words as words
from connector.reports.render.plan_values import NOTHING, Change
from connector.reports.render.plan_view import Item, PlanView, Section, Translate, view
from connector.reports.render.sheets import Block, Column, Kind, day_text
from connector.reports.render.text import grid

WIDTH = 80
# As many lines of one sort as a reader takes in; the page and `full` show all.
FIRST = 5
_DAYS_LISTED = 4


def plan_text(plan: Plan, names: Mapping[str, str], *, full: bool = False) -> str:
    """The plan in the active language, with a line end.

    Args:
        plan: what to show.
        names: labels of ids and references: `plan_view.view` tells the forms of its keys.
        full: show every operation, question and note; else the first five of each sort.

    """
    seen = view(plan, names, _)
    most = len(plan.operations) + len(plan.unresolved) + len(plan.notes) if full else FIRST
    lines = [
        *_headed(seen.title, "="),
        *_pairs(seen.head),
        "",
        *_counts(seen),
        *_guards(seen),
        *_questions(seen, most),
        *_irreversible(seen, most),
        *_notes(seen, most),
    ]
    if seen.sections:
        lines += ["", *_headed(_("What happens"), "-"), *_legend(seen)]
    for section in seen.sections:
        lines += [*_section(section, most), ""]
    return plain("\n".join(lines).rstrip()) + "\n"


def plain(text: str) -> str:
    """Text that only prints: names come from files, and a terminal obeys control characters."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else " " if sign.isspace() else "?"
        for sign in text
    )


def _headed(title: str, line: str) -> tuple[str, str]:
    return title, line * len(title)


def _wrapped(text: str, indent: str = "", then: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if then is None else then,
        break_on_hyphens=False,
    )


def _pairs(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    indent = max(len(label) for label, _value in pairs) + 2
    for label, value in pairs:
        yield from _wrapped(f"{label + ':':<{indent}}{value}", then=" " * indent)


def _counts(seen: PlanView) -> Iterator[str]:
    if not seen.counts:
        yield _("Nothing to change.")
    else:
        columns = [
            Column(""),
            *(Column(_(title), Kind.NUMBER) for title in words.KINDS.values()),
        ]
        rows = [*seen.counts, (_("Together"), seen.total)]
        block = Block(
            "",
            tuple(columns),
            tuple(
                (label, *(counts.get(kind, 0) for kind in words.KINDS)) for label, counts in rows
            ),
        )
        yield from grid(block, WIDTH)
    yield _("As it should be already: {count}").format(count=seen.unchanged)


def _guards(seen: PlanView) -> Iterator[str]:
    if not seen.tripped:
        return
    yield from ("", *_headed(_("Guards that stop this plan"), "-"))
    for guard in seen.tripped:
        text = _("{label}: {actual}, allowed {limit}. Guard {name}.").format(
            label=guard.label, actual=guard.actual, limit=guard.limit, name=guard.name
        )
        yield from _wrapped(f"! {text}", then="  ")
    for text in (
        _("Look at what they cover (marked !) and at the files first."),
        _(
            "`dnevnik apply PLAN --safe-part` carries out only what no guard covers and what does not depend on it: {count} operations."
        ).format(count=seen.safe),
        _("`dnevnik apply PLAN --force-guard NAME --reason TEXT` carries out what a guard covers."),
    ):
        yield from _wrapped(text)


def _questions(seen: PlanView, most: int) -> Iterator[str]:
    if not seen.questions:
        return
    yield from ("", *_headed(_("Open questions"), "-"))
    for asked in seen.questions:
        text = f"{asked.what}: {asked.reason}: {asked.count}"
        if asked.unique:
            text += ". " + _("Only one fits, can be accepted in bulk: {count}").format(
                count=asked.unique
            )
        yield from _wrapped(text, then="  ")
        nobody = _("nobody fits")
        for label, fits in asked.lines[:most]:
            yield from _wrapped(f"{label} — {fits or nobody}", "  - ", "    ")
        yield from _more(len(asked.lines) - most)
    yield from _wrapped(
        _(
            "What they concern is left alone. `dnevnik map list` shows them, `dnevnik map accept` and `dnevnik map reject` answer them; then plan again."
        )
    )


def _irreversible(seen: PlanView, most: int) -> Iterator[str]:
    if not seen.irreversible:
        return
    yield from ("", *_headed(_("Cannot be taken back"), "-"))
    yield from _wrapped(
        _("This channel has no way back for what follows: make sure before applying.")
    )
    for item in seen.irreversible[:most]:
        yield from _wrapped(f"{item.what}: {item.label}", "  - ", "    ")
    yield from _more(len(seen.irreversible) - most)


def _notes(seen: PlanView, most: int) -> Iterator[str]:
    if seen.notes:
        yield from ("", *_headed(_("Notes"), "-"))
    for noted in seen.notes:
        yield from _wrapped(f"{noted.rule}: {len(noted.lines)}", then="  ")
        for line in noted.lines[:most]:
            yield from _wrapped(line, "  - ", "    ")
        yield from _more(len(noted.lines) - most)


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield "    " + _("and {count} more").format(count=count)


def _legend(seen: PlanView) -> Iterator[str]:
    items = [item for section in seen.sections for item in section.items]
    if any(item.guarded for item in items):
        yield _("! stopped by a guard")
    if any(item.irreversible for item in items):
        yield _("× cannot be taken back")


def _section(section: Section, most: int) -> Iterator[str]:
    yield from _wrapped(f"{section.label} ({counts_text(section.counts, _)})", then="  ")
    for (what, reason), items in groupby(section.items, lambda item: (item.what, item.reason)):
        listed = list(items)
        yield from _wrapped(f"{what} ({len(listed)}): {reason}", "  ", "    ")
        for item in listed[:most]:
            yield from _item(item)
        yield from _more(len(listed) - most)


def _item(item: Item) -> Iterable[str]:
    marks = ("!" if item.guarded else "") + ("×" if item.irreversible else "")
    text = f"{marks or '-'} {item.label}"
    if item.days:
        text += f": {days_text(item.days, _)}"
    told = [change_text(change) for change in item.changes]
    if told:
        text += ": " + "; ".join(told)
    grounds = "; ".join(filter(None, (item.evidence, item.source)))
    return _wrapped(text + (f" [{grounds}]" if grounds else ""), "    ", "      ")


def change_text(change: Change) -> str:
    """A change in one line: `field: old → new`."""
    if change.old == NOTHING:
        return f"{change.field}: {change.new}"
    return f"{change.field}: {change.old} → {change.new}"


def counts_text(counts: Mapping[str, int], translate: Translate) -> str:
    """Counts by kind in one line; kinds that do not occur are left out."""
    return ", ".join(
        f"{translate(title)} {counts[kind]}"
        for kind, title in words.KINDS.items()
        if counts.get(kind)
    )


def days_text(days: Sequence[str], translate: Translate) -> str:
    """Days in one line: a few are listed, many are counted."""
    shown = [day_text(date.fromisoformat(day)) for day in days]
    if len(shown) <= _DAYS_LISTED:
        return ", ".join(shown)
    text = N_("{count} days from {first} to {last}")
    return translate(text).format(count=len(shown), first=shown[0], last=shown[-1])
