"""Make the Word templates of the memo (справка): `python tools/make_memo_template.py`. A school edits them in Word.

The form is that of a memo on internal control: grounds, purpose, object, results, remarks, conclusions, deadlines, signatures.
"""

from datetime import UTC, datetime

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt, RGBColor
from make_docx_template import TARGET, field, plain_style, repeated

WORDS = {
    "ru": {
        "memo": "СПРАВКА № {{ number }}",
        "about": "о результатах проверки ведения электронного журнала",
        "basis": "Основание проверки: ",
        "purpose": "Цель проверки: ",
        "when": "Дата проверки: ",
        "inspector": "Проверку провёл(а): ",
        "object": "Объект проверки: ",
        "span": "Проверяемый период: ",
        "act": "Требования установлены: ",
        "age": "Возраст данных дневника: ",
        "caveats": "Оговорки к данным",
        "checked": "1. Что проверялось",
        "results": "2. Результаты проверки",
        "by_rule": "2.1. По видам замечаний",
        "by_class": "2.2. По классам",
        "by_teacher": "2.3. По учителям",
        "compared": "3. Выполнение замечаний прошлой проверки",
        "first": "Прошлой проверки с таким же охватом нет: сравнивать не с чем.",
        "good": "4. Положительные моменты",
        "remarks": "5. Замечания",
        "no_remarks": "Замечаний нет.",
        "conclusions": "6. Выводы",
        "recommendations": "7. Рекомендации",
        "repeat": "Повторная проверка: ",
        "no": "№",
        "check": "Что проверялось",
        "clause": "Пункт акта",
        "days": "Срок, рабочих дней (0 — в тот же день)",
        "kind": "Вид замечания",
        "found": "Замечаний",
        "rate": "На 100 уроков",
        "before": "Было",
        "fixed": "Исправ­лено",
        "stands": "Не исправ­лено",
        "new": "Новых",
        "other": "Не сопо­ставить",
        "class": "Класс",
        "teacher": "Учитель",
        "lessons": "Уроков проведено",
        "all": "Всего замечаний",
        "late": "Из них внесено поздно",
        "complete": "Полных записей, %",
        "subject": "Предмет",
        "number": "Число",
        "again": "Не исправ­лено",
        "dates": "Даты уроков",
        "signed_by": "Проверку провёл(а)",
        "director": "Директор",
        "acquainted": "Со справкой ознакомлены",
        "name": "Фамилия, имя, отчество",
        "signature": "Подпись",
        "date": "Дата",
        "sign": "подпись",
        "who": "расшифровка подписи",
    },
    "en": {
        "memo": "MEMO No. {{ number }}",
        "about": "on the check of the electronic journal",
        "basis": "Grounds: ",
        "purpose": "Purpose: ",
        "when": "Day of the check: ",
        "inspector": "Checked by: ",
        "object": "What was looked at: ",
        "span": "Lessons from and to: ",
        "act": "Required by: ",
        "age": "Age of the diary's data: ",
        "caveats": "Reservations about the data",
        "checked": "1. What was checked",
        "results": "2. Results",
        "by_rule": "2.1. By kind of remark",
        "by_class": "2.2. By class",
        "by_teacher": "2.3. By teacher",
        "compared": "3. Remarks of the last check",
        "first": "There was no earlier check of the same scope to compare with.",
        "good": "4. What is in order",
        "remarks": "5. Remarks",
        "no_remarks": "There are no remarks.",
        "conclusions": "6. Conclusions",
        "recommendations": "7. Recommendations",
        "repeat": "Repeated check: ",
        "no": "No.",
        "check": "What was checked",
        "clause": "Clause of the act",
        "days": "Working days to enter (0: the same day)",
        "kind": "Kind of remark",
        "found": "Remarks",
        "rate": "Per 100 lessons",
        "before": "Last time",
        "fixed": "Fixed",
        "stands": "Not fixed",
        "new": "New",
        "other": "Not com­parable",
        "class": "Class",
        "teacher": "Teacher",
        "lessons": "Lessons held",
        "all": "Remarks in all",
        "late": "Of them entered late",
        "complete": "Complete records, %",
        "subject": "Subject",
        "number": "Number",
        "again": "Of them not fixed",
        "dates": "Days of lessons",
        "signed_by": "Checked by",
        "director": "Director",
        "acquainted": "Seen by the teachers concerned",
        "name": "Name",
        "signature": "Signature",
        "date": "Date",
        "sign": "signature",
        "who": "name",
    },
}
# Between the margins of A4, in millimetres.
LINE = 165


