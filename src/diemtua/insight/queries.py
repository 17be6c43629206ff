"""What waits for a person, read across all records in one query.

Every list is a bounded query of its own (index, filter, at most COUNTED + 1 rows); they go to the database
together as one UNION ALL, so My day costs the same number of queries whatever it shows.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import connection
from django.db.models import Case, CharField, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from diemtua.engagements.models import Engagement, NextStep
from diemtua.instruments.models import Commitment, Instrument, Opinion
from diemtua.instruments.rules import OPEN
from diemtua.land.queries import standing
from diemtua.parties.models import Party
from diemtua.projects.models import CareCase, Enquiry, Project, ProjectReport
from diemtua.projects.queries import care
from diemtua.projects.queries.projects import land_months
from diemtua.register import prepared
from diemtua.register.models import Change, User, Watch
from diemtua.register.prepared import ask
from diemtua.register.queries import sight, visible

from . import rules

Scope = Literal["mine", "unit", "all"]
COLUMNS = ("key", "number", "title", "day", "note", "row", "flag")
KEYS = (
    "enquiries", "care", "reports", "promises", "overdue", "soon", "opinions", "steps", "permission", "outcome", "expiring", "silent", "facts", "watched", "recent",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a list: the record to open, the day that matters (ISO, "" unknown), a word beside it, and
    the number of the row within the record (a next step, a change)."""

    key: str
    number: int
    title: str
    day: str
    note: str
    row: int
    flag: int


@dataclass
class Day:
    """All lists of a person's day."""

    scope: Scope
    on: datetime.date
    lists: dict[str, list[Row]] = field(default_factory=lambda: {k: [] for k in KEYS})

    @property
    def empty(self) -> bool:
        """Nothing waits: what others did is no work."""
        return not any(rows for key, rows in self.lists.items() if key != "recent")


def _text(value: Any) -> Any:
    return Coalesce(Cast(value, CharField()), Value(""), output_field=CharField())


def _columns(
    queryset: QuerySet,
    key: str,
    *,
    number: str = "pk",
    title: str = "record__title",
    day: Any = None,
    note: Any = None,
    row: Any = None,
    flag: Any = None,
) -> QuerySet:
    """The seven columns of a list, the same types on every engine, cut where counting stops."""
    return queryset.values_list(
        Value(key, output_field=CharField()),
        F(number),
        F(title),
        _text(day) if day is not None else Value("", output_field=CharField()),
        _text(note) if note is not None else Value("", output_field=CharField()),
        row or Value(0, output_field=IntegerField()),
        flag or Value(0, output_field=IntegerField()),
    )[: rules.COUNTED + 1]


def rows_of(sql: str, params: tuple[Any, ...]) -> list[Row]:
    return [Row(*row) for row in prepared.execute(sql, params)] if sql else []


def _scoped(queryset: Any, user: User, scope: Scope, mine: Q, row: str = "") -> Any:
    """`row` leads to the row that says its unit (`OfUnit`), with which an index begins."""
    if scope == "mine":
        return queryset.filter(mine)
    if scope == "unit":
        return queryset.filter(**{f"{row}of_unit": user.unit_id or 0})
    return queryset


# As an expression: with the column itself SQLite begins with all records of the unit, of any kind, where a kind has
# few rows or none (30 ms for each list, with 50,000 records of a unit).
THEIR_UNIT = {"their_unit": Coalesce("record__unit_id", Value(0))}


def _of_unit(queryset: Any, user: User) -> Any:
    """The rows of the person's unit of a kind that does not say it itself."""
    return queryset.alias(**THEIR_UNIT).filter(their_unit=user.unit_id or 0)


