"""What the documents say about the code is true: names, anchors, settings, commands, queries."""

import json
import re
import shlex
from pathlib import Path

import pytest

from connector import errors
from connector.commands.console import Console
from connector.mirror.schema import APPLICATION_ID, MIRRORED_TABLES
from connector.mirror.store import Mirror
from connector.records import TABLES
from connector.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.ru.md")
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("adr/*.md"), *READMES, ROOT / "CHANGELOG.md"])
KEPT = {"first_seen_run", "changed_run", "withdrawn_run", "extra"}

HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CELL = re.compile(r"^\| `([a-z0-9_]+)` \|", re.MULTILINE)


def text(path):
    return path.read_text(encoding="utf-8")


def anchors(path):
    """Anchors as a forge makes them from headings, and those written by hand."""
    body = FENCE.sub("", text(path))
    made = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for _marks, title in HEADING.findall(body)
    }
    return made | set(re.findall(r'<a id="([^"]+)">', body))


def sections(path):
    """Text under each heading whose title is one name in backquotes."""
    parts = re.split(r"^#{2,6} +(.+?) *$", text(path), flags=re.MULTILINE)
    return {
        title.strip("`"): body
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
        if re.fullmatch(r"`\w+`", title)
    }


def references():
    """Places in the code and its tools that name a document."""
    files = [ROOT / "cli.py", ROOT / "Makefile"]
    for folder in ("connector", "mappings", "tools"):
        files += [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.toml")]
    for file in files:
        for line in text(file).splitlines():
            # "docs/vendor-api.md#errors and #identifiers" names two anchors of one page.
            for found in re.finditer(r"docs/([\w-]+\.(?:md|yaml))((?:#[\w-]+(?: and )?)*)", line):
                yield file.relative_to(ROOT), found[1], re.findall(r"#([\w-]+)", found[2])


@pytest.fixture(scope="module")
def empty_mirror(tmp_path_factory):
    path = tmp_path_factory.mktemp("mirror") / "empty.db"
    with Mirror.open(path, write=True) as mirror:
        yield mirror


def columns(mirror):
    names = mirror.query(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    )
    return {
        name: {
            column for (column,) in mirror.query("SELECT name FROM pragma_table_info(?)", (name,))
        }
        for (name,) in names
    }


# --- anchors and links


def test_every_document_that_the_code_names_is_there_with_its_anchor():
    missing = [
        f"{file}: {page}#{anchor}"
        for file, page, named in references()
        for anchor in named or [""]
        if not (DOCS / page).is_file() or (anchor and anchor not in anchors(DOCS / page))
    ]
    assert missing == []


def test_the_code_does_name_documents():
    """Without this the test above would pass on a wrong pattern."""
    assert len({(page, tuple(named)) for _file, page, named in references()}) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text(page))):
        if target.startswith(("https://", "http://")):
            continue
        file, _hash, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_ours_that_a_page_names_is_there(page):
    named = re.findall(r"`((?:connector|mappings|tests|tools|docs)/[\w./-]+)`", text(page))
    # A module may be named as it is imported, without its ending.
    there = [(ROOT / name).exists() or (ROOT / f"{name}.py").is_file() for name in named]
    assert [name for name, found in zip(named, there, strict=True) if not found] == []


# --- the mirror's schema


def test_every_table_and_column_of_the_mirror_is_described_and_no_other(empty_mirror):
    described = {
        name: set(CELL.findall(body)) for name, body in sections(DOCS / "schema.md").items()
    }
    kept_by = {name for name, named in columns(empty_mirror).items() if named >= KEPT}
    expected = {
        name: named - KEPT if name in kept_by else named
        for name, named in columns(empty_mirror).items()
    }
    assert described == expected


def test_the_four_common_columns_belong_to_every_mirrored_table(empty_mirror):
    found = columns(empty_mirror)
    assert {name for name, named in found.items() if named >= KEPT} == set(TABLES)
    part = text(DOCS / "schema.md").split("## Four columns")[1].split("\n## ")[0]
    assert set(CELL.findall(part)) == KEPT
    assert all(name in MIRRORED_TABLES for name in KEPT)


def test_the_mark_of_our_files_is_the_one_in_the_schema():
    assert str(APPLICATION_ID) in text(DOCS / "schema.md")


def queries():
    return [body for kind, body in FENCE.findall(text(DOCS / "schema.md")) if kind == "sql"]


def test_the_schema_page_offers_five_queries():
    assert len(queries()) == 5


@pytest.mark.parametrize("number", range(5))
def test_an_offered_query_runs_on_an_empty_mirror(empty_mirror, number):
    assert empty_mirror.query(queries()[number]) == []


def test_every_table_that_the_glossary_names_is_in_the_mirror(empty_mirror):
    rows = [line for line in text(DOCS / "glossary.md").splitlines() if line.startswith("| ")]
    last = [line.rstrip("|").rsplit("|", 1)[1] for line in rows]
    named = {name for cell in last for name in re.findall(r"`(\w+)(?:\.\w+)?`", cell)}
    assert named
    assert named <= columns(empty_mirror).keys()


