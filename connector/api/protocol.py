"""The rules of the exchange, without I/O: what to send, what an answer means, when to ask again.

Facts about the vendor: docs/vendor-api.md#errors and #identifiers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from connector import __version__
from connector.api.calls.base import Call, Retry
from connector.errors import (
    AccessDenied,
    ApiError,
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
from connector.i18n import N_, _

USER_AGENT = f"dnevnik-connector/{__version__}"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost.

    Attributes:
        connect_s: to connect.
        read_s: between two pieces of an answer.
        write_s: between two pieces of a request.
        pool_s: for a free connection.
        total_s: for the whole call, pauses and repetitions included.
        attempts: sends of one call, the first included.
        in_flight: requests under way at once; above 8 httpx's pool costs more than it brings.
        retry_after_s: longest pause asked for by the vendor that is waited out.
        body_bytes: size of an answer, unpacked.

    """

    connect_s: float = 10.0
    read_s: float = 60.0
    write_s: float = 30.0
    pool_s: float = 60.0
    total_s: float = 300.0
    attempts: int = 5
    in_flight: int = 8
    retry_after_s: float = 120.0
    body_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire; never shown, since the address holds ids and the headers the token."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: header names in lower case, the body unpacked."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


# --- what to send

_HOST = re.compile(
    r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?((?:/[A-Za-z0-9._~-]+)*)/*"
)


def base_address(text: str) -> str:
    """Bring the setting to the form the calls are appended to; `/v2` is added where there is no path.

    Raises:
        SettingsError: not an address, or one that would show the token to the network.

    """
    found = _HOST.fullmatch(text.strip())
    allowed = _("https://…; http://… only for this machine")
    if found is None or (found[1] == "http" and found[2] not in LOOPBACK):
        raise SettingsError(where="[api]", key="base_url", value=text, allowed=allowed)
    scheme, host, port, path = found.groups(default="")
    return f"{scheme}://{host.lower()}{port}{path or '/v2'}"


def is_loopback(base: str) -> bool:
    """Whether an address made by `base_address` is on this machine."""
    found = _HOST.fullmatch(base)
    return found is not None and found[2] in LOOPBACK


def build(call: Call[Any], base: str, token: str) -> Request:
    """Make the request of a call; `base` comes from `base_address`."""
    headers = {"Access-Token": token, "User-Agent": USER_AGENT, "Accept": "application/json"}
    content = None
    if call.body is not None:
        headers["Content-Type"] = "application/json"
        content = msgspec.json.encode(call.body)
    return Request(call.method, address(call, base), headers, content)


def address(call: Call[Any], base: str) -> str:
    """Make the address of a call: what the vendor's limit of some 2,000 characters counts."""
    pairs = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in call.query)
    return f"{base}/{_quoted(call.path, '/')}" + (f"?{pairs}" if pairs else "")


def _quoted(text: str, safe: str = "") -> str:
    if text.isascii() and text.isalnum():
        return text  # ids and days are nearly all there is to quote
    plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:" + safe
    return "".join(chr(byte) if chr(byte) in plain else f"%{byte:02X}" for byte in text.encode())


# --- what an answer means

_THROTTLED = (429, 433)  # 433 is the vendor's own: docs/vendor-api.md#errors
_SIGN_IN = frozenset({"invalidtoken", "tokenrequired", "failed"})
_THROTTLING = frozenset({"requestlimit"})
_BROKEN = frozenset({"servererror", "unknownerror", "resourceunavailable"})
_DENIED = frozenset({"outofscope", "notowner", "ownerforbidden", "systemforbidden"})
# An error body has these two members and no others; an edu group has a `type` too.
_ERROR_MEMBERS = frozenset({"type", "description"})
_LARGEST_ERROR = 16 * 1024


def decipher(call: Call[Any], reply: Reply, now: datetime) -> bytes:
    """Return the body of a good answer; empty only for 204 and for answers to writes.

    Raises:
        ApiError: anything else, classified by status and by what the body says.

    """
    endpoint, status, body = call.template, reply.status, reply.body
    kind = _error_type(reply)
    error = _said(kind, endpoint, status, reply, now) if kind else None
    if error is not None:
        raise error
    fine = 200 <= status < 300
    if _is_page(reply) and (fine or status >= 500):
        raise Maintenance(N_("an HTML page"), endpoint=endpoint, status=status)
    if not fine or kind:
        raise _by_status(kind, endpoint, status, reply, now)
    if call.success and status not in call.success:
        # Queued, perhaps: it may still land.
        raise BodyUnreadable(N_("an unexpected status"), endpoint=endpoint, status=status)
    if not body and status != 204 and call.method != "HEAD" and not call.writes:
        raise BodyUnreadable(N_("the body is empty"), endpoint=endpoint, status=status)
    return body


def _error_type(reply: Reply) -> str:
    """Find the `type` of an error body, whatever the status; "" when the body is none."""
    body = reply.body
    if len(body) > _LARGEST_ERROR or not body.lstrip().startswith(b"{"):
        return ""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return ""
    kind = said.get("type")
    if not isinstance(kind, str) or (
        200 <= reply.status < 300 and not said.keys() <= _ERROR_MEMBERS
    ):
        return ""
    # The word is shown and logged, so it must be a word.
    return kind if re.fullmatch(r"[A-Za-z]{1,40}", kind) else "unknown"


def _said(kind: str, endpoint: str, status: int, reply: Reply, now: datetime) -> ApiError | None:
    """Read a type, with or without the prefixes that only some sources show."""
    word = re.sub(r"^(api|authorization)", "", kind.lower())
    if word in _THROTTLING:
        return RateLimited(
            kind, endpoint=endpoint, retry_after=retry_after(reply.headers, now) or 0.0
        )
    if status in _THROTTLED:
        return None
    if word in _SIGN_IN:
        return SignInNeeded(kind, endpoint=endpoint)
    if word in _BROKEN:
        return VendorBroken(kind, endpoint=endpoint, status=status)
    if word in _DENIED:
        return AccessDenied(kind, endpoint=endpoint, status=status, type=kind)
    return None


def _by_status(kind: str, endpoint: str, status: int, reply: Reply, now: datetime) -> ApiError:
    if status in _THROTTLED:
        return RateLimited(endpoint=endpoint, retry_after=retry_after(reply.headers, now) or 0.0)
    if status == 401:
        return SignInNeeded(kind or N_("status 401"), endpoint=endpoint)
    if status == 403:
        return AccessDenied(endpoint=endpoint, status=status, type=kind)
    if status == 404:
        return NotFound(endpoint=endpoint, status=status, type=kind)
    if status >= 500 and status != 501:  # 501 will not pass by waiting
        return VendorBroken(endpoint=endpoint, status=status)
    return RequestRejected(endpoint=endpoint, status=status, type=kind)


def _is_page(reply: Reply) -> bool:
    """Whether the body is a page; what it is counts more than what the header calls it."""
    start = reply.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"<" or (
        start not in (b"{", b"[", b'"') and "html" in reply.headers.get("content-type", "")
    )


# --- when to ask again

BASE_DELAY_S = 0.5
LONGEST_BACKOFF_S = 30.0
# What a throttled user is told when the vendor gives no time.
ASSUMED_PAUSE_S = 60.0


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the vendor asks for, in either of the header's forms; None for nonsense and for no time at all.

    A date is measured against the answer's own Date header, so that a wrong clock of ours does not matter.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return float(text) or None
    then = http_date(text)
    if then is None:
        return None
    seconds = (then - (http_date(headers.get("date", "")) or now)).total_seconds()
    return seconds if seconds > 0 else None


def http_date(text: str) -> datetime | None:
    """A moment as HTTP headers write it; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def retry_delay(
    call: Call[Any], error: ApiError, attempt: int, *, spent_s: float, limits: Limits
) -> float | None:
    """Seconds to wait before attempt `attempt + 1`, or None to give up.

    Args:
        call: what was sent.
        error: how it failed.
        attempt: sends so far.
        spent_s: since the call began.
        limits: attempts, total time, longest pause.

    """
    backoff = float(min(BASE_DELAY_S * 2 ** (attempt - 1), LONGEST_BACKOFF_S))
    if isinstance(error, RateLimited):
        delay = error.retry_after or backoff
        again = delay <= limits.retry_after_s
    else:
        delay = backoff
        unprocessed = isinstance(error, TransportFailed) and not error.sent
        again = unprocessed or (
            isinstance(error, (TransportFailed, VendorBroken)) and call.retry is Retry.ALWAYS
        )
    return (
        delay if again and attempt < limits.attempts and spent_s + delay < limits.total_s else None
    )
