"""Foreign aid to and from IATI: the register's records as activities, and what a file would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.text import fold, strip_control
from diemtua.parties.models import Party
from diemtua.register import access, write
from diemtua.register.models import Name, User
from diemtua.register.screens import screen_of
from diemtua.register.write import ChildEdits
from diemtua.rulebook.queries import NoRule, rule

from ..iati.activity import Activity, Movement, Org, Outcome, Step, Value
from ..iati.reading import Found
from ..models import Aid

# Kind of a party → code of the list OrganisationType, for organisations at home and abroad.
TYPES = {"agency": "10", "locality": "11", "ngo": "21", "company": "70", "university": "80", "international": "40"}
KINDS = {"10": "agency", "11": "locality", "15": "agency", "40": "international", "70": "company", "80": "university"}
PLAIN = ("purpose", "state", "form", "sector", "where", "registration", "registered_from", "registered_until",
         "planned_start", "planned_end", "actual_start", "actual_end")  # fmt: skip
ROLES = ("donor", "manager", "receiver")


def reporter() -> Org | None:
    """The province as it reports: its identifier stands in the rulebook; None until somebody has entered it."""
    try:
        ref = str(rule("aid.iati_organisation").value or "").strip()
    except NoRule:
        return None
    if not ref:
        return None
    own = Party.objects.filter(is_own=True, kind=Party.Kind.LOCALITY, record__archived_at=None)
    name = own.order_by("pk").values_list("record__title", flat=True).first()
    return Org(name or ref, ref, "11")


def activity_of(aid: Aid, user: User | None, reporting: Org) -> Activity:
    """An aid (loaded `with_all`) as an activity, with the organisations that `user` may see and no other."""

    def org(party: Party | None, ref: str = "") -> Org | None:
        # The actor None is nobody here: what goes to the public names public records only.
        if party is None or not access.may_see(user, party.record):
            return None
        return Org(party.record.title, ref, TYPES.get(party.kind, ""))

    record: Any = aid.record
    rows: Any = aid
    names = [n for n in record.foreign_names if n.language in ("", "en")]
    return Activity(
        identifier=identifier_of(aid, reporting),
        title=_one_line(aid.record.title),
        title_foreign=_one_line(names[0].text) if names else "",
        reporter=reporting,
        donor=org(aid.donor, aid.donor_ref) or Org(""),
        manager=org(aid.manager),
        receiver=org(aid.receiver),
        values=tuple(Value(v.year, v.kind, v.amount, v.currency) for v in rows.values.all()),
        movements=tuple(
            Movement(m.what, m.on, m.kind, m.amount, m.currency, _one_line(m.note)) for m in rows.movements.all()
        ),
        outcomes=tuple(
            Outcome(
                title=o.title.strip(),
                unit=o.unit.strip(),
                baseline=o.baseline,
                baseline_year=o.first.year if o.baseline is not None and o.first else None,
                first=o.first,
                last=o.last,
                target=o.target,
                actual=o.actual,
                words=o.words.strip(),
            )
            for o in aid.outcomes.all()
        ),
        steps=tuple(
            Step(s.what, s.on, s.number, b.name if (b := org(s.body)) else "", s.basis, s.note.strip())
            for s in aid.steps.all()
        ),
        updated=aid.record.updated_at,
        **{**{name: getattr(aid, name) for name in PLAIN}, "purpose": _text(aid.purpose), "where": aid.where.strip()},
    )


def identifier_of(aid: Aid, reporting: Org) -> str:
    return aid.identifier or f"{reporting.ref}-{aid.pk}"


def _text(text: str) -> str:
    return strip_control(text, newlines=True).strip()


def _one_line(text: str) -> str:
    return strip_control(text).strip()


# What an activity lacks → what to do, in words.
LACKS: Mapping[str, Any] = {
    "purpose": gettext_lazy("the purpose"),
    "sector": gettext_lazy("the sector"),
    "start": gettext_lazy("the day on which it begins"),
    "donor": gettext_lazy("a donor whose record may be seen by the readers of the file"),
    "value": gettext_lazy("a pledged value"),
}


def lacking(activity: Activity) -> list[str]:
    """What IATI asks for and the activity has not (keys of LACKS)."""
    found = [name for name in ("purpose", "sector") if not getattr(activity, name)]
    if activity.planned_start is None and activity.actual_start is None:
        found.append("start")
    if not activity.donor.name:
        found.append("donor")
    return found


@dataclass
class Export:
    """The activities of a file, and the aids that are left out with what they lack."""

    activities: list[Activity] = field(default_factory=list)
    left_out: list[tuple[Aid, list[Any]]] = field(default_factory=list)


def export(aids: Iterable[Aid], user: User | None, reporting: Org) -> Export:
    """Activities of aids that are complete."""
    found = Export()
    for aid in aids:
        activity = activity_of(aid, user, reporting)
        if lacks := lacking(activity):
            found.left_out.append((aid, [LACKS[name] for name in lacks]))
        else:
            found.activities.append(activity)
    return found


# --- bringing in ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewParty:
    """An organisation of a file that nobody knows; `key` is its folded name and the kind it would have."""

    name: str
    kind: str

    @property
    def key(self) -> tuple[str, str]:
        return fold(self.name), self.kind

    @property
    def kind_label(self) -> str:
        return str(Party.Kind(self.kind).label)


@dataclass
class Entry:
    """One activity of a file against the register."""

    title: str
    identifier: str
    line: int
    state: str = "new"  # new, changed, same, wrong
    aid: Aid | None = None
    version: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    edits: dict[str, ChildEdits] = field(default_factory=dict)
    # role → key of the organisation that has to be entered first
    waiting: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    differs: list[Any] = field(default_factory=list)


@dataclass
class Plan:
    """What a file would do: shown first, then done by `actions.aid.bring_in`."""

    entries: list[Entry]
    new_parties: list[NewParty]

    @property
    def counts(self) -> dict[str, int]:
        return {s: sum(e.state == s for e in self.entries) for s in ("new", "changed", "same", "wrong")}

    @property
    def may_save(self) -> bool:
        return not self.counts["wrong"] and self.counts["new"] + self.counts["changed"] > 0


def plan(found: list[Found], user: User) -> Plan:
    """How the activities of a file stand to the register; nothing is written."""
    reporting = reporter()
    parties = _Parties(user, found)
    known = _known(user, found, reporting)
    entries, seen = [], set()
    for item in found:
        a = item.activity
        entry = Entry(a.title, a.identifier, item.line, notes=list(item.passed_over))
        entries.append(entry)
        if a.identifier in seen:
            entry.state, entry.errors = "wrong", [_("This identifier stands in the file twice.")]
            continue
        seen.add(a.identifier)
        _fill(entry, a, parties, known.get(a.identifier), reporting, user)
    kept = [e for e in entries if e.state in ("new", "changed")]
    wanted = {k for e in kept for k in e.waiting.values()}
    wanted |= {r["body"] for e in kept for r in _steps_of(e) if isinstance(r.get("body"), tuple)}
    return Plan(entries, [p for key, p in parties.new.items() if key in wanted])


def _steps_of(entry: Entry) -> list[dict[str, Any]]:
    edit = entry.edits.get("steps")
    return [*entry.children.get("steps", []), *(edit.create if edit else [])]


def _known(user: User, found: list[Found], reporting: Org | None) -> dict[str, Aid]:
    """Aids the person may see by their identifier, written or made of the record's number."""
    wanted = [f.activity.identifier for f in found]
    numbers = {}
    if reporting is not None:
        prefix = f"{reporting.ref}-"
        numbers = {
            int(t): i for i in wanted if i.startswith(prefix) and (t := i[len(prefix) :]).isdecimal() and len(t) < 10
        }
    seen: Any = Aid.objects.visible_to(user).live()
    aids = [
        a
        for at in range(0, len(wanted), 500)
        for a in seen.filter(identifier__in=wanted[at : at + 500]).exclude(identifier="").with_all()
    ]
    keys = list(numbers)
    made = [
        a for at in range(0, len(keys), 500) for a in seen.filter(pk__in=keys[at : at + 500], identifier="").with_all()
    ]
    return {**{numbers[a.pk]: a for a in made}, **{a.identifier: a for a in aids}}


