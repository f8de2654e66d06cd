"""What the backup commands open: keys, targets, the report that proves a restore, the certificate."""

import json
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connector import __version__
from connector.commands.console import Console, write_file
from connector.commands.wiring import USUAL_ZONE
from connector.errors import FileUnreadable, MirrorUnusable
from connector.flows.backup_create import Making, Prove
from connector.i18n import N_, _, translation
from connector.mirror.backup import pinned
from connector.mirror.packing import Keys
from connector.settings import Settings

if TYPE_CHECKING:
    from connector.flows.backup_drill import Drill

Query = Callable[..., list[tuple[Any, ...]]]


def keys_of(settings: Settings) -> Keys:
    """Keys of the settings.

    Raises:
        FileUnreadable: a key's file cannot be read or is empty.

    """
    asked = settings.backup
    return Keys(
        recipients=asked.recipients,
        passphrase=_secret(asked.passphrase_file, "passphrase_file"),
        identities=tuple(filter(None, (_secret(asked.identity_file, "identity_file"),))),
    )


def making(
    settings: Settings,
    targets: tuple[Path, ...],
    *,
    sealed: bool = False,
    new_medium: bool = False,
) -> Making:
    """What a backup is asked for."""
    return Making(
        targets=tuple(
            dict.fromkeys(
                place.expanduser().absolute() for place in targets or settings.backup.targets
            )
        ),
        keys=keys_of(settings),
        school_id=settings.school.id,
        tool_version=__version__,
        host_zone=time.tzname[0],
        sealed=sealed,
        new_medium=new_medium,
    )


def school_of(settings: Settings) -> int | None:
    """The school of the settings, else of the mirror; None when neither tells."""
    if settings.school.id is not None:
        return settings.school.id
    try:
        with pinned(settings.mirror.path.expanduser()) as mirror:
            found = mirror.query("SELECT id FROM schools WHERE withdrawn_run IS NULL ORDER BY id")
    except MirrorUnusable:
        # A lost mirror is when backups are needed most.
        return None
    return int(found[0][0]) if found else None


def local_zone(settings: Settings) -> tzinfo:
    """The zone whose days count when backups are thinned out."""
    return ZoneInfo(settings.school.timezone or USUAL_ZONE)


def prover(console: Console, settings: Settings, moment: datetime) -> Prove:
    """Makes the report of missing entries for the manifest."""
    from connector.commands.backup_proof import Missing  # noqa: PLC0415 - most backups go without the rules

    console.detail(_("The report of missing entries is kept in the manifest."))
    return lambda query: Missing(settings).report(query, None, moment)


def certify(settings: Settings, drilled: "Drill", out: Path | None) -> list[Path]:
    """Write the certificate; returns where: JSON, then the page to print."""
    from connector.flows.backup_certificate import certificate  # noqa: PLC0415 - only a drill needs it
    from connector.flows.backup_drill import document  # noqa: PLC0415 - as above

    folder = out or settings.backup.certificates.expanduser()
    stem = f"drill-{drilled.at:%Y%m%dT%H%M%SZ}"
    content = document(drilled)
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    lang = settings.reports.lang
    page = certificate(
        content,
        _name_of_school(settings, content["school_id"]),
        local_zone(settings),
        lang,
        translation(lang).gettext,
    )
    paths = [folder / f"{stem}.json", folder / f"{stem}.docx"]
    write_file(paths[0], text.encode())
    write_file(paths[1], page)
    return paths


def _name_of_school(settings: Settings, school: str | None) -> str | None:
    """As today's mirror has it; None where there is no mirror, or it is of another school."""
    try:
        with pinned(settings.mirror.path.expanduser()) as mirror:
            found = mirror.query("SELECT name FROM schools WHERE id = ?", (int(school or 0),))
    except MirrorUnusable:
        return None
    return found[0][0] if found else None


def _secret(path: Path | None, key: str) -> str | None:
    if path is None:
        return None
    try:
        content = path.expanduser().read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise FileUnreadable(
            where=path,
            value=type(problem).__name__,
            allowed=_(N_("a key's file as its tool wrote it")),
        ) from problem
    if not content:
        raise FileUnreadable(where=path, value=key, allowed=_(N_("a file that is not empty")))
    return content
