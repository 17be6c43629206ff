"""A small document and the register it is read into: of every kind of proposal one, for tests and pictures.

The park is known with another area, one company twice, one in another park, one not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
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

PUBLISHED = "2024-03-12"


@dataclass(frozen=True)
class Case:
    """One such document; `word` is a part of every name in it, so that several stand beside each other."""

    word: str = "Ngọc"

    @property
    def park(self) -> str:
        return f"Khu công nghiệp Bãi {self.word}"

    @property
    def other_park(self) -> str:
        return f"Khu công nghiệp Đồi {self.word}"

    @property
    def twice(self) -> str:
        return f"Công ty TNHH Sao {self.word}"

    @property
    def moved(self) -> str:
        return f"Công ty Cổ phần Hạt {self.word}"

    @property
    def new(self) -> str:
        return f"Công ty TNHH Bình Minh {self.word}"

    @property
    def person(self) -> str:
        return f"Trần Mẫu {self.word}"

    @property
    def title(self) -> str:
        return f"{self.park} đón ba nhà đầu tư"

    @property
    def text(self) -> str:
        return (
            f"{self.title}\n\nThứ Ba, 12/03/2024 | 09:15\n\n"
            f"{self.park} có diện tích 588 ha. Sáng 12/3, ba nhà đầu tư nhận giấy chứng nhận đăng ký đầu tư.\n\n"
            f"{self.twice} đầu tư vào {self.park}. {self.moved} cũng mở nhà máy thứ hai tại đây.\n\n"
            f"{self.new} đăng ký 25 triệu USD cho nhà máy linh kiện. Ông {self.person}, Giám đốc {self.new}, "
            "cho biết nhà máy chạy thử trong quý IV/2024.\n\nPhóng viên: Mai Thử"
        )

    def reading(self) -> Reading:
        """What a reader would find in the text."""
        return named(
            self.text,
            {
                "park": (facts.PARK, [self.park], None),
                "area": (facts.AREA, ["588 ha"], 588),
                "twice": (facts.ORG, [self.twice], None),
                "moved": (facts.ORG, [self.moved], None),
                "new": (facts.ORG, [self.new], None),
                "money": (facts.MONEY, ["25 triệu USD"], {"amount": 25_000_000, "currency": "USD"}),
                "person": (facts.PERSON, [self.person], None),
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
            published=PUBLISHED,
        )

    def fill_register(self, actor: User | None = None, unit: Any = None) -> None:
        """The records that the document meets."""

        def party(title: str, kind: str, **fields: Any) -> Any:
            return write.create("party", actor=actor, fields={"title": title, "kind": kind, "unit": unit, **fields})

        def zone(title: str) -> Any:
            return write.create("zone", actor=actor, fields={"title": title, "type": "industrial_park", "unit": unit})

        park, other = zone(self.park), zone(self.other_park)
        party(self.twice, "company", tax_code="0100000001")
        party(self.twice, "company", tax_code="0100000002")
        party(self.moved, "company", site=other.record)
        source = create_document(
            actor=actor,
            fields={"title": f"Quyết định thử về {self.park}", "unit": unit, "number": "12/QĐ-THỬ"},
            content=read_text(f"Điều 1. Thành lập {self.park}, diện tích 600 ha."),
        )
        proof = add_evidence(
            record=park.record, actor=actor, source=source.record, field="figures", quote="diện tích 600 ha"
        )
        day = PartialDate.from_iso(PUBLISHED)
        add_figure(
            record=park.record, actor=actor, measure="area", unit="ha", value=Decimal(600), as_of=day, evidence=proof
        )

    def make(self, actor: User | None = None, unit: Any = None) -> Document:
        """The document, read, in the register that it meets; the same one when it is asked for again."""
        have = Record.objects.filter(kind="document", title=self.title).first()
        if have is not None:
            return Document.objects.select_related("record").get(pk=have.pk)
        self.fill_register(actor, unit)
        fields = {"title": self.title, "form": "article", "issuer": "Bản tin Thử", "unit": unit}
        fields["published"] = PartialDate.from_iso(PUBLISHED)
        document = create_document(actor=actor, fields=fields, content=read_text(self.text))
        propose(document=document, reading=self.reading(), actor=actor)
        return document
