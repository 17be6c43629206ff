"""Pure rules of quarterly reports (form A.III.1): their states, sums, and what looks odd in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

DRAFT, WAITING, RECEIVED, RETURNED = "draft", "waiting", "received", "returned"
# Lưu nháp → Chờ duyệt → Đã tiếp nhận / Yêu cầu chỉnh sửa; what was sent back is mended and sent again.
STEPS: dict[str, tuple[str, ...]] = {
    DRAFT: (WAITING,),
    WAITING: (RECEIVED, RETURNED, DRAFT),
    RETURNED: (WAITING, DRAFT),
    RECEIVED: (RETURNED,),
}

CONTRIBUTED = ("investor_cash", "investor_machinery", "investor_other")
IMPLEMENTED = (*CONTRIBUTED, "loan_domestic", "loan_parent", "loan_other", "reinvested")
WORKERS = ("labour_vietnamese", "labour_foreign")
# Rows that say how things stand at the end of a quarter: they do not add up over quarters.
STANDS = (*WORKERS, "land_used")

# A change of workers by more than this share in one quarter is asked about.
JUMP = Decimal("0.5")


def total(lines: Mapping[str, Any], items: Iterable[str], column: str) -> Decimal | None:
    """The sum of a column over rows; None where none of them says anything."""
    said = [v for i in items if i in lines and (v := getattr(lines[i], column)) is not None]
    return sum(said, Decimal(0)) if said else None


@dataclass(frozen=True)
class Oddity:
    """Something in a report that an officer should ask about."""

    item: str
    sentence: str


def oddities(
    lines: Mapping[str, Any],
    last: Mapping[str, Any] | None,
    *,
    first_quarter: bool,
    registered: Decimal | None,
    operating: bool,
) -> list[Oddity]:
    """What looks odd in a report beside the last one received and the certificate.

    `lines`, `last`: {row: with in_quarter, in_year, in_all}; `registered`: the capital of the certificate in the
    unit of the report; `first_quarter`: whether the year begins with it.
    """
    found: list[Oddity] = []

    def odd(item: str, sentence: str, **values: Any) -> None:
        found.append(Oddity(item, sentence % values))

    for item, row in lines.items():
        if any(v is not None and v < 0 for v in (row.in_quarter, row.in_year, row.in_all)):
            odd(item, _("A number below zero."))
        if item in STANDS:
            continue
        if row.in_quarter is not None and row.in_year is not None and row.in_quarter > row.in_year:
            odd(item, _("The quarter is larger than the year to its end."))
        if row.in_year is not None and row.in_all is not None and row.in_year > row.in_all:
            odd(item, _("The year is larger than all since the certificate."))
        if first_quarter and row.in_quarter is not None and row.in_year is not None and row.in_quarter != row.in_year:
            odd(item, _("In the first quarter the year to its end should be the quarter itself."))
        old = (last or {}).get(item)
        if old is not None and old.in_all is not None and row.in_all is not None:
            if row.in_all < old.in_all:
                odd(item, _("Less since the certificate than the last report said."))
            elif row.in_quarter is not None and old.in_all + row.in_quarter != row.in_all:
                odd(item, _("The last report and this quarter do not add up to the sum since the certificate."))
    reached = total(lines, IMPLEMENTED, "in_all")
    if registered is not None and reached is not None and reached > registered:
        odd("capital", _("More capital carried out than the certificate says. Has it been amended?"))
    now, before = (total(of, WORKERS, "in_quarter") if of else None for of in (lines, last))
    if now is not None and before and abs(now - before) > before * JUMP:
        odd("labour", _("The number of workers has changed by more than half in one quarter."))
    revenue = total(lines, ("revenue",), "in_quarter")
    if revenue and not operating:
        odd("revenue", _("Revenue, though the project does not operate yet. Has its stage been kept up?"))
    return found
