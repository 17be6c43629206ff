"""Precision, recall and F1 of a reading against labelled texts, as the labelling guideline counts them.

A mention is right when its type and both its bounds are. A relation is right when its type, its status and the things
at both its ends are: things, not mentions, for a thing may be named more than once. What the labels call optional, and
places within a longer name, are neither asked for nor counted against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from diemtua.kit.text import nfc
from diemtua.sources.reader import facts
from diemtua.sources.reader.view import lowered

SYMMETRIC = frozenset({facts.COOPERATES, facts.COORDINATES})
HOLDERS = frozenset({facts.ORG, facts.PARK, facts.PROJECT, facts.DOCUMENT, facts.REGION})
WITHIN = facts.PLACES | {facts.ORG, facts.PARK}
GOVERNMENTS = tuple(map(lowered, ("ubnd", "ủy ban nhân", "hđnd", "chính phủ", "chính quyền")))
Text = Mapping[str, Any]


@dataclass
class Score:
    """Counts by type: found and right, found and wrong, missed."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def types(self) -> list[str]:
        return sorted({*self.right, *self.wrong, *self.missed})

    def of(self, *types: str) -> tuple[float, float, float]:
        """(precision, recall, F1) of these types together, or of all; 1 where there was nothing to find or say."""
        chosen = types or tuple(self.types())
        right, wrong, missed = (sum(c[t] for t in chosen) for c in (self.right, self.wrong, self.missed))
        precision = right / (right + wrong) if right + wrong else 1.0
        recall = right / (right + missed) if right + missed else 1.0
        return precision, recall, 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0


def mentions(pairs: Iterable[tuple[Text, Text]]) -> Score:
    """Score of the mentions of (labelled, read) texts."""
    score = Score()
    for gold, read in pairs:
        matched, _classes = _matched(gold, read)
        hit = {id(g) for g in matched.values()}
        for e in read["entities"]:
            g = matched.get(e["id"])
            if g is None:
                score.wrong[e["type"]] += not _is_left_open(e, gold["entities"])
            else:
                score.right[e["type"]] += not _is_open(g)
        for g in gold["entities"]:
            score.missed[g["type"]] += id(g) not in hit and not _is_open(g)
    return score


def norms(pairs: Iterable[tuple[Text, Text]]) -> float:
    """Share of right normal forms among the mentions that were found and have one."""
    right = asked = 0
    for gold, read in pairs:
        matched, _classes = _matched(gold, read)
        by_id = {e["id"]: e for e in read["entities"]}
        for found, g in matched.items():
            if "norm" in g:
                asked += 1
                right += _same_norm(g["norm"], by_id[found].get("norm"))
    return right / asked if asked else 1.0


def relations(pairs: Iterable[tuple[Text, Text]]) -> Score:
    """Score of the relations between things, with their status."""
    score = Score()
    for gold, read in pairs:
        _exact, ends = _matched(gold, read)
        own = {g["id"]: _class_of(g) for g in gold["entities"]}
        seats = _seats(gold["entities"])
        asked = {_key(r, own, seats): r for r in gold["relations"]}
        said = {_key(r, ends, seats) for r in read["relations"] if r["from"] in ends and r["to"] in ends}
        lost = [r["type"] for r in read["relations"] if r["from"] not in ends or r["to"] not in ends]
        open_pairs = {key[:3] for key, r in asked.items() if r.get("optional")}
        sure = {_class_of(g) for g in gold["entities"] if not g.get("optional")}
        doubtful = {_class_of(g) for g in gold["entities"]} - sure
        signed = {key[:3] for key in asked if key[3] == "signed"}
        for key in said:
            if key in asked:
                score.right[key[0]] += not asked[key].get("optional")
            elif not (
                {key[1], key[2]} & doubtful or key[:3] in open_pairs or (key[3] == "ongoing" and key[:3] in signed)
            ):
                score.wrong[key[0]] += 1
        score.wrong.update(lost)
        for key, r in asked.items():
            score.missed[key[0]] += key not in said and not r.get("optional")
    return score


def _class_of(mention: Text) -> str:
    return str(mention.get("ref") or mention["id"])


def _seats(entities: Iterable[Text]) -> dict[str, str]:
    """{a government: the place it governs}, for which it signs."""
    entities = list(entities)
    return {
        _class_of(body): _class_of(place)
        for body in entities
        if body["type"] == facts.ORG and lowered(nfc(body["quote"])).startswith(GOVERNMENTS)
        for place in entities
        if place["type"] in facts.PLACES and body["start"] <= place["start"] and place["end"] <= body["end"]
    }


def _key(relation: Text, ends: Mapping[str, str], seats: Mapping[str, str]) -> tuple[str, str, str, str]:
    one, other = ends[relation["from"]], ends[relation["to"]]
    if relation["type"] in (facts.COOPERATES, facts.PARTY_TO):
        one, other = seats.get(one, one), seats.get(other, other)
    if relation["type"] == facts.MARKET:
        other = ""  # who sells is seldom said
    if relation["type"] in SYMMETRIC:
        one, other = sorted((one, other))
    return relation["type"], one, other, str(relation.get("status") or "")


def _matched(gold: Text, read: Text) -> tuple[dict[str, Text], dict[str, str]]:
    """{id of a mention read: the labelled one it is}, and {id: the thing meant}, where an overlap is enough."""
    exact: dict[str, Text] = {}
    ends: dict[str, str] = {}
    bounds: dict[tuple[str, int, int], Text] = {}
    for g in gold["entities"]:
        for start, end in ((g["start"], g["end"]), *map(tuple, g.get("alt", ()))):
            bounds.setdefault((g["type"], start, end), g)
    for e in read["entities"]:
        g = bounds.get((e["type"], e["start"], e["end"]))
        if g is not None and id(g) not in {id(m) for m in exact.values()}:
            exact[e["id"]] = g
            ends[e["id"]] = _class_of(g)
            continue
        near = [g for g in gold["entities"] if g["type"] == e["type"] and _overlap(g, e) > 0]
        if near:
            ends[e["id"]] = _class_of(max(near, key=lambda g: _overlap(g, e)))
    return exact, ends


def _overlap(a: Text, b: Text) -> int:
    return min(a["end"], b["end"]) - max(a["start"], b["start"])


def _is_open(mention: Text) -> bool:
    return bool(mention.get("optional") or mention.get("nested"))


def _is_left_open(found: Text, labelled: Iterable[Text]) -> bool:
    """Whether the labels do not say that this mention is wrong: an optional one, or a part of a longer name."""
    for g in labelled:
        if g["type"] == found["type"] and g.get("optional") and _overlap(g, found) > 0:
            return True
        longer = g["end"] - g["start"] > found["end"] - found["start"]
        holds = g["start"] <= found["start"] and found["end"] <= g["end"]
        if longer and holds and g["type"] in HOLDERS and found["type"] in WITHIN and g["type"] != found["type"]:
            return True
    return False


def _same_norm(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(found, dict):
        return wanted.keys() == found.keys() and all(_same_norm(wanted[k], found[k]) for k in wanted)
    if isinstance(wanted, (int, float)) and isinstance(found, (int, float)):
        return abs(float(wanted) - float(found)) <= 1e-6 * max(1.0, abs(float(wanted)))
    return str(wanted).casefold() == str(found).casefold()
