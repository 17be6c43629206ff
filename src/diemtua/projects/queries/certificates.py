"""What the rulebook says of certificates."""

from __future__ import annotations

from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.rulebook.queries import NoRule, rule

from ..rules import certificates


def wrong_code(code: str, issued: PartialDate | None) -> str:
    """What is wrong with a project code by the rule of the day on which its certificate was issued; "" where right.

    Without that day the rule of today is asked. Where no rule held on the day (older licences), any number will do.
    """
    try:
        digits = rule(certificates.CODE_RULE, on=issued.last if issued is not None else timezone.localdate()).value
    except NoRule:
        digits = None
    return str(certificates.wrong_code(code, digits))
