"""One exchange at a time: what the client does with each way in which the wire can fail."""

import asyncio
import gzip
import hashlib
import json
import logging
import threading

import httpx
import pytest
import respx
from pydantic import SecretStr

from connector.api import calls
from connector.api.client import Client, Limits, TokenBucket, Tools
from connector.api.face import run
from connector.errors import (
    AccessDenied,
    BodyUnreadable,
    Maintenance,
    RateLimited,
    RequestRejected,
    SettingsError,
    SignInNeeded,
    TransportFailed,
    UsageProblem,
    VendorBroken,
)
from connector.i18n import set_language

BASE = "https://api.dnevnik.ru/v2"
GROUPS = "https://api.dnevnik.ru/v2/schools/1000000000001/edu-groups"
CALL = calls.edu_groups(1000000000001)
WRITE = calls.raw("POST", "works", body={"text": "§ 5"})
GOOD = httpx.Response(200, json=[{"id": 5, "name": "5А"}])
CUT = httpx.Response(200, content=b'[{"id": 5, "na')
PAGE = httpx.Response(503, html="<html>Ведутся работы</html>")


class World:
    """Time that passes only when somebody waits, and no chance."""

    def __init__(self):
        self.now = 1000.0
        self.waits = []

    def wait(self, seconds):
        self.waits.append(round(seconds, 3))
        self.now += seconds

    async def await_(self, seconds):
        self.wait(seconds)

    def tools(self):
        return Tools(
            clock=lambda: self.now,
            wait=self.wait,
            await_=self.await_,
            now=lambda: 1725278400.0,
            chance=lambda: 0.0,
        )


class Faces:
    """The same question to either face of a client."""

    def __init__(self, face, answers, **options):
        self.world = World()
        self.requests = []
        self._answers = iter(answers)
        self._face = face
        unpaced = TokenBucket(1e6, 1, lambda: self.world.now)
        self.client = Client(
            base_url=BASE,
            token="secret-token",
            transport=httpx.MockTransport(self._answer),
            async_transport=httpx.MockTransport(self._answer),
            tools=self.world.tools(),
            **{"bucket": unpaced, **options},
        )

    def _answer(self, request):
        self.requests.append(request)
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def fetch(self, call=CALL, known=None):
        if self._face == "sync":
            with self.client:
                return self.client.fetch(call, known)
        return asyncio.run(self._afetch(call, known))

    async def _afetch(self, call, known):
        async with self.client:
            return await self.client.afetch(call, known)


@pytest.fixture(autouse=True)
def _english():
    set_language("en")


@pytest.fixture(params=["sync", "async"])
def ask(request):
    """Make a client of either face that will get these answers."""
    return lambda *answers, **options: Faces(request.param, answers, **options)


# --- good answers


def test_a_call_brings_models(ask):
    answer = ask(GOOD).fetch()
    assert [(group.id, group.name) for group in answer.value] == [(5, "5А")]
    assert (answer.unchanged, answer.rejected, answer.drift, answer.size) == (
        False,
        0,
        (),
        len(GOOD.content),
    )
    assert answer.sha256 == hashlib.sha256(GOOD.content).digest()


def test_a_known_body_is_not_read(ask):
    answer = ask(GOOD).fetch(known=hashlib.sha256(GOOD.content).digest())
    assert (answer.value, answer.unchanged) == (None, True)


def test_a_changed_body_is_read(ask):
    answer = ask(GOOD).fetch(known=b"other")
    assert (len(answer.value), answer.unchanged) == (1, False)


def test_the_token_goes_into_its_header_and_nowhere_else(ask):
    asked = ask(GOOD)
    asked.fetch()
    (request,) = asked.requests
    assert request.headers["Access-Token"] == "secret-token"
    assert "secret-token" not in str(request.url)
    assert "authorization" not in request.headers
    assert "gzip" in request.headers["Accept-Encoding"]


