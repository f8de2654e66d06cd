"""Settings: options, environment, dnevnik.toml and defaults, in this order, as one frozen object.

Every key of the file can come from the environment as `DNEVNIK_<SECTION>_<KEY>`. A key nobody knows or a value that
is not allowed raises `SettingsError` with the place, the key, the value and what is allowed; a secret's value is never
shown. `description` of a field is what is allowed, as the operator reads it.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from connector.errors import FileUnreadable, SettingsError, SettingUnknown, TokenMissing
from connector.i18n import N_, _

Layer = Mapping[str, Mapping[str, object]]

# Variables that look like settings but steer the program itself.
NOT_SETTINGS = ("DNEVNIK_CONFIG", "DNEVNIK_LANG")
# Keys whose values are places.
_PLACES = (
    ("api", "token_file"),
    ("mirror", "path"),
    ("reports", "rulebook"),
    ("backup", "targets"),
    ("backup", "identity_file"),
    ("backup", "passphrase_file"),
    ("backup", "certificates"),
)
SECRET_KEYS = ("token", "password", "secret")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


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


def _is_token(value: SecretStr) -> SecretStr:
    text = value.get_secret_value().strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return SecretStr(text)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


_SECONDS = N_("a number of seconds from 1 to 3600")
_DAYS = N_("a whole number of days from 1 to 366")


class Api(_Section):
    """How the vendor is reached; 20 calls a second and 8 at once are what public clients get away with."""

    base_url: Annotated[str, AfterValidator(_is_address)] = Field(
        "https://api.dnevnik.ru/v2",
        description=N_("an https:// address (http:// only on this machine)"),
    )
    token: Annotated[SecretStr, AfterValidator(_is_token)] | None = Field(
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
        None, description=N_("a rulebook file; `dnevnik report rulebook --export FILE` starts one")
    )
    lang: Literal["ru", "en"] = Field("ru", description='"ru", "en"')


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


def _several(value: object) -> object:
    # The environment has no lists: names with commas between them.
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
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
    writes: Writes = Writes()
    guards: Guards = Guards()
    schedule: Schedule = Schedule()
    backup: Backup = Backup()
    ui: Ui = Ui()


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with their file (None when there is none) and sentences the operator should read."""

    settings: Settings
    file: Path | None
    warnings: tuple[str, ...]


def load(
    environ: Mapping[str, str],
    *,
    config: Path | None = None,
    options: Layer | None = None,
    folder: Path | None = None,
) -> Loaded:
    """Bring the layers together.

    Args:
        environ: the environment's variables.
        config: a file named by the user; it must exist.
        options: what the command line said, by section and key; None values count as not said.
        folder: where `dnevnik.toml` is looked for; the working folder unless a test says otherwise.

    Raises:
        SettingsError: with `where`, `key`, `value`, `allowed`.

    """
    named = config or (Path(environ["DNEVNIK_CONFIG"]) if environ.get("DNEVNIK_CONFIG") else None)
    file = named or _usual_file(folder or Path())
    said = {
        s: {k: v for k, v in keys.items() if v is not None} for s, keys in (options or {}).items()
    }
    layers: list[tuple[str, Layer]] = [
        (str(file), _read_toml(file) if file else {}),
        ("environment", environment_layer(environ)),
        ("options", said),
    ]
    settings = _checked(merged([layer for _name, layer in layers]), layers)
    return Loaded(settings, file, tuple(_open_secrets(settings, layers[0][1], file)))


def merged(layers: list[Layer]) -> dict[str, dict[str, object]]:
    """Lay later layers over earlier ones, key by key; a token of a later layer replaces a token file before it."""
    result: dict[str, dict[str, object]] = {}
    for layer in layers:
        for section, keys in layer.items():
            below = result.setdefault(section, {})
            if section == "api" and ("token" in keys or "token_file" in keys):
                below.pop("token", None)
                below.pop("token_file", None)
            below.update(keys)
    return result


