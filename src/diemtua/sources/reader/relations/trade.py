"""Export markets: market(where goods go, who exports), traditional, new or ongoing.

A sentence about exports is read list by list: the words before a list of countries, else those behind it, say what kind
of market they are.
"""

from __future__ import annotations

import itertools
import re

from diemtua.sources.reader import facts
from diemtua.sources.reader.relations.line import Line
from diemtua.sources.reader.relations.scene import Scene
from diemtua.sources.reader.patterns import any_of, grammar

_LIST = grammar(
    r"[CRF](?: ?\([^()]{0,40}\))?(?:(?:,|;)?(?: và| hay| hoặc| cùng với| cùng|,| cũng như| rồi|,? đến|,? sang| hoặc là| đi| lẫn)? (?:(?:các nước|các|thị trường|khu vực|nước|vùng|một số nước|đến|sang|tới|với) )*[CRF](?: ?\([^()]{0,40}\))?)*+"
)
_TRADE = grammar(
    any_of(
        r"xuất (?:khẩu|bán|sang|đi|vào|qua|được|ngoại|thô|trực tiếp)|thị trường|tiêu thụ|đơn hàng|bạn hàng|chào hàng|mối (?:hàng|làm ăn|quen|truyền thống|cũ|ruột)|cập cảng|lô hàng|chuyến hàng|lô này|"
        r"(?<!ngân )(?<!khách )(?<!nhà )hàng(?! năm| trăm| đầu| nghìn| chục| tháng| ngày| tuần| loạt| hải| không| rào| xóm)|nhà nhập khẩu|đầu ra|gửi mẫu|"
        "bán sang|bán cho|bán tốt|bán chạy|bán ở|có mặt (?:tại|ở|trên|chủ yếu|khắp)|kệ siêu thị|siêu thị|thương lái|khách hàng|kim ngạch|điểm đến|nhắm vào|nhắm tới|nhắm đến"
    )
)
# Sentences that say goods go out, and those that only speak of a market.
_OUT = grammar(
    any_of(
        r"xuất (?:khẩu|bán|sang|đi|vào|qua|được|ngoại|thô|trực tiếp)|tiêu thụ|cập cảng|cập bến|có mặt|chào hàng|chào bán|bán sang|bán cho|bán(?! hàng đa)|đi|gửi|gửi mẫu|sang|vào|đặt hàng|đơn hàng|mua|nhắm|nhắm vào|nhắm tới|nhắm đến|thị trường|mối|bạn hàng|điểm đến|"
        "đầu ra|xuất ngoại|kim ngạch|thương lái|khách hàng"
    )
)
_TRADITIONAL = grammar(
    any_of("truyền thống|lâu năm|lâu đời|quen thuộc|quen|lâu nay|xưa nay|hồi nào giờ|bao đời|từ lâu|mối cũ|ruột")
)
_NEW = grammar(
    any_of(
        "mới|tiềm năng|thăm dò|nhắm tới|nhắm đến|nhắm|hướng tới|hướng đến|thâm nhập|mở rộng|mở sang|khai phá|tìm kiếm|tìm đường|tiếp cận|chào hàng|chào bán|thử nghiệm|mở cửa|lần đầu|đầu tiên|thứ nhất|vươn ra|vươn tới|"
        "vươn sang|khai mở|tìm hiểu|chinh phục|đa dạng hóa|dò đường|dò tìm|bắt đầu|mở đường|gửi mẫu|thử|khảo sát|nghiên cứu|mới toanh|khai thác|ngách|kỳ vọng|để mắt|triển vọng|rẽ sang|mở thêm|tìm thêm|lấn sang|tầm ngắm|xa lạ|chưa khai thác|thử với"
    )
)
_STEADY = grammar(
    any_of(
        "chủ lực|đều đặn|lớn nhất|nhiều nhất|chủ yếu|chính|trọng điểm|hằng tháng|tháng nào|chiếm|ổn định|vẫn|tiếp tục|đạt|tăng|giảm|hiện"
    )
)
_OTHER = grammar(
    any_of(
        "nhập khẩu từ|nhập từ|lao động|xuất khẩu lao động|du học|du khách|thị trường khách|khách quốc tế|thị trường lao động|nhập khẩu|khách du lịch|đón khách|thương mại hai chiều|kim ngạch thương mại|đường bay|hội nghị|hội thảo"
    )
)
# Not markets: whose people, firms or papers are meant.
_DESCRIBES = grammar(
    r"(?<!\w)(?:doanh nghiệp|nhà đầu tư|công ty|tập đoàn|chuyên gia|đại sứ|lao động|đối tác|địa phương|đoàn|chính phủ|phía|thương vụ|tại|ở|với|từ|hiệp hội|vốn|dự án|của|tỉnh|giữa|tiếng|người|quán|cơ quan đại diện)(?: (?:của|các|nước|từ))* $"
)
_SALE = grammar(r"xuất khẩu(?! lao động)|thị trường")
_AT_IS_SALE = grammar(any_of("xuất|bán|tiêu thụ|thị trường|có mặt|hàng|chào|thử"))
_MOVES = grammar(r"^(?: thì| đang| lại| vẫn)? (?:tăng|giảm|chiếm|đều|tháng nào|đứng)")
_PARTS = grammar(
    r";|,? (?:nhưng|còn|song|riêng|trong khi đó|trong khi|bù lại|tuy nhiên|ngoài ra|bên cạnh đó)(?= |,)|\.\.\."
)


