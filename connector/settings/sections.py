"""The sections of dnevnik.toml and their keys; `description` of a field is what is allowed, as the operator reads it."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
)

from connector.i18n import N_

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TEXT = N_("a text in quotes")


def _is_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "https" and parts.hostname:
        return value
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return value
    raise ValueError


def _is_zone(value: str) -> str:
    # KeyError for a folder name, OSError for a path: all mean that there is no such zone.
    try:
        ZoneInfo(value)
    except (KeyError, OSError) as unknown:
        raise ValueError from unknown
    return value


def is_token(value: SecretStr) -> SecretStr:
    """Check that a secret can be a token: printable ASCII without spaces."""
    text = value.get_secret_value().strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return SecretStr(text)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _several(value: object) -> object:
    # The environment has no lists: names with commas between them.
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


Files = Annotated[tuple[Path, ...], BeforeValidator(_several)]

_SECONDS = N_("a number of seconds from 1 to 3600")
_DAYS = N_("a whole number of days from 1 to 366")


class Api(_Section):
    """How the vendor is reached; 20 calls a second and 8 at once are what public clients get away with."""

    base_url: Annotated[str, AfterValidator(_is_address)] = Field(
        "https://api.dnevnik.ru/v2",
        description=N_("an https:// address (http:// only on this machine)"),
    )
    token: Annotated[SecretStr, AfterValidator(is_token)] | None = Field(
        None, description=N_("a token as the vendor gave it: one line without spaces")
    )
    token_file: Path | None = Field(None, description=N_("a file that holds nothing but the token"))
    rate: float = Field(
        20.0, gt=0, le=1000, description=N_("a number of calls a second from 0 to 1000")
    )
    burst: int = Field(20, ge=1, le=1000, description=N_("a whole number from 1 to 1000"))
    in_flight: int = Field(8, ge=1, le=8, description=N_("a whole number from 1 to 8"))
    connect_s: float = Field(10.0, ge=1, le=3600, description=_SECONDS)
    read_s: float = Field(60.0, ge=1, le=3600, description=_SECONDS)
    total_s: float = Field(300.0, ge=1, le=3600, description=_SECONDS)
    attempts: int = Field(5, ge=1, le=20, description=N_("a whole number from 1 to 20"))


class School(_Section):
    """Which school, and its time: the vendor's lessons carry no zone."""

    id: int | None = Field(None, ge=1, description=N_("the school's number at the vendor"))
    timezone: Annotated[str, AfterValidator(_is_zone)] | None = Field(
        None, description=N_("a time zone such as Europe/Moscow or Asia/Yekaterinburg")
    )


class Mirror(_Section):
    """Where the mirror lies and who may read it."""

    path: Path = Field(Path("dnevnik.db"), description=N_("a file name"))
    mode: Literal["600", "640", "660"] = Field("600", description='"600", "640", "660"')


class Pull(_Section):
    """How far an incremental pull looks back and ahead."""

    recent_days: int = Field(14, ge=1, le=366, description=_DAYS)
    ahead_days: int = Field(14, ge=1, le=366, description=_DAYS)


class Reports(_Section):
    """What reports go by."""

    rulebook: Path | None = Field(
        None,
        description=N_(
            "a rulebook file, or a folder of rulebooks with dates of force; `dnevnik report rulebook --export FILE` starts one"
        ),
    )
    lang: Literal["ru", "en"] = Field("ru", description='"ru", "en"')
    docx_template: Path | None = Field(
        None,
        description=N_("a Word template; `dnevnik report template --export FILE` starts one"),
    )


_FILES = N_("a list of files; in the environment with commas between them")


class Sources(_Section):
    """The school's own files: what the diary does not hold. Reports that need one read it."""

    class_lists: Files = Field((), description=_FILES)
    timetables: Files = Field((), description=_FILES)
    topic_plans: Files = Field((), description=_FILES)


