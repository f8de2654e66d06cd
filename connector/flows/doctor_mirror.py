"""The doctor's look at the mirror: sound, whole, of today's schema, fresh, nothing left open."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connector.errors import DnevnikError, MirrorMissing
from connector.flows.doctor import Line, doubtful, failed, fine, unusable
from connector.i18n import N_
from connector.mirror import chain
from connector.mirror.schema import SCHEMA_VERSION
from connector.mirror.store import Mirror

Query = Callable[..., list[tuple[Any, ...]]]

# A pull runs each night.
PULL_AGE = timedelta(hours=36)
# Schemas that first had questions, and a chain.
_WITH_QUESTIONS, _CHAINED = 2, 3


def mirror(path: Path, now: datetime) -> Iterator[Line]:
    """Read all of the mirror once; it is only read."""
    try:
        with Mirror.open(path) as opened:
            yield from _database(opened.query, now)
    except MirrorMissing:
        said = N_("There is no mirror yet at {path}.")
        yield doubtful("mirror", said, N_("Run `dnevnik pull`."), path=str(path))
    except DnevnikError as problem:
        yield failed("mirror", problem)


def _database(query: Query, now: datetime) -> Iterator[Line]:
    if query("PRAGMA quick_check(1)")[0][0] != "ok":
        restore = N_("Bring back the last good backup: `dnevnik backup restore FILE`.")
        yield unusable("integrity", N_("The mirror is damaged."), restore)
        return
    yield fine("integrity", N_("The mirror is sound."))
    yield _foreign_keys(query)
    version = int(query("PRAGMA user_version")[0][0])
    yield _schema(version)
    if version >= _CHAINED:
        yield _history(query)
    yield _pulled(query, now)
    yield _holds(query)
    if version >= _WITH_QUESTIONS:
        yield _questions(query)


def _foreign_keys(query: Query) -> Line:
    rows = len(query("PRAGMA foreign_key_check"))
    if not rows:
        return fine("foreign_keys", N_("Every row has its parent."))
    said = N_("Rows whose parent is not in the mirror: {rows}.")
    again = N_("Run `dnevnik pull --full`. What stays then, the vendor shows so.")
    return doubtful("foreign_keys", said, again, rows=rows)


def _schema(version: int) -> Line:
    if version == SCHEMA_VERSION:
        return fine("schema", N_("The mirror has schema {version}, the newest."), version=version)
    said = N_("The mirror has schema {version}, this program {newest}.")
    remedy = N_("The next `dnevnik pull` brings it up to date.")
    return doubtful("schema", said, remedy, version=version, newest=SCHEMA_VERSION)


def _history(query: Query) -> Line:
    found = chain.verify(query)
    if found.ok:
        return fine("history", N_("The history is whole; changes: {rows}."), rows=found.rows)
    said = N_("The history does not hold from its change {row} on: somebody changed it.")
    remedy = N_("Compare it with an older backup: `dnevnik backup verify --all`.")
    return unusable("history", said, remedy, row=found.broken_at)


def _pulled(query: Query, now: datetime) -> Line:
    last = "SELECT max(started_at) FROM runs WHERE command = 'pull' AND status = 'done'"
    ((at,),) = query(last)
    again = N_("Run `dnevnik pull`; why the nightly one fails, `dnevnik status` may tell.")
    if at is None:
        return doubtful("pull", N_("No pull has come to its end yet."), again)
    age = now - datetime.fromisoformat(at)
    hours = max(0, int(age.total_seconds() // 3600))
    said = N_("Hours since the last whole pull: {hours}.")
    return (
        doubtful("pull", said, again, hours=hours)
        if age > PULL_AGE
        else fine("pull", said, hours=hours)
    )


def _holds(query: Query) -> Line:
    ((rows,),) = query("SELECT count(*) FROM holds")
    if not rows:
        return fine("holds", N_("No vanished row waits for a decision."))
    said = N_("Rows that vanished and are not believed gone: {rows}.")
    remedy = N_(
        "Look at `dnevnik status`; if they are gone indeed, run `dnevnik pull --accept-withdrawals`."
    )
    return doubtful("holds", said, remedy, rows=rows)


def _questions(query: Query) -> Line:
    ((asked,),) = query("SELECT count(*) FROM questions")
    if not asked:
        return fine("questions", N_("No question about who is who is open."))
    said = N_("Open questions about who is who: {questions}.")
    return doubtful("questions", said, N_("Answer them: `dnevnik map list`."), questions=asked)
