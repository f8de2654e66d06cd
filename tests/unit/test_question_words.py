"""Whatever the planner asks about, people read why in words: in the plan and in `dnevnik map`."""

import ast
from pathlib import Path

import pytest

from connector.commands.map_questions import REASONS
from connector.reports.render.plan_words import QUESTIONS

SYNC = Path(__file__).parents[2] / "connector/sync"
# Where a call of this name carries the reason.
PLACES = {"Question": 3, "_ask": 1, "Near": 1}
# Modules whose reasons are those of questions, not of operations.
ASKING = ("binding", "classes", "near", "pupils", "resolve")


def constants(node):
    """Strings that an expression may come to."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def reasons():
    found = set()
    for name in ASKING:
        for node in ast.walk(ast.parse((SYNC / f"{name}.py").read_text("utf-8"))):
            if isinstance(node, ast.Call):
                place = PLACES.get(getattr(node.func, "attr", getattr(node.func, "id", "")))
                if place is not None and len(node.args) > place:
                    found |= constants(node.args[place])
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason":
                found |= constants(node.value)
    return found


@pytest.mark.parametrize("words", [REASONS, QUESTIONS], ids=["map", "plan"])
def test_every_reason_to_ask_has_words(words):
    assert {"came_back", "unknown_year", "surname_changed", "initials", "stream"} <= reasons()
    assert reasons() - set(words) == set()
