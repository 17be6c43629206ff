"""The lead time of a permission, counted back."""

from __future__ import annotations

from datetime import date

import pytest

from diemtua.engagements.rules import Applied, apply_by, permission_rule, urgency


@pytest.mark.parametrize(
    ("form", "conference", "prime_minister", "expected"),
    [
        ("conference", True, False, "conference.apply_days"),
        ("meeting", True, True, "conference.apply_days_prime_minister"),
        ("outgoing", False, False, "delegation.lead_days"),
        ("incoming", False, False, "delegation.lead_days"),
        ("meeting", False, False, ""),
        ("conference", False, False, ""),  # a conference that is not international
    ],
)
def test_which_rule(form, conference, prime_minister, expected):
    assert permission_rule(form, conference=conference, prime_minister=prime_minister) == expected


def test_counted_back_in_the_days_of_the_rule():
    assert apply_by(date(2025, 6, 20), 30, "days") == date(2025, 5, 21)
    assert apply_by(date(2025, 5, 5), 3, "working_days") == date(2025, 4, 25)  # over 30/4 to 2/5 and two week ends
    with pytest.raises(ValueError, match="months"):
        apply_by(date(2025, 6, 20), 3, "months")


@pytest.mark.parametrize(
    ("last", "applied", "permitted", "expected"),
    [
        (date(2025, 5, 21), None, True, "permitted"),
        (date(2025, 5, 21), date(2025, 5, 21), False, "applied"),
        (date(2025, 5, 21), date(2025, 5, 22), False, "applied_late"),
        (date(2025, 4, 30), None, False, "late"),
        (date(2025, 5, 1), None, False, "near"),
        (date(2025, 5, 15), None, False, "near"),
        (date(2025, 5, 16), None, False, "ahead"),
        (None, None, False, "unknown"),
        (None, date(2025, 5, 1), False, "applied"),
    ],
)
def test_how_it_stands(last, applied, permitted, expected):
    assert urgency(last, Applied(applied, permitted), date(2025, 5, 1)) == expected
