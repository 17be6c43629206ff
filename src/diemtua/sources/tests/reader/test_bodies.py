"""Organisations, people, posts, parks, documents and projects, as papers of a province name them."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.sources.reader import bodies, facts, places, values
from diemtua.sources.reader.lexicon import Lexicon, Meaning
from diemtua.sources.reader.spans import Found, resolve
from diemtua.sources.reader.view import View


def read(text: str, lexicon: Lexicon | None = None) -> list[Found]:
    """All mentions of a text as a reading has them: those that clash are resolved."""
    view = View(text)
    known_values = values.find(view)
    known_places = places.find(view, values=known_values, lexicon=lexicon)
    mine = bodies.find(view, known_places, known_values, lexicon=lexicon)
    return [one for one in resolve([*mine, *known_places, *known_values]) if one.type in bodies.KINDS]


def named(text: str, kind: str) -> list[str]:
    """The words of the mentions of one kind; a line break counts as a blank."""
    view = View(text)
    return [" ".join(view.flow[one.start : one.end].split()) for one in read(text) if one.type == kind]


def organisations(text: str) -> list[str]:
    return named(text, facts.ORG)


class TestOrganisations:
    @pytest.mark.parametrize(
        "name",
        [
            "UBND tỉnh",
            "Ủy ban nhân dân tỉnh Quảng Trị",
            "Uỷ ban nhân dân thành phố Huế",
            "Sở Ngoại vụ Nghệ An",
            "Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Giang",
            "Sở Lao động - Thương binh và Xã hội",
            "Sở NN&PTNT",
            "Bộ Ngoại giao Lào",
            "Bộ Chỉ huy Bộ đội Biên phòng tỉnh",
            "Ủy ban Công tác về các tổ chức phi chính phủ nước ngoài",
            "Vụ Đông Nam Á - Nam Á - Nam Thái Bình Dương",
            "Chi cục Hải quan cửa khẩu Hữu Nghị",
            "Ban Quản lý các khu công nghiệp tỉnh",
            "Ban Quản lý Khu kinh tế Dung Quất và các Khu công nghiệp Quảng Ngãi",
            "Ban Tổ chức Tỉnh ủy",
            "Đảng ủy Công an tỉnh",
            "Văn phòng Đoàn ĐBQH và HĐND tỉnh",
            "Bộ Tư lệnh Vùng 5 Hải quân",
            "Hải đoàn 38",
            "Đồn Biên phòng cửa khẩu quốc tế Cha Lo",
            "Đại đội Biên phòng 215",
            "Đại sứ quán Cộng hòa Séc tại Việt Nam",
            "Tổng Lãnh sự quán Việt Nam tại Xa-vẳn-na-khẹt",
            "Hiệp hội Doanh nghiệp Hàn Quốc tại Việt Nam",
            "Hội Hữu nghị Việt Nam - Hoa Kỳ",
            "Liên hiệp các tổ chức hữu nghị tỉnh",
            "Công ty cổ phần Giống cây trồng Đồng Lúa",
            "Công ty TNHH MTV Cao su Sông Xanh",
            "Tổng công ty Xây dựng số 1",
            "Tập đoàn Tanikawa Steel",
            "Trường Đại học Szeged",
            "Trường THPT chuyên Phan Bội Châu",
            "Bệnh viện Đa khoa tỉnh Tuyên Quang",
            "Viện Cây ăn quả Cửu Long",
            "Trung tâm Xúc tiến Đầu tư, Thương mại và Du lịch tỉnh",
            "Tổ chức Terres d'En Haut",
            "Quỹ Bảo vệ thiên nhiên Thế giới",
            "Cơ quan Hợp tác Quốc tế Nhật Bản",
            "Hội đồng thành phố Ansan",
            "Chính phủ Lào",
            "Ban Thư ký ASEAN",
            "Tạp chí Sông Hương",
        ],
    )
    def test_named_whole(self, name):
        assert organisations(f"Hôm nay, {name} đã tổ chức hội nghị tại hội trường lớn.") == [name]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Các Sở: Ngoại vụ, Tư pháp, Tài chính báo cáo.", ["Ngoại vụ", "Tư pháp", "Tài chính"]),
            ("giao các sở Ngoại vụ, Kế hoạch và Đầu tư và Y tế.", ["Ngoại vụ", "Kế hoạch và Đầu tư", "Y tế"]),
            ("của các công ty Sunhwa Precision, Daon Material và Geumnaru Vina.",
             ["Sunhwa Precision", "Daon Material", "Geumnaru Vina"]),
            ("Ba công ty Nhật gồm Kuroda Foods, Asahi Mizu và Hoshi Paint đến.",
             ["Kuroda Foods", "Asahi Mizu", "Hoshi Paint"]),
        ],
    )  # fmt: skip
    def test_members_of_a_list_are_bare_names(self, text, expected):
        assert organisations(text) == expected

    def test_short_name_in_brackets_is_its_own_mention_and_known_from_then_on(self):
        text = "Cơ quan Phát triển Xanh Hàn Quốc (KOGDA) tài trợ. Theo KOGDA, vốn đã đủ."
        assert organisations(text) == ["Cơ quan Phát triển Xanh Hàn Quốc", "KOGDA", "KOGDA"]

    @pytest.mark.parametrize(
        "name", ["JICA Việt Nam", "Hannoverimpuls GmbH", "Samsung Electronics", "Hoshi Denki Co., Ltd"]
    )
    def test_without_a_head(self, name):
        assert organisations(f"Hôm qua {name} cử chuyên gia sang.") == [name]

    @pytest.mark.parametrize(
        "text",
        [
            "Các sở, ngành của tỉnh phối hợp với doanh nghiệp hai bên.",
            "Hội nghị tổ chức tại Hội An, vụ Đông Xuân được mùa.",
            "UBND các huyện, công an các xã và cơ quan chức năng vào cuộc.",
            "Một tập đoàn Ấn Độ quan tâm đến tỉnh.",
            "Sở hữu trí tuệ và báo cáo tài chính của công ty mẹ.",
        ],
    )
    def test_common_nouns_are_none(self, text):
        assert organisations(text) == []

    def test_only_a_place_is_a_seat(self):
        text = "Đại sứ quán Lào tại hội nghị; Văn phòng JETRO tại Hà Nội; Hội Người Việt Nam tại Lào."
        assert organisations(text) == ["Đại sứ quán Lào", "Văn phòng JETRO tại Hà Nội", "Hội Người Việt Nam tại Lào"]

    def test_letterhead_in_capitals(self):
        text = "ỦY BAN NHÂN DÂN\nTỈNH ĐẮK NÔNG\n\nSố: 6011/UBND-NC\n\nVĂN PHÒNG UBND TỈNH ĐỒNG NAI\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        assert organisations(text) == ["ỦY BAN NHÂN DÂN TỈNH ĐẮK NÔNG", "VĂN PHÒNG UBND TỈNH ĐỒNG NAI"]

    def test_interleaved_columns_part_the_name(self):
        text = (
            "ỦY BAN NHÂN DÂN               CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
            "TỈNH QUẢNG NAM                Độc lập - Tự do - Hạnh phúc\n"
        )
        assert organisations(text) == ["ỦY BAN NHÂN DÂN"]

    def test_prime_minister_is_a_body_when_he_issues_and_a_post_when_he_is_named(self):
        assert organisations("theo quyết định của Thủ tướng Chính phủ.") == ["Thủ tướng Chính phủ"]
        text = "Thủ tướng Chính phủ Nguyễn Giả Định dự."
        assert organisations(text) == ["Chính phủ"]
        assert named(text, facts.POST) == ["Thủ tướng"]

    def test_name_of_a_person_is_no_part_of_a_firm(self):
        text = "Tổng Giám đốc Công ty CP Hương Sen Nguyễn Giả Định phát biểu."
        assert organisations(text) == ["Công ty CP Hương Sen"]
        assert named(text, facts.PERSON) == ["Nguyễn Giả Định"]


class TestPeopleAndPosts:
    def both(self, text: str) -> tuple[list[str], list[str]]:
        return named(text, facts.PERSON), named(text, facts.POST)

    @pytest.mark.parametrize(
        ("text", "people", "posts"),
        [
            ("Đồng chí Đoàn Khắc Giả, Phó Bí thư Thường trực Tỉnh ủy, Chủ tịch HĐND tỉnh tiếp đoàn.",
             ["Đoàn Khắc Giả"], ["Phó Bí thư Thường trực", "Chủ tịch"]),
            ("Phó Giám đốc Sở Công Thương Huỳnh Thị Mẫu Lan cho hay.", ["Huỳnh Thị Mẫu Lan"], ["Phó Giám đốc"]),
            ("Thứ trưởng Ngoại giao Đinh Hữu Mẫu chủ trì.", ["Đinh Hữu Mẫu"], ["Thứ trưởng Ngoại giao"]),
            ("Đại sứ Việt Nam tại Lào Trần Thanh Mẫu Nhi kiến nghị.", ["Trần Thanh Mẫu Nhi"], ["Đại sứ"]),
            ("Thượng tá Lương Xuân Giả, Chính trị viên Đồn Biên phòng Nậm Cắn, nói.",
             ["Lương Xuân Giả"], ["Thượng tá", "Chính trị viên"]),
            ("Bà Ninh Thị Mẫu, Trưởng Ban Quản lý các khu công nghiệp tỉnh, cho biết.", ["Ninh Thị Mẫu"], ["Trưởng"]),
            ("ông Balázs Mintavári, Phó Chủ tịch Hội đồng tỉnh, làm trưởng đoàn.", ["Balázs Mintavári"], ["Phó Chủ tịch"]),
            ("Ông Gerrit van Voorbeeld, chuyên gia, khuyến nghị.", ["Gerrit van Voorbeeld"], []),
            ("Ông Jung Mo-beom, Chủ tịch Hội đồng quản trị Công ty CP Sợi Hansaem, nói.",
             ["Jung Mo-beom"], ["Chủ tịch Hội đồng quản trị"]),
            ("ông Giả kể; chị Mẫu cười; cụ Đỗ Văn Giả nhớ.", ["Giả", "Mẫu", "Đỗ Văn Giả"], []),
            ("Chủ tịch UBND tỉnh yêu cầu Giám đốc Sở Y tế báo cáo.", [], []),
            ("ông CHEN WEI MOFAN, quốc tịch Trung Quốc, chức vụ: Tổng Giám đốc.", ["CHEN WEI MOFAN"], ["Tổng Giám đốc"]),
        ],
    )  # fmt: skip
    def test_in_running_text(self, text, people, posts):
        assert self.both(text) == (people, posts)

    def test_signature_of_a_deputy(self):
        text = "Trân trọng./.\n\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n(Đã ký)\nTrà Đức Mẫu\n"
        assert self.both(text) == (["Trà Đức Mẫu"], ["PHÓ CHỦ TỊCH"])

    def test_signature_in_the_second_column(self):
        text = (
            "Nơi nhận:                      TM. ỦY BAN NHÂN DÂN\n"
            "- Như trên;                           CHỦ TỊCH\n"
            "- Lưu: VT.\n"
            "                                   Y Quang Mẫu\n"
        )
        assert self.both(text) == (["Y Quang Mẫu"], ["CHỦ TỊCH"])

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("Khánh Mẫu", ["Khánh Mẫu"]),
            ("T.Nguyệt", ["T.Nguyệt"]),
            ("VĂN TOẠI, HẢI ĐĂNG", ["VĂN TOẠI", "HẢI ĐĂNG"]),
            ("Bài, ảnh: Đỗ Minh Mẫu", ["Đỗ Minh Mẫu"]),
            ("Vũ Hoài Mẫu (thực hiện)", ["Vũ Hoài Mẫu"]),
        ],
    )
    def test_authors(self, line, expected):
        assert (
            named(f"Tỉnh mở rộng hợp tác\n\nHội nghị bế mạc chiều qua tại trung tâm.\n\n{line}\n", facts.PERSON)
            == expected
        )

    def test_places_are_no_people(self):
        assert named("Tỉnh Bà Rịa - Vũng Tàu, đường Nguyễn Huệ, huyện Cô Tô.", facts.PERSON) == []


class TestParks:
    @pytest.mark.parametrize(
        "name",
        [
            "KCN Phố Nối A",
            "Khu công nghiệp Đồng Văn IV",
            "KCN Hòa Phú mở rộng",
            "KCN Song Khê - Nội Hoàng",
            "Khu kinh tế cửa khẩu quốc tế Lao Bảo",
            "KKT Nghi Sơn",
            "CCN Yên Bằng",
            "Khu công nghệ cao Long Thành",
            "Công viên dược phẩm Hòa Vang",
            "Khu thương mại tự do Hải Phòng",
            "KCN Yên Phong II-C",
        ],
    )
    def test_named_whole(self, name):
        assert named(f"Nhà đầu tư thuê đất tại {name}, vốn 5 triệu USD.", facts.PARK) == [name]

    def test_list(self):
        assert named("tại các KCN Phố Nối A, Thăng Long II và Kim Động.", facts.PARK) == [
            "Phố Nối A",
            "Thăng Long II",
            "Kim Động",
        ]

    def test_numbers_that_count_something_else(self):
        assert named("KCN Hòa Phú 3 dự án mới.", facts.PARK) == ["KCN Hòa Phú"]

    def test_common_nouns(self):
        assert named("các khu công nghiệp của tỉnh, 22 KCN và khu kinh tế.", facts.PARK) == []


class TestDocuments:
    @pytest.mark.parametrize(
        ("text", "words", "number"),
        [
            ("theo Nghị quyết số 22-NQ/TW ngày 10/4/2013", "Nghị quyết số 22-NQ/TW", "22-NQ/TW"),
            ("tại Quyết định 36/2017/QĐ-TTg của", "Quyết định 36/2017/QĐ-TTg", "36/2017/QĐ-TTg"),
            ("Số: 05/BC-SNgV\n", "05/BC-SNgV", "05/BC-SNgV"),
            ("theo Luật Thỏa thuận quốc tế số 70/2020/QH14 và", "Luật Thỏa thuận quốc tế số 70/2020/QH14", "70/2020/QH14"),
            ("Giấy chứng nhận đăng ký đầu tư số 6512087743 cấp", "Giấy chứng nhận đăng ký đầu tư số 6512087743", "6512087743"),
            ("căn cứ Luật Đầu tư năm 2020", "Luật Đầu tư", None),
            ("phê duyệt Quy hoạch tỉnh Gia Lai thời kỳ", "Quy hoạch tỉnh Gia Lai", None),
            ('thực hiện Đề án "Đối ngoại số" của', 'Đề án "Đối ngoại số"', None),
            ("hai tỉnh đã ký thỏa thuận hợp tác từ năm 2018", "thỏa thuận hợp tác", None),
            ("ký Thỏa thuận hợp tác lao động thời vụ với", "Thỏa thuận hợp tác lao động thời vụ", None),
            ("gia hạn thỏa thuận đến năm 2030", "thỏa thuận", None),
            ("thực hiện Bản ghi nhớ về nông nghiệp", "Bản ghi nhớ", None),
            ("thoả thuận cung ứng gạo đã ký với", "thoả thuận cung ứng gạo", None),
            ("dự thảo Quy chế phối hợp giữa hai lực lượng", "Quy chế phối hợp", None),
        ],
    )  # fmt: skip
    def test_named(self, text, words, number):
        (one,) = [one for one in read(text) if one.type == facts.DOCUMENT]
        assert (View(text).flow[one.start : one.end], one.norm) == (words, number)

    @pytest.mark.parametrize(
        "text",
        [
            "ký các văn bản hợp tác, 73 thỏa thuận và một bản ghi nhớ.",
            "hai bên chưa ký kết thỏa thuận nào.",
            "Hai bên thỏa thuận thành lập tổ công tác.",
            "hai tỉnh dự kiến ký bản ghi nhớ trong quý I/2026.",
            "mở cửa 24/7, giá 5/kg, tỷ lệ 3/4.",
        ],
    )
    def test_talk_of_any_is_none(self, text):
        assert named(text, facts.DOCUMENT) == []

    def test_definite_repeats(self):
        text = "CHƯƠNG TRÌNH HỢP TÁC\ngiữa hai tỉnh\n\nNội dung không thuộc phạm vi Chương trình. Quyết định này có hiệu lực."
        assert named(text, facts.DOCUMENT) == ["CHƯƠNG TRÌNH HỢP TÁC", "Chương trình", "Quyết định"]


class TestProjects:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("tăng vốn dự án Nhà máy linh kiện bán dẫn Haneul tại tỉnh", "dự án Nhà máy linh kiện bán dẫn Haneul"),
            ("là Nhà máy sản xuất thức ăn thủy sản Tisza, vốn", "Nhà máy sản xuất thức ăn thủy sản Tisza"),
            ("xây dựng công trình Bệnh viện Hữu nghị huyện Sầm Tớ.", "công trình Bệnh viện Hữu nghị huyện Sầm Tớ"),
            ("thông qua dự án Bến container số 13 Lạch Huyện, vốn", "dự án Bến container số 13 Lạch Huyện"),
            ('khởi động Dự án "Rừng xanh" giai đoạn 2', 'Dự án "Rừng xanh"'),
            ("khởi công Trung tâm thiết kế chip Phú Bài ở", "Trung tâm thiết kế chip Phú Bài"),
        ],
    )
    def test_designated(self, text, expected):
        assert named(text, facts.PROJECT) == [expected]

    def test_others_are_none(self):
        text = "tỉnh có 112 dự án FDI, dự án này và dự án tại KCN Yên Phong; nhà máy của công ty; dự án đầu tư mới."
        assert named(text, facts.PROJECT) == []


class TestWriting:
    TEXT = (
        "Giám đốc Sở Ngoại vụ tỉnh Hòa Bình Bùi Thị Mẫu ký Bản ghi nhớ với Công ty TNHH Hoshi Denki "
        "về dự án Nhà máy pin Hoshi tại KCN Lương Sơn."
    )

    def kinds(self, text: str) -> list[str]:
        return [one.type for one in read(text)]

    def test_decomposed_letters_and_other_tone_placement_change_nothing(self):
        expected = self.kinds(self.TEXT)
        assert len(expected) == 7
        assert self.kinds(unicodedata.normalize("NFD", self.TEXT)) == expected
        assert self.kinds(self.TEXT.replace("Hòa", "Hoà")) == expected

    def test_all_in_lower_case(self):
        text = (
            "ủy ban nhân dân tỉnh hòa bình gửi sở ngoại vụ văn bản số 512/ubnd-kgvx. ông nguyễn văn mẫu, phó chủ tịch ubnd tỉnh, "
            "giao công ty tnhh midori apparel việt nam làm dự án nhà máy may lương sơn tại khu công nghiệp bờ trái sông đà."
        )
        assert organisations(text) == [
            "ủy ban nhân dân tỉnh hòa bình",
            "sở ngoại vụ",
            "ubnd tỉnh",
            "công ty tnhh midori apparel việt nam",
        ]
        assert named(text, facts.PERSON) == ["nguyễn văn mẫu"]
        assert named(text, facts.PARK) == ["khu công nghiệp bờ trái sông đà"]
        assert named(text, facts.PROJECT) == ["dự án nhà máy may lương sơn"]

    def test_names_that_an_office_keeps(self):
        kept = Lexicon.load().with_names([("Ánh Ban Mai", Meaning(facts.ORG, "Ánh Ban Mai", key="party:7"))])
        (one,) = read("Nhóm Ánh Ban Mai tặng sách.", kept)
        assert (one.type, one.key) == (facts.ORG, "party:7")

    def test_empty(self):
        assert read("") == []


PARTS = """Công ty
Sở
và
,
-
(
)
"
.
UBND
tỉnh
ông
Nguyễn
Giám đốc
thỏa thuận
số
12/QĐ-UBND
dự án
KCN
A
Samsung
Co
Ltd
các
:
d'
İ
của
Thủ tướng Chính phủ
Trưởng
ban
tại
Lào
ngày 5/3/2024""".splitlines()


class TestHostileText:
    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.sampled_from(PARTS),
            max_size=40,
        )
    )
    def test_any_sequence_of_parts(self, parts):
        text = " ".join(parts).replace(" : ", "\n").replace(" . ", "      ")
        for one in read(text):
            assert 0 <= one.start < one.end <= len(View(text))

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=300))
    def test_any_text(self, text):
        read(text)

    @pytest.mark.parametrize(
        "part",
        [
            "Công ty ",
            "Sở Ngoại vụ, ",
            "(",
            '"',
            "Phó Chủ tịch ",
            "1/",
            "12-NQ/",
            "A. ",
            "Nguyễn ",
            "các sở: ",
            "dự án A - ",
            "tỉnh ",
        ],
    )
    def test_time_grows_with_length_only(self, part):
        view = View(part * (60_000 // len(part)))
        started = time.perf_counter()
        bodies.find(view, [], [])
        assert time.perf_counter() - started < 4
