"""Collects what a reader of one file has to tell: problems and automatic fixes, each with its place."""

from dataclasses import dataclass, field

from connector.source import Fix, Place, Problem

SHOWN = 60


def shorten(value: str) -> str:
    """The value on one line and no longer than a table column can show."""
    plain = " ".join(value.split())
    return plain if len(plain) <= SHOWN else f"{plain[: SHOWN - 1]}…"


class RowRefused(Exception):
    """A row cannot be used: what a problem of it will say."""

    def __init__(self, rule: str, column: str, value: str, text: str, fix: str) -> None:
        super().__init__(rule)
        self.rule, self.column, self.value, self.text, self.fix = rule, column, value, text, fix


@dataclass(slots=True)
class Findings:
    """Problems and fixes of one file, in the order found.

    `where` is `(sheet, row, column)`; row 0 is the whole sheet, an empty sheet the whole file.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)

    def refuse(
        self, rule: str, where: tuple[str, int, str], value: str, text: str, fix: str
    ) -> None:
        """Tell why a row (or with row 0 the file) is not used."""
        self._tell(rule, where, value, text, fix, refuses=True)

    def refuse_row(self, sheet: str, row: int, why: RowRefused) -> None:
        """Tell why one row is not used."""
        self.refuse(why.rule, (sheet, row, why.column), why.value, why.text, why.fix)

    def doubt(
        self, rule: str, where: tuple[str, int, str], value: str, text: str, fix: str
    ) -> None:
        """Tell what is used and yet must be looked at."""
        self._tell(rule, where, value, text, fix, refuses=False)

    def mend(self, rule: str, where: tuple[str, int, str], before: str, after: str) -> None:
        """Tell what was put right."""
        self.fixes.append(Fix(Place(self.file, *where), rule, before, after))

    def _tell(
        self,
        rule: str,
        where: tuple[str, int, str],
        value: str,
        text: str,
        fix: str,
        *,
        refuses: bool,
    ) -> None:
        place = Place(self.file, *where)
        self.problems.append(Problem(place, rule, shorten(value), text, fix, refuses))
