"""Whole stories run against a real server on a loopback port and a real file."""

import pytest

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
