"""The page of a plan: one file, everything in it, nothing from outside, nothing that runs by accident."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from connector.reports.render.plan_html import plan_html
from tests.unit import plans

CSP = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
EVIL = "<script>alert('x')</script>\"&'"
VOID = {"meta", "input", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """Tags in order with their attributes, and the text without scripts and styles."""

    def __init__(self, content):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.texts = [], [], []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"script", "style"}:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def page(plan, *, lang="en"):
    return Page(plan_html(plan, plans.NAMES, made_at_text="30.08.2026 10:12", lang=lang))


def test_all_tags_are_closed_in_order():
    for plan in (plans.roster(), plans.schedule(), plans.plan()):
        assert page(plan).open == []


def test_nothing_is_fetched_from_anywhere():
    content = plan_html(plans.roster(), plans.NAMES, made_at_text="", lang="en").decode()
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\ssrc=", content)
    assert {"content": CSP, "http-equiv": "Content-Security-Policy"} in page(plans.roster()).all(
        "meta"
    )


def test_links_stay_on_the_page():
    seen = page(plans.roster())
    targets = {attributes["id"] for _tag, attributes in seen.tags if "id" in attributes}
    links = [attributes["href"] for attributes in seen.all("a")]
    assert links
    assert all(link.startswith("#") and link[1:] in targets for link in links)


def test_what_people_typed_is_text_wherever_it_stands():
    operations = [
        replace(one, label=EVIL, source=EVIL, reason=EVIL, evidence=EVIL)
        for one in plans.roster_operations()
    ]
    plan = plans.roster(plan=EVIL, sources=[{"path": EVIL, "sha256": EVIL}], school_id=EVIL)
    plan.operations = plans.numbered(operations)
    plan.notes = [replace(note, text=EVIL, rule=EVIL) for note in plan.notes]
    plan.unresolved = [
        replace(one, label=EVIL, reason=EVIL, resource=EVIL) for one in plan.unresolved
    ]
    plan.guards = [replace(guard, name=EVIL) for guard in plan.guards]
    names = dict.fromkeys(plans.NAMES, EVIL)
    seen = Page(plan_html(plan, names, made_at_text=EVIL, lang="en"))
    assert len(seen.all("script")) == 1
    assert seen.open == []
    assert seen.text.count(EVIL) > 40


def test_headline_numbers_come_first():
    seen = page(plans.roster())
    assert seen.text.index("7 to create") < seen.text.index("What happens")
    for tile in (
        "2 to change",
        "1 to move",
        "3 to archive",
        "512 as they should be",
        "3 open questions",
    ):
        assert tile in seen.text


def test_guards_and_what_cannot_be_taken_back_stand_before_the_classes():
    text = page(plans.roster()).text
    assert text.index("Guards that stop this plan") < text.index("What happens")
    assert text.index("Cannot be taken back") < text.index("What happens")
    assert "31 , allowed 25 school.persons.archive" in text


def test_old_and_new_values_stand_side_by_side():
    text = page(plans.roster()).text
    assert "last name Прежняя Пробная" in text
    assert "class 5А 6Б" in text


def test_every_operation_has_its_line_or_shares_one():
    lines = [tag for tag in page(plans.roster()).all("tr") if "class" in tag]
    # The new pupil and his place in the class share one.
    assert len(lines) == len(plans.roster_operations()) - 1


def test_lines_are_marked_where_a_guard_stops_them_or_nothing_takes_them_back():
    text = page(plans.roster()).text
    assert "Archive the person cannot be taken back stopped by a guard" in text


def test_long_lists_are_folded_but_whole():
    many = [
        plans.operation("membership.end", str(n), label=f"Ученик-{n:03d}", irreversible=True)
        for n in range(40)
    ]
    seen = page(plans.plan(*many))
    assert len(seen.all("details")) == 1
    assert "and 30 more" in seen.text
    assert seen.text.count("Take out: Ученик-") == 40


def test_an_empty_plan_is_a_page_too():
    seen = page(plans.plan())
    assert "Nothing to change." in seen.text
    assert seen.all("script") == []


def test_the_language_is_said():
    assert page(plans.roster(), lang="ru").all("html") == [{"lang": "ru"}]


def test_the_same_plan_gives_the_same_bytes():
    first, second = (
        plan_html(plans.roster(), plans.NAMES, made_at_text="", lang="en") for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("plan", [plans.roster(), plans.schedule()], ids=["roster", "schedule"])
def test_a_page_says_when_it_was_made(plan):
    assert "Page made 30.08.2026 10:12" in page(plan).text
