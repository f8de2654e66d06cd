"""Which columns of a table stand beside each other where a line has only so many characters."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.reports.render.sheets import NUMERIC, Column, Kind

# A column is not made narrower than its longest word, if that has no more letters; of a number's heading, fewer.
_WORD, _HEADING = 16, 7
# Words of headings are divided only where no line has room for whole ones.
_ROOMY_HEADING = 14
_WHOLE = NUMERIC | {Kind.DAY, Kind.ID}


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table stands on a line.

    Attributes:
        width: of the line that was taken.
        least: characters each column needs.
        bands: places of the columns beside each other; more than one band where no line holds them all.

    """

    width: int
    least: list[int]
    bands: list[list[int]]


def fitted(
    columns: Sequence[Column],
    cells: Sequence[Sequence[str]],
    *widths: int,
    of_heading: int = _HEADING,
) -> Fit:
    """Take the first line that holds all columns, else the last one and bands on it.

    Args:
        columns: of the table.
        cells: of each column, its heading first.
        widths: lines to try, in characters.
        of_heading: letters of a number's heading that are kept together; fewer where the format divides words well.

    """

    def needed(letters: int) -> list[int]:
        return [
            least_width(column, texts, letters)
            for column, texts in zip(columns, cells, strict=True)
        ]

    roomy = needed(max(of_heading, _ROOMY_HEADING))
    for least in (roomy, needed(of_heading)):
        for width in widths:
            bands = column_bands(columns, least, width)
            if len(bands) == 1:
                return Fit(width, least, bands)
    least = roomy
    return Fit(widths[-1], least, column_bands(columns, least, widths[-1]))


def least_width(column: Column, cells: Sequence[str], of_heading: int = _HEADING) -> int:
    """The fewest characters a column can be read in: its longest word, numbers and days whole.

    Args:
        column: of the table.
        cells: its texts, the heading first.
        of_heading: letters of a number's heading that are kept together.

    """
    heading, *values = ([*map(len, cell.split(" "))] for cell in cells)
    longest = max((size for sizes in values for size in sizes), default=0)
    if column.kind in _WHOLE:
        return max(longest, min(max(heading), of_heading))
    return max(1, min(max(longest, *heading), _WORD))


def column_bands(columns: Sequence[Column], least: Sequence[int], width: int) -> list[list[int]]:
    """Places of the columns that fit beside each other; each band begins with the columns that tell what a row is about.

    Bands are about equally wide: the last one is no rest.
    """
    if sum(least) + 2 * (len(least) - 1) <= width:
        return [list(range(len(least)))]
    about = next(
        (place for place, column in enumerate(columns) if column.kind in NUMERIC), len(columns)
    )
    # What tells little apart or takes more than half of the line is not said again.
    while about > 1 and (about == len(columns) or sum(least[:about]) + 2 * about > width // 2):
        about -= 1
    keys = max(1, about)
    bands = _filled(keys, least, width)
    for narrower in range(width - 1, 0, -1):
        tried = _filled(keys, least, narrower)
        if len(tried) > len(bands):
            break
        bands = tried
    return bands


def _filled(keys: int, least: Sequence[int], width: int) -> list[list[int]]:
    """Bands on a line of so many characters, each begun by the first columns and filled as far as it goes."""
    bands: list[list[int]] = []
    room = width - sum(size + 2 for size in least[:keys])
    left = -1
    for place in range(keys, len(least)):
        left -= least[place] + 2
        if left < 0:
            bands.append([*range(keys)])
            left = room - least[place]
        bands[-1].append(place)
    return bands or [[*range(keys)]]
