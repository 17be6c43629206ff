"""Documents: acts with a number or a title, licences, and agreements between parties."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diemtua.sources.reader.bodies.agreements import Agreements, any_of
from diemtua.sources.reader.bodies.phrases import first_words, phrases, word_set
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import CODE, COLUMN, LOWER, MARK, NUMBER, PARAGRAPH

_ENDS = word_set("agreement end") - {"và", "chính", "liên", "hàng"}
_ANY = word_set("any")
# Acts that are named after a law's field, from the list of laws.
_LAWS = frozenset({"luật", "bộ", "pháp"})
# Beginnings of what a planning document plans, behind "Quy hoạch".
_PLANNED = (("điện",), ("tổng", "thể"), ("chung",), ("phát", "triển"), ("vùng",), ("xây", "dựng"), ("sử", "dụng"))
# Kinds that are repeated with a capital and mean the paper named before.
_REPEATED = frozenset(
    {"chương trình", "kế hoạch", "quy chế", "hiệp định", "nghị quyết", "đề án", "chỉ thị", "nghị định"},
)
# Kinds that stand for no particular paper when they are alone.
_VAGUE = frozenset(
    {"văn bản", "báo cáo", "thông báo", "tờ trình", "công văn", "thư", "điện", "lệnh", "biên bản", "phương án"},
)
# Kinds that are cited by their bare number, and what then follows.
_NUMBERED = frozenset({"nghị quyết", "chỉ thị", "nghị định", "thông tư", "quyết định", "kết luận", "công điện"})
_AFTER = (["của"], ["về"], ["ngày"], [","], ["("], [")"], ["."], [";"], ["do"], ["và"], ["đã"])
_LONGEST_TITLE = 16
_LONGEST_QUOTE = 40
# In quotation marks they show speech, not a title.
_SPEECH = frozenset({".", "?", "!", "đã", "được", "sẽ", "cần", "này", "tôi", "chúng", "phải", "nay", "rằng"})


@dataclass(frozen=True, slots=True)
class Document:
    """A document at tokens `first` to `end`; `number` is its official number, if it has one."""

    first: int
    end: int
    number: str | None = None


class Documents:
    """Finds the documents of a scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.act = phrases("documents", "act")
        self.titled = phrases("documents", "titled")
        self.named = phrases("documents", "named")
        self.licence = phrases("documents", "licence")
        self.agreements = Agreements(scene)
        self.laws = phrases("laws")
        self.trades = phrases("name_words")
        self.seen: set[str] = set()  # first words of the kinds that were named so far

    def all(self) -> list[Document]:
        """All documents, in reading order."""
        tokens = self.tokens
        firsts = first_words(*(("documents", kind) for kind in ("act", "titled", "named", "licence", "agreement")))
        found: list[Document] = []
        i, size = 0, len(tokens)
        while i < size:
            one = self._at(i) if tokens.low[i] in firsts or tokens.shape[i] == CODE else None
            if one:
                found.append(one)
                self.seen.add(tokens.low[one.first])
                i = one.end
            else:
                i += 1
        return found

    def _at(self, i: int) -> Document | None:
        if self.tokens.shape[i] == CODE:
            return self._numbered(i, i)
        for find in (self._act, self._within_quotes, self._titled, self._planned, self._quoted, self._licence):
            if one := find(i):
                return one
        end = self.agreements.end(i)
        return Document(i, end) if end > i else self._repeat(i)

    # -- acts ------------------------------------------------------------------------------------------------------

    def _numbered(self, first: int, code: int) -> Document:
        tokens = self.tokens
        number = re.sub(r"\s+", "", tokens.text(code, code + 1))
        return Document(first, code + 1, number.upper() if tokens.caseless[code] and number.islower() else number)

    def _act(self, i: int) -> Document | None:
        """An act with its number: "Nghị quyết số 22-NQ/TW", "Giấy chứng nhận đăng ký đầu tư số 6512087743"."""
        tokens, scene = self.tokens, self.scene
        head = self.act.end(tokens, i)
        if head == i:
            return None
        at = head
        if scene.near(at) and tokens.low[at] == "số":
            at += 2 if scene.mark(at + 1) == ":" else 1
        if at >= len(tokens) or tokens.gap[at] >= COLUMN:
            return None
        if tokens.shape[at] == CODE:
            return self._numbered(at if any_of(scene, i) else i, at)
        if tokens.shape[at] != NUMBER or at in scene.value_at or any_of(scene, i):
            return None
        # "Nghị quyết 19 của HĐND tỉnh" has a number, "Kế hoạch 5 năm" has none.
        said = at > head or (
            scene.capital(i) and scene.words(i, head) in _NUMBERED and tokens.low[at + 1 : at + 2] in _AFTER
        )
        return Document(i, at + 1, tokens.low[at]) if said else None

    def _titled(self, i: int) -> Document | None:
        """An act known by its title: "Luật Đầu tư", "Hiệp định Thương mại tự do Việt Nam - EU"."""
        tokens, scene = self.tokens, self.scene
        head = self.titled.end(tokens, i)
        if head == i or not scene.near(head) or not scene.capital(i) or any_of(scene, i):
            return None
        kind = scene.words(i, head)
        if kind in {"quy hoạch", "tuyên bố chung"}:
            return None
        if kind == "hiến pháp":
            return Document(i, head)
        if kind == "nghị quyết" and not scene.is_at(head, "đại", "hội"):
            return None
        law = tokens.low[i] in _LAWS
        if law and (scene.is_at(i - 1, "ty") or scene.is_at(head, "tnhh")):
            return None  # "Công ty Luật"
        end = self.laws.end(tokens, head) if law else head
        if end == head:
            unclear = tokens.caseless[head] and law
            end = self._title(head) if scene.capital(head) and not unclear else head
        if end == head:
            return None
        if scene.is_at(end, "số") and scene.near(end + 1) and tokens.shape[end + 1] == CODE:
            return Document(i, end + 2, tokens.text(end + 1, end + 2))
        return Document(i, end)

    def _title(self, at: int) -> int:
        """The end of a title that begins with a capital at `at` and runs on in lower case."""
        tokens, scene = self.tokens, self.scene
        last = at
        while last - at < _LONGEST_TITLE and scene.near(last):
            low, shape = tokens.low[last], tokens.shape[last]
            if last > at and last in scene.place_at:
                last = scene.place_end(last)
            elif (trade := self.trades.end(tokens, last, any_case=True)) > last + 1:
                last = trade
            elif shape == MARK:
                joined = low in {"-", ","} and scene.near(last + 1) and scene.capital(last + 1)
                if not joined or (low == "," and tokens.shape[last - 1] != LOWER):
                    break
                last += 1
            elif (
                shape in {CODE, NUMBER}
                or last in scene.value_at
                or (shape == LOWER and low in _ENDS)
                or (low == "và" and self._kind(last + 1))
            ):
                break
            else:
                last += 1
        while last > at and (tokens.shape[last - 1] == MARK or tokens.low[last - 1] == "và"):
            last -= 1
        return last

    def _kind(self, at: int) -> bool:
        """Whether another document begins at `at`."""
        return any(kinds.end(self.tokens, at) > at for kinds in (self.act, self.titled, self.agreements.kinds))

    def _planned(self, i: int) -> Document | None:
        """A plan of an area or field: "Quy hoạch tỉnh Gia Lai", "Quy hoạch chung Khu kinh tế Thái Bình"."""
        tokens, scene = self.tokens, self.scene
        if not scene.is_at(i, "quy", "hoạch") or (tokens.shape[i] == LOWER and not tokens.caseless[i]):
            return None
        at = i + 2
        if not scene.near(at):
            return None
        if at in scene.place_at:
            return Document(i, scene.place_end(at))
        if tokens.low[at] == "tỉnh":
            return Document(i, max(at + 1, scene.jurisdiction(at)))
        for words in _PLANNED:
            if scene.is_at(at, *words) and tokens.shape[i] != LOWER:
                end = self._title(at)
                return Document(i, end) if end > at + len(words) else None
        return None

    def _quoted(self, i: int) -> Document | None:
        """A document with its title in quotation marks."""
        tokens = self.tokens
        head = self.named.end(tokens, i)
        if head == i or self.scene.mark(head) != '"' or not self.scene.near(head):
            return None
        for close in range(head + 2, min(head + _LONGEST_QUOTE, len(tokens))):
            if tokens.low[close] == '"':
                return Document(i, close + 1) if close - head > 2 else None
            if tokens.gap[close] >= PARAGRAPH:
                break
        return None

    def _within_quotes(self, i: int) -> Document | None:
        """A document whose whole title, with its kind, stands in quotation marks."""
        tokens = self.tokens
        if not i or tokens.low[i - 1] != '"' or tokens.shape[i] == LOWER:
            return None
        head = max(self.agreements.kinds.end(tokens, i), self.named.end(tokens, i))
        if head == i:
            return None
        for close in range(head, min(head + _LONGEST_QUOTE, len(tokens))):
            if tokens.low[close] == '"':
                return Document(i, close) if close > head else None
            speech = tokens.low[close] in _SPEECH or close in self.scene.value_at
            if speech or tokens.gap[close] >= PARAGRAPH:
                break
        return None

    def _licence(self, i: int) -> Document | None:
        """A licence given to one investor: "giấy chứng nhận đăng ký đầu tư"."""
        tokens, scene = self.tokens, self.scene
        end = self.licence.end(tokens, i)
        if end == i or any_of(scene, i) or tokens.caseless[i]:
            return None
        # "giấy chứng nhận đăng ký đầu tư cho ba dự án" are several.
        several = scene.is_at(end, "cho") and scene.near(end + 1)
        if several and (tokens.shape[end + 1] == NUMBER or tokens.low[end + 1] in _ANY):
            return None
        return Document(i, end)

    def _repeat(self, i: int) -> Document | None:
        """The kind alone, with a capital, of a document named before: "Chương trình", "Quyết định này"."""
        tokens, scene = self.tokens, self.scene
        if tokens.shape[i] == LOWER or tokens.caseless[i]:
            return None
        head = self.act.end(tokens, i)
        kind = scene.words(i, head)
        if head == i or kind in _VAGUE:
            return None
        if scene.near(head) and tokens.low[head] == "này":
            return Document(i, head) if kind != "kế hoạch" or "kế" in self.seen else None
        if scene.opens(i) or tokens.low[i] not in self.seen or kind not in _REPEATED:
            return None
        alone = not scene.near(head) or tokens.shape[head] == MARK or scene.stop_end(head) > head
        return Document(i, head) if alone else None
