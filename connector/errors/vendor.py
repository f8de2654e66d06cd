"""Errors of the vendor, and of runs and reports that lack what it was asked for."""

from math import ceil
from typing import Any

from connector.errors.base import DnevnikError
from connector.i18n import N_, _


class ApiError(DnevnikError):
    """Anything the vendor's side did. Facts: `endpoint` (the path template, without ids)."""

    exit_code = 3
    text = N_("The vendor could not answer {endpoint}: {reason}. Try again later.")

    def __init__(self, reason: str = "", *, endpoint: str = "", **facts: Any) -> None:
        super().__init__(reason, endpoint=endpoint, **facts)
        self.endpoint = endpoint


class TransportFailed(ApiError):
    """No answer: refused, unreachable, timed out, dropped.

    `sent` is False only when the request provably never reached the vendor.
    """

    text = N_(
        "No answer from the vendor ({reason}). Check the network and the address in [api] base_url, then run the same command again."
    )

    def __init__(self, reason: str, *, endpoint: str, sent: bool) -> None:
        super().__init__(reason, endpoint=endpoint)
        self.sent = sent


class RateLimited(ApiError):
    """The vendor asked us to slow down; nothing was processed."""

    text = N_(
        "The vendor is limiting our requests. Run the same command again in {minutes} min; it goes on where it stopped."
    )

    def __init__(self, reason: str = "throttled", *, endpoint: str, retry_after: float) -> None:
        super().__init__(reason, endpoint=endpoint, retry_after=retry_after)
        self.retry_after = retry_after

    def sentence(self) -> str:
        """Say the pause in whole minutes, rounded up: nobody counts 3600 seconds."""
        return _(self.text).format(minutes=max(1, ceil(self.retry_after / 60)))


class VendorBroken(ApiError):
    """The vendor failed on its side. Facts: `status`."""

    text = N_("The vendor's server failed (status {status}). Run the same command again later.")

    def __init__(self, reason: str = "", *, endpoint: str, status: int) -> None:
        super().__init__(reason, endpoint=endpoint, status=status)
        self.status = status


class Maintenance(VendorBroken):
    """An HTML page instead of JSON, under 200, 502 or 503: docs/vendor-api.md#errors."""

    text = N_(
        "The vendor shows a maintenance page instead of data. Run the same command again later; maintenance is usual at night."
    )


class BodyUnreadable(VendorBroken):
    """The answer was cut, is not JSON, or has not the promised shape at all."""

    text = N_(
        "The vendor's answer to {endpoint} could not be read ({reason}). Run the same command again later."
    )


class RequestRejected(ApiError):
    """The vendor refused this call. Facts: `status`, `type`."""

    text = N_("The vendor refused the call {endpoint} (status {status}, {type}).")

    def __init__(self, reason: str = "", *, endpoint: str, status: int, type: str = "") -> None:  # noqa: A002 - the vendor's word
        super().__init__(reason, endpoint=endpoint, status=status, type=type)
        self.status = status
        self.type = type


class NotFound(RequestRejected):
    """The object is not there, or not for us (404 `parameterInvalid`)."""

    text = N_("The vendor does not know what {endpoint} asks for (status {status}, {type}).")


class AccessDenied(RequestRejected):
    """The token's owner may not do this (403)."""

    text = N_(
        "The token has no right for {endpoint}. Use a token of an administrator of the school."
    )


class SignInNeeded(ApiError):
    """The token is missing, wrong or expired."""

    exit_code = 8
    text = N_(
        "The vendor does not accept the token ({reason}). Get a new one in the browser and put it into DNEVNIK_API_TOKEN or [api] token_file, then run the same command again."
    )


class TokenMissing(SignInNeeded):
    """No token is set anywhere."""

    text = N_(
        "No token is set. Get one in the browser and put it into DNEVNIK_API_TOKEN or [api] token_file, then run the same command again."
    )


class PullIncomplete(DnevnikError):
    """Some windows failed; the rest is in the mirror. Facts: `failed`, `done`."""

    exit_code = 3
    text = N_(
        "Windows not read: {failed}; read and kept: {done}. Reason of the first failure: {reason} Run the same command again; it goes on where it stopped."
    )


class DataStale(DnevnikError):
    """A strict report was refused: the mirror lacks what its rules need. Facts: `why`, `command` that would bring it."""

    exit_code = 3
    text = N_("The report was refused: {why} What to do: {command}")
