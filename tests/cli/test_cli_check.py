"""`dnevnik check` as people and scripts run it."""

import json
from pathlib import Path

import jsonschema
import pytest
import xlsxwriter
from click.testing import CliRunner

import cli
from connector.commands import check
from connector.i18n import set_language
from connector.source import Fix, Kind, Place, Problem, Source

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "samples" / "classlists"
HEAD = "Фамилия;Имя;Отчество;Класс;Дата рождения\n"


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DNEVNIK_LANG", "en")
    yield
    set_language("en")


def run(*args):
    return CliRunner().invoke(cli.dnevnik, ["check", *args])


def csv(*rows, name="list.csv"):
    Path(name).write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return name


def document(*args):
    shown = run("--json", *args)
    found = json.loads(shown.stdout)
    schema = json.loads((ROOT / "docs" / "json" / "check.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, schema)
    return found


def test_a_clean_list_ends_with_0_and_says_what_was_understood():
    shown = run(csv("Ким;Анна;Олеговна;5А;01.09.2014"))
    assert shown.exit_code == 0
    assert "Rows: 1, accepted: 1, refused: 0" in shown.stdout
    assert "classes: 1, pupils: 1" in shown.stdout
    assert shown.stderr == ""


def test_a_refused_row_ends_with_4_and_a_sentence_on_stderr():
    shown = run(csv("Ким;Анна;Олеговна;5Z;01.09.2014"))
    assert shown.exit_code == 4
    assert shown.stderr == "Problems found in the files: 1. Correct them and run the check again.\n"
    assert "row 2, Класс, 5Z" in shown.stdout


def test_a_doubtful_row_ends_with_0():
    shown = run(csv("Ким;Анна;Олеговна;5А;2014"))
    assert (shown.exit_code, "[year_only]" in shown.stdout) == (0, True)


def test_every_problem_has_its_place_and_its_remedy():
    found = document(csv("Ким;А.;;5А;31.02.2014"))["files"][0]
    assert [
        (p["sheet"], p["row"], p["column"], p["rule"], p["value"], p["refuses"])
        for p in found["problems"]
    ] == [
        ("", 2, "Имя", "initials", "А.", True),
        ("", 2, "Дата рождения", "bad_date", "31.02.2014", True),
    ]
    assert all(p["text"] and p["fix"] for p in found["problems"])


def test_every_fix_has_its_place():
    (fix,) = document(csv("КИМ;Анна;Олеговна;5А;01.09.2014"))["files"][0]["fixes"]
    assert fix == {
        "sheet": "",
        "row": 2,
        "column": "Фамилия",
        "rule": "capitals",
        "before": "КИМ",
        "after": "Ким",
    }


def test_several_files_are_checked_in_one_go():
    one = csv("Ким;Анна;Олеговна;5А;01.09.2014")
    other = csv("Лис;Яна;Ильинична;5Z;", name="other.csv")
    found = document(one, other)
    assert [file["accepted"] for file in found["files"]] == [1, 0]
    assert found["refused"] == 1


def test_the_records_are_shown_only_when_asked_for():
    name = csv("Ким;Анна;Олеговна;5А;01.09.2014")
    assert "records" not in document(name)["files"][0]
    records = document(name, "--dump")["files"][0]["records"]
    assert records["edu_groups"] == [{"name": "5А", "parallel": 5, "letter": "А", "parent": ""}]
    assert records["pupils"] == [
        {
            "local_key": "born:ким анна олеговна:2014-09-01",
            "last_name": "Ким",
            "first_name": "Анна",
            "middle_name": "Олеговна",
            "sex": None,
            "sex_hint": "Female",
            "birthday": "2014-09-01",
            "snils": "",
            "edu_group": "5А",
            "left": False,
            "subgroups": [],
            "enrolled": None,
            "left_on": None,
            "sheet": "",
            "row": 2,
        }
    ]


def test_the_dump_is_read_by_people_too():
    shown = run("--dump", csv("Ким;Анна;Олеговна;5А;01.09.2014", "Лис;Яна;;5А;"))
    assert "  5А           01.09.2014 Ким Анна Олеговна\n" in shown.stdout
    assert "  5А                      Лис Яна\n" in shown.stdout


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"", "empty_file"), (b"%PDF-1.7", "not_a_table"), (b"PK\x03\x04 and no more", "damaged")],
)
def test_a_file_that_cannot_be_read_ends_with_4_and_its_reason(content, rule):
    Path("file.xlsx").write_bytes(content)
    found = run("--json", "file.xlsx")
    assert found.exit_code == 4
    assert [p["rule"] for p in json.loads(found.stdout)["files"][0]["problems"]] == [rule]


def test_a_protected_workbook_ends_with_4_and_its_remedy():
    shown = run(str(SAMPLES / "password.sample"))
    assert shown.exit_code == 4
    assert "remove the password" in shown.stdout


def test_a_file_that_is_not_there_is_a_wrong_command_line():
    assert run("none.xlsx").exit_code == 2


def test_no_file_at_all_is_a_wrong_command_line():
    assert run().exit_code == 2


