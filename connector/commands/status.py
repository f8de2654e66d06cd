"""`dnevnik status`: what the mirror holds, how fresh it is, what to know before trusting it."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from connector.commands import base
from connector.commands.console import Console, wrapped
from connector.commands.wiring import now, open_mirror, open_settings
from connector.i18n import N_, _
from connector.vocab import DRIFT_KINDS, FAILURES, GROUPS_FOUND_BY, RESOURCES, TABLES, label

Document = dict[str, Any]
# Windows that were not read, before the list stops being read by anybody.
SHOWN = 5

HOMEWORK = {
    "given": N_("a homework stands at the lesson it was given at"),
    "due": N_("a homework stands at the lesson it is due on"),
    "unknown": N_("not to be told from the data; homework counts either way"),
}
RUN_STATUS = {
    "done": N_("done"),
    "partial": N_("partly done"),
    "failed": N_("failed"),
    "interrupted": N_("interrupted"),
    "running": N_("running or killed"),
}


@base.command(
    "status",
    summary=N_("Show what the mirror holds, how fresh it is and what may be missing."),
    examples=(
        (N_("For people:"), "dnevnik status"),
        (
            N_("For a script, e.g. the age of the data in seconds:"),
            "dnevnik status --json | jq .data_age_s",
        ),
    ),
)
@click.pass_obj
def command(console: Console) -> None:
    """Print the mirror's status."""
    from connector.mirror.status import status_document  # noqa: PLC0415 - help must not wait for SQLite

    settings = open_settings(console)
    with open_mirror(settings) as mirror:
        document = status_document(mirror.query, path=str(settings.mirror.path), now=now())
    document |= last_backups(settings.mirror.path.expanduser(), now())
    if console.json:
        console.document(document)
    else:
        console.say("\n".join(lines(document)))


def last_backups(mirror: Path, at: datetime) -> Document:
    """The newest backup and the newest drill that are known here; `ok` only when the last check passed, of a drill too."""
    from connector.flows.backup_shelf import Record  # noqa: PLC0415 - help must not wait for it

    known = Record(mirror).known
    made = max(known.items(), key=lambda item: item[1].created_at, default=None)
    drilled = max(
        (item for item in known.items() if item[1].drilled_at),
        key=lambda item: str(item[1].drilled_at),
        default=None,
    )
    return {
        "last_backup": made
        and {
            "file": made[0],
            "at": made[1].created_at,
            "ok": made[1].ok and Path(made[0]).exists(),
            "checked_at": made[1].checked_at,
            "age_s": _since(made[1].created_at, at),
        },
        "last_drill": drilled
        and {
            "file": drilled[0],
            "at": drilled[1].drilled_at,
            "ok": drilled[1].drill_ok is True and drilled[1].ok,
            "certificate": drilled[1].certificate,
            "age_s": _since(str(drilled[1].drilled_at), at),
        },
    }


def _since(moment: str, at: datetime) -> int:
    return max(0, int((at - datetime.fromisoformat(moment)).total_seconds()))


def _proved(found: Document | None) -> str:
    if found is None:
        return _("none")
    words = N_("{day}, good") if found["ok"] else N_("{day}, DID NOT PASS")
    return _(words).format(day=f"{day(found['at'])} {found['at'][11:16]} UTC")


def lines(status: Document) -> Iterable[str]:
    """Write the status for people, in 80 columns."""
    yield _("Mirror: {path}").format(path=status["mirror"])
    yield _("Age of the data: {age}").format(age=age(status["data_age_s"]))
    yield ""
    yield _("Rows:")
    filled = [(name, count) for name, count in status["tables"].items() if count]
    yield from (f"  {_(label(TABLES, name)):<32}{count:>12}" for name, count in filled)
    if not filled:
        yield "  " + _("none")
    yield ""
    yield from _freshness(status["freshness"])
    yield from _months(status["months"])
    yield from _unread(status["unread"])
    yield _("Last runs:")
    yield from (_run(run) for run in status["last_runs"])
    yield ""
    yield _("Last backup: {when}").format(when=_proved(status["last_backup"]))
    yield _("Last restore drill: {when}").format(when=_proved(status["last_drill"]))
    for title, words, value in (
        (N_("Classes were found {how}."), GROUPS_FOUND_BY, status["groups_found_by"]),
        (N_("Homework: {how}."), HOMEWORK, status["homework_reading"]),
    ):
        if isinstance(value, str):
            yield wrapped(_(title).format(how=_(words.get(value, value))))
    for hold in status["holds"]:
        text = N_(
            "Vanished but not believed gone: {table} of {group}, rows: {rows}, since {day}. See --accept-withdrawals."
        )
        group = (hold["edu_group"] or {}).get("name") or _("the whole school")
        since = day(hold["first_missing_at"])
        yield wrapped(
            _(text).format(
                table=_(label(TABLES, hold["resource"])), group=group, rows=hold["rows"], day=since
            )
        )
    if status["drift"]:
        names = ", ".join(
            f"{item['resource']}.{item['member']} ({_(label(DRIFT_KINDS, item['kind']))})"
            for item in status["drift"]
        )
        yield wrapped(_("Surprises in the vendor's answers: {names}").format(names=names))


