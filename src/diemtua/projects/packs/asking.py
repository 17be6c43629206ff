"""What an enquiry asks of the land, as the matcher's question. Imports no model."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from diemtua.land.rules.criteria import STARTING_WEIGHTS
from diemtua.land.rules.questions import Question


def question_of(enquiry: Any) -> Question:
    """The enquiry's needs as a question: land, power, the day, the industry. `.empty` where it asks nothing."""
    least: dict[str, Decimal] = {}
    if enquiry.area_ha:
        least["area"] = enquiry.area_ha
    if enquiry.power_mw:
        least["power"] = enquiry.power_mw
    return Question(
        least=least,
        ready_by=enquiry.ready_by,
        industry=enquiry.industry,
        weights=dict(STARTING_WEIGHTS),
        asked_on=enquiry.received_on,
    )
