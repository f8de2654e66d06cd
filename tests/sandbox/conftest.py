import pytest

from connector.sandbox.server import RunningSandbox
from tests.sandbox.asking import Asker, config


@pytest.fixture(scope="module")
def school():
    """A school that the tests of one module only read."""
    with RunningSandbox(config()) as running:
        yield running


@pytest.fixture
def admin(school):
    return Asker(school)


@pytest.fixture
def living():
    """A school of its own, to be edited, throttled and broken."""
    with RunningSandbox(config()) as running:
        yield Asker(running)
