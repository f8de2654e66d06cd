"""`dnevnik report … --format`: each report in each format, a school's own Word template, what cannot be written."""

import io
import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from click.testing import CliRunner
from docx import Document

import cli
from connector.commands.delivery import FORMATS
from connector.reports.catalogue import REPORTS
from tests.cli.schools import TODAY, at_home, pulled_school
from tests.unit.programs import pdf_text

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "docs" / "json"


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    path = tmp_path_factory.mktemp("pulled") / "school.db"
    with pulled_school(path, pupils=40):
        return path


@pytest.fixture(autouse=True)
def _school(pulled, tmp_path, monkeypatch):
    with at_home(tmp_path, pulled, monkeypatch):
        yield


def run(*args):
    return CliRunner().invoke(cli.dnevnik, list(args))


def report(name, *args):
    return run("report", name, "--as-of", TODAY, "--no-store", *args)


def own_template(path, *lines):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(path)


def lines(path):
    return [paragraph.text for paragraph in Document(path).paragraphs]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_written_in_every_format(name, tmp_path):
    shown = report(name, "--format", ",".join(FORMATS), "--out", "reports")
    assert shown.exit_code == 0, shown.stderr
    folder = tmp_path / "reports"
    title = json.loads((folder / f"{name}.json").read_text("utf-8"))["report"]
    assert title == name
    assert max(map(len, (folder / f"{name}.txt").read_text("utf-8").splitlines())) <= 80
    assert openpyxl.load_workbook(folder / f"{name}.xlsx").sheetnames
    assert lines(folder / f"{name}.docx")
    assert "{{" not in "".join(lines(folder / f"{name}.docx"))
    assert (folder / f"{name}.html").read_text("utf-8").endswith("</html>")
    assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", REPORTS)
def test_the_document_of_every_report_keeps_its_promise(name):
    document = json.loads(report(name, "--json").stdout)
    jsonschema.validate(document, json.loads((SCHEMAS / "report.json").read_text("utf-8")))


def test_those_below_the_norm_are_as_many_as_the_table_of_classes_counts():
    shown = json.loads(report("accumulation", "--json").stdout)
    tables = {table["key"]: table["rows"] for table in shown["tables"]}
    assert tables["classes"][-1]["below"] == len(tables["below"])


def test_the_sheets_of_teachers_are_a_page_each(tmp_path):
    report("teacher", "--format", "pdf", "--out", "teacher.pdf")
    listed = json.loads(report("teacher", "--json").stdout)["tables"][0]["rows"]
    texts = pdf_text(tmp_path / "teacher.pdf").split("\f")
    for row in listed:
        name = row["teacher"]["name"]
        (sheet,) = [text for text in texts if text.strip().startswith(name)]
        assert "Уроки и отметки" in sheet
    assert len(texts) < 2 * len(listed) + 6


def test_each_further_table_is_a_csv_of_its_own_in_a_folder(tmp_path):
    report("attendance", "--format", "csv,json", "--out", "reports")
    folder = tmp_path / "reports"
    document = json.loads((folder / "attendance.json").read_text("utf-8"))
    keys = [table["key"] for table in document["tables"]]
    beside = [path.name for path in folder.glob("attendance.*.csv")]
    assert {f"attendance.{key}.csv" for key in keys[1:]} <= {*beside}


def test_files_with_names_are_the_owners_alone(tmp_path):
    report("missing", "--format", ",".join(FORMATS), "--out", "reports")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "reports").iterdir()}
    assert modes == {0o600}


@pytest.mark.parametrize("form", ["xlsx", "docx", "html", "pdf"])
def test_a_document_needs_a_file(form):
    shown = report("missing", "--format", form)
    assert shown.exit_code == 2
    assert "--out" in shown.stderr


