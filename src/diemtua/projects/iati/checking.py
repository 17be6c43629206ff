"""A file held against the official schema and ruleset of IATI 2.03 (`reference/`, © IATI Secretariat, MIT).

The rules are data: XPath expressions under a context, each of one of the kinds that the ruleset specification
(<https://github.com/IATI/IATI-Rulesets>) names. Every kind that the ruleset of activities uses is a function below.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

_REFERENCE = Path(__file__).with_name("reference")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Rules that need the lists of registered agencies and organisations, which change daily: the validator of IATI
# holds files against them, this program does not.
_NEEDS_LISTS = "idCondition"


@dataclass(frozen=True)
class Problem:
    """What a file does against schema (`code` empty) or rule. `message` is IATI's own, in English."""

    line: int
    message: str
    code: str = ""
    severity: str = "error"


def problems(root: etree._Element, today: datetime.date) -> list[Problem]:
    """Everything that schema and rules find wrong; an empty list is a file that passes."""
    return [*schema_problems(root), *rule_problems(root, today)]


# --- schema ---------------------------------------------------------------------------------------


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_REFERENCE / "iati-activities-schema.xsd")))


def schema_problems(root: etree._Element) -> list[Problem]:
    schema = _schema()
    if schema.validate(root):
        return []
    return [Problem(e.line, e.message) for e in schema.error_log]


# --- rules ----------------------------------------------------------------------------------------

Case = dict[str, Any]


@cache
def _rules() -> dict[str, dict[str, dict[str, list[Case]]]]:
    return json.loads((_REFERENCE / "ruleset.json").read_text(encoding="utf-8"))


def rule_problems(root: etree._Element, today: datetime.date) -> list[Problem]:
    found = []
    for context, rules in _rules().items():
        for node in root.xpath(context):
            for name, rule in rules.items():
                for case in rule["cases"]:
                    found += [_problem(node, case) for case in _broken(name, node, case, today)]
    return found


def _problem(node: etree._Element, case: Case) -> Problem:
    info = case.get("ruleInfo", {})
    return Problem(node.sourceline or 0, info.get("message", ""), info.get("id", ""), info.get("severity", "error"))


def _broken(name: str, node: etree._Element, case: Case, today: datetime.date) -> Iterator[Case]:
    """The case itself where the node breaks it; of a loop, the inner cases that are broken."""
    if name == "loop":
        for value in dict.fromkeys(str(v) for v in node.xpath(case["foreach"])):
            for inner, rule in case["do"].items():
                for raw in rule["cases"]:
                    yield from _broken(inner, node, _put_in(raw, case["subs"], value), today)
        return
    if _NEEDS_LISTS in case:
        return
    if (condition := case.get("condition")) and not node.xpath(f"boolean({condition})"):
        return
    if not _KINDS[name](node, case, today):
        yield case


def _put_in(case: Case, names: list[str], value: str) -> Case:
    """The case with `$1` replaced by the value of the loop."""
    filled = dict(case)
    # `condition` is written with $1 too, whether or not `subs` names it.
    for name in {*names, "condition"} & case.keys():
        old = case[name]
        filled[name] = [o.replace("$1", value) for o in old] if isinstance(old, list) else old.replace("$1", value)
    return filled


def _texts(node: etree._Element, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        for hit in node.xpath(path):
            found.append("".join(hit.itertext()) if isinstance(hit, etree._Element) else str(hit))
    return found


def _days(node: etree._Element, path: str, today: datetime.date) -> list[datetime.date]:
    if path == "NOW":
        return [today]
    days = []
    for text in _texts(node, [path]):
        try:
            days.append(datetime.date.fromisoformat(text.strip()[:10]))
        except ValueError:
            continue
    return days


def _at_least_one(node: etree._Element, case: Case, today: datetime.date) -> bool:
    return any(node.xpath(path) for path in case["paths"])


def _no_more_than_one(node: etree._Element, case: Case, today: datetime.date) -> bool:
    return sum(len(node.xpath(path)) for path in case["paths"]) <= 1


def _one_or_all(node: etree._Element, case: Case, today: datetime.date) -> bool:
    """Either the whole says it, or each of its parts does."""
    if node.xpath(case["one"], namespaces={"xml": "http://www.w3.org/XML/1998/namespace"}):
        return True
    parts, says = {
        "lang": (".//narrative", lambda n: n.get(_LANG)),
        "currency": (".//value", lambda n: n.get("currency")),
        "sector": ("transaction", lambda n: n.find("sector") is not None),
    }[case["all"]]
    return all(says(part) for part in node.xpath(parts))


def _date_order(node: etree._Element, case: Case, today: datetime.date) -> bool:
    later = _days(node, case["more"], today)
    return all(a <= b for a in _days(node, case["less"], today) for b in later)


def _date_now(node: etree._Element, case: Case, today: datetime.date) -> bool:
    return all(day <= today for day in _days(node, case["date"], today))


def _time_limit(node: etree._Element, case: Case, today: datetime.date) -> bool:
    """A period is no longer than a year."""
    pairs = zip(_days(node, case["start"], today), _days(node, case["end"], today), strict=False)
    return all((end - start).days <= 366 for start, end in pairs)


def _regex(node: etree._Element, case: Case, today: datetime.date) -> bool:
    return all(re.search(case["regex"], text) for text in _texts(node, case["paths"]))


def _no_spaces(node: etree._Element, case: Case, today: datetime.date) -> bool:
    return all(text == text.strip() for text in _texts(node, case["paths"]))


def _starts_with(node: etree._Element, case: Case, today: datetime.date) -> bool:
    prefixes = [f"{p}{case.get('separator', '')}" for p in _texts(node, case["prefix"])]
    return all(any(text.startswith(p) for p in prefixes) for text in _texts(node, case["paths"]))


def _unique(node: etree._Element, case: Case, today: datetime.date) -> bool:
    found = _texts(node, case["paths"])
    return len(found) == len(set(found))


def _strict_sum(node: etree._Element, case: Case, today: datetime.date) -> bool:
    numbers = [_decimal(t) for t in _texts(node, case["paths"])]
    return not numbers or sum((n for n in numbers if n is not None), Decimal(0)) == Decimal(str(case["sum"]))


def _range(node: etree._Element, case: Case, today: datetime.date) -> bool:
    numbers = [_decimal(t) for t in _texts(node, case["paths"])]
    return all(n is not None and case["min"] <= n <= case["max"] for n in numbers)


def _if_then(node: etree._Element, case: Case, today: datetime.date) -> bool:
    return not node.xpath(f"boolean({case['if']})") or bool(node.xpath(f"boolean({case['then']})"))


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


_KINDS: dict[str, Callable[[etree._Element, Case, datetime.date], bool]] = {
    "atleast_one": _at_least_one,
    "no_more_than_one": _no_more_than_one,
    "one_or_all": _one_or_all,
    "date_order": _date_order,
    "date_now": _date_now,
    "time_limit": _time_limit,
    "regex_matches": _regex,
    "no_spaces": _no_spaces,
    "startswith": _starts_with,
    "unique": _unique,
    "strict_sum": _strict_sum,
    "range": _range,
    "if_then": _if_then,
}
