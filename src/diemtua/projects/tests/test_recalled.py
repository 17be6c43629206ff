"""The mark beside every limit that rests on a rule which was recalled and not yet held against its text."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse

from diemtua.rulebook.actions import override_rule
from diemtua.testing.pages import Staff, body

DAY = datetime.date(2000, 1, 1)


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        ("enquiry", ("enquiry.first_reply_hours", "enquiry.full_answer_hours", "enquiry.office_hours")),
        ("enquiries-waiting", ("enquiry.first_reply_hours", "enquiry.full_answer_hours")),
        ("carecase", ("care.risk_days", "care.promise_days")),
        ("care-visits", ("care.visit_large", "care.visit_medium", "care.visit_small")),
        ("aid-tables", ("aid.report_half_year", "aid.report_year")),
        ("gates", ("investment.project_code_digits",)),
    ],
)
def test_a_recalled_limit_is_marked_until_the_province_says_what_holds(
    staff: Staff, samples: SimpleNamespace, where: str, codes: tuple[str, ...]
) -> None:
    sample = getattr(samples, where, None)
    address = sample.get_absolute_url() if sample else reverse(f"projects:{where}")
    mark = f'?q={codes[0]}"'
    client = staff.client("officer")
    assert mark in body(client.get(address))
    from diemtua.rulebook.queries import rule

    for code in codes:
        override_rule(
            actor=staff.administrator,
            code=code,
            value=rule(code).value,
            valid_from=DAY,
            basis="Quyết định thử 01/QĐ",
            reason="đã đối chiếu",
        )
    assert mark not in body(client.get(address))
