"""Pages of a Word document that lie: wide tables in sections of their own, between the upright ones."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADINGS = ("Heading", "Title")


def turn_pages(body: Any, tables: Sequence[Any], *, from_top: bool = False) -> None:  # noqa: ANN401 - lxml is untyped
    """Give each run of neighbouring wide tables, with their headings and notes, pages that lie.

    Args:
        body: of the document; its own section is upright.
        tables: elements of the body, in order; those inside other tables are left alone.
        from_top: whether what stands before the first of them lies too, for it would not fill a page.

    """
    last = body.find(f"{_W}sectPr")
    children = list(body)
    spans: list[tuple[Any, Any]] = []
    for table in tables:
        if last is None or table.getparent() is not body:
            continue
        first, end = _heading(table), _note(table)
        if spans and children.index(first) == children.index(spans[-1][1]) + 1:
            first = spans.pop()[0]
        spans.append((first, end))
    for number, (first, end) in enumerate(spans):
        # A section begins a page anyway.
        for beside in (first.getprevious(), end.getnext()):
            if beside is not None and _is_break(beside):
                body.remove(beside)
        if number or not from_top:
            first.addprevious(_end_of_section(body, deepcopy(last)))
        end.addnext(_end_of_section(body, _lying(last)))


def settle_breaks(body: Any) -> None:  # noqa: ANN401 - lxml is untyped
    """Let what follows an end of a page begin one instead: on a page that is full the end would stand on an empty one."""
    for paragraph in [one for one in body if _is_break(one)]:
        after = paragraph.getnext()
        if (
            after is not None
            and after.tag == f"{_W}p"
            and paragraph.find(f"{_W}pPr/{_W}sectPr") is None
        ):
            after.get_or_add_pPr().get_or_add_pageBreakBefore()
            body.remove(paragraph)


def _heading(table: Any) -> Any:  # noqa: ANN401 - lxml is untyped
    """The heading right above the table, else the table."""
    before = table.getprevious()
    return before if before is not None and _is_heading(before) else table


def _note(table: Any) -> Any:  # noqa: ANN401 - lxml is untyped
    """The last paragraph before the next heading or table, else the table."""
    end = table
    while (
        (after := end.getnext()) is not None
        and after.tag == f"{_W}p"
        and not _is_heading(after)
        and not list(after.iter(f"{_W}br", f"{_W}drawing"))
    ):
        end = after
    return end


def _is_heading(paragraph: Any) -> bool:  # noqa: ANN401 - lxml is untyped
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and style.get(f"{_W}val", "").startswith(_HEADINGS)


def _is_break(paragraph: Any) -> bool:  # noqa: ANN401 - lxml is untyped
    """Whether it is no more than the end of a page."""
    breaks = list(paragraph.iter(f"{_W}br"))
    return (
        paragraph.tag == f"{_W}p"
        and any(one.get(f"{_W}type") == "page" for one in breaks)
        and not "".join(one.text or "" for one in paragraph.iter(f"{_W}t"))
    )


def _lying(section: Any) -> Any:  # noqa: ANN401 - lxml is untyped
    turned = deepcopy(section)
    size = turned.find(f"{_W}pgSz")
    if size is not None:
        wide, high = size.get(f"{_W}h"), size.get(f"{_W}w")
        size.set(f"{_W}w", wide)
        size.set(f"{_W}h", high)
        size.set(f"{_W}orient", "landscape")
    return turned


def _end_of_section(body: Any, section: Any) -> Any:  # noqa: ANN401 - lxml is untyped
    """A paragraph that ends a section, as low as one can be."""
    paragraph = body.makeelement(f"{_W}p")
    properties = body.makeelement(f"{_W}pPr")
    spacing = body.makeelement(
        f"{_W}spacing", {f"{_W}after": "0", f"{_W}line": "20", f"{_W}lineRule": "exact"}
    )
    properties.extend([spacing, section])
    paragraph.append(properties)
    return paragraph
