"""DOCX as text: headers, body and footers in their order, text boxes and content controls included."""

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from diemtua.register.tabular import files

from .content import Content
from .docx_fonts import OldFonts
from .refusals import refuse_macros

MAX_PART = 24 * files.MB  # XML of one part, unpacked

_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_T, _TAB, _BREAKS = qn("w:t"), qn("w:tab"), (qn("w:br"), qn("w:cr"))
_NO_BREAK = qn("w:noBreakHyphen")
_BOX = qn("w:txbxContent")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WATERMARK = "{urn:schemas-microsoft-com:vml}textpath"
_SKIPPED = (qn("w:pPr"), qn("w:rPr"), qn("w:del"), qn("w:moveFrom"), _FALLBACK)


def content(data: bytes) -> Content:
    """Raises `Unreadable` broken, macros, bomb, locked."""
    with files.open_zip(data) as archive:
        refuse_macros(archive)
        if any(i.file_size > MAX_PART for i in archive.infolist() if i.filename.endswith((".xml", ".rels"))):
            raise files.part_too_big()
    try:
        document = Document(io.BytesIO(data))
        headers = list(_edges(document, ("first_page_header", "header", "even_page_header")))
        footers = list(_edges(document, ("first_page_footer", "footer", "even_page_footer")))
        body = document.element.body
        fonts = OldFonts(document.styles.element, [*headers, body, *footers])
        parts = [*_once(headers, fonts), *_blocks(body, fonts, 0), *_once(footers, fonts)]
        said = document.core_properties
        metadata = {
            "title": said.title or "",
            "subject": said.subject or "",
            "keywords": said.keywords or "",
            "category": said.category or "",
        }
    except Exception as error:  # python-docx raises nearly anything on damaged files
        raise files.broken() from error
    return Content(["\n".join(parts)], False, list(files.about_old_letters(sorted(fonts.schemes), False)), metadata)


def _edges(document: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """The XML of headers or footers."""
    for section in document.sections:
        for name in names:
            edge = getattr(section, name)
            if not edge.is_linked_to_previous:
                yield edge._element


def _once(edges: list[Any], fonts: OldFonts) -> Iterator[str]:
    """Texts of headers or footers, each once."""
    texts = ("\n".join(_blocks(edge, fonts, 0)).strip() for edge in edges)
    yield from dict.fromkeys(text for text in texts if text)


def _blocks(element: Any, fonts: OldFonts, depth: int) -> Iterator[str]:
    """Lines of the paragraphs and tables below `element`, whatever they are wrapped in."""
    if depth > 40:
        return
    for child in element.iterchildren():
        if child.tag == _P:
            yield from _paragraph(child, fonts, depth)
        elif child.tag == _TBL:
            yield from _table(child, fonts, depth)
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            yield from _blocks(child, fonts, depth + 1)


def _table(table: Any, fonts: OldFonts, depth: int) -> Iterator[str]:
    """A line a row with tabs between cells; where a cell has several lines, cell under cell."""
    for row in table.iter(_TR):
        if next(row.iterancestors(_TBL)) is not table:
            continue
        cells = []
        for cell in row.iter(_TC):
            if next(cell.iterancestors(_TR)) is row:
                cells.append([line for line in _blocks(cell, fonts, depth + 1) if line.strip()])
        if all(len(lines) <= 1 for lines in cells):
            yield "\t".join(lines[0] if lines else "" for lines in cells)
        else:
            yield from (line for lines in cells for line in lines)


def _paragraph(paragraph: Any, fonts: OldFonts, depth: int) -> Iterator[str]:
    """The paragraph's own text, then that of the boxes and watermarks that hang on it."""
    words: list[str] = []
    boxes: list[Any] = []
    marks: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        tag = element.tag
        if tag == _T:
            words.append(fonts.text(element))
        elif tag == _TAB:
            words.append("\t")
        elif tag in _BREAKS:
            words.append("\n")
        elif tag == _NO_BREAK:
            words.append("-")
        elif tag == _BOX:
            boxes.append(element)
            continue
        elif tag == _WATERMARK and element.get("string"):
            marks.append(element.get("string"))
        if tag in _SKIPPED or not isinstance(tag, str):
            continue
        waiting.extend(reversed(element))
    yield "".join(words)
    yield from marks
    for box in boxes:
        yield from _blocks(box, fonts, depth + 1)
