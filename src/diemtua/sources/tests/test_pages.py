"""Pages of news, in HTML and as pasted text: which part is what, and what is left out."""

import datetime
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.kit.dates import PartialDate
from diemtua.sources.text import Page, Unreadable, page_of_text, read, secrecy_mark
from diemtua.sources.text.page import VIETNAM_TIME, page_of_html

from . import pages_of_news as pages

FIRST_ARTICLE = Path(__file__).parents[5] / "shared" / "facts" / "article-2023-07-18.txt"

LEAD = (
    "Nhờ giữ chữ tín với khách quen và chịu khó đi tìm khách lạ, hàng của tỉnh đã có mặt ở nhiều nơi, "
    "dù thị trường chung còn khó."
)
BODY = [
    "Xưởng dệt ở cuối làng Mẫu mỗi tháng gửi đi bốn chuyến hàng, phần lớn cho những khách do khách cũ giới thiệu, "
    "nên chưa năm nào phải đóng cửa một ngày, kể cả khi chợ quê vắng người mua và giá sợi lên cao.",
    "Sở Công Thương cho biết sáu tháng đầu năm kim ngạch tăng so với cùng kỳ, trong đó hàng dệt chiếm hơn một nửa.",
    "Tỉnh đang cùng các hội nghề mở lớp dạy bán hàng qua mạng cho các hộ nhỏ.",
]
CAPTION = "Công nhân kiểm hàng trước khi xuất xưởng."


def at(*when: int) -> datetime.datetime:
    return datetime.datetime(*when, tzinfo=VIETNAM_TIME)


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def pasted(*head: str, foot: tuple[str, ...] = ()) -> str:
    return "\n\n".join([*head, LEAD, *BODY, *foot])


