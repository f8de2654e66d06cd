"""Make the Word templates that are shipped: `python tools/make_docx_template.py`. A school edits them in Word.

The words stand in the templates themselves, so that whoever edits them sees what will be printed.
"""

from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TARGET = Path(__file__).parents[1] / "connector" / "reports" / "render" / "templates"
WORDS = {
    "ru": {
        "attention": "Внимание",
        "findings": "Замечания по учителям",
        "about": "На чём основан отчёт",
        "checked": "Проверил(а): заместитель директора",
        "director": "С отчётом ознакомлен(а): директор",
        "signature": "подпись",
        "name": "расшифровка подписи",
        "date": "дата",
        "acquainted": "С замечаниями ознакомлены",
        "teacher": "Учитель, число замечаний",
    },
    "en": {
        "attention": "Attention",
        "findings": "Findings by teacher",
        "about": "What the report rests on",
        "checked": "Checked by: deputy director",
        "director": "Seen by: director",
        "signature": "signature",
        "name": "name",
        "date": "date",
        "acquainted": "Seen by the teachers concerned",
        "teacher": "Teacher, number of findings",
    },
}
FONT = "Times New Roman"


def main() -> None:
    """Write a template a language."""
    for lang, words in WORDS.items():
        document = template(words)
        document.core_properties.author = ""
        document.core_properties.title = "{{ title }}"
        document.core_properties.comments = ""
        document.core_properties.created = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        path = TARGET / f"report.{lang}.docx"
        document.save(str(path))
        print(path)


def template(words):
    """The whole document."""
    document = Document()
    paged(document)
    document.add_paragraph("{{ title }}", style="Title")
    tag(document, "{%p if warnings %}")
    document.add_paragraph(words["attention"], style="Heading 2")
    tag(document, "{%p for warning in warnings %}")
    document.add_paragraph("{{ warning }}", style="List Bullet")
    tag(document, "{%p endfor %}")
    tag(document, "{%p endif %}")
    pairs(document, "head")
    tag(document, "{%p if counts %}")
    document.add_paragraph()
    pairs(document, "counts")
    tag(document, "{%p endif %}")
    tag(document, "{%p if charts_first %}")
    charts(document)
    tag(document, "{%p endif %}")
    grids(document, "tables", "Heading 2", charted=True)
    tag(document, "{%p if teachers %}")
    document.add_paragraph(words["findings"], style="Heading 1")
    grids(document, "teachers", "Heading 2")
    tag(document, "{%p endif %}")
    tag(document, "{%p if about %}")
    document.add_paragraph(words["about"], style="Heading 1")
    grids(document, "about", "Heading 2")
    tag(document, "{%p endif %}")
    document.add_paragraph()
    signature(document, words, words["checked"])
    signature(document, words, words["director"])
    tag(document, "{%p if signers %}")
    document.add_paragraph(words["acquainted"], style="Heading 2")
    acquainted(document, words)
    tag(document, "{%p endif %}")
    return document


