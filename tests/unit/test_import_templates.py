"""Import templates are data: read with errors that say what is allowed, made from a workbook's own headings."""

import tomllib

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import FileUnreadable, SettingsError
from mappings.template_making import template_from_workbook
from mappings.templates import SHIPPED, Action, read_template, template_named

SHIPPED_TEXT = SHIPPED.read_text(encoding="utf-8")


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    """A workbook as a panel may give it out."""

    def make(*rows, sheet="Шаблон", hidden_first=False):
        path = tmp_path / "Шаблон импорта.xlsx"
        with xlsxwriter.Workbook(path) as book:
            if hidden_first:
                other = book.add_worksheet("Справка")
                other.write_row(0, 0, ["Фамилия", "Имя"])
                other.hide()
            page = book.add_worksheet(sheet)
            if hidden_first:
                page.activate()
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
        return path

    return make


def test_the_shipped_template_has_the_agreed_columns():
    template = read_template()
    assert [column.heading for column in template.columns] == [
        "Фамилия",
        "Имя",
        "Отчество",
        "Пол",
        "Дата рождения",
        "Класс",
        "СНИЛС",
        "Действие",
        "ID",
    ]
    assert list(template.actions.values()) == ["добавить", "изменить", "перевести", "отчислить"]
    assert (template.row_limit, template.date_format) == (500, "%d.%m.%Y")
    assert template.sexes == {"Male": "М", "Female": "Ж"}


def test_a_change_a_transfer_and_an_end_need_the_id():
    by_field = {column.field: column.required for column in read_template().columns}
    assert by_field["id"] == {Action.CHANGE, Action.MOVE, Action.END}
    assert by_field["last_name"] == set(Action)
    assert by_field["birthday"] == set()


def test_a_template_is_found_by_its_shipped_name_by_file_or_by_default(written):
    own = written(SHIPPED_TEXT.replace('id = "default"', 'id = "own"'))
    assert template_named(None).id == "default"
    assert template_named("default").id == "default"
    assert template_named(str(own)).id == "own"


@pytest.mark.parametrize(
    ("old", "new", "key", "allowed"),
    [
        ('file_type = "xlsx"', 'file_type = "csv"', "file_type", "xlsx"),
        ("row_limit = 500", "row_limit = 0", "row_limit", "1 …"),
        ("row_limit = 500", "row_limit = true", "row_limit", "1 …"),
        ('date_format = "%d.%m.%Y"', 'date_format = "%d.%m"', "date_format", "%d.%m.%Y"),
        ('date_format = "%d.%m.%Y"', 'date_format = "%d.%H.%Y"', "date_format", "%d.%m.%Y"),
        ('date_format = "%d.%m.%Y"', 'date_format = "%d.%d.%Y"', "date_format", "%d.%m.%Y"),
        ('sheet = "Ученики"', 'sheet = "Класс 5/6"', "sheet", "31 letters"),
        ('formulas = "text"', 'formulas = "run"', "formulas", "text, refuse"),
        ('snils_format = "digits"', "snils_format = 11", "snils_format", "digits, dashes"),
        ('Male = "М"', 'Boy = "М"', "sex.Boy", "Male, Female"),
        ("[sex]", "sex = 3\n[other]", "sex", "a table"),
        ('end = "отчислить"', 'kill = "отчислить"', "actions.kill", "add, change, move, end"),
        ('add = "добавить"', 'add = ""', "actions.add", "a text in quotes"),
        ('add = "добавить"', "", "actions.add", "a text in quotes"),
        ('field = "sex"', 'field = "shoe_size"', "columns[4].field", "last_name, first_name"),
        ('field = "sex"', 'field = "last_name"', "columns[4].field", "one column only"),
        ('required = ["add", "move"]', 'required = ["fly"]', "columns[6].required", '"add"'),
        ('heading = "Пол"', 'heading = ""', "columns[4].heading", "a text in quotes"),
        ('heading = "Пол"', "heading = 4", "columns[4].heading", "a text in quotes"),
        ('heading = "Пол"', 'headline = "Пол"', "columns[4].heading", "the key is missing"),
        ('id = "default"', "", "id", "the key is missing"),
        ('id = "default"', 'id = "default"\nmood = 1', "mood", "file_type"),
        ("above = []", "above = [1]", "above", "rows of texts"),
        ('field = "action"', 'field = ""', "actions", '"action"'),
        ('field = "id"', 'field = ""', "actions", '"id"'),
        ('field = "first_name"', 'field = ""', "columns", "last_name and first_name"),
        ("[[columns]]", "[[column]]", "columns", "the key is missing"),
    ],
)
def test_a_mistake_names_the_file_the_key_and_what_is_allowed(written, old, new, key, allowed):
    assert old in SHIPPED_TEXT
    path = written(SHIPPED_TEXT.replace(old, new))
    with pytest.raises(SettingsError) as caught:
        read_template(path)
    facts = caught.value.facts
    assert (facts["where"], facts["key"]) == (str(path), key)
    assert allowed in str(facts["allowed"])
    assert caught.value.exit_code == 2
    assert key in caught.value.sentence()