def test_a_packed_body_is_unpacked(ask):
    packed = httpx.Response(
        200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(GOOD.content)
    )
    raw = gzip.compress(GOOD.content)
    answer = ask(lambda _: httpx.Response(200, headers=packed.headers, stream=Pieces(raw))).fetch()
    assert answer.value[0].id == 5


@respx.mock
def test_calling_a_client_brings_the_value():
    respx.get(GROUPS).mock(return_value=GOOD)
    with Client(base_url=BASE, token=SecretStr("secret")) as client:
        assert client(CALL)[0].id == 5


@respx.mock
def test_a_bare_null_is_a_value_of_a_typed_call():
    respx.get(f"{BASE}/x").respond(200, content=b"null")
    with Client(base_url=BASE, token="secret") as client:
        assert client(calls.raw("GET", "x")) is None


def test_surprises_and_lost_rows_are_passed_on(ask):
    answer = ask(httpx.Response(200, json=[{"id": 5, "new": 1}, {"name": "5Б"}])).fetch()
    assert (len(answer.value), answer.rejected, len(answer.drift)) == (1, 1, 2)


# --- failures that pass


@pytest.mark.parametrize(
    "failure",
    [
        CUT,
        PAGE,
        httpx.Response(200, html="<html>"),
        httpx.Response(502, html="<html>"),
        httpx.Response(500, json={"type": "apiServerError"}),
        httpx.Response(200, content=b""),
        httpx.Response(200, json={"id": 5}),
        httpx.ConnectError("no"),
        httpx.ConnectTimeout("no"),
        httpx.ReadTimeout("no"),
        httpx.WriteTimeout("no"),
        httpx.PoolTimeout("no"),
        httpx.RemoteProtocolError("dropped"),
        httpx.ReadError("dropped"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_read_is_repeated_after_a_failure_that_may_pass(ask, failure):
    asked = ask(failure, failure, GOOD)
    assert asked.fetch().value[0].id == 5
    assert asked.world.waits == [0.5, 1.0]
    assert (asked.client.counters.sent, asked.client.counters.retried) == (3, 2)


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (CUT, BodyUnreadable),
        (PAGE, Maintenance),
        (httpx.Response(500), VendorBroken),
        (httpx.ConnectError("no"), TransportFailed),
    ],
)
def test_a_failure_that_stays_is_told_after_all_attempts(ask, failure, error):
    asked = ask(*[failure] * 9)
    with pytest.raises(error) as caught:
        asked.fetch()
    assert len(asked.requests) == 5
    assert caught.value.endpoint == "schools/{school}/edu-groups"


def test_the_number_of_attempts_is_a_setting(ask):
    asked = ask(CUT, CUT, limits=Limits(attempts=1))
    with pytest.raises(BodyUnreadable):
        asked.fetch()
    assert len(asked.requests) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(401, json={"type": "invalidToken"}), SignInNeeded),
        (httpx.Response(403), AccessDenied),
        (httpx.Response(400), RequestRejected),
        (httpx.Response(302, headers={"Location": "https://elsewhere.example"}), RequestRejected),
    ],
)
def test_a_refusal_is_not_asked_again(ask, answer, error):
    asked = ask(answer)
    with pytest.raises(error):
        asked.fetch()
    assert len(asked.requests) == 1


def test_chance_lengthens_a_pause_and_never_shortens_it(ask):
    asked = ask(httpx.Response(429, headers={"Retry-After": "8"}), GOOD)
    world = asked.world
    asked.client._transport._tools = Tools(
        clock=lambda: world.now,
        wait=world.wait,
        await_=world.await_,
        now=lambda: 0.0,
        chance=lambda: 0.999,
    )
    asked.fetch()
    assert 8 < sum(world.waits) <= 10


# --- throttling


