"""HTTP in a child process: the same answers and errors as without, and nothing left behind however either side ends."""

import asyncio
import contextlib
import gc
import gzip
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from connector.api import apart, calls
from connector.api.client import Client, Limits
from connector.api.protocol import Reply
from connector.errors import ApiError, BodyUnreadable, TransportFailed

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-that-nobody-may-see"
PATIENCE_S = 20.0

HEAD = b"HTTP/1.1 %s\r\nContent-Length: %d\r\nContent-Type: %s\r\n%s\r\n"


def http(status, body, kind=b"application/json", more=b""):
    return HEAD % (status, len(body), kind, more) + body


ANSWERS = {
    "good": http(b"200 OK", b'[{"id": 5}]'),
    "packed": http(b"200 OK", gzip.compress(b"[1, 2]"), more=b"Content-Encoding: gzip\r\n"),
    "packed badly": http(b"200 OK", b"not gzip", more=b"Content-Encoding: gzip\r\n"),
    "large": http(b"200 OK", b'"' + b"x" * 3_000_000 + b'"'),
    "too large": http(b"200 OK", b'"' + b"x" * 5_000_000 + b'"'),
    "cut": http(b"200 OK", b"[1, 2]")[:-3],
    "no body": http(b"200 OK", b""),
    "no JSON": http(b"200 OK", b"[1, "),
    "a page": http(b"503 Service Unavailable", b"<html></html>", b"text/html"),
    "refused": http(b"403 Forbidden", b'{"type": "ownerForbidden"}'),
    "throttled": http(b"429 Too Many", b"{}", more=b"Retry-After: 7\r\n"),
    "nonsense": b"this is not HTTP\r\n\r\n",
    "nothing": b"",
}


