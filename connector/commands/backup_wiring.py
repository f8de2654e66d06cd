"""What the backup commands open: keys, targets, the report that proves a restore, the certificate."""

import hashlib
import json
import time
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector import __version__
from connector.commands.console import Console, write_file
from connector.commands.wiring import USUAL_ZONE, zone_named
from connector.errors import FileUnreadable, MirrorUnusable
from connector.flows.backup_create import Making, Prove
from connector.flows.backup_drill import Again, Drill, document
from connector.i18n import N_, _, translation
from connector.mirror.manifest import Proof
from connector.mirror.packing import Keys
from connector.mirror.store import Mirror
from connector.reports.missing import build
from connector.reports.render import document as report_document
from connector.reports.report import Request
from connector.settings import Settings
from mappings.rulebooks import SHIPPED, read_rulebook

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


def making(settings: Settings, targets: tuple[Path, ...]) -> Making:
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
    )


def school_of(settings: Settings) -> int | None:
    """The school of the settings, else of the mirror; None when neither tells."""
    if settings.school.id is not None:
        return settings.school.id
    try:
        with Mirror.open(settings.mirror.path.expanduser()) as mirror:
            found = mirror.query("SELECT id FROM schools WHERE withdrawn_run IS NULL ORDER BY id")
    except MirrorUnusable:
        # A lost mirror is when backups are needed most.
        return None
    return int(found[0][0]) if found else None


def local_zone(settings: Settings) -> tzinfo:
    """The zone whose days count when backups are thinned out."""
    return ZoneInfo(settings.school.timezone or USUAL_ZONE)


def prover(console: Console, settings: Settings, moment: datetime) -> Prove:
    """Makes the report of missing entries by the shipped rulebook, for the manifest."""
    del console

    def prove(query: Query) -> Proof:
        name = settings.school.timezone or _zone_of_school(query)
        zone = zone_named(name) or ZoneInfo(USUAL_ZONE)
        made_at = moment.replace(microsecond=0)
        return _proof(query, made_at.astimezone(zone).date(), made_at, name)

    return prove


def again() -> Again:
    """Makes the report of a proof again, unless program or rulebook have changed since."""

    def repeat(query: Query, proof: Proof) -> Proof | None:
        if proof.rulebook != _rulebook_hash() or proof.program != __version__:
            return None
        return _proof(
            query,
            date.fromisoformat(proof.as_of),
            datetime.fromisoformat(proof.made_at),
            proof.zone,
        )

    return repeat


def certify(settings: Settings, drilled: Drill, out: Path | None) -> list[Path]:
    """Write the certificate; returns where: JSON, then the page to print."""
    from connector.flows.backup_certificate import page  # noqa: PLC0415 - only a drill needs it

    folder = out or settings.backup.certificates.expanduser()
    stem = f"drill-{drilled.at:%Y%m%dT%H%M%SZ}"
    content = document(drilled)
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    zone = local_zone(settings)
    paths = [folder / f"{stem}.json", folder / f"{stem}.html"]
    write_file(paths[0], text.encode())
    write_file(paths[1], page(content, zone, translation(settings.reports.lang).gettext).encode())
    return paths


def _zone_of_school(query: Query) -> str:
    for (name,) in query(
        "SELECT timezone FROM schools WHERE withdrawn_run IS NULL AND timezone IS NOT NULL ORDER BY id"
    ):
        if zone_named(name) is not None:
            return str(name)
    return USUAL_ZONE


def _proof(query: Query, as_of: date, made_at: datetime, zone_name: str) -> Proof:
    zone = zone_named(zone_name) or ZoneInfo(USUAL_ZONE)
    made = build(query, read_rulebook(), Request(as_of=as_of, now=made_at, zone=zone))
    shown = report_document(made, translation("en").gettext)
    canonical = json.dumps(shown, sort_keys=True, ensure_ascii=False)
    return Proof(
        name=made.name,
        as_of=as_of.isoformat(),
        made_at=made_at.isoformat(),
        zone=zone_name,
        rulebook=_rulebook_hash(),
        program=__version__,
        findings=len(made.findings),
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _rulebook_hash() -> str:
    return hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


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