def test_a_full_snils_is_shown_only_among_the_records():
    text = "Фамилия;Имя;Класс;СНИЛС\nКим;Анна;5А;112-233-445 95\nЛис;Яна;5А;112-233-445 95\n"
    Path("list.csv").write_text(text + "Ли;Ян;5А;112-233-445 96\n", encoding="utf-8")
    shown = run("list.csv", "--json")
    assert shown.exit_code == 4
    assert "445" not in shown.output


def timetable():
    """A drawn timetable of two classes."""
    book = xlsxwriter.Workbook("week.xlsx")
    sheet = book.add_worksheet("5 класс")
    sheet.write_row(0, 1, ['5 "А" класс', None, None, '5 "Б" класс'])
    for row, day in ((1, "Понедельник"), (6, "Вторник")):
        sheet.write(row, 0, day)
        for number in range(1, 5):
            for column in (1, 4):
                cells = [number, "Математика" if number % 2 else "Русский язык", 10 + number]
                sheet.write_row(row + number - 1, column, cells)
    book.close()
    return "week.xlsx"


def test_a_drawn_timetable_shows_how_it_was_understood():
    shown = run(timetable()).stdout
    assert "Математика" in shown
    assert "and 1 more classes (all: --dump)" in shown
    assert "5Б" not in shown
    assert "5Б" in run(timetable(), "--dump").stdout


def test_the_week_of_a_timetable_is_in_the_document():
    records = document(timetable(), "--dump")["files"][0]["records"]
    assert len(records["slots"]) == 16
    assert records["subjects"] == [{"name": "Математика"}, {"name": "Русский язык"}]


def test_what_would_steer_the_terminal_is_not_printed():
    """A mark that turns the writing direction, and the sign that begins a terminal's command."""
    shown = run(csv("\u202eКим\x9b31m;Анна;Олеговна;5А;01.09.2014"))
    assert "Ким 31m" in shown.stdout
    assert not {"\u202e", "\x9b"} & set(shown.stdout)


def problem(row, *, refuses=True, rule="bad_class", text="This is no class name."):
    place = Place("list.xlsx", "5А", row, "Класс")
    return Problem(place, rule, "5Z", text, "Write it like 5А.", refuses)


def source(**parts):
    return Source("list.xlsx", Kind.CLASS_LIST, "0" * 64, **parts)


def test_refused_rows_are_shown_before_doubtful_ones():
    problems = [problem(2, refuses=False, rule="odd_age"), problem(3)]
    text = "\n".join(check.lines([source(problems=problems)]))
    assert text.index("bad_class") < text.index("odd_age")


def test_twenty_problems_of_a_rule_are_shown_and_the_rest_counted():
    text = "\n".join(check.lines([source(problems=[problem(row) for row in range(1, 26)])]))
    assert text.count("5Z") == 20
    assert "and 5 more" in text
    assert text.count("This is no class name.") == 1
    assert text.count("Write it like 5А.") == 1


def test_sentences_that_differ_are_all_shown():
    problems = [problem(1, text="Twice: row 2."), problem(2, text="Twice: row 1.")]
    text = "\n".join(check.lines([source(problems=problems)]))
    assert "row 1, Класс, 5Z, Twice: row 2." in text
    assert "row 2, Класс, 5Z, Twice: row 1." in text


def test_fixes_are_counted_by_rule_with_one_example():
    fixes = [
        Fix(Place("list.xlsx", "5А", row, "Имя"), "capitals", "АННА", "Анна") for row in (2, 3)
    ]
    text = "\n".join(check.lines([source(fixes=fixes)]))
    assert "capitals: 2; 5А, row 2, Имя: «АННА» → «Анна»" in text


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_table_fits_eighty_columns(lang):
    set_language(lang)
    long = "слово " * 40
    problems = [problem(row, text=long, rule=f"rule_{row % 3}") for row in range(40)]
    fixes = [Fix(Place("list.xlsx", "5А", 2, "Имя"), "capitals", long, long)]
    text = "\n".join(check.lines([source(problems=problems, fixes=fixes)]))
    assert max(map(len, text.splitlines())) <= 80


def test_a_workbook_of_a_whole_school_is_checked_in_seconds():
    """Counted in rows, not in seconds: the speed itself is the bench's affair."""
    book = xlsxwriter.Workbook("school.xlsx")
    for number in range(44):
        sheet = book.add_worksheet(f"{number % 11 + 1} {'АБВГ'[number // 11]}")
        sheet.write_row(0, 0, ["№", "Фамилия", "Имя", "Отчество"])
        for row in range(1, 26):
            last = "Ким" + "абвгдежзик"[row % 10] + "лмнопрстуф"[row // 10]
            sheet.write_row(row, 0, [row, last, "Анна", "Олеговна"])
    book.close()
    found = document("school.xlsx")["files"][0]
    assert (found["rows"], found["accepted"]) == (1100, 1100)
    assert len(document("school.xlsx", "--dump")["files"][0]["records"]["edu_groups"]) == 44
