"""docs/files.md explains every rule word that a reader may say, and no other."""

import ast
import re
from pathlib import Path

import pytest

from mappings.wording import RULES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
SAYING = {"refuse", "doubt", "mend", "tell"}


def trees():
    for file in sorted((ROOT / "mappings").glob("*.py")):
        yield ast.parse(file.read_text(encoding="utf-8"))


def constants(node):
    return {
        found.value
        for found in ast.walk(node)
        if isinstance(found, ast.Constant) and isinstance(found.value, str)
    }


def said():
    """Rule words in calls that add a problem or a fix."""
    words = set()
    for tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in SAYING:
                rule = node.args[1 if name == "tell" else 0]
                words |= constants(rule) if isinstance(rule, ast.Constant) else set()
    return words


def explained():
    return set(re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Problems")[2], re.MULTILINE))


def test_every_rule_that_is_said_is_explained():
    assert said() | RULES.keys() <= explained()


def test_every_rule_that_is_explained_can_be_said():
    known = set().union(*(constants(tree) for tree in trees()))
    assert explained() <= known


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_problem_of_a_class_list_refuses_as_the_page_says(rule):
    row = re.search(rf"^\| `{rule}` \| (yes|no) \|", PAGE, re.MULTILINE)
    assert row is not None
    assert (row[1] == "yes") == RULES[rule].refuses
