"""The gate that a school's files pass before anything is planned: are they the files they were last time? Pure.

A fingerprint holds counts, headings and digests, never a name; the mirror keeps that of the last accepted files.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from connector.i18n import _
from connector.names import fold, full_key
from connector.planned import Guard
from connector.source import Source

# A file may lose this many per cent of its rows, and of the people it is known by.
SHRINKS = 20
# So many people are remembered, chosen by their digests: the same ones every time.
CANARIES = 20


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What files of one kind looked like.

    Attributes:
        rows: that became records.
        classes: pupils, or lesson hours a week, by class.
        headers: distinct heading rows, folded.
        encodings: of text files.
        canaries: digests of some full names: rows that should be there again.
        people: digests of all of them; not kept.

    """

    rows: int
    classes: Mapping[str, int]
    headers: tuple[tuple[str, ...], ...]
    encodings: tuple[str, ...]
    canaries: tuple[str, ...]
    people: frozenset[str] = frozenset()

    def to_values(self) -> dict[str, Any]:
        """What is kept, as JSON values."""
        values = asdict(self)
        del values["people"]
        return values

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> "Fingerprint":
        """Read what `to_values` made."""
        return cls(
            values["rows"],
            values["classes"],
            tuple(map(tuple, values["headers"])),
            tuple(values["encodings"]),
            tuple(values["canaries"]),
        )


def fingerprint(sources: Iterable[Source]) -> Fingerprint:
    """Take the fingerprint of the files of one plan together."""
    rows, classes = 0, Counter[str]()
    headers, encodings, people = set(), set(), set()
    for source in sources:
        rows += source.accepted
        headers |= {tuple(map(fold, row)) for row in source.headers.values()}
        encodings |= {source.encoding} - {""}
        for pupil in source.pupils:
            people.add(_digest(full_key(pupil.last_name, pupil.first_name, pupil.middle_name)))
            if not pupil.left:
                classes[pupil.edu_group] += 1
        for slot in source.slots:
            classes.update(slot.edu_groups)
    chosen = tuple(sorted(people)[:CANARIES])
    return Fingerprint(
        rows,
        dict(sorted(classes.items())),
        tuple(sorted(headers)),
        tuple(sorted(encodings)),
        chosen,
        frozenset(people),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def source_gate(new: Fingerprint, last: Fingerprint | None, shrinks: int = SHRINKS) -> list[Guard]:
    """Compare files with the last accepted ones; a tripped guard refuses them before planning.

    Names: `source.rows` (rows lost), `source.classes` (classes lost), `source.headers` (unknown heading rows),
    `source.encoding` (unknown encodings), `source.canaries` (remembered people who are missing). Empty without a
    last version. `shrinks`: per cent of rows that may be lost.
    """
    if last is None:
        return []
    return [
        Guard("source.rows", _few(last.rows, shrinks), max(0, last.rows - new.rows)),
        Guard("source.classes", 0, len(lost_classes(new, last))),
        Guard("source.headers", 0, _replaced(new.headers, last.headers)),
        Guard("source.encoding", 0, len(set(new.encodings) - set(last.encodings))),
        Guard(
            "source.canaries",
            _few(len(last.canaries), shrinks),
            len(set(last.canaries) - new.people),
        ),
    ]


def _replaced(new: Collection[object], last: Collection[object]) -> int:
    """Heading rows that gave way to others; a sheet that came or went with its own is no change of the rest."""
    return min(len(set(last) - set(new)), len(set(new) - set(last)))


def _few(rows: int, shrinks: int) -> int:
    return max(1, rows * shrinks // 100)


def lost_classes(new: Fingerprint, last: Fingerprint) -> list[str]:
    """Classes that had rows and have none now."""
    return sorted(last.classes.keys() - new.classes.keys())


def gate_text(guard: Guard, new: Fingerprint, last: Fingerprint) -> str:
    """A sentence for a tripped guard of the gate."""
    match guard.name:
        case "source.rows":
            return _("The files lost rows: {before} before, {now} now").format(
                before=last.rows, now=new.rows
            )
        case "source.classes":
            return _("Classes that the files no longer name: {names}").format(
                names=", ".join(lost_classes(new, last))
            )
        case "source.headers":
            return _("The headings of the files are not those of last time")
        case "source.encoding":
            return _(
                "The encoding of the files is not that of last time: {before}, now {now}"
            ).format(before=", ".join(last.encodings) or "—", now=", ".join(new.encodings) or "—")
        case _other:
            return _(
                "People whom the files always named are missing: {number} of {all}. Is it the right file?"
            ).format(number=guard.actual, all=len(last.canaries))
