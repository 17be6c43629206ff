"""What documents propose of instruments, and which of the register those are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemtua.instruments import rules
from diemtua.instruments.actions import create_instrument
from diemtua.instruments.proposals import recognise
from diemtua.kit.dates import PartialDate
from diemtua.parties.actions import create_party
from diemtua.register.models import Record
from diemtua.rulebook.queries import codes
from diemtua.sources.proposing import Asked, Candidate, Known, Sheet, Thing, draw_up, stored
from diemtua.testing.readings import marked

HOME = "Thái Bình"
TB = "{VN_LOCALITY#tb=Thái Bình|Thái Bình}"


def sheet_of(text: str, said: Iterable[Any], home: str | None = HOME, published: str = "2023-07-18") -> Sheet:
    return draw_up(marked(text, said, home=home, published=published))


def instruments(sheet: Sheet) -> dict[str, Thing]:
    return {t.title: t for (kind, _key), t in sheet.things.items() if kind == "instrument"}


def said(thing: Thing) -> dict[str, Any]:
    return {f.field: stored(f.value) for f in thing.facts.values() if f.field != "parties"}


def sides(thing: Thing) -> list[tuple[str, str]]:
    return [(f.value["party"].title, f.value["role"]) for f in thing.facts.values() if f.field == "parties"]


def only(sheet: Sheet) -> Thing:
    (thing,) = instruments(sheet).values()
    return thing


# --- agreements ---------------------------------------------------------------------------------------


def test_an_agreement_with_its_sides_day_and_status(places: None) -> None:
    text = (
        TB + " và {FOREIGN_LOCALITY#x|tỉnh Mẫu Xa} ({COUNTRY#la=LA|Lào}) đã ký {DOCUMENT#d|thỏa thuận hợp tác} "
        "ngày {DATE#day=2021-11-04|04/11/2021}."
    )
    told = [
        ("party_to", "tb", "d"),
        ("party_to", "x", "d"),
        ("signed_on", "d", "day"),
        ("cooperates_with", "tb", "x", "signed"),
        ("locality_of", "x", "la"),
    ]
    thing = only(sheet_of(text, told))
    assert (thing.title, thing.needed) == ("Thỏa thuận hợp tác Thái Bình - Mẫu Xa", {"nature": "international"})
    assert said(thing) == {"form": "agreement", "signed": "2021-11-04", "status": "in_force"}
    assert sides(thing) == [("Tỉnh Thái Bình", "party"), ("Tỉnh Mẫu Xa", "party")]
    assert all(f.quotes for f in thing.facts.values())


@pytest.mark.parametrize(
    ("status", "sentence", "expected"),
    [
        ("signed", "đã ký", "in_force"),
        ("planned", "dự kiến ký", "draft"),
        ("ended", "đã hết hạn", "expired"),
        ("ended", "đã chấm dứt", "terminated"),
        ("ongoing", "thực hiện", None),
    ],
)
def test_the_status_that_the_text_states(places: None, status: str, sentence: str, expected: str | None) -> None:
    text = f"{TB} và {{FOREIGN_LOCALITY#x|tỉnh Mẫu Xa}} {sentence} {{DOCUMENT#d|Bản ghi nhớ hợp tác}}."
    told = [("party_to", "tb", "d"), ("party_to", "x", "d"), ("cooperates_with", "tb", "x", status)]
    assert said(only(sheet_of(text, told))).get("status") == expected


def test_a_paper_keeps_its_own_title_and_number(places: None) -> None:
    text = TB + " và {FOREIGN_LOCALITY#x|tỉnh Mẫu Xa} thực hiện {DOCUMENT#d=08/TT-MX|Thỏa thuận số 08/TT-MX}."
    thing = only(sheet_of(text, [("party_to", "tb", "d"), ("party_to", "x", "d")]))
    assert (thing.title, thing.key) == ("Thỏa thuận số 08/TT-MX", "instrument:no:08/TT-MX")
    assert said(thing) == {"form": "agreement", "number": "08/TT-MX"}


def test_one_programme_with_each_of_several_partners(places: None) -> None:
    names = ("Hải Phòng", "Hưng Yên", "Hà Nam")
    marks = ", ".join(f"{{VN_LOCALITY#x{i}={n}|{n}}}" for i, n in enumerate(names))
    text = f"{TB} triển khai chương trình hợp tác với các địa phương đã ký kết ({marks})."
    told = [("cooperates_with", "tb", f"x{i}", "signed") for i in range(3)]
    found = instruments(sheet_of(text, told))
    assert list(found) == [f"Chương trình hợp tác Thái Bình - {n}" for n in names]
    for thing in found.values():
        assert thing.needed == {"nature": "domestic"}
        assert said(thing) == {"form": "domestic_programme", "status": "in_force"}
        assert len(sides(thing)) == 2
    # The same where the paper is a mention of its own.
    text = text.replace("chương trình hợp tác", "{DOCUMENT#d|chương trình hợp tác}")
    papers = [("party_to", "tb", "d"), *(("party_to", f"x{i}", "d") for i in range(3))]
    assert list(instruments(sheet_of(text, [*told, *papers]))) == list(found)


def test_one_paper_of_three_sides(places: None) -> None:
    text = (
        TB
        + ", {FOREIGN_LOCALITY#x|tỉnh Mẫu Xa} và {FOREIGN_LOCALITY#y|tỉnh Mẫu Gần} ký {DOCUMENT#d|thỏa thuận hợp tác}."
    )
    told = [
        *(("party_to", p, "d") for p in ("tb", "x", "y")),
        *(("cooperates_with", a, b, "signed") for a, b in (("tb", "x"), ("tb", "y"), ("x", "y"))),
    ]
    thing = only(sheet_of(text, told))
    assert thing.title == "Thỏa thuận hợp tác Thái Bình - Mẫu Xa - Mẫu Gần"
    assert len(sides(thing)) == 3


@pytest.mark.parametrize("status", ["planned", "ongoing", "negated"])
def test_a_hope_is_no_instrument(places: None, status: str) -> None:
    text = f"{TB} mong ký bản ghi nhớ với {{FOREIGN_LOCALITY#x|tỉnh Mẫu Xa}}."
    assert not instruments(sheet_of(text, [("cooperates_with", "tb", "x", status)]))


def test_what_has_ended_is_one_where_its_form_is_named(places: None) -> None:
    text = f"{TB} và {{FOREIGN_LOCALITY#x|tỉnh Mẫu Xa}} có bản ghi nhớ đã hết hiệu lực."
    thing = only(sheet_of(text, [("cooperates_with", "tb", "x", "ended")]))
    assert (thing.title, said(thing)) == (
        "Bản ghi nhớ hợp tác Thái Bình - Mẫu Xa",
        {"form": "mou", "status": "expired"},
    )
    text = f"{TB} và {{FOREIGN_LOCALITY#x|tỉnh Mẫu Xa}} không còn hợp tác."
    assert not instruments(sheet_of(text, [("cooperates_with", "tb", "x", "ended")]))


def test_agreements_of_others_are_not_ours(places: None) -> None:
    text = (
        "{VN_LOCALITY#na=Nghệ An|Nghệ An} và {FOREIGN_LOCALITY#x|tỉnh Mẫu Xa} đã ký {DOCUMENT#d|bản ghi nhớ}; "
        "{VN_LOCALITY#hp=Hải Phòng|Hải Phòng} đã ký với {FOREIGN_LOCALITY#y|tỉnh Mẫu Gần}."
    )
    told = [
        ("party_to", "na", "d"),
        ("party_to", "x", "d"),
        ("cooperates_with", "na", "x", "signed"),
        ("cooperates_with", "hp", "y", "signed"),
    ]
    assert not instruments(sheet_of(text, told, home=None))


# --- coordination -------------------------------------------------------------------------------------


def test_rules_and_plans_of_coordination(places: None) -> None:
    text = (
        "{ORG#a|Công an tỉnh}, {ORG#b|Bộ đội Biên phòng Thái Bình} phối hợp với {ORG#c|Hải đoàn 38} và "
        "{VN_LOCALITY#hp=Hải Phòng|thành phố Hải Phòng} theo quy chế, kế hoạch phối hợp đã ký kết. " + TB + " họp."
    )
    told = [
        *(("coordinates_with", x, "c") for x in ("a", "b")),
        *(("cooperates_with", x, "hp", "signed") for x in ("a", "b")),
    ]
    found = instruments(sheet_of(text, told))
    assert [said(t) for t in found.values()] == [
        {"form": "coordination_rules", "status": "in_force"},
        {"form": "coordination_plan", "status": "in_force"},
    ]
    for thing in found.values():
        assert thing.needed == {"nature": "coordination"}
        assert {title for title, _role in sides(thing)} == {
            "Công an tỉnh Thái Bình",
            "Bộ đội Biên phòng Thái Bình",
            "Hải đoàn 38",
            "Thành phố Hải Phòng",
        }
    assert next(iter(found)) == "Quy chế phối hợp giữa Công an tỉnh Thái Bình và 3 bên khác"


def test_working_together_alone_is_no_instrument(places: None) -> None:
    text = "{ORG#a|Công an tỉnh} phối hợp chặt chẽ với {ORG#c|Hải đoàn 38}. " + TB
    assert not instruments(sheet_of(text, [("coordinates_with", "a", "c")]))


# --- directives ---------------------------------------------------------------------------------------


def test_a_directive_with_its_issuer(places: None) -> None:
    text = (
        "Quán triệt {DOCUMENT#d=22-NQ/TW|Nghị quyết số 22-NQ/TW} của {ORG#i|Bộ Chính trị} (khóa XI) về hội nhập quốc tế, "
        "các cấp đã vào cuộc."
    )
    thing = only(sheet_of(text, [("issued_by", "d", "i")]))
    assert thing.title == "Nghị quyết số 22-NQ/TW về hội nhập quốc tế"
    assert thing.needed == {"nature": "directive"}
    assert said(thing) == {"form": "resolution", "number": "22-NQ/TW"}
    assert sides(thing) == [("Bộ Chính trị", "issuer")]


@pytest.mark.parametrize(
    ("name", "norm", "issuer"),
    [
        ("Quyết định số 12/QĐ-UBND", "12/QĐ-UBND", "Thủ tướng Chính phủ"),  # an act about one thing
        ("Luật Đầu tư", "", "Quốc hội"),
        ("Nghị quyết số 05/NQ-HĐND", "05/NQ-HĐND", "HĐND tỉnh"),  # our own, not one to carry out
        ("Nghị quyết", "", "Chính phủ"),  # which one?
    ],
)
def test_not_every_act_is_a_directive(places: None, name: str, norm: str, issuer: str) -> None:
    text = f"Căn cứ {{DOCUMENT#d={norm}|{name}}} của {{ORG#i|{issuer}}}. {TB}"
    assert not instruments(sheet_of(text, [("issued_by", "d", "i")]))


# --- recognising --------------------------------------------------------------------------------------


def known(**matches: int) -> Known:
    return Known(Record.objects.live(), datetime.date(2023, 7, 18), matches)


def asked(title: str = "Thỏa thuận X", **clues: Any) -> Asked:
    return Asked("instrument", "instrument:x", title, (), {"nature": "international", **clues})


@pytest.fixture
def pair(db: None) -> tuple[int, int]:
    return tuple(create_party(actor=None, title=f"Bên {n} Thử", kind="locality").pk for n in (1, 2))  # type: ignore[return-value]


def agreed(pair: Sequence[int], **fields: Any) -> int:
    fields = {"title": "Văn kiện cũ", "nature": "international", **fields}
    return create_instrument(actor=None, children={"parties": [{"party": pk} for pk in pair]}, **fields).pk


def candidates(one: Asked, pair: Sequence[int]) -> list[Candidate]:
    found = recognise([one], Known(Record.objects.live(), None, {"a": pair[0], "b": pair[1]}))
    return list(found.get(one.key, []))


def test_recognised_by_number(db: None) -> None:
    pk = create_instrument(actor=None, title="Nghị quyết về hội nhập", nature="directive", number="22-NQ/TW").pk
    assert recognise([asked(number="22-NQ/TW")], known())["instrument:x"] == [Candidate(pk, "number", True, "22-NQ/TW")]
    assert not recognise([asked(number="23-NQ/TW")], known()).get("instrument:x")


def test_recognised_by_sides_and_form(pair: tuple[int, int]) -> None:
    one = asked(parties=["a", "b"], form="mou", signed="2021-11-04")
    assert candidates(one, pair) == []
    pk = agreed(pair, form="mou")
    assert candidates(one, pair) == [Candidate(pk, "same_parties", True)]


@pytest.mark.parametrize(
    ("fields", "sure"),
    [
        ({"form": "agreement"}, False),
        ({"form": ""}, False),
        ({"form": "mou", "signed": "other day"}, False),
        ({"form": "mou", "nature": "domestic"}, None),
        ({"form": "mou", "number": "9/TT"}, None),
    ],
)
def test_what_speaks_against_it(pair: tuple[int, int], fields: dict[str, Any], sure: bool | None) -> None:
    if fields.get("signed"):
        fields = {**fields, "signed": PartialDate.year(2015)}
    agreed(pair, **fields)
    one = asked(parties=["a", "b"], form="mou", signed="2021-11-04", number="1/TT")
    assert [c.sure for c in candidates(one, pair)] == ([] if sure is None else [sure])


def test_sides_that_are_new_have_nothing_yet(pair: tuple[int, int]) -> None:
    agreed(pair, form="mou")
    assert candidates(asked(parties=["a", "c"], form="mou"), pair) == []


# --- tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "abroad", "home"),
    [
        ("Bản ghi nhớ hợp tác", "mou", "mou"),
        ("Biên bản ghi nhớ", "minutes", "minutes"),
        ("thỏa thuận kết nghĩa", "agreement", "domestic_agreement"),
        ("Chương trình hợp tác", "cooperation_programme", "domestic_programme"),
        ("Chương trình hành động", "action_programme", "action_programme"),
        ("Quy chế phối hợp", "coordination_rules", "coordination_rules"),
        ("Ý định thư", "letter_of_intent", "letter_of_intent"),
        ("MOU", "mou", "mou"),
        ("Luật Đầu tư", "", ""),
        ("", "", ""),
    ],
)
def test_forms_by_name(words: str, abroad: str, home: str) -> None:
    assert (rules.form_of(words), rules.form_of(words, at_home=True)) == (abroad, home)


@pytest.mark.parametrize(
    ("sentence", "forms"),
    [
        ("theo quy chế, kế hoạch phối hợp đã ký kết", ["coordination_rules", "coordination_plan"]),
        ("quy chế và chương trình phối hợp", ["coordination_rules", "coordination_programme"]),
        ("đã ký bản ghi nhớ và thỏa thuận", ["mou", "agreement"]),
        ("ký Biên bản ghi nhớ", ["minutes"]),
        ("chương trình hành động của tỉnh, kế hoạch năm 2023", []),
        ("phối hợp chặt chẽ", []),
    ],
)
def test_forms_named_in_a_sentence(sentence: str, forms: list[str]) -> None:
    assert rules.forms_named(sentence) == forms


def test_the_forms_are_in_the_code_list(db: None) -> None:
    listed = {c.code for c in codes("instrument.forms")}
    assert {code for pair in rules.FORMS.values() for code in pair} <= listed
    assert set(rules.COORDINATION_FORMS) | set(rules.DIRECTIVE_FORMS) <= listed


@given(st.text(max_size=300))
def test_any_sentence_is_read(sentence: str) -> None:
    rules.form_of(sentence)
    rules.forms_named(sentence)
    rules.says_signed(sentence)
    assert rules.number_key(rules.number_key(sentence)) == rules.number_key(sentence)


def test_hostile_sentences_end_in_time() -> None:
    for piece in ("quy chế ", "quy chế, ", "kế hoạch và ", "đã a b ký "):
        rules.forms_named(piece * 20_000)
        rules.says_signed(piece * 20_000)
