"""Which column of a file is which field."""

import re
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from diemtua.kit.money import Money, parse_unit
from diemtua.kit.text import fold

NEAR = 88  # of 100: "Quốc gia" and "Quoc gja" meet, "Ngày ký" and "Người ký" do not


def match_headers(headers: Sequence[str], fields: Mapping[str, Iterable[str]]) -> dict[int, str]:
    """{column index: field code}. `fields` gives each code the headings it accepts.

    Headings are compared folded (case, tones and signs aside); exact ones are placed first, then the
    nearest of the rest by spelling. A field gets one column at most, a column one field at most. Of a
    heading in two storeys ("Thời gian / Bắt đầu") the whole is tried before its last part, and last what stands
    before a unit of money ("Vốn đăng ký (triệu USD)"; other units are part of the heading: m² are no hectares).
    """
    accepted = {code: [key for name in names if (key := _key(name))] for code, names in fields.items()}
    parts = [(h, h.rpartition(" / ")[2], *([bare] if unit else [])) for h in headers for bare, unit in [counted(h)]]
    keys = [[key for part in tries if (key := _key(part))] for tries in parts]
    found: dict[int, str] = {}
    taken: set[str] = set()

    def place(column: int, code: str) -> None:
        if column not in found and code not in taken:
            found[column] = code
            taken.add(code)

    for step in (0, 1, 2):  # the whole heading of every column, then last parts, then without the unit
        for column, tries in enumerate(keys):
            for code, names in accepted.items():
                if len(tries) > step and tries[step] in names:
                    place(column, code)
    near = [
        (score, column, code)
        for column, tries in enumerate(keys)
        if column not in found
        for code, names in accepted.items()
        if code not in taken
        for score in [max((_near(a, b) for a in tries for b in names), default=0.0)]
        if score >= NEAR
    ]
    for _score, column, code in sorted(near, key=lambda item: (-item[0], item[1], item[2])):
        place(column, code)
    return found


def counted(heading: str) -> tuple[str, Money | None]:
    """A heading without the unit of money at its end, and that unit: in brackets, or after a comma or “ĐVT:”."""
    found = re.fullmatch(r"(.+?)\s*(?:\(([^()]+)\)|,\s*([^,]+)|[-–]\s*([^-–]+))\s*", heading.strip())
    if found is None:
        return heading, None
    said = next(filter(None, found.groups()[1:]), "")
    unit = parse_unit(re.sub(r"(?i)^(đvt|đơn vị( tính)?|unit|in)\s*:?\s*", "", said))
    return (found[1], unit) if unit else (heading, None)


def _key(name: str) -> str:
    folded = fold(name)
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def _near(a: str, b: str) -> float:
    """0-100. Short headings must be the same: one letter of four is another word."""
    if min(len(a), len(b)) < 5:
        return 0.0
    return fuzz.ratio(a, b, score_cutoff=NEAR)
