"""The memo as a Word document: what another reader finds in it."""

import io
from collections import Counter
from dataclasses import replace

import pytest
from docx import Document
from docx.shared import Mm

from connector.errors import TemplateBroken
from connector.reports.render.memo_tags import memo_tags
from connector.reports.render.word import MEMO, built_in, docx
from connector.reports.report import Memo
from connector.reports.spravka import criteria_table
from mappings.rulebooks import read_rulebook
from tests.unit.memos import HOMEWORK, TOPIC, TOPIC_AGAIN, late, memo
from tests.unit.programs import converted, pdf_pages, pdf_text
from tests.unit.sample_reports import LESSON, english, finding, named

GONE = finding(lesson_id=LESSON + 9)
MADE = memo(
    TOPIC, TOPIC_AGAIN, HOMEWORK, late(1), before=(TOPIC, HOMEWORK, GONE), looked={LESSON + 9}
)
FIRST = memo(TOPIC, HOMEWORK)
HEADINGS = (
    "Reservations about the data",
    "1. What was checked",
    "2. Results",
    "2.1. By kind of remark",
    "2.2. By class",
    "2.3. By teacher",
    "3. Remarks of the last check",
    "4. What is in order",
    "5. Remarks",
    "6. Conclusions",
    "7. Recommendations",
    "Seen by the teachers concerned",
)


def opened(made, **how):
    return Document(io.BytesIO(docx(made, english, **({"lang": "en"} | how))))


def lines(document):
    return [paragraph.text for paragraph in document.paragraphs]


def table(document, *heading):
    """Rows below the table's heading, as texts."""
    for one in document.tables:
        rows = [[cell.text for cell in row.cells] for row in one.rows]
        if rows[0][: len(heading)] == list(heading):
            return rows[1:]
    raise AssertionError(heading)


def of(made, key):
    return next(one for one in made.tables if one.key == key)


