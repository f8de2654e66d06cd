"""Refuse Latin letters inside Cyrillic words: «Aлгебра» with a Latin A never matches the vendor's «Алгебра»."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

WORD = re.compile(r"[^\W\d_]+")
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
LATIN = re.compile(r"[A-Za-z]")


def mixed_words(text: str) -> Iterator[tuple[int, str]]:
    """Find words of both alphabets, with the line each stands on."""
    for number, line in enumerate(text.splitlines(), start=1):
        for word in WORD.findall(line):
            if CYRILLIC.search(word) and LATIN.search(word):
                yield number, word


def main(names: list[str]) -> int:
    """Check the named files; 1 when any word mixes alphabets."""
    found = 0
    for name in names:
        for number, word in mixed_words(Path(name).read_text(encoding="utf-8")):
            latin = ", ".join(sorted(set(LATIN.findall(word))))
            print(f"{name}:{number}: «{word}» holds Latin {latin}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