class Vendor:
    """A vendor on a loopback port; a path names its answer, `hang` is answered only when `released`."""

    def __init__(self):
        self.requests = []
        self.at_once = self.most_at_once = 0
        self.arrived = asyncio.Semaphore(0)
        self.released = asyncio.Event()

    async def answer(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                sizes = [line[15:] for line in head.split(b"\r\n") if line.lower()[:15] == LENGTH]
                body = await reader.readexactly(int(sizes[0]) if sizes else 0)
                self.requests.append((head, body))
                await self.reply(head.split()[1].decode(), body, writer)
        writer.close()

    async def reply(self, address, body, writer):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.arrived.release()
        what = address.removeprefix("/v2/").replace("-", " ")
        if what == "hang":
            await self.released.wait()
        self.at_once -= 1
        whole = ANSWERS.get(what) or http(b"200 OK", body or b"null")
        writer.write(b"" if what == "nothing" else whole)
        await writer.drain()
        if what in ("cut", "nothing", "nonsense"):
            raise ConnectionError


LENGTH = b"content-length:"


@contextlib.asynccontextmanager
async def vendor():
    made = Vendor()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v2"
    try:
        yield made
    finally:
        made.released.set()
        server.close()


def client_of(address, *, apart=True, **limits):
    return Client(
        base_url=address,
        token=TOKEN,
        limits=Limits(**{"attempts": 1, "body_bytes": 4_000_000, **limits}),
        may_write=True,
        apart=apart,
    )


def get(what):
    return calls.raw("GET", what.replace(" ", "-"))


def child_of(client):
    return client._async._child


async def outcome(client, call):
    """What came, in a form that can be compared."""
    try:
        answer = await client.afetch(call)
    except ApiError as error:
        return type(error), error.reason, error.facts, getattr(error, "sent", None)
    return answer.value, answer.sha256, answer.size


async def both_ways(call, address=None, **limits):
    async with vendor() as made:
        found = []
        for way in (False, True):
            async with client_of(address or made.address, apart=way, **limits) as client:
                found.append((await outcome(client, call), client.counters.bytes_read))
        return found


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_is_the_same_as_without_a_child(what):
    plain, other = asyncio.run(both_ways(get(what)))
    assert other == plain


def test_a_body_goes_out_as_it_does_without_a_child():
    plain, other = asyncio.run(both_ways(calls.raw("POST", "works", body={"text": "§ 5"})))
    assert other == plain
    assert other[0][0] == {"text": "§ 5"}


def test_an_empty_body_and_none_are_told_apart():
    async def story():
        async with vendor() as made:
            async with client_of(made.address) as client:
                await client.afetch(get("echo"))
            return made.requests

    ((head, _body),) = asyncio.run(story())
    assert LENGTH not in head.lower()


def test_a_refused_connection_was_never_sent():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v2"
    plain, other = asyncio.run(both_ways(get("good"), address))
    assert other == plain
    kind, _reason, _facts, sent = other[0]
    assert (kind, sent) == (TransportFailed, False)


@pytest.mark.parametrize("limits", [{"read_s": 0.05}, {"total_s": 0.05}])
def test_an_answer_that_never_comes_may_have_been_sent(limits):
    plain, other = asyncio.run(both_ways(get("hang"), **limits))
    assert other == plain
    kind, _reason, _facts, sent = other[0]
    assert (kind, sent) == (TransportFailed, True)


def test_a_child_that_is_killed_fails_what_it_carries_and_the_next_call_gets_another():
    async def story():
        async with vendor() as made, client_of(made.address) as client:
            under_way = [asyncio.create_task(outcome(client, get("hang"))) for _ in range(3)]
            await made.arrived.acquire()
            first = child_of(client)
            first.kill()
            lost = await asyncio.gather(*under_way)
            after = await client.afetch(get("good"))
            second = child_of(client)
        return lost, after.value, first, second

    lost, after, first, second = asyncio.run(story())
    assert [(kind, sent) for kind, _, _, sent in lost] == [(TransportFailed, True)] * 3
    assert after == [{"id": 5}]
    assert first.pid != second.pid
    assert (first.returncode, second.returncode) == (-signal.SIGKILL, 0)
    del first
    # A process that nobody waited for would complain here.
    gc.collect()


def test_a_call_that_may_be_repeated_outlives_the_child():
    async def story():
        async with vendor() as made, client_of(made.address, attempts=2) as client:
            await client.afetch(get("good"))
            child_of(client).kill()
            return (await client.afetch(get("good"))).value

    assert asyncio.run(story()) == [{"id": 5}]


def test_a_caller_that_gives_up_leaves_the_others_their_answers():
    async def story():
        async with vendor() as made, client_of(made.address) as client:
            given_up = asyncio.create_task(client.afetch(get("hang")))
            await made.arrived.acquire()
            given_up.cancel()
            await asyncio.gather(given_up, return_exceptions=True)
            kept = asyncio.create_task(client.afetch(get("hang")))
            await made.arrived.acquire()
            # Both are answered now; the first answer has no taker.
            made.released.set()
            return given_up.cancelled(), await kept

    cancelled, kept = asyncio.run(story())
    assert cancelled
    assert kept.value is None


def test_closing_in_the_midst_of_an_exchange_fails_it_and_ends_the_child():
    async def story():
        async with vendor() as made:
            client = client_of(made.address)
            under_way = asyncio.create_task(outcome(client, get("hang")))
            await made.arrived.acquire()
            child = child_of(client)
            await client.aclose()
            return await under_way, child.returncode

    (kind, *_), status = asyncio.run(story())
    assert (kind, status) == (TransportFailed, 0)


def test_a_client_that_was_closed_starts_anew():
    async def story():
        async with vendor() as made:
            client = client_of(made.address)
            for _ in range(2):
                async with client:
                    assert (await client.afetch(get("good"))).value == [{"id": 5}]

    asyncio.run(story())


def test_a_client_that_asked_nothing_leaves_no_process():
    client = client_of("http://127.0.0.1:9/v2")
    child = child_of(client)
    client.close()
    assert child.returncode is not None
    del client, child
    gc.collect()


def test_a_child_that_does_not_leave_is_made_to(monkeypatch):
    monkeypatch.setattr(apart, "_PATIENCE_S", 0.05)

    async def story():
        async with vendor() as made:
            async with client_of(made.address) as client:
                await client.afetch(get("good"))
                child = child_of(client)
                child.send_signal(signal.SIGSTOP)
            return child.returncode

    assert asyncio.run(story()) == -signal.SIGKILL


PARENT = """
import asyncio, sys
from connector.api import calls
from connector.api.client import Client

async def main():
    client = Client(base_url=sys.argv[1], token="t", apart=True)
    await client.afetch(calls.raw("GET", "good"))
    print("ready", flush=True)
    await client.afetch(calls.raw("GET", "hang"))

asyncio.run(main())
"""


def test_a_parent_that_is_killed_leaves_no_orphan():
    async def story():
        async with vendor() as made:
            command = [sys.executable, "-c", PARENT, made.address]
            parent = await asyncio.to_thread(
                subprocess.Popen, command, cwd=ROOT, stdout=subprocess.PIPE
            )
            try:
                assert await asyncio.to_thread(parent.stdout.readline) == b"ready\n"
                await made.arrived.acquire()
            finally:
                parent.kill()
            # The child holds the same pipe: it ends only when the last of the two is gone.
            await asyncio.to_thread(parent.communicate, timeout=PATIENCE_S)
            return parent.returncode

    assert asyncio.run(story()) == -signal.SIGKILL


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
def test_the_token_is_in_no_argument_and_no_variable_of_the_child(monkeypatch):
    monkeypatch.setenv("DNEVNIK_API_TOKEN", TOKEN)

    async def story():
        async with vendor() as made, client_of(made.address) as client:
            under_way = asyncio.create_task(client.afetch(get("hang")))
            await made.arrived.acquire()
            about = Path(f"/proc/{child_of(client).pid}")
            shown = [(about / name).read_bytes() for name in ("cmdline", "environ")]
            made.released.set()
            await under_way
            return shown, made.requests

    shown, requests = asyncio.run(story())
    assert TOKEN.encode() in requests[0][0]
    assert all(part and TOKEN.encode() not in part for part in shown)


def test_what_is_handed_over_waits_in_the_child_and_no_more_than_allowed_reach_the_vendor():
    async def story():
        async with vendor() as made, client_of(made.address, in_flight=2) as client:
            assert client.ahead == 2 * apart.AHEAD
            under_way = [asyncio.create_task(client.afetch(get("hang"))) for _ in range(10)]
            await made.arrived.acquire()
            await made.arrived.acquire()
            made.released.set()
            await asyncio.gather(*under_way)
            return made.most_at_once, len(made.requests)

    assert asyncio.run(story()) == (2, 10)


# --- the child's side alone


class Worker:
    """Does as it is told by the address, and counts."""

    def __init__(self):
        self.at_once = self.most_at_once = 0
        self.started = asyncio.Semaphore(0)
        self.released = asyncio.Event()
        self.closed = False

    async def exchange(self, request, endpoint, remaining_s):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.started.release()
        try:
            await self.released.wait()
        finally:
            self.at_once -= 1
        return OUTCOMES[request.url](request, endpoint)

    async def aclose(self):
        self.closed = True


def _raise(error):
    raise error


OUTCOMES = {
    "good": lambda request, _endpoint: (Reply(200, {"a": "b"}, request.content or b"none"), 4),
    "gone": lambda _, endpoint: _raise(TransportFailed("gone", endpoint=endpoint, sent=False)),
    "bad": lambda _, endpoint: _raise(BodyUnreadable("bad", endpoint=endpoint, status=200)),
    "bug": lambda _request, _endpoint: _raise(KeyError("what a log must not show")),
}


class Serving:
    """A child that runs here, and our end of its stream."""

    def __init__(self, in_flight):
        self.worker = Worker()
        self.limits = Limits(in_flight=in_flight)
        self.told = asyncio.Queue()
        self.ended = asyncio.Event()

    async def __aenter__(self):
        ours, theirs = apart._pair()
        self.child = apart._Child(lambda _base, _limits: self.worker)
        self.task = asyncio.create_task(self.child.serve(theirs))
        self.stream = await apart._attached(ours, self._take, self.ended.set)
        apart._send(self.stream, apart.Start("http://127.0.0.1/v2", self.limits), b"")
        return self

    async def __aexit__(self, *_):
        self.stream.close()
        await self.task
        await self.ended.wait()

    def _take(self, head, body):
        self.told.put_nowait((msgspec.msgpack.decode(head, type=apart.Told), body))

    def ask(self, *urls, body=None):
        for number, url in enumerate(urls, 1):
            head = apart.Ask(number, "GET", url, {}, "template", 5.0, body is not None)
            apart._send(self.stream, head, body or b"")


async def told(*urls, body=None):
    async with Serving(8) as serving:
        serving.worker.released.set()
        serving.ask(*urls, body=body)
        return [await serving.told.get() for _ in urls]


def test_the_child_tells_status_headers_size_and_body():
    ((head, body),) = asyncio.run(told("good", body=b"x" * 100_000))
    assert head == apart.Told(1, 200, {"a": "b"}, 4)
    assert body == b"x" * 100_000


@pytest.mark.parametrize("body", [b"", None])
def test_the_child_tells_an_empty_body_from_none(body):
    ((_head, came),) = asyncio.run(told("good", body=body))
    assert came == b"none"


def test_the_child_tells_failures_by_name():
    heads = [head for head, _body in asyncio.run(told("gone", "bad"))]
    assert heads == [
        apart.Told(1, failure="TransportFailed", reason="gone", sent=False),
        apart.Told(2, 200, failure="BodyUnreadable", reason="bad"),
    ]


def test_a_bug_in_the_child_is_told_without_its_words_and_the_others_go_on():
    heads = [head for head, _body in asyncio.run(told("bug", "good"))]
    assert heads[0] == apart.Told(1, failure="KeyError", reason="KeyError")
    assert heads[1].status == 200


def test_the_child_lets_the_rest_wait():
    async def story():
        async with Serving(3) as serving:
            serving.ask(*["good"] * 12)
            while len(serving.child._under_way) < 12:  # noqa: ASYNC110 - the child tells nobody how many wait
                await asyncio.sleep(0)
            serving.worker.released.set()
            for _ in range(12):
                await serving.told.get()
            return serving.worker.most_at_once

    assert asyncio.run(story()) == 3


def test_the_child_drops_what_is_under_way_when_the_stream_ends_and_closes_its_face():
    async def story():
        async with Serving(3) as serving:
            serving.ask(*["good"] * 5)
            await serving.worker.started.acquire()
        return serving.worker.at_once, serving.worker.closed

    assert asyncio.run(story()) == (0, True)


def test_a_child_that_was_never_started_up_leaves_all_the_same():
    async def story():
        ours, theirs = apart._pair()
        task = asyncio.create_task(apart.serve(theirs, lambda *_: pytest.fail("nothing to make")))
        ours.close()
        await task

    asyncio.run(story())


def test_the_child_runs_as_a_program(monkeypatch):
    """What `python -m connector.api.apart NUMBER` does, here: the stream has ended before it began."""
    ours, theirs = apart._pair()
    ours.close()
    number = os.dup(theirs.fileno())
    theirs.close()
    monkeypatch.setattr(sys, "argv", ["apart", str(number)])
    apart.main()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)
