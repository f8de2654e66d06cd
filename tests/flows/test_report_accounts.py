"""Accounts and data for signing in against the emulator's school."""

from dataclasses import replace

import pytest

from connector.reports.accounts import ACCOUNT, BIRTHDAY, SNILS, build
from connector.reports.report import Filters
from connector.reports.tables import NO_DATA
from mappings.rulebooks import read_rulebook
from tests.flows.papers import listed, report, write_class_list
from tests.flows.stories import school

SNILS_GIVEN = "112-233-445 95"


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    path = tmp_path_factory.mktemp("accounts") / "mirror.db"
    with school(pupils=216, classes=9) as made:
        assert made.pull(path).error is None
        yield made.sandbox.desk, path


def table(made, key):
    (chosen,) = [one for one in made.tables if one.key == key]
    return [
        dict(zip((column.key for column in chosen.columns), row, strict=True))
        for row in chosen.rows
    ]


def without_account(desk):
    return {
        person.id: group.name
        for group in desk.school.groups
        if group.is_class
        for _place, person in group.now(desk.today)
        if person.user_id is None
    }


def test_pupils_without_an_account_are_named(pulled):
    desk, path = pulled
    made = report(build, path, read_rulebook())
    expected = without_account(desk)
    assert len(expected) >= 5
    named = [row for row in table(made, "pupils") if row["lacks"] == ACCOUNT]
    assert {row["pupil"]: made.names.groups[row["edu_group"]] for row in named} == expected


def test_counts_by_class_agree_with_the_school(pulled):
    desk, path = pulled
    made = report(build, path, read_rulebook())
    lacking = list(without_account(desk).values())
    rows = table(made, "pupils_by_class")
    assert {made.names.groups[row["edu_group"]]: row["no_account"] for row in rows} == {
        group.name: lacking.count(group.name) for group in desk.school.groups if group.is_class
    }
    assert sum(row["pupils"] for row in rows) == sum(
        len(group.now(desk.today)) for group in desk.school.groups if group.is_class
    )
    assert table(made, "staff")[0]["staff"] == len(desk.school.staff)


def test_a_birthday_nobody_can_show_is_not_called_lacking(pulled):
    """The diary shows birthdays of accounts only: who has none lacks the account."""
    _desk, path = pulled
    made = report(build, path, read_rulebook())
    assert [row for row in table(made, "pupils") if row["lacks"] == BIRTHDAY] == []


def test_without_a_list_nothing_is_said_of_snils(pulled):
    _desk, path = pulled
    made = report(build, path, read_rulebook())
    assert {row["no_snils"] for row in table(made, "pupils_by_class")} == {NO_DATA}


def test_pupils_whom_the_list_gives_no_snils_are_named(pulled, tmp_path):
    desk, path = pulled
    pupils = listed(desk)
    pupils[0] = replace(pupils[0], snils=SNILS_GIVEN)
    made = report(build, path, read_rulebook(), write_class_list(tmp_path / "list.xlsx", pupils))
    lacking = [row["pupil"] for row in table(made, "pupils") if row["lacks"] == SNILS]
    assert pupils[0].id not in lacking
    assert len(lacking) >= len(pupils) - 10


def test_without_names_only_counts_are_left(pulled):
    _desk, path = pulled
    made = report(build, path, read_rulebook(), anonymous=True)
    assert [one.key for one in made.tables] == ["pupils_by_class", "staff"]


def test_a_class_is_shown_without_staff(pulled):
    desk, path = pulled
    name = next(group.name for group in desk.school.groups if group.is_class)
    made = report(build, path, read_rulebook(), filters=Filters(classes=(name,)))
    assert len(table(made, "pupils_by_class")) == 1
    assert table(made, "staff") == table(made, "teachers") == []