def read(scene: Scene) -> None:
    """Find every market."""
    warm = False
    for line in scene.lines:
        code = line.code
        trade = bool(_TRADE.search(code)) and bool(_OUT.search(code))
        if re.search("[CRF]", code) and (trade or (warm and _OUT.search(code))):
            starts = [0, *(m.start() for m in _PARTS.finditer(code)), len(code)]
            for start, end in itertools.pairwise(starts):
                _part(scene, line.part(start, end), line)
        warm = trade


def _part(scene: Scene, part: Line, line: Line) -> None:
    code = part.code
    lists = [m for m in _LIST.finditer(code) if not _describes(code, m.start())]
    before = 0
    for number, found in enumerate(lists):
        until = lists[number + 1].start() if number + 1 < len(lists) else len(code)
        ahead, behind = code[before : found.start()], code[found.end() : until]
        before = found.end()
        if _OTHER.search(ahead) and not _SALE.search(ahead):
            continue
        if not any(pattern.search(words) for words in (ahead, behind) for pattern in (_OUT, _NEW, _TRADITIONAL)) and not _MOVES.match(behind):
            continue
        status = _status(ahead, behind, found[0])
        for market in part.all(*found.span(), "CRF"):
            if scene.found[market].norm != "VN":
                scene.add(facts.MARKET, market, _exporter(scene, line, market), line, status)


def _describes(code: str, at: int) -> bool:
    found = _DESCRIBES.search(code, 0, at)
    if not found:
        return False
    return not (found[0].startswith(("tại", "ở", "với", "của")) and _AT_IS_SALE.search(code, max(0, at - 60), at))


def _status(ahead: str, behind: str, listed: str) -> str:
    aside = " ".join(re.findall(r"\(([^()]*)\)", listed))
    apposed = re.match(r",? ?(?:[^,;.]{0,60})", behind)
    for words in (aside, ahead[-90:], apposed[0] if apposed else ""):
        if _TRADITIONAL.search(words):
            return "traditional"
        if _NEW.search(words):
            return "new"
        if _STEADY.search(words):
            return "ongoing"
    return "ongoing"


def _exporter(scene: Scene, line: Line, market: int) -> int | None:
    """Who sells: the company or province named before it in the sentence, else the home province, else Việt Nam."""
    place = scene.found[market].start
    sellers = [i for i in line.who if i >= 0 and scene.kind(i) in (facts.ORG, facts.VN_LOCALITY)]
    before = [i for i in sellers if scene.found[i].start < place]
    if before or sellers:
        return (before or sellers)[-1]
    home = scene.home_near(place)
    return scene.nation if home is None else home
