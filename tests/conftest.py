"""What every test gets: no network beyond this machine, and laws checked without a stopwatch."""

import socket

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
