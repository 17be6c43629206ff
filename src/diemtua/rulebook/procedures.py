"""Procedures as dated rules: who decides, which steps and papers, how long, what it costs, what one gets.

A procedure is a rule of unit `procedure`; its value is a list of rows, each one part in Vietnamese and English. A part
that has no row is not known, and pages say so rather than leave it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

# In the order in which pages show them.
PARTS = {
    "for": gettext_lazy("Who it is for"),
    "by": gettext_lazy("Who decides"),
    "step": gettext_lazy("Steps"),
    "paper": gettext_lazy("Papers"),
    "time": gettext_lazy("Time"),
    "fee": gettext_lazy("Fee"),
    "result": gettext_lazy("What you get"),
}
MOST_ROWS = 60
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Part:
    """What a procedure says of one of PARTS; no `texts` where nothing is known of it."""

    name: str
    texts: tuple[str, ...]

    @property
    def label(self) -> str:
        return str(PARTS[self.name])


def check(value: list[Any]) -> None:
    """Raise ValueError, a sentence, where the rows are not those of a procedure."""
    if not 1 <= len(value) <= MOST_ROWS:
        raise ValueError(_("A procedure has 1 to %(most)d lines.") % {"most": MOST_ROWS})
    for row in value:
        if not isinstance(row, Mapping) or set(row) != {"part", "vi", "en"} or row["part"] not in PARTS:
            raise ValueError(
                _("Every line of a procedure is: part | Vietnamese | English; the part is one of %(parts)s.")
                % {"parts": ", ".join(PARTS)}
            )
        for text in (row["vi"], row["en"]):
            if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
                raise ValueError(
                    _("“%(part)s” needs a text in Vietnamese and in English, each of at most %(most)d characters.")
                    % {"part": row["part"], "most": LONGEST}
                )


def parts(value: list[Mapping[str, str]] | None, lang: str = "") -> tuple[Part, ...]:
    """All PARTS in their order, in Vietnamese or English; those of which nothing is known without texts."""
    language = "vi" if (lang or get_language() or "vi").startswith("vi") else "en"
    return tuple(Part(name, tuple(row[language] for row in value or () if row["part"] == name)) for name in PARTS)


def as_lines(value: list[Mapping[str, str]] | None) -> str:
    """The rows as an administrator edits them: `part | Vietnamese | English`, one a line."""
    return "\n".join(f"{row['part']} | {row['vi']} | {row['en']}" for row in value or ())


def from_lines(text: str) -> list[dict[str, str]] | None:
    """The rows of such lines; None where there are none. Raises ValueError with a sentence naming the line."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 3:
            raise ValueError(_("Line %(number)d: write part | Vietnamese | English.") % {"number": number})
        rows.append({"part": cells[0], "vi": cells[1], "en": cells[2]})
    if rows:
        check(rows)
    return rows or None
