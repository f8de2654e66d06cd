"""`dnevnik browse`: the mirror in a browser, by Datasette, for whoever sits at this machine and nobody else."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.wiring import open_settings
from connector.errors import UsageProblem
from connector.i18n import N_, _

LOOPBACK = "127.0.0.1"
# Nobody but who holds the address printed at the start, not even another account of this machine, sees children's data.
CLOSED = {"allow": {"id": "root"}}
SETTINGS = {
    "allow_download": "off",
    "allow_facet": "on",
    "default_page_size": "100",
    "max_returned_rows": "10000",
    "sql_time_limit_ms": "10000",
}


@base.command(
    "browse",
    summary=N_(
        "Look at the mirror in a browser, table by table, with your own SQL.\n\n"
        "Datasette serves it on this machine only, for reading only, to whoever opens the address that it prints; Ctrl-C ends it. Needs the extra [browse]."
    ),
    examples=(
        (N_("On the usual port:"), "dnevnik browse"),
        (N_("On another one, opening the browser:"), "dnevnik browse --port 8002 --open"),
    ),
)
@base.option(
    "--port",
    type=click.IntRange(min=0, max=65535),
    default=8001,
    show_default=True,
    metavar="N",
    explain=N_("Port on this machine; 0 takes a free one."),
)
@base.option("--open", "opens", is_flag=True, explain=N_("Open the browser, signed in."))
@click.pass_obj
def command(console: Console, /, *, port: int, opens: bool) -> None:
    """Serve the mirror until somebody ends it."""
    if find_spec("datasette") is None:
        raise UsageProblem(
            N_(
                "Datasette is not installed. Install it with: pip install 'dnevnik-connector[browse]'"
            )
        )
    from connector.mirror.file import open_to_read  # noqa: PLC0415 - help must not wait for SQLite

    settings = open_settings(console)
    path = settings.mirror.path.expanduser().absolute()
    open_to_read(path).close()
    port = free_port(port)
    with tempfile.TemporaryDirectory(prefix="dnevnik-browse-") as folder:
        described = Path(folder) / "metadata.json"
        described.write_text(json.dumps(metadata(path.stem), ensure_ascii=False), encoding="utf-8")
        console.note(_("Only who opens the address below sees anything. Ctrl-C ends it."))
        code = served(console, command_line(path, described, port, opens=opens))
    if code:
        raise UsageProblem(N_("Datasette ended with an error. Run again with --verbose to see it."))


def free_port(port: int) -> int:
    """The port, or a free one for 0.

    Raises:
        UsageProblem: it is taken.

    """
    with socket.socket() as probe:
        if os.name != "nt":
            # As the server will: what was closed a moment ago is no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as problem:
            raise UsageProblem(
                N_("The port is taken: choose another one with --port.")
            ) from problem
        return int(probe.getsockname()[1])


def served(console: Console, line: list[str]) -> int:
    """Run the server until it ends or Ctrl-C; show the address.

    Its log and its tracebacks quote what people search for and find, so they are only shown when asked for.
    """
    loud = console.verbose or console.debug
    with subprocess.Popen(  # noqa: S603 - our own interpreter and options, no shell
        line, stdout=subprocess.PIPE, stderr=None if loud else subprocess.DEVNULL, text=True
    ) as server:
        try:
            # To its end, shown or not: a server that nobody listens to stops when the pipe is full.
            for number, text in enumerate(server.stdout or ()):
                if number == 0:
                    console.say(text.rstrip())
                    console.flush()
                elif loud:
                    console.detail(text.rstrip())
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            return 0


def command_line(path: Path, described: Path, port: int, *, opens: bool) -> list[str]:
    """Datasette for this mirror: on loopback, by one address, reading only."""
    line = [sys.executable, "-m", "datasette", "serve", str(path)]
    line += ["--host", LOOPBACK, "--port", str(port), "--root", "--metadata", str(described)]
    for name, value in SETTINGS.items():
        line += ["--setting", name, value]
    return [*line, "--open"] if opens else line


def metadata(database: str) -> dict[str, Any]:
    """What the pages say of tables and columns, and who may see them."""
    from connector.mirror.dictionary import described  # noqa: PLC0415 - help must not wait for it

    tables = {
        table: {"columns": dict(columns)} for table, columns in described().items() if columns
    }
    return {**CLOSED, "databases": {database: {"tables": tables}}}
