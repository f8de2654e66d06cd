"""`backup drill`: restore a backup aside and prove that the school would have its data and its reports again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from connector.errors import DnevnikError, DrillFailed
from connector.flows.backup_shelf import shown
from connector.flows.backup_verify import Check, Verdict, opened, private
from connector.i18n import N_
from connector.mirror.backup import Keys, pinned
from connector.mirror.manifest import Manifest, Proof
from connector.mirror.store import Mirror

Query = Callable[..., list[tuple[Any, ...]]]
# Makes again the report that a proof speaks of; None when this program would judge otherwise than the one that made it.
Again = Callable[[Query, Proof], Proof | None]


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
    again: Again,
    clock: Callable[[], datetime],
) -> Drill:
    """Restore a backup beside the mirror, compare it whole, make its report again; the mirror is only read.

    The report must be the one that was made from the live mirror in the moment of the copy; where no run came after,
    it is made from the live mirror again as well.
    """
    begun = clock()
    with private(mirror.parent) as scratch:
        verdict, restored = opened(archive, scratch, keys, school)
        if restored is not None and verdict.manifest is not None and verdict.ok:
            verdict = _with_report(verdict, verdict.manifest, restored, mirror, again)
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
    verdict: Verdict, manifest: Manifest, restored: Path, mirror: Path, again: Again
) -> Verdict:
    try:
        # Opened as a restored mirror would be: an older schema is migrated on the way.
        with Mirror.open(restored, write=True) as copy:
            check = _report(manifest, copy.query, mirror, again)
    except DnevnikError as problem:
        check = Check("report", ok=False, detail=type(problem).__name__)
    failed = DrillFailed(
        N_("its report is not the one that was made when it was made"), path=str(verdict.path)
    )
    return replace(verdict, checks=(*verdict.checks, check), problem=None if check.ok else failed)


def _report(manifest: Manifest, query: Query, mirror: Path, again: Again) -> Check:
    proof = manifest.report
    if proof is None:
        return Check("report", ok=True, detail="none was made")
    made = again(query, proof)
    if made is None:
        return Check(
            "report", ok=True, detail="not compared: another version of program or rulebook"
        )
    alive = _alive(manifest, proof, mirror, again)
    same = made == proof and alive in (None, proof)
    return Check("report", ok=same, detail=f"{made.findings}")


def _alive(manifest: Manifest, proof: Proof, mirror: Path, again: Again) -> Proof | None:
    """The report from the live mirror, if it still stands where the backup was made."""
    if not mirror.exists():
        return None
    with pinned(mirror) as moment:
        if moment.query("SELECT max(id) FROM runs")[0][0] != manifest.run:
            return None
        return again(moment.query, proof)