def test_columns_that_are_no_tables_are_refused(written):
    text = SHIPPED_TEXT[: SHIPPED_TEXT.index("[[columns]]")].replace(
        "[sex]", 'columns = ["Имя"]\n[sex]'
    )
    with pytest.raises(SettingsError) as caught:
        read_template(written(text))
    assert caught.value.facts["key"] == "columns"


def test_a_file_that_is_no_toml_or_is_missing_is_named(written, tmp_path):
    for path in (written("id = ["), tmp_path / "none.toml"):
        with pytest.raises(FileUnreadable) as caught:
            read_template(path)
        assert str(path) in caught.value.sentence()


def test_a_template_without_other_actions_needs_no_id(written):
    text = SHIPPED_TEXT
    for word in ("change", "move", "end"):
        text = "\n".join(line for line in text.splitlines() if not line.startswith(f"{word} ="))
    text = text.replace('field = "id"', 'field = ""').replace('field = "action"', 'field = ""')
    assert read_template(written(text)).actions == {Action.ADD: "добавить"}


def test_a_full_name_may_stand_in_one_column(written):
    text = SHIPPED_TEXT.replace('field = "last_name"', 'field = "full_name"').replace(
        'field = "first_name"', 'field = ""'
    )
    assert read_template(written(text)).writes("full_name")


def test_a_downloaded_template_becomes_a_profile(workbook, written):
    path = workbook(
        ["Фамилия*", "Имя*", "Отчество", "Пол (М/Ж)", "Дата рождения", "Класс", "Группа здоровья"]
    )
    made = template_from_workbook(path)
    template = read_template(written(made))
    assert [(column.heading, column.field) for column in template.columns] == [
        ("Фамилия*", "last_name"),
        ("Имя*", "first_name"),
        ("Отчество", "middle_name"),
        ("Пол (М/Ж)", "sex"),
        ("Дата рождения", "birthday"),
        ("Класс", "edu_group"),
        ("Группа здоровья", ""),
    ]
    assert template.columns[0].required == set(Action)
    assert template.columns[2].required == set()
    assert (template.sheet, template.title) == ("Шаблон", "Шаблон импорта")
    assert template.actions == {Action.ADD: "добавить"}


def test_headings_that_are_not_recognised_are_listed(workbook):
    made = template_from_workbook(workbook(["Фамилия", "Имя", "Рост, см", "Цвет «глаз»"]))
    assert 'nothing is written there: "Рост, см", "Цвет «глаз»".' in made


def test_actions_are_offered_where_the_template_has_words_and_ids(workbook, written):
    made = template_from_workbook(workbook(["Фамилия", "Имя", "Класс", "Действие", "ID"]))
    assert set(read_template(written(made)).actions) == set(Action)


def test_rows_above_the_headings_are_kept(workbook, written):
    path = workbook(["Список учеников для загрузки", ""], [], ["Фамилия", "Имя", "Класс"])
    template = read_template(written(template_from_workbook(path)))
    assert template.above[0][0] == "Список учеников для загрузки"
    assert len(template.above) == 2


def test_a_hidden_sheet_is_not_the_template(workbook, written):
    path = workbook(["Фамилия", "Имя", "Класс"], hidden_first=True)
    assert read_template(written(template_from_workbook(path))).sheet == "Шаблон"


def test_a_blank_heading_between_others_is_kept(workbook, written):
    template = read_template(written(template_from_workbook(workbook(["Фамилия", "", "Имя"]))))
    assert [column.heading for column in template.columns] == ["Фамилия", "", "Имя"]


def test_the_second_column_of_one_meaning_is_left_blank(workbook, written):
    template = read_template(written(template_from_workbook(workbook(["Фамилия", "Имя", "Имя"]))))
    assert [column.field for column in template.columns] == ["last_name", "first_name", ""]


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04 cut off", "Фамилия;Имя".encode()]
)
def test_what_is_no_workbook_is_named(tmp_path, content):
    path = tmp_path / "template.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable) as caught:
        template_from_workbook(path)
    assert "template.xlsx" in caught.value.sentence()


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(FileUnreadable):
            template_from_workbook(path)


def test_a_workbook_without_headings_is_refused(workbook):
    with pytest.raises(FileUnreadable, match="no row of headings"):
        template_from_workbook(workbook(["Столовая", "Завтрак"], ["Имя", "Класс"]))


@given(
    st.lists(
        st.text(st.characters(blacklist_categories=("Cs",)), max_size=12).filter(
            lambda text: text.strip() == text
        ),
        max_size=4,
    )
)
def test_whatever_the_headings_are_the_profile_is_valid_toml(headings):
    """Made from the lines themselves: not every text survives a workbook."""
    from pathlib import Path

    from mappings.template_making import _lines

    text = "\n".join(_lines(Path("x.xlsx"), "Лист", [headings], ["Фамилия", "Имя", *headings]))
    content = tomllib.loads(text)
    assert [column["heading"] for column in content["columns"]][2:] == headings
    assert content["above"] == [headings]
