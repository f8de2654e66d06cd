"""Start the emulated vendor: in the foreground for people, in a thread for tests and the demo."""

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import uvicorn

from connector.sandbox import wire
from connector.sandbox.app import Address, App
from connector.sandbox.config import SandboxConfig
from connector.sandbox.desk import Desk
from connector.sandbox.ledger import Ledger
from connector.sandbox.truth import truth_of

Info = dict[str, Any]
PATIENCE_S = 60.0


class _Server(uvicorn.Server):
    """Tells when it listens, and can cut the connection of one client."""

    def __init__(self, desk: Desk, listening: socket.socket, ready: Callable[[Info], None]) -> None:
        self.app = App(desk, self._cut)
        super().__init__(
            uvicorn.Config(
                self.app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                proxy_headers=False,
                # The app dates its answers itself: a fault may put its clock wrong.
                date_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._listening = listening
        self._ready = ready
        self.info = _info(desk, listening)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready(self.info)

    def listen(self) -> None:
        """Serve until told to stop."""
        self.run([self._listening])

    def _cut(self, client: Address) -> None:
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) == client:
                connection.transport.abort()


def serve(
    config: SandboxConfig, *, host: str = "127.0.0.1", port: int = 0, ready: Callable[[Info], None]
) -> None:
    """Serve one emulated school until interrupted.

    Args:
        config: the school and its ways.
        host: address to listen on; loopback unless the operator says otherwise.
        port: 0 takes a free one.
        ready: called once the socket listens, with `base_url`, `school_id`, `today`, `tokens` by role and `users`.

    Raises:
        OSError: the address cannot be used.
        ValueError: the faults are not well formed.

    """
    listening = _bind(host, port)
    with listening:
        server = _Server(Desk(config), listening, ready)
        try:
            server.listen()
        finally:
            server.app.close()


class RunningSandbox:
    """An emulator in a background thread on a free loopback port, for as long as the context lasts."""

    def __init__(self, config: SandboxConfig) -> None:
        self._up = threading.Event()
        self._listening = _bind("127.0.0.1", 0)
        self.desk = Desk(config)
        self._server = _Server(self.desk, self._listening, lambda _info: self._up.set())
        self._thread = threading.Thread(target=self._server.listen, name="sandbox", daemon=True)
        self.info: Info = self._server.info

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._up.wait(PATIENCE_S):
            raise TimeoutError("the emulator did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE_S)
        self._listening.close()
        self._server.app.close()

    def truth(self) -> dict[str, Any]:
        """What an ideal pull and report find now, edits included."""
        return truth_of(self.desk)


def truth(config: SandboxConfig) -> dict[str, Any]:
    """What an ideal pull and report find in the school of a configuration, with the state it keeps."""
    desk = Desk(config)
    Ledger(desk).close()
    return truth_of(desk)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay (40 ms an answer) off only on sockets that say they are TCP.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _info(desk: Desk, listening: socket.socket) -> Info:
    host, port = listening.getsockname()[:2]
    return {
        "base_url": f"http://{f'[{host}]' if ':' in host else host}:{port}/v2",
        "school_id": str(wire.SCHOOL_ID),
        "today": desk.today.isoformat(),
        "tokens": desk.door.tokens,
        "users": [
            {"role": role, "login": f"{role}.school7", "password": f"{role}-rehearsal"}
            for role in desk.door.tokens
        ],
    }
