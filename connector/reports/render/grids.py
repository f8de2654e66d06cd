"""Tables for paper: texts, shares of a line, and whether the page must lie for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from connector.reports.render.columns import fitted
from connector.reports.render.sheets import NUMERIC, Block, Column, Translate
from connector.reports.render.tabular import NO_DATA_TEXT, cell_text
from connector.reports.tables import Unknown

# Most words have no more letters; longer ones are divided.
_WORD = 11
# Most names fold once at the most, and hardly any beyond these letters.
_NAME, _LONG_NAME = 20, 30
# A column of texts takes no more of the line, whatever its longest cell.
_WIDEST = 34
# No page lies down for fewer rows.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Lines:
    """Characters that a line of a format may hold.

    Attributes:
        upright: on an upright page.
        lying: on a lying one.
        of_heading: letters of a number's heading that are kept together where no line holds its whole words; fewer where
            words are divided as grammar asks.

    """

    upright: int
    lying: int
    of_heading: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of texts.

    Attributes:
        title: above it.
        heads: one a column; none at all where the table has no headings.
        rows: texts as people read them.
        right: whether a column is set to the right.
        shares: characters that each column would like to have.
        least: characters below which the words of a column are broken; empty where the texts may fold anywhere.
        note: below it, or empty.
        has_totals: whether the last row sums the others up.
        on_new_page: whether it begins a page.
        chapter: whose tables begin here, or empty.
        lying: whether its page lies.
        charts_follow: whether the report's charts stand below it.
        unknown: what cells say of which nothing is known; neighbours that say it are shown as one.

    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    shares: tuple[int, ...]
    least: tuple[int, ...] = ()
    note: str = ""
    has_totals: bool = False
    on_new_page: bool = False
    chapter: str = ""
    lying: bool = False
    charts_follow: bool = False
    unknown: str = ""

    def joined(self, row: Sequence[str]) -> list[tuple[str, int]]:
        """Texts of a row and how many columns each stands across: one, or all neighbours of which nothing is known."""
        found: list[tuple[str, int]] = []
        gaps = (
            bool(self.unknown) and right and cell == self.unknown
            for right, cell in zip(self.right, row, strict=True)
        )
        for is_gap, cells in groupby(zip(gaps, row, strict=True), key=lambda one: one[0]):
            texts = [text for _gap, text in cells]
            found += [(texts[0], len(texts))] if is_gap else [(text, 1) for text in texts]
        return found

    @property
    def line(self) -> int:
        """Characters of the line below which words are broken, with the space between columns."""
        return sum(self.least) + 2 * len(self.least)

    @property
    def liked(self) -> int:
        """Characters of the line on which names stand in one or two lines."""
        return sum(min(share, _NAME) + 2 for share in self.shares)

    def widths(self, room: int) -> tuple[float, ...]:
        """Characters of each column on a line of so many: what it needs, names in one line, words, then what it would like."""
        widths = [float(low) for low in self.least or (0,) * len(self.shares)]
        words = [min(share, _WORD) for share in self.shares]
        # A name that folds makes its row twice as high, a heading only the first one.
        names = [
            word if number else min(share, _LONG_NAME)
            for share, word, number in zip(
                self.shares, self.least or words, self.right, strict=True
            )
        ]
        for wanted in (names, words, self.shares):
            wishes = [max(0, want - width) for want, width in zip(wanted, widths, strict=True)]
            spare = max(0, room - sum(widths) - 2 * len(widths))
            part = min(1.0, spare / max(1, sum(wishes)))
            widths = [width + wish * part for width, wish in zip(widths, wishes, strict=True)]
        return tuple(width + 2 for width in widths)


# The widest texts of each column, by the columns of a table.
Widest = Mapping[tuple[Column, ...], Sequence[Sequence[str]]]


def widest(blocks: Iterable[Block], translate: Translate) -> Widest:
    """What tables with the same columns need, so that they stand under one another with equal widths."""
    found: dict[tuple[Column, ...], list[list[str]]] = {}
    for block in blocks:
        known = found.setdefault(block.columns, [[] for _ in block.columns])
        for texts, cells in zip(
            known, zip(*_measured(block, translate), strict=True), strict=False
        ):
            texts[:] = {max((*texts, *cells), key=of) for of in (len, _longest_word)}
    return found


def _longest_word(text: str) -> int:
    return max(map(len, text.split(" ")))


def _texts(block: Block, translate: Translate) -> list[tuple[str, ...]]:
    return [
        tuple(
            cell_text(cell, column.kind, translate)
            for cell, column in zip(row, block.columns, strict=True)
        )
        for row in block.rows
    ]


def _measured(block: Block, translate: Translate) -> list[tuple[str, ...]]:
    """Texts as long as the room they need: neighbours of which nothing is known share the room of saying so."""
    whole = len(translate(NO_DATA_TEXT))
    measured = []
    for row, texts in zip(block.rows, _texts(block, translate), strict=True):
        gaps = [
            isinstance(cell, Unknown) and column.kind in NUMERIC
            for cell, column in zip(row, block.columns, strict=True)
        ]
        sizes: list[str] = []
        for is_gap, run in groupby(zip(gaps, texts, strict=True), key=lambda one: one[0]):
            cells = [text for _gap, text in run]
            if is_gap and len(cells) > 1:
                # With the two characters between each two of them.
                cells = ["." * max(1, -(-(whole + 2) // len(cells)) - 2)] * len(cells)
            sizes += cells
        measured.append(tuple(sizes))
    return measured


def banded(
    block: Block,
    translate: Translate,
    lines: Lines,
    *,
    title: str | None = None,
    lies: bool = True,
    beside: Widest | None = None,
) -> Iterator[Grid]:
    """A block as one table, or as several that fit the line.

    Args:
        block: of any number of columns.
        translate: into the report's language.
        lines: what a line holds.
        title: in the place of the block's.
        lies: whether a wide table may turn the page.
        beside: what tables near it need; None where no other has its columns.

    """
    heading = block.title if title is None else title
    if not block.rows and any(column.title for column in block.columns):
        nothing = translate("There is nothing to list.")
        yield Grid(heading, (), ((nothing,),), (False,), (len(nothing),), note=block.note)
        return
    texts = _texts(block, translate)
    needed = (beside or {}).get(block.columns, ())
    measured = _measured(block, translate)
    cells = [
        [column.title, *(needed[place] if needed else (row[place] for row in measured))]
        for place, column in enumerate(block.columns)
    ]
    turning = lies and len(block.rows) > _FEW
    widths = (lines.upright, lines.lying) if turning else (lines.upright,)
    fit = fitted(block.columns, cells, *widths, of_heading=lines.of_heading)
    if len(fit.bands) > 1:
        # The end of a band may stand between neighbours.
        cells = [[*cells[place], *{row[place] for row in texts}] for place in range(len(cells))]
        fit = fitted(block.columns, cells, *widths, of_heading=lines.of_heading)
    for number, places in enumerate(fit.bands, start=1):
        turn = f" ({number}/{len(fit.bands)})" if len(fit.bands) > 1 else ""
        yield Grid(
            title=f"{heading}{turn}",
            heads=tuple(heads)
            if any(heads := [block.columns[place].title for place in places])
            else (),
            rows=tuple(tuple(row[place] for place in places) for row in texts),
            right=tuple(block.columns[place].kind in NUMERIC for place in places),
            shares=tuple(
                max(fit.least[place], _wish(block.columns[place], cells[place])) for place in places
            ),
            least=tuple(fit.least[place] for place in places),
            note=block.note if number == len(fit.bands) else "",
            has_totals=block.has_totals,
            lying=turning and fit.width == lines.lying,
            unknown=translate(NO_DATA_TEXT),
        )


def _wish(column: Column, cells: Sequence[str]) -> int:
    """The longest text, of a number's heading the longest word."""
    if column.kind in NUMERIC:
        cells = cells[0].split()
    return min(_WIDEST, max(map(len, cells), default=0))
