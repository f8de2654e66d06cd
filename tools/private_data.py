"""Refuse databases, workbooks and token-like strings among the files about to be committed."""

import re
import sys
from pathlib import Path

PRIVATE = (".db", ".db-wal", ".db-shm", ".sqlite", ".sqlite3", ".xlsx", ".xls", ".ods")
# A word that means a secret, then a value long and mixed enough to be one.
TOKEN = re.compile(
    r"""(?i)(?:access[-_]?token|api[-_]?token|refresh[-_]?token|client[-_]?secret|password)["']?\s*[:=]\s*["']?"""
    r"""(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{24,}"""
)


def complaint(name: str, content: bytes) -> str | None:
    """Say why a file must not be committed; None when it may."""
    if name.lower().endswith(PRIVATE):
        return "databases and workbooks may hold children's data"
    if content.startswith((b"SQLite format 3\0", b"PK\x03\x04")):
        return "a database or workbook under another name"
    if TOKEN.search(content.decode("utf-8", "replace")):
        return "looks like a token"
    return None


def main(names: list[str]) -> int:
    """Check the named files; 1 when any must stay out."""
    complaints = [(name, complaint(name, Path(name).read_bytes())) for name in names]
    for name, reason in complaints:
        if reason:
            print(f"{name}: {reason}")
    return 1 if any(reason for _name, reason in complaints) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