def test_a_schools_own_template_is_filled(tmp_path):
    own_template(tmp_path / "own.docx", "МБОУ «Школа № 1»", "{{ title }} на {{ as_of }}")
    shown = report("missing", "--format", "docx", "--template", "own.docx", "--out", "made.docx")
    assert shown.exit_code == 0, shown.stderr
    assert lines(tmp_path / "made.docx") == [
        "МБОУ «Школа № 1»",
        "Незаполненное в журнале на 24.11.2026",
    ]


def test_the_template_may_stand_in_the_settings(tmp_path):
    own_template(tmp_path / "own.docx", "Наша школа")
    (tmp_path / "dnevnik.toml").write_text('[reports]\ndocx_template = "own.docx"\n', "utf-8")
    report("missing", "--format", "docx", "--out", "made.docx")
    assert lines(tmp_path / "made.docx") == ["Наша школа"]


def test_a_broken_template_is_told_by_its_place_and_nothing_is_written(tmp_path):
    own_template(tmp_path / "own.docx", "Школа", "{{ titel }}")
    shown = report("missing", "--format", "docx,xlsx", "--template", "own.docx", "--out", "made")
    assert shown.exit_code == 2
    for told in ("own.docx", "Paragraph: 2", "{{ titel }}", "built-in"):
        assert told in " ".join(shown.stderr.split())
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("content", [None, b"no document"])
def test_a_template_that_cannot_be_read_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "own.docx").write_bytes(content)
    shown = report("missing", "--format", "docx", "--template", "own.docx", "--out", "made.docx")
    assert shown.exit_code == 2
    assert "own.docx" in shown.stderr
    assert "—" not in shown.stderr
    assert not (tmp_path / "made.docx").exists()


def test_the_shipped_template_is_a_start_for_the_schools_own(tmp_path):
    assert run("report", "template", "--export", "own.docx").exit_code == 0
    shown = report("missing", "--format", "docx", "--template", "own.docx", "--out", "made.docx")
    assert shown.exit_code == 0, shown.stderr
    assert lines(tmp_path / "made.docx")[0] == "Незаполненное в журнале"


def test_the_memo_has_a_template_of_its_own(tmp_path):
    assert run("report", "template", "--memo", "--export", "memo.docx").exit_code == 0
    shown = report("spravka", "--format", "docx", "--template", "memo.docx", "--out", "made.docx")
    assert shown.exit_code == 0, shown.stderr
    assert "{" not in "".join(lines(tmp_path / "made.docx"))


def test_an_export_never_overwrites_a_template(tmp_path):
    (tmp_path / "own.docx").write_bytes(b"mine")
    assert run("report", "template", "--export", "own.docx").exit_code == 2
    assert (tmp_path / "own.docx").read_bytes() == b"mine"


def test_an_export_can_be_read_by_a_script():
    shown = run("report", "template", "--export", "own.docx", "--json")
    document = json.loads(shown.stdout)
    jsonschema.validate(document, json.loads((SCHEMAS / "report_template.json").read_text("utf-8")))


@pytest.mark.parametrize(("columns", "least", "most"), [("60", 75, 80), ("150", 81, 150)])
def test_a_table_takes_the_width_of_the_terminal_and_no_less_than_80(
    columns, least, most, pulled, tmp_path
):
    reader, writer = pty.openpty()
    command = [sys.executable, str(ROOT / "cli.py"), "report", "attendance", "--as-of", TODAY]
    child = subprocess.Popen(
        [*command, "--no-store"],
        stdout=writer,
        stdin=subprocess.DEVNULL,
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": columns, "PYTHONPATH": str(ROOT)},
    )
    os.close(writer)
    shown = io.BytesIO()
    while chunk := _read(reader):
        shown.write(chunk)
    os.close(reader)
    assert child.wait() == 0
    longest = max(map(len, shown.getvalue().decode().splitlines()))
    assert least <= longest <= most


def _read(reader):
    try:
        return os.read(reader, 65_536)
    except OSError:  # the other end of a terminal was closed
        return b""
