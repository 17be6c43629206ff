"""Activities into an IATI 2.03 file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal

from lxml import etree

from diemtua.kit.text import strip_control

from .activity import DATES, NAMESPACE, STATUS, TRANSACTIONS, VERSION, Activity, Movement, Org, Outcome, Step, Value

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OWN = f"{{{NAMESPACE}}}"
# Foreign non-government aid: private grants that are not repaid.
_FLOW, _FINANCE = "30", "110"
# What XML 1.0 cannot hold and `strip_control` leaves: halves of letters, and what is no letter.
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


def write(activities: Iterable[Activity], made: datetime.datetime | None = None) -> bytes:
    """An IATI activity file. `made` is when (with a zone); without it the file says nothing of it.

    The standard asks for at least one activity: raises ValueError where there is none.
    """
    root = etree.Element("iati-activities", nsmap={"dt": NAMESPACE}, version=VERSION)
    if made is not None:
        root.set("generated-datetime", _moment(made))
    for activity in activities:
        root.append(_activity(activity))
    if not len(root):
        raise ValueError("an IATI file holds at least one activity")
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _activity(a: Activity) -> etree._Element:
    node = etree.Element("iati-activity", {_LANG: a.language, "humanitarian": "1" if a.form == "emergency" else "0"})
    if a.updated is not None:
        node.set("last-updated-datetime", _moment(a.updated))
    if a.form:
        node.set(f"{_OWN}form", a.form)
    etree.SubElement(node, "iati-identifier").text = _text(a.identifier)
    reporter = _org(node, "reporting-org", a.reporter)
    reporter.set("type", a.reporter.type or "10")
    reporter.set("secondary-reporter", "1")
    title = _narrative(etree.SubElement(node, "title"), a.title)
    if a.title_foreign:
        _narrative(title, a.title_foreign, "en")
    _narrative(etree.SubElement(node, "description", type="1"), a.purpose)
    for role, org in (("1", a.donor), ("2", a.manager), ("4", a.receiver)):
        if org is not None:
            _org(node, "participating-org", org).set("role", role)
    status = etree.SubElement(node, "activity-status", code=STATUS[a.state])
    status.set(f"{_OWN}state", a.state)
    for name, code in DATES.items():
        if (day := getattr(a, name)) is not None:
            etree.SubElement(node, "activity-date", {"type": code, "iso-date": day.isoformat()})
    etree.SubElement(node, "recipient-country", code="VN")
    if a.where:
        _narrative(etree.SubElement(etree.SubElement(node, "location"), "name"), a.where)
    if a.sector:
        etree.SubElement(node, "sector", vocabulary="1", code=a.sector)
    etree.SubElement(node, "default-flow-type", code=_FLOW)
    etree.SubElement(node, "default-finance-type", code=_FINANCE)
    for value in a.values:
        _budget(node, value, committed=a.state not in ("proposed", "cancelled"))
    for movement in a.movements:
        _transaction(node, movement, a)
    for outcome in a.outcomes:
        _result(node, outcome)
    if a.registration or a.registered_from or a.registered_until:
        own = etree.SubElement(node, f"{_OWN}registration")
        _set(own, number=a.registration, **{"from": a.registered_from, "until": a.registered_until})
    for step in a.steps:
        _step(node, step)
    return node


def _budget(node: etree._Element, value: Value, committed: bool) -> None:
    budget = etree.SubElement(node, "budget", type="1", status="2" if committed else "1")
    budget.set(f"{_OWN}kind", value.kind)
    first = datetime.date(value.year, 1, 1)
    etree.SubElement(budget, "period-start", {"iso-date": first.isoformat()})
    etree.SubElement(budget, "period-end", {"iso-date": datetime.date(value.year, 12, 31).isoformat()})
    _amount(budget, value.amount, value.currency, first)


def _transaction(node: etree._Element, m: Movement, a: Activity) -> None:
    row = etree.SubElement(node, "transaction")
    row.set(f"{_OWN}kind", m.kind)
    etree.SubElement(row, "transaction-type", code=TRANSACTIONS[m.what])
    etree.SubElement(row, "transaction-date", {"iso-date": m.on.isoformat()})
    _amount(row, m.amount, m.currency, m.on)
    if m.note:
        _narrative(etree.SubElement(row, "description"), m.note)
    if m.what == "received":
        _org(row, "provider-org", a.donor)
        if a.receiver is not None:
            _org(row, "receiver-org", a.receiver)
    elif a.receiver is not None:
        _org(row, "provider-org", a.receiver)


def _result(node: etree._Element, o: Outcome) -> None:
    """An output. What has numbers is counted in units; what has only words is a qualitative indicator."""
    counted = any(v is not None for v in (o.baseline, o.target, o.actual))
    result = etree.SubElement(node, "result", {"type": "1", "aggregation-status": "0"})
    _narrative(etree.SubElement(result, "title"), o.title)
    if o.words:
        _narrative(etree.SubElement(result, "description"), o.words)
    indicator = etree.SubElement(result, "indicator", measure="1" if counted else "5")
    _narrative(etree.SubElement(indicator, "title"), o.title)
    if o.unit:
        _narrative(etree.SubElement(indicator, "description"), o.unit)
    if o.baseline is not None:
        year = o.baseline_year or (o.first.year if o.first else None)
        if year is not None:
            etree.SubElement(indicator, "baseline", year=str(year), value=_number(o.baseline))
    if o.first is not None and o.last is not None:
        period = etree.SubElement(indicator, "period")
        etree.SubElement(period, "period-start", {"iso-date": o.first.isoformat()})
        etree.SubElement(period, "period-end", {"iso-date": o.last.isoformat()})
        if o.target is not None:
            etree.SubElement(period, "target", value=_number(o.target))
        if o.actual is not None:
            etree.SubElement(period, "actual", value=_number(o.actual))


def _step(node: etree._Element, s: Step) -> None:
    own = etree.SubElement(node, f"{_OWN}step")
    _set(own, what=s.what, on=s.on, number=s.number, body=s.body, basis=s.basis)
    if s.note:
        own.text = _text(s.note)


def _set(node: etree._Element, **values: str | datetime.date | None) -> None:
    for name, value in values.items():
        if value:
            node.set(name, value.isoformat() if isinstance(value, datetime.date) else _text(value))


def _org(node: etree._Element, name: str, org: Org) -> etree._Element:
    found = etree.SubElement(node, name)
    if org.ref:
        found.set("ref", _text(org.ref))
    if org.type:
        found.set("type", org.type)
    return _narrative(found, org.name) if org.name else found


def _narrative(node: etree._Element, text: str, language: str = "") -> etree._Element:
    row = etree.SubElement(node, "narrative")
    row.text = _text(text)
    if language:
        row.set(_LANG, language)
    return node


def _amount(node: etree._Element, amount: Decimal, currency: str, day: datetime.date) -> None:
    etree.SubElement(node, "value", {"currency": currency, "value-date": day.isoformat()}).text = _number(amount)


def _number(value: Decimal) -> str:
    """A number as IATI writes it: a point, no exponent, no noughts at the end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(text: str) -> str:
    """Text that XML can hold and that reads the same afterwards."""
    return _UNWRITABLE.sub("", strip_control(text, newlines=True)).strip()


def _moment(when: datetime.datetime) -> str:
    return when.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_bytes(root: etree._Element) -> bytes:
    """A parsed file in UTF-8, with its lines as they were."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
