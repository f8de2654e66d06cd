"""The report as PDF: what poppler reads of its pages."""

import re
from dataclasses import replace

import pytest

from connector.reports.render.pdf import pdf
from connector.reports.tables import NO_DATA, Column, Content, Table
from tests.unit.programs import needed, pdf_pages, pdf_text, run
from tests.unit.sample_reports import (
    EMPTY,
    FULL,
    HIDDEN,
    NAMES,
    QUALITY,
    TABLES,
    WHO,
    WHOLE,
    english,
    finding,
    named,
    report,
    russian,
)

UPRIGHT, LYING = (595, 842), (842, 595)
# Height of a line of 7.5 points, as poppler measures it.
SMALLEST = 6.5
# As wide as the figures of a class, about all.
WIDE = Table(
    "wide",
    "Figures of classes",
    (
        Column("class", "Class", Content.GROUP, 14),
        *(Column(f"n{number}", f"Неуспевающие {number}", Content.NUMBER) for number in range(24)),
    ),
    tuple((50, *range(24)) for _row in range(12)),
)
TEACHER = Column("teacher", "Teacher", Content.TEACHER, 30)
SHEETS = report(
    finding(),
    name="teacher",
    title="Sheets",
    tables=(
        Table(
            "teachers",
            "Teachers",
            (TEACHER, Column("lessons", "Lessons held", Content.NUMBER, 9)),
            ((900, 40), (901, 50)),
            split_by="teacher",
        ),
        *(
            Table(
                key,
                title,
                (TEACHER, Column("what", "What", Content.TEXT, 30)),
                tuple((who, f"{key} {number}") for who in (900, 901) for number in range(9)),
                split_by="teacher",
            )
            for key, title in (("courses", "Lessons and marks"), ("late", "What he was late with"))
        ),
    ),
)


@pytest.fixture
def page(tmp_path):
    def made(what, translate=english):
        path = tmp_path / "report.pdf"
        path.write_bytes(pdf(what, translate, lang="en"))
        return path

    return made


def many(count):
    """A report of as many lines for one teacher."""
    subjects = {number: f"Предмет {number}" for number in range(count)}
    found = [finding(subject_id=number) for number in subjects]
    return report(*found, names=replace(NAMES, subjects=subjects))


def test_it_says_that_it_is_made_for_archives(page):
    content = page(FULL).read_bytes()
    assert b"pdfaid:part" in content
    assert b"<pdfaid:conformance>B" in content


def test_all_letters_are_inside_the_file(page):
    fonts = run(needed("pdffonts"), str(page(WHOLE))).splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)


def test_warnings_come_before_all_else(page):
    text = pdf_text(page(WHOLE))
    assert text.index("Records not judged for want of data: 2.") < text.index("Rulebook")


def test_findings_stand_by_teacher_with_pupil_and_day(page):
    made = report(finding(person_ids=(7,)), finding("HW"))
    text = " ".join(pdf_text(page(made)).split())
    assert "Лужина Вера Ильинична (2)" in text
    assert "Ли Ян 07.09.2026 (3, late 13)" in text


def test_several_pupils_of_a_finding_are_counted(page):
    text = " ".join(pdf_text(page(WHOLE)).split())
    assert "08.09.2026 (3, late 2, pupils: 2)" in text


def test_numbers_and_gaps_are_as_people_write_them(page):
    text = pdf_text(page(TABLES, russian))
    assert "66,7" in text
    assert "66,7\xa0%" not in text
    assert "no data" in text


def test_pages_are_a4_and_a_wide_table_about_all_lies(page):
    sizes = pdf_pages(page(replace(TABLES, tables=(WIDE,), charts=())))
    assert {*sizes} == {UPRIGHT, LYING}
    assert sizes[-1] == UPRIGHT


def test_no_letter_of_a_wide_table_is_too_small_to_be_read(page):
    path = page(replace(TABLES, tables=(WIDE,), charts=()))
    words = run(needed("pdftotext"), "-bbox", str(path), "-")
    heights = [
        float(re.search('yMax="([0-9.]+)"', line)[1])
        - float(re.search('yMin="([0-9.]+)"', line)[1])
        for line in words.splitlines()
        if "<word" in line
    ]
    assert min(heights) > SMALLEST


def test_what_is_handed_out_stands_upright_a_page_each(page):
    path = page(SHEETS)
    texts = pdf_text(path).split("\f")
    for number, name in enumerate(NAMES.teachers.values()):
        assert name in texts[1 + number]
        assert "Lessons and marks" in texts[1 + number]
        assert "What he was late with" in texts[1 + number]
    assert {*pdf_pages(path)} == {UPRIGHT}
    assert len(pdf_pages(path)) == 2 + len(NAMES.teachers)


def test_findings_stand_on_the_page_of_their_teacher(page):
    texts = pdf_text(page(SHEETS)).split("\f")
    assert "07.09.2026 (3, late 13)" in " ".join(texts[1].split())
    assert "Findings by teacher" not in "".join(texts)


