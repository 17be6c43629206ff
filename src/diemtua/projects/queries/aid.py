"""Reads of foreign aid: what looks wrong, and the half-yearly and annual tables."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q

from diemtua.register.models import Record, User
from diemtua.register.queries import RecordedQuerySet
from diemtua.rulebook.queries import NoRule, rule

from ..rules import aid as rules

if TYPE_CHECKING:
    from ..models import Aid

# The most rows a table shows and a file holds.
MOST_ROWS = 5_000


class AidQuerySet(RecordedQuerySet):
    def for_list(self) -> AidQuerySet:
        found: Any = super().for_list().select_related("donor__record", "receiver__record").prefetch_related("values")
        return found.defer("purpose", "note", "donor__record__search_text", "receiver__record__search_text")

    def counted(self) -> AidQuerySet:
        """What tables, figures and files hold: no examples."""
        return self.filter(illustrative=False)  # type: ignore[return-value]

    def with_all(self) -> AidQuerySet:
        """With everything that a page, a table or a file says of an aid, in a fixed number of queries."""
        from diemtua.register.models import Name

        from ..models import AidStep

        return (  # type: ignore[return-value]
            self.select_related("record", "donor__record", "donor__country", "manager__record", "receiver__record")
            .defer(*(f"{n}record__search_text" for n in ("", "donor__", "manager__", "receiver__")))
            .prefetch_related(
                "values",
                "movements",
                "outcomes",
                Prefetch("steps", AidStep.objects.select_related("body__record")),
                Prefetch("record__names", Name.objects.filter(kind="foreign"), to_attr="foreign_names"),
            )
        )


def law_on(day: datetime.date) -> rules.Law:
    """What the rulebook says of aid on a day."""
    values: dict[str, Any] = {}
    for name, code in (("approval_required", "aid.approval_required"), ("emergency_months", "aid.emergency_months")):
        try:
            found = rule(code, on=day)
        except NoRule:
            continue
        values[name] = found.value
        values[f"{name.split('_')[0]}_basis"] = found.basis
    return rules.Law(**values)


def basis_on(day: datetime.date) -> str:
    """The decree on foreign aid that held on a day, "" where none is known."""
    try:
        return str(rule("text.foreign_aid", on=day).value or "")
    except NoRule:
        return ""


def pledged_of(aid: Aid) -> dict[str, Decimal]:
    """What is pledged in all, by currency."""
    rows: Any = aid.values.all()
    return rules.total((v.currency, v.amount) for v in rows)


def flags_of(aid: Aid, today: datetime.date) -> list[rules.Flag]:
    """What looks wrong of an aid, each by the law of its own day."""
    movements: Any = tuple((m.what, m.on, m.currency, m.amount) for m in aid.movements.all())
    days = {on for _what, on, _c, _a in movements} | ({aid.disaster_on} if aid.disaster_on else set())
    known = rules.Known(
        state=aid.state,
        form=aid.form,
        steps=tuple((s.what, s.on) for s in aid.steps.all()),
        movements=movements,
        pledged=pledged_of(aid),
        registered_until=aid.registered_until,
        disaster_on=aid.disaster_on,
        planned_end=aid.planned_end,
        actual_end=aid.actual_end,
        outcomes=len(aid.outcomes.all()),
    )
    return rules.flags(known, {day: law_on(day) for day in days}, today)


@dataclass
class MoneyRow:
    """A year (0: all years) of one kind and currency: pledged, received, spent."""

    year: int
    kind: str
    label: str
    currency: str
    pledged: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)


def money_of(aid: Aid) -> tuple[list[MoneyRow], list[MoneyRow]]:
    """Value by year and kind, and the totals by currency."""
    rows: dict[tuple[int, str, str], MoneyRow] = {}
    totals: dict[str, MoneyRow] = {}

    def add(year: int, entry: Any, what: str) -> None:
        key = (year, entry.kind, entry.currency)
        row = rows.setdefault(key, MoneyRow(year, entry.kind, str(entry.get_kind_display()), entry.currency))
        whole = totals.setdefault(entry.currency, MoneyRow(0, "", "", entry.currency))
        for at in (row, whole):
            setattr(at, what, getattr(at, what) + entry.amount)

    for value in aid.values.all():
        add(value.year, value, "pledged")
    for movement in aid.movements.all():
        add(movement.on.year, movement, movement.what)
    order = ("money", "goods", "experts")
    return (
        sorted(rows.values(), key=lambda r: (r.year, order.index(r.kind), r.currency)),
        sorted(totals.values(), key=lambda r: r.currency),
    )


# --- tables ---------------------------------------------------------------------------------------


@dataclass
class TableRow:
    """One aid in one currency. Organisations are None where the reader may not see them."""

    aid: Aid
    currency: str
    donor: Record | None = None
    manager: Record | None = None
    receiver: Record | None = None
    decision: str = ""
    approved: datetime.date | None = None
    pledged: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    received_in_all: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)
    spent_in_all: Decimal = Decimal(0)


@dataclass
class Table:
    """The table of a period: rows, totals by currency, and how many aids were approved in it."""

    period: rules.Period
    rows: list[TableRow] = field(default_factory=list)
    totals: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    by_kind: list[tuple[str, str, Decimal]] = field(default_factory=list)
    approved: int = 0
    aids: int = 0
    more: bool = False


def table(user: User | None, period: rules.Period) -> Table:
    """Aids that were going on in a period, or of which something was received or spent in it."""
    from ..models import Aid

    first, last = period.first, period.last
    begun = Q(planned_start__lte=last) | Q(actual_start__lte=last) | Q(planned_start=None, actual_start=None)
    over = Q(actual_end__lt=first) | Q(state="cancelled")
    moved = Aid.objects.filter(movements__on__gte=first, movements__on__lte=last).values("pk")
    stepped = Aid.objects.filter(steps__on__gte=first, steps__on__lte=last).values("pk")
    # An end that is not known excludes nothing, so what is over is named by key.
    going = begun & ~Q(pk__in=Aid.objects.filter(over).values("pk"))
    found: Any = (
        Aid.objects.counted()
        .with_all()
        .visible_to(user)
        .live()
        .filter(going | Q(pk__in=moved) | Q(pk__in=stepped))
        .order_by("record__sort_key", "pk")
    )
    aids = list(found[: MOST_ROWS + 1])
    result = Table(period, aids=min(len(aids), MOST_ROWS), more=len(aids) > MOST_ROWS)
    kinds: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for aid in aids[:MOST_ROWS]:
        approvals = [s for s in aid.steps.all() if s.what == "approved" and s.on <= last]
        result.approved += bool(approvals and approvals[-1].on >= first)
        result.rows += _rows_of(aid, user, approvals[-1] if approvals else None, period, kinds)
    for r in result.rows:
        if r.currency:
            sums = result.totals.setdefault(r.currency, defaultdict(Decimal))
            for name in TOTALLED:
                sums[name] += getattr(r, name)
    result.totals = {c: dict(result.totals[c]) for c in sorted(result.totals)}
    result.by_kind = [(k, c, amount) for (k, c), amount in sorted(kinds.items())]
    return result


def _rows_of(
    aid: Aid, user: User | None, approval: Any, period: rules.Period, kinds: dict[tuple[str, str], Decimal]
) -> list[TableRow]:
    """One row a currency; one without a currency where no amount is known. `kinds` takes up what was received."""
    from diemtua.register import access

    rows: dict[str, TableRow] = {}
    amounts: list[tuple[str, Any, datetime.date | None]] = [("pledged", v, None) for v in aid.values.all()]
    amounts += [(m.what, m, m.on) for m in aid.movements.all() if m.on <= period.last]
    for what, entry, on in amounts:
        if entry.currency not in rows:
            rows[entry.currency] = TableRow(aid, entry.currency)
        row = rows[entry.currency]
        if on is None:
            row.pledged += entry.amount
            continue
        setattr(row, f"{what}_in_all", getattr(row, f"{what}_in_all") + entry.amount)
        if on >= period.first:
            setattr(row, what, getattr(row, what) + entry.amount)
            if what == "received":
                kinds[entry.kind, entry.currency] += entry.amount
    found = [rows[c] for c in sorted(rows)] or [TableRow(aid, "")]
    for row in found:
        for name in ("donor", "manager", "receiver"):
            party = getattr(aid, name)
            if party is not None and (user is None or access.may_see(user, party.record)):
                setattr(row, name, party.record)
        if approval is not None:
            row.decision, row.approved = approval.number, approval.on
    return found


TOTALLED: Sequence[str] = ("pledged", "received", "received_in_all", "spent", "spent_in_all")
