"""From the words of a document to markets of the register, and back."""

from __future__ import annotations

from typing import Any

from diemtua.markets.actions import update_market
from diemtua.markets.models import Market
from diemtua.parties.models import Party
from diemtua.register import write
from diemtua.sources.actions import accept_document, create_document, mend, propose, read_text
from diemtua.sources.models import Document, Proposal
from diemtua.sources.reader.facts import Reading

from .test_proposals import ARTICLE, TOLD, markets, read

READING = read(ARTICLE, *markets(*TOLD))
LATER = read(f"{ARTICLE} Tin sau.", *markets(*TOLD))


def paper(staff: Any, title: str, reading: Reading) -> Document:
    """A document with its reading, all of it to be decided."""
    fields = {"title": title, "unit": staff.unit}
    document = create_document(actor=staff.officer, fields=fields, content=read_text(reading.text))
    propose(document=document, reading=reading, actor=staff.officer)
    return document


def test_accepted_markets_stand_with_their_sentence(places: None, staff: Any) -> None:
    document = paper(staff, "Bản tin thử", READING)
    done = accept_document(document=document, actor=staff.officer)
    assert done.left == []
    assert {(m.record.title, m.standing, m.country_id, m.bloc_id, str(m.exporter)) for m in Market.objects.all()} == {
        ("Thị trường Trung Quốc", "traditional", "CN", None, "Tỉnh Thái Bình"),
        ("Thị trường Hàn Quốc", "traditional", "KR", None, "Tỉnh Thái Bình"),
        ("Thị trường EU", "traditional", None, "EU", "Tỉnh Thái Bình"),
        ("Thị trường ASEAN", "traditional", None, "ASEAN", "Tỉnh Thái Bình"),
        ("Thị trường Nam Mỹ", "new", None, "005", "Tỉnh Thái Bình"),
        ("Thị trường Châu Phi", "new", None, "002", "Tỉnh Thái Bình"),
        ("Thị trường Trung Đông", "new", None, None, "Tỉnh Thái Bình"),
    }
    for market in Market.objects.all():
        proofs = list(market.record.evidence.all())
        assert {e.field for e in proofs} >= {"title", "standing", "exporter"}
        assert {e.quote for e in proofs} == {READING.text}
    propose(document=document, reading=READING, actor=staff.officer)
    assert not Proposal.objects.filter(state="open").exists(), "read again, nothing is new"
    write.undo_batch(done.batch, actor=staff.officer)
    assert not Market.objects.live().exists()
    assert Proposal.objects.filter(state="open").exists()


def test_a_market_that_stands_is_proved_and_not_doubled(places: None, staff: Any) -> None:
    first = paper(staff, "Bản tin thử", READING)
    accept_document(document=first, actor=staff.officer)
    before = Market.objects.count()
    second = paper(staff, "Bản tin sau", LATER)
    accept_document(document=second, actor=staff.officer)
    assert Market.objects.count() == before
    china = Market.objects.get(country="CN")
    assert {e.source_id for e in china.record.evidence.filter(field="standing")} == {first.pk, second.pk}


def test_another_standing_waits_for_the_officer(places: None, staff: Any) -> None:
    """The register says that exports go there, the document that they long have: nothing is changed unasked."""
    accept_document(document=paper(staff, "Bản tin thử", READING), actor=staff.officer)
    china = Market.objects.get(country="CN")
    update_market(china, actor=staff.officer, standing="ongoing")
    done = accept_document(document=paper(staff, "Bản tin sau", LATER), actor=staff.officer)
    china.refresh_from_db()
    assert china.standing == "ongoing"
    assert [p.field for p, _sentence in done.left] == ["standing"]


def test_a_mended_standing_is_that_of_the_new_market(places: None, staff: Any) -> None:
    document = paper(staff, "Bản tin thử", READING)
    standing = Proposal.objects.get(subject__title="Thị trường Trung Quốc", field="standing")
    mend(proposal=standing, value="ongoing", actor=staff.officer)
    assert Market.objects.get(country="CN").standing == "ongoing"
    assert document.pk == Market.objects.get().record.evidence.filter(field="standing").get().source_id


def test_a_company_gets_its_market(places: None, staff: Any) -> None:
    text = "{ORG#co|Công ty Sao Hôm} ở {VN_LOCALITY#tb=Thái Bình|Thái Bình} xuất khăn sang {COUNTRY#jp=JP|Nhật Bản}."
    document = paper(staff, "Tin doanh nghiệp", read(text, *markets(("jp", "ongoing"), to="co")))
    accept_document(document=document, actor=staff.officer)
    company = Party.objects.get(record__title="Công ty Sao Hôm")
    assert [m.country_id for m in company.markets.all()] == ["JP"]
