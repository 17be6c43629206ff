"""The first real document: its facts, read by hand, accepted on an empty province, each with its sentence.

The article itself is no part of this project; where its text is not at hand the test is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from diemtua.register import write
from diemtua.register.models import Evidence, Record
from diemtua.sources import actions, queries
from diemtua.sources.models import Document, Proposal
from diemtua.sources.text import Read
from diemtua.testing.pages import Staff
from diemtua.testing.readings import named

ARTICLE = Path(__file__).parents[4].parent / "shared" / "facts" / "article-2023-07-18.txt"
pytestmark = pytest.mark.skipif(not ARTICLE.exists(), reason="the article is not at hand")

OWN_FORCES, WITH = ("bchqs", "ca", "bp"), ("haiquan", "csb", "hd38", "bpnd")
NEIGHBOURS = {
    "hp": "Hải Phòng",
    "qn": "Quảng Ninh",
    "hy": "Hưng Yên",
    "hd": "Hải Dương",
    "nd": "Nam Định",
    "hn": "Hà Nam",
}
THINGS: Mapping[str, tuple[str, list[str], Any]] = {
    "tb": ("VN_LOCALITY", ["tỉnh Thái Bình", "Tỉnh Thái Bình", "Thái Bình"], "Thái Bình"),
    "xay": ("FOREIGN_LOCALITY", ["tỉnh Xay Nhạ Bu Ly"], None),
    "yeongju": ("FOREIGN_LOCALITY", ["thành phố Yeongju"], None),
    "sontay": ("FOREIGN_LOCALITY", ["tỉnh Sơn Tây"], None),
    "la": ("COUNTRY", ["Lào"], "LA"),
    "kr": ("COUNTRY", ["Hàn Quốc"], "KR"),
    "cn": ("COUNTRY", ["Trung Quốc"], "CN"),
    "de": ("COUNTRY", ["Cộng hòa Liên bang Đức"], "DE"),
    "jp": ("COUNTRY", ["Nhật Bản"], "JP"),
    "eu": ("REGION", ["EU"], None),
    "asean": ("REGION", ["ASEAN"], None),
    "south": ("REGION", ["Nam Mỹ"], None),
    "africa": ("REGION", ["Châu Phi"], None),
    "nq22": ("DOCUMENT", ["Nghị quyết số 22-NQ/TW"], "22-NQ/TW"),
    "bct": ("ORG", ["Bộ Chính trị"], None),
    "bchqs": ("ORG", ["Bộ Chỉ huy Quân sự tỉnh"], None),
    "ca": ("ORG", ["Công an tỉnh"], None),
    "bp": ("ORG", ["Bộ đội Biên phòng Thái Bình"], None),
    "bchbp": ("ORG", ["Bộ Chỉ huy Bộ đội Biên phòng Thái Bình"], None),
    "haiquan": ("ORG", ["Hải quân"], None),
    "csb": ("ORG", ["Cảnh sát biển"], None),
    "hd38": ("ORG", ["Hải đoàn 38"], None),
    "bpnd": ("ORG", ["Bộ đội Biên phòng tỉnh Nam Định"], None),
    **{ref: ("VN_LOCALITY", [f"thành phố {name}", name], name) for ref, name in NEIGHBOURS.items()},
    "kkt": ("PARK", ["Khu kinh tế Thái Bình"], None),
    "lht": ("PARK", ["Khu công nghiệp Liên Hà Thái"], None),
    "son": ("PERSON", ["Tống Thanh Sơn"], None),
    "daita": ("POST", ["Đại tá"], None),
    "cht": ("POST", ["Chỉ huy trưởng"], None),
    "thanh": ("PERSON", ["Nguyễn Tiến Thành"], None),
    "pbt": ("POST", ["Phó Bí thư thường trực"], None),
    "ct": ("POST", ["Chủ tịch"], None),
    "tu": ("ORG", ["Tỉnh ủy"], None),
    "hdnd": ("ORG", ["HĐND tỉnh"], None),
    "bng": ("ORG", ["Bộ Ngoại giao"], None),
    "ubct": ("ORG", ["Ủy ban Công tác về các tổ chức phi chính phủ nước ngoài"], None),
    "byline": ("PERSON", ["Dương Lễ"], None),
}
ABROAD, AT_SEA, SIX = "đẩy mạnh hợp tác giữa", "phối hợp chặt chẽ", "chương trình hợp tác với các địa phương"
AID, MARKETS = "phối hợp với Bộ Ngoại giao", "thị trường truyền thống"
SAID = [
    *(("cooperates_with", "tb", x, "ongoing", ABROAD) for x in ("xay", "yeongju", "sontay", "de")),
    *(("locality_of", a, b, None, ABROAD) for a, b in (("xay", "la"), ("yeongju", "kr"), ("sontay", "cn"))),
    *(("coordinates_with", a, b, None, AT_SEA) for a in OWN_FORCES for b in WITH),
    *(("cooperates_with", a, "hp", "signed", AT_SEA) for a in OWN_FORCES),
    *(("cooperates_with", "tb", x, "signed", SIX) for x in NEIGHBOURS),
    *(("cooperates_with", "tb", x, "ongoing", AID) for x in ("bng", "ubct")),
    *(("cooperates_with", "tb", x, "planned", "Xúc tiến thiết lập") for x in ("la", "jp", "kr")),
    ("issued_by", "nq22", "bct"),
    *(("holds_post", a, b) for a, b in (("son", "daita"), ("son", "cht"), ("thanh", "pbt"), ("thanh", "ct"))),
    *(("post_at", a, b) for a, b in (("cht", "bchbp"), ("pbt", "tu"), ("ct", "hdnd"))),
    *(("market", x, "tb", "traditional", MARKETS) for x in ("cn", "kr", "jp", "eu", "asean")),
    *(("market", x, "tb", "new", MARKETS) for x in ("south", "africa")),
]
PARTIES = {
    "Tỉnh Thái Bình": "locality",
    "Tỉnh Xay Nhạ Bu Ly": "locality",
    "Thành phố Yeongju": "locality",
    "Tỉnh Sơn Tây": "locality",
    "Đối tác Cộng hòa Liên bang Đức": "other",
    **{f"{'Thành phố' if ref == 'hp' else 'Tỉnh'} {name}": "locality" for ref, name in NEIGHBOURS.items()},
    "Bộ Chỉ huy Quân sự tỉnh Thái Bình": "force",
    "Công an tỉnh Thái Bình": "force",
    "Bộ đội Biên phòng Thái Bình": "force",
    "Bộ Chỉ huy Bộ đội Biên phòng Thái Bình": "force",
    "Hải quân": "force",
    "Cảnh sát biển": "force",
    "Hải đoàn 38": "force",
    "Bộ đội Biên phòng tỉnh Nam Định": "force",
    "Tỉnh ủy Thái Bình": "agency",
    "Hội đồng nhân dân tỉnh Thái Bình": "agency",
    "Bộ Chính trị": "agency",
    "Bộ Ngoại giao": "agency",
    "Ủy ban Công tác về các tổ chức phi chính phủ nước ngoài": "agency",
}


@pytest.fixture(params=["by hand", "by the reader"])
def article(places: None, staff: Staff, request: pytest.FixtureRequest) -> Document:
    """The article with its facts proposed: those a careful person finds, and those the program finds."""
    text = ARTICLE.read_text(encoding="utf-8")
    read = Read(text, "txt", "text/plain", (), "", hashlib.sha256(text.encode()).hexdigest())
    document = actions.create_document(
        actor=staff.officer, fields={"title": "Bài báo", "access": "public"}, content=actions.Content(read)
    )
    if request.param == "by the reader":
        actions.read_document(document=document, actor=staff.officer)
        return document
    reading = named(text, THINGS, SAID, home="Thái Bình", published="2023-07-18")
    actions.propose(document=document, reading=reading, actor=staff.officer)
    return document


def made(kind: str) -> dict[str, Any]:
    return {r.title: getattr(r, kind) for r in Record.objects.live().filter(kind=kind)}


def test_the_article_builds_the_province(article: Document, staff: Staff) -> None:
    done = actions.accept_document(document=article, actor=staff.officer)
    assert not done.left

    parties = made("party")
    assert {title: p.kind for title, p in parties.items()} == PARTIES
    zones = {title: z.type for title, z in made("zone").items()}
    assert zones == {"Khu kinh tế Thái Bình": "economic_zone", "Khu công nghiệp Liên Hà Thái": "industrial_park"}
    own = parties["Tỉnh Thái Bình"]
    assert {t for t, p in parties.items() if p.is_own and p.parent == own} == {
        "Bộ Chỉ huy Quân sự tỉnh Thái Bình",
        "Công an tỉnh Thái Bình",
        "Bộ đội Biên phòng Thái Bình",
        "Bộ Chỉ huy Bộ đội Biên phòng Thái Bình",
        "Tỉnh ủy Thái Bình",
        "Hội đồng nhân dân tỉnh Thái Bình",
    }
    assert own.is_own
    foreign = {t: (p.country_id, p.is_partner) for t, p in parties.items() if p.country_id not in ("VN", None)}
    assert foreign == {
        "Tỉnh Xay Nhạ Bu Ly": ("LA", True),
        "Thành phố Yeongju": ("KR", True),
        "Tỉnh Sơn Tây": ("CN", True),
        "Đối tác Cộng hòa Liên bang Đức": ("DE", True),
    }
    for ref, name in NEIGHBOURS.items():
        neighbour = parties[f"{'Thành phố' if ref == 'hp' else 'Tỉnh'} {name}"]
        assert (neighbour.is_partner, neighbour.place.name) == (True, name)
        assert neighbour.place.holds_on(article.content.readings.get().published)
    assert parties["Bộ đội Biên phòng tỉnh Nam Định"].parent == parties["Tỉnh Nam Định"]

    papers = made("instrument")
    directive = papers.pop("Nghị quyết số 22-NQ/TW về hội nhập quốc tế")
    assert (directive.nature, directive.number) == ("directive", "22-NQ/TW")
    assert [(str(p.party), p.role) for p in directive.parties.all()] == [("Bộ Chính trị", "issuer")]
    for name in NEIGHBOURS.values():
        programme = papers.pop(f"Chương trình hợp tác Thái Bình - {name}")
        assert (programme.nature, programme.form) == ("domestic", "domestic_programme")
        assert (programme.status, programme.signed, programme.parties.count()) == ("in_force", None, 2)
    assert {p.form for p in papers.values()} == {"coordination_rules", "coordination_plan"}
    for paper in papers.values():
        assert (paper.nature, paper.parties.count()) == ("coordination", 8)

    posts = {t: [(p.title, p.rank, str(p.party)) for p in person.posts.all()] for t, person in made("person").items()}
    assert posts == {
        "Tống Thanh Sơn": [("Chỉ huy trưởng", "Đại tá", "Bộ Chỉ huy Bộ đội Biên phòng Thái Bình")],
        "Nguyễn Tiến Thành": [
            ("Phó Bí thư thường trực", "", "Tỉnh ủy Thái Bình"),
            ("Chủ tịch", "", "Hội đồng nhân dân tỉnh Thái Bình"),
        ],
    }
    standings = {t.removeprefix("Thị trường "): m.standing for t, m in made("market").items()}
    assert set(standings.values()) == {"traditional", "new"}
    assert len(standings) == 7


def test_every_field_has_its_sentence(article: Document, staff: Staff) -> None:
    done = actions.accept_document(document=article, actor=staff.officer)
    text = article.content.text
    for evidence in Evidence.objects.filter(source=article.record):
        assert text[evidence.start : evidence.end] == evidence.quote
    proved = set(Evidence.objects.filter(source=article.record).values_list("record_id", "field"))
    decided = Proposal.objects.filter(subject__content=article.content).select_related("subject")
    for proposal in decided:
        fields = [proposal.field] if proposal.field else list(proposal.value)
        assert {(proposal.subject.record_id, name) for name in fields} <= proved

    assert done.batch is not None
    write.undo_batch(done.batch, actor=staff.officer)
    assert set(Record.objects.live().values_list("kind", flat=True)) == {"document"}
    found = queries.review(article, staff.officer, per_page=100)
    assert found.counts["open"] == len(decided)
    assert all(g.is_new for g in found.groups)
