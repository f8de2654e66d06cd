"""`backup drill`: restore a backup aside and prove that the school would have its data and its reports again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from connector.errors import DnevnikError, DrillFailed, MirrorUnusable
from connector.flows.backup_shelf import shown
from connector.flows.backup_verify import Check, Verdict, opened, private
from connector.i18n import N_
from connector.mirror.backup import Keys, pinned
from connector.mirror.looking_back import reaches_run, turn_back
from connector.mirror.manifest import Manifest, Proof
from connector.mirror.schema import SCHEMA_VERSION
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

    The report from the restored copy must be the one that the live mirror gave in the moment of the copy.
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
    # Opened as a restored mirror would be: an older schema is migrated on the way.
    older = manifest.schema_version < SCHEMA_VERSION
    try:
        with Mirror.open(restored, write=older) as copy:
            check = _report(manifest, copy.query, mirror, made_from)
    except DnevnikError as problem:
        check = Check("report", ok=False, detail=type(problem).__name__)
    failed = DrillFailed(
        N_("its report is not the one that was made when it was made"), path=str(verdict.path)
    )
    return replace(verdict, checks=(*verdict.checks, check), problem=None if check.ok else failed)


def _report(manifest: Manifest, query: Query, mirror: Path, made_from: Reporter) -> Check:
    """Compare with the report that the live mirror gave in the moment of the copy.

    The manifest tells it, if it was asked to. Another version of the program or of its rulebook may rightly find other
    things: then the live mirror is asked again, turned back where later runs changed it.
    """
    proof, against = manifest.report, "manifest"
    if proof is not None and not made_from.judges_as(proof):
        proof = None
    restored = made_from.report(query, proof, manifest.moment)
    if proof is None:
        proof, against = _alive(manifest, query, mirror, made_from), "mirror"
    if proof is None:
        against = "nothing, the mirror no longer tells of that moment"
    return Check(
        "report",
        ok=proof is None or proof == restored,
        detail=f"{restored.findings}; compared with: {against}",
    )


def _alive(manifest: Manifest, copy: Query, mirror: Path, made_from: Reporter) -> Proof | None:
    """The report from the live mirror as of the backup's last run; None where the mirror does not tell."""
    try:
        with pinned(mirror) as moment:
            if not _is_told(copy, moment.query, manifest.run):
                return None
            return made_from.report(moment.query, None, manifest.moment)
    except MirrorUnusable:
        # A lost or damaged mirror is no fault of the backup: it is what the backup is for.
        return None


def _is_told(copy: Query, live: Query, run: int | None) -> bool:
    """Whether the live mirror holds, now turned back if need be, what the copy holds."""
    described = "SELECT command, started_at, finished_at FROM runs WHERE id = ?"
    known = copy(described, (run,))
    # A run that was still writing went on after the copy.
    if run is None or known != live(described, (run,)) or known[0][2] is None:
        return False
    erased = "SELECT count(*) FROM changes WHERE key = '[]'"
    if copy(erased) != live(erased):
        return False
    if live("SELECT max(id) FROM runs")[0][0] > run:
        if not reaches_run(live, run):
            return False
        turn_back(live, run, UTC)
    return True
