"""Pure rules of investment registration certificates: what a project code looks like."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

# Sections A-V, or the first 2 to 5 digits of a class (Decision 36/2025/QĐ-TTg).
VSIC = re.compile(r"[A-V]|\d{2,5}")
# The rule that says how many digits a project code has; which number held on a day is the rulebook's to say.
CODE_RULE = "investment.project_code_digits"


def tidy_code(code: str) -> str:
    """A project code without the blanks, dots and dashes in which papers write it.

    Licences older than project codes have numbers such as “12/GP-KCN”: those keep their dashes.
    """
    bare = re.sub(r"[\s.\-–]", "", code or "")
    return bare if bare.isdigit() else re.sub(r"\s+", "", code or "")


def wrong_code(code: str, digits: int | None) -> Any:
    """The sentence that says what is wrong with a project code; "" where it is right.

    `digits`: how many the rule of the certificate's day asks for; None where no rule held, and any number will do.
    """
    if digits is None or (code.isascii() and code.isdigit() and len(code) == digits):
        return ""
    if code.isascii() and code.isdigit():
        return _("A project code has %(digits)s digits, this one has %(count)s. Check it against the certificate.") % {
            "digits": digits,
            "count": len(code),
        }
    return _("A project code has %(digits)s digits and nothing else. Check it against the certificate.") % {
        "digits": digits
    }
