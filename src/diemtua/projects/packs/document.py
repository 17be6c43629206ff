"""A reply pack as an editable Word document."""

from __future__ import annotations

import io
from typing import Any

import docx
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from ..models import ReplyPack
from .contents import grouped

FONT = "Times New Roman"  # the letter of official papers in Vietnam (30/2020/NĐ-CP)
BLUE = RGBColor(0x1F, 0x4E, 0x79)


def write_docx(pack: ReplyPack, contents: dict[str, Any]) -> bytes:
    """The document of a pack: greeting, a table for each thing, the contact. `contents` as it may be shown today."""
    with override(pack.language):
        paper = docx.Document()
        _style(paper)
        heading = paper.add_heading(contents["title"], level=0)
        heading.alignment = WD_ALIGN_PARAGRAPH.LEFT
        line = paper.add_paragraph()
        line.add_run(_("As of %(day)s") % {"day": contents["day"]}).italic = True
        line.add_run(f" · {_('Receipt')} {contents['receipt']}").italic = True
        for part in contents["greeting"].split("\n"):
            paper.add_paragraph(part)
        for group in grouped(contents):
            paper.add_heading(group["title"], level=1)
            for item in group["rows"]:
                _item(paper, item)
        _contact(paper, contents["contact"])
        closing = paper.add_paragraph()
        closing.add_run(
            _(
                "Facts as published by the province. They are no offer; terms are agreed with the developer of the "
                "park and the competent office."
            )
        ).italic = True
        paper.core_properties.title = contents["title"][:250]
        paper.core_properties.author = contents["contact"]["name"][:250]
        paper.core_properties.comments = ""
        target = io.BytesIO()
        paper.save(target)
    return target.getvalue()


def _style(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name, size in (("Normal", 12), ("Title", 20), ("Heading 1", 15), ("Heading 2", 12.5)):
        style = paper.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
        if name != "Normal":
            style.font.color.rgb = BLUE


def _item(paper: Any, item: dict[str, Any]) -> None:
    paper.add_heading(item["title"], level=2)
    if item["note"]:
        paper.add_paragraph().add_run(item["note"]).italic = True
    if not item["lines"]:
        return
    table = paper.add_table(rows=0, cols=2, style="Light Grid Accent 1")
    table.autofit = False
    for label, value in item["lines"]:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Cm(5.5), Cm(10.5)
        cells[0].text, cells[1].text = label, value
    paper.add_paragraph()


def _contact(paper: Any, contact: dict[str, str]) -> None:
    paper.add_heading(_("Your contact"), level=1)
    for part in (contact["name"], contact["post"], contact["email"], contact["phone"]):
        if part:
            paper.add_paragraph(part)
