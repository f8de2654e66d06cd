"""A small mirror, a folder for its backups, and backups made of it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from connector.flows.backup_create import Making, make_backup
from connector.flows.backup_shelf import Record
from connector.flows.backup_verify import noted, verify
from connector.mirror.backup import Keys
from connector.mirror.store import Mirror

AT = datetime(2026, 11, 24, 0, 40, tzinfo=UTC)
SCHOOL = 7


def make_mirror(path, school=SCHOOL, persons=30):
    with Mirror.open(path, write=True) as mirror:
        run = mirror.start_run("pull", {}, AT)
        with mirror.transaction():
            mirror.merge(run, AT, "schools", [(school, "Школа", *[None] * 8)], {})
            rows = [(n, None, f"Берёзкин{n}", "Ян", *[None] * 5) for n in range(1, persons + 1)]
            mirror.merge(run, AT, "persons", rows, {})
            mirror.withdraw(run, AT, "persons", [(1,)])
        mirror.finish_run(run, AT, "done", {})
    return path


def making(*targets, keys=None, sealed=False):
    return Making(targets, keys or Keys(), None, "0.1.0", "MSK", sealed=sealed)


def backed_up(mirror, *targets, at=AT, **how):
    """The first copy of a new backup."""
    return make_backup(mirror, making(*targets, **how), at).copies[0].path


def checked(archive, mirror, keys=None, school=SCHOOL):
    return verify(archive, mirror.parent, keys or Keys(), school)


def note(mirror, *verdicts, at=AT):
    record = Record(mirror)
    noted(verdicts, record, at)
    record.save()
    return record


def days(count):
    return timedelta(days=count)


def leftovers(folder):
    """Files that no finished run leaves."""
    found = []
    with suppress(FileNotFoundError):
        found = [entry.name for entry in folder.iterdir() if entry.name.startswith(".")]
    return found
