"""The full name of a row, put right part by part: spaces, dashes, look-alike letters, capitals."""

from dataclasses import dataclass

from connector.names import fold, tidy
from mappings import persons
from mappings.blocks import Block, Values, text_of
from mappings.findings import Findings
from mappings.wording import tell

# What stands in an empty cell of a patronymic or of leaving.
NOTHING = frozenset({"-", "нет", "не имеет", "отсутствует", "б/о", "без отчества", "прочерк", "0"})
_ANY_NAME = "Ким"


@dataclass(slots=True)
class Names:
    """The parts of a full name while they are put right."""

    last_name: str
    first_name: str
    middle_name: str | None


@dataclass(slots=True)
class NameReader:
    """Reads the names of one file."""

    findings: Findings

    def read(self, cells: Values, row: int, block: Block) -> Names:
        """Read the parts of a name; what is missing is told and left empty."""
        last, first, middle = cells.get("last"), cells.get("first"), cells.get("middle")
        if isinstance(last, str) and isinstance(first, str):
            usual = persons.USUAL(last) and persons.USUAL(first)
            if usual and (isinstance(middle, str) and persons.USUAL(middle)):
                names = Names(last, first, middle)
                self._compare_parts(names, row, block)
                return names
        names = self._parts(cells, row, block)
        names.last_name = self._part(names.last_name, row, block, "last")
        names.first_name = self._part(names.first_name, row, block, "first")
        if names.middle_name is not None:
            names.middle_name = self._part(names.middle_name, row, block, "middle")
        for rule, part in (("no_last_name", names.last_name), ("no_first_name", names.first_name)):
            if not part:
                tell(self.findings, rule, (block.sheet, row, _named(block, rule[3:].split("_")[0])))
        self._compare_parts(names, row, block)
        return names

    def _parts(self, cells: Values, row: int, block: Block) -> Names:
        """Take the parts from their columns, or from the one cell that holds them all."""
        last, first = text_of(cells.get("last")), text_of(cells.get("first"))
        middle, whole = text_of(cells.get("middle")), text_of(cells.get("full"))
        if last and not first and "given" in cells:
            # A surname of one word makes a full name of it.
            found = persons.split_full(f"{_ANY_NAME} {text_of(cells['given'])}")
            return Names(last, found.first_name, found.middle_name)
        if not last and whole:
            names = self._split(whole, row, block, "full")
            names.middle_name = names.middle_name or middle
            return names
        if last and not first and not middle and " " in last.strip():
            return self._split(last, row, block, "last")
        return Names(last, first, middle if "middle" in block.header.columns else None)

    def _split(self, text: str, row: int, block: Block, column: str) -> Names:
        parts = persons.split_full(text)
        where = (block.sheet, row, _named(block, column))
        if parts.rule:
            tell(self.findings, parts.rule, where, text)
        elif column != "full" and "first" in block.header.columns:
            shown = f"{parts.last_name} | {parts.first_name} | {parts.middle_name}"
            self.findings.mend("name_cells", where, text, shown)
        return Names(parts.last_name, parts.first_name, parts.middle_name)

    def _part(self, text: str, row: int, block: Block, column: str) -> str:
        """Put one part of a name right and tell what cannot be."""
        if not text or persons.USUAL(text):
            return text
        where = (block.sheet, row, _named(block, column))
        plain = tidy(text)
        if column == "middle" and fold(plain) in NOTHING:
            return ""
        steps = (
            ("spaces", plain),
            ("dashes", plain := persons.join_dashes(plain)),
            ("look_alike_letters", plain := persons.mend_letters(plain)),
            ("capitals", plain := persons.settle_capitals(plain)),
        )
        before = text
        for rule, after in steps:
            if after != before and not any(map(str.isdigit, before)):
                self.findings.mend(rule, where, before, after)
                before = after
        trouble = persons.name_trouble(plain)
        if trouble:
            tell(self.findings, trouble, where, plain)
        return plain

    def _compare_parts(self, names: Names, row: int, block: Block) -> None:
        first, middle = names.first_name, names.middle_name or ""
        if (
            persons.USUAL(first)
            and persons.USUAL(names.last_name)
            and not persons.is_patronymic(first)
        ):
            return
        where = (block.sheet, row, _named(block, "first"))
        if persons.is_latin(first) != persons.is_latin(names.last_name):
            tell(self.findings, "latin_name", where, f"{names.last_name} {first}")
        if middle and not persons.is_patronymic(middle) and persons.is_patronymic(first):
            tell(self.findings, "name_order", where, f"{names.last_name} {first} {middle}")


def _named(block: Block, part: str) -> str:
    """Heading of a part of the name, or of the column that holds the whole."""
    titles = (block.header.title(name) for name in (part, "full", "last"))
    return next((title for title in titles if title), "")
