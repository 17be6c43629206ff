"""Runs of a Word file that are set in an old Vietnamese font, turned into Unicode.

The font's name tells the encoding, and for TCVN3 also the capitals: .VnTimeH draws small letters as capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from docx.oxml.ns import qn

from diemtua.kit.encodings import FROM, TCVN3, VNI, speaks_for

_RUN, _TEXT, _PARAGRAPH = qn("w:r"), qn("w:t"), qn("w:p")
_FONTS, _STYLE, _BASED_ON = qn("w:rFonts"), qn("w:style"), qn("w:basedOn")
_RUN_STYLE, _PARAGRAPH_STYLE = f"{qn('w:rPr')}/{qn('w:rStyle')}", f"{qn('w:pPr')}/{qn('w:pStyle')}"
_RUN_FONTS = f"{qn('w:rPr')}/{_FONTS}"
_DEFAULT_FONTS = f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{_RUN_FONTS}"
_VALUE, _ID, _DEFAULT, _KIND = qn("w:val"), qn("w:styleId"), qn("w:default"), qn("w:type")

_OLD_FONT = re.compile(r"(?P<tcvn3>\.Vn.*?(?P<capitals>H)?$)|(?P<vni>VNI[- ])", re.IGNORECASE)
MAX_STEPS = 20  # from a style to the one it is based on


class OldFonts:
    """What the runs of one Word file really say. `schemes`: the encodings found in use."""

    def __init__(self, styles: Any, parts: Iterable[Any]) -> None:
        """`styles`: the XML of the styles; `parts`: that of body, headers and footers."""
        self._styles: dict[str, tuple[str, str]] = {}  # id → font, id of the style it is based on
        self._plain_style = ""
        for style in styles.iter(_STYLE):
            based_on = style.find(_BASED_ON)
            base = based_on.get(_VALUE) or "" if based_on is not None else ""
            self._styles[style.get(_ID) or ""] = (_named(style.find(_RUN_FONTS)), base)
            if style.get(_KIND) == "paragraph" and style.get(_DEFAULT) in ("1", "true", "on"):
                self._plain_style = style.get(_ID) or ""
        self._default = _named(styles.find(_DEFAULT_FONTS))
        self.schemes: frozenset[str] = frozenset()
        names = {*(font for font, _base in self._styles.values()), self._default}
        parts = list(parts)
        names.update(_named(fonts) for part in parts for fonts in part.iter(_FONTS))
        if any(map(_OLD_FONT.match, names)):
            self.schemes = frozenset(self._in_use(parts))

    def text(self, element: Any) -> str:
        """The words of a <w:t>, in Unicode."""
        text = element.text or ""
        if not self.schemes or not text:
            return text
        scheme, capitals = self._scheme(element)
        if scheme not in self.schemes or not (text.isascii() or speaks_for(text, scheme, alone=True)):
            return text
        converted = FROM[scheme](text)
        return converted.upper() if capitals else converted

    def _in_use(self, parts: Iterable[Any]) -> Iterable[str]:
        """The encodings whose fonts hold text that is coded so: many set Unicode in an old font's name."""
        found: dict[str, list[str]] = {TCVN3: [], VNI: []}
        for part in parts:
            for element in part.iter(_TEXT):
                scheme, _capitals = self._scheme(element)
                if scheme and element.text:
                    found[scheme].append(element.text)
        return (scheme for scheme, texts in found.items() if speaks_for("\n".join(texts), scheme))

    def _scheme(self, element: Any) -> tuple[str, bool]:
        found = _OLD_FONT.match(self._font(element))
        if found is None:
            return "", False
        return (TCVN3, found["capitals"] == "H") if found["tcvn3"] else (VNI, False)

    def _font(self, element: Any) -> str:
        """The font of a <w:t>: its run's, that of its styles, that of the file."""
        run = element.getparent()
        if run is None or run.tag != _RUN:
            return ""
        if font := _named(run.find(_RUN_FONTS)) or self._styled(run.find(_RUN_STYLE)):
            return font
        paragraph = next(run.iterancestors(_PARAGRAPH), None)
        style = paragraph.find(_PARAGRAPH_STYLE) if paragraph is not None else None
        return self._styled(style) or self._of_style(self._plain_style) or self._default

    def _styled(self, reference: Any) -> str:
        return self._of_style(reference.get(_VALUE) or "") if reference is not None else ""

    def _of_style(self, style: str) -> str:
        for _step in range(MAX_STEPS):
            font, base = self._styles.get(style, ("", ""))
            if font or not base:
                return font
            style = base
        return ""


def _named(fonts: Any) -> str:
    if fonts is None:
        return ""
    return fonts.get(qn("w:ascii")) or fonts.get(qn("w:hAnsi")) or ""