def lists_of(user: User, scope: Scope, today: datetime.date) -> dict[str, QuerySet]:
    """The lists of My day but the changes of others, unread; a list may come in several parts.

    Each part is cut at COUNTED + 1 rows and holds only what `user` may see.
    """
    soon = today + datetime.timedelta(days=rules.DUE_SOON_DAYS)
    watched = Q(record__in=Watch.objects.filter(user=user).values("record_id"))
    entered = Q(record__created_by=user) | watched

    commitments = _scoped(Commitment.objects.visible_to(user), user, scope, Q(owner=user))
    debtor = Case(When(visible(user, "debtor__record__"), then=F("debtor__record__title")), default=Value(""))
    # One part a state: within a state the index is in order of the day, over several it is not.
    late = {
        f"overdue {s}": _columns(commitments.overdue(today).filter(state=s), "overdue", day=F("due_by"), note=debtor)
        for s in OPEN
    }
    due = {
        f"soon {s}": _columns(
            commitments.due_between(today, soon).filter(state=s), "soon", day=F("due_by"), note=debtor
        )
        for s in OPEN
    }

    opinions = Opinion.objects.filter(
        visible(user, "instrument__record__"),
        visible(user, "body__record__"),
        answered_on=None,
        instrument__record__archived_at=None,
    ).order_by("answered_on", "due_on", "pk")  # the empty day first: PostgreSQL then walks the index
    opinions = _scoped(
        opinions,
        user,
        scope,
        row="instrument__",
        mine=Q(instrument__record__created_by=user)
        | Q(instrument__in=Watch.objects.filter(user=user).values("record_id")),
    )

    steps = NextStep.objects.filter(
        visible(user, "engagement__record__"), done_on=None, engagement__record__archived_at=None
    )
    steps = steps.filter(Q(party=None) | visible(user, "party__record__")).order_by("done_on", "due_by", "pk")
    if scope != "mine":  # one's own steps are shown with no day too
        steps = steps.filter(due_by__lte=soon.isoformat())
    steps = _scoped(steps, user, scope, Q(owner=user), row="engagement__")

    engagements = _scoped(Engagement.objects.visible_to(user), user, scope, Q(owner=user))
    permission = engagements.to_permit(today, today + datetime.timedelta(days=rules.PERMISSION_DAYS))
    kind = Case(
        When(is_international_conference=False, then=0),
        When(prime_minister_decides=True, then=2),
        default=1,
        output_field=IntegerField(),
    )

    instruments = _scoped(Instrument.objects.visible_to(user), user, scope, entered)
    expiring = instruments.expiring(today, today + datetime.timedelta(days=rules.EXPIRING_DAYS))

    parties = _scoped(Party.objects.visible_to(user), user, scope, Q(desk_officer=user))
    silent = parties.silent_since(today - datetime.timedelta(days=rules.SILENT_DAYS))

    return {
        **_of_investors(user, scope, today),
        **_of_projects(user, scope, today),
        **late,
        **due,
        "opinions": _columns(
            opinions,
            "opinions",
            number="instrument_id",
            title="instrument__record__title",
            day=F("due_on"),
            note=F("body__record__title"),
        ),
        "steps": _columns(
            steps,
            "steps",
            number="engagement_id",
            title="text",
            day=F("due_by"),
            note=F("engagement__record__title"),
            row=F("pk"),
            flag=_may_edit(user, "engagement__record__"),
        ),
        "permission": _columns(permission, "permission", day=F("held"), note=F("form"), flag=kind),
        "outcome": _columns(engagements.without_outcome(today), "outcome", day=F("held")),
        "expiring": _columns(expiring, "expiring", day=F("expiry_by"), note=F("renewal")),
        "silent": _columns(silent, "silent", day=F("last_contact")),
        **_of_land(user, scope, today),
        "watched": _watched(user),
    }