def main():
    """Write a template a language."""
    for lang, words in WORDS.items():
        document = template(words)
        document.core_properties.author = ""
        document.core_properties.title = words["about"]
        document.core_properties.comments = ""
        document.core_properties.created = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        path = TARGET / f"spravka.{lang}.docx"
        document.save(str(path))
        print(path)


def template(words):
    """The whole memo."""
    document = Document()
    paged(document)
    head(document, words)
    tag(document, "{%p if warnings %}")
    document.add_paragraph(words["caveats"], style="Heading 2")
    lines(document, "warnings")
    tag(document, "{%p endif %}")
    document.add_paragraph(words["checked"], style="Heading 1")
    table(
        document,
        "criteria",
        (words["no"], "{{ loop.index }}", 12, "right"),
        (words["check"], "{{ row.rule }}", 80, "left"),
        (words["clause"], "{{ row.clause }}", 40, "left"),
        (words["days"], "{{ row.due }}", 33, "right"),
    )
    results(document, words)
    document.add_paragraph(words["compared"], style="Heading 1")
    lines(document, "compared", words["first"])
    document.add_paragraph(words["good"], style="Heading 1")
    lines(document, "good", "_" * 70)
    document.add_paragraph(words["remarks"], style="Heading 1")
    remarks(document, words)
    document.add_paragraph(words["conclusions"], style="Heading 1")
    lines(document, "conclusions", "_" * 70)
    document.add_paragraph(words["recommendations"], style="Heading 1")
    lines(document, "recommendations", "_" * 70)
    said(document, words["repeat"], "{{ repeat }}")
    signatures(document, words)
    return document


def head(document, words):
    """School, number, place and day, grounds, purpose, object."""
    middle(document, "{{ school }}", bold=False)
    middle(document, words["memo"], above=12)
    middle(document, words["about"])
    line = document.add_paragraph("{{ place }}\t{{ day }}")
    line.paragraph_format.tab_stops.add_tab_stop(Mm(LINE), WD_TAB_ALIGNMENT.RIGHT)
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(8)
    said(document, words["basis"], "{{ basis }}")
    said(document, words["purpose"], "{{ purpose }}")
    said(document, words["when"], "{{ day }}")
    said(document, words["inspector"], "{{ inspector }}")
    said(document, words["span"], "{{ span }}")
    said(document, words["object"], "")
    lines(document, "objects")
    said(document, words["act"], "")
    lines(document, "requirements")
    said(document, words["age"], "{{ age }}")


