"""What is sent, what an answer means, when to ask again: all without I/O."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connector import __version__
from connector.api import calls
from connector.api.protocol import (
    Limits,
    Reply,
    address,
    base_address,
    build,
    decipher,
    is_loopback,
    retry_after,
    retry_delay,
)
from connector.errors import (
    AccessDenied,
    BodyUnreadable,
    Maintenance,
    NotFound,
    RateLimited,
    RequestRejected,
    SettingsError,
    SignInNeeded,
    TransportFailed,
    VendorBroken,
)

NOW = datetime(2024, 9, 2, 12, 0, tzinfo=UTC)
CALL = calls.edu_groups(1000000000001)
WRITE = calls.raw("POST", "works", body={"text": "x"})
LIMITS = Limits()
HTML = b"<!DOCTYPE html><div class='error__description'>Work in progress</div>"


def reply(status=200, body=b"[]", **headers):
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def error_body(kind, description="x"):
    return json.dumps({"type": kind, "description": description}).encode()


def read(status=200, body=b"[]", call=CALL, **headers):
    return decipher(call, reply(status, body, **headers), NOW)


# --- what is sent


def test_a_request_carries_the_bare_token_and_our_name():
    request = build(CALL, "https://api.dnevnik.ru/v2", "secret")
    assert request.method == "GET"
    assert request.url == "https://api.dnevnik.ru/v2/schools/1000000000001/edu-groups"
    assert request.headers["Access-Token"] == "secret"
    assert request.headers["User-Agent"] == f"dnevnik-connector/{__version__}"
    assert request.content is None


def test_a_read_by_post_carries_a_bare_array_of_ids():
    request = build(calls.users([1, 2]), "https://api.dnevnik.ru/v2", "secret")
    assert (request.method, request.content) == ("POST", b"[1,2]")
    assert request.headers["Content-Type"] == "application/json"


def test_a_list_in_a_query_repeats_its_key():
    url = address(calls.log_entries([1, 2]), "https://api.dnevnik.ru/v2")
    assert url.endswith("/lesson-log-entries?lessons=1&lessons=2")


def test_a_query_is_escaped():
    call = calls.raw("GET", "persons/search", [("lastName", "Ёж&Ко")])
    assert (
        address(call, "https://h/v2")
        == "https://h/v2/persons/search?lastName=%D0%81%D0%B6%26%D0%9A%D0%BE"
    )


def test_a_request_shows_neither_address_nor_token():
    shown = repr(build(CALL, "https://api.dnevnik.ru/v2", "secret"))
    assert "secret" not in shown
    assert "1000000000001" not in shown


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("https://api.dnevnik.ru/v2", "https://api.dnevnik.ru/v2"),
        ("https://api.dnevnik.ru/v2/", "https://api.dnevnik.ru/v2"),
        (" https://API.dnevnik.ru ", "https://api.dnevnik.ru/v2"),
        ("https://aisgu.khv.gov.ru/dnevnik/v2", "https://aisgu.khv.gov.ru/dnevnik/v2"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v2"),
        ("http://localhost:1", "http://localhost:1/v2"),
        ("http://[::1]:8080", "http://[::1]:8080/v2"),
    ],
)
def test_a_base_address_is_brought_to_one_form(given, made):
    assert base_address(given) == made


@pytest.mark.parametrize(
    "given",
    [
        "",
        "api.dnevnik.ru",
        "ftp://h/v2",
        "http://api.dnevnik.ru/v2",
        "https://user:pw@h/v2",
        "https://h/v2?x=1",
        "http://127.0.0.1.evil.ru",
    ],
)
def test_an_address_that_is_none_or_would_show_the_token_is_refused(given):
    with pytest.raises(SettingsError) as caught:
        base_address(given)
    assert caught.value.facts["key"] == "base_url"


def test_loopback_is_told_from_the_network():
    assert is_loopback("http://127.0.0.1:8080/v2")
    assert not is_loopback("https://api.dnevnik.ru/v2")


# --- what an answer means


def test_a_good_answer_is_its_body():
    assert read(body=b'[{"id": 1}]') == b'[{"id": 1}]'


def test_no_content_is_an_empty_body():
    assert read(204, b"") == b""


def test_an_empty_body_under_200_is_cut():
    with pytest.raises(BodyUnreadable):
        read(200, b"")


def test_an_empty_answer_to_a_write_is_fine():
    assert read(200, b"", WRITE) == b""


def test_an_object_with_a_type_of_its_own_is_no_error():
    body = b'{"id": 5, "type": "Group", "name": "5A"}'
    assert read(body=body) == body


def test_a_name_without_type_is_no_error():
    assert read(body=b'{"name": "x"}') == b'{"name": "x"}'


@pytest.mark.parametrize("status", [200, 400, 401, 500])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("invalidToken", SignInNeeded),
        ("authorizationInvalidToken", SignInNeeded),
        ("tokenRequired", SignInNeeded),
        ("authorizationTokenRequired", SignInNeeded),
        ("authorizationFailed", SignInNeeded),
        ("requestLimit", RateLimited),
        ("apiRequestLimit", RateLimited),
        ("apiServerError", VendorBroken),
        ("apiUnknownError", VendorBroken),
        ("resourceUnavailable", VendorBroken),
        ("apiResourceUnavailable", VendorBroken),
        ("outOfScope", AccessDenied),
        ("notOwner", AccessDenied),
        ("ownerForbidden", AccessDenied),
        ("systemForbidden", AccessDenied),
    ],
)
def test_a_known_type_wins_over_the_status(status, kind, error):
    with pytest.raises(error) as caught:
        read(status, error_body(kind))
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, RequestRejected),
        (400, RequestRejected),
        (401, SignInNeeded),
        (403, AccessDenied),
        (404, NotFound),
        (414, RequestRejected),
        (429, RateLimited),
        (433, RateLimited),
        (500, VendorBroken),
        (501, RequestRejected),
        (502, VendorBroken),
        (504, VendorBroken),
    ],
)
@pytest.mark.parametrize("body", [b"", b"oops", error_body("parameterInvalid")])
def test_without_a_telling_type_the_status_decides(status, error, body):
    with pytest.raises(error) as caught:
        read(status, body)
    assert type(caught.value) is error


def test_an_error_under_200_that_nobody_knows_is_a_refusal():
    with pytest.raises(RequestRejected) as caught:
        read(200, error_body("invalidRequest"))
    assert (caught.value.status, caught.value.type) == (200, "invalidRequest")


@pytest.mark.parametrize("status", [200, 500, 502, 503])
def test_a_page_under_any_of_these_is_maintenance(status):
    with pytest.raises(Maintenance):
        read(status, HTML, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize("body", [b"  \n<html>", b"\xef\xbb\xbf<html>", HTML])
def test_a_page_is_known_by_its_first_character(body):
    with pytest.raises(Maintenance):
        read(200, body, content_type="application/json")


def test_plain_words_called_a_page_are_maintenance():
    with pytest.raises(Maintenance):
        read(200, b"Technical works", content_type="text/html")


def test_json_called_a_page_is_json():
    assert read(200, b"[]", content_type="text/html") == b"[]"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, SignInNeeded),
        (403, AccessDenied),
        (404, NotFound),
        (429, RateLimited),
        (433, RateLimited),
        (414, RequestRejected),
    ],
)
def test_a_page_under_a_refusal_is_that_refusal(status, error):
    with pytest.raises(error):
        read(status, HTML, content_type="text/html")


def test_a_throttled_answer_says_for_how_long():
    with pytest.raises(RateLimited) as caught:
        read(429, HTML, retry_after="7")
    assert caught.value.retry_after == 7


def test_a_throttling_type_says_for_how_long_too():
    with pytest.raises(RateLimited) as caught:
        read(200, error_body("apiRequestLimit"), retry_after="9")
    assert caught.value.retry_after == 9


def test_a_throttling_status_wins_over_an_unrelated_type():
    with pytest.raises(RateLimited):
        read(433, error_body("apiServerError"))


@pytest.mark.parametrize(
    "body", [b'{"type": "invalidToken"', b"{" * 5000, b'{"type": ' + b"[" * 3000, b'{"type": 5}']
)
def test_a_broken_error_body_leaves_the_decision_to_the_status(body):
    with pytest.raises(NotFound) as caught:
        read(404, body)
    assert caught.value.type == ""


def test_a_type_that_is_no_word_is_not_shown():
    with pytest.raises(RequestRejected) as caught:
        read(400, error_body("pupil Ivanova"))
    assert caught.value.type == "unknown"


def test_a_long_body_is_not_searched_for_an_error():
    body = b'{"type": "invalidToken", "description": "' + b"x" * 20_000 + b'"}'
    assert read(200, body) == body


def test_errors_name_the_template_and_no_id():
    with pytest.raises(NotFound) as caught:
        read(404, error_body("parameterInvalid", "no school 1000000000001"))
    assert caught.value.endpoint == "schools/{school}/edu-groups"
    assert "1000000000001" not in str(caught.value) + caught.value.sentence()


# --- Retry-After


def date_header(moment):
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7.0), (" 7 ", 7.0), ("1.5", 1.5), ("999999999", 999999999.0)]
)
def test_seconds_are_read(text, seconds):
    assert retry_after({"retry-after": text}, NOW) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "0", "-5", "nan", "inf", "soon", "1e3", "٣", "Mon, 99 Foo 2024 00:00:00 GMT", "9" * 40],
)
def test_nonsense_and_no_time_at_all_are_no_hint(text):
    assert retry_after({"retry-after": text}, NOW) is None


def test_no_header_is_no_hint():
    assert retry_after({}, NOW) is None


def test_a_date_is_measured_against_our_clock():
    assert retry_after({"retry-after": date_header(NOW + timedelta(seconds=30))}, NOW) == 30


def test_a_date_is_measured_against_the_vendors_clock_where_it_shows_it():
    """Our clock may be an hour off; the pause must not be."""
    theirs = NOW + timedelta(hours=1)
    headers = {
        "retry-after": date_header(theirs + timedelta(seconds=30)),
        "date": date_header(theirs),
    }
    assert retry_after(headers, NOW) == 30


def test_a_date_in_the_past_is_no_hint():
    assert retry_after({"retry-after": date_header(NOW - timedelta(seconds=30))}, NOW) is None


def test_a_date_without_a_zone_is_utc():
    assert retry_after({"retry-after": "Mon, 02 Sep 2024 12:00:30 -0000"}, NOW) == 30


# --- when to ask again

CUT = BodyUnreadable(endpoint="x", status=200)
REFUSED = TransportFailed("ConnectError", endpoint="x", sent=False)
DROPPED = TransportFailed("ReadError", endpoint="x", sent=True)


def delay(error, call=CALL, attempt=1, spent=0.0, limits=LIMITS):
    return retry_delay(call, error, attempt, spent_s=spent, limits=limits)


@pytest.mark.parametrize(
    "error",
    [
        CUT,
        REFUSED,
        DROPPED,
        VendorBroken(endpoint="x", status=500),
        Maintenance(endpoint="x", status=200),
    ],
)
def test_a_read_is_repeated_after_any_failure_that_may_pass(error):
    assert delay(error) == 0.5


@pytest.mark.parametrize(
    "error",
    [
        SignInNeeded("x"),
        AccessDenied(endpoint="x", status=403),
        NotFound(endpoint="x", status=404),
        RequestRejected(endpoint="x", status=400),
    ],
)
def test_a_refusal_is_final(error):
    assert delay(error) is None


@pytest.mark.parametrize("error", [CUT, DROPPED, VendorBroken(endpoint="x", status=500)])
def test_a_write_that_may_have_landed_is_not_repeated(error):
    assert delay(error, WRITE) is None


@pytest.mark.parametrize("error", [REFUSED, RateLimited(endpoint="x", retry_after=0.5)])
def test_a_write_that_provably_did_not_land_is_repeated(error):
    assert delay(error, WRITE) == 0.5


def test_pauses_double_up_to_a_longest_one():
    patient = Limits(attempts=99, total_s=10_000)
    assert [delay(CUT, attempt=n, limits=patient) for n in (1, 2, 3, 7, 20)] == [
        0.5,
        1.0,
        2.0,
        30.0,
        30.0,
    ]


def test_the_pause_the_vendor_asks_for_is_kept():
    assert delay(RateLimited(endpoint="x", retry_after=17.0)) == 17.0


def test_throttling_without_a_time_backs_off():
    assert delay(RateLimited(endpoint="x", retry_after=0.0), attempt=3) == 2.0


def test_a_pause_longer_than_the_cap_ends_the_call():
    assert delay(RateLimited(endpoint="x", retry_after=121.0)) is None


def test_the_last_attempt_is_the_last():
    assert delay(CUT, attempt=4) is not None
    assert delay(CUT, attempt=5) is None


def test_a_pause_that_would_outlast_the_total_time_is_not_begun():
    assert delay(CUT, spent=299.4) == 0.5
    assert delay(CUT, spent=299.5) is None