@pytest.mark.parametrize("status", [429, 433])
@pytest.mark.parametrize("hint", ["7", "Mon, 02 Sep 2024 12:00:07 GMT"])
def test_a_throttled_call_waits_as_long_as_it_is_told(ask, status, hint):
    asked = ask(httpx.Response(status, headers={"Retry-After": hint}, html="<html>"), GOOD)
    asked.fetch()
    assert asked.world.waits == [7.0]
    assert asked.client.counters.throttled == 1


def test_a_throttling_type_under_200_is_throttling(ask):
    asked = ask(httpx.Response(200, json={"type": "apiRequestLimit", "description": "x"}), GOOD)
    asked.fetch()
    assert asked.client.counters.throttled == 1


def test_a_pause_beyond_the_cap_ends_the_call_and_says_when_to_come_back(ask):
    asked = ask(httpx.Response(429, headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimited) as caught:
        asked.fetch()
    assert (caught.value.retry_after, caught.value.exit_code) == (3600, 3)
    assert "60 min" in caught.value.sentence()
    assert asked.world.waits == []


def test_throttling_without_end_says_some_time_to_come_back(ask):
    asked = ask(*[httpx.Response(433)] * 9)
    with pytest.raises(RateLimited) as caught:
        asked.fetch()
    assert caught.value.retry_after == 60


def test_a_throttled_client_slows_down(ask):
    world = World()
    bucket = TokenBucket(8, 1, lambda: world.now)
    asked = ask(httpx.Response(429), GOOD, bucket=bucket)
    asked.fetch()
    assert bucket.rate < 8


def test_a_paced_call_waits_its_turn(ask):
    asked = ask(GOOD, GOOD)
    bucket = TokenBucket(0.5, 1, lambda: asked.world.now)
    bucket.reserve()
    asked.client._transport._bucket = bucket
    asked.fetch()
    assert asked.world.waits == [2.0]


def test_a_turn_that_would_come_too_late_is_not_waited_for(ask):
    asked = ask(GOOD)
    bucket = TokenBucket(1, 1, lambda: asked.world.now)
    bucket.throttled(pause_s=400)
    asked.client._transport._bucket = bucket
    with pytest.raises(RateLimited) as caught:
        asked.fetch()
    assert caught.value.retry_after == pytest.approx(400)
    assert (asked.requests, asked.world.waits) == ([], [])


# --- writes


def test_a_client_that_may_not_write_sends_no_write(ask):
    asked = ask(GOOD)
    with pytest.raises(UsageProblem):
        asked.fetch(WRITE)
    assert asked.requests == []


def test_a_client_that_may_write_does(ask):
    asked = ask(httpx.Response(200, json={"id": 1}), may_write=True)
    assert asked.fetch(WRITE).value == {"id": 1}
    assert json.loads(asked.requests[0].content) == {"text": "§ 5"}


@pytest.mark.parametrize(
    "failure",
    [httpx.ReadTimeout("x"), httpx.ReadError("x"), httpx.RemoteProtocolError("x"), PAGE, CUT],
)
def test_a_write_that_may_have_landed_is_sent_once(ask, failure):
    asked = ask(failure, GOOD, may_write=True)
    with pytest.raises((TransportFailed, VendorBroken)):
        asked.fetch(WRITE)
    assert len(asked.requests) == 1


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("x"), httpx.PoolTimeout("x"), httpx.Response(429)]
)
def test_a_write_that_provably_did_not_land_is_sent_again(ask, failure):
    asked = ask(failure, httpx.Response(201, json={"id": 1}), may_write=True)
    asked.fetch(WRITE)
    assert len(asked.requests) == 2


