"""Countries, localities and regions: which words are places, what they are, where they end."""

from __future__ import annotations

import datetime
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.sources.reader import facts, places, values
from diemtua.sources.reader.lexicon import Lexicon, Meaning
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

DAY = datetime.date(2025, 5, 20)
LETTERS = {"C": facts.COUNTRY, "V": facts.VN_LOCALITY, "F": facts.FOREIGN_LOCALITY, "R": facts.REGION}


def search(text: str, on: datetime.date | None = DAY, home: str | None = None) -> tuple[View, list[Found]]:
    """The view of a text and the places in it."""
    view = View(text)
    return view, places.find(view, on, home, Lexicon.load(), values.find(view, on))


def marked(text: str, on: datetime.date | None = DAY) -> str:
    """The text with its places in brackets, each with the letter of its kind."""
    view, found = search(text, on)
    letters = {kind: letter for letter, kind in LETTERS.items()}
    out, done = "", 0
    for one in found:
        start, end = view.original(one.start, one.end)
        out += f"{text[done:start]}[{text[start:end]}]{letters[one.type]}"
        done = end
    return out + text[done:]


def bare(expected: str) -> str:
    """A marked text without its marks."""
    for letter in LETTERS:
        expected = expected.replace(f"]{letter}", "")
    return expected.replace("[", "")


def norms(text: str, on: datetime.date | None = DAY) -> list[object]:
    return [f.norm for f in search(text, on)[1]]


