"""What commands open: settings, the client, the mirror, the clock. Imports are lazy, so that help stays fast."""

import os
import time
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from connector.commands.console import Console
from connector.errors import MirrorTooOld, MirrorUnusable, RunLocked
from connector.i18n import N_, _, set_language

if TYPE_CHECKING:
    from connector.api.client import Client
    from connector.mirror.store import Mirror
    from connector.settings import Layer, Settings

# Most Russian schools; a school elsewhere is told apart by its own record or by a setting.
USUAL_ZONE = "Europe/Moscow"


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.5
    """A calendar day: 2026-09-01 or 01.09.2026."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read either form; anything else is a usage error."""
        if isinstance(value, date):
            return value
        for form in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                return datetime.strptime(value, form).replace(tzinfo=UTC).date()
            except ValueError:
                continue
        return self.fail(
            _("{value} is not a day; write 2026-09-01 or 01.09.2026.").format(value=value),
            param,
            ctx,
        )


DAY = Day()
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


def now() -> datetime:
    """The present moment: commands are where the clock is read."""
    return datetime.now(UTC)


def today_here() -> date:
    """The machine's day, for the emulator; a school's own day comes from its zone."""
    return datetime.now().astimezone().date()


def open_settings(console: Console, options: "Layer | None" = None) -> "Settings":
    """Read the settings, say what is wrong about them, follow their language where nobody asked for another."""
    from connector.settings import load  # noqa: PLC0415 - see the module's docstring

    loaded = load(os.environ, config=console.config, options=options)
    if loaded.settings.ui.lang and not console.lang and not os.environ.get("DNEVNIK_LANG"):
        set_language(loaded.settings.ui.lang)
    for sentence in loaded.warnings:
        console.warn(sentence)
    console.detail(_("Settings: {file}").format(file=loaded.file or _("environment and defaults")))
    return loaded.settings


def open_mirror(settings: "Settings", *, write: bool = False) -> "Mirror":
    """Open the mirror that the settings name."""
    from connector.mirror.store import Mirror  # noqa: PLC0415 - see the module's docstring

    return Mirror.open(
        settings.mirror.path.expanduser(), write=write, mode=int(settings.mirror.mode, 8)
    )


def open_current_mirror(settings: "Settings") -> "Mirror":
    """Open the mirror for reading with the newest schema: one of an older version is brought up to date first.

    Raises:
        MirrorTooOld: it is of an older version and cannot be written now.

    """
    from connector.mirror.schema import SCHEMA_VERSION  # noqa: PLC0415 - see the module's docstring

    mirror = open_mirror(settings)
    ((version,),) = mirror.query("PRAGMA user_version")
    if version == SCHEMA_VERSION:
        return mirror
    mirror.close()
    try:
        open_mirror(settings, write=True).close()
    except (MirrorUnusable, RunLocked) as error:
        path = str(settings.mirror.path)
        raise MirrorTooOld(path=path, found=version, known=SCHEMA_VERSION) from error
    return open_mirror(settings)


def open_client(settings: "Settings", *, busy: bool = False) -> "Client":
    """Make a client with the settings' token, pace and limits.

    A busy one, for hundreds of calls, sends from a process of its own where the machine can run two at once.
    """
    from connector.api.client import Client  # noqa: PLC0415 - see the module's docstring
    from connector.api.pacing import TokenBucket  # noqa: PLC0415 - as above
    from connector.api.protocol import Limits  # noqa: PLC0415 - as above
    from connector.settings import read_token  # noqa: PLC0415 - as above

    api = settings.api
    return Client(
        base_url=api.base_url,
        token=read_token(settings),
        limits=Limits(
            connect_s=api.connect_s,
            read_s=api.read_s,
            total_s=api.total_s,
            attempts=api.attempts,
            in_flight=api.in_flight,
        ),
        bucket=TokenBucket(api.rate, api.burst, time.monotonic),
        may_write=settings.writes.enabled,
        # A socket is inherited by number, which only POSIX systems do.
        apart=busy and os.name == "posix" and (os.cpu_count() or 1) > 1,
    )


def school_zone(console: Console, settings: "Settings", mirror: "Mirror") -> tzinfo:
    """Time zone of the school: the setting, else what the vendor says of the school, else the usual one, said aloud."""
    if settings.school.timezone:
        return ZoneInfo(settings.school.timezone)
    found = mirror.query(
        "SELECT timezone FROM schools WHERE withdrawn_run IS NULL AND timezone IS NOT NULL ORDER BY id"
    )
    for (name,) in found:
        zone = zone_named(name)
        if zone is not None:
            console.detail(
                _("Time zone of the school, as the vendor says: {zone}").format(zone=name)
            )
            return zone
    text = N_("The school's time zone is not known; {zone} is taken. Set [school] timezone.")
    console.warn(_(text).format(zone=USUAL_ZONE))
    return ZoneInfo(USUAL_ZONE)


def zone_named(name: str) -> tzinfo | None:
    """Read `Europe/Moscow` or a bare offset such as `+05:00`, which is all the vendor tells; None for anything else."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        pass
    try:
        return datetime.strptime(name, "%z").tzinfo
    except ValueError:
        return None
