"""The summary for the director on paper: one page, however much there is to say."""

from connector.reports.render import table
from connector.reports.render.pdf import pdf
from tests.unit.memos import fullest
from tests.unit.programs import pdf_pages, pdf_text
from tests.unit.sample_reports import english, named


def paper(tmp_path, made):
    path = tmp_path / "summary.pdf"
    path.write_bytes(pdf(made, english, lang="ru"))
    return path


def test_the_fullest_summary_is_one_page(tmp_path):
    path = paper(tmp_path, fullest())
    assert pdf_pages(path) == [(595, 842)]
    text = pdf_text(path)
    assert all(title in text for title in ("Classes with the most", "Teachers with the most"))


def test_names_of_200_letters_make_no_second_page(tmp_path):
    long = named("Ж" * 200, tables=fullest().tables, charts=fullest().charts, lists_findings=False)
    assert len(pdf_pages(paper(tmp_path, long))) == 1


def test_a_screen_shows_the_numbers_of_the_trend_too():
    assert "Checks one after another" in table(fullest(), english).decode()
