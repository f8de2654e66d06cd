"""Reads a workbook in a process of its own: a damaged or hostile one may end that process, but not ours.

calamine makes room for whatever a file claims to hold; where the claim is absurd, the allocator ends the whole process.
Files that were looked through (`mappings.containers`) need no such care.
"""

import pickle
import subprocess
import sys
from contextlib import suppress
from typing import BinaryIO

from mappings.sheets import Sheet, Unusable, read_workbook

_SECONDS = 120
_MEMORY = 2_000_000_000
_CODE = "import sys; sys.path[:] = {path!r}; from mappings import apart; apart.limit_memory(); apart.answer(sys.stdin.buffer, sys.stdout.buffer)"


def read_apart(data: bytes) -> tuple[Sheet, ...]:
    """Read as `read_workbook` does.

    Raises:
        Unusable: also where the other process did not survive the file.

    """
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter with our own code
            [sys.executable, "-c", _CODE.format(path=sys.path)],
            input=data,
            stdout=subprocess.PIPE,
            # A panic writes its trace there; what the user reads is the problem.
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as wrong:
        raise Unusable("damaged") from wrong
    sheets, rule = pickle.loads(done.stdout)  # noqa: S301 - written by `answer` in our own process
    if rule:
        raise Unusable(rule)
    return tuple(Sheet(*sheet) for sheet in sheets)


def answer(stream_in: BinaryIO, stream_out: BinaryIO) -> None:
    """Read a workbook from one stream and write its sheets, or the word of what is wrong, to the other."""
    try:
        found = read_workbook(stream_in.read())
        sheets = [(sheet.name, sheet.hidden, sheet.rows, sheet.merges) for sheet in found]
        reply: tuple[list[tuple[object, ...]], str] = [*sheets], ""
    except Unusable as wrong:
        reply = [], wrong.rule
    stream_out.write(pickle.dumps(reply, protocol=pickle.HIGHEST_PROTOCOL))


def limit_memory() -> None:
    """Let this process have what a large workbook needs, and no more; only POSIX systems know how."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