class TestText:
    def test_a_whole_page(self):
        page = page_of_text(
            "Thứ 2, 15/04/2024, 06:32[GMT+7]\n\nGiữ bạn cũ, tìm bạn mới\n\nThứ 3, 18/07/2023 | 08:43:03\n4,628 lượt xem\n"
            + "\n\n".join([LEAD, CAPTION, *BODY])
            + "\n\nĐỗ Mẫu\n(Thành phố Mẫu)\n\nTin cùng chuyên mục\n\nChợ quê lên mạng bán hàng\n\nXem tin theo ngày"
        )
        assert page == Page(
            title="Giữ bạn cũ, tìm bạn mới",
            published_on=datetime.date(2023, 7, 18),
            published_at=at(2023, 7, 18, 8, 43, 3),
            seen_on=datetime.date(2024, 4, 15),
            lead=LEAD,
            captions=(CAPTION,),
            body="\n\n".join(BODY),
            byline="Đỗ Mẫu",
            place="Thành phố Mẫu",
            views=4628,
            related=("Chợ quê lên mạng bán hàng",),
        )

    @pytest.mark.skipif(not FIRST_ARTICLE.exists(), reason="the article is kept beside the project")
    def test_the_first_real_document(self):
        found = read(FIRST_ARTICLE, FIRST_ARTICLE.name)
        page = found.page
        assert found.title == page.title == "Tăng cường đối ngoại - điểm tựa cho đầu tư phát triển"
        assert (page.published_at, page.views) == (at(2023, 7, 18, 8, 43, 3), 4628)
        assert (page.byline, page.place) == ("Dương Lễ", "Thành phố Thái Bình")
        assert page.lead.startswith("Trong bối cảnh hội nhập quốc tế")
        assert page.captions[0].startswith("Khu công nghiệp Liên Hà Thái được quy hoạch")
        assert (len(page.captions), len(page.body.split("\n\n"))) == (1, 7)
        assert found.text == FIRST_ARTICLE.read_text().rstrip("\n")
        assert found.suggested == {
            "author": "Dương Lễ",
            "published": PartialDate.day(datetime.date(2023, 7, 18)),
            "seen_on": datetime.date(2024, 4, 15),
        }

    @pytest.mark.parametrize(
        ("line", "moment"),
        [
            ("Thứ Tư, 13/09/2023 | 16:20", at(2023, 9, 13, 16, 20)),
            ("Thứ tư, 13/9/2023, 16:20 (GMT+7)", at(2023, 9, 13, 16, 20)),
            ("16:20 | 13/09/2023", at(2023, 9, 13, 16, 20)),
            ("13-09-2023 16h20", at(2023, 9, 13, 16, 20)),
            ("Cập nhật lúc 16:20, Thứ Tư, 13/09/2023 (GMT+7)", at(2023, 9, 13, 16, 20)),
            ("Đăng lúc: 13/09/2023 04:20 PM", at(2023, 9, 13, 16, 20)),
            ("Chủ nhật, 5/3/2023 | 7:00", at(2023, 3, 5, 7, 0)),
            ("Ngày 5 tháng 3 năm 2023, 7 giờ 05 phút", at(2023, 3, 5, 7, 5)),
            ("Lê Mẫu - 13/09/2023 16:20", at(2023, 9, 13, 16, 20)),
            ("Ngày đăng: 13/09/2023", None),
        ],
    )
    def test_days(self, line, moment):
        page = page_of_text(pasted("Giữ bạn cũ, tìm bạn mới", line))
        assert page.published_on == (moment.date() if moment else datetime.date(2023, 9, 13))
        assert page.published_at == moment
        assert page.title == "Giữ bạn cũ, tìm bạn mới"
        assert page.lead == LEAD

    @pytest.mark.parametrize("line", ["31/02/2023 08:00", "Ngày 12/9/2023, tại trụ sở, đoàn đã họp kín.", "0/0/0000"])
    def test_no_days(self, line):
        assert page_of_text(pasted("Giữ bạn cũ, tìm bạn mới", line)).published_on is None

    def test_the_clock_above_the_title_is_not_the_day(self):
        page = page_of_text(pasted("Thứ 2, 15/04/2024, 06:32[GMT+7]", "Giữ bạn cũ, tìm bạn mới"))
        assert (page.published_on, page.seen_on) == (None, datetime.date(2024, 4, 15))
        page = page_of_text(pasted("Xuất bản: 15/04/2024", "Giữ bạn cũ, tìm bạn mới"))
        assert (page.published_on, page.seen_on) == (datetime.date(2024, 4, 15), None)

    @pytest.mark.parametrize(
        ("line", "count"),
        [
            ("4,628 lượt xem", 4628),
            ("4.628 lượt xem", 4628),
            ("Lượt xem: 4628", 4628),
            ("Đã xem: 4 628", 4628),
            ("4,6K lượt đọc", 4600),
            ("13/09/2023 | 12 lượt xem", 12),
        ],
    )
    def test_views(self, line, count):
        assert page_of_text(pasted("Giữ bạn cũ, tìm bạn mới", line)).views == count

    @pytest.mark.parametrize(
        ("foot", "byline", "place"),
        [
            (("Dương Mẫu",), "Dương Mẫu", ""),
            (("DƯƠNG MẪU, LÊ THỬ",), "DƯƠNG MẪU, LÊ THỬ", ""),
            (("Bài, ảnh: T. Mẫu",), "T. Mẫu", ""),
            (("T.Mẫu",), "T.Mẫu", ""),
            (("Vũ Thị Mẫu (thực hiện)",), "Vũ Thị Mẫu", ""),
            (("Dương Mẫu (Thành phố Mẫu)",), "Dương Mẫu", "Thành phố Mẫu"),
            (("Dương Mẫu", "(Huyện Mẫu)"), "Dương Mẫu", "Huyện Mẫu"),
            (("Theo TTXVN",), "Theo TTXVN", ""),
            (("Nguồn: Báo Mẫu", "Từ khóa: đối ngoại, đầu tư"), "Báo Mẫu", ""),
            (("Xin cảm ơn ông!",), "", ""),
            (("Hội nghị bế mạc lúc mười một giờ.",), "", ""),
        ],
    )
    def test_authors(self, foot, byline, place):
        page = page_of_text(pasted("Giữ bạn cũ, tìm bạn mới", foot=foot))
        assert (page.byline, page.place) == (byline, place)

    def test_section(self):
        page = page_of_text(pasted("Trang chủ > Kinh tế > Xuất khẩu", "Giữ bạn cũ, tìm bạn mới", "18/07/2023 08:43"))
        assert (page.section, page.title) == ("Xuất khẩu", "Giữ bạn cũ, tìm bạn mới")

    def test_captions_by_their_credit(self):
        page = page_of_text(
            "\n".join(["Giữ bạn cũ, tìm bạn mới", LEAD, BODY[0], "Một góc xưởng dệt. Ảnh: Lê Mẫu", BODY[1]])
        )
        assert page.captions == ("Một góc xưởng dệt. Ảnh: Lê Mẫu",)

    @pytest.mark.parametrize(
        "text",
        [
            "UBND TỈNH MẪU\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 12/BC-UB\nMẫu, ngày 18 tháng 7 năm 2023\nBÁO CÁO\n"
            + BODY[0],
            "Danh sách đối tác\nSTT\tTên\n1\tMẫu",
            "",
            "\n\n",
        ],
    )
    def test_other_papers_have_no_page(self, text):
        assert not page_of_text(text).is_news
        if text.strip():
            found = read(text.encode(), "a.txt")
            assert (found.page, found.suggested) == (None, {})

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.text(max_size=40),
                st.sampled_from(
                    ["18/07/2023 08:43", "4 lượt xem", "Tin liên quan", "(Xã Mẫu)", "Lê Mẫu", LEAD, "Trang chủ > A"]
                ),
            ),
            max_size=12,
        )
    )
    def test_any_lines(self, found):
        page = page_of_text("\n".join(found))
        assert len(page.body) <= sum(map(len, found)) + 2 * len(found)

    @pytest.mark.parametrize(
        "line", ["1/", "18/07/2023 ", "A ", "Ảnh: ", "(", "1.000 ", "Trang chủ > ", "Tin liên quan\n", " "]
    )
    def test_hostile_text_is_quick(self, line):
        began = time.process_time()
        page_of_text(line * 300_000)
        page_of_text((line * 10 + "\n") * 30_000)
        assert time.process_time() - began < 5