@pytest.mark.parametrize(
    "expected",
    [
        # Head words, and what is known to be no province of Vietnam.
        "đoàn [tỉnh Csongrád-Csanád]F ([Hungary]C) thăm [tỉnh Thái Bình]V",
        "tại [xã Song An]V, [huyện Vũ Thư]V, [tỉnh Thái Bình]V",
        "ký với [tỉnh Bắc Chung-cheong]F và [bang Thüringen]F ([Cộng hòa Liên bang Đức]C)",
        "[thành phố São Paulo]F, [tỉnh Xay Nhạ Bu Ly]F, [tỉnh Vlaams-Brabant]F ([Bỉ]C)",
        "[huyện Chambas]F, [tỉnh Ciego de Ávila]F ([Cuba]C)",
        "[vùng Tanger - Tétouan - Al Hoceïma]F ([Ma-rốc]C)",
        "[châu Văn Sơn]F và [Khu tự trị dân tộc Choang Quảng Tây]F",
        "[bản Nậm Xôi]F ([huyện Viêng Xay]F, [Lào]C); [thôn Đông]V, [xã Tây Giang]V",
        "[quận 1]V, [phường 5]V, [TP.HCM]V",
        "[huyện đảo Cô Tô]V, [xã biên giới Na Ngoi]V",
        "xây nhà máy tại [Bình Lục]V, ở [Mỹ Tho]V; đất Bình Lục",
        # Lists under a plural head.
        "các tỉnh [Xiêng Khoảng]F, [Bô-ly-khăm-xay]F và [Hủa Phăn]F ([CHDCND Lào]C)",
        "hai tỉnh [Thái Bình]V và [Hưng Yên]V",
        "các tỉnh, thành phố [Hà Nội]V, [Hải Phòng]V, [Hồ Chí Minh]V",
        "hai xã: [Tam Chung]V và [Pù Nhi]V",
        "hai tỉnh [Quảng Ninh]V và [Quảng Tây]F ([Trung Quốc]C); các tỉnh [Hà Nam]F, [Hồ Nam]F ([Trung Quốc]C)",
        "các tỉnh [Nam Lào]R; bốn tỉnh [Đông Bắc Campuchia]R",
        # One name, two places.
        "[tỉnh Sơn Tây]F ([Trung Quốc]C) và [thị xã Sơn Tây]V ([Hà Nội]V)",
        "[tỉnh Hà Nam]V; [tỉnh Hà Nam]F ([Trung Quốc]C)",
        "[thành phố Đông Hưng]F ([Trung Quốc]C) và [huyện Đông Hưng]V",
        "[tỉnh Hà Nam]F ([Trung Quốc]C) mời; đoàn [tỉnh Hà Nam]F về nước",
        "[Sơn Đông]F ([Trung Quốc]C), còn tập đoàn Sơn Đông",
        # Persons behind posts and places.
        "Phó Thị trưởng [thành phố Hwaseong]F Maeng Doo-shik",
        "Chủ tịch UBND [huyện Vũ Thư]V Nguyễn Văn Bằng",
        "Phó Chủ tịch UBND tỉnh Ngô Duy Thạo dự",
        "Đại sứ [Việt Nam]C tại [Lào]C Nguyễn Minh Vỹ",
        "ông Thái Bình, bà Nguyễn Thị Hà Nam, Lê Hải Dương",
        # Countries in every spelling.
        "[Ma-lai-xi-a]C, [In-đô-nê-xi-a]C, [Ôxtrâylia]C, [Hàn quốc]C, [Vương quốc Bỉ]C, [UAE]C",
        "[Liên bang Nga]C, [Cộng hòa Séc]C, nước [Cộng hòa Ấn Độ]C, [CHXHCN Việt Nam]C",
        "thị trường [Mỹ]C, [Anh]C, [Pháp]C và [Ý]C; phía [Hàn]C; doanh nghiệp [Nhật]C",
        "quan hệ Việt - Lào, Mỹ - Trung; hợp tác [Việt Nam]C - [Lào]C",
        "Hội Hữu nghị Việt Nam - Hoa Kỳ; tiếng Anh; gió Lào",
        "Anh Nguyễn Văn Bằng cho biết; anh Đức; chị Mỹ; Nguyễn Đức Anh; Mỹ thuật; Ý kiến",
        "Sở Tư pháp, Viện Hải dương học, Pháp luật, Thái Bình Dương, [Lào Cai]V",
        # Regions.
        "[ASEAN]R, [EU]R, [châu Phi]R, [BRICS+]R, vùng [Ca-ri-bê]R, [đồng bằng sông Cửu Long]R, [miền Trung]R",
        "[châu Á - Thái Bình Dương]R; phía Tây Bắc; miền Tây [Nghệ An]V",
        "[Tam giác phát triển Campuchia - Lào - Việt Nam]R",
        # Rivers, ports, gates and roads are no localities.
        "cảng Hải Phòng, sông Đồng Nai, cửa khẩu Lào Cai, cao tốc Hà Nội - Hải Phòng, vịnh Hạ Long, phố Huế",
        "hợp tác xã Tân Lập, nông thôn [Thái Bình]V, Chính phủ [Nhật]C",
        "Chủ tịch Hồ Chí Minh; Vùng 3 Hải quân; Hạt Kiểm lâm; bản Thỏa thuận; thành phố Cảng; hai tỉnh",
        # Used again without a head, and unknown before its country.
        "[thành phố Kupittaa]F ([Phần Lan]C). Đoàn [Kupittaa]F đã đến",
        "các địa phương kết nghĩa, còn [Livorno]F ([I-ta-li-a]C) mới ngỏ lời",
        # Capitals only, small letters only.
        "ỦY BAN NHÂN DÂN [TỈNH ĐỒNG NAI]V",
        "[NINH BÌNH]V THÀNH LẬP THÊM HAI KHU CÔNG NGHIỆP, Ý KIẾN, PHÁP LUẬT, THỊ TRƯỜNG [MỸ]C",
    ],
)
def test_places_of_a_text(expected):
    assert marked(bare(expected)) == expected


def test_a_text_in_small_letters():
    text = (
        "đoàn công tác [tỉnh gyeonggi]F ([hàn quốc]C) thăm [tỉnh thái bình]V; doanh nghiệp [nhật]C; nước [pháp]C; "
        "sở tư pháp; ý kiến; anh hùng; áo dài; đức tính; [lào cai]V; [tỉnh csongrád-csanád]F ([hungary]C); "
        "ủy ban nhân dân tỉnh nguyễn văn bằng"
    )
    assert marked(bare(text)) == text


def test_a_name_broken_over_lines_is_one():
    text = (
        "hội đàm với [tỉnh Môn-đun-\nki-ri]F để cùng tháo gỡ khó khăn\ncho công ty, xem xét "
        "đề nghị\ncủa [tỉnh\nToyama]F, [Nhật\nBản]C về việc khảo sát."
    )
    assert marked(bare(text)) == text


def test_decomposed_letters_and_false_letters_change_nothing():
    text = "Đoàn Đắk Lắk thăm tỉnh Chăm-pa-sắc (Lào)"
    expected = norms(text)
    assert expected == ["Đắk Lắk", None, "LA"]
    assert norms(unicodedata.normalize("NFD", text)) == expected
    assert norms(text.replace("Đ", "Ð")) == expected