@pytest.mark.parametrize("made", [MADE, FIRST, memo()], ids=["compared", "first", "clean"])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_no_tag_is_left(made, lang):
    document = opened(made, lang=lang)
    cells = [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    assert not any("{" in text or "%}" in text for text in [*lines(document), *cells])


def test_every_part_of_a_memo_has_its_heading_in_order():
    styled = [one.text for one in opened(MADE).paragraphs if one.style.name.startswith("Heading")]
    assert tuple(styled) == HEADINGS


def test_the_page_has_the_margins_of_an_office_paper():
    (section,) = opened(MADE).sections
    sides = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    assert [round(side / Mm(1)) for side in sides] == [30, 15, 20, 20]
    assert round(section.page_width / Mm(1)) == 210


def test_what_no_data_tells_is_a_line_for_the_pen():
    text = "\n".join(lines(opened(FIRST)))
    assert "Grounds: ____" in text
    assert "MEMO No. ____" in text


def test_the_settings_of_the_school_stand_in_their_places():
    own = Memo("17", "план ВШК, приказ № 112", "", "Соколова Н. П.", "Громов А. В.", "Приозёрск")
    document = opened(memo(TOPIC, memo=own))
    text = "\n".join(lines(document))
    assert "MEMO No. 17" in text
    assert "Grounds: план ВШК, приказ № 112" in text
    assert "Приозёрск\t18.09.2026" in text
    signed = [
        [cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in row.cells]
        for one in document.tables
        for row in one.rows
    ]
    assert ["Checked by", "_" * 16, "Соколова Н. П."] in signed
    assert ["Director", "_" * 16, "Громов А. В."] in signed


def test_the_numbers_by_rule_are_the_reports():
    rows = table(opened(MADE), "Kind of remark", "Remarks", "Per 100 lessons", "Last time")
    counts = Counter(one.rule for one in MADE.findings)
    assert [int(row[1]) for row in rows] == [counts[rule] for rule in MADE.rules]
    assert sum(int(row[4]) for row in rows) == MADE.comparison.counts()["fixed"]
    assert sum(int(row[5]) for row in rows) == MADE.comparison.counts()["stands"]
    assert sum(int(row[6]) for row in rows) == MADE.comparison.counts()["new"]


def test_without_a_last_check_there_are_no_columns_for_it():
    document = opened(FIRST)
    assert len(table(document, "Kind of remark", "Remarks")[0]) == 3
    assert "There was no earlier check of the same scope to compare with." in lines(document)


@pytest.mark.parametrize(("key", "heading"), [("classes", "Class"), ("teachers", "Teacher")])
def test_the_numbers_by_class_and_teacher_are_the_reports(key, heading):
    rows = table(opened(MADE), heading, "Lessons held")
    assert [(int(row[1]), int(row[2]), int(row[3])) for row in rows] == [
        row[1:4] for row in of(MADE, key).rows
    ]


def test_remarks_stand_below_their_teacher_with_dates():
    rows = table(opened(MADE), "Class", "Subject", "Kind of remark")
    assert rows[0][0] == "Лужина Вера Ильинична (3)"
    assert (rows[1][0], rows[1][3:]) == ("5А", ["2", "1", "07.09, 11.09"])
    assert (rows[2][0], rows[2][3:]) == ("10Б", ["1", "1", "08.09"])
    assert rows[3][0] == "Мамед оглы Тофик (1)"


def test_of_many_dates_the_first_stand_there_and_how_many_more():
    days = [finding(lesson_id=LESSON + n, date=finding().date.replace(day=n)) for n in range(1, 16)]
    rows = table(opened(memo(*days)), "Class", "Subject", "Kind of remark")
    assert rows[1][5].endswith("12.09 and 3 more")


def test_everybody_with_a_remark_has_a_line_to_sign():
    rows = table(opened(MADE), "No.", "Name")
    assert rows == [
        ["1", "Лужина Вера Ильинична", "", ""],
        ["2", "Мамед оглы Тофик", "", ""],
    ]


def test_no_pupil_is_named():
    made = memo(finding("FINALAVG", lesson_id=None, person_ids=(5, 6)))
    cells = [cell.text for one in opened(made).tables for row in one.rows for cell in row.cells]
    assert not any("Ёжиков" in text for text in [*lines(opened(made)), *cells])


def test_names_that_hold_tags_stay_text():
    made = memo(TOPIC, names=named("{{ school }} {% x %}").names)
    rows = table(opened(made), "Class", "Subject", "Kind of remark")
    assert rows[1][0] == "{{ school }} {% x %}"


def test_a_school_s_own_template_may_name_what_the_shipped_one_names():
    own = Document()
    for tag in memo_tags(MADE, english):
        own.add_paragraph(f"{{{{ {tag} }}}}")
    content = io.BytesIO()
    own.save(content)
    assert len(lines(opened(MADE, template=content.getvalue()))) == len(memo_tags(MADE, english))


def test_a_misspelt_tag_of_a_school_s_template_is_named():
    own = Document(io.BytesIO(built_in("en", MEMO)))
    own.add_paragraph("{{ insepctor }}")
    content = io.BytesIO()
    own.save(content)
    with pytest.raises(TemplateBroken) as caught:
        opened(MADE, template=content.getvalue(), template_name="memo.docx")
    assert caught.value.facts["tag"] == "{{ insepctor }}"


def test_the_same_memo_gives_the_same_bytes():
    assert docx(MADE, english, lang="ru") == docx(MADE, english, lang="ru")


@pytest.mark.long
def test_an_office_prints_the_memo_upright_with_all_its_parts(tmp_path):
    papers = converted(tmp_path, {"memo.docx": docx(MADE, english, lang="en")})
    assert set(pdf_pages(papers["memo.docx"])) == {(595, 842)}
    text = pdf_text(papers["memo.docx"])
    assert all(heading in text for heading in HEADINGS)


def test_the_days_of_control_works_and_rules_without_a_deadline_are_told():
    rules = read_rulebook().rules
    criteria = criteria_table(tuple(rules[one] for one in ("TOPIC", "WORK", "YEAR")))
    shown = replace(MADE, tables=(criteria,))
    assert [one["due"] for one in memo_tags(shown, lambda text: text)["criteria"]] == [
        *("0", "calendar days: 7, 10, 5 (control work, composition, test)", "no deadline"),
    ]
    assert [row[2:] for row in criteria.rows] == [(0, None), (None, "7, 10, 5"), (None, None)]
