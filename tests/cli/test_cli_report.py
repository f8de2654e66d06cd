"""`dnevnik report` and `dnevnik demo` on a mirror pulled from the emulated vendor."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
import python_calamine
from click.testing import CliRunner

import cli
from connector.commands import demo
from connector.mirror import file
from connector.mirror.store import Mirror
from connector.reports.catalogue import REPORTS
from tests.cli.schools import TODAY, at_home, pulled_school

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ("--format", "table,json,csv,xlsx")


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    """A mirror of a small school, and what was planted in it."""
    path = tmp_path_factory.mktemp("pulled") / "school.db"
    with pulled_school(path, pupils=60) as school:
        return path, school.truth()


@pytest.fixture
def mirror(pulled, tmp_path, monkeypatch):
    with at_home(tmp_path, pulled[0], monkeypatch):
        yield pulled[0]


def run(*args):
    return CliRunner().invoke(cli.dnevnik, list(args))


def missing(*args):
    return run("report", "missing", "--as-of", TODAY, *args)


def valid(text, name):
    document = json.loads(text)
    schema = json.loads((ROOT / "docs" / "json" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    return document


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize("rule", ["TOPIC", "HW", "MARK0", "ATT"])
def test_the_report_finds_exactly_what_was_planted(rule, pulled):
    found = valid(missing("--json").stdout, "report")["findings"]
    planted = {item["lesson"] for item in pulled[1]["planted"][rule]}
    assert {item["lesson"] for item in found if item["rule"] == rule} == planted


@pytest.mark.usefixtures("mirror")
def test_the_document_starts_with_its_schema():
    assert next(iter(json.loads(missing("--json").stdout))) == "schema"


@pytest.mark.usefixtures("mirror")
def test_a_table_is_what_a_person_gets_in_russian_unless_asked_otherwise():
    assert missing().stdout.startswith("Незаполненное в журнале")
    assert missing("--lang", "en").stdout.startswith("Missing entries in the journal")


@pytest.mark.usefixtures("mirror")
def test_check_ends_with_10_when_something_was_found():
    assert missing("--check").exit_code == 10
    assert missing().exit_code == 0


@pytest.mark.usefixtures("mirror")
def test_check_ends_with_0_when_nothing_was_found():
    assert run("report", "missing", "--as-of", "2026-09-01", "--check").exit_code == 0


def test_a_day_to_come_ends_with_2_and_is_no_check(mirror):
    def checks():
        with Mirror.open(mirror) as opened:
            return opened.query("SELECT count(*) FROM checks")

    before = checks()
    refused = run("report", "summary", "--as-of", "2999-09-01")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "The latest day that can be judged is" in " ".join(refused.stderr.split())
    assert checks() == before


@pytest.mark.usefixtures("mirror")
def test_several_formats_go_into_one_folder(tmp_path):
    assert missing(*FORMATS, "--out", "reports").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == [
        "missing.csv",
        "missing.json",
        "missing.txt",
        "missing.xlsx",
    ]


@pytest.mark.usefixtures("mirror")
def test_all_formats_hold_the_same_number_of_findings(tmp_path):
    missing(*FORMATS, "--out", "reports")
    folder = tmp_path / "reports"
    count = len(json.loads((folder / "missing.json").read_text(encoding="utf-8"))["findings"])
    lines = list(
        csv.reader(
            io.StringIO((folder / "missing.csv").read_text(encoding="utf-8-sig")), delimiter=";"
        )
    )
    sheet = python_calamine.CalamineWorkbook.from_path(folder / "missing.xlsx").get_sheet_by_name(
        "Замечания"
    )
    assert count > 0
    assert sum(not line[0].startswith("! ") for line in lines) == count + 1
    assert sum(bool(row[0]) for row in sheet.to_python()) == count + 1


@pytest.mark.usefixtures("mirror")
def test_one_format_goes_into_the_named_file(tmp_path):
    missing("--format", "csv", "--out", "here.csv")
    assert (tmp_path / "here.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.usefixtures("mirror")
def test_the_ending_of_the_file_says_what_to_make(tmp_path):
    shown = missing("--out", str(tmp_path / "made.xlsx"))
    assert shown.exit_code == 0
    assert (tmp_path / "made.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.usefixtures("mirror")
def test_a_csv_can_go_to_stdout():
    assert missing("--format", "csv").stdout_bytes.startswith(b"\xef\xbb\xbf")


@pytest.mark.usefixtures("mirror")
def test_json_on_stdout_and_files_beside_it_go_together(tmp_path):
    shown = missing("--json", "--format", "xlsx", "--out", "report.xlsx")
    assert valid(shown.stdout, "report")["findings"]
    assert (tmp_path / "report.xlsx").is_file()


@pytest.mark.parametrize(
    "args",
    [
        ("--format", "xlsx"),
        ("--format", "table,csv"),
        ("--format", "docx"),
        ("--format", ","),
        ("--json", "--format", "csv"),
        ("--format", "table,csv", "--out", "file"),
        ("--class", "99Ъ"),
        ("--out", "made.doc"),
        ("--format", "xlsx", "--out", "made.pdf"),
        ("--from", "2026-10-02", "--to", "2026-10-01"),
        ("--from", "2030-01-01"),
    ],
)
def test_what_cannot_be_written_is_a_usage_error(args, mirror, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert missing(*args).exit_code == 2


@pytest.mark.usefixtures("mirror")
def test_a_class_and_a_span_narrow_the_report():
    whole = json.loads(missing("--json").stdout)["findings"]
    few = json.loads(missing("--json", "--from", "2026-10-01", "--to", "2026-10-31").stdout)[
        "findings"
    ]
    assert 0 < len(few) < len(whole)
    assert {item["date"][:7] for item in few} == {"2026-10"}


@pytest.mark.usefixtures("mirror")
def test_a_report_that_hides_teachers_names_nobody(mirror):
    shown = missing("--hide-teachers", "--json").stdout
    with Mirror.open(mirror) as opened:
        surnames = {
            name
            for (name,) in opened.query("SELECT last_name FROM persons WHERE last_name IS NOT NULL")
        }
    assert not [name for name in surnames if name in shown]


def test_a_strict_report_is_refused_when_a_window_could_not_be_read(mirror, tmp_path, monkeypatch):
    copy = tmp_path / "copy.db"
    copy.write_bytes(mirror.read_bytes())
    with Mirror.open(copy, write=True) as opened, opened.transaction():
        opened._connection.execute(
            "UPDATE coverage SET detail = 'VendorBroken' WHERE resource = 'marks'"
        )
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(copy))
    assert missing().exit_code == 0
    assert missing("--strict").exit_code == 3


def test_without_a_mirror_a_report_ends_with_7(mirror, monkeypatch):
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", "none.db")
    assert missing().exit_code == 7


@pytest.mark.usefixtures("mirror")
def test_the_schools_zone_is_what_the_vendor_told():
    assert "+03:00" in missing("--verbose").stderr


def test_the_list_of_reports_is_as_described():
    listed = valid(run("report", "list", "--json").stdout, "report_list")["reports"]
    assert [item["name"] for item in listed] == list(REPORTS)


def test_the_list_of_reports_can_be_read():
    assert run("report", "list").stdout.startswith("missing\n")


def test_an_exported_rulebook_can_be_taken_into_force(mirror, tmp_path, monkeypatch):
    assert run("report", "rulebook", "--export", "own.toml").exit_code == 0
    own = tmp_path / "own.toml"
    text = own.read_text(encoding="utf-8").replace("[rules.ATT]", "[rules.ATT]\nenabled = false")
    own.write_text(text, encoding="utf-8")
    monkeypatch.setenv("DNEVNIK_REPORTS_RULEBOOK", "own.toml")
    rules = {item["rule"] for item in json.loads(missing("--json").stdout)["findings"]}
    assert "ATT" not in rules
    assert "TOPIC" in rules


def test_an_export_never_overwrites_a_rulebook(mirror, tmp_path):
    (tmp_path / "own.toml").write_text("mine", encoding="utf-8")
    assert run("report", "rulebook", "--export", "own.toml").exit_code == 2
    assert (tmp_path / "own.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("mirror")
def test_the_rulebook_in_force_can_be_read():
    shown = " ".join(run("--lang", "en", "report", "rulebook").stdout.split())
    assert "TOPIC: Lessons without a topic п. 3.2 (образец), within working days: 0" in shown
    assert "WORK: Control works without marks п. 4.8 (образец), days=7, essay_days=10" in shown
    assert "Switched off: MARK3, ACC, GAP" in shown


@pytest.mark.parametrize(("lang", "word"), [("ru", "ЭТО ОБРАЗЕЦ"), ("en", "THIS IS A SAMPLE")])
def test_an_exported_rulebook_speaks_the_language_of_the_command(lang, word, mirror, tmp_path):
    run("--lang", lang, "report", "rulebook", "--export", "own.toml")
    assert word in (tmp_path / "own.toml").read_text(encoding="utf-8")
    assert valid(run("report", "rulebook", "--json").stdout, "report_rulebook")["file"] is None


@pytest.mark.usefixtures("mirror")
def test_the_demo_tells_where_mirror_report_and_summary_lie(tmp_path):
    shown = run("demo", "--out", "out", "--pupils", "60", "--today", TODAY, "--read-only")
    assert shown.exit_code == 0, shown.stderr
    for name in ("demo.db", "missing.xlsx", "missing.txt"):
        assert str(Path("out") / name) in shown.stdout
        assert (tmp_path / "out" / name).is_file()


@pytest.mark.usefixtures("mirror")
def test_the_demo_finds_what_was_planted_and_can_be_run_again():
    for _turn in range(2):
        document = valid(
            run(*f"demo --out out --pupils 60 --today {TODAY} --read-only --json".split()).stdout,
            "demo",
        )
        for counts in document["rules"].values():
            assert counts["found"] == counts["planted"] == counts["right"]


def test_the_demo_leaves_a_mirror_of_its_neighbour_alone(mirror, tmp_path):
    (tmp_path / demo.MIRROR.replace("demo", "dnevnik")).write_bytes(b"mine")
    run("demo", "--out", ".", "--pupils", "60", "--today", TODAY, "--read-only")
    assert (tmp_path / "dnevnik.db").read_bytes() == b"mine"


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize("name", ["demo.db", "missing.xlsx", "status.txt"])
def test_the_demo_refuses_a_folder_with_files_that_no_demo_made(tmp_path, name):
    (tmp_path / name).write_bytes(b"mine")
    shown = run("demo", "--out", ".", "--pupils", "60", "--today", TODAY, "--read-only")
    assert shown.exit_code == 2
    assert name in shown.stderr
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"mine")]


def test_the_demo_keeps_a_mirror_of_another_school(mirror, tmp_path):
    (tmp_path / "demo.db").write_bytes(mirror.read_bytes())
    with Mirror.open(tmp_path / "demo.db", write=True) as opened, opened.transaction():
        opened._connection.execute("UPDATE schools SET id = 5")
    before = (tmp_path / "demo.db").stat().st_mtime_ns
    assert (
        run("demo", "--out", ".", "--pupils", "60", "--today", TODAY, "--read-only").exit_code == 2
    )
    assert (tmp_path / "demo.db").stat().st_mtime_ns == before


@pytest.mark.usefixtures("mirror")
def test_a_class_nobody_knows_is_answered_with_classes_without_their_subgroups():
    sentence = missing("--class", "99Ъ").stderr
    assert "1А" in sentence
    assert "(" not in sentence


@pytest.mark.usefixtures("mirror")
def test_a_class_is_found_as_people_write_it():
    name = json.loads(missing("--json").stdout)["findings"][0]["edu_group"]["name"].split()[0]
    spelt = f"{name[:-1]}-{name[-1].lower()}"
    assert json.loads(missing("--class", spelt, "--json").stdout)["findings"]


def unchecked(mirror, folder):
    """A copy of the mirror in which no report was stored yet."""
    copy = folder / "copy.db"
    copy.write_bytes(mirror.read_bytes())
    with Mirror.open(copy, write=True) as opened, opened.transaction():
        opened._connection.execute("DELETE FROM check_findings")
        opened._connection.execute("DELETE FROM checks")
    return copy


def test_a_report_is_compared_with_the_check_before_it(mirror, tmp_path, monkeypatch):
    copy = unchecked(mirror, tmp_path)
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(copy))
    days = "2026-09-20", TODAY
    first, second = (missing("--json", "--as-of", day) for day in days)
    assert json.loads(first.stdout)["comparison"] is None
    told = json.loads(second.stdout)
    assert told["comparison"]["as_of"] == days[0]
    found = [item["state"] for item in told["findings"]]
    assert found.count("new") == told["comparison"]["counts"]["new"] > 0
    assert found.count("stands") == told["comparison"]["counts"]["stands"]
    assert [point["as_of"] for point in told["trend"]] == list(days)


def test_a_look_at_one_month_does_not_take_the_place_of_the_days_check(
    mirror, tmp_path, monkeypatch
):
    copy = unchecked(mirror, tmp_path)
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(copy))
    missing("--as-of", "2026-09-20")
    missing("--from", "2026-09-02", "--to", "2026-09-03", "--as-of", "2026-09-20")
    told = json.loads(missing("--json").stdout)
    begun = [item for item in told["findings"] if item["date"] < "2026-09-15"]
    assert {item["state"] for item in begun} == {"stands"}


def test_a_report_that_is_not_to_be_kept_leaves_no_check(mirror, tmp_path, monkeypatch):
    copy = unchecked(mirror, tmp_path)
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(copy))
    missing("--no-store")
    with Mirror.open(copy) as opened:
        assert opened.query("SELECT count(*) FROM checks") == [(0,)]


def test_a_mirror_that_may_only_be_read_still_makes_a_report(mirror, tmp_path, monkeypatch):
    copy = unchecked(mirror, tmp_path)
    with Mirror.open(copy, write=True):
        # Another run holds the lock: a nightly pull, say.
        monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(copy))
        result = missing()
    assert result.exit_code == 0
    assert "не сохран" in result.stderr or "not kept" in result.stderr


def test_a_folder_of_rulebooks_is_shown_with_its_days_of_force(tmp_path, monkeypatch, mirror):
    acts = tmp_path / "acts"
    acts.mkdir()
    acts.joinpath("old.toml").write_text(
        'name = "Старый акт"\nin_force_to = 2026-10-31\n[rules.TOPIC]\nclause = "п. 1"\n',
        encoding="utf-8",
    )
    acts.joinpath("new.toml").write_text(
        'name = "Новый акт"\nin_force_from = 2026-11-01\n[rules.HW]\nclause = "п. 2"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("DNEVNIK_REPORTS_RULEBOOK", str(acts))
    told = valid(run("report", "rulebook", "--json").stdout, "report_rulebook")
    assert [told["name"], told["others"][0]["name"]] == ["Новый акт", "Старый акт"]
    assert "31.10.2026" in run("report", "rulebook").stdout
    found = json.loads(missing("--json", "--no-store").stdout)
    assert {item["rule"] for item in found["findings"] if item["date"] < "2026-11-01"} <= {"TOPIC"}
    assert {item["rule"] for item in found["findings"] if item["date"] >= "2026-11-01"} <= {"HW"}
    assert found["findings"]


def test_a_misspelt_subject_of_the_rulebook_is_refused_by_line(tmp_path, monkeypatch, mirror):
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "Наш"\n[subjects]\nungraded = ["Физическая култура"]\n', encoding="utf-8"
    )
    monkeypatch.setenv("DNEVNIK_REPORTS_RULEBOOK", str(own))
    refused = missing("--json")
    assert refused.exit_code == 2
    assert "line 3" in refused.stderr
    assert "Физическая культура" in refused.stderr


def test_a_pattern_of_the_rulebook_that_fits_no_group_is_warned_of(tmp_path, monkeypatch, mirror):
    own = tmp_path / "own.toml"
    own.write_text('name = "Наш"\n[groups]\nwithout_homework = ["*ГПД"]\n', encoding="utf-8")
    monkeypatch.setenv("DNEVNIK_REPORTS_RULEBOOK", str(own))
    told = missing("--json")
    assert told.exit_code == 0
    assert 'line 3: "*ГПД" of groups.without_homework' in " ".join(told.stderr.split())


def aged(mirror, folder):
    """A copy of the mirror as the version before the last one left it, as far as a reader can tell."""
    copy = unchecked(mirror, folder)
    with Mirror.open(copy, write=True) as opened, opened.transaction():
        opened._connection.execute("DROP TABLE class_teachers")
        opened._connection.execute("DELETE FROM schema_migrations WHERE name LIKE '0006%'")
        opened._connection.execute("PRAGMA user_version = 5")
    return copy


def test_a_mirror_of_an_older_version_is_brought_up_to_date(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(aged(mirror, tmp_path)))
    assert missing("--no-store").exit_code == 0


def test_an_older_mirror_that_is_held_by_another_run_says_what_to_do(mirror, tmp_path, monkeypatch):
    copy = aged(mirror, tmp_path)
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(copy))
    lock = file.Lock(copy)
    refused = missing()
    lock.release()
    assert refused.exit_code == 7
    assert "older version" in refused.stderr