def environment_layer(environ: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """Read `DNEVNIK_<SECTION>_<KEY>`; an empty variable counts as not set, an unknown section is not ours."""
    layer: dict[str, dict[str, object]] = {}
    for name, value in environ.items():
        program, _sep, rest = name.partition("_")
        section, _sep, key = rest.lower().partition("_")
        if (
            program == "DNEVNIK"
            and name not in NOT_SETTINGS
            and section in Settings.model_fields
            and key
            and value
        ):
            layer.setdefault(section, {})[key] = value
    return layer


def read_token(settings: Settings) -> SecretStr:
    """Token from the setting itself or from its file.

    Raises:
        TokenMissing: neither is set, or the file is empty.
        SettingsError: the file cannot be read or holds something else.

    """
    api = settings.api
    if api.token is not None:
        return api.token
    if api.token_file is None:
        raise TokenMissing
    try:
        content = api.token_file.expanduser().read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise _wrong(
            "[api]", "token_file", str(api.token_file), _(N_("a file that can be read"))
        ) from problem
    if not content:
        raise TokenMissing
    try:
        return _is_token(SecretStr(content))
    except ValueError as problem:
        allowed = _(str(Api.model_fields["token_file"].description))
        raise _wrong("[api]", "token_file", str(api.token_file), allowed) from problem


def _usual_file(folder: Path) -> Path | None:
    here = folder / "dnevnik.toml"
    if here.is_file():
        return here
    from platformdirs import user_config_path  # noqa: PLC0415 - most runs find the file here or by name

    home = user_config_path("dnevnik") / "dnevnik.toml"
    return home if home.is_file() else None


def _read_toml(file: Path) -> dict[str, dict[str, object]]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise FileUnreadable(
            where=file, value=problem.strerror, allowed=_("a TOML file in UTF-8")
        ) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        # The parser's message names a line and column, and at most one character of the file.
        place = str(problem) if isinstance(problem, tomllib.TOMLDecodeError) else "UTF-8"
        raise FileUnreadable(
            where=file, value=place, allowed=_("a TOML file in UTF-8")
        ) from problem
    for section, keys in content.items():
        if not isinstance(keys, dict):
            raise _wrong(
                str(file), section, "…", ", ".join(f"[{name}]" for name in Settings.model_fields)
            )
    return _beside(file, content)


def _beside(file: Path, content: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    # A relative path in a file means a place beside that file, wherever the command is run.
    for section, key in _PLACES:
        value = content.get(section, {}).get(key)
        if isinstance(value, str):
            content[section][key] = _place(file, value)
        elif isinstance(value, list):
            content[section][key] = [
                _place(file, item) if isinstance(item, str) else item for item in value
            ]
    return content


def _place(file: Path, value: str) -> str:
    return str(file.parent / Path(value).expanduser())


def _checked(content: dict[str, dict[str, object]], layers: list[tuple[str, Layer]]) -> Settings:
    try:
        return Settings.model_validate(content)
    except ValidationError as wrong:
        problem = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
    section, key = str(problem["loc"][0]), str(problem["loc"][1]) if len(problem["loc"]) > 1 else ""
    where = next(
        (
            name
            for name, layer in reversed(layers)
            if section in layer and (not key or key in layer[section])
        ),
        "",
    )
    value = content.get(section, {}).get(key)
    if where == "environment":
        where, shown_key = _("the environment"), f"DNEVNIK_{section}_{key}".upper()
    else:
        where, shown_key = (
            _("the options") if where == "options" else where,
            f"[{section}] {key}".strip(),
        )
    facts = {
        "where": where,
        "key": shown_key,
        "value": _shown(key, value),
        "allowed": _allowed(section, key),
    }
    raise (SettingsError(**facts) if _exists(section, key) else SettingUnknown(**facts)) from None


def _exists(section: str, key: str) -> bool:
    field = Settings.model_fields.get(section)
    return field is not None and key in cast("type[BaseModel]", field.annotation).model_fields


def _allowed(section: str, key: str) -> str:
    if section not in Settings.model_fields:
        return ", ".join(f"[{name}]" for name in Settings.model_fields)
    fields = cast("type[BaseModel]", Settings.model_fields[section].annotation).model_fields
    if key in fields:
        return _(str(fields[key].description))
    return ", ".join(fields)


def _shown(key: str, value: object) -> str:
    # A misspelt key may hold a token: what is long and unbroken is not shown.
    text = str(value)
    secret = any(word in key for word in SECRET_KEYS) and key != "token_file"
    return "…" if secret or (len(text) > 24 and " " not in text and "/" not in text) else text


def _wrong(where: str, key: str, value: str, allowed: str) -> SettingsError:
    return SettingsError(where=where, key=key, value=value, allowed=allowed)


def _open_secrets(settings: Settings, from_file: Layer, file: Path | None) -> list[str]:
    candidates: list[Any] = [settings.api.token_file if settings.api.token is None else None]
    if file is not None and "token" in from_file.get("api", {}):
        candidates.append(file)
    text = N_("{path} holds a token and can be read by others. Run: chmod 600 {path}")
    return [
        _(text).format(path=path)
        for path in candidates
        if path is not None and _readable_by_others(path)
    ]


def _readable_by_others(path: Path) -> bool:
    if os.name != "posix":
        return False
    try:
        return bool(path.expanduser().stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False
