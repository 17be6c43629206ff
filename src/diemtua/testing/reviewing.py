"""A small document and the register it is read into: of every kind of proposal one, for tests and pictures.

The park is known with another area, one company twice, one in another park, one not at all.
"""

from __future__ import annotations

from typing import Any

from diemtua.kit.dates import PartialDate
from diemtua.register import write
from diemtua.register.actions import add_evidence, add_figure
from diemtua.register.models import Record, User
from diemtua.sources.actions import create_document, propose, read_text
from diemtua.sources.models import Document
from diemtua.sources.reader import facts
from diemtua.sources.reader.facts import Reading

from .readings import named

TITLE = "Khu công nghiệp Bãi Ngọc đón ba nhà đầu tư"
TEXT = """Khu công nghiệp Bãi Ngọc đón ba nhà đầu tư

Thứ Ba, 12/03/2024 | 09:15

Khu công nghiệp Bãi Ngọc có diện tích 588 ha. Sáng 12/3, ba nhà đầu tư nhận giấy chứng nhận đăng ký đầu tư.

Công ty TNHH Sao Khuê đầu tư vào Khu công nghiệp Bãi Ngọc. Công ty Cổ phần Hạt Vàng cũng mở nhà máy thứ hai tại đây.

Công ty TNHH Bình Minh Đỏ đăng ký 25 triệu USD cho nhà máy linh kiện. Ông Trần Mẫu Hải, Giám đốc Công ty TNHH Bình Minh \
Đỏ, cho biết nhà máy chạy thử trong quý IV/2024.

Phóng viên: Mai Thử"""
PARK = "Khu công nghiệp Bãi Ngọc"
OTHER_PARK = "Khu công nghiệp Đồi Xanh"
TWICE = "Công ty TNHH Sao Khuê"
MOVED = "Công ty Cổ phần Hạt Vàng"
NEW = "Công ty TNHH Bình Minh Đỏ"
PERSON = "Trần Mẫu Hải"


def reading() -> Reading:
    """What a reader would find in the text."""
    return named(
        TEXT,
        {
            "park": (facts.PARK, [PARK], None),
            "area": (facts.AREA, ["588 ha"], 588),
            "twice": (facts.ORG, [TWICE], None),
            "moved": (facts.ORG, [MOVED], None),
            "new": (facts.ORG, [NEW], None),
            "money": (facts.MONEY, ["25 triệu USD"], {"amount": 25_000_000, "currency": "USD"}),
            "person": (facts.PERSON, [PERSON], None),
            "post": (facts.POST, ["Giám đốc"], None),
        },
        [
            (facts.AREA_OF, "area", "park"),
            (facts.INVESTS, "twice", "park", None, "đầu tư vào"),
            (facts.INVESTS, "moved", "park", None, "mở nhà máy thứ hai"),
            (facts.INVESTS, "new", "park", None, "25 triệu USD"),
            (facts.AMOUNT_OF, "money", "new", None, "25 triệu USD"),
            (facts.HOLDS_POST, "person", "post"),
            (facts.POST_AT, "post", "new", None, "Giám đốc"),
        ],
        published="2024-03-12",
    )


def fill_register(actor: User | None = None, unit: Any = None) -> None:
    """The records that the document meets."""

    def party(title: str, kind: str, **fields: Any) -> Any:
        return write.create("party", actor=actor, fields={"title": title, "kind": kind, "unit": unit, **fields})

    park, other = party(PARK, "zone"), party(OTHER_PARK, "zone")
    party(TWICE, "company", tax_code="0100000001")
    party(TWICE, "company", tax_code="0100000002")
    party(MOVED, "company", parent=other)
    source = create_document(
        actor=actor,
        fields={"title": "Quyết định thử về Khu công nghiệp Bãi Ngọc", "unit": unit, "number": "12/QĐ-THỬ"},
        content=read_text("Điều 1. Thành lập Khu công nghiệp Bãi Ngọc, diện tích 600 ha."),
    )
    proof = add_evidence(record=park.record, actor=actor, source=source.record, field="figures", quote="diện tích 600 ha")
    day = PartialDate.from_iso("2024-03-12")
    add_figure(record=park.record, actor=actor, measure="area", unit="ha", value=600, as_of=day, evidence=proof)


def make_case(actor: User | None = None, unit: Any = None) -> Document:
    """The document, read, in a register that it meets; the same one when it is asked for again."""
    have = Record.objects.filter(kind="document", title=TITLE).first()
    if have is not None:
        return Document.objects.select_related("record").get(pk=have.pk)
    fill_register(actor, unit)
    fields = {"title": TITLE, "form": "article", "issuer": "Bản tin Thử", "published": PartialDate.from_iso("2024-03-12")}
    document = create_document(actor=actor, fields={**fields, "unit": unit}, content=read_text(TEXT))
    propose(document=document, reading=reading(), actor=actor)
    return document