def results(document, words):
    """Tables by rule, class and teacher."""
    document.add_paragraph(words["results"], style="Heading 1")
    document.add_paragraph(words["by_rule"], style="Heading 2")
    kind = (words["kind"], "{{ row.rule }}")
    tag(document, "{%p if last_check %}")
    table(
        document,
        "by_rule",
        (*kind, 48, "left"),
        (words["found"], "{{ row.findings }}", 20, "right"),
        (words["rate"], "{{ row.rate }}", 15, "right"),
        (words["before"], "{{ row.before }}", 17, "right"),
        (words["fixed"], "{{ row.fixed }}", 16, "right"),
        (words["stands"], "{{ row.stands }}", 16, "right"),
        (words["new"], "{{ row.new }}", 15, "right"),
        (words["other"], "{{ row.other }}", 18, "right"),
    )
    tag(document, "{%p else %}")
    table(
        document,
        "by_rule",
        (*kind, 115, "left"),
        (words["found"], "{{ row.findings }}", 25, "right"),
        (words["rate"], "{{ row.rate }}", 25, "right"),
    )
    tag(document, "{%p endif %}")
    counts = (
        (words["lessons"], "{{ row.lessons }}", 24, "right"),
        (words["all"], "{{ row.findings }}", 25, "right"),
        (words["late"], "{{ row.late }}", 25, "right"),
        (words["complete"], "{{ row.complete }}", 24, "right"),
    )
    document.add_paragraph(words["by_class"], style="Heading 2")
    table(document, "by_class", (words["class"], "{{ row.class }}", 67, "left"), *counts)
    document.add_paragraph(words["by_teacher"], style="Heading 2")
    table(document, "by_teacher", (words["teacher"], "{{ row.teacher }}", 67, "left"), *counts)
    small(document, "{{ note_on_records }}")


def remarks(document, words):
    """A line for each teacher, then what is remarked by class, subject and rule."""
    tag(document, "{%p if remarks %}")
    columns = (
        (words["class"], "{{ row.class }}", 23, "left"),
        (words["subject"], "{{ row.subject }}", 32, "left"),
        (words["kind"], "{{ row.remark }}", 46, "left"),
        (words["number"], "{{ row.found }}", 13, "right"),
        (words["again"], "{{ row.stands }}", 16, "right"),
        (words["dates"], "{{ row.dates }}", 35, "left"),
    )
    made = document.add_table(rows=6, cols=len(columns))
    made.cell(1, 0).text = "{%tr for teacher in remarks %}"
    named = made.cell(2, 0).merge(made.cell(2, len(columns) - 1))
    named.text = "{{ teacher.teacher }} ({{ teacher.found }})"
    made.cell(3, 0).text = "{%tr for row in teacher.rows %}"
    for place, (_heading, text, _width, _side) in enumerate(columns):
        made.cell(4, place).text = text
    made.cell(5, 0).text = "{%tr endfor %}"
    made.add_row().cells[0].text = "{%tr endfor %}"
    headed(made, columns, 9)
    for run in named.paragraphs[0].runs:
        run.font.bold = True
    named.paragraphs[0].paragraph_format.keep_with_next = True
    small(document, "{{ note_on_remarks }}")
    tag(document, "{%p else %}")
    document.add_paragraph(words["no_remarks"])
    tag(document, "{%p endif %}")


def signatures(document, words):
    """Who checked, the director, the teachers concerned."""
    document.add_paragraph()
    for label, name in (
        (words["signed_by"], "{{ inspector }}"),
        (words["director"], "{{ director }}"),
    ):
        made = document.add_table(rows=2, cols=3)
        made.rows[0].cells[0].text = label
        made.rows[0].cells[1].text = "_" * 16
        made.rows[0].cells[2].text = name
        made.rows[1].cells[1].text, made.rows[1].cells[2].text = words["sign"], words["who"]
        widths(made, (50, 42, 73))
        closed(made, 12)
        for cell in made.rows[1].cells:
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(8)
        for row in made.rows:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        spacer = document.add_paragraph()
        spacer.paragraph_format.space_after = Pt(0)
    tag(document, "{%p if acquainted %}")
    document.add_paragraph(words["acquainted"], style="Heading 2")
    made = document.add_table(rows=4, cols=4)
    made.cell(1, 0).text = "{%tr for teacher in acquainted %}"
    made.cell(2, 0).text, made.cell(2, 1).text = "{{ loop.index }}", "{{ teacher }}"
    made.cell(3, 0).text = "{%tr endfor %}"
    # Room for a hand.
    made.rows[2].height = Mm(8)
    headed(
        made,
        (
            (words["no"], "", 12, "right"),
            (words["name"], "", 80, "left"),
            (words["signature"], "", 43, "left"),
            (words["date"], "", 30, "left"),
        ),
    )
    tag(document, "{%p endif %}")


