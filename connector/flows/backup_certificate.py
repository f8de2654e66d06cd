"""The certificate of a drill as one page to print and file: HTML that needs nothing beside itself."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from html import escape
from typing import Any

from connector.i18n import N_

_STYLE = """@page{size:A4;margin:20mm}body{font:12pt/1.4 serif;max-width:170mm;margin:auto;color:#000}
h1{font-size:16pt;text-align:center}table{border-collapse:collapse;width:100%;margin:4mm 0}
td,th{border:1px solid #888;padding:1mm 2mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}
.signed{margin-top:14mm}.no{font-weight:bold}"""

_CHECKS = {
    "manifest": N_("manifest"),
    "archive": N_("archive"),
    "integrity": N_("integrity of the database"),
    "foreign_keys": N_("references between tables"),
    "tables": N_("content of every table"),
    "chain": N_("chain of changes"),
    "report": N_("report made again"),
}


def page(drilled: dict[str, Any], zone: tzinfo, translate: Callable[[str], str]) -> str:
    """The page in the language of `translate`.

    Args:
        drilled: as `backup_drill.document` makes it.
        zone: whose time is shown.
        translate: from the English source.

    """

    def moment(text: str | None) -> str:
        return f"{datetime.fromisoformat(text).astimezone(zone):%d.%m.%Y %H:%M}" if text else "—"

    passed = translate(N_("passed") if drilled["ok"] else N_("DID NOT PASS"))
    facts = (
        (N_("Drilled at"), moment(drilled["drilled_at"])),
        (N_("Backup"), str(drilled["file"]).replace("\\", "/").rpartition("/")[2]),
        (N_("Made at"), moment(drilled["created_at"])),
        (N_("School"), drilled["school_id"] or "—"),
        (N_("SHA-256 of the archive"), drilled["sha256"] or "—"),
        (N_("Rows restored"), str(sum(drilled["rows"].values())) if drilled["ok"] else "—"),
        (N_("Seconds it took"), str(drilled["seconds"])),
        (N_("Result"), passed),
    )
    rows = "".join(
        f"<tr><th>{escape(translate(name))}</th><td>{escape(value)}</td></tr>"
        for name, value in facts
    )
    checks = "".join(
        "<tr><td>{}</td><td{}>{}</td></tr>".format(
            escape(translate(_CHECKS[check["name"]])),
            "" if check["ok"] else ' class="no"',
            escape(translate(N_("passed") if check["ok"] else N_("DID NOT PASS"))),
        )
        for check in drilled["checks"]
    )
    title = escape(translate(N_("Certificate of a restore drill")))
    text = escape(
        translate(
            N_(
                "The backup was restored beside the working copy. Every table was compared with the manifest written when the backup was made, and the report of missing entries was made again and compared."
            )
        )
    )
    signed = escape(
        translate(N_("Responsible person: ____________________ / ____________________"))
    )
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{title}</h1><p>{text}</p><table>{rows}</table><table>{checks}</table>"
        f'<p class="signed">{signed}</p></body></html>\n'
    )