class _Parties:
    """Organisations of a file by name: those of the register that the person may see, and those to be entered."""

    def __init__(self, user: User, found: list[Found]) -> None:
        names = set()
        for f in found:
            names |= {o.name for role in ROLES if (o := getattr(f.activity, role)) is not None}
            names |= {s.body for s in f.activity.steps if s.body}
        keys = sorted({fold(n)[:300] for n in names if n})
        seen = Party.objects.visible_to(user).live().select_related("record")
        self.known: dict[str, Party] = {}
        for at in range(0, len(keys), 500):
            part = keys[at : at + 500]
            also = Name.objects.filter(key__in=part, record__kind="party", record__archived_at=None)
            for key, pk in also.values_list("key", "record_id"):
                if (party := seen.filter(pk=pk).first()) is not None:
                    self.known.setdefault(key, party)
            for party in seen.filter(record__title_key__in=part).order_by("-pk"):
                self.known[party.record.title_key] = party
        self.new: dict[tuple[str, str], NewParty] = {}

    def of(self, org: Org | None, kind: str) -> Party | tuple[str, str] | None:
        """The party, or the key under which it is to be entered."""
        if org is None or not org.name:
            return None
        if (party := self.known.get(fold(org.name)[:300])) is not None:
            return party
        new = NewParty(_one_line(org.name)[:500], KINDS.get(org.type, kind))
        self.new.setdefault(new.key, new)
        return new.key


