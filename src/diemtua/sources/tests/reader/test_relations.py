"""Relations as sentences of provincial papers and news state them. All people, companies and events are invented."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.sources.reader import facts, relations
from diemtua.sources.reader.relations.line import LETTER
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View
from diemtua.sources.tests.reader.marked import facts_of

HEAD = "{V=Lào_Cai Lào Cai}: việc đối ngoại\n"


def said(marked: str, *kinds: str) -> set[tuple[str, ...]]:
    """What a sentence of a Lào Cai paper says, of these kinds of relation."""
    return {one for one in facts_of(HEAD + marked) if not kinds or one[0] in kinds}


def partners(marked: str) -> set[tuple[str, ...]]:
    return {(*sorted(one[1:3]), one[3]) for one in said(marked, facts.COOPERATES)}


def between(one: str, other: str, status: str) -> tuple[str, ...]:
    return (*sorted((one, other)), status)


COOPERATION = [
    # in force
    (
        "{V=Lào_Cai Lào Cai} và {F tỉnh Thử} ({C=LA Lào}) đã ký {D Thỏa thuận hợp tác}.",
        {("Lào Cai", "tỉnh Thử", "signed")},
    ),
    (
        "Sáng 2/3, {O UBND {V=Lào_Cai tỉnh Lào Cai}} và {O chính quyền {F thành phố Thử}}, {F tỉnh Ngoài} "
        "({C=KR Hàn Quốc}) tổ chức lễ ký {D Bản ghi nhớ hợp tác}.",
        {("tỉnh Lào Cai", "thành phố Thử", "signed")},
    ),
    (
        "{D Bản ghi nhớ} giữa {V=Lào_Cai tỉnh Lào Cai} với {F tỉnh Thử} sẽ hết hạn vào năm 2030.",
        {("tỉnh Lào Cai", "tỉnh Thử", "signed")},
    ),
    (
        "Tỉnh đã ký thỏa thuận với hai địa phương gồm {F tỉnh Một} ({C=LA Lào}) và {F tỉnh Hai} ({C=TH Thái Lan}).",
        {("Lào Cai", "tỉnh Một", "signed"), ("Lào Cai", "tỉnh Hai", "signed")},
    ),
    (
        "Ký {D Thỏa thuận lao động} với {F quận Một} ({C=KR Hàn Quốc}) và {D Bản ghi nhớ giáo dục} với {F thị trấn Hai}.",
        {("Lào Cai", "quận Một", "signed"), ("Lào Cai", "thị trấn Hai", "signed")},
    ),
    # asserted, without a paper
    (
        "{V=Lào_Cai Lào Cai} kết nghĩa với {F tỉnh Thử} từ năm 1998.",
        {("Lào Cai", "tỉnh Thử", "ongoing")},
    ),
    (
        "Các cặp {V thành phố Một} - {F thành phố Hai}, {V huyện Ba} - {F huyện Bốn} giữ quan hệ kết nghĩa.",
        {("thành phố Hai", "thành phố Một", "ongoing"), ("huyện Ba", "huyện Bốn", "ongoing")},
    ),
    (
        "Các huyện {V Một}, {V Hai} lần lượt kết nghĩa với {F huyện Ba}, {F huyện Bốn}.",
        {("Một", "huyện Ba", "ongoing"), ("Hai", "huyện Bốn", "ongoing")},
    ),
    # to come
    (
        "Tỉnh phấn đấu ký bản ghi nhớ với {F tỉnh Thử} ({C=JP Nhật Bản}) trong quý II.",
        {("Lào Cai", "tỉnh Thử", "planned")},
    ),
    (
        "{F Vùng Thử} sẵn sàng hợp tác với {V=Lào_Cai Lào Cai} về nông nghiệp.",
        {("Lào Cai", "Vùng Thử", "planned")},
    ),
    (
        "Riêng {D thỏa thuận} với {F bang Thử} ({C=DE Đức}) phải lùi sang tháng ba.",
        {("Lào Cai", "bang Thử", "planned")},
    ),
    # denied
    (
        "Đến nay {V=Lào_Cai Lào Cai} chưa có thỏa thuận nào với {F bang Thử}.",
        {("Lào Cai", "bang Thử", "negated")},
    ),
    (
        "Tỉnh chưa ký với địa phương nào của {C=IN Ấn Độ}.",
        {("Lào Cai", "Ấn Độ", "negated")},
    ),
    (
        "- Với {C=CA Ca-na-đa}, {C=IL I-xra-en}: chưa thiết lập quan hệ cấp địa phương.",
        {("Ca-na-đa", "Lào Cai", "negated"), ("I-xra-en", "Lào Cai", "negated")},
    ),
    # over
    (
        "{D Biên bản ghi nhớ} do {V tỉnh Cũ} ký với {F tỉnh Thử} đã hết hiệu lực từ năm 2022.",
        {("tỉnh Cũ", "tỉnh Thử", "ended")},
    ),
    (
        "Đối với {F thành phố Thử}: chấm dứt thực hiện {D Thỏa thuận hợp tác}.",
        {("Lào Cai", "thành phố Thử", "ended")},
    ),
    # two facts in one sentence
    (
        "{V=Lào_Cai Lào Cai} đã ký {D thỏa thuận} với {F tỉnh Một}; với {F bang Hai}, hai bên mới trao đổi đoàn, "
        "chưa ký kết văn bản nào.",
        {("Lào Cai", "tỉnh Một", "signed"), ("Lào Cai", "bang Hai", "negated")},
    ),
    (
        "{D Bản ghi nhớ} với {F tỉnh Thử} đã hết hạn, hai bên đang đàm phán ký lại.",
        {("Lào Cai", "tỉnh Thử", "ended"), ("Lào Cai", "tỉnh Thử", "planned")},
    ),
    # said of a pair that only the sentence before names
    (
        "{V=Lào_Cai Lào Cai} tiếp đoàn công tác {F tỉnh Thử}. Hai địa phương chưa ký kết văn bản hợp tác nhưng thống nhất "
        "nghiên cứu khả năng thiết lập quan hệ hữu nghị.",
        {("Lào Cai", "tỉnh Thử", "negated"), ("Lào Cai", "tỉnh Thử", "planned")},
    ),
    (
        "Đoàn thăm các tỉnh {F Một}, {F Hai} và {F Ba}. {D Biên bản ghi nhớ} ký giữa {V=Lào_Cai Lào Cai} với ba tỉnh bạn "
        "được thực hiện tốt.",
        {("Lào Cai", "Một", "signed"), ("Lào Cai", "Hai", "signed"), ("Lào Cai", "Ba", "signed")},
    ),
    (
        "{V=Lào_Cai Lào Cai} đã ký {D Bản ghi nhớ} với {F tỉnh Thử}. Bản ghi nhớ này đã hết hạn, hai bên đang xúc tiến "
        "gia hạn.",
        {("Lào Cai", "tỉnh Thử", "ended"), ("Lào Cai", "tỉnh Thử", "planned")},
    ),
    (
        "Thỏa thuận với {F tỉnh Một} còn hiệu lực đến năm 2026; với {F bang Hai} mới ở giai đoạn trao đổi dự thảo.",
        {("Lào Cai", "tỉnh Một", "signed"), ("Lào Cai", "bang Hai", "planned")},
    ),
    # no partnership
    ("Tỉnh có quan hệ với 7 tỉnh của {C=LA Lào}.", set()),
    ("{V=Lào_Cai Lào Cai} tiếp đoàn công tác {F tỉnh Thử}.", set()),
    ("Doanh nghiệp {C=KR Hàn Quốc} đăng ký hợp tác với nông dân.", set()),
    ("{T Thư ký} {P Trần Thử} đăng ký dự hội nghị với {F tỉnh Thử}.", set()),
]


@pytest.mark.parametrize(("marked", "expected"), COOPERATION)
def test_cooperation(marked, expected):
    assert partners(marked) == {between(*one) for one in expected}


def test_parties_of_an_agreement_and_its_day():
    marked = "{V=Lào_Cai Lào Cai} đã ký {D thỏa thuận} với {F tỉnh Thử} từ {X=2018 năm 2018}."
    assert said(marked, facts.PARTY_TO, facts.SIGNED_ON) == {
        (facts.PARTY_TO, "Lào Cai", "thỏa thuận"),
        (facts.PARTY_TO, "tỉnh Thử", "thỏa thuận"),
        (facts.SIGNED_ON, "thỏa thuận", "năm 2018"),
    }


def test_a_merged_province_takes_over_the_agreement_of_its_predecessor():
    marked = "Tỉnh kế thừa {D bản thỏa thuận} do {V tỉnh Cũ} (cũ) ký với {F tỉnh Thử} năm 2023."
    assert partners(marked) == {between("Lào Cai", "tỉnh Thử", "signed"), between("tỉnh Cũ", "tỉnh Thử", "signed")}


def test_a_guest_who_says_two_provinces_means_his_own():
    marked = (
        "{O UBND tỉnh} tiếp đoàn {F tỉnh Một} ({C=HU Hungary}) do ông {P Kertész Thử} làm trưởng đoàn. Tỉnh đã ký "
        "{D thỏa thuận} với {F tỉnh Hai}. Ông {P Kertész Thử} đề xuất hai tỉnh sớm ký bản ghi nhớ."
    )
    assert between("Lào Cai", "tỉnh Một", "planned") in partners(marked)
    assert between("Lào Cai", "tỉnh Hai", "planned") not in partners(marked)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "{O Sở Một} chủ trì, phối hợp với {O Sở Hai}, {O Sở Ba} tham mưu.",
            {("Sở Một", "Sở Hai"), ("Sở Một", "Sở Ba")},
        ),
        ("Giao {O Công an tỉnh} phối hợp {O Đồn Thử} tuần tra.", {("Công an tỉnh", "Đồn Thử")}),
        ("{O Đồn Một} và {O Đại đội Hai} thống nhất phối hợp tuần tra.", {("Đồn Một", "Đại đội Hai")}),
        (
            "Ký {D Quy chế phối hợp} giữa {O Sở Một} và {O Công an tỉnh}.",
            {("Sở Một", "Công an tỉnh")},
        ),
        (
            "Ông {P Trần Thử}, {T Giám đốc} {O Sở Một}, cho biết sẽ cùng {O Hiệp hội Hai} phối hợp tổ chức.",
            {("Sở Một", "Hiệp hội Hai")},
        ),
        ("{O Bệnh viện Một} hợp tác với {O Bệnh viện Hai}.", set()),
    ],
)
def test_coordination(marked, expected):
    assert {one[1:] for one in said(marked, facts.COORDINATES)} == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "Đồng chí {P Trần Thử}, {T Phó Bí thư} {O Tỉnh ủy}, {T Chủ tịch} {O HĐND tỉnh}, dự.",
            {("Trần Thử", "Phó Bí thư", "Tỉnh ủy"), ("Trần Thử", "Chủ tịch", "HĐND tỉnh")},
        ),
        (
            "Dự có {T Phó Chủ tịch} {O UBND tỉnh} {P Lê Thử} và {T Phó Thị trưởng} {F thành phố Xa} {P Kim Thử}.",
            {("Lê Thử", "Phó Chủ tịch", "UBND tỉnh"), ("Kim Thử", "Phó Thị trưởng", "thành phố Xa")},
        ),
        (
            "Tại {F tỉnh Xa}, đoàn gặp ông {P Bun Thử}, {T Bí thư}, {T Tỉnh trưởng}.",
            {("Bun Thử", "Bí thư", "tỉnh Xa"), ("Bun Thử", "Tỉnh trưởng", "tỉnh Xa")},
        ),
        (
            "{T Đại sứ} {C=JP Nhật Bản} tại {C=VN Việt Nam} {P Ito Thử} phát biểu.",
            {("Ito Thử", "Đại sứ", "Nhật Bản")},
        ),
        (
            "{T Đại tá} {P Ngô Thử}, {T Phó Giám đốc} {O Công an tỉnh}.",
            {("Ngô Thử", "Đại tá", ""), ("Ngô Thử", "Phó Giám đốc", "Công an tỉnh")},
        ),
        (
            "{O Bộ Ngoại giao} họp. {T Thứ trưởng Ngoại giao} {P Vũ Thử} chủ trì.",
            {("Vũ Thử", "Thứ trưởng Ngoại giao", "Bộ Ngoại giao")},
        ),
        (
            "{O Công ty Thử} lớn. Ông {P Vũ Thử}, {T Giám đốc} Công ty, nói.",
            {("Vũ Thử", "Giám đốc", "Công ty Thử")},
        ),
    ],
)
def test_posts(marked, expected):
    found = said(marked, facts.HOLDS_POST, facts.POST_AT)
    at = {one[1]: one[2] for one in found if one[0] == facts.POST_AT}
    assert {(one[1], one[2], at.get(one[2], "")) for one in found if one[0] == facts.HOLDS_POST} == expected


def test_letterhead_and_signature():
    letter = (
        "{O UBND {V=Lào_Cai TỈNH LÀO CAI}}\n{O SỞ NGOẠI VỤ}\nSố: {D=5/BC-SNgV 5/BC-SNgV}\n"
        "{C=VN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM}\n{V=Lào_Cai Lào Cai}, {X=2024-01-10 ngày 10 tháng 01 năm 2024}\n\n"
        "Tình hình tốt.\n\nNơi nhận:\n- {O UBND tỉnh};\n- Lưu: VT.\nKT. GIÁM ĐỐC\n{T PHÓ GIÁM ĐỐC}\n(đã ký)\n{P Trần Văn Thử}"
    )
    assert facts_of(letter) == {
        (facts.ISSUED_BY, "5/BC-SNgV", "SỞ NGOẠI VỤ"),
        (facts.SIGNED_ON, "5/BC-SNgV", "ngày 10 tháng 01 năm 2024"),
        (facts.HOLDS_POST, "Trần Văn Thử", "PHÓ GIÁM ĐỐC"),
        (facts.POST_AT, "PHÓ GIÁM ĐỐC", "SỞ NGOẠI VỤ"),
    }


def test_an_agreement_is_signed_where_and_when_its_foot_says():
    text = (
        "{D BIÊN BẢN GHI NHỚ}\nGIỮA {V=Lào_Cai TỈNH LÀO CAI}\nVÀ {F TỈNH THỬ} ({C=KR HÀN QUỐC})\n\n"
        "Điều 1. {O Trường Một} hợp tác với {O Trường Hai}.\nĐiều 2. {D Biên bản ghi nhớ} này có hiệu lực 3 năm.\n\n"
        "Làm tại {F tỉnh Thử} {X=2018-10-22 ngày 22/10/2018}.\n\nTHAY MẶT {V=Lào_Cai TỈNH LÀO CAI}\n{T CHỦ TỊCH}\n"
        "{P Trần Văn Thử}\n\nTHAY MẶT {F TỈNH THỬ}\n{T THỐNG ĐỐC}\n{P Kim Thử}"
    )
    found = facts_of(text)
    assert {
        (facts.SIGNED_ON, "BIÊN BẢN GHI NHỚ", "ngày 22/10/2018"),
        (facts.PARTY_TO, "TỈNH LÀO CAI", "BIÊN BẢN GHI NHỚ"),
        (facts.COOPERATES, "TỈNH LÀO CAI", "TỈNH THỬ", "signed"),
        (facts.COOPERATES, "Trường Một", "Trường Hai", "planned"),
        (facts.POST_AT, "CHỦ TỊCH", "TỈNH LÀO CAI"),
        (facts.POST_AT, "THỐNG ĐỐC", "TỈNH THỬ"),
    } <= found


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "Căn cứ {D=6/NĐ-CP Nghị định số 6/NĐ-CP} {X=2021-06-30 ngày 30/6/2021} của {O Chính phủ};",
            {
                ("issued_by", "Nghị định số 6/NĐ-CP", "Chính phủ"),
                ("signed_on", "Nghị định số 6/NĐ-CP", "ngày 30/6/2021"),
            },
        ),
        (
            "{O UBND tỉnh} vừa ban hành {D=1/QĐ Quyết định số 1/QĐ} {X=2024-01-30 ngày 30/01/2024} thành lập {K KCN Một} và "
            "{D=2/QĐ Quyết định số 2/QĐ} cùng ngày thành lập {K KCN Hai}.",
            {
                ("issued_by", "Quyết định số 1/QĐ", "UBND tỉnh"),
                ("issued_by", "Quyết định số 2/QĐ", "UBND tỉnh"),
                ("signed_on", "Quyết định số 1/QĐ", "ngày 30/01/2024"),
                ("signed_on", "Quyết định số 2/QĐ", "ngày 30/01/2024"),
            },
        ),
        ("Dự kiến ký {D bản ghi nhớ} với {F tỉnh Thử} vào {X=2024-12 tháng 12/2024}.", set()),
        ("{D Thỏa thuận} với {F tỉnh Thử} có hiệu lực đến {X=2026 năm 2026}.", set()),
    ],
)
def test_issuers_and_days(marked, expected):
    assert said(marked, facts.ISSUED_BY, facts.SIGNED_ON) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Các tỉnh {F Một}, {F Hai} và {F Ba} ({C=LA Lào}).", {("Một", "Lào"), ("Hai", "Lào"), ("Ba", "Lào")}),
        (
            "{F Thành phố Một}, {F tỉnh Hai} của {C=KR Hàn Quốc}.",
            {("Thành phố Một", "Hàn Quốc"), ("tỉnh Hai", "Hàn Quốc")},
        ),
        ("{F Sùng Thử} ({F Quảng Thử}, {C=CN Trung Quốc}).", {("Sùng Thử", "Trung Quốc"), ("Quảng Thử", "Trung Quốc")}),
        (
            "- Với {C=KR Hàn Quốc}: thăm {F huyện Một}, {F tỉnh Hai}.",
            {("huyện Một", "Hàn Quốc"), ("tỉnh Hai", "Hàn Quốc")},
        ),
        ("Đoàn {C=VN Việt Nam} có thăm {F tỉnh Thử}.", set()),
        ("Thị trường {F Một}, {C=KR Hàn Quốc} và {C=JP Nhật Bản}.", set()),
    ],
)
def test_countries_of_places(marked, expected):
    assert {one[1:] for one in said(marked, facts.LOCALITY_OF)} == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "Cấp giấy chứng nhận cho {O Công ty Một} thực hiện {J dự án Hai} tại {K KCN Ba}, {V xã Bốn}, {V huyện Năm}.",
            {("dự án Hai", "KCN Ba"), ("KCN Ba", "xã Bốn"), ("KCN Ba", "huyện Năm")},
        ),
        ("{J Nhà máy Một}, vốn {M 3 tỷ đồng}, đặt tại {V xã Hai}.", {("Nhà máy Một", "xã Hai")}),
        (
            "{O Công ty Một}, trụ sở tại {V thị xã Hai} ({V=Hà_Nội Hà Nội}).",
            {("Công ty Một", "thị xã Hai"), ("Công ty Một", "Hà Nội")},
        ),
        (
            "{V=Lào_Cai Lào Cai} có {K KCN Một} ({A 9 ha}) và {K KCN Hai}.",
            {("KCN Một", "Lào Cai"), ("KCN Hai", "Lào Cai")},
        ),
        ("Tại {K KCN Một}, {O Công ty Hai} khởi công {J Nhà máy Ba}.", {("Nhà máy Ba", "KCN Một")}),
        ("{O Sở Một} họp tại {V phường Hai}.", set()),
    ],
)
def test_sites(marked, expected):
    assert {one[1:] for one in said(marked, facts.LOCATED_IN)} == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("{J Nhà máy Một} do {O Công ty Hai} làm chủ đầu tư.", {("Công ty Hai", "Nhà máy Một")}),
        (
            "{K KCN Một} do Liên danh {O Công ty Hai} và {O Công ty Ba} thực hiện.",
            {("Công ty Hai", "KCN Một"), ("Công ty Ba", "KCN Một")},
        ),
        ("{O Tập đoàn Một} ({C=JP Nhật Bản}) cam kết đầu tư {K Khu Hai}.", {("Tập đoàn Một", "Khu Hai", "planned")}),
        ("{O UBND tỉnh} thu hồi {J dự án Một} của {O Công ty Hai}.", {("Công ty Hai", "dự án Một", "ended")}),
        ("Nhà đầu tư {C=HU Hungary} góp mặt ở một dự án là {J Nhà máy Một}.", {("Hungary", "Nhà máy Một")}),
        ("{O Tổ chức Một} tài trợ {J dự án Hai}.", set()),
        (
            "{O Công ty Zwolle Thử} đã đăng ký thuê đất. {J Dự án Nhà máy sữa Zwolle} có vốn {M 9 tỷ đồng}.",
            {("Công ty Zwolle Thử", "Dự án Nhà máy sữa Zwolle", "planned")},
        ),
        (
            "{J Nhà máy Một} rất lớn. Dự án do {O Công ty Hai} đầu tư tại {K KCN Ba}.",
            {("Công ty Hai", "Nhà máy Một")},
        ),
    ],
)
def test_investment(marked, expected):
    assert {one[1:] for one in said(marked, facts.INVESTS)} == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "{J Nhà máy Một} có vốn {M 3.000 tỷ đồng} (tương đương {M 120 triệu USD}).",
            {("3.000 tỷ đồng", "Nhà máy Một"), ("120 triệu USD", "Nhà máy Một")},
        ),
        (
            "Ba công ty {O Một}, {O Hai} và {O Ba} có vốn lần lượt là {M 35}, {M 48} và {M 120 triệu USD}.",
            {("35", "Một"), ("48", "Hai"), ("120 triệu USD", "Ba")},
        ),
        ("{O Tổ chức Một} hỗ trợ {M 12 tỷ đồng} để xây dựng {J công trình Hai}.", {("12 tỷ đồng", "công trình Hai")}),
        ("Tỉnh có 112 dự án FDI, tổng vốn {M 1,9 tỷ USD}.", set()),
        ("{K KKT Một} thu hút thêm 2 dự án, vốn {M 187 tỷ đồng}.", set()),
    ],
)
def test_amounts(marked, expected):
    assert {one[1:] for one in said(marked, facts.AMOUNT_OF)} == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("{K KCN Một} ({A 200 ha}) và {K KCN Hai}, quy mô {A 50 ha}.", {("200 ha", "KCN Một"), ("50 ha", "KCN Hai")}),
        ("{J Nhà máy Một} sử dụng {A 11 ha} tại {K KCN Hai}.", {("11 ha", "Nhà máy Một")}),
        ("Tại {K KCN Một}, {O Công ty Hai} thuê {A 5 ha}.", set()),
        ("Nông dân trồng ớt trên {A 15 ha}.", set()),
    ],
)
def test_areas(marked, expected):
    assert {one[1:] for one in said(marked, facts.AREA_OF)} == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "Nông sản xuất khẩu sang thị trường truyền thống như {C=CN Trung Quốc}, {C=JP Nhật Bản}; mở sang thị trường mới "
            "là {R Trung Đông}.",
            {("Trung Quốc", "traditional"), ("Nhật Bản", "traditional"), ("Trung Đông", "new")},
        ),
        ("Thị trường chủ lực là {C=US Hoa Kỳ} và {R EU}.", {("Hoa Kỳ", "ongoing"), ("EU", "ongoing")}),
        (
            "{C=US Mỹ}, {C=KR Hàn Quốc} vẫn là thị trường truyền thống của tỉnh.",
            {("Mỹ", "traditional"), ("Hàn Quốc", "traditional")},
        ),
        ("{O Đại sứ quán {C=JP Nhật Bản}} thăm doanh nghiệp {C=JP Nhật Bản} ở tỉnh.", set()),
        ("Lao động sang {C=KR Hàn Quốc} làm việc.", set()),
    ],
)
def test_markets(marked, expected):
    assert {(one[1], one[3]) for one in said(marked, facts.MARKET)} == expected


def test_evidence_is_the_sentence():
    text = "Mở đầu. Tỉnh A ký thỏa thuận với tỉnh B. Kết thúc."
    found = [Found(facts.VN_LOCALITY, 8, 14, "A", "VN:A"), Found(facts.FOREIGN_LOCALITY, 33, 39)]
    (link,) = relations.find(View(text), found, ["a", "b"], "A", datetime.date(2024, 1, 1))
    assert text[link.start : link.end] == "Tỉnh A ký thỏa thuận với tỉnh B."


def test_nothing_in_nothing_out():
    assert relations.find(View(""), [], []) == []
    assert relations.find(View("Không có gì."), [], []) == []


_SMALL = [
    f" {word} "
    for word in [
        "và",
        "với",
        "(",
        ")",
        "giữa",
        "ký",
        "của",
        "tại",
        "do",
        "này",
        "lần",
        "lượt",
        "tỉnh",
        "riêng",
        "ông",
        "vốn",
        "kt.",
        "tm.",
    ]
]
WORDS = st.sampled_from(
    [
        *_SMALL,
        ", ",
        "; ",
        ". ",
        "\n",
        ": ",
        "- Với ",
        "Số: ",
        " chưa ký ",
        " hai bên ",
        " phối hợp với ",
        " hợp tác ",
        " đã hết hạn ",
        " mới trao đổi ",
        " thay thế ",
        " dự án ",
        " đầu tư ",
        " thị trường ",
        " xuất khẩu sang ",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(WORDS, st.sampled_from(sorted(LETTER))), max_size=60), st.booleans())
def test_any_text_is_read_and_every_fact_has_its_kinds(pieces, homely):
    text, found = "", []
    for number, piece in enumerate(pieces):
        if piece in LETTER:
            name = f"tên{number % 7}"
            norm = {facts.VN_LOCALITY: "Lào Cai" if number % 2 else None, facts.DATE: "2020"}.get(piece)
            found.append(Found(piece, len(text), len(text) + len(name), norm))
            text += name
        else:
            text += piece
    refs = [f"{f.type}:{text[f.start : f.end]}" for f in found]
    links = relations.find(View(text), found, refs, "Lào Cai" if homely else None, datetime.date(2024, 1, 1))
    keys = set()
    for link in links:
        assert link.status is None or link.status in facts.STATES[link.type]
        assert refs[link.source] != refs[link.target]
        assert 0 <= link.start < link.end <= len(text)
        ends = {refs[link.source], refs[link.target]}
        assert (link.type, frozenset(ends), refs[link.source], link.status) not in keys
        keys.add((link.type, frozenset(ends), refs[link.source], link.status))


@pytest.mark.parametrize("kind", sorted(LETTER))
@pytest.mark.parametrize("joint", [", ", " và ", " với ", " ", " (", "\n", " ký ", " tại ", " do "])
def test_long_lists_end_soon(kind, joint):
    names = [f"Tên {i}" for i in range(1_500)]
    text = joint.join(names)
    starts = [0]
    for name in names[:-1]:
        starts.append(starts[-1] + len(name) + len(joint))
    found = [Found(kind, at, at + len(name)) for at, name in zip(starts, names, strict=True)]
    begin = time.perf_counter()
    relations.find(View(text), found, names, None, None)
    assert time.perf_counter() - begin < 3
