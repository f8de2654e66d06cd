"""Whole stories run against a real server on a loopback port and a real file."""

import shutil

import pytest

from tests.flows.pushing import Office, children
from tests.flows.stories import school


@pytest.fixture(scope="module")
def calm_school():
    """A school that no test edits."""
    with school() as made:
        yield made


@pytest.fixture
def own_school():
    """A school that the test may edit."""
    with school() as made:
        yield made


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mirror.db"


@pytest.fixture(scope="module")
def one_school():
    """A school of the module's own; `office` gives it back its first state."""
    with school() as made:
        yield made


@pytest.fixture(scope="module")
def known(one_school, tmp_path_factory):
    """A mirror in which everybody of the diary is known."""
    office = Office(one_school, tmp_path_factory.mktemp("known"))
    office.settle(children(one_school.sandbox.desk))
    return office.path


@pytest.fixture
def office(one_school, known, tmp_path):
    """Who plans and writes from `known` on."""
    one_school.control("POST", "reset", {})
    made = Office(one_school, tmp_path)
    shutil.copyfile(known, made.path)
    return made
