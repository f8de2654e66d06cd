"""docs/deputy.ru.md can be followed from an empty folder to a memo: each command is typed, each setting is saved."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from tests.cli.terminals import ORDINARY_USER, Terminal
from tests.cli.test_cli_report_menu import at_terminal

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "deputy.ru.md").read_text(encoding="utf-8")
MENU = "dnevnik report"

pytestmark = pytest.mark.long


def steps():
    """Commands and settings of the page in its order."""
    for kind, body in re.findall(r"^```(sh|toml)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL):
        yield from [(kind, line) for line in body.splitlines()] if kind == "sh" else [(kind, body)]


def corrected(rulebook, changes):
    """A rulebook with the lines that the page shows, each in its own part, as a person would correct them."""
    wanted, part = {}, ""
    for line in changes.splitlines():
        part = line if line.startswith("[") else part
        if re.match(r"\w+ = ", line):
            wanted[part, line.split(" = ")[0]] = line
    lines, part = [], ""
    for line in rulebook.splitlines():
        part = line if line.startswith("[") else part
        lines.append(wanted.pop((part, line.split(" = ")[0]), line))
    assert not wanted, "the page shows lines that the exported rulebook has not"
    return "\n".join(lines) + "\n"


class Desk:
    """The folder of a deputy, and how each command ended."""

    def __init__(self, folder):
        self.folder = folder
        self.ended = {}
        self.terminal = Terminal(
            folder, DNEVNIK_LANG="ru", XDG_STATE_HOME=str(folder / "state"), COLUMNS="80"
        )
        # The page names the mirror in its file of settings.
        del self.terminal.environ["DNEVNIK_MIRROR_PATH"]

    def follow(self, kind, text):
        if kind == "sh" and text == MENU:
            code, shown = at_terminal(self.terminal.environ, self.folder, "1", "1")
            self.ended[text] = (code, shown, "")
        elif kind == "sh" and text.startswith("cd "):
            self.folder = self.terminal.folder = self.folder / text.removeprefix("cd ")
            self.terminal.environ["XDG_CONFIG_HOME"] = str(self.folder)
        elif kind == "sh":
            program, *words = shlex.split(text)
            assert program == "dnevnik"
            ended = self.terminal.run(*words)
            self.ended[text] = (ended.code, ended.out, ended.err)
        elif text.startswith("# rulebook.toml"):
            rulebook = self.folder / "rulebook.toml"
            rulebook.write_text(corrected(rulebook.read_text("utf-8"), text), encoding="utf-8")
        else:
            with (self.folder / "dnevnik.toml").open("a", encoding="utf-8") as settings:
                settings.write(text)

    def shown(self, command):
        return " ".join(self.ended[command][1].split())

    def words(self, name):
        """All words of a Word document, those of tables too."""
        body = Document(str(self.folder / name)).element.body
        words = "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))
        return words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    found = Desk(tmp_path_factory.mktemp("desk"))
    for kind, text in steps():
        found.follow(kind, text)
    return found


def test_every_command_of_the_page_succeeds(desk):
    assert len(desk.ended) > 14
    assert {line: end for line, end in desk.ended.items() if end[0] != 0} == {}


def test_the_menu_leads_to_a_report(desk):
    assert "Незаполненное в журнале" in desk.shown(MENU)
    assert "Уроков проведено" in desk.shown(MENU)


def test_the_workbook_has_the_sheets_that_the_page_describes(desk):
    book = load_workbook(desk.folder / "missing.xlsx", read_only=True)
    first, findings, about, *teachers = book.sheetnames
    assert (first, findings, about) == ("Сводка", "Замечания", "О данных")
    assert teachers
    headings = next(book["Замечания"].iter_rows(max_row=1, values_only=True))
    assert {"Дата", "Класс", "Предмет", "Учитель", "Чего нет", "Срок", "Дней просрочки"} <= {
        *headings
    }
    book.close()


def test_the_corrected_rulebook_is_in_force(desk):
    shown = desk.shown("dnevnik report rulebook")
    assert "Правила школы № 7" in shown
    assert "п. 2.5" in shown


def test_the_memo_says_what_the_settings_say(desk):
    memo = desk.words("spravka.docx")
    said = re.findall(r'^(?:number|place|basis|inspector|director) = "(.+)"', GUIDE, re.MULTILINE)
    assert len(said) == 5
    assert [one for one in said if one not in memo] == []


def test_the_memo_judges_by_the_schools_own_act(desk):
    memo = desk.words("spravka.docx")
    assert "приказ № 41" in memo
    assert "Ознакомлены" in memo or "ознакомлены" in memo


def test_a_template_of_the_schools_own_is_filled(desk):
    assert "{{" in desk.words("blank.docx")
    filled = desk.words("spravka-blank.docx")
    assert "{{" not in filled
    assert "приказ № 41" in filled


def test_the_directors_page_is_there(desk):
    assert (desk.folder / "itogi.pdf").read_bytes().startswith(b"%PDF")


def test_files_with_names_are_for_their_owner_only(desk):
    made = [desk.folder / name for name in ("missing.xlsx", "spravka.docx", "itogi.pdf")]
    assert {oct(path.stat().st_mode & 0o777) for path in made} == {"0o600"}


@pytest.fixture
def others_mirror(desk, tmp_path):
    """A mirror in a folder of the administrator's, for reading only."""
    folder = tmp_path / "admin"
    folder.mkdir()
    shutil.copy(desk.folder / "demo.db", folder / "school.db")
    (folder / "school.db").chmod(0o440)
    folder.chmod(0o550)
    yield folder / "school.db"
    folder.chmod(0o750)


def test_a_mirror_that_may_only_be_read_gives_reports_and_says_that_checks_are_not_kept(
    others_mirror, tmp_path
):
    terminal = Terminal(tmp_path, DNEVNIK_LANG="ru", DNEVNIK_MIRROR_PATH=str(others_mirror))
    ended = terminal.run("report", "missing", under=ORDINARY_USER)
    assert (ended.code, "Незаполненное в журнале" in ended.out) == (0, True)
    assert "не сохранена для сравнения: Этому пользователю нельзя писать" in ended.err
