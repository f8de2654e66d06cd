"""The file of `--state`: which school it belongs to, and in order everything that was written since it began."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

# "DSB1" in the header of the file: ours, and of this form.
APPLICATION_ID = 0x44534231


class StateFile:
    """An open state file; only one emulator holds it at a time. It holds names, so only its owner may read it.

    It is written through to the system after each entry: it survives the end of the process, whatever ended it.
    """

    def __init__(self, path: Path, school: dict[str, Any]) -> None:
        self._path = path
        self._connection = self._open()
        try:
            self._prepare(json.dumps(school, sort_keys=True))
        except sqlite3.Error as error:
            self.close()
            raise ValueError(f"state: {path} cannot be used ({error})") from error
        except ValueError:
            self.close()
            raise

    def entries(self) -> list[str]:
        """All entries in order."""
        return [
            text for (text,) in self._connection.execute("SELECT entry FROM entries ORDER BY n")
        ]

    def add(self, entry: str) -> None:
        """Keep one more entry."""
        self._connection.execute("INSERT INTO entries (entry) VALUES (?)", (entry,))

    def clear(self) -> None:
        """Forget all entries."""
        self._connection.execute("DELETE FROM entries")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _open(self) -> sqlite3.Connection:
        # SQLite would make it readable by everyone.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        return sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)

    def _prepare(self, school: str) -> None:
        run = self._connection.execute
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and run("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
            raise ValueError(f"state: {self._path} is no state file of the emulator")
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA synchronous = OFF")
        run("BEGIN EXCLUSIVE")
        if not tables:
            run(f"PRAGMA application_id = {APPLICATION_ID}")
            run("CREATE TABLE school (settings TEXT NOT NULL)")
            run("CREATE TABLE entries (n INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL)")
            run("INSERT INTO school VALUES (?)", (school,))
        run("COMMIT")
        (kept,) = run("SELECT settings FROM school").fetchone()
        if kept != school:
            raise ValueError(
                f"state: {self._path} belongs to another school ({kept}); this one is {school}"
            )