def _of_investors(user: User, scope: Scope, today: datetime.date) -> dict[str, QuerySet]:
    """Enquiries whose clock runs, and difficulties that are late or at risk; a lead's are also those gone up.

    A planted test stands among the enquiries: this is work, no figure, and without it an officer could tell.
    """
    gone_up, leads = Q(pk=None), user.is_at_least("lead")
    if leads and (last := care.gone_up_by(today)) is not None:
        gone_up = Q(due__lte=last)
    climbed = Q(escalated_at__isnull=False) if leads else Q(pk=None)

    def scoped(queryset: Any, mine: Q) -> Any:
        if scope == "mine":
            return queryset.filter(mine)
        return _of_unit(queryset, user) if scope == "unit" else queryset

    enquiries = scoped(Enquiry.objects.to_answer().visible_to(user), Q(owner=user) | climbed)
    cases = scoped(CareCase.objects.to_see_to(today).visible_to(user), Q(owner=user) | gone_up)
    next_due = Case(When(first_reply_at=None, then=F("first_due_at")), default=F("answer_due_at"))
    investor = Case(When(visible(user, "investor__record__"), then=F("investor__record__title")), default=Value(""))
    return {
        "enquiries": _columns(
            enquiries.order_by("answer_due_at", "pk"),
            "enquiries",
            day=next_due,
            note=Case(When(organisation="", then=F("sender_name")), default=F("organisation")),
            flag=Case(When(escalated_at__isnull=False, then=1), default=0, output_field=IntegerField()),
        ),
        "care": _columns(
            cases.order_by(F("due").asc(nulls_last=True), "pk"),
            "care",
            day=F("due"),
            note=investor,
            flag=Case(When(gone_up, then=1), default=0, output_field=IntegerField()) if leads else None,
        ),
    }


def _of_projects(user: User, scope: Scope, today: datetime.date) -> dict[str, QuerySet]:
    """Reports of enterprises that wait to be taken in, and projects whose term has passed.

    A lead takes reports in, so those of the own unit are a lead's own work; an officer's are those of the projects
    that the officer follows, so that it is known where they are.
    """
    reports = ProjectReport.objects.waiting().visible_to(user)
    if scope == "mine" and user.is_at_least("lead"):
        reports = reports.alias(**THEIR_UNIT).filter(Q(project__owner=user) | Q(their_unit=user.unit_id or 0))
    elif scope == "mine":
        reports = reports.filter(project__owner=user)
    elif scope == "unit":
        reports = _of_unit(reports, user)
    project = Case(When(visible(user, "project__record__"), then=F("project__record__title")), default=Value(""))
    projects: Any = _scoped(Project.objects.live().visible_to(user), user, scope, Q(owner=user))
    return {
        "reports": _columns(reports, "reports", day=F("sent_on"), note=project),
        **{
            f"promises {name}": _columns(part, "promises", day=F("over"), note=F("what"))
            for name, part in projects.run_out_parts(today).items()
        },
    }


def _of_land(user: User, scope: Scope, today: datetime.date) -> dict[str, QuerySet]:
    """Facts of land that are due for a check; one's own are those of land that one entered or watches."""
    found = {}
    for name, part in standing.due_parts(user, today, standing.check_limits(today)).items():
        rows: Any = part
        if scope == "mine":
            watched = Watch.objects.filter(user=user).values("record_id")
            rows = rows.filter(Q(record__created_by=user) | Q(record__in=watched))
        elif scope == "unit":
            rows = _of_unit(rows, user)
        found[f"facts {name}"] = _columns(rows, "facts", number="record_id", day=F("known"), note=F("fact"))
    return found


def _may_edit(user: User, prefix: str) -> Any:
    """1 where `access.may_edit` would say yes, in the language of the database."""
    if user.is_at_least("lead"):
        return Value(1, output_field=IntegerField())
    if not user.is_at_least("officer"):
        return Value(0, output_field=IntegerField())
    own = Q(**{f"{prefix}unit": None}) | Q(**{f"{prefix}unit_id": user.unit_id or 0})
    return Case(When(own, then=1), default=0, output_field=IntegerField())


def _watched(user: User) -> QuerySet:
    """Watched records that others changed since this person last looked, newest first."""
    changed = Change.objects.filter(record=OuterRef("record")).exclude(actor=user).order_by("-id")
    watches = (
        Watch.objects.filter(visible(user, "record__"), user=user)
        .annotate(
            newest=Subquery(changed.values("pk")[:1]),
            at=Subquery(changed.values("at")[:1]),
            who=Subquery(changed.values("actor__name")[:1]),
        )
        .filter(newest__gt=F("seen_change"))
        .order_by("-newest")
    )
    return _columns(watches, "watched", number="record_id", day=F("at"), note=F("who"), row=F("newest"))


