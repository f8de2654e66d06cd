"""Brings options, environment, dnevnik.toml and defaults together, in this order, as one frozen object.

Every key of the file can come from the environment as `DNEVNIK_<SECTION>_<KEY>`. A key nobody knows or a value that
is not allowed raises `SettingsError` with the place, the key, the value and what is allowed; a secret's value is never
shown.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, SecretStr, ValidationError

from connector.errors import FileUnreadable, SettingsError, SettingUnknown, TokenMissing
from connector.errors.reasons import not_toml, refusal
from connector.errors.toml_lines import key_lines
from connector.i18n import N_, _
from connector.settings.sections import Api, Settings, is_token

Layer = Mapping[str, Mapping[str, object]]

# Variables that look like settings but steer the program itself.
NOT_SETTINGS = ("DNEVNIK_CONFIG", "DNEVNIK_LANG")
# Keys whose values are places.
_PLACES = (
    ("api", "token_file"),
    ("mirror", "path"),
    ("reports", "rulebook"),
    ("sources", "class_lists"),
    ("sources", "timetables"),
    ("sources", "topic_plans"),
    ("reports", "docx_template"),
    ("memo", "docx_template"),
    ("backup", "targets"),
    ("backup", "identity_file"),
    ("backup", "passphrase_file"),
    ("backup", "certificates"),
)
SECRET_KEYS = ("token", "password", "secret")


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
    content, lines = _read_toml(file) if file else ({}, {})
    layers: list[tuple[str, Layer]] = [
        (str(file), content),
        ("environment", environment_layer(environ)),
        ("options", said),
    ]
    settings = _checked(merged([layer for _name, layer in layers]), layers, lines)
    return Loaded(settings, file, tuple(_open_secrets(settings, content, file)))


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
        return is_token(SecretStr(content))
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


def _read_toml(file: Path) -> tuple[dict[str, dict[str, object]], Mapping[str, int]]:
    """What the file says, and on which line each key stands."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except OSError as problem:
        raise FileUnreadable(
            where=file, value=refusal(problem), allowed=_("a TOML file in UTF-8")
        ) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise FileUnreadable(
            where=file, value=not_toml(problem), allowed=_("a TOML file in UTF-8")
        ) from problem
    lines = key_lines(text)
    for section, keys in content.items():
        where = _placed(str(file), lines.get(section))
        if not isinstance(keys, dict):
            raise _wrong(where, section, "…", _allowed(section, ""))
        for key, value in keys.items():
            if _is_number(section, key) and isinstance(value, (str, bool)):
                where = _placed(str(file), lines.get(f"{section}.{key}"))
                shown = _shown(key, value)
                shown = f'"{shown}"' if isinstance(value, str) else shown.lower()
                raise _wrong(where, f"[{section}] {key}", shown, _allowed(section, key))
    return _beside(file, content), lines


def _is_number(section: str, key: str) -> bool:
    """Whether a key takes a number; in a file that is no text in quotes, as it must be in the environment."""
    if not _exists(section, key):
        return False
    fields = cast("type[BaseModel]", Settings.model_fields[section].annotation).model_fields
    return fields[key].annotation in {int, float, int | None}


def _placed(where: str, line: int | None) -> str:
    """The file, with the line where it is known."""
    return _("{file}, line {line}").format(file=where, line=line) if line else where


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


def _checked(
    content: dict[str, dict[str, object]],
    layers: list[tuple[str, Layer]],
    lines: Mapping[str, int],
) -> Settings:
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
        line = lines.get(f"{section}.{key}" if key else section)
        where, shown_key = (
            _("the options") if where == "options" else _placed(where, line),
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
