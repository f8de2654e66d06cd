"""The certificate of a drill for the folder of acts: one A4 page that a word processor opens, prints and lets sign."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Page
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from connector.flows.backup_words import CHECKS
from connector.i18n import N_

Translate = Callable[[str], str]
_FONT = "Times New Roman"
_LINE = "____________________"
_LABELS_MM, _VALUES_MM = 60, 110
# What a drill says of a report that neither the manifest nor the mirror could be asked about.
_ALONE = "compared with: nothing"


def certificate(
    drilled: dict[str, Any], school: str | None, zone: tzinfo, lang: str, translate: Translate
) -> bytes:
    """The page as a docx file; the same drill gives the same page.

    Args:
        drilled: as `backup_drill.document` makes it.
        school: its name, where one is known.
        zone: whose time is shown.
        lang: `ru` or `en`, for the word processor's spelling check.
        translate: from the English source.

    """
    page = _blank_page(lang)
    title = page.add_paragraph(style="Title")
    title.add_run(translate(N_("Certificate of a restore drill")))
    page.core_properties.title = translate(N_("Certificate of a restore drill"))
    page.core_properties.author = ""
    page.core_properties.comments = ""
    drilled_at = datetime.fromisoformat(drilled["drilled_at"])
    page.core_properties.created = page.core_properties.modified = drilled_at.astimezone(UTC)
    page.add_paragraph(
        translate(
            N_(
                "The backup is restored beside the working mirror, compared table by table with the manifest written when it was made, and the report of missing entries is made from it again and compared. What was checked, and how it ended:"
            )
        )
    )
    _table(page, _facts(drilled, school, zone, translate))
    _table(page, _checks(drilled["checks"], translate))
    for who in (N_("Responsible for backups"), N_("Head of the school")):
        signed = page.add_paragraph()
        signed.paragraph_format.space_before = Pt(24)
        signed.paragraph_format.tab_stops.add_tab_stop(Mm(_LABELS_MM))
        signed.add_run(f"{translate(who)}:\t{_LINE} / {_LINE} /")
    dated = page.add_paragraph()
    dated.paragraph_format.space_before = Pt(24)
    dated.paragraph_format.tab_stops.add_tab_stop(Mm(_LABELS_MM))
    words = translate("Date of signature")
    dated.add_run(f"{words}:\t{_LINE}")
    kept = BytesIO()
    page.save(kept)
    return kept.getvalue()


def _facts(
    drilled: dict[str, Any], school: str | None, zone: tzinfo, translate: Translate
) -> list[tuple[str, str]]:
    def moment(text: str | None) -> str:
        if not text:
            return "—"
        at = datetime.fromisoformat(text).astimezone(zone)
        offset = f"{at:%z}"
        return f"{at:%d.%m.%Y %H:%M} (UTC{offset[:3]}:{offset[3:]})"

    number = drilled["school_id"]
    named = [part for part in (school, f"id {number}" if number else None) if part]
    shown = (
        (N_("Result"), _word(translate, ok=drilled["ok"])),
        (N_("School"), ", ".join(named) or "—"),
        (N_("Drilled at"), moment(drilled["drilled_at"])),
        (N_("Backup"), str(drilled["file"]).replace("\\", "/").rpartition("/")[2]),
        (N_("Made at"), moment(drilled["created_at"])),
        (N_("SHA-256 of the archive"), drilled["sha256"] or "—"),
        (N_("Rows restored"), str(sum(drilled["rows"].values())) if drilled["ok"] else "—"),
        (N_("Seconds it took"), str(drilled["seconds"])),
    )
    return [(translate(name), value) for name, value in shown]


def _checks(made: Iterable[dict[str, Any]], translate: Translate) -> list[tuple[str, str]]:
    """Every check there is: one that was not made, or had nothing to compare with, is not passed over in silence."""
    found = {check["name"]: check for check in made}
    return [
        (translate(words), _ended(found.get(name), translate)) for name, words in CHECKS.items()
    ]


def _ended(check: dict[str, Any] | None, translate: Translate) -> str:
    if check is None:
        return translate(N_("not made"))
    if check["ok"] and _ALONE in check["detail"]:
        return translate(N_("made; there was nothing to compare it with"))
    return _word(translate, ok=check["ok"])


def _word(translate: Translate, *, ok: bool) -> str:
    return translate(N_("passed") if ok else N_("DID NOT PASS"))


def _blank_page(lang: str) -> Page:
    page = Document()
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size, gap in (("Normal", 12, 6), ("Title", 16, 12)):
        style = page.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.paragraph_format.space_after = Pt(gap)
        properties = style.element.get_or_add_rPr()
        # Without this the theme's fonts win over the name for Cyrillic letters.
        fonts = properties.find(qn("w:rFonts"))
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{kind}"), _FONT)
            fonts.attrib.pop(qn(f"w:{kind}Theme"), None)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), {"ru": "ru-RU"}.get(lang, "en-GB"))
        properties.append(language)
    title = page.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.font.color.rgb = RGBColor(0, 0, 0)
    title.element.pPr.remove(title.element.pPr.find(qn("w:pBdr")))
    return page


def _table(page: Page, rows: Iterable[tuple[str, str]]) -> None:
    table = page.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    widths = (Mm(_LABELS_MM), Mm(_VALUES_MM))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in rows:
        for cell, text, width in zip(table.add_row().cells, row, widths, strict=True):
            cell.width = width
            cell.text = text
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    page.add_paragraph().paragraph_format.space_after = Pt(0)