def test_a_failure_says_whether_it_may_have_landed(ask):
    for failure, sent in ((httpx.ConnectTimeout("x"), False), (httpx.ReadTimeout("x"), True)):
        asked = ask(failure, may_write=True, limits=Limits(attempts=1))
        with pytest.raises(TransportFailed) as caught:
            asked.fetch(WRITE)
        assert caught.value.sent is sent


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (httpx.ConnectError("x"), "nobody listens"),
        (httpx.ConnectTimeout("x"), "no connection in time"),
        (httpx.ReadTimeout("x"), "no answer in time"),
        (httpx.ProxyError("x"), "proxy"),
        (httpx.RemoteProtocolError("x"), "broke off"),
        (httpx.TooManyRedirects("x"), "TooManyRedirects"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_person_is_told_what_happened_in_words(ask, failure, words):
    asked = ask(failure, limits=Limits(attempts=1))
    with pytest.raises(TransportFailed) as caught:
        asked.fetch()
    assert words in caught.value.sentence()


# --- limits


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in pieces; something may happen before each."""

    def __init__(self, *pieces, before=lambda: None):
        self._pieces = pieces
        self._before = before

    def __iter__(self):
        for piece in self._pieces:
            self._before()
            yield piece

    async def __aiter__(self):
        for piece in self._pieces:
            self._before()
            await asyncio.sleep(0)
            yield piece


def test_a_body_beyond_the_limit_is_refused(ask):
    asked = ask(
        lambda _: httpx.Response(200, stream=Pieces(b"[", b"1" * 60, b"1" * 60, b"]")),
        limits=Limits(body_bytes=100, attempts=1),
    )
    with pytest.raises(BodyUnreadable):
        asked.fetch()


def test_a_small_answer_that_unpacks_beyond_the_limit_is_refused(ask):
    bomb = gzip.compress(b" " * 1_000_000)
    packed = {"Content-Encoding": "gzip"}
    asked = ask(
        lambda _: httpx.Response(200, headers=packed, stream=Pieces(bomb)),
        limits=Limits(body_bytes=100_000, attempts=1),
    )
    with pytest.raises(BodyUnreadable):
        asked.fetch()


def test_a_body_that_does_not_unpack_is_unreadable(ask):
    packed = {"Content-Encoding": "gzip"}
    asked = ask(
        lambda _: httpx.Response(200, headers=packed, stream=Pieces(b"not gzip")),
        limits=Limits(attempts=1),
    )
    with pytest.raises(BodyUnreadable):
        asked.fetch()


def test_wire_bytes_are_counted_as_packed(ask):
    raw = gzip.compress(b"[" + b" " * 1000 + b"]")
    asked = ask(
        lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Pieces(raw))
    )
    asked.fetch()
    assert asked.client.counters.bytes_read == len(raw)


def test_a_trickle_ends_with_the_total_time_of_the_blocking_face():
    asked = Faces(
        "sync",
        [
            lambda _: httpx.Response(
                200, stream=Pieces(*[b" "] * 400, before=lambda: asked.world.wait(1))
            )
        ],
    )
    with pytest.raises(TransportFailed) as caught:
        asked.fetch()
    assert caught.value.sent
    assert len(asked.world.waits) == 301


def test_a_packed_trickle_ends_too():
    raw = gzip.compress(b"[]")
    pieces = [raw[index : index + 1] for index in range(10)]
    packed = {"Content-Encoding": "gzip"}
    asked = Faces(
        "sync",
        [
            lambda _: httpx.Response(
                200, headers=packed, stream=Pieces(*pieces, before=lambda: asked.world.wait(100))
            )
        ],
    )
    with pytest.raises(TransportFailed):
        asked.fetch()
    assert len(asked.world.waits) == 4


def test_an_answer_that_never_comes_ends_with_the_total_time_of_the_awaiting_face():
    class Silence(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            await asyncio.Event().wait()

    async def attempt():
        limits = Limits(total_s=0.05)
        async with Client(
            base_url=BASE, token="secret", limits=limits, async_transport=Silence()
        ) as client:
            await client.afetch(CALL)

    with pytest.raises(TransportFailed) as caught:
        asyncio.run(attempt())
    assert caught.value.sent


def test_repetitions_end_with_the_total_time(ask):
    asked = ask(*[CUT] * 9, limits=Limits(total_s=1.6, attempts=9))
    with pytest.raises(BodyUnreadable):
        asked.fetch()
    assert asked.world.waits == [0.5, 1.0]


class Crowd:
    """Counts who is inside at once."""

    def __init__(self):
        self.lock = threading.Lock()
        self.inside = self.most = 0

    def enter(self):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def leave(self):
        with self.lock:
            self.inside -= 1


def test_tasks_are_in_flight_up_to_the_limit():
    crowd = Crowd()

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            crowd.enter()
            for _ in range(20):
                await asyncio.sleep(0)
            crowd.leave()
            return httpx.Response(200, content=b"[]")

    async def storm():
        bucket = TokenBucket(1e6, 10**6, lambda: 0.0)
        async with Client(
            base_url=BASE, token="secret", bucket=bucket, async_transport=Slow()
        ) as client:
            await asyncio.gather(*(client.afetch(CALL) for _ in range(50)))
        return client.counters.sent

    assert asyncio.run(storm()) == 50
    assert crowd.most == 8


def test_threads_are_in_flight_up_to_the_limit():
    crowd = Crowd()
    full = threading.Barrier(3)  # three threads are inside at once, or this breaks

    class Slow(httpx.BaseTransport):
        def handle_request(self, request):
            crowd.enter()
            full.wait(timeout=30)
            crowd.leave()
            return httpx.Response(200, content=b"[]")

    bucket = TokenBucket(1e6, 10**6, lambda: 0.0)
    client = Client(
        base_url=BASE, token="secret", limits=Limits(in_flight=3), bucket=bucket, transport=Slow()
    )
    threads = [threading.Thread(target=client.fetch, args=(CALL,)) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert (crowd.most, client.counters.sent) == (3, 9)


def test_a_closed_client_opens_again():
    client = Client(base_url=BASE, token="secret", transport=httpx.MockTransport(lambda _: GOOD))
    client.fetch(CALL)
    client.close()
    client.close()
    assert client.fetch(CALL).value[0].id == 5
    client.close()


def test_an_unused_client_closes_quietly():
    with Client(base_url=BASE, token="secret"):
        pass
    asyncio.run(Client(base_url=BASE, token="secret").aclose())


# --- settings and secrets


@pytest.mark.parametrize("token", ["", "a b", "токен", "a\nb"])
def test_what_cannot_be_a_token_is_refused_before_anything_is_sent(token):
    with pytest.raises(SignInNeeded) as caught:
        Client(base_url=BASE, token=token)
    assert caught.value.exit_code == 8
    assert token == "" or token not in str(caught.value) + caught.value.sentence()


def test_an_address_that_is_none_is_refused():
    with pytest.raises(SettingsError):
        Client(base_url="dnevnik", token="x")


def test_a_client_tells_its_address_and_limits():
    client = Client(base_url="https://api.dnevnik.ru/", token="x", limits=Limits(in_flight=2))
    assert (client.base_url, client.limits.in_flight) == (BASE, 2)


def test_logs_and_errors_hold_neither_token_nor_ids(ask, caplog):
    caplog.set_level(logging.DEBUG)
    asked = ask(
        CUT,
        httpx.ConnectError("https://api.dnevnik.ru/v2/schools/1000000000001"),
        httpx.Response(404, json={"type": "parameterInvalid"}),
    )
    with pytest.raises(RequestRejected) as caught:
        asked.fetch()
    shown = caplog.text + str(caught.value) + repr(caught.value) + repr(asked.client)
    assert "schools/{school}/edu-groups" in caplog.text
    assert "1000000000001" not in shown
    assert "secret-token" not in shown


def test_a_wait_that_would_suspend_the_blocking_face_is_a_bug_and_says_so():
    async def suspends():
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="suspended"):
        run(suspends())