class Memo(_Section):
    """What stands in the memo of a check (справка) and no data can tell."""

    number: str = Field("", description=_TEXT)
    basis: str = Field("", description=_TEXT)
    purpose: str = Field("", description=_TEXT)
    inspector: str = Field("", description=_TEXT)
    director: str = Field("", description=_TEXT)
    place: str = Field("", description=_TEXT)
    docx_template: Path | None = Field(
        None,
        description=N_(
            "a Word template of the memo; `dnevnik report template --memo --export FILE` starts one"
        ),
    )
    fix_days: int = Field(7, ge=1, le=366, description=_DAYS)
    repeat_days: int = Field(14, ge=1, le=366, description=_DAYS)


_PERCENT = N_("a whole number from 0 to 100")


class Writes(_Section):
    """Whether anything may be written to the vendor, and how."""

    enabled: bool = Field(default=False, description="true, false")
    channel: Literal["file", "gateway"] = Field("file", description='"file", "gateway"')
    profile: str | None = Field(
        None, description=N_("the name of a shipped write profile, or its TOML file")
    )
    template: str | None = Field(
        None, description=N_("the name of a shipped import template, or its TOML file")
    )


class Guards(_Section):
    """How much a plan may change before a person must say so; in per cent of what there is."""

    creates: int = Field(30, ge=0, le=100, description=_PERCENT)
    updates: int = Field(30, ge=0, le=100, description=_PERCENT)
    moves: int = Field(20, ge=0, le=100, description=_PERCENT)
    ends: int = Field(10, ge=0, le=100, description=_PERCENT)
    ends_rows: int = Field(25, ge=0, le=100_000, description=N_("a whole number of rows"))
    ignored_under: int = Field(10, ge=0, le=100_000, description=N_("a whole number of rows"))
    source_shrink: int = Field(20, ge=0, le=100, description=_PERCENT)
    rollover_from: str = Field("08-25", pattern=r"^\d\d-\d\d$", description=N_("month-day"))
    rollover_to: str = Field("09-10", pattern=r"^\d\d-\d\d$", description=N_("month-day"))


class Schedule(_Section):
    """How a weekly timetable becomes dated lessons."""

    week: int = Field(6, ge=5, le=6, description="5, 6")
    anchor: str | None = Field(
        None,
        pattern=r"^\d{4}-\d\d-\d\d$",
        description=N_("a day of a week that counts as the first of the cycle"),
    )
    horizon_days: int = Field(28, ge=1, le=366, description=_DAYS)
    numbers: dict[str, int] = Field(
        default_factory=dict,
        description=N_("a table: period of the timetable file = lesson number"),
    )


_KEPT = N_("a whole number from 0 to 10000")


class Backup(_Section):
    """Where backups go, who may open them, how many are kept."""

    targets: Annotated[tuple[Path, ...], BeforeValidator(_several)] = Field(
        (Path("backups"),),
        min_length=1,
        description=N_("a list of folders; in the environment with commas between them"),
    )
    recipients: Annotated[tuple[str, ...], BeforeValidator(_several)] = Field(
        (), description=N_("a list of public keys of age or SSH")
    )
    identity_file: Path | None = Field(
        None, description=N_("a file with the private key that opens backups")
    )
    passphrase_file: Path | None = Field(
        None, description=N_("a file that holds nothing but the passphrase")
    )
    keep_daily: int = Field(14, ge=0, le=10_000, description=_KEPT)
    keep_weekly: int = Field(8, ge=0, le=10_000, description=_KEPT)
    keep_monthly: int = Field(12, ge=0, le=10_000, description=_KEPT)
    keep_yearly: int = Field(5, ge=0, le=10_000, description=_KEPT)
    share: int = Field(7, ge=1, le=366, description=N_("a whole number from 1 to 366"))
    certificates: Path = Field(Path("drills"), description=N_("a folder"))


class Ui(_Section):
    """The command line itself."""

    lang: Literal["ru", "en"] | None = Field(None, description='"ru", "en"')


class Settings(_Section):
    """All settings; every part has defaults."""

    api: Api = Api()
    school: School = School()
    mirror: Mirror = Mirror()
    pull: Pull = Pull()
    reports: Reports = Reports()
    sources: Sources = Sources()
    memo: Memo = Memo()
    writes: Writes = Writes()
    guards: Guards = Guards()
    schedule: Schedule = Schedule()
    backup: Backup = Backup()
    ui: Ui = Ui()