class TestHtml:
    def test_a_large_newspaper(self):
        found = read(pages.LARGE_NEWSPAPER.encode(), "a.html")
        page = found.page
        assert found.title == page.title == "Tỉnh Thử Nghiệm đón đoàn doanh nghiệp Mẫu Quốc"
        assert page.published_at == at(2024, 3, 5, 8, 15)
        assert page.seen_on == datetime.date(2024, 4, 15)
        assert page.lead.startswith("Chuyến thăm ba ngày")
        assert page.captions == (
            "Quang cảnh buổi làm việc tại hội trường lớn. Ảnh: Trần Mẫu",
            "Cảng nước sâu nhìn từ trên cao.",
        )
        assert (page.byline, page.section, page.site) == ("Lê Thị Mẫu", "Đối ngoại", "Báo Thử Nghiệm")
        assert "Hội hữu nghị tỉnh kết nạp thêm ba chi hội" in page.related
        text = lines(found.text)
        assert text[:3] == [page.title, page.lead, page.captions[0]]
        assert text[3].startswith("Sáng 4/3")
        assert text[4].startswith("Theo ông Phạm Văn Mẫu, Giám đốc")
        assert text.index(page.captions[1]) == 6
        assert text[-1].startswith("Hai bên hẹn gặp lại")
        assert len(text) == 10
        assert found.suggested == {
            "author": "Lê Thị Mẫu",
            "issuer": "Báo Thử Nghiệm",
            "published": PartialDate.day(datetime.date(2024, 3, 5)),
            "url": "https://bao.example/doi-ngoai/tinh-thu-nghiem-don-doan-101.html",
            "seen_on": datetime.date(2024, 4, 15),
        }

    @pytest.mark.parametrize(
        "word", ["Quảng cáo", "chương trình viết", "bà con quê tôi", "Giá lúa gạo", "Chia sẻ", "evil", "Cảng Mẫu nhận"]
    )
    def test_what_is_around_stays_out(self, word):
        assert word not in read(pages.LARGE_NEWSPAPER.encode(), "a.html").text

    def test_a_provincial_newspaper_without_data_for_machines(self):
        found = read(pages.PROVINCIAL_NEWSPAPER.encode(), "a.html")
        page = found.page
        assert page.title == "Giữ bạn cũ, tìm bạn mới cho hàng quê mình"
        assert page.published_at == at(2023, 7, 18, 8, 43, 3)
        assert (page.seen_on, page.views) == (datetime.date(2024, 4, 15), 4628)
        assert (page.byline, page.place) == ("Đỗ Mẫu", "Thành phố Mẫu")
        assert page.captions == (CAPTION,)
        assert page.related == ("Chợ quê lên mạng bán hàng khắp nước", "Thêm hai tuyến tàu hàng ra cảng lớn")
        assert lines(found.text)[:3] == [page.title, page.lead, CAPTION]
        assert len(lines(found.text)) == 6

    def test_a_portal_with_a_table(self):
        found = read(pages.PORTAL_WITH_TABLE.encode(), "a.html")
        page = found.page
        assert (page.published_on, page.published_at) == (datetime.date(2024, 4, 10), None)
        assert (page.seen_on, page.views, page.section) == (datetime.date(2024, 4, 15), 1204, "Đầu tư")
        assert lines(found.text)[2:5] == ["Nước\tDự án\tVốn (triệu USD)", "Nhật Bản\t4\t120,5", "Hàn Quốc\t7\t98"]
        assert "Thời gian cấp phép rút còn mười hai ngày." in found.text

    def test_a_layout_of_tables(self):
        found = read(pages.OLD_LAYOUT.encode(), "a.htm")
        page = found.page
        assert page.title == "Hội đàm thường niên giữa hai tỉnh láng giềng"
        assert (page.published_at, page.views) == (at(2011, 11, 2, 14, 5), 312)
        assert (page.byline, page.captions) == ("Vũ Mẫu - Hà Mẫu", ("Hai đoàn chụp ảnh lưu niệm.",))
        assert len(lines(found.text)) == 5
        assert len(page.related) == 2

    def test_a_page_that_scripts_fill_in(self):
        found = read(pages.FILLED_BY_SCRIPT.encode(), "a.html")
        page = found.page
        assert (page.published_at, page.views, page.section) == (at(2024, 1, 2, 7, 0), 77, "Cảng biển")
        assert page.byline == "Ngô Mẫu, Tạ Mẫu"
        assert len(lines(found.text)) == 3

    def test_a_page_behind_a_login(self):
        with pytest.raises(Unreadable) as caught:
            read(pages.BEHIND_LOGIN.encode(), "a.html")
        assert caught.value.code == "login"
        with_article = pages.LARGE_NEWSPAPER.replace("<nav>", "<nav><form><input type=password></form>")
        assert read(with_article.encode(), "a.html").page is not None

    def test_a_paper_saved_as_html_is_kept_whole(self):
        found = read(pages.LETTER_FROM_WORD.encode(), "a.html")
        assert found.page is None
        for word in ("UBND TỈNH MẪU", "CỘNG HÒA", "Số: 12/SNgV-HTQT", "Hồ Văn Mẫu", "kính đề nghị"):
            assert word in found.text

    def test_a_mark_of_secrecy_beside_the_article_is_seen(self):
        page = pages.LARGE_NEWSPAPER.replace("<header", "<div>TỐI MẬT</div><header")
        assert secrecy_mark(read(page.encode(), "a.html").text) == "TỐI MẬT"

    def test_parts_stand_in_the_text(self):
        for html in (pages.LARGE_NEWSPAPER, pages.PROVINCIAL_NEWSPAPER, pages.PORTAL_WITH_TABLE, pages.OLD_LAYOUT):
            found = read(html.replace("tỉnh", "t&shy;ỉnh&#8203;").encode("utf-16"), "a.html")
            assert "\u00ad" not in found.text
            for part in (found.page.title, found.page.lead, *found.page.captions, *found.page.body.split("\n\n")):
                assert part in found.text

    def test_addresses_that_are_none(self):
        html = pages.LARGE_NEWSPAPER
        for address in ("javascript:alert(1)", "https://", "https://x y/", "http://-/" + "a" * 2000):
            page = html.replace("https://bao.example/doi-ngoai/tinh-thu-nghiem-don-doan-101.html", address)
            assert "url" not in read(page.encode(), "a.html").suggested

    @pytest.mark.parametrize(
        "json",
        [
            '{"@type":',
            "[" * 5000,
            '{"@graph":' * 3000,
            '{"@type":"NewsArticle","author":[[[]]],"headline":{}}',
            '"x"',
            "null",
        ],
    )
    def test_broken_data_for_machines(self, json):
        html = pages.PROVINCIAL_NEWSPAPER.replace("<body>", f'<body><script type="application/ld+json">{json}</script>')
        assert page_of_html(html).views == 4628

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.sampled_from([*"<>/\"' =x", *pages.LARGE_NEWSPAPER.split(">")]), max_size=60))
    def test_any_markup(self, pieces):
        page_of_html(">".join(pieces))

    @pytest.mark.parametrize(
        "piece",
        ["<b><p>", "<table><tr><td>a<td>b", "<a href=x>tin mới</a> ", "<p>18/07/2023 | 4.628 lượt xem</p>", "<ul><li class=ads>x",
         "<h1>a b c d e f</h1>", "<img><p align=center>x</p>", "<p>Tin liên quan</p><p>x</p>", "<input type=password>", "&#"],
    )  # fmt: skip
    def test_hostile_markup_is_quick(self, piece):
        head, rest = pages.LARGE_NEWSPAPER.split("<p>Sáng 4/3", 1)
        began = time.process_time()
        page_of_html(head + piece * (200_000 // len(piece)) + "<p>Sáng 4/3" + rest)
        assert time.process_time() - began < 5
