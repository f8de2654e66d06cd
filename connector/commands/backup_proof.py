"""The report that proves a restore: made when a backup is made, and again from the restored copy."""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from connector import __version__
from connector.commands.wiring import USUAL_ZONE, zone_named
from connector.i18n import translation
from connector.mirror.manifest import Proof
from connector.reports.missing import build
from connector.reports.render import document as report_document
from connector.reports.report import Request
from connector.settings import Settings
from mappings.rulebooks import SHIPPED, read_rulebook

Query = Callable[..., list[tuple[Any, ...]]]


class Missing:
    """Makes the report of missing entries by the shipped rulebook, which changes with the program only."""

    def __init__(self, settings: Settings) -> None:
        self._zone = settings.school.timezone

    def judges_as(self, proof: Proof) -> bool:
        """Whether this program and rulebook are those that made the proof."""
        return (proof.rulebook, proof.program) == (_rulebook_hash(), __version__)

    def report(self, query: Query, like: Proof | None, moment: datetime) -> Proof:
        """The report from a mirror: of the same day and zone as `like`, else of `moment`."""
        if like is not None:
            as_of, made_at = date.fromisoformat(like.as_of), datetime.fromisoformat(like.made_at)
            return _proof(query, as_of, made_at, like.zone)
        name = self._zone or _zone_of_school(query)
        made_at = moment.replace(microsecond=0)
        return _proof(query, made_at.astimezone(_zone(name)).date(), made_at, name)


def _zone(name: str) -> tzinfo:
    return zone_named(name) or ZoneInfo(USUAL_ZONE)


def _zone_of_school(query: Query) -> str:
    for (name,) in query(
        "SELECT timezone FROM schools WHERE withdrawn_run IS NULL AND timezone IS NOT NULL ORDER BY id"
    ):
        if zone_named(name) is not None:
            return str(name)
    return USUAL_ZONE


def _proof(query: Query, as_of: date, made_at: datetime, zone_name: str) -> Proof:
    zone = _zone(zone_name)
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
