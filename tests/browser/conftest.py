"""The browser of these tests."""

from functools import partial

import pytest

from tests.browser import chromium


@pytest.fixture
def browse(tmp_path):
    """Open a page in the test's folder; returns what the browser printed and what it complained of."""
    chromium.found()
    return partial(chromium.opened, tmp_path)
