"""The plan's page in headless Chromium: it runs without a complaint, filters, prints, and fits a phone."""

import html
import re
from dataclasses import replace

import pytest

from connector.reports.render.plan_html import plan_html
from tests.browser.chromium import EVIL, PHONE
from tests.unit import plans

# Typed into the filter once the page is ready; what then shows is written where the test reads it.
TYPE = """<script>
var box = document.getElementById("q");
box.value = {text};
box.dispatchEvent(new Event("input"));
document.title = Array.from(document.querySelectorAll("tbody tr.create, tbody tr.update, tbody tr.move, tbody tr.archive"))
  .filter(function (row) {{ return row.offsetParent !== null; }}).length + " shown";
</script></body>"""


def content(plan, addition=""):
    page = plan_html(plan, plans.NAMES, made_at_text="30.08.2026 10:12", lang="en").decode()
    return page.replace("</body>", addition or "</body>").encode()


def title(dom):
    return re.search("<title>([^<]*)</title>", dom).group(1)


def evil_plan():
    plan = plans.roster()
    plan.operations = [replace(one, label=EVIL, source=EVIL) for one in plan.operations]
    return plan


@pytest.mark.parametrize(
    "plan", [plans.roster(), plans.schedule(), plans.plan()], ids=["roster", "schedule", "empty"]
)
def test_the_console_stays_empty(browse, plan):
    dom, complaints = browse(content(plan), "--dump-dom")
    assert "</html>" in dom
    assert complaints == []


def test_the_console_is_really_heard(browse):
    """Else the test above would prove nothing."""
    _dom, complaints = browse(
        content(plans.roster(), "<script>nowhere()</script></body>"), "--dump-dom"
    )
    assert len(complaints) == 1


def test_a_name_that_is_markup_is_shown_as_text(browse):
    dom, complaints = browse(content(evil_plan()), "--dump-dom")
    assert title(dom) == "Plan of class lists 4f1a2b3c4d5e"
    assert "<img" not in dom
    assert "&lt;script&gt;document.title" in dom
    assert complaints == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("", 12), ("пробная", 2), ("ТЕСТОВА ева", 1), ("Пётр", 0), ("6б transfer", 1)],
)
def test_the_filter_shows_only_lines_with_all_words(browse, typed, shown):
    dom, complaints = browse(content(plans.roster(), TYPE.format(text=repr(typed))), "--dump-dom")
    assert title(dom) == f"{shown} shown"
    assert complaints == []


def test_the_filter_takes_e_for_yo(browse):
    dom, _complaints = browse(content(plans.schedule(), TYPE.format(text="'петр'")), "--dump-dom")
    assert title(dom) == "1 shown"


@pytest.mark.parametrize(
    "plan", [plans.roster(), plans.schedule(), evil_plan()], ids=["roster", "schedule", "evil"]
)
def test_a_phone_needs_no_sideways_scrolling(browse, plan):
    framed = PHONE.format(page=html.escape(content(plan).decode()), width=360)
    dom, _complaints = browse(framed.encode(), "--dump-dom")
    assert title(dom) == "360 of 360"


def test_it_prints_whole_lists(browse, tmp_path):
    paper = tmp_path / "page.pdf"
    _dom, complaints = browse(content(plans.roster()), f"--print-to-pdf={paper}")
    assert paper.read_bytes().startswith(b"%PDF")
    assert complaints == []


def test_it_can_be_seen(browse, tmp_path):
    picture = tmp_path / "page.png"
    browse(content(plans.roster()), f"--screenshot={picture}", "--window-size=1280,1000")
    assert picture.read_bytes().startswith(b"\x89PNG")
