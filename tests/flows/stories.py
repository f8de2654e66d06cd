"""An emulated school on a loopback port, a real mirror file, and the clock in the test's hand."""

import gc
import json
import time
import urllib.request
import warnings
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import httpx

from connector.api.client import Client, Limits, TokenBucket, Tools
from connector.flows.pull import PullOptions, pull
from connector.mirror.store import Mirror
from connector.records import TABLES
from connector.sandbox.config import SandboxConfig
from connector.sandbox.server import RunningSandbox

TODAY = date(2026, 11, 24)
EVENING = datetime(2026, 11, 24, 17, tzinfo=UTC)
SMALL = {"pupils": 72, "classes": 3, "today": TODAY, "rate": 100_000.0, "burst": 100_000}


class Between(httpx.AsyncHTTPTransport):
    """Stands between the client and the emulator: `bend(path, status, document)` says what arrives."""

    def __init__(self, bend):
        super().__init__()
        self._bend = bend

    async def handle_async_request(self, request):
        answer = await super().handle_async_request(request)
        document = json.loads(await answer.aread())
        status, bent = self._bend(
            request.url.path.removeprefix("/v2"), answer.status_code, document
        )
        return httpx.Response(status, json=bent)


def _clear_cut_off_connections():
    """What a run that ends early cancels at its birth, httpx loses: it is cleared away here, not in some later test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class School:
    """An emulated school and the ways a test reaches into it."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.info = sandbox.info
        self.token = self.info["tokens"]["admin"]

    def control(self, method, path, body=None):
        root = self.info["base_url"].removesuffix("/v2")
        data = (
            body.encode()
            if isinstance(body, str)
            else json.dumps(body).encode()
            if body is not None
            else None
        )
        request = urllib.request.Request(f"{root}/__sandbox/{path}", data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def edit(self, op, **what):
        return self.control("POST", "edit", {"op": op, **what})

    @contextmanager
    def faults(self, toml):
        self.control("POST", "faults", toml)
        try:
            yield
        finally:
            self.control("DELETE", "faults")

    def calls(self):
        return self.control("GET", "calls")

    def forget_calls(self):
        self.control("DELETE", "calls")

    def client(self, *, token=None, attempts=4, total_s=300.0, read_s=5.0, bend=None):
        async def at_once(_seconds):
            return None

        return Client(
            base_url=self.info["base_url"],
            token=token or self.token,
            async_transport=bend and Between(bend),
            limits=Limits(attempts=attempts, total_s=total_s, read_s=read_s),
            bucket=TokenBucket(100_000.0, 100_000, time.monotonic),
            tools=Tools(wait=lambda _seconds: None, await_=at_once, chance=lambda: 0.0),
        )

    def pull(self, path, *, at=EVENING, token=None, progress=lambda _: None, **options):
        """One pull, as the command does it; opens and closes the mirror."""
        knobs = {
            name: options.pop(name)
            for name in ("attempts", "total_s", "read_s", "bend")
            if name in options
        }
        error = True
        try:
            with Mirror.open(path, write=True) as mirror:
                result = pull(
                    self.client(token=token, **knobs),
                    mirror,
                    PullOptions(**options),
                    clock=lambda: at,
                    progress=progress,
                )
            error = result.error
        finally:
            if error:
                _clear_cut_off_connections()
        return result


@contextmanager
def school(**settings):
    with RunningSandbox(SandboxConfig(**{**SMALL, **settings})) as sandbox:
        yield School(sandbox)


def content(path, *, live_only=False):
    """All data of a mirror, without what belongs to runs."""
    found = {}
    with Mirror.open(path) as mirror:
        for table in TABLES.values():
            columns = ", ".join((*table.columns, "extra", "withdrawn_run IS NULL"))
            where = " WHERE withdrawn_run IS NULL" if live_only else ""
            found[table.name] = sorted(
                mirror.query(f"SELECT {columns} FROM {table.name}{where}"), key=repr
            )
    return found


def rows(path, sql, parameters=()):
    with Mirror.open(path) as mirror:
        return mirror.query(sql, parameters)


def a_night_later(nights=1):
    return EVENING + timedelta(days=nights)
