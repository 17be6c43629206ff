"""Export markets: market(where goods go, who exports), traditional, new or ongoing.

A sentence about exports is read list by list: the words before a list of countries, else those behind it, say what kind
of market they are.
"""

from __future__ import annotations

import itertools
import re

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene

_NEAR = 90  # characters before a list that may say what kind of market it is

_ONE = r"[CRF](?: ?\([^()]{0,40}\))?"
_LIST = grammar(
    rf"{_ONE}(?:[,;]?(?:,? (?:và|hay|hoặc|rồi|lẫn|đi|đến|sang|cùng(?: với)?|cũng như))? "
    rf"(?:(?:các|một số|nước|thị trường|khu vực|vùng|đến|sang|tới|với) )*{_ONE})*+"
)
_EXPORT = r"xuất (?:khẩu|bán|sang|đi|vào|qua|được|ngoại|thô|trực tiếp)"
_GOODS = (
    r"(?<!ngân )(?<!khách )(?<!nhà )hàng(?! năm| trăm| đầu| nghìn| chục| tháng| ngày| tuần| loạt| hải| không| rào| xóm)"
)
# What makes a sentence one about sales abroad.
_TRADE = grammar(
    any_of(
        rf"{_EXPORT}|thị trường|tiêu thụ|kim ngạch|đầu ra|điểm đến|nhắm (?:vào|tới|đến)|đơn hàng|bạn hàng|chào hàng|"
        rf"lô hàng|chuyến hàng|lô này|{_GOODS}|mối (?:hàng|làm ăn|quen|truyền thống|cũ|ruột)|cập cảng|gửi mẫu|"
        rf"nhà nhập khẩu|"
        "khách hàng|thương lái|siêu thị|bán (?:sang|cho|tốt|chạy|ở)|có mặt (?:tại|ở|trên|chủ yếu|khắp)"
    )
)
# What makes a list in it one of markets.
_OUT = grammar(
    any_of(
        rf"{_EXPORT}|tiêu thụ|thị trường|mối|bạn hàng|đơn hàng|đặt hàng|mua|khách hàng|thương lái|điểm đến|đầu ra|"
        rf"kim ngạch|"
        "nhắm|đi|sang|vào|gửi|cập cảng|cập bến|có mặt|chào hàng|chào bán|bán(?! hàng đa)"
    )
)
_TRADITIONAL = grammar(
    any_of("truyền thống|lâu năm|lâu đời|lâu nay|xưa nay|từ lâu|hồi nào giờ|bao đời|quen|quen thuộc|mối cũ|ruột")
)
_NEW = grammar(
    any_of(
        "mới|mới toanh|lần đầu|đầu tiên|thứ nhất|bắt đầu|tiềm năng|triển vọng|kỳ vọng|ngách|xa lạ|tầm ngắm|để mắt|nhắm|"
        "hướng (?:tới|đến)|vươn (?:ra|tới|sang)|rẽ sang|lấn sang|mở (?:rộng|sang|cửa|đường|thêm)|khai (?:phá|mở|thác)|"
        "đa dạng hóa|tìm (?:kiếm|đường|thêm|hiểu)|thăm dò|dò (?:đường|tìm)|khảo sát|nghiên cứu|thử|thử nghiệm|gửi mẫu|"
        "chào hàng|chào bán|tiếp cận|thâm nhập|chinh phục"
    )
)
_STEADY = grammar(
    any_of(
        "chủ lực|chủ yếu|chính|trọng điểm|lớn nhất|nhiều nhất|đều đặn|ổn định|hằng tháng|tháng nào|hiện|vẫn|tiếp tục|"
        "chiếm|đạt|tăng|giảm"
    )
)
_MOVES = grammar(r"(?: thì| đang| lại| vẫn)? (?:tăng|giảm|chiếm|đều|đứng|tháng nào)")
# Other traffic with a country.
_OTHER = grammar(
    any_of(
        "nhập khẩu|nhập từ|lao động|du học|du khách|khách du lịch|khách quốc tế|thị trường khách|đón khách|đường bay|"
        "hội nghị|hội thảo|thương mại hai chiều|kim ngạch thương mại"
    )
)
_SALE = grammar(r"xuất khẩu(?! lao động)|thị trường")
# Whose people, firms or papers are meant, not where goods go; "ở", "với" and the like may lead to a market, too.
_DESCRIBES = grammar(
    r"(?<!\w)(?:(?P<loose>tại|ở|với|của)|doanh nghiệp|nhà đầu tư|công ty|tập đoàn|hiệp hội|chuyên gia|lao động|người|"
    r"đại sứ|quán|thương vụ|cơ quan đại diện|chính phủ|phía|đoàn|đối tác|địa phương|tỉnh|vốn|dự án|tiếng|từ|"
    r"giữa)(?: (?:của|các|nước|từ))* $"
)
_SALE_AT = grammar(any_of("xuất|bán|tiêu thụ|thị trường|có mặt|hàng|chào|thử"))
_PARTS = grammar(
    r";|,? (?:nhưng|còn|song|riêng|tuy nhiên|trong khi đó|trong khi|bù lại|ngoài ra|bên cạnh đó)(?= |,)|\.\.\."
)
_IN_BRACKET = re.compile(r"\(([^()]*)\)")
_APPOSED = re.compile(r",? ?[^,;.]{0,60}")


