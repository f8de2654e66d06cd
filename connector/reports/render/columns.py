"""Which columns of a table stand beside each other where a line has only so many characters."""

from collections.abc import Sequence

from connector.reports.render.sheets import NUMERIC, Column, Kind

# A column is not made narrower than its longest word, if that has no more letters; of a number's heading, fewer.
_WORD, _HEADING = 16, 7
# Where the table is taken apart anyway there is room for the words of headings.
_ROOMY_HEADING = 14
_WHOLE = NUMERIC | {Kind.DAY, Kind.ID}


def fitted(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int
) -> tuple[list[int], list[list[int]]]:
    """The least widths of columns, and the bands they make on a line of so many characters.

    Args:
        columns: of the table.
        cells: of each column, its heading first.
        width: of the line.

    """
    least = [least_width(column, texts) for column, texts in zip(columns, cells, strict=True)]
    bands = column_bands(columns, least, width)
    if len(bands) > 1:
        least = [
            least_width(column, texts, _ROOMY_HEADING)
            for column, texts in zip(columns, cells, strict=True)
        ]
        bands = column_bands(columns, least, width)
    return least, bands


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
    """Places of the columns that fit beside each other; each band begins with the columns that tell what a row is about."""
    if sum(least) + 2 * (len(least) - 1) <= width:
        return [list(range(len(least)))]
    about = next(
        (place for place, column in enumerate(columns) if column.kind in NUMERIC), len(columns)
    )
    # What tells little apart or takes more than half of the line is not said again.
    while about > 1 and (about == len(columns) or sum(least[:about]) + 2 * about > width // 2):
        about -= 1
    keys = list(range(max(1, about)))
    bands: list[list[int]] = []
    room = width - sum(least[place] + 2 for place in keys)
    left = -1
    for place in range(len(keys), len(least)):
        left -= least[place] + 2
        if left < 0:
            bands.append([*keys])
            left = room - least[place]
        bands[-1].append(place)
    return bands or [keys]
