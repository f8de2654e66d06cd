"""Word documents and workbooks as LibreOffice shows them: converted once, then read."""

import pytest

from connector.reports import render
from connector.reports.render.word import docx
from tests.unit.programs import converted, pdf_pages, pdf_text
from tests.unit.sample_reports import WHOLE, english, named

UPRIGHT, LYING = (595, 842), (842, 595)
NASTY = '=1+1"<&>' + "ы" * 200


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """The PDF of each document, by the document's name."""
    documents = {
        "whole.docx": docx(WHOLE, english, lang="en"),
        "whole.xlsx": render.xlsx(WHOLE, english),
        "nasty.docx": docx(named(NASTY), english, lang="en"),
        "nasty.xlsx": render.xlsx(named(NASTY), english),
    }
    return converted(tmp_path_factory.mktemp("office"), documents)


def test_a_word_document_opens_upright_with_its_tables(papers):
    text = " ".join(pdf_text(papers["whole.docx"]).split())
    assert {*pdf_pages(papers["whole.docx"])} == {UPRIGHT}
    assert "Лужина Вера Ильинична (3)" in text
    assert "Pupils without a mark (н/а) count as not successful." in text
    assert "{" not in text


def test_a_workbook_prints_lying_and_no_number_is_too_wide_for_its_column(papers):
    text = pdf_text(papers["whole.xlsx"])
    assert {*pdf_pages(papers["whole.xlsx"])} == {LYING}
    for shown in ("66.7", "no data", "violation", "07.09.2026", "Findings over time"):
        assert shown in text
    assert "###" not in text


@pytest.mark.parametrize("name", ["nasty.docx", "nasty.xlsx"])
def test_a_name_of_any_kind_is_text(papers, name):
    assert '=1+1"<&>' in pdf_text(papers[name])
