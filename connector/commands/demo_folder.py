"""What the demo calls its files, and how it makes room for them without touching anybody else's."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.commands import delivery
from connector.commands.console import write_file
from connector.commands.wiring import open_mirror
from connector.errors import MirrorUnusable, UsageProblem
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.settings import Settings

# Names of its own, so that `--out .` beside a real mirror touches nothing of it.
MIRROR = "demo.db"
# Mirrors of the half that writes.
REHEARSED = ("rehearsal.db", "operator.db")
# The half that restores: its folder holds nothing but backups and certificates of demos.
BACKUPS = "demo-backups"
RESTORE, RESTORE_SHEET = "restore.json", "restore.sheet.xlsx"
RECORD = (f"{MIRROR}.backups.json", f"{MIRROR}.backups.lock")
KEPT = (
    BACKUPS,
    RESTORE,
    RESTORE_SHEET,
    "pull.json",
    "status.json",
    "status.txt",
    *REHEARSED,
    *(f"{kind}.{end}" for kind in ("roster", "schedule") for end in ("json", "html")),
    *(f"missing.{end}" for end in delivery.FORMATS.values()),
    "spravka.docx",
    "summary.html",
    "summary.pdf",
)


def settings_of(info: Mapping[str, Any], mirror: Path, lang: str | None = None) -> "Settings":
    """Settings for the office of one running school and its mirror: nothing of the machine's counts here.

    Args:
        info: of the school.
        mirror: of the office.
        lang: of what it prints; None: the usual one.

    """
    from connector.settings import Settings  # noqa: PLC0415 - help must not wait for it

    backups = mirror.with_name(BACKUPS)
    return Settings.model_validate(
        {
            "api": {
                "base_url": info["base_url"],
                "token": info["tokens"]["admin"],
                "rate": 1000,
                "burst": 1000,
            },
            "mirror": {"path": mirror},
            "backup": {"targets": [backups], "certificates": backups},
            "writes": {"enabled": True},
            "reports": {"lang": lang} if lang else {},
        }
    )


def leave_settings(mirror: Path) -> None:
    """Let commands typed in the demo's folder read its mirror; settings that stand there already are left alone."""
    place = mirror.with_name("dnevnik.toml")
    if not place.exists():
        remark = _("Settings of the invented school: commands typed in this folder read them.")
        write_file(place, f'# {remark}\n[mirror]\npath = "{mirror.name}"\n'.encode())


def clear(settings: "Settings", folder: Path, school_id: str) -> None:
    """Make room for a new demo: remove the mirrors and backups of an earlier one, and nothing else.

    Raises:
        UsageProblem: the folder holds a mirror of another school, or files of these names that no demo made.

    """
    mirror = folder / MIRROR
    if mirror.exists():
        strange = None if is_of_school(settings, school_id) else mirror
    else:
        strange = next((folder / name for name in KEPT if (folder / name).exists()), None)
    if strange is not None:
        text = N_(
            "{path} was not made by a demo and is left alone. Name another folder with --out."
        )
        raise UsageProblem(_(text).format(path=strange))
    folder.mkdir(parents=True, exist_ok=True)
    for name in (MIRROR, *REHEARSED):
        for end in ("", "-wal", "-shm", ".lock"):
            folder.joinpath(name + end).unlink(missing_ok=True)
    # An earlier demo may have been of a later day, beside whose backups none of today could be made.
    backups = folder / BACKUPS
    old = [*backups.glob(f"dnevnik-{school_id}-*"), *backups.glob("drill-*")]
    for path in (*(folder / name for name in RECORD), *old):
        path.unlink(missing_ok=True)


def is_of_school(settings: "Settings", school_id: str) -> bool:
    """Whether a mirror holds this school, or none yet."""
    try:
        with open_mirror(settings) as mirror:
            return {str(found) for (found,) in mirror.query("SELECT id FROM schools")} <= {
                school_id
            }
    except MirrorUnusable:
        return False
