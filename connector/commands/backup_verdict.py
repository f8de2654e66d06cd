"""What a check of a backup found, as JSON and for people."""

from typing import TYPE_CHECKING, Any

from connector.flows.backup_words import CHECKS
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.flows.backup_verify import Verdict

Document = dict[str, Any]


def verdict_document(verdict: "Verdict") -> Document:
    """One check of a backup as JSON."""
    return {
        "file": str(verdict.path),
        "ok": verdict.ok,
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail} for check in verdict.checks
        ],
    }


def verdict_lines(verdict: "Verdict") -> list[str]:
    """One check of a backup for people."""
    head = N_("{file}: good") if verdict.ok else N_("{file}: DID NOT PASS")
    shown = [_(head).format(file=verdict.path.name)]
    for check in verdict.checks:
        words = _(CHECKS[check.name])
        shown.append(f"  {'+' if check.ok else '-'} {words}")
    return shown