@pytest.mark.parametrize(
    ("text", "on", "norm"),
    [
        ("tỉnh Thái Bình", datetime.date(2025, 12, 1), "Thái Bình"),  # never the merged province
        ("Đăk Lăk", DAY, "Đắk Lắk"),
        ("tỉnh Hà Tây (cũ)", DAY, "Hà Tây"),
        ("TP. Hồ Chí Minh", DAY, "Hồ Chí Minh"),
        ("thành phố Thái Bình", DAY, None),  # a city of the province
        ("phường Hải Dương", DAY, None),
        ("thành phố Huế", datetime.date(2024, 12, 31), None),
        ("thành phố Huế", datetime.date(2025, 1, 1), "Huế"),
        ("tỉnh Thừa Thiên - Huế", datetime.date(2023, 1, 1), "Thừa Thiên Huế"),
        ("Bà Rịa-Vũng Tàu", DAY, "Bà Rịa - Vũng Tàu"),
        ("Cộng hoà Liên bang Đức", DAY, "DE"),
        ("Vương quốc Anh", DAY, "GB"),
    ],
)
def test_normal_forms(text, on, norm):
    assert norms(text, on) == [norm]


def test_the_same_place_has_the_same_key():
    _view, found = search("tỉnh Thái Bình và Thái Bình, tỉnh Kra-chê và Kratie, thành phố Thái Bình")
    keys = [f.key for f in found]
    assert keys[0] == keys[1] == "VN:Thái Bình"
    assert keys[2] == keys[3]
    assert keys[4] not in keys[:4]


def test_the_home_of_a_paper_decides_between_two_places_of_a_name():
    assert [f.type for f in search("lãnh đạo tỉnh Hà Bắc", home="Hà Bắc")[1]] == [facts.VN_LOCALITY]


def test_money_holds_no_country():
    assert marked("5 triệu đô la Mỹ") == "5 triệu đô la Mỹ"


def test_an_office_adds_its_own_names():
    name = Meaning(facts.FOREIGN_LOCALITY, "Yeongyang-gun", "KR:Yeongyang", country="KR")
    lexicon = Lexicon.load().with_names([("Anh Dương quận", name)])
    text = "thăm Anh Dương quận"
    view = View(text)
    assert [(f.type, f.key) for f in places.find(view, DAY, None, lexicon)] == [
        (facts.FOREIGN_LOCALITY, "KR:Yeongyang")
    ]
    assert places.find(view, DAY, None, Lexicon.load()) != places.find(view, DAY, None, lexicon)


PIECES = [
    "tỉnh ",
    "các tỉnh A, ",
    "Việt Nam - ",
    "Lào (",
    "A-\n",
    "vùng Ta - ",
    "cộng hòa ",
    "tp.",
    "Hồ Chí Minh, ",
    "Ý ",
    "  ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_repetition_costs_time_in_proportion(piece):
    text = piece * (20_000 // len(piece))
    started = time.process_time()
    search(text)
    assert time.process_time() - started < 3


WORDS = st.sampled_from(
    [
        "tỉnh",
        "thành",
        "phố",
        "các",
        "hai",
        "và",
        ",",
        ".",
        "(",
        ")",
        "-",
        "Lào",
        "Việt",
        "Nam",
        "Hà",
        "Nội",
        "Anh",
        "Đức",
        "Kra-chê",
        "Gyeonggi",
        "\n",
        "TP.",
        "Hồ",
        "Chí",
        "Minh",
        "miền",
        "Tây",
        "bản",
        "châu",
        "Á",
        "ông",
        "Chủ",
        "tịch",
        "sông",
        "5",
        "St.",
        "d'Oise",
        "Ý",
        "Nguyễn",
        "Văn",
        "vùng",
        "khu",
        "tự",
        "trị",
        "dân",
        "tộc",
    ]
)


@settings(max_examples=150)
@given(st.lists(WORDS, max_size=25))
def test_places_lie_in_the_text_and_never_overlap(words):
    view, found = search(" ".join(words))
    before = 0
    for one in found:
        assert before <= one.start < one.end <= len(view)
        assert not view.text[one.start : one.end].isspace()
        before = one.end
