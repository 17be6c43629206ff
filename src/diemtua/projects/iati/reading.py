"""An IATI 2.03 file into activities: files written here come back unchanged, those of others as far as they go."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from .activity import (
    DATES,
    KINDS,
    NAMESPACE,
    STATE,
    STATUS,
    TRANSACTIONS,
    Activity,
    Movement,
    Org,
    Outcome,
    Step,
    Value,
)

MOST_BYTES = 20 * 1024 * 1024
MOST_ACTIVITIES = 5_000
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OWN = f"{{{NAMESPACE}}}"
_CURRENCY = re.compile(r"[A-Z]{3}")
_SECTOR = re.compile(r"[0-9]{5}")


class NoIati(ValueError):
    """A file that cannot be read as IATI 2.0x activities. `str(error)` is a sentence for the user."""


@dataclass
class Found:
    """One activity of a file, and in sentences what of it was passed over."""

    activity: Activity
    line: int
    passed_over: list[str] = field(default_factory=list)


def parse(data: bytes) -> etree._Element:
    """The root of a file. Nothing outside the file is ever opened and no entity is put in. Raises NoIati."""
    if len(data) > MOST_BYTES:
        raise NoIati(_("The file is larger than 20 MB. Split it into several files."))
    # Entities are refused and not only left out: a file that needs them is no data, and may be made to do harm.
    if b"<!DOCTYPE" in data[:4096].upper() or b"<!ENTITY" in data.upper():
        raise NoIati(_("The file declares a document type or entities. IATI files do not; save it without them."))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise NoIati(_("This is no XML file, or it is damaged: look at line %(line)s.") % {"line": line}) from error
    if root.tag != "iati-activities":
        raise NoIati(
            _("This is no file of IATI activities: it begins with “%(tag)s”, not with “iati-activities”.")
            % {"tag": str(root.tag)[:60]}
        )
    if not root.get("version", "").startswith("2."):
        raise NoIati(
            _("This file is in version %(version)s of IATI. Ask for it in version 2.03.")
            % {"version": root.get("version") or "1"}
        )
    return root


def read(root: etree._Element) -> list[Found]:
    """All activities of a parsed file. Raises NoIati where there are none, or too many."""
    nodes = root.findall("iati-activity")
    if not nodes:
        raise NoIati(_("The file holds no activity."))
    if len(nodes) > MOST_ACTIVITIES:
        raise NoIati(_("The file holds more than 5,000 activities. Split it into several files."))
    return [_Reader(node).found() for node in nodes]


class _Reader:
    def __init__(self, node: etree._Element) -> None:
        self.node = node
        self.language = (node.get(_LANG) or "").lower()[:2]
        self.currency = (node.get("default-currency") or "").upper()
        self.passed_over: list[str] = []

    def found(self) -> Found:
        node = self.node
        state = self._state()
        own = node.find(f"{_OWN}registration")
        form = node.get(f"{_OWN}form") or ("emergency" if node.get("humanitarian") in ("1", "true") else "")
        title, foreign = self._titles(node.find("title"))
        dates: dict[str, Any] = {name: self._date(code) for name, code in DATES.items()}
        activity = Activity(
            identifier=_stripped(node.findtext("iati-identifier")),
            title=title,
            title_foreign=foreign,
            purpose=self._purpose(),
            state=state,
            reporter=self._org(node.find("reporting-org")) or Org(""),
            donor=self._participant("1") or Org(""),
            manager=self._participant("2"),
            receiver=self._participant("4"),
            form=form,
            sector=self._sector(),
            where=self._narrative(node.find("location/name")),
            language=self.language or "vi",
            registration=own.get("number", "") if own is not None else "",
            registered_from=_day(own.get("from")) if own is not None else None,
            registered_until=_day(own.get("until")) if own is not None else None,
            values=tuple(self._values()),
            movements=tuple(self._movements()),
            outcomes=tuple(self._outcomes()),
            steps=tuple(self._steps()),
            **dates,
        )
        return Found(activity, node.sourceline or 0, self.passed_over)

    # --- texts --------------------------------------------------------------------------------------

    def _narratives(self, node: etree._Element | None) -> list[tuple[str, str]]:
        """(language, text) of each narrative that says something."""
        if node is None:
            return []
        rows = [
            (n.get(_LANG, self.language).lower()[:2], _stripped("".join(n.itertext())))
            for n in node.findall("narrative")
        ]
        return [r for r in rows if r[1]]

    def _narrative(self, node: etree._Element | None) -> str:
        """The Vietnamese narrative where there is one, else the first."""
        rows = self._narratives(node)
        return next((text for language, text in rows if language == "vi"), rows[0][1] if rows else "")

    def _titles(self, node: etree._Element | None) -> tuple[str, str]:
        """(title, English title where it is another one)."""
        title = self._narrative(node)
        english = next((t for language, t in self._narratives(node) if language == "en"), "")
        return title, "" if english == title else english

    def _purpose(self) -> str:
        """The general description, and after it the objectives and the people meant."""
        rows = self.node.findall("description")
        rows.sort(key=lambda n: n.get("type") or "1")
        return "\n\n".join(filter(None, (self._narrative(row) for row in rows)))

    # --- organisations ------------------------------------------------------------------------------

    def _org(self, node: etree._Element | None) -> Org | None:
        if node is None:
            return None
        ref, name = _stripped(node.get("ref")), self._narrative(node)
        return Org(name or ref, ref, _stripped(node.get("type"))) if name or ref else None

    def _participant(self, role: str) -> Org | None:
        found = [o for n in self.node.findall("participating-org") if n.get("role") == role and (o := self._org(n))]
        if len(found) > 1:
            self._pass(
                _("Of several organisations with the same role, the first is taken: %(name)s."), name=found[0].name
            )
        return found[0] if found else None

    # --- facts --------------------------------------------------------------------------------------

    def _state(self) -> str:
        node = self.node.find("activity-status")
        code = node.get("code", "") if node is not None else ""
        own = node.get(f"{_OWN}state", "") if node is not None else ""
        # Ours counts only while it says the same as the code: somebody may have changed the code since.
        return own if STATUS.get(own) == code else STATE.get(code, "proposed")

    def _date(self, code: str) -> datetime.date | None:
        for node in self.node.findall("activity-date"):
            if node.get("type") == code:
                return _day(node.get("iso-date"))
        return None

    def _sector(self) -> str:
        rows = [n for n in self.node.findall("sector") if n.get("vocabulary", "1") in ("1", "")]
        rows.sort(key=lambda n: -(_decimal(n.get("percentage")) or Decimal(100)))
        if len(rows) > 1:
            self._pass(_("Of several sectors, the largest is taken."))
        code = _stripped(rows[0].get("code")) if rows else ""
        return code if _SECTOR.fullmatch(code) else ""

    def _money(self, node: etree._Element) -> tuple[Decimal, str] | None:
        """Amount and currency of a value; None, with a sentence, where one of them is missing."""
        value = node.find("value")
        amount = _decimal(value.text) if value is not None else None
        currency = (value.get("currency") or self.currency).upper() if value is not None else ""
        if amount is None or not _CURRENCY.fullmatch(currency):
            self._pass(_("A value without an amount or a currency is left out (line %(line)s)."), line=node.sourceline)
            return None
        return amount, currency

    def _values(self) -> Iterator[Value]:
        for node in self.node.findall("budget"):
            first = _day(_attribute(node, "period-start", "iso-date"))
            money = self._money(node)
            if money is None:
                continue
            if first is None or money[0] < 0:
                self._pass(
                    _("A budget without a first day, or below zero, is left out (line %(line)s)."), line=node.sourceline
                )
                continue
            yield Value(first.year, _kind(node), *money)

    def _movements(self) -> Iterator[Movement]:
        what = {code: name for name, code in TRANSACTIONS.items()}
        other = 0
        for node in self.node.findall("transaction"):
            code = _attribute(node, "transaction-type", "code")
            on = _day(_attribute(node, "transaction-date", "iso-date"))
            if code not in what or on is None:
                other += 1
                continue
            if (money := self._money(node)) is None:
                continue
            yield Movement(what[code], on, _kind(node), *money, note=self._narrative(node.find("description")))
        if other:
            self._pass(
                _("%(count)s transactions that are neither disbursement nor expenditure are left out."), count=other
            )

    def _outcomes(self) -> Iterator[Outcome]:
        for node in self.node.findall("result"):
            heading, words = self._narrative(node.find("title")), self._narrative(node.find("description"))
            for indicator in node.findall("indicator"):
                name = self._narrative(indicator.find("title"))
                period = indicator.find("period")
                baseline = indicator.find("baseline")
                year = _stripped(baseline.get("year")) if baseline is not None else ""
                yield Outcome(
                    title=name if name == heading or not heading else f"{heading}: {name}" if name else heading,
                    unit=self._narrative(indicator.find("description")),
                    baseline=_decimal(baseline.get("value")) if baseline is not None else None,
                    baseline_year=int(year) if year.isdecimal() and len(year) == 4 else None,
                    first=_day(_attribute(period, "period-start", "iso-date")),
                    last=_day(_attribute(period, "period-end", "iso-date")),
                    target=_decimal(_attribute(period, "target", "value")),
                    actual=_decimal(_attribute(period, "actual", "value")),
                    words=words,
                )

    def _steps(self) -> Iterator[Step]:
        for node in self.node.findall(f"{_OWN}step"):
            if (on := _day(node.get("on"))) is None:
                continue
            texts = {name: node.get(name, "") for name in ("number", "body", "basis")}
            yield Step(what=node.get("what", ""), on=on, note=_stripped(node.text), **texts)

    def _pass(self, sentence: str, **values: object) -> None:
        self.passed_over.append(sentence % values if values else sentence)


def _attribute(node: etree._Element | None, child: str, name: str) -> str:
    found = node.find(child) if node is not None else None
    return found.get(name, "") if found is not None else ""


def _kind(node: etree._Element) -> str:
    kind = node.get(f"{_OWN}kind", "money")
    return kind if kind in KINDS else "money"


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _day(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None


def _decimal(text: str | None) -> Decimal | None:
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