def age(seconds: int | None) -> str:
    """Say a duration without plural forms: days, else hours, else minutes."""
    if seconds is None:
        return _("nothing was pulled yet")
    for size, text in (
        (86400, N_("days: {n}")),
        (3600, N_("hours: {n}")),
        (60, N_("minutes: {n}")),
    ):
        if seconds >= size:
            return _(text).format(n=seconds // size)
    return _("less than a minute")


def day(moment: str | None) -> str:
    """Show the day of a moment the way people write it."""
    return ".".join(reversed(moment[:10].split("-"))) if moment else ""


def _freshness(spans: list[Document]) -> Iterable[str]:
    by_words: dict[str, list[Document]] = {}
    # What has no dates are lists, and their ages matter together.
    for span in sorted(spans, key=lambda span: not span["covered_from"]):
        words = label(RESOURCES, span["resource"]) if span["covered_from"] else N_("lists")
        by_words.setdefault(words, []).append(span)
    if not by_words:
        return
    yield _("Freshness (class by class: --json):")
    head = (_("what was read"), _("from"), _("to"), _("oldest"), _("newest"))
    yield f"  {head[0]:<28}{head[1]:>12}{head[2]:>12}{head[3]:>12}{head[4]:>12}"
    for words, rows in by_words.items():
        pulled = sorted(row["pulled_at"] for row in rows)
        start = min((row["covered_from"] for row in rows if row["covered_from"]), default=None)
        end = max((row["covered_to"] for row in rows if row["covered_to"]), default=None)
        days = "".join(f"{day(moment):>12}" for moment in (start, end, pulled[0], pulled[-1]))
        yield f"  {_(words):<28}{days}"
    yield ""


def _months(listed: list[Document]) -> Iterable[str]:
    by_place: dict[str, dict[str, Counter[str]]] = {}
    for item in listed:
        months = by_place.setdefault(item["resource"], {})
        months.setdefault(item["month"], Counter())[item["state"]] += 1
    if not by_place:
        return
    yield _("Groups whose month was read in full, in part, never (class by class: --json):")
    names = sorted({month for months in by_place.values() for month in months})
    for start in range(0, len(names), 4):
        part = names[start : start + 4]
        yield f"  {'':<20}" + "".join(f"{m[5:]}.{m[:4]}".rjust(14) for m in part)
        for resource, months in by_place.items():
            counts = (months[month] for month in part)
            cells = (f"{c['full']}/{c['partial']}/{c['never']}" for c in counts)
            yield f"  {_(label(RESOURCES, resource)):<20}" + "".join(f"{c:>14}" for c in cells)
    yield ""


def _unread(spans: list[Document]) -> Iterable[str]:
    if not spans:
        return
    yield _("Windows that could not be read or judged: {n}").format(n=len(spans))
    for span in spans[:SHOWN]:
        group = (span["edu_group"] or {}).get("name") or _("the whole school")
        place = [_(label(RESOURCES, span["resource"])), group]
        if span["covered_from"]:
            place.append(f"{day(span['covered_from'])}–{day(span['covered_to'])}")
        why = _(label(FAILURES, span["detail"] or span["state"]))
        yield from wrapped(f"  {', '.join(place)}: {why}").splitlines()
    if len(spans) > SHOWN:
        yield "  " + _("and others: {n} (all: --json)").format(n=len(spans) - SHOWN)
    yield ""


def _run(run: Document) -> str:
    moment = f"{day(run['started_at'])} {run['started_at'][11:16]} UTC"
    ended = str(run["status"])
    return f"  {run['run_id']:>5}  {moment}  {run['command']:<8} {_(RUN_STATUS.get(ended, ended))}"