def read(scene: Scene) -> None:
    """Find every market."""
    trade = False
    for line in scene.lines:
        code = line.code
        before, trade = trade, bool(_TRADE.search(code) and _OUT.search(code))
        if re.search("[CRF]", code) and (trade or (before and _OUT.search(code))):
            starts = [0, *(m.start() for m in _PARTS.finditer(code)), len(code)]
            for start, end in itertools.pairwise(starts):
                _part(scene, line.part(start, end), line)


def _part(scene: Scene, part: Line, line: Line) -> None:
    code = part.code
    lists = [m for m in _LIST.finditer(code) if not _describes(code, m.start())]
    ends = [0, *(m.end() for m in lists)]
    starts = [*(m.start() for m in lists), len(code)]
    for number, found in enumerate(lists):
        ahead, behind = code[ends[number] : found.start()], code[found.end() : starts[number + 1]]
        if _is_market(ahead, behind):
            status = _status(ahead, behind, found[0])
            for market in part.all(*found.span(), "CRF"):
                if scene.found[market].norm != "VN":
                    scene.add(facts.MARKET, market, _exporter(scene, line, market), line, status)


def _describes(code: str, at: int) -> bool:
    found = _DESCRIBES.search(code, 0, at)
    return found is not None and not (found["loose"] and _SALE_AT.search(code, max(0, at - 60), at))


def _is_market(ahead: str, behind: str) -> bool:
    """Whether the words before and behind a list of places make them markets."""
    if _OTHER.search(ahead) and not _SALE.search(ahead):
        return False
    if _MOVES.match(behind):
        return True
    return any(pattern.search(words) for words in (ahead, behind) for pattern in (_OUT, _NEW, _TRADITIONAL))


def _status(ahead: str, behind: str, listed: str) -> str:
    aside = " ".join(_IN_BRACKET.findall(listed))
    apposed = _APPOSED.match(behind)
    for words in (aside, ahead[-_NEAR:], apposed[0] if apposed else ""):
        for status, pattern in (("traditional", _TRADITIONAL), ("new", _NEW), ("ongoing", _STEADY)):
            if pattern.search(words):
                return status
    return "ongoing"


def _exporter(scene: Scene, line: Line, market: int) -> int | None:
    """Who sells: the company or province named before it in the sentence, else the home province, else Việt Nam."""
    place = scene.found[market].start
    sellers = line.all(0, len(line.code), "OV")
    before = [i for i in sellers if scene.found[i].start < place]
    if sellers:
        return (before or sellers)[-1]
    home = scene.home_near(place)
    return scene.nation if home is None else home
