"""Open questions and decisions, as the commands of `dnevnik map` find and show them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from connector.commands import base
from connector.commands.console import Console, wrapped
from connector.errors import UsageProblem
from connector.i18n import N_, _
from connector.vocab import label

if TYPE_CHECKING:
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
    "pseudo_class": N_("no usual class name: does the diary have such a group?"),
    "unknown_year": N_("the diary does not say of which study year it is"),
}
SHOWN = 40

about = base.option(
    "--resource", type=click.Choice(tuple(RESOURCES)), explain=N_("Only questions about this.")
)


def questions_in(mirror: "Mirror", resource: str | None) -> "list[tuple[str, Question]]":
    """Open questions with their codes; with `resource` only those about it."""
    from connector.flows.decisions import code_of  # noqa: PLC0415 - help must not wait for SQLite

    return [
        (code_of(q), q) for q in mirror.questions() if resource is None or q.resource == resource
    ]


def stranger(codes: Sequence[str]) -> UsageProblem:
    """The error of codes that no open question has."""
    text = N_("No open question has the code {codes}. `dnevnik map list` shows them.")
    return UsageProblem(_(text).format(codes=", ".join(codes)))


def said(console: Console, taken: int) -> None:
    """Tell how many decisions were written down."""
    if console.json:
        console.document({"schema": "dnevnik/map/1", "decided": taken})
    else:
        console.say(_("Decided: {n}").format(n=taken))


def question_document(code: str, q: "Question") -> dict[str, object]:
    """A question as docs/json/map.json promises it."""
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


def link_document(link: "Link") -> dict[str, object]:
    """A decision as docs/json/map.json promises it."""
    return {
        "resource": link.resource,
        "local_key": link.local_key,
        "vendor_id": None if link.vendor_id is None else str(link.vendor_id),
        "evidence": link.evidence,
        "score": link.score,
        "decided_by": link.decided_by,
    }


def open_lines(questions: "Sequence[tuple[str, Question]]") -> Iterator[str]:
    """Open questions for people, in 80 columns; the first ones where there are many."""
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


def link_lines(links: "Sequence[Link]") -> Iterator[str]:
    """How much is decided, by kind: names are for the questions only."""
    yield _("Decided: {n}").format(n=len(links))
    for resource, word in RESOURCES.items():
        count = sum(link.resource == resource for link in links)
        if count:
            yield f"  {_(word):<32}{count:>8}"
