"""Copies of a mirror, what is in them, and the manifest that tells of it."""

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import (
    ManifestForeign,
    ManifestMissing,
    ManifestUnreadable,
    MirrorMissing,
)
from connector.mirror.backup import content_hashes, examine, pinned, snapshot
from connector.mirror.manifest import (
    Manifest,
    manifest_bytes,
    manifest_path,
    parse_manifest,
    read_manifest,
)
from connector.mirror.store import Mirror

AT = datetime(2026, 11, 24, 0, 40, tzinfo=UTC)
HASH = "0" * 64


def make_mirror(path, persons=3):
    with Mirror.open(path, write=True) as mirror:
        run = mirror.start_run("pull", {}, AT)
        with mirror.transaction():
            mirror.merge(run, AT, "schools", [(7, "Школа", *[None] * 8)], {})
            rows = [(n, None, f"Берёзкин{n}", "Ян", *[None] * 5) for n in range(1, persons + 1)]
            mirror.merge(run, AT, "persons", rows, {})
        mirror.finish_run(run, AT, "done", {})
    return path


def manifest(**changes):
    facts = {
        "file": "dnevnik-7-20261124T004000Z.db.zst",
        "bytes": 10,
        "sha256": HASH,
        "unpacked_bytes": 20,
        "unpacked_sha256": HASH,
        "created_at": "2026-11-24T00:40:00Z",
        "school_id": 7,
        "schema_version": 3,
        "tool_version": "0.1.0",
        "host_zone": "MSK",
        "run": 1,
        "encrypted": False,
        "rows": {"marks": 1},
        "tables": {"marks": HASH},
        "orphans": {},
        "page_size": 4096,
    }
    return Manifest(**{**facts, **changes})


# --- copies


def test_a_copy_holds_one_moment_while_a_run_writes_on(tmp_path):
    path = make_mirror(tmp_path / "m.db")
    with pinned(path) as moment:
        with Mirror.open(path, write=True) as mirror:
            mirror.start_run("pull", {}, AT)
        snapshot(moment, tmp_path / "copy.db")
    assert examine(tmp_path / "copy.db").rows["runs"] == 1
    assert examine_rows(path)["runs"] == 2


def examine_rows(path):
    with closing(sqlite3.connect(path)) as db:
        return {name: rows for name, (rows, _sha) in content_hashes(db).items()}


def test_a_copy_is_readable_by_its_owner_only_and_needs_no_file_beside_it(tmp_path):
    snapshot(make_mirror(tmp_path / "m.db"), tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("copy.db-*"))


def test_a_copy_never_replaces_a_file(tmp_path):
    path = make_mirror(tmp_path / "m.db")
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(Exception, match="path="):
        snapshot(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_there_is_no_copy_of_a_mirror_that_is_not_there(tmp_path):
    with pytest.raises(MirrorMissing):
        snapshot(tmp_path / "none.db", tmp_path / "copy.db")


def test_a_copy_has_the_content_of_the_mirror(tmp_path):
    path = make_mirror(tmp_path / "m.db")
    snapshot(path, tmp_path / "copy.db")
    with (
        closing(sqlite3.connect(path)) as live,
        closing(sqlite3.connect(tmp_path / "copy.db")) as db,
    ):
        assert content_hashes(live) == content_hashes(db)


def test_rows_without_their_parent_are_counted(tmp_path):
    path = make_mirror(tmp_path / "m.db")
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.merge(1, AT, "staff", [(99, None, None, None, None, None, None)], {})
    snapshot(path, tmp_path / "copy.db")
    assert examine(tmp_path / "copy.db").orphans == {"staff": 1}


def test_the_chain_of_changes_is_read_to_its_end(tmp_path):
    path = make_mirror(tmp_path / "m.db")
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.withdraw(1, AT, "persons", [(1,), (2,)])
    snapshot(path, tmp_path / "copy.db")
    content = examine(tmp_path / "copy.db")
    assert (content.chain.rows, content.broken_at) == (2, None)


def test_a_change_that_somebody_edited_is_named(tmp_path):
    path = make_mirror(tmp_path / "m.db")
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.withdraw(1, AT, "persons", [(1,), (2,)])
    snapshot(path, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as db:
        for (trigger,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("UPDATE changes SET seen_at = '2026-01-01T00:00:00Z' WHERE id = 2")
        db.commit()
    content = examine(tmp_path / "copy.db")
    assert (content.chain.rows, content.broken_at) == (1, 2)


# --- the content of a table

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(max_size=20),
)


def by_hand(names, rows):
    lines = [
        names,
        *[[v.hex().upper() if isinstance(v, bytes) else v for v in row] for row in rows],
    ]
    text = "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    )
    return len(rows), hashlib.sha256(text.encode()).hexdigest()


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]))),
            st.binary(max_size=9),
        ),
        max_size=12,
    )
)
def test_the_content_is_what_ten_lines_of_python_make_of_the_rows(rows):
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, words TEXT, raw BLOB NOT NULL) STRICT")
        whole = [(n * 7 - 20, *row) for n, row in enumerate(rows)]
        db.executemany("INSERT INTO t VALUES (?, ?, ?)", whole[::-1])
        assert content_hashes(db)["t"] == by_hand(["id", "words", "raw"], whole)


