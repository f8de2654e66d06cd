"""Bring the Russian catalogue up to date and compile it; `--check` only says what is wrong with it.

Sources: `_`, `N_` and `translate` in cli.py, connector and mappings, and those of click's own messages that a user of
ours can meet (tools/click_messages.py): click asks the default gettext domain, which is ours.
"""

import ast
import io
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from click_messages import PLURAL, SINGULAR

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "connector" / "locale" / "ru" / "LC_MESSAGES"
PO, MO = FOLDER / "dnevnik.po", FOLDER / "dnevnik.mo"
KEYWORDS = {"_": None, "N_": None, "translate": None, "ngettext": (1, 2)}
# A date of its own would make the file differ at every run.
WRITTEN = datetime(2026, 9, 1, tzinfo=UTC)


def sources() -> list[Path]:
    """Files whose text users read, in a steady order."""
    return [
        ROOT / "cli.py",
        *sorted((ROOT / "connector").rglob("*.py")),
        *sorted((ROOT / "mappings").rglob("*.py")),
    ]


def template() -> Catalog:
    """All strings that stand in the sources now."""
    catalog = Catalog(charset="utf-8")
    for path in sources():
        for line, message, _comments, _context in extract_from_file(
            "python", path, keywords=KEYWORDS
        ):
            catalog.add(message, locations=[(path.relative_to(ROOT).as_posix(), line)])
    for text in SINGULAR:
        catalog.add(text, locations=[("click", 0)])
    for pair in PLURAL:
        catalog.add(pair, locations=[("click", 0)])
    return catalog


def existing() -> Catalog:
    """The Russian catalogue as it lies in the tree; an empty one at first."""
    if PO.is_file():
        with PO.open("rb") as stream:
            return read_po(stream, locale="ru", domain="dnevnik")
    return Catalog(locale="ru", domain="dnevnik")


def updated() -> Catalog:
    """The catalogue with today's strings: new ones empty, unused ones gone."""
    old = existing()
    catalog = Catalog(
        locale="ru",
        domain="dnevnik",
        project="dnevnik-connector",
        version="1",
        charset="utf-8",
        creation_date=WRITTEN,
        revision_date=WRITTEN,
        last_translator="dnevnik-connector",
        language_team="ru",
        fuzzy=False,
        header_comment="# Russian messages of dnevnik-connector; `make i18n` keeps the strings in step with the sources.",
    )
    for message in template():
        if not message.id:
            continue
        before = old.get(message.id)
        catalog.add(message.id, before.string if before else None, locations=message.locations)
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    """The catalogue as a file, the same for the same strings."""
    stream = io.BytesIO()
    write_po(
        stream, catalog, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True
    )
    return stream.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled catalogue."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def problems(catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """Say what is missing, fuzzy, unused or wrongly filled in."""
    ids = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in wanted
        if message.id
    }
    known = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id
    }
    yield from (f"not in the catalogue: {text!r}" for text in sorted(ids - known))
    yield from (f"unused: {text!r}" for text in sorted(known - ids))
    yield from (f"unused: {message.id!r}" for message in catalog.obsolete.values())
    for message in catalog:
        if message.id:
            yield from entry_problems(message)


def entry_problems(message: Message) -> Iterator[str]:
    """Check one entry: filled in, not fuzzy, with the same placeholders as its source."""
    sources_ = (message.id,) if isinstance(message.id, str) else message.id
    texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    if not texts or not all(texts):
        yield f"not translated: {sources_[0]!r}"
        return
    if message.fuzzy:
        yield f"fuzzy: {sources_[0]!r}"
    allowed = {placeholders(source) for source in sources_}
    yield from (
        f"placeholders differ: {text!r}" for text in texts if placeholders(text) not in allowed
    )


def placeholders(text: str) -> frozenset[str]:
    """Names in braces; what is no format string has none."""
    try:
        return frozenset(
            name
            for _text, name, _spec, _conversion in string.Formatter().parse(text)
            if name is not None
        )
    except ValueError:
        return frozenset()


def hidden() -> Iterator[str]:
    """Marked strings inside f-strings: the extraction does not look there."""
    for path in sources():
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            calls = ast.walk(part) if isinstance(part, ast.JoinedStr) else ()
            for call in calls:
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Name)
                    and call.func.id in KEYWORDS
                    and call.args
                    and isinstance(call.args[0], ast.Constant)
                ):
                    place = f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"
                    yield f"inside an f-string, out of sight: {place}: {call.args[0].value!r}"


def check() -> int:
    """Compare the files with the sources; 1 when anything is to be done."""
    found = [*hidden(), *problems(existing(), template())]
    if not found and (not MO.is_file() or MO.read_bytes() != mo_bytes(existing())):
        found.append("dnevnik.mo is older than dnevnik.po")
    for problem in found:
        print(problem)
    if found:
        print(
            "Run `make i18n`, then fill in connector/locale/ru/LC_MESSAGES/dnevnik.po and run it again."
        )
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    """Update and compile, or check."""
    if "--check" in arguments:
        return check()
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_bytes(updated()))
    MO.write_bytes(mo_bytes(existing()))
    for problem in problems(existing(), template()):
        print(problem)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
