"""A mirror pulled from a small emulated school on the school's day, and a shell around it."""

import time
from contextlib import contextmanager
from datetime import UTC, date, datetime

from connector.api.client import Client
from connector.api.pacing import TokenBucket
from connector.flows.pull import pull
from connector.flows.run import PullOptions
from connector.i18n import set_language
from connector.mirror.store import Mirror
from connector.sandbox.config import SandboxConfig
from connector.sandbox.server import RunningSandbox

TODAY = "2026-11-24"


@contextmanager
def pulled_school(path, pupils):
    """The emulator while it runs; its mirror stays at `path`."""
    config = SandboxConfig(
        pupils=pupils, today=date.fromisoformat(TODAY), rate=100_000, burst=100_000
    )
    with RunningSandbox(config) as school:
        client = Client(
            base_url=school.info["base_url"],
            token=school.info["tokens"]["admin"],
            bucket=TokenBucket(1000, 1000, time.monotonic),
        )
        with client, Mirror.open(path, write=True) as mirror:
            result = pull(
                client, mirror, PullOptions(), clock=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)
            )
        assert result.error is None
        yield school


@contextmanager
def at_home(folder, mirror, monkeypatch, **environ):
    """Commands in a folder of their own, in English, over a mirror."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    monkeypatch.setenv("DNEVNIK_LANG", "en")
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(mirror))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    yield
    set_language("en")
