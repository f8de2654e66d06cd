"""`dnevnik map`: what is asked, who said what, and what is never guessed."""

import getpass
import io
import json
import sqlite3
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import xlsxwriter
from click.testing import CliRunner

import cli
from connector.flows.decisions import code_of
from connector.i18n import set_language
from connector.mirror.store import Mirror
from connector.planned import Candidate, Link, Question
from connector.records import TABLES
from mappings.question_sheets import HEADINGS, read_answers, write_questions
from mappings.sheets import read_workbook

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
# Longer than a double can hold: two of them round to one number.
ANNA, TWIN, STRANGER = 1000000000000000051, 1000000000000000052, 1000000000000000070
TEACHER, SUBJECT, CLASS = 1000000000000000900, 201, 1000000000000000005
YEAR = 2026


def question(key, *ids, resource="persons", unique=False, label="", reason="name_and_class"):
    candidates = tuple(
        Candidate(i, f"Кандидат {n}", 90 - n, "name+class") for n, i in enumerate(ids)
    )
    return Question(resource, key, label or f"Выдуманный {key}", reason, candidates, unique, YEAR)


ONE = question("born:a", ANNA, unique=True)
TWO = question("born:b", ANNA, TWIN, reason="two_fit")
NONE = question("Алгебраа", resource="subjects", reason="unknown_name")
CODES = {q.local_key: code_of(q) for q in (ONE, TWO, NONE)}
A, B, SUBJ = CODES["born:a"], CODES["born:b"], CODES["Алгебраа"]


