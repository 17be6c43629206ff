"""Pure rules of investment registration certificates: what a project code looks like."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

# Sections A-V, or the first 2 to 5 digits of a class (Decision 36/2025/QĐ-TTg).
VSIC = re.compile(r"[A-V]|\d{2,5}")
# Digits of a project code since codes are given out nationwide; the rulebook has the rule with its text.
CODE_RULE = "investment.project_code_digits"
DIGITS = 10


def tidy_code(code: str) -> str:
    """A project code without the blanks, dots and dashes in which papers write it."""
    return re.sub(r"[\s.\-–]", "", code or "")


def wrong_code(code: str, digits: int = DIGITS) -> Any:
    """The sentence that says what is wrong with a project code; "" where it is right."""
    if code.isascii() and code.isdigit() and len(code) == digits:
        return ""
    if code.isascii() and code.isdigit():
        return _("A project code has %(digits)s digits, this one has %(count)s. Check it against the certificate.") % {
            "digits": digits,
            "count": len(code),
        }
    return _("A project code has %(digits)s digits and nothing else. Check it against the certificate.") % {
        "digits": digits
    }
