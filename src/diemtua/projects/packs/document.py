"""A reply pack as an editable Word document: an official letter with an appendix that holds the facts.

The layout is that of 30/2020/NĐ-CP, annex I: A4, Times New Roman, name of the State and motto at the right, the office
and the number at the left, the page number in the top margin from the second page on. Number and signature are left
open for whoever sends it.
"""

from __future__ import annotations

import datetime
import io
from typing import Any

import docx
from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from ..models import ReplyPack
from .contents import grouped

FONT = "Times New Roman"
LEFT, RIGHT = Cm(6.5), Cm(9.5)  # the two columns of the letter's head; together the width of the text
LABEL, VALUE = Cm(5.5), Cm(10.5)
GREY = RGBColor(0x66, 0x66, 0x66)
CENTRE, JUSTIFIED = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


def write_docx(pack: ReplyPack, contents: dict[str, Any]) -> bytes:
    """The document of a pack. `contents` as it may be shown today."""
    with override(pack.language):
        paper = docx.Document()
        _style(paper)
        day = datetime.datetime.strptime(contents["day"], "%d/%m/%Y").date()
        _head(paper, pack, day)
        _letter(paper, contents)
        _signature(paper)
        _appendix(paper, contents, day)
        paper.core_properties.title = contents["title"][:250]
        paper.core_properties.author = contents["contact"]["name"][:250]
        paper.core_properties.language = pack.language
        paper.core_properties.comments = ""
        target = io.BytesIO()
        paper.save(target)
    return target.getvalue()


# --- page and styles ------------------------------------------------------------------------------


def _style(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    section.header_distance = Cm(1)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = CENTRE
    _field(number.add_run(), "PAGE")
    for name, size in (("Normal", 13), ("Header", 13), ("Heading 1", 14), ("Heading 2", 13)):
        style = paper.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.paragraph_format.space_after = Pt(6)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
        if name.startswith("Heading"):
            style.font.color.rgb, style.font.bold = RGBColor(0, 0, 0), True
            style.paragraph_format.space_before = Pt(12 if name.endswith("1") else 8)
            style.paragraph_format.keep_with_next = True


def _field(run: Any, code: str) -> None:
    """A field that Word counts itself."""
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _line_under(paragraph: Any, width: Any, share: float) -> None:
    """A solid line under a centred paragraph, `share` of the `width` of its column long."""
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().append(border)
    side = int(width * (1 - share) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side


# --- the letter -----------------------------------------------------------------------------------


def _write(cell: Any, text: str, size: float, *, first: bool = False, **how: bool) -> Any:
    """A centred paragraph in a cell; the cell's own empty one when it is the first."""
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = CENTRE
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    for name, value in how.items():
        setattr(run, name, value)
    return paragraph


def _head(paper: Any, pack: ReplyPack, day: datetime.date) -> None:
    record = pack.enquiry.record
    office = record.unit.name if record.unit is not None else _("Province of %(name)s") % {"name": _home()}
    table = paper.add_table(rows=2, cols=2)
    table.autofit = False
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = LEFT, RIGHT
    (left, right), (number, place) = (row.cells for row in table.rows)
    _line_under(_write(left, office.upper(), 12.5, first=True, bold=True), LEFT, 0.35)
    _write(right, _("SOCIALIST REPUBLIC OF VIET NAM"), 12.5, first=True, bold=True)
    _line_under(_write(right, _("Independence - Freedom - Happiness"), 13, bold=True), RIGHT, 0.62)
    _write(number, _("No.:          /"), 13, first=True)
    about = _write(number, _("Re: %(title)s") % {"title": record.title}, 12)
    about.paragraph_format.space_before = Pt(6)
    said = format_date(day, _("j F Y"))
    _write(place, f"{_home()}, {said}", 13, first=True, italic=True)
    paper.add_paragraph().paragraph_format.space_after = Pt(0)


def _home() -> str:
    return str(settings.HOME_PROVINCE)


def _body(paper: Any, text: str, *, indent: bool = True) -> Any:
    paragraph = paper.add_paragraph(text)
    paragraph.alignment = JUSTIFIED
    paragraph.paragraph_format.line_spacing = 1.15
    if indent:
        paragraph.paragraph_format.first_line_indent = Cm(1.27)
    return paragraph


def _letter(paper: Any, contents: dict[str, Any]) -> None:
    first, *rest = [part for part in contents["greeting"].split("\n") if part.strip()] or [""]
    _body(paper, first, indent=False)
    for part in rest:
        _body(paper, part)
    _body(paper, _("Your receipt is %(receipt)s. The facts stand in the appendix.") % {"receipt": contents["receipt"]})
    contact = contents["contact"]
    who = ", ".join(filter(None, [contact["name"], contact["post"]]))
    reached = ", ".join(filter(None, [contact["email"], contact["phone"]]))
    _body(paper, _("Your contact: %(who)s.") % {"who": f"{who} ({reached})" if reached else who})
    _body(
        paper,
        _(
            "Facts as published by the province. They are no offer; terms are agreed with the developer of the "
            "park and the competent office."
        ),
    )


def _signature(paper: Any) -> None:
    table = paper.add_table(rows=1, cols=2)
    table.autofit = False
    left, right = table.rows[0].cells
    left.width, right.width = LEFT, RIGHT
    for n, (text, size, how) in enumerate(
        (
            (_("Recipients:"), 12, {"bold": True, "italic": True}),
            (_("- As above;"), 11, {}),
            (_("- Archive."), 11, {}),
        )
    ):
        _write(left, text, size, first=not n, **how).alignment = WD_ALIGN_PARAGRAPH.LEFT
    open_ = _write(right, _("(Title, signature and name of the signer)"), 12, first=True, italic=True)
    open_.runs[0].font.color.rgb = GREY


# --- the appendix ---------------------------------------------------------------------------------


def _appendix(paper: Any, contents: dict[str, Any], day: datetime.date) -> None:
    paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    for text, how in (
        (_("APPENDIX"), {"bold": True}),
        (contents["title"], {"bold": True}),
        (_("(With the letter of %(day)s; as of that day)") % {"day": format_date(day, "d/m/Y")}, {"italic": True}),
    ):
        paragraph = paper.add_paragraph()
        paragraph.alignment = CENTRE
        run = paragraph.add_run(text)
        run.font.size = Pt(14 if how.get("bold") else 13)
        for name, value in how.items():
            setattr(run, name, value)
    for n, group in enumerate(grouped(contents), 1):
        paper.add_heading(f"{n}. {group['title']}", level=1)
        for item in group["rows"]:
            _item(paper, item)


def _item(paper: Any, item: dict[str, Any]) -> None:
    paper.add_heading(item["title"], level=2)
    if item["note"]:
        paper.add_paragraph().add_run(item["note"]).italic = True
    if not item["lines"]:
        return
    table = paper.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for label, value in item["lines"]:
        row = table.add_row()
        # A row stays whole on its page.
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width, text in zip(row.cells, (LABEL, VALUE), (label, value), strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run(text).font.size = Pt(12)
    paper.add_paragraph().paragraph_format.space_after = Pt(0)
