"""Whether an industry may come to a plot, by the Vietnam Standard Industrial Classification. Imports no model.

Sections and divisions of VSIC 2018 (Decision 27/2018/QĐ-TTg).
"""

from __future__ import annotations

import math
from collections.abc import Collection

from django.utils.translation import gettext_lazy

# The first and last division of each section.
SECTIONS = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47),
    "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82),
    "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip
# The divisions that come to industrial land, to choose from.
DIVISIONS = {
    "10": gettext_lazy("Food"),
    "11": gettext_lazy("Beverages"),
    "13": gettext_lazy("Textiles"),
    "14": gettext_lazy("Clothing"),
    "15": gettext_lazy("Leather and footwear"),
    "16": gettext_lazy("Wood"),
    "17": gettext_lazy("Paper"),
    "18": gettext_lazy("Printing"),
    "19": gettext_lazy("Coke and refined petroleum"),
    "20": gettext_lazy("Chemicals"),
    "21": gettext_lazy("Medicines"),
    "22": gettext_lazy("Rubber and plastics"),
    "23": gettext_lazy("Glass, cement and other minerals"),
    "24": gettext_lazy("Basic metals"),
    "25": gettext_lazy("Metal products"),
    "26": gettext_lazy("Electronics"),
    "27": gettext_lazy("Electrical equipment"),
    "28": gettext_lazy("Machinery"),
    "29": gettext_lazy("Motor vehicles"),
    "30": gettext_lazy("Other vehicles"),
    "31": gettext_lazy("Furniture"),
    "32": gettext_lazy("Other manufacturing"),
    "33": gettext_lazy("Repair of machinery"),
    "35": gettext_lazy("Energy"),
    "38": gettext_lazy("Waste and recycling"),
    "52": gettext_lazy("Warehousing and logistics"),
    "62": gettext_lazy("Software"),
    "63": gettext_lazy("Data centres"),
    "72": gettext_lazy("Research and development"),
}


def section_of(code: str) -> str:
    """The letter under which a division or class stands; "" where there is none."""
    if code.isalpha():
        return code
    division = int(code[:2])
    return next((s for s, (first, last) in SECTIONS.items() if first <= division <= last), "")


def covers(rule: str, asked: str) -> bool:
    """Whether a rule for a section or class holds for all of what is asked."""
    return rule == section_of(asked) if rule.isalpha() else not asked.isalpha() and asked.startswith(rule)


def may_come(asked: str, allowed: Collection[str], prohibited: Collection[str]) -> float:
    """1: the industry may come; 0: it may not; NaN: nothing said settles it.

    What is prohibited goes before what is allowed. Where some industries are named as allowed, others are not; where
    only prohibitions are named, all others are. A rule for a part of what is asked settles nothing.
    """
    if any(covers(p, asked) for p in prohibited):
        return 0.0
    in_part = any(covers(asked, rule) for rule in prohibited)
    if allowed:
        if any(covers(a, asked) for a in allowed):
            return math.nan if in_part else 1.0
        return math.nan if any(covers(asked, a) for a in allowed) else 0.0
    return 1.0 if prohibited and not in_part else math.nan
