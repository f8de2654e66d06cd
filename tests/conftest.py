"""What every test gets: no network beyond this machine, and laws checked without a stopwatch."""

import asyncio
import os
import socket
import sys
import threading

import pytest
from hypothesis import HealthCheck, settings

# A shared machine is slow at times; a law does not become false by it.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")

_connect = socket.socket.connect
_HERE = ("127.0.0.1", "::1", "localhost")


def _only_here(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _HERE:
        raise AssertionError(f"a test tried to reach {address[0]}")
    return _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", _only_here)


@pytest.fixture(autouse=True, scope="session")
def _children_run_unmeasured():
    """Coverage follows the workers of a run; in the programs that tests start it would weigh on imports and disks."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


# Python 3.11 tells a tracer of no call where a coroutine goes on after an inner one swallowed what was thrown into it
# (anyio does so at each connection). Coverage then takes one return too many, and all frames below `asyncio.run` look
# as if they were never finished. A tracer of its own for each loop keeps the miscount there.
if sys.version_info < (3, 12) and threading.gettrace() is not None:
    _run = asyncio.run

    def _run_with_own_tracer(*args, **options):
        outer = sys.gettrace()
        sys.settrace(threading.gettrace())
        try:
            return _run(*args, **options)
        finally:
            sys.settrace(outer)

    asyncio.run = _run_with_own_tracer
