"""What the sending loop needs of a way of doing I/O, blocking or awaiting, and what it counts."""

from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from connector.api.protocol import Reply, Request

T = TypeVar("T")


@dataclass(slots=True)
class Counters:
    """What a client has done so far.

    Attributes:
        sent: requests, repetitions included.
        retried: repetitions.
        throttled: answers that asked us to slow down.
        bytes_read: body bytes on the wire, as packed.

    """

    sent: int = 0
    retried: int = 0
    throttled: int = 0
    bytes_read: int = 0


class Face(Protocol):
    """One way of doing I/O: blocking or awaiting."""

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Hold one of the places in flight."""
        ...

    async def wait(self, seconds: float) -> None:
        """Wait."""
        ...

    async def exchange(
        self, request: Request, endpoint: str, remaining_s: float
    ) -> tuple[Reply, int]:
        """Send once and read the whole answer; return it with its size on the wire.

        Raises:
            ApiError: there is no whole answer.

        """
        ...


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, as those over the sync face are."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    coroutine.close()
    msg = "a coroutine of the sync face suspended"
    raise RuntimeError(msg)
