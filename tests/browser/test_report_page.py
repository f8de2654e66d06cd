"""A report's page in headless Chromium: it sorts, filters and prints, complains of nothing and fetches nothing."""

import html as markup
import json
import re
from dataclasses import replace

import pytest

from connector.reports.render.page import html
from connector.reports.tables import Column, Content, Table
from tests.browser.chromium import EVIL, PHONE
from tests.unit.memos import fullest
from tests.unit.programs import pdf_pages, pdf_text
from tests.unit.sample_reports import (
    EMPTY,
    FULL,
    HIDDEN,
    TABLES,
    WHOLE,
    english,
    named,
    russian,
)

UPRIGHT, LYING = (595, 842), (842, 595)
# Run once the page is ready; what it finds is written where the test reads it.
SCRIPT = "<script>(function () {{ {steps}\ndocument.title = JSON.stringify(found); }})();</script></body>"
TYPE = """
var box = document.getElementById("q");
box.value = {text};
box.dispatchEvent(new Event("input"));
var found = Array.from(document.querySelectorAll("main table.list tbody tr"))
  .filter(function (row) {{ return row.offsetParent !== null; }}).length;
"""
CLICK = """
var table = Array.from(document.querySelectorAll("main section"))
  .filter(function (part) {{ return part.querySelector("h2").textContent === {title}; }})[0].querySelector("table");
var button = Array.from(table.querySelectorAll("thead button"))
  .filter(function (one) {{ return one.textContent === {column}; }})[0];
for (var turn = 0; turn < {clicks}; turn++) {{ button.click(); }}
var place = button.parentNode.cellIndex;
var found = Array.from(table.tBodies[0].rows).map(function (row) {{ return row.cells[place].textContent; }});
found.push(button.parentNode.getAttribute("aria-sort"), table.tFoot ? table.tFoot.rows[0].cells[0].textContent : "");
"""


def content(made, addition="", translate=english):
    page = html(made, translate, lang="en").decode()
    return page.replace("</body>", addition or "</body>").encode()


def done(browse, made, steps, translate=english):
    dom, complaints = browse(content(made, SCRIPT.format(steps=steps), translate), "--dump-dom")
    assert complaints == []
    return json.loads(markup.unescape(re.search("<title>([^<]*)</title>", dom).group(1)))


def clicked(browse, made, title, column, clicks=1, translate=english):
    steps = CLICK.format(title=json.dumps(title), column=json.dumps(column), clicks=clicks)
    return done(browse, made, steps, translate)


def test_the_console_stays_empty_whatever_the_report(browse):
    for made in (FULL, EMPTY, TABLES, WHOLE, HIDDEN, named(EVIL)):
        dom, complaints = browse(content(made), "--dump-dom")
        assert "</html>" in dom
        assert complaints == []


def test_the_console_is_really_heard(browse):
    """Else the test above would prove nothing."""
    _dom, complaints = browse(content(FULL, "<script>nowhere()</script></body>"), "--dump-dom")
    assert len(complaints) == 1


def asked(tmp_path):
    """What was asked for over the network, without what the browser asks its maker by itself."""
    urls = re.findall(r'"url":"(https?://[^"]*)"', (tmp_path / "net.json").read_text("utf-8"))
    return {url for url in urls if not re.match(r"https?://[a-z0-9.]*google(apis)?\.com/", url)}


IMAGE = '<img src="http://127.0.0.1:9/pixel">'


def test_nothing_is_fetched_not_even_what_a_name_asks_for(browse, tmp_path):
    browse(content(named(IMAGE)), "--dump-dom")
    assert asked(tmp_path) == set()
    assert "://" not in content(WHOLE).decode().replace("http://www.w3.org/2000/svg", "")


def test_what_is_fetched_is_really_seen(browse, tmp_path):
    """Else the test above would prove nothing."""
    browse(IMAGE.encode(), "--dump-dom")
    assert asked(tmp_path) == {"http://127.0.0.1:9/pixel"}


def test_a_name_that_is_markup_is_shown_as_text(browse):
    dom, complaints = browse(content(named(EVIL)), "--dump-dom")
    assert "<title>Missing entries in the journal</title>" in dom
    assert "<img" not in dom
    assert complaints == []


def test_a_heading_sorts_numbers_as_numbers_and_what_is_unknown_stands_last(browse):
    up = clicked(browse, TABLES, "Quality by class and subject", "Quality, %", 1, russian)
    down = clicked(browse, TABLES, "Quality by class and subject", "Quality, %", 2, russian)
    assert up == ["61,3", "66,7", "no data", "ascending", "Total"]
    assert down == ["66,7", "61,3", "no data", "descending", "Total"]


def test_a_heading_sorts_days_as_days(browse):
    assert clicked(browse, FULL, "Findings", "Date", 2)[:4] == [
        "08.09.2026",
        "07.09.2026",
        "07.09.2026",
        "07.09.2026",
    ]


def test_a_heading_sorts_classes_as_people_count_them(browse):
    assert clicked(browse, FULL, "Findings", "Class")[:4] == ["5А", "5А", "10Б", "10Б"]


@pytest.mark.parametrize(
    ("typed", "shown"), [("", 19), ("ЛУЖИНА тема", 0), ("лужина topic", 1), ("ежиков", 2)]
)
def test_the_filter_shows_only_lines_with_all_words_and_takes_e_for_yo(browse, typed, shown):
    made = replace(WHOLE, charts=())
    assert done(browse, made, TYPE.format(text=json.dumps(typed))) == shown


def test_it_works_without_scripts(browse):
    page = content(WHOLE).decode()
    assert "Ёжиков" in re.sub("<script>.*</script>", "", page, flags=re.DOTALL)


def test_a_phone_needs_no_sideways_scrolling_of_the_page(browse):
    for made in (WHOLE, named("ы" * 200)):
        framed = PHONE.format(page=markup.escape(content(made).decode()), width=360)
        dom, _complaints = browse(framed.encode(), "--dump-dom")
        assert "<title>360 of 360</title>" in dom


def test_it_prints_on_a4_with_wide_tables_lying(browse, tmp_path):
    paper = tmp_path / "page.pdf"
    _dom, complaints = browse(content(WHOLE), "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    assert complaints == []
    assert {*pdf_pages(paper)} == {UPRIGHT, LYING}
    text = pdf_text(paper)
    assert "Show only lines with" not in text
    # The last columns of the widest table are on paper too, and what is folded on the screen.
    assert "1234567890123456789" in text
    assert "Lesson statuses met and how they were read" in text


def test_the_summary_for_the_director_prints_on_one_page(browse, tmp_path):
    paper = tmp_path / "page.pdf"
    browse(content(fullest()), f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    assert pdf_pages(paper) == [UPRIGHT]
    assert "Константинопольская" in pdf_text(paper)


def test_it_can_be_seen(browse, tmp_path):
    picture = tmp_path / "page.png"
    browse(content(WHOLE), f"--screenshot={picture}", "--window-size=1280,1000")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_headings_stand_on_each_printed_page_in_whole_words(browse, tmp_path):
    figures = tuple(Column(f"n{place}", "Пропущено уроков", Content.NUMBER) for place in range(6))
    table = Table(
        *("t", "Figures", (Column("pupil", "Pupil", Content.PUPIL), *figures)),
        tuple((5, *range(6)) for _row in range(150)),
    )
    paper = tmp_path / "page.pdf"
    made = replace(EMPTY, tables=(table,))
    browse(content(made), f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    pages = [text for text in pdf_text(paper).split("\f") if "Ёжиков" in text]
    assert len(pages) > 1
    assert all(text.count("Пропущено") == 6 for text in pages)
