"""The report as a Word document, from the shipped template and from a school's own, whole or broken."""

import io
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Mm

from connector.errors import TemplateBroken
from connector.reports.render import word, word_template
from connector.reports.render.grids import Lines
from connector.reports.render.paper import paper
from connector.reports.render.word import built_in, docx
from connector.reports.tables import Column, Content, Table
from tests.unit.sample_reports import (
    EMPTY,
    FULL,
    HIDDEN,
    QUALITY,
    TABLES,
    WHOLE,
    english,
    finding,
    report,
    russian,
)


def opened(made, translate=english, **how):
    return Document(io.BytesIO(docx(made, translate, **({"lang": "en"} | how))))


def text(document):
    lines = [paragraph.text for paragraph in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*lines, *cells])


def rows(document, heading):
    """Rows of the first table with this heading."""
    for table in document.tables:
        found = [[cell.text for cell in row.cells] for row in table.rows]
        if found[0][: len(heading)] == heading:
            return found
    raise AssertionError(heading)


def template(*lines, tables=(), footer=""):
    """A school's template of these paragraphs, then tables of rows of cells."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    for cells in tables:
        table = document.add_table(rows=len(cells), cols=len(cells[0]))
        for row, texts in zip(table.rows, cells, strict=True):
            for cell, content in zip(row.cells, texts, strict=True):
                cell.text = content
    document.sections[0].footer.paragraphs[0].text = footer
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def filled(*lines, **parts):
    return text(opened(FULL, template=template(*lines, **parts)))


def broken(*lines, **parts):
    with pytest.raises(TemplateBroken) as caught:
        opened(FULL, template=template(*lines, **parts), template_name="own.docx")
    return caught.value.facts


# --- the shipped template


@pytest.mark.parametrize("made", [FULL, EMPTY, TABLES, WHOLE, HIDDEN])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_no_tag_is_left(made, lang):
    shown = text(opened(made, lang=lang))
    assert "{" not in shown
    assert "%}" not in shown


def test_a_table_of_a_report_is_a_table_of_the_document():
    found = rows(opened(TABLES, russian), ["Class", "Subject"])
    assert found[1] == [
        "5А",
        "Алгебра",
        "Лужина Вера Ильинична",
        "25",
        "4,45",
        "66,7",
        "better",
        "07.09.2026",
    ]
    assert found[3][3] == "no data"


def test_every_column_of_a_wide_table_is_somewhere():
    shown = text(opened(TABLES))
    assert all(f"{day:02d}.09" in shown for day in range(1, 31))


WIDE = Table(
    "wide",
    "Figures",
    (
        Column("class", "Class", Content.GROUP, 14),
        *(Column(f"n{number}", f"Неуспевающие {number}", Content.NUMBER) for number in range(9)),
    ),
    tuple((50, *range(9)) for _row in range(12)),
    note="As the act says.",
)


def test_pages_lie_for_a_wide_table_and_stand_again_after_it():
    document = opened(report(finding(), rules=("TOPIC",), tables=(QUALITY, WIDE)))
    assert turned(document) == [False, True, False]
    lying = document.sections[1]
    texts = [one.text for one in lying.iter_inner_content() if hasattr(one, "text")]
    assert texts[0].startswith("Figures")
    assert "As the act says." in texts


def turned(document):
    """Whether each section lies."""
    return [section.page_width > section.page_height for section in document.sections]


def test_what_stands_above_a_wide_first_table_lies_with_it():
    document = opened(report(finding(), rules=("TOPIC",), tables=(WIDE, QUALITY)))
    assert turned(document) == [True, False]


def test_letters_of_a_table_that_is_somewhat_wide_are_smaller():
    columns = (Column(f"n{number}", "Пропущено", Content.NUMBER) for number in range(10))
    wide = Table("wide", "Figures", tuple(columns), ((*range(10),),) * 5)
    document = opened(report(rules=(), tables=(wide,)))
    (found,) = [one for one in document.tables if one.cell(0, 0).text == "Пропущено"]
    assert turned(document) == [False]
    assert 7.5 <= found.cell(1, 0).paragraphs[0].runs[0].font.size.pt < 9


def test_the_tables_of_a_teacher_stand_below_the_name():
    who = Column("teacher", "Teacher", Content.TEACHER, 30)
    tables = tuple(
        Table(
            *(
                key,
                key.title(),
                (who, Column("what", "What")),
                ((900, "a"), (900, "b"), (901, "c")),
            ),
            split_by="teacher",
        )
        for key in ("marks", "lessons")
    )
    document = opened(report(finding(), tables=tables))
    found = [
        one.text
        for one in document.paragraphs
        if one.style.name.startswith("Heading") and one.text != "Attention"
    ]
    assert found[found.index("Лужина Вера Ильинична") :][:5] == [
        "Лужина Вера Ильинична",
        "Marks",
        "Lessons",
        "Findings",
        "Мамед оглы Тофик",
    ]


def test_a_chart_takes_a_third_of_a_page_at_the_most():
    page = opened(TABLES)
    assert all(shape.height <= Mm(86) for shape in page.inline_shapes)


def test_findings_stand_by_teacher():
    document = opened(FULL)
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    assert "Лужина Вера Ильинична (3)" in headings
    assert [row[:3] for row in rows(document, ["Class", "What is missing"])[1:]] == [
        ["5А", "Homework", "Основы безопасности и защиты Родины"],
        ["5А", "Topic", "Алгебра"],
        ["10Б", "Attendance", "Алгебра"],
    ]


def test_warnings_stand_above_everything():
    lines = [paragraph.text for paragraph in opened(FULL).paragraphs]
    assert lines[:3] == [
        FULL.title,
        "Attention",
        "Records not judged for want of data: 2.",
    ]


def test_those_concerned_have_a_line_to_sign_and_nobody_has_none():
    found = rows(opened(FULL), ["Teacher, number of findings"])
    assert [row[0] for row in found[1:]] == ["Лужина Вера Ильинична (3)", "Мамед оглы Тофик (1)"]


def test_charts_are_pictures():
    assert len(opened(TABLES).inline_shapes) == 3


def test_columns_share_the_line():
    document = opened(TABLES)
    section = document.sections[0]
    line = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        assert sum(cell.width or 0 for cell in table.rows[0].cells) <= line * 1.01


def test_the_shipped_template_has_the_words_of_its_language():
    assert "Замечания по учителям" in text(opened(FULL, lang="ru"))
    assert "Findings by teacher" in text(opened(FULL, lang="en"))


def test_a_language_without_a_template_takes_the_english_one():
    assert built_in("kk") == built_in("en")


def test_the_same_report_gives_the_same_bytes():
    assert docx(WHOLE, english, lang="en") == docx(WHOLE, english, lang="en")


def test_the_manual_names_every_tag():
    document = word_template.opened(built_in("en"))
    tags = word.context(FULL, paper(FULL, english, lines=Lines(84, 126, 16)), english, document)
    manual = (Path(__file__).parents[2] / "docs" / "word-templates.md").read_text("utf-8")
    assert [tag for tag in tags if f"`{tag}`" not in manual] == []


# --- a school's own


def test_a_school_writes_its_own_words_around_the_tags():
    shown = filled(
        "МБОУ «Школа № 1»", "Замечаний: {{ found }} на {{ as_of }}", footer="{{ title }}"
    )
    assert "МБОУ «Школа № 1»" in shown
    assert "Замечаний: 4 на 20.09.2026" in shown


def test_a_misspelt_name_is_told_with_its_paragraph_and_tag():
    facts = broken("Слова", "", "Замечаний: {{ fuond }} и {{ found }}")
    assert facts == {"where": "own.docx", "paragraph": 3, "tag": "{{ fuond }}"}


def test_a_misspelt_part_of_a_name_is_told():
    assert broken("{%p for one in teachers %}", "{{ one.titel }}", "{%p endfor %}") == {
        "where": "own.docx",
        "paragraph": 2,
        "tag": "{{ one.titel }}",
    }


def test_a_block_that_is_never_closed_is_told():
    facts = broken("{{ title }}", "{%p for one in teachers %}", "{{ one.title }}")
    assert facts["paragraph"] == 2
    assert facts["tag"] == "{%p for one in teachers %}"


def test_a_block_that_is_closed_and_never_opened_is_told():
    facts = broken("{{ title }}", "{%p endfor %}")
    assert facts["paragraph"] == 2
    assert facts["tag"] == "{%p endfor %}"


def test_a_tag_that_is_never_finished_is_told():
    assert broken("{{ title }}", "Всего {{ found")["paragraph"] == 2


def test_a_tag_that_lacks_a_brace_is_told_and_not_its_sound_neighbour():
    assert broken("{{ title }} {{ found }")["tag"] == "{{ found }"


def test_an_unknown_filter_is_told():
    facts = broken("{{ title | krasivo }}")
    assert (facts["paragraph"], facts["tag"]) == (1, "{{ title | krasivo }}")


def test_a_mistake_inside_a_table_is_told():
    facts = broken("{{ title }}", tables=[[["№", "{{ nummer }}"]]])
    assert (facts["paragraph"], facts["tag"]) == (3, "{{ nummer }}")


def test_a_mistake_in_the_footer_is_told_without_a_number():
    facts = broken("{{ title }}", footer="{{ adress }}")
    assert facts["paragraph"] == "—"
    assert "adress" in facts["tag"]


def test_tags_that_cut_a_table_apart_are_refused():
    """Word would call the file damaged, or show half of it."""
    facts = broken(tables=[[["{% if not found %}", "{{ title }}"], ["{%tr endif %}", ""]]])
    assert facts["where"] == "own.docx"


@pytest.mark.parametrize(
    "tag",
    [
        "{{ title.__class__.__mro__ }}",
        "{{ [].__class__.__base__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ 1 / 0 }}",
        "{{ 'a' + 1 }}",
    ],
)
def test_a_template_reaches_nothing_but_the_report(tag):
    assert broken(tag)["where"] == "own.docx"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"Hello", b"\xd0\xcf\x11\xe0" * 100])
def test_what_is_no_word_document_is_refused(content):
    with pytest.raises(TemplateBroken) as caught:
        opened(FULL, template=content, template_name="own.docx")
    assert "no Word document" in caught.value.reason


def test_a_workbook_is_no_template():
    from connector.reports import render

    with pytest.raises(TemplateBroken):
        opened(FULL, template=render.xlsx(FULL, english))