def paged(document):
    """A4, letters, a line at the foot of each page."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(20), Mm(15)
    section.top_margin, section.bottom_margin = Mm(15), Mm(15)
    for name, size, above in (
        ("Normal", 11, 0),
        ("Title", 18, 0),
        ("Heading 1", 14, 14),
        ("Heading 2", 12, 10),
        ("List Bullet", 11, 0),
    ):
        style = plain_style(document, name, size, above)
        style.paragraph_format.space_after = Pt(4)
    foot = section.footer.paragraphs[0]
    foot.add_run("{{ title }}, {{ as_of }}        ")
    field(foot, "PAGE")
    foot.add_run(" / ")
    field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(8)
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def plain_style(document, name, size, above):
    """One of Word's styles in our font, black; sizes in points. A theme's fonts would win over ours."""
    style = document.styles[name]
    style.font.name = FONT
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    style.paragraph_format.space_before = Pt(above)
    return style


def field(paragraph, name):
    """A number that Word fills in."""
    for kind, text in (("begin", None), (None, name), ("end", None)):
        run = paragraph.add_run()
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)  # noqa: SLF001 - python-docx has no fields


def tag(document, text):
    """A line that is no more than a tag, small and grey."""
    run = document.add_paragraph().add_run(text)
    run.font.size = Pt(8)
    run.font.color.rgb = RGBColor(0x80, 0x80, 0x80)


def pairs(document, name):
    """Labels and values."""
    table = document.add_table(rows=3, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.cell(0, 0).text = f"{{%tr for line in {name} %}}"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{ line.label }}", "{{ line.value }}"
    table.cell(2, 0).text = "{%tr endfor %}"
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = Mm(70), Mm(105)
    close(table, 10)


def charts(document):
    """Pictures under their titles."""
    tag(document, "{%p for chart in charts %}")
    document.add_paragraph("{{ chart.title }}", style="Heading 2")
    document.add_paragraph("{{ chart.picture }}")
    tag(document, "{%p endfor %}")


def grids(document, name, heading, *, charted=False):
    """Tables with as many columns as there are, one of them above the charts."""
    tag(document, f"{{%p for table in {name} %}}")
    tag(document, "{%p if table.on_new_page %}")
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    tag(document, "{%p endif %}")
    tag(document, "{%p if table.chapter %}")
    document.add_paragraph("{{ table.chapter }}", style="Heading 1")
    tag(document, "{%p endif %}")
    tag(document, "{%p if table.title %}")
    document.add_paragraph("{{ table.title }}", style=heading)
    tag(document, "{%p endif %}")
    table = document.add_table(rows=6, cols=3)
    table.style = "Table Grid"
    table.cell(0, 0).text = "{%tr if table.heads %}"
    fill(table.rows[1], "{%tc for head in table.heads %}", "{{ head }}", "{%tc endfor %}")
    table.cell(2, 0).text = "{%tr endif %}"
    table.cell(3, 0).text = "{%tr for row in table.rows %}"
    fill(table.rows[4], "{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}")
    table.cell(5, 0).text = "{%tr endfor %}"
    repeated(table.rows[1])
    close(table, 9)
    for cell in table.rows[1].cells:
        for run in cell.paragraphs[0].runs:
            run.font.bold = True
            run.font.size = Pt(8)
    tag(document, "{%p if table.note %}")
    note = document.add_paragraph().add_run("{{ table.note }}")
    note.font.italic, note.font.size = True, Pt(8.5)
    tag(document, "{%p endif %}")
    if charted:
        tag(document, "{%p if table.charts_follow %}")
        charts(document)
        tag(document, "{%p endif %}")
    tag(document, "{%p endfor %}")


def fill(row, *texts):
    """Texts into the cells of a row."""
    for cell, text in zip(row.cells, texts, strict=True):
        cell.text = text


def repeated(row):
    """Headings stand on each page; no row is torn by a page's end."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no repeated headings
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def close(table, size):
    """Small letters without space between lines."""
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(0)
                for run in paragraph.runs:
                    run.font.size = Pt(size)


def signature(document, words, who):
    """A line to sign on."""
    table = document.add_table(rows=2, cols=4)
    fill(table.rows[0], who, "________________", "____________________", "__________")
    fill(table.rows[1], "", words["signature"], words["name"], words["date"])
    for row in table.rows:
        for cell, width in zip(row.cells, (60, 38, 50, 27), strict=True):
            cell.width = Mm(width)
    close(table, 10)
    for cell in table.rows[1].cells:
        for run in cell.paragraphs[0].runs:
            run.font.size = Pt(8)


def acquainted(document, words):
    """A line for each teacher concerned."""
    table = document.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    fill(table.rows[0], words["teacher"], words["signature"], words["date"])
    table.cell(1, 0).text = "{%tr for teacher in signers %}"
    table.cell(2, 0).text = "{{ teacher }}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for row in table.rows:
        for cell, width in zip(row.cells, (95, 50, 30), strict=True):
            cell.width = Mm(width)
    repeated(table.rows[0])
    close(table, 10)


if __name__ == "__main__":
    main()
