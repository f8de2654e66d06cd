"""The report as PDF: what poppler reads of its pages."""

from dataclasses import replace

import pytest

from connector.reports.render.pdf import pdf
from tests.unit.programs import needed, pdf_pages, pdf_text, run
from tests.unit.sample_reports import (
    EMPTY,
    FULL,
    HIDDEN,
    NAMES,
    TABLES,
    WHOLE,
    english,
    finding,
    named,
    report,
    russian,
)

UPRIGHT, LYING = (595, 842), (842, 595)


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
    assert "66,7 %" in text.replace("\xa0", " ")
    assert "no data" in text


def test_pages_are_a4_and_wide_tables_lie(page):
    sizes = pdf_pages(page(TABLES))
    assert {*sizes} == {UPRIGHT, LYING}
    assert sizes[0] == UPRIGHT


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


def test_each_part_of_a_split_table_begins_a_page(page):
    texts = pdf_text(page(TABLES)).split("\f")
    of_class = [
        [number for number, text in enumerate(texts) if f"Marks of pupils: {name}" in text]
        for name in ("5А", "10Б")
    ]
    assert not {*of_class[0]} & {*of_class[1]}


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