@given(st.sets(st.tuples(st.integers(-5, 5), st.text("абв", max_size=2)), max_size=12))
def test_rows_with_a_composite_key_stand_in_its_order(keys):
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE t (b TEXT, a INTEGER, v INTEGER, PRIMARY KEY (a, b))")
        rows = [
            (b, a, number)
            for number, (a, b) in enumerate(sorted(keys, key=lambda k: (k[0], k[1].encode())))
        ]
        db.executemany("INSERT INTO t VALUES (?, ?, ?)", reversed(rows))
        assert content_hashes(db)["t"] == by_hand(["b", "a", "v"], rows)


@pytest.mark.parametrize("count", [3_999, 4_000, 4_001, 8_000])
def test_batches_leave_no_trace_in_the_content(count):
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        db.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(count)])
        assert content_hashes(db)["t"] == by_hand(["id"], [(n,) for n in range(count)])


# --- the manifest


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    place = tmp_path / "dnevnik-7-20261124T004000Z.db.zst.manifest.json"
    place.write_bytes(manifest_bytes(manifest()))
    found = read_manifest(place)
    assert (found.rows, found.moment) == ({"marks": 1}, AT)


def test_a_missing_manifest_is_said_so(tmp_path):
    with pytest.raises(ManifestMissing):
        read_manifest(tmp_path / "dnevnik-7-20261124T004000Z.db.zst")


def test_a_manifest_of_another_file_is_refused(tmp_path):
    archive = tmp_path / "dnevnik-7-20261125T004000Z.db.zst"
    manifest_path(archive).write_bytes(manifest_bytes(manifest()))
    with pytest.raises(ManifestForeign):
        read_manifest(archive)


@pytest.mark.parametrize(
    "wrong",
    [
        {"file": "../dnevnik-7-20261124T004000Z.db.zst"},
        {"file": "dnevnik-7-20261124T004001Z.db.zst"},
        {"bytes": -1},
        {"sha256": "zz"},
        {"created_at": "2026-13-24T00:40:00Z"},
        {"schema": "dnevnik/manifest/2"},
        {"rows": {"marks": "1"}},
        {"run": "1"},
    ],
    ids=str,
)
def test_a_manifest_with_an_impossible_member_is_refused_even_with_a_right_digest(wrong):
    with pytest.raises(ManifestUnreadable):
        parse_manifest(manifest_bytes(manifest(**wrong)), Path("m"))


GOOD = manifest_bytes(manifest())


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 7))
def test_a_flipped_bit_of_a_manifest_is_found_or_changes_no_word_of_it(place, bit):
    changed = bytearray(GOOD)
    changed[place] ^= 1 << bit
    try:
        found = parse_manifest(bytes(changed), Path("m"))
    except ManifestUnreadable:
        return
    assert found == parse_manifest(GOOD, Path("m"))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)


@given(st.sampled_from(sorted(json.loads(GOOD))), JSON)
def test_any_value_of_any_member_is_read_or_refused(member, value):
    document = {**json.loads(GOOD), member: value}
    refused_or_read(json.dumps(document).encode())


@given(st.one_of(st.binary(), JSON.map(lambda value: json.dumps(value).encode())))
def test_any_bytes_are_refused_as_a_manifest(content):
    with pytest.raises(ManifestUnreadable):
        parse_manifest(content, Path("m"))


@given(st.integers(0, len(GOOD)), st.binary(max_size=30), st.integers(0, 30))
def test_a_manifest_with_bytes_put_in_or_cut_out_is_read_or_refused(place, more, less):
    refused_or_read(GOOD[:place] + more + GOOD[place + less :])


def test_a_manifest_that_nests_without_end_is_refused():
    with pytest.raises(ManifestUnreadable):
        parse_manifest(b'{"a":' * 100_000, Path("m"))


def test_a_manifest_of_many_megabytes_is_not_even_parsed(tmp_path):
    archive = tmp_path / "dnevnik-7-20261124T004000Z.db.zst"
    manifest_path(archive).write_bytes(GOOD + b" " * 2_000_000)
    with pytest.raises(ManifestUnreadable):
        read_manifest(archive)


def refused_or_read(content):
    try:
        assert parse_manifest(content, Path("m")).file
    except ManifestUnreadable:
        return


def test_a_sealed_archive_holds_no_cell_that_a_spreadsheet_would_run():
    from connector.mirror.sealed import _csv

    with closing(sqlite3.connect(":memory:")) as mirror:
        mirror.execute("CREATE TABLE lessons (id INTEGER, title TEXT)")
        mirror.executemany("INSERT INTO lessons VALUES (?, ?)", [(1, "=1+1"), (-2, "Дроби")])
        page = b"".join(_csv(mirror, "lessons")).decode("utf-8-sig")
    assert page.splitlines() == ["id,title", "1,'=1+1", "-2,Дроби"]
