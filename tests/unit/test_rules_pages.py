"""The pages about rules and reports tell of each one what a deputy must know, and their numbers are the sample's."""

import re
import tomllib
from pathlib import Path

import pytest

from connector.reports.catalogue import REPORTS
from connector.rulebook import RULE_SPECS
from mappings.rulebooks import SHIPPED, read_rulebook

DOCS = Path(__file__).resolve().parents[2] / "docs"
# What a section must say, in the page's language.
WORDS = {
    "rules.md": ("Example.", "Not told.", "Origin.", "To change."),
    "rules.ru.md": ("Пример.", "Не замечание.", "Откуда.", "Как изменить."),
}
PAGES = pytest.mark.parametrize("page", WORDS)
RULES = pytest.mark.parametrize("rule", RULE_SPECS)
SAMPLE = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["rules"]


def sections(page):
    """Text by rule: under its heading, up to the next one."""
    text = (DOCS / page).read_text(encoding="utf-8")
    parts = re.split(r"^#{2,3} (.+)$", text, flags=re.MULTILINE)
    named = zip(parts[1::2], parts[2::2], strict=True)
    return {title: body for title, body in named if re.fullmatch("[A-Z0-9]+", title)}


def snippet(page, rule):
    """What the page offers to be put into a rulebook."""
    (found,) = re.findall(r"```toml\n(.*?)```", sections(page)[rule], flags=re.DOTALL)
    return found


@PAGES
def test_every_rule_has_its_section_and_nothing_else_has(page):
    assert set(sections(page)) == set(RULE_SPECS)


@PAGES
@RULES
def test_a_rule_has_an_example_exemptions_an_origin_and_the_way_to_change_it(page, rule):
    told = re.findall(r"^- \*\*(.+?)\*\*(.*)$", sections(page)[rule], flags=re.MULTILINE)
    assert tuple(word for word, _ in told) == WORDS[page]
    assert all(text.strip() for _word, text in told[:3])


@PAGES
@RULES
def test_an_origin_says_how_sure_it_is(page, rule):
    origin = sections(page)[rule].split(WORDS[page][2])[1].split(WORDS[page][3])[0]
    assert re.search(r"\[[VKP]\]", origin)


@PAGES
@RULES
def test_a_snippet_is_a_rulebook_that_the_program_takes(page, rule, tmp_path):
    file = tmp_path / "rulebook.toml"
    file.write_text('name = "Школа"\n' + snippet(page, rule), encoding="utf-8")
    assert list(read_rulebook(file).rules) == [rule]


@PAGES
@RULES
def test_a_snippet_names_every_parameter_with_the_number_of_the_sample(page, rule):
    shown = tomllib.loads(snippet(page, rule))["rules"][rule]
    assert shown.items() <= SAMPLE[rule].items()
    assert RULE_SPECS[rule].params.keys() <= shown.keys()


@PAGES
@RULES
def test_a_rule_that_the_sample_leaves_to_the_school_is_shown_as_off(page, rule):
    is_off = SAMPLE[rule].get("enabled") is False
    assert ("enabled = false" in snippet(page, rule)) == is_off


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_has_its_section(report):
    text = (DOCS / "reports.md").read_text(encoding="utf-8")
    (body,) = re.findall(rf"^## `{report}`\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert body.strip()


@pytest.mark.parametrize("report", REPORTS)
def test_a_section_of_a_report_names_its_rules_or_the_reports_it_has_them_from(report):
    text = (DOCS / "reports.md").read_text(encoding="utf-8")
    body = re.split(rf"^## `{report}`\n", text, flags=re.MULTILINE)[1].split("\n## ")[0]
    told = set(re.findall(r"\b[A-Z]+[0-9]?\b", body))
    for other in set(re.findall(r"`([\w-]+)`", body)) & REPORTS.keys() - {report}:
        told |= set(REPORTS[other].rules)
    assert set(REPORTS[report].rules) <= told