def _recent(user: User, scope: Scope) -> list[Row]:
    """Records that others changed lately, newest first, each once. Two queries."""
    newest = ask("newest change", lambda: Change.objects.order_by("-pk").values_list("pk")[:1])
    if not newest:
        return []
    rows = ask(
        ("recent", sight(user), user.unit_id, scope),
        lambda person, floor: _changes_of_others(user, person, scope, floor),
        user.pk,
        newest[0][0] - rules.RECENT_CHANGES,
        planned=False,
    )
    return [Row(*row) for row in rows]


def _changes_of_others(user: User, person: int, scope: Scope, floor: int) -> QuerySet:
    # A number, not a subquery, and a key that no index has: otherwise whole indexes of changes are walked.
    changes = (
        Change.objects.visible_to(user)
        .exclude(actor_id=person)
        .filter(pk__gt=floor, actor__isnull=False, record__archived_at=None, record__isnull=False)
        .annotate(of=F("record_id") + 0)
    )
    if scope == "unit":  # as an expression: of all changes of the unit only these few are looked at
        changes = changes.alias(unit=Coalesce("record__unit_id", Value(0))).filter(unit=user.unit_id or 0)
    elif scope == "mine":
        watched = Watch.objects.filter(user_id=person).values("record_id")
        changes = changes.filter(Q(record__created_by_id=person) | Q(record__in=watched))
    newest = changes.values("of").annotate(last=Max("pk")).order_by("-last").values("last")[: rules.SHOWN]
    found = Change.objects.filter(pk__in=newest).order_by("-pk")
    return _columns(found, "recent", number="record_id", day=F("at"), note=F("actor__name"), row=F("pk"))


# Lists whose newest row comes first; all others begin with the earliest day, the unknown ones last.
NEWEST_FIRST = ("watched", "recent")


# Putting the query together takes longer than asking it, and it depends on nothing but these.
_Asked = tuple[Any, ...]
_known: OrderedDict[_Asked, tuple[str, tuple[Any, ...]]] = OrderedDict()
MOST_KNOWN = 500


def _question(user: User, scope: Scope, today: datetime.date) -> tuple[str, tuple[Any, ...]]:
    """The SQL of all lists but what others changed, and its values, put together once for each person, scope and day."""
    limits = care.limits_on(today)  # a new limit in the rulebook holds at once
    key = (
        connection.vendor, user.pk, user.role, user.unit_id, user.is_active, scope, today,
        limits.risk_days, limits.promise_days, limits.lead_days, land_months(today), *standing.check_limits(today).values(),
    )  # fmt: skip
    known = _known.get(key)
    if known is None:
        known = _known[key] = prepared.compiled(lists_of(user, scope, today).values())
        while len(_known) > MOST_KNOWN:
            _known.popitem(last=False)
    return known


def my_day(user: User, scope: Scope, today: datetime.date) -> Day:
    """The lists of one person's day. Three queries."""
    return narrowest(user, [scope], today)


def narrowest(user: User, tried: Sequence[Scope], today: datetime.date) -> Day:
    """The day in the first of these scopes in which anything waits, or else in the last.

    One query for each scope that is tried, and two for what others changed.
    """
    for scope in tried:
        day = Day(scope, today)
        for row in rows_of(*_question(user, scope, today)):
            day.lists[row.key].append(row)
        if not day.empty:
            break
    # Apart from the others: its plan depends on how many changes there are, and theirs is kept.
    day.lists["recent"] = _recent(user, day.scope)
    for key, rows in day.lists.items():
        if key in NEWEST_FIRST:
            rows.sort(key=lambda r: -r.row)
        elif key != "silent":
            rows.sort(key=lambda r: (not r.day, r.day, r.number))
        del rows[rules.COUNTED + 1 :]
    return day