# --- pieces


def paged(document):
    """A4 with the margins of Russian office papers, letters with serifs, a number at the foot."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size, above in (
        ("Normal", 12, 0),
        ("Heading 1", 13, 12),
        ("Heading 2", 12, 8),
        ("List Bullet", 12, 0),
    ):
        style = plain_style(document, name, size, above)
        style.paragraph_format.space_after = Pt(3)
        style.paragraph_format.line_spacing = 1
    foot = section.footer.paragraphs[0]
    field(foot, "PAGE")
    for run in foot.runs:
        run.font.size = Pt(10)
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER


def tag(document, text):
    """A line that is no more than a tag, small and grey; it is not printed."""
    run = document.add_paragraph().add_run(text)
    run.font.size = Pt(8)
    run.font.color.rgb = RGBColor(0x80, 0x80, 0x80)


def middle(document, text, *, bold=True, above=0):
    """A line in the middle."""
    line = document.add_paragraph()
    line.add_run(text).font.bold = bold
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_before = Pt(above)


def said(document, label, text):
    """A label in bold and what it says."""
    line = document.add_paragraph()
    line.add_run(label).font.bold = True
    line.add_run(text)


def small(document, text):
    """A note below a table."""
    run = document.add_paragraph().add_run(text)
    run.font.size, run.font.italic = Pt(9), True


def lines(document, name, otherwise=""):
    """A list of sentences; what stands in its place when there are none."""
    if otherwise:
        tag(document, f"{{%p if {name} %}}")
    tag(document, f"{{%p for line in {name} %}}")
    document.add_paragraph("{{ line }}", style="List Bullet")
    tag(document, "{%p endfor %}")
    if otherwise:
        tag(document, "{%p else %}")
        document.add_paragraph(otherwise)
        tag(document, "{%p endif %}")


def table(document, name, *columns):
    """A table with a row for each row of the data: heading, tag, width and side of each column."""
    made = document.add_table(rows=4, cols=len(columns))
    made.cell(1, 0).text = f"{{%tr for row in {name} %}}"
    for place, (_heading, text, _width, _side) in enumerate(columns):
        made.cell(2, place).text = text
    made.cell(3, 0).text = "{%tr endfor %}"
    headed(made, columns)


def headed(made, columns, size=10):
    """Headings, borders, widths; rows of tags stay as they are."""
    made.style = "Table Grid"
    for cell, (heading, _text, _width, _side) in zip(made.rows[0].cells, columns, strict=True):
        cell.text = heading
    widths(made, [column[2] for column in columns])
    closed(made, size)
    for row in made.rows[1:]:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)  # noqa: SLF001 - python-docx has no rows that hold together
        if len({id(cell._tc) for cell in row.cells}) < len(columns):  # noqa: SLF001 - as above: a merged row
            continue
        for cell, (_heading, _text, _width, side) in zip(row.cells, columns, strict=True):
            if side == "right":
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    repeated(made.rows[0])
    for cell in made.rows[0].cells:
        line = cell.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.keep_with_next = True
        for run in line.runs:
            run.font.bold, run.font.size = True, Pt(9)


def widths(made, sizes):
    """Widths of the columns in millimetres, kept whatever stands in them."""
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    for column, size in zip(made.columns, sizes, strict=True):
        column.width = Mm(size)
    for row in made.rows:
        for cell, size in zip(row.cells, sizes, strict=True):
            cell.width = Mm(size)


def closed(made, size):
    """Letters of this size without space between lines."""
    for row in made.rows:
        for cell in row.cells:
            for line in cell.paragraphs:
                line.paragraph_format.space_after = Pt(0)
                for run in line.runs:
                    run.font.size = Pt(size)


if __name__ == "__main__":
    main()
