"""`dnevnik status` on real mirror files."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

import cli
from connector.commands import status
from connector.i18n import set_language
from connector.mirror.status import status_document
from connector.mirror.store import Mirror
from connector.records import Drift, Window

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
GROUP = 1234567890123456789


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DNEVNIK_LANG", "en")
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(tmp_path / "school.db"))
    yield tmp_path / "school.db"
    set_language("en")


def window(start, end, resource="lessons"):
    return Window(resource, GROUP, date.fromisoformat(start), date.fromisoformat(end))


def make_mirror(path, *windows, state="done"):
    with Mirror.open(path, write=True) as mirror:
        run = mirror.start_run("pull", {}, AT)
        with mirror.transaction():
            row = (GROUP, 1, "5А", None, 5, "Group", 2026, None, None, None, None, None)
            mirror.merge(run, AT, "edu_groups", [row], {})
            for item in windows:
                mirror.cover(
                    run,
                    AT,
                    item,
                    state=state,
                    rows=3,
                    detail="VendorBroken" if state == "failed" else None,
                )
            mirror.learn(run, "groups_found_by", "staff")
            mirror.learn(run, "homework_reading", "given")
        mirror.finish_run(run, AT, "done", {})
    return path


def document(path, now=LATER):
    with Mirror.open(path) as mirror:
        return status_document(mirror.query, path=str(path), now=now)


def run(*args):
    return CliRunner().invoke(cli.dnevnik, ["status", *args])


def test_the_document_is_as_its_schema_says(path):
    make_mirror(path, window("2026-09-01", "2026-09-30"))
    schema = json.loads((ROOT / "docs" / "json" / "status.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(run("--json").stdout), schema)


def test_live_rows_are_counted_by_table(path):
    make_mirror(path)
    assert document(path)["tables"]["edu_groups"] == 1


def test_the_age_is_that_of_the_newest_answer(path):
    make_mirror(path, window("2026-09-01", "2026-09-30"))
    assert document(path)["data_age_s"] == 86400


def test_without_answers_there_is_no_age(path):
    make_mirror(path)
    assert document(path)["data_age_s"] is None


def test_neighbouring_windows_of_one_day_are_one_span(path):
    make_mirror(path, window("2026-09-01", "2026-09-30"), window("2026-10-01", "2026-10-31"))
    (span,) = document(path)["freshness"]
    assert (span["covered_from"], span["covered_to"]) == ("2026-09-01", "2026-10-31")


def test_windows_with_a_gap_between_them_stay_apart(path):
    make_mirror(path, window("2026-09-01", "2026-09-30"), window("2026-10-02", "2026-10-31"))
    assert len(document(path)["freshness"]) == 2


def test_windows_of_two_resources_stay_apart(path):
    make_mirror(
        path, window("2026-09-01", "2026-09-30"), window("2026-10-01", "2026-10-31", "marks")
    )
    assert len(document(path)["freshness"]) == 2


def test_a_failed_window_is_unread_and_makes_nothing_fresh(path):
    make_mirror(path, window("2026-09-01", "2026-09-30"), state="failed")
    found = document(path)
    assert found["freshness"] == []
    assert [(item["state"], item["detail"]) for item in found["unread"]] == [
        ("failed", "VendorBroken")
    ]


def test_held_rows_are_counted_by_group(path):
    make_mirror(path)
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.hold(1, AT, "marks", GROUP, [(1,), (2,)])
    (hold,) = document(path)["holds"]
    assert (hold["rows"], hold["edu_group"]["name"]) == (2, "5А")


def test_people_read_how_classes_were_found_and_homework_is_read(path):
    make_mirror(path)
    shown = run().stdout
    assert "by walking the staff" in shown
    assert "the lesson it was given at" in shown


def test_people_read_holds_failures_and_surprises(path):
    make_mirror(path, window("2026-09-01", "2026-09-30"), state="failed")
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.hold(1, AT, "marks", GROUP, [(1,)])
        mirror.note_drift(1, [Drift("marks", "newMember", "unknown_member")])
    shown = run().stdout
    for part in (
        "lessons, 5А, 01.09.2026–30.09.2026: the vendor's server failed",
        "not believed gone: marks of 5А, rows: 1",
        "marks.newMember",
    ):
        assert part in shown


def test_the_table_fits_eighty_columns(path):
    make_mirror(path, window("2026-09-01", "2026-09-30"))
    set_language("ru")
    text = "\n".join(status.lines({**document(path), "mirror": "school.db"}))
    assert max(map(len, text.splitlines())) <= 80


def test_a_mirror_that_cannot_be_written_can_still_be_read(path):
    make_mirror(path).chmod(0o400)
    assert run().exit_code == 0


def test_a_file_that_is_no_mirror_ends_with_7_and_stays_as_it_was(path):
    path.write_bytes(b"not a database at all" * 100)
    shown = run("--json")
    assert (shown.exit_code, json.loads(shown.stdout)["exit_code"]) == (7, 7)
    assert path.read_bytes() == b"not a database at all" * 100


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "nothing was pulled yet"),
        (59, "less than a minute"),
        (60, "minutes: 1"),
        (7200, "hours: 2"),
        (86400 * 3, "days: 3"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(seconds, text):
    set_language("en")
    assert status.age(seconds) == text
