"""Which party a mention means, and what is proposed with it: its kind, country and place."""

from __future__ import annotations

from typing import Any

from diemtua.kit.text import fold
from diemtua.places.models import AdminUnit
from diemtua.sources.proposing import Sheet, Thing
from diemtua.sources.reader import facts
from diemtua.sources.reader.facts import Mention

from .. import rules
from ..models import Party
from .places import VIETNAM, places_of

Kind = Party.Kind


def own(sheet: Sheet) -> Thing | None:
    """Our own province, where the document is of it; None for papers of others."""
    if "parties.own" not in sheet.memo:
        unit = _own_home(sheet)
        mention = next((m for m in sheet.mentions(facts.VN_LOCALITY) if m.norm == sheet.home), None)
        sheet.memo["parties.own"] = _province(sheet, unit, mention) if unit is not None else None
    return sheet.memo["parties.own"]


def _own_home(sheet: Sheet) -> AdminUnit | None:
    places = places_of(sheet)
    unit = places.province(sheet.home)
    return unit if unit is not None and unit.pk in places.own else None


def is_own(thing: Thing) -> bool:
    """Whether the document itself shows that a party is of our own province."""
    return bool(thing.clues.get("own"))


def is_ours(sheet: Sheet, mention: Mention) -> bool:
    """Whether a mention is of our own province or one of its bodies; proposes nothing."""
    if mention.type == facts.VN_LOCALITY and mention.norm:
        unit = places_of(sheet).province(str(mention.norm))
        return unit is not None and unit.pk in places_of(sheet).own
    if mention.type == facts.ORG:
        return _own_home(sheet) is not None and _is_of_home(sheet, _body_name(sheet, mention)[0])
    return False


def party(sheet: Sheet, mention: Mention) -> Thing | None:
    """The party that a mention means, proposed if it is not yet; None for what can be no party."""
    make = _MAKERS.get(mention.type)
    if make is None:
        return None
    known: dict[tuple[str, str], Thing | None] = sheet.memo.setdefault("parties.things", {})
    key = (mention.type, sheet.group(mention))
    if key not in known:
        known[key] = make(sheet, mention)
    return known[key]


def proposed(sheet: Sheet, mention: Mention) -> Thing | None:
    """The party that a mention means, where it is proposed already."""
    return sheet.memo.get("parties.things", {}).get((mention.type, sheet.group(mention)))


# --- places -----------------------------------------------------------------------------------------


def _needed(kind: Kind, country: str = "", unit: AdminUnit | None = None, **more: Any) -> dict[str, Any]:
    """What is entered together with the record: what the tables know of it needs no decision of its own."""
    found: dict[str, Any] = {"kind": kind.value, "country": country, "place": unit.pk if unit else None, **more}
    return {name: value for name, value in found.items() if value}


def _province(sheet: Sheet, unit: AdminUnit, mention: Mention | None) -> Thing:
    ours = unit.pk in places_of(sheet).own
    return sheet.thing(
        "party",
        f"party:VN:{unit.key}",
        unit.full_name,
        needed=_needed(Kind.LOCALITY, VIETNAM, unit, is_own=ours),
        mention=mention,
        names=[unit.name],
        clues={"unit": unit.pk, "country": VIETNAM, "own": ours},
    )


def _domestic(sheet: Sheet, mention: Mention) -> Thing:
    places = places_of(sheet)
    if (province := places.province(str(mention.norm or ""))) is not None:
        return _province(sheet, province, mention)
    name = sheet.name(mention)
    unit = places.unit(name, country=VIETNAM) or places.unit(mention.quote, country=VIETNAM)
    title = unit.full_name if unit is not None else name
    return sheet.thing(
        "party",
        f"party:VN:{fold(title)}",
        title,
        needed=_needed(Kind.LOCALITY, VIETNAM, unit),
        mention=mention,
        names=[name, rules.without_head(name)],
        clues={"unit": unit.pk if unit else None, "country": VIETNAM},
    )


