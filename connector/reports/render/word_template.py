"""Word templates: opened with care, filled strictly; what is broken in them is told by its place."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from traceback import extract_tb
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree  # type: ignore[import-untyped]

from connector.errors import TemplateBroken, TemplateUnplaced
from connector.i18n import N_

_PARAGRAPH = re.compile(r"<w:p(?:\s[^>]*)?/>|<w:p(?:\s[^>]*)?>.*?</w:p>", re.DOTALL)
_PARAGRAPH_START = re.compile(r"<w:p([ >])")
_MARKUP = re.compile(r"<[^>]+>")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
# A tag as people write it, begun and never ended.
_OPEN = re.compile(r"\{[{%](?:(?![%}]\}).)*$")
_BLOCK = re.compile(r"\{%-?\s*(?:tr|tc|p|r)?\s*(for|if|endfor|endif)\b")
# Where jinja says that a line of a template stands.
_FILE = "<template>"


class _Strict(DocxTemplate):  # type: ignore[misc]  # docxtpl is untyped
    """Takes no document whose structure the tags have cut: it would be mended by guessing."""

    def fix_tables(self, xml: str) -> Any:  # noqa: ANN401 - lxml is untyped
        etree.fromstring(xml, etree.XMLParser(huge_tree=True, resolve_entities=False))
        return super().fix_tables(xml)


def opened(content: bytes, name: str = "") -> DocxTemplate:
    """A template ready to be filled.

    Raises:
        TemplateBroken: it is no Word document.

    """
    try:
        document = _Strict(io.BytesIO(content))
        document.init_docx()
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError, etree.LxmlError) as problem:
        reason = N_("this is no Word document (.docx)")
        raise TemplateUnplaced(reason, where=name) from problem
    return document


def fill(document: DocxTemplate, content: bytes, facts: Mapping[str, Any], name: str = "") -> None:
    """Fill the tags; values are text, whatever stands in them.

    Args:
        document: as `opened` from `content`.
        content: the template's bytes, to find what is broken.
        facts: what tags may name.
        name: of the template's file.

    Raises:
        TemplateBroken: a tag cannot be read, or names what there is not.

    """
    # A template comes from outside: it may neither reach into Python nor leave out what it misspells.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        document.render(dict(facts), environment, autoescape=True)
    except etree.LxmlError as problem:
        reason = N_("tags begin and end in different paragraphs, rows or cells")
        raise TemplateUnplaced(reason, where=name) from problem
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as problem:
        reason = (
            N_("there is nothing of that name")
            if isinstance(problem, UndefinedError)
            else N_("the tag is not understood")
        )
        in_body = document.current_rendering_part is document.docx.part
        paragraph, tag = _place(content, problem, in_body=in_body)
        raise TemplateBroken(reason, where=name, paragraph=paragraph, tag=tag) from problem


def _place(content: bytes, problem: Exception, *, in_body: bool) -> tuple[int | str, str]:
    """Number of the paragraph in the template's body, counted with those in tables, and the tag as it is written there.

    A tag in a header or footer has no number.
    """
    body = DocxTemplate(io.BytesIO(content))
    body.init_docx()
    paragraphs = [_plain(found[0]) for found in _PARAGRAPH.finditer(body.get_xml())]
    for tag in _suspects(body, problem, paragraphs) if in_body else ():
        for number, text in enumerate(paragraphs, start=1):
            if tag in text:
                return number, tag
    return "—", str(problem) if isinstance(problem, TemplateError) else type(problem).__name__


def _suspects(body: DocxTemplate, problem: Exception, paragraphs: Iterable[str]) -> Iterator[str]:
    """Tags that may be meant, the likeliest first."""
    said = str(problem)
    if isinstance(problem, TemplateSyntaxError) and "end of template" in said:
        yield from _unclosed(paragraphs)
    # «unexpected '}'» names no tag: a brace stands in every one.
    named = re.findall(r"'(\w[^']*)'", said)
    line = _line_of(problem)
    lines = _PARAGRAPH_START.sub(r"\n<w:p\1", body.patch_xml(body.get_xml())).splitlines()
    here = _tags(lines[line - 1]) if line and line <= len(lines) else []
    everywhere = [tag for text in paragraphs for tag in _tags(text)]
    for tags in (here, everywhere):
        yield from (tag for tag in tags for word in named if _names(tag, word))
    yield from (found[0] for text in paragraphs if (found := _OPEN.search(text)))
    yield from here


def _names(tag: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", tag) is not None


def _tags(xml: str) -> list[str]:
    return _TAG.findall(_plain(xml))


def _plain(xml: str) -> str:
    return unescape(_MARKUP.sub("", xml))


def _unclosed(paragraphs: Iterable[str]) -> Iterator[str]:
    """Tags that open a block which nothing closes, the innermost first."""
    waiting: list[str] = []
    for text in paragraphs:
        for tag in _TAG.findall(text):
            kind = _BLOCK.match(tag)
            if kind and kind[1].startswith("end"):
                if waiting:
                    waiting.pop()
            elif kind:
                waiting.append(tag)
    yield from reversed(waiting)


def _line_of(problem: Exception) -> int | None:
    """The template's line, from the error itself or from where it passed through."""
    if isinstance(problem, TemplateSyntaxError):
        return problem.lineno
    lines = [
        step.lineno
        for step in extract_tb(problem.__traceback__)
        if step.filename == _FILE and step.lineno
    ]
    return lines[-1] if lines else None