def test_every_fact_that_a_pull_learns_is_described():
    learned = {
        name
        for file in (ROOT / "connector" / "flows").glob("*.py")
        for name in re.findall(r'\.learn\(\s*run\.id,\s*"(\w+)"', text(file))
    }
    described = set(re.findall(r"`(\w+)`", sections(DOCS / "schema.md")["facts"]))
    assert learned
    assert learned <= described


def test_every_state_that_a_window_may_have_is_described():
    said = {
        word
        for file in (ROOT / "connector" / "flows").glob("*.py")
        for word in re.findall(r'state="(\w+)"', text(file))
    }
    described = set(re.findall(r"`(\w+)`", sections(DOCS / "schema.md")["coverage"]))
    assert said
    assert said <= described


# --- decisions


def decisions():
    return sorted((DOCS / "adr").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_gaps():
    numbers = [int(page.name[:4]) for page in decisions()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.name[:4])
def test_a_decision_says_why_what_at_which_price_and_until_when(page):
    titles = [title for marks, title in HEADING.findall(text(page)) if marks == "##"]
    assert titles == ["Context", "Decision", "What we gave up", "When to revisit"]


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.name[:4])
def test_a_decision_fits_one_screen(page):
    assert len(text(page).splitlines()) <= 60


# --- the readme


def settings_keys():
    return {
        f"{section}.{key}"
        for section, field in Settings.model_fields.items()
        for key in field.annotation.model_fields
    }


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_lists_every_setting_and_no_other(page):
    listed = set()
    section = ""
    for line in text(page).splitlines():
        heading = re.match(r"\| `\[(\w+)\]`", line)
        section = heading[1] if heading else section if line.startswith("|") else ""
        if section and (key := re.match(r"\| `(\w+)`", line)):
            listed.add(f"{section}.{key[1]}")
    assert listed == settings_keys()


def all_errors(kind=errors.DnevnikError):
    return {kind}.union(*(all_errors(child) for child in kind.__subclasses__()))


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_explains_every_exit_code_an_error_has(page):
    explained = {int(code) for code in re.findall(r"^\| (\d+) \|", text(page), re.MULTILINE)}
    assert {kind.exit_code for kind in all_errors()} | {0, 10} <= explained


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_fits_eighty_columns(page):
    assert [line for line in text(page).splitlines() if len(line) > 80] == []


def command_lines():
    """Lines of the pages' shell blocks that call `dnevnik`, without what the shell does around them."""
    for page in PAGES:
        for kind, body in FENCE.findall(text(page)):
            if kind not in {"", "sh", "cron"}:
                continue
            for line in re.sub(r"\\\n\s*", "", body).splitlines():
                for part in re.split(r"&&|\|\||;|\||>", line.split("  #")[0]):
                    found = re.search(r"(?:^|[\s/])dnevnik (.+)$", part)
                    if found and not part.lstrip().startswith(("#", "/etc")):
                        yield page.name, found[1].strip()


def parse(group, argv, parent=None):
    """Let click parse a command line down to its last command without carrying it out."""
    if not argv and group.no_args_is_help:
        return  # asks at a terminal, or shows its help
    ctx = group.make_context("dnevnik", argv, parent=parent, obj=Console())
    rest = [*getattr(ctx, "_protected_args", ()), *ctx.args]
    if not rest or not hasattr(group, "resolve_command"):
        return
    name, command, left = group.resolve_command(ctx, rest)
    assert command is not None, name
    parse(command, left, ctx)


@pytest.mark.parametrize(("page", "line"), sorted(set(command_lines())))
def test_a_printed_command_line_is_one_that_the_program_takes(page, line, tmp_path, monkeypatch):
    from cli import dnevnik

    # Files that a line reads must be there to be taken.
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)
    for word in words:
        if re.fullmatch(r"[\w-]+(\.[\w-]+)+", word):
            Path(word).touch()
    parse(dnevnik, words)


def test_there_are_printed_command_lines():
    assert len(set(command_lines())) > 5


def test_a_readme_names_every_command():
    from cli import COMMANDS

    for page in READMES:
        assert [name for name in COMMANDS if f"dnevnik {name}" not in text(page)] == []


# --- the changelog


def test_the_changelog_has_the_version_of_the_package():
    from connector import __version__

    assert f"## [{__version__}]" in text(ROOT / "CHANGELOG.md")


# --- nothing that belongs elsewhere


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_promises_nothing_for_later(page):
    assert re.findall(r"\b(?:TODO|FIXME|TBD|XXX)\b", text(page)) == []


def test_json_schemas_are_json():
    for schema in DOCS.glob("json/*.json"):
        assert json.loads(text(schema))["$schema"]


def test_the_architecture_page_names_every_part():
    import tomllib

    contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    parts = [part.strip() for layer in layers for part in layer.split("|")]
    page = text(DOCS / "architecture.md")
    assert [part for part in parts if f"`connector/{part}`" not in page] == []