class Desk:
    """A folder with a mirror in which three questions are open."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "school.db"
        with Mirror.open(self.path, write=True) as mirror:
            run = mirror.start_run("pull", {}, NOW)
            with mirror.transaction():
                mirror.insert_new(run, rows())
                mirror.ask(["persons", "subjects"], [ONE, TWO, NONE], NOW)

    def run(self, *words, code=0):
        shown = CliRunner().invoke(cli.dnevnik, ["map", *map(str, words)])
        assert shown.exit_code == code, f"{shown.exit_code}: {shown.stdout}{shown.stderr}"
        assert "Traceback" not in shown.stderr
        return shown

    def json(self, *words):
        return json.loads(self.run(*words, "--json").stdout)

    def open(self):
        with Mirror.open(self.path) as mirror:
            return [q.local_key for q in mirror.questions()]

    def links(self):
        with Mirror.open(self.path) as mirror:
            return {key: link.vendor_id for (_resource, key), link in mirror.links().items()}

    def refused(self):
        with Mirror.open(self.path) as mirror:
            return {(key, vendor_id) for _resource, key, vendor_id in mirror.refused_links()}

    def export(self, name="questions.xlsx"):
        self.run("export", name)
        return self.folder / name

    def exported(self):
        """Lines of the workbook, the heading first."""
        return [list(row) for row in read_workbook(self.export().read_bytes())[0].rows]

    def answered(self, answers, more=()):
        """The workbook as it comes back: filled in and saved by another program."""
        lines = self.exported()
        for line in lines[1:]:
            line[5] = answers.get(line[0], line[5])
        self.save(*lines, *more)

    def save(self, *lines):
        (self.folder / "questions.xlsx").write_bytes(workbook(*lines))


def rows():
    def padded(table, *values):
        width = len(TABLES[table].columns) + 1
        return (*values, *[None] * (width - len(values)))

    people = {ANNA: "Анна", TWIN: "Анна", STRANGER: "Чужая", TEACHER: "Учитель"}
    return {
        "subjects": [padded("subjects", SUBJECT, "Алгебра")],
        "edu_groups": [padded("edu_groups", CLASS, None, "5А")],
        "persons": [padded("persons", n, None, "Выдуманная", name) for n, name in people.items()],
        "memberships": [
            padded("memberships", n, CLASS, "EduStudent") for n in (ANNA, TWIN, STRANGER)
        ],
        "staff": [padded("staff", TEACHER)],
    }


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "XDG_CONFIG_HOME": str(tmp_path),
        "DNEVNIK_LANG": "en",
        "DNEVNIK_MIRROR_PATH": str(tmp_path / "school.db"),
    }.items():
        monkeypatch.setenv(name, value)
    yield Desk(tmp_path)
    set_language("en")


# --- list and show


def test_the_list_names_each_question_by_a_code_and_shows_its_choices(desk):
    shown = desk.run("list").stdout
    assert "Open questions: 3, of them with exactly one choice: 1" in shown
    for code in CODES.values():
        assert code in shown
    assert str(TWIN) in shown


def test_the_list_as_json_is_as_described_and_ids_are_text(desk):
    document = desk.json("list")
    schema = json.loads((ROOT / "docs" / "json" / "map.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    assert {q["code"] for q in document["questions"]} == set(CODES.values())
    two = next(q for q in document["questions"] if q["code"] == B)
    assert [c["vendor_id"] for c in two["candidates"]] == [str(ANNA), str(TWIN)]
    assert document["links"] == 0


def test_the_list_can_be_of_one_kind(desk):
    assert [q["code"] for q in desk.json("list", "--resource", "subjects")["questions"]] == [SUBJ]


def test_what_is_decided_is_listed_with_who_decided(desk):
    desk.run("accept", A)
    assert "pupil" in desk.run("list", "--decided").stdout
    (link,) = desk.json("list", "--decided")["links"]
    assert (link["local_key"], link["vendor_id"]) == ("born:a", str(ANNA))
    assert link["decided_by"] == getpass.getuser()


def test_without_questions_the_list_says_so(desk):
    desk.run("reject", *CODES.values())
    assert "No open questions." in desk.run("list").stdout


def test_a_long_list_is_cut_and_says_where_the_rest_is(desk):
    with Mirror.open(desk.path, write=True) as mirror:
        mirror.ask(["persons"], [question(f"born:{n}", ANNA) for n in range(60)], NOW)
    assert "and others: 21" in desk.run("list").stdout
    assert len(desk.json("list")["questions"]) == 61


def test_one_question_is_shown_with_its_evidence(desk):
    shown = desk.run("show", B).stdout
    assert "more than one fits" in shown
    assert "90 %, name+class" in shown
    assert desk.json("show", B)["questions"][0]["reason"] == "two_fit"


def test_a_code_does_not_tell_the_childs_name(desk):
    assert all(set(code) <= set("0123456789abcdef") and len(code) == 8 for code in CODES.values())


# --- accept


def test_the_only_choice_can_be_accepted(desk):
    assert "Decided: 1" in desk.run("accept", A).stdout
    assert desk.links() == {"born:a": ANNA}
    assert desk.open() == ["born:b", "Алгебраа"]


def test_who_decided_when_and_why_is_recorded(desk):
    desk.run("accept", A)
    with sqlite3.connect(desk.path) as connection:
        ((by, at, evidence, score, year),) = connection.execute(
            "SELECT decided_by, decided_at, evidence, score, study_year FROM links"
        )
    connection.close()
    assert (by, evidence, score, year) == (getpass.getuser(), "name_and_class", 90, YEAR)
    assert datetime.fromisoformat(at).tzinfo is not None


def test_all_that_are_unique_can_be_accepted_at_once(desk):
    assert desk.json("accept", "--unique")["decided"] == 1
    assert desk.links() == {"born:a": ANNA}
    assert desk.json("accept", "--unique")["decided"] == 0


def test_unique_ones_of_one_kind_only(desk):
    assert desk.json("accept", "--unique", "--resource", "subjects")["decided"] == 0
    assert desk.links() == {}


@pytest.mark.parametrize("key", [B, SUBJ])
def test_what_has_not_exactly_one_choice_is_not_accepted(desk, key):
    assert "map set" in desk.run("accept", A, key, code=2).stderr
    assert desk.links() == {}


@pytest.mark.parametrize("words", [(), (A, "--unique")])
def test_codes_or_unique_must_be_said_and_not_both(desk, words):
    desk.run("accept", *words, code=2)


@pytest.mark.parametrize(
    "words",
    [
        ("accept", A, "00000000"),
        ("reject", A, "00000000"),
        ("set", "00000000", "new"),
        ("show", "00000000"),
    ],
)
def test_an_unknown_code_is_a_usage_error_and_nothing_is_written(desk, words):
    assert "00000000" in desk.run(*words, code=2).stderr
    assert (desk.links(), desk.refused(), len(desk.open())) == ({}, set(), 3)


def test_a_question_that_was_answered_has_no_code_any_more(desk):
    desk.run("accept", A)
    desk.run("accept", A, code=2)
    assert desk.links() == {"born:a": ANNA}


# --- reject and set


def test_a_rejected_question_goes_and_its_choices_are_refused(desk):
    desk.run("reject", B)
    assert desk.refused() == {("born:b", ANNA), ("born:b", TWIN)}
    assert desk.links() == {}
    assert desk.open() == ["born:a", "Алгебраа"]


def test_one_of_several_choices_can_be_set(desk):
    desk.run("set", B, TWIN)
    assert desk.links() == {"born:b": TWIN}


def test_somebody_who_is_no_choice_but_a_pupil_can_be_set(desk):
    desk.run("set", A, STRANGER)
    assert desk.links() == {"born:a": STRANGER}


def test_a_new_one_is_decided_and_those_offered_are_not_offered_again(desk):
    desk.run("set", B, "new")
    assert desk.links() == {"born:b": None}
    assert desk.refused() == {("born:b", ANNA), ("born:b", TWIN)}


@pytest.mark.parametrize("vendor_id", [999, TEACHER, SUBJECT, CLASS, 2**63, 10**18 * 9 + 5])
def test_an_id_that_is_no_pupil_of_the_diary_is_refused(desk, vendor_id):
    """A slip of the hand must not link a child to nobody, nor to a teacher."""
    assert A in desk.run("set", A, vendor_id, code=2).stderr
    assert (desk.links(), len(desk.open())) == ({}, 3)


@pytest.mark.parametrize(
    ("resource", "vendor_id", "fits"),
    [
        ("teachers", TEACHER, True),
        ("teachers", ANNA, False),
        ("pairings", TEACHER, True),
        ("subjects", SUBJECT, True),
        ("subjects", CLASS, False),
        ("edu_groups", CLASS, True),
        ("edu_groups", SUBJECT, False),
    ],
)
def test_an_id_must_be_of_the_kind_that_is_asked_about(desk, resource, vendor_id, fits):
    asked = question("имя", resource=resource, reason="unknown_name")
    with Mirror.open(desk.path, write=True) as mirror:
        mirror.ask([resource], [asked], NOW)
    desk.run("set", code_of(asked), vendor_id, code=0 if fits else 2)
    assert ("имя" in desk.links()) is fits


@pytest.mark.parametrize("text", ["x", "-5", "1e5", "", "１２", "9" * 30, "9" * 5000, "New"])
def test_what_is_no_id_is_a_usage_error(desk, text):
    desk.run("set", A, "--", text, code=2) if text.startswith("-") else desk.run(
        "set", A, text, code=2
    )
    assert desk.links() == {}


def test_who_rejected_and_then_sets_the_very_same_lifts_the_refusal(desk):
    desk.run("reject", B)
    with Mirror.open(desk.path, write=True) as mirror:
        mirror.ask(["persons"], [TWO], NOW)
    desk.run("set", B, TWIN)
    assert (desk.links(), desk.refused()) == ({"born:b": TWIN}, {("born:b", ANNA)})


# --- a workbook goes round


def test_the_workbook_is_for_its_owner_only_and_holds_text(desk):
    _heading, *lines = desk.exported()
    assert stat.S_IMODE((desk.folder / "questions.xlsx").stat().st_mode) == 0o600
    assert {line[0] for line in lines} == set(CODES.values())
    assert all(isinstance(cell, str) for line in lines for cell in line if cell is not None)
    assert {line[0]: line[5] for line in lines} == {A: str(ANNA), B: None, SUBJ: None}


def test_a_name_that_looks_like_a_formula_stays_text(desk):
    with Mirror.open(desk.path, write=True) as mirror:
        mirror.ask(["persons"], [question("born:a", ANNA, label="=HYPERLINK(1)")], NOW)
    assert desk.exported()[1][2] == "=HYPERLINK(1)"
    with zipfile.ZipFile(desk.folder / "questions.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_workbook_of_one_kind_only(desk):
    desk.run("export", "subjects.xlsx", "--resource", "subjects")
    (sheet, _help) = read_workbook((desk.folder / "subjects.xlsx").read_bytes())
    assert [row[0] for row in sheet.rows[1:]] == [SUBJ]


def test_answers_come_back_from_the_workbook(desk):
    desk.answered({A: str(ANNA), B: f"{TWIN} — Кандидат 1 (89 %)", SUBJ: "new"})
    assert "Decided: 3" in desk.run("import", "questions.xlsx").stdout
    assert desk.links() == {"born:a": ANNA, "born:b": TWIN, "Алгебраа": None}
    assert desk.open() == []


def test_the_choice_that_is_filled_in_beforehand_counts_and_empty_lines_do_not(desk):
    desk.export()
    assert desk.json("import", "questions.xlsx")["decided"] == 1
    assert desk.links() == {"born:a": ANNA}


@pytest.mark.parametrize("word", ["none", "нет", "НИКТО", " - "])
def test_none_of_them_refuses_all_of_them(desk, word):
    desk.answered({A: None, B: word})
    desk.run("import", "questions.xlsx")
    assert desk.refused() == {("born:b", ANNA), ("born:b", TWIN)}


@pytest.mark.parametrize("word", ["new", "Новая", "новый"])
def test_a_new_one_in_either_language(desk, word):
    desk.answered({A: None, B: word})
    desk.run("import", "questions.xlsx")
    assert desk.links() == {"born:b": None}


@pytest.mark.parametrize(
    "cell",
    [
        TWIN,  # typed into a cell of numbers: Excel keeps 15 digits
        float(TWIN),
        "1.0E+18",
        "1,0E+18",
        "1E+18",
        f"{TWIN}.0",
        "10000 00000",
        f"{TWIN}{TWIN}",
        "Иванова",
        "?",
        True,
        datetime(2026, 1, 1),
        12.5,
    ],
)
def test_an_answer_that_may_be_another_one_is_asked_for_again_and_never_guessed(desk, cell):
    desk.answered({A: str(ANNA), B: cell})
    shown = desk.run("import", "questions.xlsx", code=4)
    assert f"Row {row_of(desk, B)}:" in shown.stderr
    assert (desk.links(), desk.refused(), len(desk.open())) == ({}, set(), 3)


def test_a_number_that_a_sheet_holds_exactly_is_taken(desk):
    asked = question("имя", resource="subjects")
    with Mirror.open(desk.path, write=True) as mirror:
        mirror.ask(["persons", "subjects"], [asked], NOW)
    desk.answered({code_of(asked): SUBJECT})
    desk.run("import", "questions.xlsx")
    assert desk.links() == {"имя": SUBJECT}


def test_an_id_that_the_diary_does_not_show_is_told_by_its_row(desk):
    desk.answered({A: "999"})
    assert "Row" in desk.run("import", "questions.xlsx", code=4).stderr
    assert desk.links() == {}


def test_a_question_answered_twice_and_not_alike_is_asked_for_again(desk):
    desk.answered({}, [[B, "", "", "", "", str(vendor_id)] for vendor_id in (ANNA, TWIN)])
    assert "twice" in desk.run("import", "questions.xlsx", code=4).stderr
    assert desk.links() == {}


def test_a_question_answered_twice_alike_is_answered(desk):
    desk.answered({}, [[B, "", "", "", "", str(TWIN)]] * 2)
    assert desk.json("import", "questions.xlsx")["decided"] == 2
    assert desk.links() == {"born:a": ANNA, "born:b": TWIN}


def test_a_workbook_that_comes_back_late_counts_for_what_is_still_open(desk):
    desk.answered({A: str(ANNA), B: str(TWIN)})
    desk.run("set", B, ANNA)
    shown = desk.run("import", "questions.xlsx")
    assert "no longer open" in shown.stderr
    assert desk.links() == {"born:a": ANNA, "born:b": ANNA}
    assert desk.json("import", "questions.xlsx")["decided"] == 0


def test_a_workbook_written_in_russian_is_read_in_any_language(desk):
    desk.run("export", "вопросы.xlsx", "--lang", "ru")
    desk.run("import", "вопросы.xlsx", "--lang", "en")
    assert desk.links() == {"born:a": ANNA}


def test_sheets_in_another_order_do_no_harm():
    other = ["Как отвечать"]
    data = workbook(other, sheets=[[HEADINGS, [A, "", "", "", "", str(ANNA)]]])
    assert [(a.row, a.code, a.vendor_id) for a in read_answers(data)] == [(2, A, ANNA)]


def test_a_code_that_became_a_number_gets_its_zeros_back():
    (answer,) = read_answers(workbook(HEADINGS, [1234567, "", "", "", "", "7"]))
    assert (answer.code, answer.vendor_id) == ("01234567", 7)


def row_of(desk, code):
    rows = read_workbook((desk.folder / "questions.xlsx").read_bytes())[0].rows
    return next(number for number, row in enumerate(rows, 1) if row[0] == code)


def workbook(*lines, sheets=()):
    """A workbook as another program saves it; lines of the first sheet, then of others."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for rows_ in (lines, *sheets):
            sheet = book.add_worksheet()
            for number, line in enumerate(rows_):
                for column, cell in enumerate(line):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(number, column, cell, day)
                    else:
                        sheet.write(number, column, cell)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a workbook",
        "Фамилия;Имя;Класс\nВыдуманная;Анна;5А\n".encode(),
        workbook(),
        workbook(["Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "Класс"], ["А"] * 6),
        workbook(["Code"]),
        b"PK\x03\x04 cut",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 EncryptedPackage".ljust(600, b"\x00"),
    ],
)
def test_a_file_that_is_not_that_workbook_is_a_usage_error(desk, content):
    (desk.folder / "other.xlsx").write_bytes(content)
    desk.run("import", "other.xlsx", code=2)
    assert len(desk.open()) == 3


def test_a_file_that_is_not_there_is_a_usage_error(desk):
    desk.run("import", "none.xlsx", code=2)


def test_without_a_mirror_there_is_nothing_to_decide(desk):
    desk.path.unlink()
    assert "dnevnik pull" in desk.run("list", code=7).stderr


def test_while_another_run_writes_nothing_is_decided(desk):
    with Mirror.open(desk.path, write=True):
        desk.run("accept", A, code=9)
    assert desk.links() == {}


def test_a_link_that_was_decided_by_hand_survives_what_is_found_automatically(desk):
    desk.run("set", B, TWIN)
    with Mirror.open(desk.path, write=True) as mirror, mirror.transaction():
        found = mirror.links()["persons", "born:b"]
        mirror.link([Link("persons", "born:b", TWIN, found.evidence, study_year=YEAR)], NOW)
        assert mirror.links()["persons", "born:b"].decided_by == getpass.getuser()


def test_an_empty_list_makes_an_empty_workbook():
    assert len(read_workbook(write_questions([], {}, {}))[0].rows) == 1
