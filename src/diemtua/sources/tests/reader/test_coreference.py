"""Which mentions of a text mean the same thing."""

from __future__ import annotations

import pytest

from diemtua.sources.reader import coreference
from diemtua.sources.reader.view import View
from diemtua.sources.tests.reader.marked import parse


def groups(marked: str, home: str | None = "Lào Cai") -> list[set[str]]:
    """The words of the mentions that mean the same, for everything meant more than once."""
    text, found = parse(marked)
    names = coreference.refs(View(text), found, home)
    together: dict[str, set[str]] = {}
    for one, name in zip(found, names, strict=True):
        together.setdefault(name, set()).add(text[one.start : one.end])
    return [words for words in together.values() if len(words) > 1]


@pytest.mark.parametrize(
    ("marked", "same"),
    [
        ("{F thành phố Hwaseong} ... {F Hwaseong}", {"thành phố Hwaseong", "Hwaseong"}),
        ("{F Hồng Hà} ... {F châu Hồng Hà}", {"Hồng Hà", "châu Hồng Hà"}),
        ("{F tỉnh Bô-ly-khăm-xay} ... {F Bô ly khăm xay}", {"tỉnh Bô-ly-khăm-xay", "Bô ly khăm xay"}),
        ("{V=Lào_Cai tỉnh Lào Cai} ... {V=Lào_Cai Lào Cai}", {"tỉnh Lào Cai", "Lào Cai"}),
        ("{C=LA CHDCND Lào} ... {C=LA Lào}", {"CHDCND Lào", "Lào"}),
        ("{O Ủy ban nhân dân tỉnh Lào Cai} ... {O UBND tỉnh}", {"Ủy ban nhân dân tỉnh Lào Cai", "UBND tỉnh"}),
        ("{O SỞ NGOẠI VỤ} ... {O Sở Ngoại vụ tỉnh Lào Cai}", {"SỞ NGOẠI VỤ", "Sở Ngoại vụ tỉnh Lào Cai"}),
        ("Các Sở: {O Ngoại vụ}, {O Y tế} ... {O Sở Ngoại vụ}", {"Ngoại vụ", "Sở Ngoại vụ"}),
        ("{O Cơ quan Xúc tiến} ({O KOTRA}) ... {O KOTRA}", {"Cơ quan Xúc tiến", "KOTRA"}),
        ("{O Công ty CP Thủy sản Năm Căn Thử} ... {O Công ty Năm Căn Thử}", None),
        ("bà {P Trần Thị Thử} ... bà {P Thử}", {"Trần Thị Thử", "Thử"}),
        ("ông {P Matsuda Tarou} ... ông {P Matsuda}", {"Matsuda Tarou", "Matsuda"}),
        ("{K KCN Bắc Thử} ... {K Khu công nghiệp Bắc Thử}", {"KCN Bắc Thử", "Khu công nghiệp Bắc Thử"}),
        ("{J dự án Nhà máy Thử} ... {J Nhà máy Thử}", {"dự án Nhà máy Thử", "Nhà máy Thử"}),
        (
            "{D=22-NQ/TW Nghị quyết số 22-NQ/TW} ... {D=22-NQ/TW Nghị quyết 22-NQ/TW}",
            {"Nghị quyết số 22-NQ/TW", "Nghị quyết 22-NQ/TW"},
        ),
        ("Ký {D Bản ghi nhớ hợp tác}. Theo {D Bản ghi nhớ}, ...", {"Bản ghi nhớ hợp tác", "Bản ghi nhớ"}),
        ("Ký {D Thỏa thuận hợp tác}. {D Thỏa thuận} này ...", {"Thỏa thuận hợp tác", "Thỏa thuận"}),
    ],
)
def test_short_and_full_names_meet(marked, same):
    assert groups(marked) == [same or {"Công ty CP Thủy sản Năm Căn Thử", "Công ty Năm Căn Thử"}]


@pytest.mark.parametrize(
    "marked",
    [
        "{F tỉnh Savannakhet} ... {F thành phố Savannakhet}",
        "{V=Lạng_Sơn tỉnh Lạng Sơn} ... {V thành phố Lạng Sơn}",
        "{O Sở Ngoại vụ} ... {O Sở Ngoại vụ {F tỉnh Khăm Muộn}}",
        "{O Bệnh viện Lào Cai} ... {O Bệnh viện}",
        "A ký {D bản ghi nhớ} với B; C ký {D bản ghi nhớ} với D",
        "{X ngày 1/5} ... {X 1/5}",
        "{T Phó Chủ tịch} {P Trần Thử Một}; {T Phó chủ tịch} {P Lê Thử Hai}",
    ],
)
def test_what_only_sounds_alike_stays_apart(marked):
    assert groups(marked) == []


def test_the_paper_itself_is_meant_by_its_number_its_title_and_this():
    marked = (
        "Số: {D=07/QC-SNgV 07/QC-SNgV}\n{D QUY CHẾ PHỐI HỢP}\ngiữa {O Sở Một} và {O Sở Hai}\n"
        "{D Quy chế} này thay thế {D=3/QC Quy chế số 3/QC}."
    )
    assert groups(marked) == [{"07/QC-SNgV", "QUY CHẾ PHỐI HỢP", "Quy chế"}]


def test_without_a_home_province_nothing_is_taken_for_its_body():
    assert groups("{O UBND {V=Lào_Cai tỉnh Lào Cai}} ... {O UBND {V=Sơn_La tỉnh Sơn La}}", home=None) == []
