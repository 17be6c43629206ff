"""Economic zones, industrial parks and clusters, high-tech parks and their like."""

from __future__ import annotations

from diemtua.sources.reader.bodies.names import number_end
from diemtua.sources.reader.bodies.phrases import Phrases, phrases
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import CAPITAL, INITIAL, LOWER, MARK, NUMBER, OPEN, UPPER

# What a zone or park is called by its kind.
HEADS = Phrases(
    "khu công nghiệp|KCN|khu kinh tế|KKT|KKTCK|cụm công nghiệp|CCN|khu công nghệ cao|KCNC|khu chế xuất|KCX|KCX & CN|"
    "khu thương mại tự do|khu mậu dịch tự do|KTMTD|khu phi thuế quan|công viên dược phẩm|khu dược phẩm|đặc khu kinh tế|"
    "khu kinh tế đặc biệt|khu công nghệ thông tin tập trung|khu công nghệ thông tin|khu công nghệ số|khu công nghệ số tập trung|"
    "khu nông nghiệp ứng dụng công nghệ cao|khu nông nghiệp công nghệ cao|khu lâm nghiệp ứng dụng công nghệ cao|"
    "khu hợp tác kinh tế|khu hợp tác kinh tế qua biên giới|khu hợp tác kinh tế biên giới|công viên phần mềm|"
    "công viên phần mềm quang trung|công viên công nghệ|công viên công nghiệp|khu liên hợp công nghiệp|tổ hợp công nghiệp|"
    "khu công nghiệp - đô thị - dịch vụ|khu công nghiệp - đô thị|khu công nghiệp, đô thị và dịch vụ|khu tiểu thủ công nghiệp|"
    "khu công nghiệp và đô thị|khu công nghiệp đô thị|khu công nghiệp - dịch vụ - đô thị|khu bảo thuế|"
    "khu kinh tế - quốc phòng|khu kinh tế quốc phòng|khu đổi mới sáng tạo|khu phát triển kinh tế|khu phát triển kinh tế kỹ thuật|"
    "khu phát triển công nghiệp|khu phát triển công nghệ cao|khu khoa học công nghệ|khu thương mại biên giới|khu thương mại biên giới chung|khu kinh tế - thương mại|khu kinh tế - thương mại đặc biệt|khu kinh tế thương mại đặc biệt|khu liên hợp "
    "công nghiệp - dịch vụ - đô thị|khu sinh học".split("|")
)
_KINDS = Phrases(
    "cửa khẩu|cửa khẩu quốc tế|ven biển|mở|hỗ trợ|công nghiệp hỗ trợ|sinh thái|chuyên sâu|tập trung|làng nghề|"
    "dệt may|đa ngành|dược phẩm|công nghệ cao|kiểu mẫu|đô thị|dịch vụ|chuyên ngành|dược|công nghiệp nhẹ|chế biến thủy sản|"
    "hàng không|xuyên biên giới|biên giới|qua biên giới|đặc biệt|đặc thù|thế hệ mới|quốc gia|quốc tế|phía nam|phía bắc|phía đông|phía tây".split(
        "|"
    )
)
_PLURALS = frozenset("các những hai ba bốn năm sáu bảy tám nhiều mấy".split())
_DIRECTIONS = frozenset("nam bắc đông tây".split())


def find(scene: Scene) -> list[tuple[int, int]]:
    """Parks as pairs of tokens (first, end), in reading order."""
    tokens = scene.tokens
    found: list[tuple[int, int]] = []
    firsts = HEADS.firsts
    i = 0
    while i < len(tokens):
        if tokens.low[i] not in firsts:
            i += 1
            continue
        head = HEADS.end(tokens, i) if not scene.taken[i] else i
        if head == i:
            i += 1
            continue
        plural = i > 0 and (tokens.low[i - 1] in _PLURALS or tokens.shape[i - 1] == NUMBER) and scene.near(i)
        name = _kinds(scene, head)
        if plural and scene.near(name) and tokens.low[name] == ":":
            name += 1
        if not plural and tokens.low[i : i + 2] == ["khu", "kinh"] and name > head and _a_place_with_head(scene, name):
            end = scene.place_at[name][0]  # "Khu kinh tế cửa khẩu tỉnh Cao Bằng"
        else:
            end = _name(scene, name) if name < len(tokens) and scene.near(name) else name
        if plural and phrases("provinces").end(tokens, name) == end and tokens.low[end : end + 1] not in ([","], ["và"]):
            end = name  # "9 KCN Thái Nguyên"
        if end == name:
            i = head
            continue
        found.append((name if plural else i, end))
        i = end
        while plural and i + 1 < len(tokens) and tokens.low[i] in {",", "và", ";"} and scene.near(i + 1):
            first = i + 1
            if not scene.capital(first) or HEADS.end(tokens, first) > first or _a_place_with_head(scene, first):
                break
            end = _name(scene, first)
            if end == first:
                break
            found.append((first, end))
            i = end
    return found


def name_of(scene: Scene, first: int) -> int:
    """The token at which the name of the zone at `first` begins, behind its head."""
    return _kinds(scene, HEADS.end(scene.tokens, first))


def _kinds(scene: Scene, at: int) -> int:
    """The end of the words that tell the kind of a zone: "cửa khẩu", "ven biển"."""
    last = at
    for _ in range(3):
        if last >= len(scene.tokens) or not scene.near(last):
            break
        end = _KINDS.end(scene.tokens, last)
        if end == last:
            break
        last = end
    return last


def _a_place_with_head(scene: Scene, at: int) -> bool:
    return at in scene.place_at and scene.tokens.low[at] in {"tỉnh", "huyện", "thành", "xã", "phường", "thị", "tp", "quận"}


def _name(scene: Scene, at: int) -> int:
    """The end of the name of a park that starts at `at`: capitals, numerals, parts joined by a dash."""
    tokens = scene.tokens
    last = at
    while last < len(tokens) and last - at < 8 and (last == at or scene.follows(last)):
        if scene.taken[last] or _a_place_with_head(scene, last):
            break
        shape = tokens.shape[last]
        if last in scene.place_at and shape in {CAPITAL, UPPER, OPEN}:
            last = scene.place_at[last][0]
            continue
        if (end := number_end(scene, last)) > last:
            if shape == NUMBER and last == at and len(tokens.low[last]) > 2:
                break
            last = end
            continue
        if shape == MARK:
            after = last + 1
            if (
                tokens.low[last] in {"-", "&"}
                and last > at
                and after < len(tokens)
                and scene.follows(after)
                and (scene.capital(after) or scene.numeral(after))
                and HEADS.end(tokens, after) == after
                and phrases("heads", "whole").end(tokens, after) == after
                and phrases("heads", "named").end(tokens, after) == after
            ):
                last += 1
                continue
            break
        if not scene.capital(last) or (last > at and _begins_other(scene, last)):
            break
        last += 1
        if shape == OPEN and last - at >= 4:
            break
    # "KCN Song Khê - " or "KCN Hòa Phú &": the dash led nowhere.
    while last > at and tokens.shape[last - 1] == MARK:
        last -= 1
    if last > at and scene.near(last) and tokens.low[last : last + 2] == ["mở", "rộng"]:
        last += 2
    return last


def _begins_other(scene: Scene, at: int) -> bool:
    tokens = scene.tokens
    if phrases("posts", "title").end(tokens, at) > at + 1 or HEADS.end(tokens, at) > at:
        return True
    return any(phrases("heads", kind).end(tokens, at) > at + 1 for kind in ("whole", "named", "unit"))
