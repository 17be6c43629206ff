"""The names that this office keeps are known to the reader: of parties, of people, of places as officers call them."""

from __future__ import annotations

from diemtua.parties.actions import create_party, create_person
from diemtua.places.models import Alias, Origin
from diemtua.places.queries import find
from diemtua.register.models import Access
from diemtua.sources import reader
from diemtua.sources.naming import office_lexicon
from diemtua.sources.reader import facts
from diemtua.testing.pages import Staff

WORDS = "Chiều qua, lãnh đạo tỉnh tiếp đoàn Sao Mai Xanh. Sau đó tiếp Mẫu Đơn Đỏ."


def found(kind: str, words: str = WORDS) -> list[str]:
    return [m.quote for m in reader.read_text(words, lexicon=office_lexicon()).mentions if m.type == kind]


def test_parties_and_people_of_the_register(places: None, staff: Staff) -> None:
    assert found(facts.ORG) == []
    create_party(
        actor=staff.officer,
        title="Công ty cổ phần Sao Mai Xanh Toàn Cầu",
        kind="company",
        children={"names": [{"text": "Sao Mai Xanh", "kind": "short"}]},
    )
    create_person(actor=staff.officer, title="Mẫu Đơn Đỏ")
    assert found(facts.ORG) == ["Sao Mai Xanh"]
    assert found(facts.PERSON) == ["Mẫu Đơn Đỏ"]


def test_names_of_restricted_records_tell_nothing(places: None, staff: Staff) -> None:
    create_party(actor=staff.officer, title="Sao Mai Xanh", kind="company", access=Access.UNIT, unit=staff.unit)
    assert found(facts.ORG) == []


def test_places_as_officers_call_them(places: None) -> None:
    words = "Đoàn đã đến Xứ Sương Mù và Yeongju."
    assert found(facts.FOREIGN_LOCALITY, words) == ["Yeongju"]
    unit = find("Yeongju", country="KR").matches[0].unit
    Alias.objects.create(unit=unit, text="Xứ Sương Mù", key="xu suong mu", origin=Origin.OFFICER)
    assert found(facts.FOREIGN_LOCALITY, words) == ["Xứ Sương Mù", "Yeongju"]