def _foreign(sheet: Sheet, mention: Mention) -> Thing:
    places = places_of(sheet)
    code, stated = places.said.get(sheet.group(mention), ("", None))
    name = sheet.name(mention)
    bare = rules.without_head(name)
    unit = places.unit(name, country=code, foreign=True) or places.unit(mention.quote, country=code, foreign=True)
    # A bare name out of a list ("các tỉnh A, B") gets the kind that its unit has.
    title = unit.full_name if unit is not None and name == bare and fold(unit.name) == fold(bare) else name
    country = code or (unit.country_id if unit is not None else "")
    thing = sheet.thing(
        "party",
        f"party:{country or '?'}:{fold(bare)}",
        title,
        needed=_needed(Kind.LOCALITY, "" if stated else country, unit),
        mention=mention,
        names=[name, bare, *([unit.name, unit.full_name, unit.name_en] if unit is not None else [])],
        clues={
            "unit": unit.pk if unit else None,
            "country": country,
            "country_name": places.countries.get(country, ""),
        },
    )
    if stated is not None:  # the text says it: a fact with its own words
        sheet.say(thing, "country", code, stated=stated)
    return thing


def _country(sheet: Sheet, mention: Mention) -> Thing | None:
    """The partners in a country as one party, where the document names none of them."""
    code, names = mention.norm, places_of(sheet).countries
    if not isinstance(code, str) or code == VIETNAM or code not in names:
        return None
    name = sheet.name(mention)
    return sheet.thing(
        "party",
        f"party:country:{code}",
        f"Đối tác {name}",
        needed=_needed(Kind.OTHER, code),
        mention=mention,
        names=[f"Đối tác {names[code]}", f"Các đối tác {name}"],
        clues={"country": code, "whole_country": True},
    )


# --- bodies ---------------------------------------------------------------------------------


def _body(sheet: Sheet, mention: Mention) -> Thing | None:
    name, written = _body_name(sheet, mention)
    if rules.is_foreign_body(name):
        return None  # "Hội đồng tỉnh" of a guest: the text tells no more of it
    kind = rules.kind_of_body(name)
    ours = own(sheet) if _is_of_home(sheet, name) else None
    seat = rules.seat_of(name)
    seated = places_of(sheet).province(seat)
    country = _country_of(sheet, mention, name, foreign=bool(seat) and seated is None)
    thing = sheet.thing(
        "party",
        f"party:body:{rules.same_name(name)}",
        name,
        needed=_needed(Kind(kind), country, is_own=ours is not None),
        mention=mention,
        names=[n for n in dict.fromkeys(written) if n != name and not rules.is_bare_body(n)],
        clues={
            "body": True,
            "own": ours is not None,
            "home": sheet.home or "",
            "country": country,
            "seat": seated.pk if seated is not None and ours is None and kind in ("agency", "force") else None,
        },
    )
    if ours is not None:
        sheet.say(thing, "parent", ours, *thing.quotes[:1])
    return thing


def _country_of(sheet: Sheet, mention: Mention, name: str, foreign: bool) -> str:
    """The country that a body's name tells; `foreign`: it is of a province that is none of Vietnam."""
    abroad = next((m.norm for m in sheet.inside(mention, facts.COUNTRY) if m.norm != VIETNAM), None)
    if isinstance(abroad, str):
        return abroad
    if foreign:
        place = next(iter(sheet.inside(mention, facts.FOREIGN_LOCALITY)), None)
        return places_of(sheet).said.get(sheet.group(place), ("", None))[0] if place is not None else ""
    return VIETNAM if rules.is_vietnamese_body(name) else ""


def _body_name(sheet: Sheet, mention: Mention) -> tuple[str, list[str]]:
    """The full name of a body, and all its wordings.

    "Công an tỉnh" and "Sở Ngoại vụ" in a province's paper are those of the province.
    """
    written = [m.quote for m in sheet.same(mention) if m.type == facts.ORG]
    name = rules.written_out(sheet.name(mention))
    home = places_of(sheet).province(sheet.home)
    if home is not None and rules.is_bare_body(name) and not rules.is_foreign_body(name):
        name = f"{name} {home.name}"
    elif home is not None and rules.is_department(name):
        name = f"{name} {home.kind} {home.name}"
    return name, written


def _is_of_home(sheet: Sheet, name: str) -> bool:
    """Whether a body's name says that it is an office or force of the document's own province."""
    home, kind = fold(sheet.home or ""), rules.kind_of_body(name)
    if not home or not fold(name).endswith(f" {home}"):
        return False
    return kind in ("agency", "force") or (kind == Kind.CHAMBER and fold(rules.seat_of(name)) == home)


_MAKERS = {
    facts.VN_LOCALITY: _domestic,
    facts.FOREIGN_LOCALITY: _foreign,
    facts.COUNTRY: _country,
    facts.ORG: _body,
}
