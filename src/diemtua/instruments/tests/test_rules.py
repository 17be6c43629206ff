"""Pure rules of instruments and commitments."""

from __future__ import annotations

from datetime import date

import pytest

from diemtua.instruments.rules import answer_due, next_term, standing
from diemtua.kit.dates import PartialDate, parse_date

TODAY = date(2026, 11, 23)


def test_working_days_leave_out_week_ends_and_holidays():
    assert answer_due(date(2025, 3, 3), 7) == date(2025, 3, 12)  # Monday → Wednesday of the next week
    assert answer_due(date(2025, 4, 29), 2) == date(2025, 5, 6)  # over 30/4 to 2/5 and a week end


@pytest.mark.parametrize(
    ("state", "due", "expected"),
    [
        ("open", None, "undated"),
        ("open", "22/11/2026", "late"),
        ("open", "23/11/2026", "soon"),
        ("under_way", "23/12/2026", "soon"),
        ("partly", "24/12/2026", "later"),
        ("open", "2026", "later"),  # not late before the year is over
        ("open", "2025", "late"),
        ("kept", "01/01/2020", "settled"),
        ("broken", "01/01/2020", "settled"),
        ("unknown", None, "undated"),
    ],
)
def test_how_a_promise_stands(state, due, expected):
    assert standing(state, parse_date(due) if due else None, TODAY) == expected


@pytest.mark.parametrize(
    ("effect", "expiry", "expected"),
    [
        ("05/01/2021", "04/01/2026", "04/01/2031"),
        ("01/03/2023", "29/02/2024", "28/02/2025"),
        ("2021", "2026", "2031"),
        ("01/06/2024", "31/08/2024", "01/12/2024"),  # 92 days after 92 days
        ("05/01/2021", None, None),
        (None, "04/01/2026", None),
        ("05/01/2021", "2026", None),  # how long it was is not known to the day
    ],
)
def test_a_further_term_is_as_long_as_the_last(effect, expiry, expected):
    def read(text: str | None) -> PartialDate | None:
        return parse_date(text) if text else None

    term = next_term(read(effect), read(expiry))
    assert (term.expiry if term else None) == read(expected)