def test_findings_that_name_nobody_are_listed_after_the_pages(page):
    made = replace(SHEETS, findings=(*SHEETS.findings, finding(teacher_ids=())))
    text = pdf_text(page(made))
    assert "no teacher named (1)" in text
    assert text.index("no teacher named (1)") > text.rindex("Lessons and marks")


def test_a_table_for_the_workbook_only_is_said_to_be_there(page):
    text = " ".join(
        pdf_text(page(replace(TABLES, tables=(replace(WHO, on_paper=False),), charts=()))).split()
    )
    assert "Marks of pupils see the workbook (lines: 4)" in text
    assert "Ёжиков" not in text


def test_columns_of_which_nothing_is_known_are_named_below_the_table(page):
    rows = tuple((*row[:3], NO_DATA, *row[4:]) for row in QUALITY.rows)
    made = replace(TABLES, tables=(replace(QUALITY, rows=rows),), charts=())
    text = " ".join(pdf_text(page(made)).split())
    assert "No data at all: Pupils." in text
    assert "Pupils" not in text.split("No data at all")[0]


def test_the_main_table_comes_before_the_charts(page):
    text = pdf_text(page(TABLES))
    assert text.index("Quality by class and subject") < text.index("Quality by subject")


def test_an_empty_table_says_that_it_is_empty(page):
    made = replace(TABLES, tables=(replace(WHO, rows=()),), charts=())
    assert "There is nothing to list." in pdf_text(page(made))


def test_every_page_has_a_number(page):
    path = page(WHOLE)
    count = len(pdf_pages(path))
    ends = ["".join(text.split()) for text in pdf_text(path).split("\f")[:count]]
    assert all(text.endswith(f"{number}/{count}") for number, text in enumerate(ends, start=1))


def test_headings_of_a_long_table_stand_on_each_page(page):
    texts = pdf_text(page(many(150))).split("\f")
    pages = [text for text in texts if "07.09.2026 (3, late 13)" in text]
    assert len(pages) > 2
    assert all("What is missing" in text for text in pages)


def test_parts_of_a_few_lines_follow_one_another(page):
    texts = pdf_text(page(TABLES)).split("\f")
    assert any("Ёжиков" in text and "Оглы" in text for text in texts)


def test_charts_are_drawn_with_their_labels(page):
    text = pdf_text(page(TABLES))
    assert "Quality by subject" in text
    assert "Findings over time" in text


def test_a_long_name_stays_inside_its_column(page):
    """Words of 200 letters are broken, so that nothing runs over the page's edge."""
    path = page(named("ы" * 200))
    words = run(needed("pdftotext"), "-bbox", str(path), "-")
    rights = [float(part.split('"')[0]) for part in words.split('xMax="')[1:]]
    widest = max(width for width, _height in pdf_pages(path))
    assert max(rights) < widest


def test_a_letter_without_a_font_is_a_box_and_the_page_says_so(page):
    text = pdf_text(page(named("Ли \U00100000 漢")))
    assert "no font for are shown as □" in " ".join(text.split())


@pytest.mark.parametrize("rows", [22, 24, 26])
def test_a_signature_stands_on_no_page_alone(page, rows):
    table = Table("n", "Numbers", (Column("n", "N", Content.NUMBER),), ((1,),) * rows)
    pages = pdf_text(page(report(name="quality", rules=(), tables=(table,)))).split("\f")
    (last,) = (one for one in pages if "signature" in one)
    assert "Requests that failed" in last


def test_a_report_that_begins_with_a_lying_table_has_its_head_on_that_page(page):
    first, *_others = pdf_text(page(report(tables=(WIDE,), rules=()))).split("\f")
    assert "Lessons held" in first
    assert "Figures of classes" in first


def test_a_name_that_is_markup_is_set_as_it_is(page):
    assert "#let x = 1" in pdf_text(page(named("#let x = 1")))


def test_what_is_too_long_for_paper_is_said_and_not_cut(page):
    text = " ".join(pdf_text(page(many(5_001))).split())
    assert "Too long for paper, see the workbook: Findings by teacher (5001)." in text


def test_an_empty_report_is_a_page_too(page):
    assert "nothing was read yet" in pdf_text(page(EMPTY))


def test_hidden_people_are_numbers(page):
    text = pdf_text(page(HIDDEN))
    assert "Teacher 1" in text
    assert "Pupil 3" in text
    assert "Лужина" not in text


def test_the_same_report_gives_the_same_bytes():
    assert pdf(WHOLE, english, lang="en") == pdf(WHOLE, english, lang="en")


def test_another_moment_gives_another_file():
    """Else the test above would prove little."""
    later = replace(WHOLE, made_at=WHOLE.made_at.replace(hour=9))
    assert pdf(WHOLE, english, lang="en") != pdf(later, english, lang="en")


def test_a_page_with_hardly_anything_but_the_signature_is_saved(page):
    table = Table("t", "T", (Column("n", "N", Content.NUMBER),), ((1,),) * 25)
    assert len(pdf_pages(page(replace(TABLES, tables=(table,), charts=())))) == 1
