"""What a command says, where it says it, and how loudly: results on stdout, everything else on stderr."""

import io
import json as _json
import os
import signal
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import click

from connector.errors import DnevnikError, OutputFull
from connector.errors.reasons import NO_SPACE, refusal
from connector.i18n import _

# done, total, a few words; total may grow while the work goes on.
Advance = Callable[[int, int, str], None]


@dataclass(slots=True)
class Console:
    """The options every command takes, and the ways to speak that follow from them."""

    config: Path | None = None
    lang: str | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    no_progress: bool = False
    document_written: bool = field(default=False, init=False)

    def document(self, content: Mapping[str, Any], *, compact: bool = False) -> None:
        """Write the one JSON document of a command to stdout, in UTF-8 whatever the terminal speaks.

        `compact` keeps it on one line.
        """
        self.document_written = True
        text = _json.dumps(content, ensure_ascii=False, indent=None if compact else 2, default=str)
        click.echo(text.encode())

    def say(self, text: str) -> None:
        """Write a result."""
        click.echo(text)

    def note(self, text: str) -> None:
        """Tell what is going on; not with --quiet."""
        if not self.quiet:
            _tell(text)

    def detail(self, text: str) -> None:
        """Tell more than usual; only with --verbose or --debug."""
        if self.verbose or self.debug:
            _tell(text)

    def warn(self, text: str) -> None:
        """Tell what may be wrong although the work goes on."""
        _tell(_("Warning: {text}").format(text=text))

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        """Show how far long work has come: total, rate, time left. Silent away from a terminal."""
        hushed = self.quiet or self.no_progress or not sys.stderr.isatty()
        if (
            hushed
            or any(os.environ.get(name) for name in ("NO_COLOR", "CI"))
            or os.environ.get("TERM") == "dumb"
        ):
            yield lambda _done, _total, _words: None
            return
        from rich import progress  # noqa: PLC0415 - only a terminal needs it
        from rich.console import Console as Terminal  # noqa: PLC0415 - as above

        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[rate]}"),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.fields[words]}"),
        )
        with progress.Progress(*columns, console=Terminal(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=None, words="", rate="")

            def advance(done: int, total: int, words: str) -> None:
                speed = bar.tasks[0].speed
                rate = _("{rate:.1f}/s").format(rate=speed) if speed else ""
                bar.update(task, completed=done, total=total, words=words, rate=rate)

            yield advance

    def usage_problem(self, wrong: click.ClickException) -> int:
        """Report a command line that cannot be understood; the exit code is 2."""
        wrong.show()
        self._error_document(type(wrong).__name__, 2, wrong.format_message(), {})
        return 2

    def failure(self, error: DnevnikError, *, cause: BaseException | None = None) -> int:
        """Report an error we know; returns its exit code."""
        sentence = _sentence(error)
        _tell(sentence)
        if self.debug:
            click.echo(where_it_arose(cause or error), err=True)
        facts = {name: value for name, value in error.facts.items() if value not in (None, "")}
        self._error_document(type(error).__name__, error.exit_code, sentence, facts)
        return error.exit_code

    def bug(self, bug: Exception) -> int:
        """Report an exception nobody foresaw, without its message: that may quote a name or a mark."""
        return self.failure(DnevnikError(f"{type(bug).__name__}, {last_place(bug)}"), cause=bug)

    def flush(self) -> None:
        """Meet a closed pipe here, where it can be handled, and not while the interpreter ends."""
        sys.stdout.flush()

    def silence(self) -> None:
        """Let the interpreter end without a word about a closed pipe."""
        with suppress(
            OSError, ValueError
        ):  # a stream without a descriptor is not flushed at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _error_document(
        self, name: str, exit_code: int, message: str, facts: Mapping[str, Any]
    ) -> None:
        if not self.json or self.document_written:
            return
        self.document(
            {
                "schema": "dnevnik/error/1",
                "error": name,
                "exit_code": exit_code,
                "message": message,
                "facts": dict(facts),
            }
        )


def _tell(text: str) -> None:
    """Write to stderr; folded on a terminal only, so that logs keep one line for each sentence."""
    click.echo(wrapped(text) if sys.stderr.isatty() else text, err=True)


def forgiving_streams() -> None:
    """Show `?` for a letter the terminal's encoding lacks: a name in cp1251 must not end a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def wrapped(text: str) -> str:
    """Fold prose at 80 columns; a long path stays whole."""
    return "\n".join(
        textwrap.wrap(
            text, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
    )


def write_file(path: Path, content: bytes) -> None:
    """Write a result to a file that appears whole or not at all, readable by its owner only.

    Raises:
        OutputFull: no space left.
        click.FileError: the place cannot be written.

    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as stream:
            stream.write(content)
        scratch.replace(path)
    except OSError as problem:
        if problem.errno in NO_SPACE:
            raise OutputFull(path=str(path)) from problem
        raise click.FileError(str(path), refusal(problem)) from problem
    finally:
        with suppress(OSError):
            scratch.unlink()


@contextmanager
def stop_signals() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, whoever listens to that at the moment; a background job, which hears no Ctrl-C, too."""
    try:
        before = signal.signal(signal.SIGTERM, _interrupt)
    except ValueError:  # not in the main thread: signals are somebody else's
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # A shell starts background jobs of scripts with SIGINT ignored: sent on, the signal would be lost.
    if callable(signal.getsignal(signal.SIGINT)):
        signal.raise_signal(signal.SIGINT)
    else:
        raise KeyboardInterrupt


def where_it_arose(error: BaseException) -> str:
    """Show the calls that led to an error, and its causes.

    Messages of foreign exceptions are left out: `ValueError: … 'Иванов'` would carry a child's name into a log.
    Ours hold facts only.
    """
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        lines += [line.rstrip("\n") for line in traceback.format_tb(link.__traceback__)]
        lines.append(str(link) if isinstance(link, DnevnikError) else type(link).__name__)
        if isinstance(link, BaseExceptionGroup):
            lines += [where_it_arose(part) for part in link.exceptions]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(lines)


def last_place(error: BaseException) -> str:
    """File and line where an exception was raised, e.g. `pull.py:120`."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _sentence(error: DnevnikError) -> str:
    try:
        return error.sentence()
    except (LookupError, ValueError):
        # Raised without a fact its sentence names: a bug of ours, but the operator still reads what happened.
        return str(error)
