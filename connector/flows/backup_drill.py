"""`backup drill`: restore a backup aside and prove that the school would have its data and its reports again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from connector.errors import DnevnikError, DrillFailed, MirrorUnusable
from connector.flows.backup_shelf import shown
from connector.flows.backup_verify import Check, Verdict, opened, private
from connector.i18n import N_
from connector.mirror.backup import Keys, pinned
from connector.mirror.manifest import Manifest, Proof
from connector.mirror.store import Mirror

Query = Callable[..., list[tuple[Any, ...]]]


class Reporter(Protocol):
    """Makes the report that a drill compares."""

    def judges_as(self, proof: Proof) -> bool:
        """Whether this program and rulebook are those that made the proof."""
        ...

    def report(self, query: Query, like: Proof | None, moment: datetime) -> Proof:
        """The report from a mirror: of the same day and zone as `like`, else of `moment`."""
        ...


@dataclass(frozen=True, slots=True)
class Drill:
    """How a drill ended, when it was made and how long it took."""

    verdict: Verdict
    at: datetime
    seconds: float


def drill(
    archive: Path,
    mirror: Path,
    keys: Keys,
    school: int | None,
    made_from: Reporter,
    clock: Callable[[], datetime],
) -> Drill:
    """Restore a backup beside the mirror, compare it whole, make its report again; the mirror is only read.

    The report from the restored copy must be the one from the live mirror, as long as no run came after the backup,
    and the one that the manifest tells of.
    """
    begun = clock()
    with private(mirror.parent) as scratch:
        verdict, restored = opened(archive, scratch, keys, school)
        if restored is not None and verdict.manifest is not None and verdict.ok:
            verdict = _with_report(verdict, verdict.manifest, restored, mirror, made_from)
    ended = clock()
    return Drill(verdict, ended, (ended - begun).total_seconds())


def document(drilled: Drill) -> dict[str, Any]:
    """The certificate as JSON."""
    verdict, manifest = drilled.verdict, drilled.verdict.manifest
    return {
        "schema": "dnevnik/backup-drill/1",
        "file": str(verdict.path),
        "ok": verdict.ok,
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail} for check in verdict.checks
        ],
        "drilled_at": shown(drilled.at),
        "seconds": round(drilled.seconds, 1),
        "sha256": manifest.sha256 if manifest else None,
        "created_at": manifest.created_at if manifest else None,
        "school_id": str(manifest.school_id) if manifest else None,
        "rows": manifest.rows if manifest else {},
    }


def _with_report(
    verdict: Verdict, manifest: Manifest, restored: Path, mirror: Path, made_from: Reporter
) -> Verdict:
    try:
        # Opened as a restored mirror would be: an older schema is migrated on the way.
        with Mirror.open(restored, write=True) as copy:
            check = _report(manifest, copy.query, mirror, made_from)
    except DnevnikError as problem:
        check = Check("report", ok=False, detail=type(problem).__name__)
    failed = DrillFailed(
        N_("its report is not the one that was made when it was made"), path=str(verdict.path)
    )
    return replace(verdict, checks=(*verdict.checks, check), problem=None if check.ok else failed)


def _report(manifest: Manifest, query: Query, mirror: Path, made_from: Reporter) -> Check:
    """Compare with the live mirror where no run came after the backup, and with the manifest where it tells."""
    proof = manifest.report
    if proof is not None and not made_from.judges_as(proof):
        # Another version of the program or of its rulebook may rightly find other things.
        proof = None
    restored = made_from.report(query, proof, manifest.moment)
    alive = _alive(manifest, mirror, lambda live: made_from.report(live, proof, manifest.moment))
    known = [found for found in (proof, alive) if found is not None]
    against = "manifest " * (proof is not None) + "mirror" * (alive is not None)
    return Check(
        "report",
        ok=all(found == restored for found in known),
        detail=f"{restored.findings}; compared with: {against.strip() or 'nothing, later runs changed the mirror'}",
    )


def _alive(manifest: Manifest, mirror: Path, report: Callable[[Query], Proof]) -> Proof | None:
    """The report from the live mirror, if it still stands where the backup was made."""
    try:
        with pinned(mirror) as moment:
            if moment.query("SELECT max(id) FROM runs")[0][0] != manifest.run:
                return None
            return report(moment.query)
    except MirrorUnusable:
        # A lost or damaged mirror is no fault of the backup: it is what the backup is for.
        return None
