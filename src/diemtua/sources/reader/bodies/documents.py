"""Documents: acts with a number or a title, and agreements between parties."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.names import NameScan
from diemtua.sources.reader.bodies.phrases import first_words, phrases
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import CAPITAL, CODE, COLUMN, JOINED, LOWER, MARK, NUMBER, OPEN, PARAGRAPH, UPPER


@dataclass(frozen=True, slots=True)
class Document:
    """A document at tokens `first` to `end`; `number` is its official number, if it has one."""

    first: int
    end: int
    number: str | None = None


# Where the name of an agreement ends.
_ENDS = frozenset(
    "giai năm ngày giữa với về của ký do này trong trên tại để đã sẽ được có cho từ đến hết còn tiếp nhằm theo vì là ở "
    "nào đó khi mà nếu không chưa đang vừa mới vào sau trước gồm nêu nói cũng đều vẫn bao bị lên nhưng song kèm ban "
    "cùng nhân phải lần thì sắp tới kỳ kể thay như và hay hoặc gia thuộc qua bằng gần đối cấp hiện mang ấy kia nọ "
    "đặt bàn rồi chính đầu cuối thêm qua quốc mà lại luôn ấy mỗi xong thông nay kia vốn xuyên trao ghi lần một hai ba quý tháng số gồm hàng hằng liên tỉnh thành phía các những cả nước luôn khá rất đâu".split()
)
_PLURALS = frozenset("các những hai ba bốn năm sáu bảy tám chín mười nhiều mấy số mọi vài một từng chục mỗi loạt bất".split())
_CLASSIFIERS = frozenset("bản tờ văn".split())
# Before a bare "thỏa thuận": words that show it to be a noun, and words that show a verb.
_NOUN_BEFORE = frozenset("ký kết theo hiện khai hạn thế của trong nội bản tờ dung về các thành dự thảo trao với giữ từ hủy chấm dứt đạt được".split())
_VERB_BEFORE = frozenset("bên cùng đã sẽ nhau phía đang không chưa và tự thuận họ chúng tôi".split())
_NOUN_AFTER = frozenset(
    "do giữa mà với ký này đã hết có được trên nêu nói hợp kết song về gia đến của năm giai khung nguyên ban cấp sẽ từ mới vừa còn là".split()
)
_GOALS = frozenset(
    "dự_kiến phấn_đấu hướng_tới tiến_tới xúc_tiến mong_muốn đề_xuất đề_nghị sẽ_ký để_ký sớm_ký cần_ký nghiên_cứu "
    "khả_năng mong_ký muốn_ký thúc_đẩy kỳ_vọng bàn_ký tính_ký".split("|")[0].split()
)
_NEGATIONS = frozenset("chưa không chẳng".split())
_MADE = frozenset("ký kết có đạt lập hề từng nhận thấy tìm còn".split())


class Documents:
    """Finds the documents of a scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.act = phrases("documents", "act")
        self.titled = phrases("documents", "titled")
        self.named = phrases("documents", "named")
        self.licence = phrases("documents", "licence")
        self.agreement = phrases("documents", "agreement")
        self.purpose = phrases("documents", "purpose")
        self.laws = phrases("laws")
        self.scan = NameScan(scene, generous=True)
        self.words = phrases("name_words")
        self.kinds: set[str] = set()
        self._past = 0  # the end of the last words that were no document: no shorter kind begins among them

    def all(self) -> list[Document]:
        """All documents, in reading order."""
        found: list[Document] = []
        tokens = self.tokens
        firsts = first_words(*(("documents", kind) for kind in ("act", "titled", "named", "licence", "agreement")))
        i, size = 0, len(tokens)
        while i < size:
            if tokens.low[i] not in firsts and tokens.shape[i] != CODE:
                i += 1
                continue
            one = self._at(i)
            if one:
                found.append(one)
                self.kinds.add(self.tokens.low[one.first])
                i = one.end
            else:
                i = max(i + 1, self._past)
        return found

    def _at(self, i: int) -> Document | None:
        tokens = self.tokens
        if tokens.shape[i] == CODE:
            return self._numbered(i, i)
        if tokens.shape[i] in {MARK, NUMBER}:
            return None
        return self._act(i) or self._agreement(i) or self._repeat(i)

    # -- acts ------------------------------------------------------------------------------------------------------

    def _numbered(self, first: int, code: int) -> Document | None:
        tokens = self.tokens
        text = re.sub(r"\s+", "", tokens.text(code, code + 1))
        return Document(first, code + 1, text.upper() if tokens.caseless[code] and text.islower() else text)

    def _act(self, i: int) -> Document | None:
        tokens, scene = self.tokens, self.scene
        head = self.act.end(tokens, i)
        if head > i:
            at = head
            if scene.near(at) and tokens.low[at] == "số" and scene.near(at + 1):
                at += 1
                if scene.near(at) and tokens.low[at] == ":" and scene.near(at + 1):
                    at += 1
            if at < len(tokens) and tokens.gap[at] < COLUMN:
                plural = self._plural(i)
                if tokens.shape[at] == CODE:
                    return self._numbered(at if plural else i, at)
                if tokens.shape[at] == NUMBER and at > head and at not in scene.value_at:
                    return Document(i, at + 1, tokens.low[at])
        for find in (self._law, self._planned, self._quoted, self._licence):
            if one := find(i):
                return one
        return None

    def _law(self, i: int) -> Document | None:
        tokens, scene = self.tokens, self.scene
        head = self.titled.end(tokens, i)
        if head == i or not scene.near(head) or not scene.capital(i):
            return None
        word = tokens.low[i]
        if word == "nghị" and tokens.low[i + 1] == "quyết":
            if tokens.low[head : head + 2] != ["đại", "hội"] or tokens.shape[head] == LOWER:
                return None
        if word in {"quy", "tuyên"} or self._plural(i):
            return None
        if word == "hiến" and tokens.low[head - 1] == "pháp":
            return Document(i, head)
        end = self.laws.end(tokens, head) if word in {"luật", "bộ", "pháp"} else head
        if end == head:
            if not scene.capital(head) or tokens.caseless[head] and word in {"luật", "bộ", "pháp"}:
                return None
            end = self._title(head)
            if end == head:
                return None
        number = None
        if scene.near(end) and tokens.low[end] == "số" and scene.near(end + 1) and tokens.shape[end + 1] == CODE:
            number = tokens.text(end + 1, end + 2)
            end += 2
        return Document(i, end, number)

    def _title(self, at: int) -> int:
        """The end of a title that begins with a capital at `at` and runs on in lower case."""
        tokens, scene = self.tokens, self.scene
        last = at
        while last < len(tokens) and last - at < 14 and scene.near(last):
            if last in scene.place_at and last > at:
                last = scene.place_at[last][0]
                continue
            if tokens.shape[last] == MARK:
                after = last + 1
                joined = tokens.low[last] in {"-", ","} and after < len(tokens) and scene.near(after) and scene.capital(after)
                if not joined or (tokens.low[last] == "," and tokens.shape[last - 1] != LOWER):
                    break
            elif (word := self.words.end(tokens, last, any_case=True)) > last + 1:
                last = word
                continue
            elif tokens.low[last] == "và" and self._kind(last + 1):
                break
            elif tokens.shape[last] == LOWER and tokens.low[last] in _ENDS and tokens.low[last] not in {"và", "chính", "liên", "hàng"}:
                break
            elif scene.value_starts(last) or tokens.shape[last] in {CODE, NUMBER}:
                break
            last += 1
        while last > at and (tokens.shape[last - 1] == MARK or tokens.low[last - 1] in {"và"}):
            last -= 1
        return last

    def _kind(self, at: int) -> bool:
        return any(kinds.end(self.tokens, at) > at for kinds in (self.act, self.titled, self.agreement))

    def _planned(self, i: int) -> Document | None:
        """ "Quy hoạch tỉnh Gia Lai", "Quy hoạch chung Khu kinh tế Thái Bình"."""
        tokens, scene = self.tokens, self.scene
        if tokens.low[i : i + 2] != ["quy", "hoạch"] or not scene.near(i + 1):
            return None
        if tokens.shape[i] == LOWER and not tokens.caseless[i]:
            return None
        at = i + 2
        if at in scene.place_at and scene.near(at):
            return Document(i, scene.place_at[at][0])
        for words in (["điện"], ["tổng", "thể"], ["chung"], ["phát", "triển"], ["vùng"], ["xây", "dựng"], ["sử", "dụng"]):
            if tokens.low[at : at + len(words)] == words and scene.near(at):
                end = self._title(at)
                if end > at + len(words) and (tokens.shape[i] != LOWER):
                    return Document(i, end)
        if scene.near(at) and tokens.low[at] == "tỉnh":
            return Document(i, max(at + 1, scene.jurisdiction(at)))
        return None

    def _quoted(self, i: int) -> Document | None:
        tokens, scene = self.tokens, self.scene
        head = self.named.end(tokens, i)
        if head == i or head >= len(tokens) or not scene.near(head) or tokens.low[head] != '"':
            return None
        for close in range(head + 2, min(head + 40, len(tokens))):
            if tokens.low[close] == '"':
                return Document(i, close + 1) if close - head > 2 else None
            if tokens.gap[close] >= PARAGRAPH:
                break
        return None

    def _licence(self, i: int) -> Document | None:
        end = self.licence.end(self.tokens, i)
        if end == i or self._plural(i) or self.tokens.caseless[i] or self._for_many(end):
            return None
        return Document(i, end)

    def _for_many(self, end: int) -> bool:
        """Whether certificates are handed out to several: "giấy chứng nhận đăng ký đầu tư cho ba dự án"."""
        tokens = self.tokens
        if tokens.low[end : end + 1] != ["cho"] or end + 1 >= len(tokens):
            return False
        return tokens.shape[end + 1] == NUMBER or tokens.low[end + 1] in _PLURALS

    # -- agreements ------------------------------------------------------------------------------------------------

    def _agreement(self, i: int) -> Document | None:
        tokens, scene = self.tokens, self.scene
        head = self.agreement.end(tokens, i)
        if head == i or (tokens.shape[i] == LOWER and tokens.shape[i + 1] in {CAPITAL, UPPER}):
            return None
        if i and scene.near(i) and tokens.low[i - 1] in _CLASSIFIERS and tokens.low[i] == "thỏa":
            return None
        self._past = head
        capital = scene.capital(i) and not tokens.caseless[i]
        title = tokens.caseless[i] and self._title_line(i)
        if tokens.caseless[i] and tokens.shape[i] == OPEN and not title and self.tokens.text(i, i + 1).isupper():
            return None
        end = self._purpose(head)
        if title and not self._alone(i, end):
            return None
        if tokens.low[head : head + 2] == ["quốc", "tế"]:
            return None
        bare = end == head
        if tokens.low[i : i + 2] == ["thỏa", "thuận"] and bare and not capital and not title and not self._noun(i, head):
            return None
        if self._plural(i) or self._denied(i, end):
            return None
        if not capital and not title and self._goal(i, end):
            return None
        if head - i == 2 and bare and tokens.low[i : i + 2] in (["văn", "bản"],):
            return None
        return Document(i, end)

    def _title_line(self, i: int) -> bool:
        """Whether token `i` opens a line in capitals, as titles of agreements do."""
        return i == 0 or self.tokens.gap[i] >= COLUMN

    def _alone(self, i: int, end: int) -> bool:
        return True

    def _purpose(self, head: int) -> int:
        """The end of the purpose that follows the kind of an agreement: "hợp tác lao động thời vụ"."""
        tokens, scene = self.tokens, self.scene
        if head >= len(tokens) or not scene.follows(head):
            return head
        known = self.purpose.end(tokens, head)
        if known == head and (tokens.shape[head] != LOWER or scene.stop_end(head) > head):
            return head
        last = head
        while last < len(tokens) and last - head < 9 and scene.follows(last):
            low = tokens.low[last]
            if tokens.shape[last] in {MARK, CODE, NUMBER} or last in scene.place_at or last in scene.value_at:
                break
            if low == "thời" and tokens.low[last + 1 : last + 2] in (["hạn"], ["gian"], ["điểm"], ["kỳ"]):
                break
            if low in {"và"} and scene.near(last + 1) and self._goes_on(last + 1):
                last += 1
                continue
            if low in _ENDS and not (low in {"thành", "liên", "cấp", "đầu"} and self._compound(last)):
                break
            last += 1
        if last - head < 2 and tokens.low[head] not in {"khung", "chung"}:
            return head
        if known == last and tokens.low[head] in {"trao", "thực", "hỗ", "quản", "cung", "điều", "phát", "chia", "xúc", "ghi"}:
            return head
        return last

    def _goes_on(self, at: int) -> bool:
        """Whether "và" joins two purposes: "hữu nghị và hợp tác"."""
        return self.purpose.end(self.tokens, at) > at and self.tokens.low[at] not in {"thực", "quản"}

    def _compound(self, at: int) -> bool:
        return self.tokens.low[at : at + 2] in (["liên", "kết"], ["liên", "doanh"], ["cấp", "địa"], ["đầu", "tư"])

    def _noun(self, i: int, end: int) -> bool:
        """Whether a bare "thỏa thuận" at `i` is a noun."""
        tokens = self.tokens
        before = tokens.low[i - 1] if i and tokens.gap[i] < COLUMN else ""
        after = tokens.low[end] if end < len(tokens) and tokens.gap[end] < COLUMN else ""
        if before in _VERB_BEFORE:
            return False
        if before in {"có"} and after not in _NOUN_AFTER:
            return False
        return before in _NOUN_BEFORE or after in _NOUN_AFTER

    def _plural(self, i: int) -> bool:
        """Whether the document at `i` is one of several, or any."""
        tokens = self.tokens
        if not i or tokens.gap[i] >= COLUMN:
            return False
        before = tokens.low[i - 1]
        if tokens.shape[i - 1] == NUMBER and i - 1 not in self.scene.value_at:
            return True
        return before in _PLURALS

    def _denied(self, i: int, end: int) -> bool:
        """Whether the text says there is no such document: "chưa ký thỏa thuận nào"."""
        tokens = self.tokens
        for k in range(end, min(end + 4, len(tokens))):
            if tokens.shape[k] == MARK or tokens.gap[k] >= COLUMN:
                break
            if tokens.low[k] == "nào":
                return True
        for k in range(i - 1, max(-1, i - 5), -1):
            if tokens.shape[k] == MARK or tokens.gap[k + 1] >= COLUMN:
                return False
            if tokens.low[k] in _NEGATIONS:
                return not _MADE.isdisjoint(tokens.low[k + 1 : i])
        return False

    def _goal(self, i: int, end: int) -> bool:
        """Whether the agreement is only something to be reached."""
        tokens = self.tokens
        low = tokens.low
        clause: list[str] = []
        for k in range(i - 1, max(-1, i - 10), -1):
            if low[k] in {".", ";", ":", "(", '"'} or tokens.gap[k + 1] >= COLUMN:
                break
            clause.append(low[k])
        words = " ".join(reversed(clause))
        if re.search(r"\bdự thảo\b|\bnội dung\b|\blời văn\b", words):
            return False
        if re.search(r"\b(?:đã|vừa|từng) (?:ký|trao|gia hạn)|\bthực hiện\b|\btriển khai\b", words):
            return False
        return bool(
            re.search(
                r"\b(?:dự kiến|phấn đấu|hướng tới|tiến tới|xúc tiến|mong muốn|mong|đề xuất|đề nghị|khả năng|thúc đẩy|kỳ vọng|"
                r"sẽ|để|sớm|cần|bàn|tính|chuẩn bị|nghiên cứu|xem xét|đàm phán|thương thảo|trao đổi)\b(?: \w+){0,4}? (?:ký|ký kết|thiết lập|có)\b",
                words,
            )
        )

    def _repeat(self, i: int) -> Document | None:
        """The kind alone, with a capital, of a document named before: "Chương trình", "Quyết định này"."""
        tokens, scene = self.tokens, self.scene
        if tokens.shape[i] == LOWER or tokens.caseless[i]:
            return None
        head = self.act.end(tokens, i)
        if head == i or head - i > 3 or head >= len(tokens):
            return None
        kind = " ".join(tokens.low[i:head])
        if kind in {"văn bản", "báo cáo", "thông báo", "tờ trình", "công văn", "thư", "điện", "lệnh", "biên bản"}:
            return None
        if tokens.low[head] == "này" and scene.near(head):
            return Document(i, head) if kind not in {"kế hoạch"} or tokens.low[i] in self.kinds else None
        if scene.opens(i) or tokens.low[i] not in self.kinds:
            return None
        if kind in {"chương trình", "kế hoạch", "quy chế", "hiệp định", "nghị quyết", "đề án", "chỉ thị", "nghị định"}:
            stands_alone = tokens.shape[head] == MARK or scene.stop_end(head) > head or tokens.gap[head] >= COLUMN
            return Document(i, head) if stands_alone else None
        return None