def _fill(entry: Entry, a: Activity, parties: _Parties, aid: Aid | None, reporting: Org | None, user: User) -> None:
    values: dict[str, Any] = {"title": a.title[:500], "donor_ref": a.donor.ref, **{n: getattr(a, n) for n in PLAIN}}
    if aid is None or aid.identifier:
        values["identifier"] = a.identifier
    if values["sector"] and values["sector"] not in sector_codes():
        entry.notes.append(
            _("The sector %(code)s is not in the list of the register: choose one later.") % {"code": a.sector}
        )
        values["sector"] = ""
    if not a.donor.name:
        entry.errors.append(_("No donor is named (participating-org with the role 1)."))
    if not a.title:
        entry.errors.append(_("The title is empty."))
    if not a.identifier:
        entry.errors.append(_("The identifier is empty."))
    for role, kind in (("donor", "ngo"), ("manager", "agency"), ("receiver", "agency")):
        party = parties.of(getattr(a, role), kind)
        if isinstance(party, tuple):
            entry.waiting[role] = party
        else:
            values[role] = party
    rows: dict[str, list[dict[str, Any]]] = {
        "values": [{"year": v.year, "kind": v.kind, "amount": v.amount, "currency": v.currency} for v in a.values],
        "movements": [
            {"what": m.what, "on": m.on, "kind": m.kind, "amount": m.amount, "currency": m.currency, "note": m.note[:300]}
            for m in a.movements
        ],
        "outcomes": [
            {"title": o.title[:300], "unit": o.unit[:60], "first": o.first, "last": o.last, "baseline": o.baseline,
             "target": o.target, "actual": o.actual, "words": o.words[:1000]}
            for o in a.outcomes
        ],
        "steps": [
            {"what": s.what, "on": s.on, "number": s.number, "basis": s.basis, "note": s.note,
             "body": parties.of(Org(s.body), "agency")}
            for s in a.steps
        ],
    }  # fmt: skip
    if entry.errors:
        entry.state = "wrong"
    elif aid is None:
        entry.fields = {**values, "access": "internal"}
        entry.children = rows
        if a.title_foreign:
            entry.children["names"] = [{"text": a.title_foreign[:300], "kind": "foreign", "language": "en"}]
        _check(entry, user)
    else:
        _compare(entry, a, aid, values, rows, reporting, user)


def sector_codes() -> set[str]:
    from diemtua.register.fields import code_choices

    return {code for code, _label in code_choices("aid.sectors")}


def _check(entry: Entry, user: User) -> None:
    """Let the rules of the register look at a new aid; organisations to be entered stand in for themselves."""
    stand_in = Party.objects.values_list("pk", flat=True).first() or 0
    fields = {**entry.fields, **dict.fromkeys(entry.waiting, stand_in)}
    rows: dict[str, list[dict[str, Any]]] = {
        **entry.children,
        "steps": [{**r, "body": None} for r in entry.children.get("steps", [])],
    }
    try:
        write.validator(screen_of("aid"))(write.Draft(fields, rows), user)
    except ValidationError as error:
        entry.state, entry.errors = "wrong", list(dict.fromkeys(error.messages))


def _compare(
    entry: Entry, a: Activity, aid: Aid, values: dict[str, Any], rows: dict[str, Any], reporting: Org | None, user: User
) -> None:
    """What a file changes of an aid that is known. What it does not carry (remarks, access) stays as it is."""
    entry.aid, entry.version = aid, aid.record.version
    assert reporting is not None or aid.identifier
    mine = activity_of(aid, user, reporting or Org(""))
    # Organisations that the reader may not see were not written into a file for them: their absence says nothing.
    for role in ROLES:
        if getattr(aid, role) is not None and getattr(mine, role) in (None, Org("")) and getattr(a, role) is None:
            values.pop(role, None)
    current = {"title": aid.record.title, **{n: getattr(aid, n) for n in values if n != "title"}}
    current["purpose"] = _text(current["purpose"])
    entry.fields = {n: v for n, v in values.items() if current[n] != v}
    if "sector" in entry.fields and not values["sector"]:
        del entry.fields["sector"]
    screen = screen_of("aid")
    entry.differs = [screen.label(n) for n in [*entry.fields, *entry.waiting]]
    for name, read in (("values", a.values), ("movements", a.movements), ("outcomes", a.outcomes), ("steps", a.steps)):
        if getattr(mine, name) != read:
            old = list(getattr(aid, name).all())
            entry.edits[name] = _row_edits(name, old, getattr(mine, name), read, rows[name])
            entry.differs.append(screen.label(name))
    if not access.may_edit(user, aid.record):
        if entry.differs:
            entry.state, entry.errors = "wrong", [_("You may not change this record. Ask its unit or a lead.")]
            return
    entry.state = "changed" if entry.differs else "same"


def _row_edits(name: str, old: list[Any], mine: Any, read: Any, rows: list[dict[str, Any]]) -> ChildEdits:
    """Rows that are in the file and not here are added, those that are only here go; equal ones stay untouched."""
    left = list(zip(old, mine, strict=True))
    create = []
    for row, value in zip(rows, read, strict=True):
        same = next((pair for pair in left if pair[1] == value), None)
        if same is None:
            create.append(row)
        else:
            left.remove(same)
    return ChildEdits(create=create, delete=[row.pk for row, _value in left])
