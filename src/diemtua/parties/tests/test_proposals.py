"""What documents propose of parties and people, and which of the register those are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.parties import rules
from diemtua.parties.actions import create_party, create_person
from diemtua.parties.proposals import recognise_parties, recognise_people
from diemtua.places.models import AdminUnit
from diemtua.places.queries import find
from diemtua.register.models import Record
from diemtua.sources.proposing import Asked, Candidate, Known, Sheet, Thing, draw_up, stored
from diemtua.testing.readings import marked

HOME = "Thái Bình"
DAY = datetime.date(2023, 7, 18)


def sheet_of(
    text: str, said: Iterable[Any] = (), home: str | None = HOME, published: str = "2023-07-18", **norms: Any
) -> Sheet:
    return draw_up(marked(text, said, home=home, published=published, norms=norms))


def things(sheet: Sheet, kind: str = "party") -> dict[str, Thing]:
    return {t.title: t for (k, _key), t in sheet.things.items() if k == kind}


def said(thing: Thing) -> dict[str, Any]:
    """The facts of a thing; of several rows the last."""
    return {f.field: stored(f.value) for f in thing.facts.values()}


def known(day: datetime.date | None = DAY, **matches: int) -> Known:
    return Known(Record.objects.live(), day, matches)


def ask(thing: Thing) -> Asked:
    return Asked(thing.kind, thing.key, thing.title, thing.names, stored(thing.clues))


def recognised(sheet: Sheet, day: datetime.date | None = DAY) -> dict[str, list[Candidate]]:
    """{title: candidates} of the parties of a sheet."""
    parties = things(sheet)
    found = recognise_parties([ask(t) for t in parties.values()], known(day))
    return {title: list({c.record: c for c in found.get(t.key, [])}.values()) for title, t in parties.items()}


def province(name: str, on: datetime.date = DAY) -> AdminUnit:
    unit = find(name, on=on, level="province", country="VN").unit
    assert unit is not None
    return unit


# --- who is proposed ----------------------------------------------------------------------------------

PARTNERS = (
    "{VN_LOCALITY#tb=Thái Bình|Thái Bình} hợp tác với {FOREIGN_LOCALITY#xay|tỉnh Xay Nhạ Bu Ly} ({COUNTRY#la=LA|Lào}), "
    "{FOREIGN_LOCALITY#st|tỉnh Sơn Tây} ({COUNTRY#cn=CN|Trung Quốc}) và các đối tác {COUNTRY#de=DE|Cộng hòa Liên bang "
    "Đức}. {ORG#bo|Bộ Ngoại giao} nhắc tới {VN_LOCALITY#hn=Hà Nam|tỉnh Hà Nam} và {COUNTRY#jp=JP|Nhật Bản}."
)


def test_partners_with_country_and_place(places: None) -> None:
    told = [*(("cooperates_with", "tb", x, "ongoing") for x in ("xay", "st", "de")), ("locality_of", "xay", "la")]
    found = things(sheet_of(PARTNERS, [*told, ("locality_of", "st", "cn")]))
    # Who is only named, without anything said of them, is no party.
    assert set(found) == {"Tỉnh Thái Bình", "Tỉnh Xay Nhạ Bu Ly", "Tỉnh Sơn Tây", "Đối tác Cộng hòa Liên bang Đức"}
    own = found["Tỉnh Thái Bình"]
    assert own.needed == {"kind": "locality", "country": "VN", "place": province(HOME).pk, "is_own": True}
    shanxi = found["Tỉnh Sơn Tây"]
    assert said(shanxi) == {"country": "CN", "is_partner": True}
    assert AdminUnit.objects.get(pk=shanxi.needed["place"]).country_id == "CN"
    assert found["Đối tác Cộng hòa Liên bang Đức"].needed == {"kind": "other", "country": "DE"}
    country = next(f for f in shanxi.facts.values() if f.field == "country")
    assert [q.text for q in country.quotes] == [PARTNER_SENTENCE]


PARTNER_SENTENCE = (
    "Thái Bình hợp tác với tỉnh Xay Nhạ Bu Ly (Lào), tỉnh Sơn Tây (Trung Quốc) và các đối tác Cộng hòa Liên bang Đức."
)


@pytest.mark.parametrize(
    ("status", "proposed", "partner"),
    [
        ("signed", True, True),
        ("ongoing", True, True),
        ("planned", True, False),
        ("ended", True, False),
        ("negated", False, False),
    ],
)
def test_only_who_cooperates_now_is_a_partner(places: None, status: str, proposed: bool, partner: bool) -> None:
    text = "{VN_LOCALITY#tb=Thái Bình|Thái Bình} và {FOREIGN_LOCALITY#x|tỉnh Mẫu Xa} gặp nhau."
    found = things(sheet_of(text, [("cooperates_with", "tb", "x", status)]))
    assert ("Tỉnh Mẫu Xa" in found) is proposed
    assert ("Tỉnh Mẫu Xa" in found and said(found["Tỉnh Mẫu Xa"]).get("is_partner", False)) is partner


def test_a_whole_country_is_no_party_for_a_wish(places: None) -> None:
    text = "{VN_LOCALITY#tb=Thái Bình|Thái Bình} muốn kết nghĩa với một số tỉnh của {COUNTRY#jp=JP|Nhật Bản}."
    assert not things(sheet_of(text, [("cooperates_with", "tb", "jp", "planned")]))


def test_partners_of_others_are_not_ours(places: None) -> None:
    text = "{VN_LOCALITY#na=Nghệ An|Nghệ An} hợp tác với {FOREIGN_LOCALITY#x|tỉnh Mẫu Xa} ({COUNTRY#la=LA|Lào})."
    found = things(sheet_of(text, [("cooperates_with", "na", "x", "signed")], home="Nghệ An"))
    assert "is_own" not in found["Tỉnh Nghệ An"].needed
    assert "is_partner" not in said(found["Tỉnh Mẫu Xa"])


def test_our_province_in_a_paper_of_another(places: None) -> None:
    text = "{VN_LOCALITY#tb=Thái Bình|Thái Bình} hợp tác với {FOREIGN_LOCALITY#x|tỉnh Mẫu Xa}."
    found = things(sheet_of(text, [("cooperates_with", "tb", "x", "signed")], home=None))
    assert found["Tỉnh Thái Bình"].needed["is_own"]
    assert said(found["Tỉnh Mẫu Xa"])["is_partner"]


@pytest.mark.parametrize(
    ("home", "published", "name", "ours"),
    [
        ("Thái Bình", "2023-07-18", "Thái Bình", True),
        ("Hưng Yên", "2023-07-18", "Hưng Yên", False),  # merged with ours only later
        ("Hưng Yên", "2026-01-10", "Hưng Yên", True),
        ("Bắc Ninh", "2026-01-10", "Bắc Ninh", False),
    ],
)
def test_our_province_through_time(places: None, home: str, published: str, name: str, ours: bool) -> None:
    text = f"{{VN_LOCALITY#h={name}|{name}}} hợp tác với {{FOREIGN_LOCALITY#x|tỉnh Mẫu Xa}}."
    found = things(sheet_of(text, [("cooperates_with", "h", "x", "signed")], home=home, published=published))
    assert found[f"Tỉnh {name}"].needed.get("is_own", False) is ours


def test_the_register_knows_better_which_province_is_ours(places: None, settings: Any) -> None:
    settings.HOME_PROVINCE = HOME
    create_party(actor=None, title="Tỉnh Nghệ An", kind="locality", is_own=True, place=province("Nghệ An"))
    text = "{VN_LOCALITY#na=Nghệ An|Nghệ An} hợp tác với {VN_LOCALITY#tb=Thái Bình|Thái Bình}."
    found = things(sheet_of(text, [("cooperates_with", "na", "tb", "signed")], home="Nghệ An"))
    assert found["Tỉnh Nghệ An"].needed["is_own"]
    assert said(found["Tỉnh Thái Bình"]) == {"is_partner": True}


# --- bodies -------------------------------------------------------------------------------------------


def body(words: str, home: str | None = HOME) -> Thing | None:
    text = f"{{ORG#b|{words}}} phối hợp với {{ORG#x|Công ty Mẫu Xa}}. {{VN_LOCALITY#tb=Thái Bình|Thái Bình}}."
    found = things(sheet_of(text, [("coordinates_with", "b", "x")], home=home))
    return next((t for t in found.values() if t.clues.get("body") and t.title != "Công ty Mẫu Xa"), None)


@pytest.mark.parametrize(
    ("words", "title", "kind", "own"),
    [
        ("Công an tỉnh", "Công an tỉnh Thái Bình", "force", True),
        ("Tỉnh ủy", "Tỉnh ủy Thái Bình", "agency", True),
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh Thái Bình", "agency", True),
        ("SỞ NGOẠI VỤ TỈNH THÁI BÌNH", "Sở Ngoại vụ tỉnh Thái Bình", "agency", True),
        ("Sở Công Thương", "Sở Công Thương tỉnh Thái Bình", "agency", True),
        ("Bộ đội Biên phòng Thái Bình", "Bộ đội Biên phòng Thái Bình", "force", True),
        ("Bộ đội Biên phòng tỉnh Nam Định", "Bộ đội Biên phòng tỉnh Nam Định", "force", False),
        ("Bộ Ngoại giao", "Bộ Ngoại giao", "agency", False),
        ("Hải đoàn 38", "Hải đoàn 38", "force", False),
        (
            "Liên hiệp các tổ chức hữu nghị tỉnh Thái Bình",
            "Liên hiệp các tổ chức hữu nghị tỉnh Thái Bình",
            "chamber",
            True,
        ),
        ("Công ty TNHH Mẫu Thái Bình", "Công ty TNHH Mẫu Thái Bình", "company", False),
    ],
)
def test_bodies_by_their_names(places: None, words: str, title: str, kind: str, own: bool) -> None:
    found = body(words)
    assert found is not None
    assert (found.title, found.needed["kind"], found.needed.get("is_own", False)) == (title, kind, own)
    assert ("parent" in said(found)) is own


def test_a_bare_body_of_a_guest_is_none(places: None) -> None:
    assert body("Hội đồng tỉnh") is None
    found = body("Công an tỉnh", home=None)
    assert found is not None
    assert found.title == "Công an tỉnh"
    assert "is_own" not in found.needed


def test_a_force_of_a_partner_is_a_part_of_it(places: None) -> None:
    text = (
        "{ORG#b|Bộ đội Biên phòng tỉnh Nam Định} phối hợp với {ORG#x|Hải đoàn 38}. {VN_LOCALITY#tb=Thái Bình|Thái Bình} "
        "hợp tác với {VN_LOCALITY#nd=Nam Định|tỉnh Nam Định}."
    )
    told = [("coordinates_with", "b", "x"), ("cooperates_with", "tb", "nd", "ongoing")]
    found = things(sheet_of(text, told))
    assert said(found["Bộ đội Biên phòng tỉnh Nam Định"])["parent"] == {"subject": found["Tỉnh Nam Định"].key}


def test_a_force_abroad_is_not_vietnamese(places: None) -> None:
    text = (
        "{ORG#b|Bộ Chỉ huy Quân sự {FOREIGN_LOCALITY#xk|tỉnh Xiêng Mẫu}} phối hợp với {ORG#x|Hải đoàn 38}. "
        "{FOREIGN_LOCALITY#xk|Tỉnh Xiêng Mẫu} ({COUNTRY#la=LA|Lào})."
    )
    found = things(sheet_of(text, [("coordinates_with", "b", "x"), ("locality_of", "xk", "la")]))
    assert found["Bộ Chỉ huy Quân sự tỉnh Xiêng Mẫu"].needed["country"] == "LA"


def test_ministries_are_nobodys_partners(places: None) -> None:
    text = "{VN_LOCALITY#tb=Thái Bình|Thái Bình} phối hợp với {ORG#bo|Bộ Ngoại giao} và {ORG#v|Viện Mẫu Xa}."
    told = [("cooperates_with", "tb", x, "ongoing") for x in ("bo", "v")]
    found = things(sheet_of(text, told))
    assert "is_partner" not in said(found["Bộ Ngoại giao"])
    assert said(found["Viện Mẫu Xa"])["is_partner"]


# --- investors, people -------------------------------------------------------------------------------


def test_people_with_posts_and_ranks(places: None) -> None:
    text = (
        "{POST#r|Đại tá} {PERSON#a|Phạm Thử Biển}, {POST#p|Chỉ huy trưởng} {ORG#b|Bộ Chỉ huy Quân sự tỉnh}; đồng chí "
        "{PERSON#c|Lê Mẫu Núi}, {POST#q|PHÓ BÍ THƯ} {ORG#d|Tỉnh ủy}, {POST#s|Chủ tịch} {ORG#e|HĐND tỉnh}; {POST#t|Giám đốc} "
        "{PERSON#f|Khiêm}.\n{PERSON#g|Dương Thử Bút}"
    )
    told = [
        *(("holds_post", x, y) for x, y in (("a", "r"), ("a", "p"), ("c", "q"), ("c", "s"), ("f", "t"))),
        *(("post_at", x, y) for x, y in (("p", "b"), ("q", "d"), ("s", "e"))),
    ]
    sheet = sheet_of(text, told)
    people = things(sheet, "person")
    assert set(people) == {"Phạm Thử Biển", "Lê Mẫu Núi"}  # no byline, no half a name
    parties = things(sheet)
    rows = [stored(f.value) for f in people["Phạm Thử Biển"].facts.values()]
    seat = {"subject": parties["Bộ Chỉ huy Quân sự tỉnh Thái Bình"].key}
    assert rows == [{"title": "Chỉ huy trưởng", "rank": "Đại tá", "party": seat}]
    titles = [(f.value["title"], f.value["party"].title) for f in people["Lê Mẫu Núi"].facts.values()]
    assert titles == [("Phó bí thư", "Tỉnh ủy Thái Bình"), ("Chủ tịch", "Hội đồng nhân dân tỉnh Thái Bình")]


# --- who they are in the register -----------------------------------------------------------------------


def cooperation(*others: str, kind: str = "VN_LOCALITY") -> Sheet:
    marks = ", ".join(f"{{{kind}#x{i}={name}|{name}}}" for i, name in enumerate(others))
    text = f"{{VN_LOCALITY#tb=Thái Bình|Thái Bình}} hợp tác với {marks}."
    return sheet_of(text, [("cooperates_with", "tb", f"x{i}", "signed") for i in range(len(others))])


def test_recognised_by_place(places: None) -> None:
    party = create_party(actor=None, title="Đất cảng", kind="locality", place=province("Hải Phòng"))
    assert recognised(cooperation("Hải Phòng"))["Thành phố Hải Phòng"] == [Candidate(party.pk, "place", True)]


def test_a_successor_is_offered_and_not_taken(places: None) -> None:
    """Thái Bình of 2023 may be known only as Hưng Yên, which it is since 1/7/2025."""
    heir = create_party(
        actor=None,
        title="Tỉnh Hưng Yên",
        kind="locality",
        is_own=True,
        place=province("Hưng Yên", datetime.date(2026, 1, 1)),
    )
    found = recognised(cooperation("Hưng Yên"))
    assert found["Tỉnh Thái Bình"] == [Candidate(heir.pk, "successor", False, "Thái Bình")]
    # The Hưng Yên of that day is not it either, though it is called the same.
    assert [(c.record, c.sure) for c in found["Tỉnh Hưng Yên"]] == [(heir.pk, False)]


def test_two_records_of_one_name_are_told_apart_by_their_day(places: None) -> None:
    old = create_party(
        actor=None, title="Tỉnh Hưng Yên (trước 01/07/2025)", kind="locality", place=province("Hưng Yên"),
        children={"names": [{"text": "Tỉnh Hưng Yên", "valid_to": datetime.date(2025, 7, 1)}]},
    )  # fmt: skip
    create_party(
        actor=None, title="Tỉnh Hưng Yên (nay)", kind="locality",
        place=province("Hưng Yên", datetime.date(2026, 1, 1)),
        children={"names": [{"text": "Tỉnh Hưng Yên", "valid_from": datetime.date(2025, 7, 1)}]},
    )  # fmt: skip
    found = recognised(cooperation("Hưng Yên"))["Tỉnh Hưng Yên"]
    assert [c.record for c in found if c.sure] == [old.pk]


def test_a_place_of_another_country_is_another(places: None) -> None:
    town = create_party(actor=None, title="Thị xã Sơn Tây", kind="locality", country="VN")
    company = create_party(actor=None, title="Sơn Tây", kind="company", country="CN")
    unsaid = create_party(actor=None, title="Tỉnh Sơn Tây", kind="locality")
    sheet = sheet_of(
        "{VN_LOCALITY#tb=Thái Bình|Thái Bình} hợp tác với {FOREIGN_LOCALITY#st|tỉnh Sơn Tây} ({COUNTRY#cn=CN|Trung Quốc}).",
        [("cooperates_with", "tb", "st", "ongoing"), ("locality_of", "st", "cn")],
    )
    found = recognised(sheet)["Tỉnh Sơn Tây"]
    assert [(c.record, c.sure) for c in found] == [(unsaid.pk, False)]
    assert town.pk != company.pk
    right = create_party(actor=None, title="Tỉnh Sơn Tây (Trung Quốc)", kind="locality", country="CN")
    assert (right.pk, True) in [(c.record, c.sure) for c in recognised(sheet)["Tỉnh Sơn Tây"]]


@pytest.mark.parametrize(
    ("title", "names", "words"),
    [
        ("UBND tỉnh Thái Bình", (), "Ủy ban nhân dân tỉnh"),
        ("Ủy ban nhân dân tỉnh Thái Bình", (), "UBND tỉnh"),
        ("Bộ đội Biên phòng tỉnh Thái Bình", (), "Bộ đội Biên phòng Thái Bình"),
        ("Bộ đội Biên phòng Thái Bình", (), "Bộ đội Biên phòng tỉnh"),
        ("Công an Thái Bình", ("Công an tỉnh Thái Bình",), "Công an tỉnh"),
    ],
)
def test_bodies_are_recognised_in_other_spellings(places: None, title: str, names: Sequence[str], words: str) -> None:
    party = create_party(actor=None, title=title, kind="agency", children={"names": [{"text": n} for n in names]})
    found = body(words)
    assert found is not None
    candidates = recognise_parties([ask(found)], known())[found.key]
    assert (party.pk, True) in [(c.record, c.sure) for c in candidates]


def test_a_name_without_its_tones_is_asked_about(places: None) -> None:
    party = create_party(actor=None, title="Viện Mẫu Xà", kind="university")
    found = body("Viện Mẫu Xa")
    assert found is not None
    assert [(c.record, c.sure) for c in recognise_parties([ask(found)], known())[found.key]] == [(party.pk, False)]


def test_people_share_names(places: None) -> None:
    agency = create_party(actor=None, title="Sở Mẫu", kind="agency")
    director = create_person(
        actor=None, title="Lê Mẫu Núi", children={"posts": [{"title": "Giám đốc", "party": agency}]}
    )
    stranger = create_person(actor=None, title="Lê Mẫu Núi")
    one = Asked("person", "person:le mau nui", "Lê Mẫu Núi", (), {"parties": ["party:x"], "posts": ["pho giam doc"]})
    found = recognise_people([one], Known(Record.objects.live(), DAY, {"party:x": agency.pk}))[one.key]
    assert {(c.record, c.sure) for c in found} == {(director.pk, True), (stranger.pk, False)}
    post = Asked("person", "person:le mau nui", "Lê Mẫu Núi", (), {"posts": ["giam doc"]})
    found = recognise_people([post], known())[post.key]
    assert {c.record for c in found if c.sure} == {director.pk}


# --- tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Công an tỉnh Mẫu", "force"),
        ("Công ty CP Mẫu", "company"),
        ("Bộ Công an", "agency"),
        ("Bộ Chỉ huy Quân sự tỉnh Mẫu", "force"),
        ("Cảnh sát biển", "force"),
        ("Hải quan cửa khẩu Mẫu", "agency"),
        ("Trường Đại học Mẫu", "university"),
        ("Ngân hàng Thế giới", "international"),
        ("Ngân hàng Mẫu Xa", "company"),
        ("Hội Hữu nghị Mẫu", "chamber"),
        ("Tổ chức Mẫu Xa", "ngo"),
        ("Mẫu Xa GmbH", "company"),
        ("Hiệp hội Mẫu", "chamber"),
        ("Mẫu Xa", "other"),
        ("", "other"),
    ],
)
def test_kinds_of_bodies(name: str, kind: str) -> None:
    assert rules.kind_of_body(name) == kind


@pytest.mark.parametrize(
    ("norm", "figure"),
    [
        ({"amount": 120_000_000, "currency": "USD"}, {"value": "120", "unit": "triệu USD"}),
        ({"amount": 1_900_000_000, "currency": "USD"}, {"value": "1900", "unit": "triệu USD"}),
        ({"amount": 640_000, "currency": "USD"}, {"value": "640000", "unit": "USD"}),
        ({"amount": 2_213_988_000_000, "currency": "VND"}, {"value": "2213.988", "unit": "tỷ đồng"}),
        ({"amount": 5_000_000, "currency": "VND"}, {"value": "5", "unit": "triệu đồng"}),
        ({"min": 1.5e9, "max": 2e9, "currency": "USD"}, {"wording": "1,5 - 2 tỷ USD", "unit": "triệu USD"}),
        ({"amount": float("inf"), "currency": "USD"}, None),
        ({"amount": True, "currency": "USD"}, None),
        ({"amount": "mười", "currency": "USD"}, None),
        ({"currency": "USD"}, None),
        (None, None),
    ],
)
def test_figures_of_money(norm: Any, figure: Any) -> None:
    assert rules.figure_of_money(norm, "1,5 - 2 tỷ USD") == figure


@pytest.mark.parametrize(
    ("norm", "figure"),
    [(15.5, {"value": "15.5", "unit": "ha"}), (0.00001, {"value": "0", "unit": "ha"}), (-1, None), (None, None)],
)
def test_figures_of_areas(norm: Any, figure: Any) -> None:
    assert rules.figure_of_area(norm, "15,5 ha") == figure


@given(st.text(max_size=80))
def test_names_of_any_kind_are_read(name: str) -> None:
    rules.kind_of_body(name)
    rules.is_vietnamese_body(name)
    rules.is_bare_body(name)
    rules.seat_of(name)
    assert rules.same_name(rules.same_name(name)) == rules.same_name(name)
    assert rules.lowered(rules.lowered(name)) == rules.lowered(name)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("tỉnh Xay Nhạ Bu Ly", "Xay Nhạ Bu Ly"),
        ("TP. Hải Phòng", "Hải Phòng"),
        ("Bang Sachsen", "Sachsen"),
        ("Yeongju", "Yeongju"),
    ],
)
def test_names_without_their_head(name: str, bare: str) -> None:
    assert rules.without_head(name) == bare
