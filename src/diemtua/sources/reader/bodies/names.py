"""How far the name of a body, park or project goes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.phrases import phrases, words
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import CAPITAL, INITIAL, JOINED, LINE, LOWER, MARK, NAMELIKE, NUMBER, OPEN, UPPER

# A name longer than this is a mistake of the grammar.
LONGEST = 16
# Phrases of names that are also what an organisation does; they go on a name only before a capital or "và".
_DOINGS = frozenset(
    "bảo vệ|chế tạo|cung ứng|đào tạo|đầu tư|điều hành|điều phối|điều tra|giám sát|giới thiệu|gia công|hỗ trợ|hợp tác|"
    "khai thác|khảo sát|kiểm soát|kiểm tra|kết nối|kinh doanh|lắp đặt|lắp ráp|nghiên cứu|phát hành|phát triển|"
    "phân phối|quan trắc|quản lý|sản xuất|sửa chữa|tài trợ|thẩm định|tuyển dụng|ứng dụng|ứng phó|vận chuyển|xây dựng|"
    "xuất khẩu|xúc tiến|xử lý|chăm sóc|thí nghiệm|liên kết|liên doanh|trình diễn|tư vấn|viện trợ|chuyển giao|cải thiện|"
    "in|may|vốn|thanh toán|giao dịch|hành động|đồng hành|thăm dò|từ thiện|cứu trợ|nuôi trồng".split("|")
)
# Small words that are the second syllable of nothing.
_GRAMMAR = frozenset(
    "của và về đã là có cho tại với do được sẽ đang từ đến trong trên các những này đó để khi theo ở cũng vừa mới chưa "
    "không phải cùng hoặc hay như nhằm vào ra lên nói rằng thì mà bị tổ phối chủ đề hỗ trao tiếp giới làm dự tham".split()
)
_PARTICLES = frozenset("of and for the de du des und für et von van der den di della la le al y en d e do da dos mit sans pour con per with to in on on's l".split())
_ABBREVIATED = frozenset("co inc ltd corp st jr pte pvt pty bhd llc s a b v n r l p e".split())

_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_RHYME = (
    "(?:uyê(?:n|t)?|uya|uyu|uy(?:t|n|nh|p|ch)?|oă(?:[cmnt]|ng)?|oa(?:[cimnopty]|ng|nh|ch|i|y|o)?|oe(?:[nmot]|o)?|oo(?:ng|c)|"
    "uâ(?:[nty]|ng)?|uê(?:nh|ch|n|t|u)?|uơ|uô(?:[cimnt]|ng)?|ua|ươ(?:[cimnptu]|ng)?|ưa|ưu|ưi|ư(?:[cmnt]|ng)?|"
    "iê(?:[cmnptu]|ng)?|yê(?:[mntu]|ng)?|ia|iu|i(?:[mnpt]|nh|ch)?|y|"
    "a(?:[cimnoptuy]|ng|nh|ch)?|ă(?:[cmnpt]|ng)|â(?:[cmnptuy]|ng)|e(?:[cmnopt]|ng)?|ê(?:[mnptu]|nh|ch)?|"
    "o(?:[cimnpt]|ng)?|ô(?:[cimnpt]|ng)?|ơ(?:[imnpt])?|u(?:[cimnpt]|ng)?)"
)
_SYLLABLE = re.compile(_ONSET + _RHYME + r"\Z")
_TONE_MARKS = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))


@lru_cache(maxsize=8192)
def vietnamese(word: str) -> bool:
    """Whether `word` (in lower case) may be a syllable of Vietnamese."""
    if len(word) > 7:
        return False
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_TONE_MARKS))
    return _SYLLABLE.match(bare) is not None


def number_end(scene: Scene, at: int) -> int:
    """The end of a number that belongs to a name: "319", "số 1", "III"; `at` when there is none."""
    tokens = scene.tokens
    if at < len(tokens) and tokens.low[at] == "số" and scene.near(at + 1) and tokens.shape[at + 1] == NUMBER:
        return at + 2
    if scene.numeral(at) and (scene.roman(at) or len(tokens.low[at]) <= 5):
        following = at + 1
        if tokens.shape[at] == NUMBER and scene.near(following) and tokens.shape[following] == LOWER:
            counted = tokens.low[following]
            if counted in {"dự", "người", "triệu", "tỷ", "nghìn", "ha", "đồng", "lao", "doanh", "năm", "tháng", "nhà", "công"}:
                return at
        return at + 1
    return at


def foreign_suffix_end(scene: Scene, at: int) -> int:
    """The end of a legal form such as "Co., Ltd." at `at`; `at` when there is none."""
    tokens = scene.tokens
    suffixes = phrases("known", "suffix")
    last = at
    while last < len(tokens) and last - at < 8:
        if (end := suffixes.end(tokens, last)) > last and (last == at or scene.near(last)):
            last = end
            continue
        if last > at and tokens.low[last] in {",", "."} and last + 1 < len(tokens) and scene.near(last + 1):
            mark = tokens.low[last]
            if suffixes.end(tokens, last + 1) > last + 1 and tokens.low[last - 1] in _ABBREVIATED | {"."}:
                last += 1
                continue
            if mark == "." and tokens.low[last - 1] in {"co", "ltd", "inc", "corp"} and tokens.gap[last] == JOINED:
                after = last + 1
                # A full stop that ends the sentence is no part of the name.
                if tokens.low[after] == ",":
                    last += 1
                    continue
        break
    return last


class NameScan:
    """Walks over tokens as long as they can be one name.

    Names are written with capitals; of a trade or field only the first letter is one ("Giống cây trồng Đồng Lúa",
    "Xúc tiến thương mại"), so lower-case words are taken when they complete a known phrase that began with a capital
    or continue such a phrase. Places, numbers and quoted titles within are taken as well.
    """

    def __init__(self, scene: Scene, *, breaks: tuple[str, ...] = (), places: bool = True, generous: bool = False):
        self.scene = scene
        self.tokens = scene.tokens
        self.fields = phrases("name_words")
        self.titles = phrases("posts", "title")
        self.whole = phrases("heads", "whole")
        self.breaks = breaks
        self.places = places
        self.generous = generous

    def end(self, at: int, *, compound: bool = False, lower_start: bool = False, proper: bool = False) -> int:
        """The end of the name that starts at `at`; `at` itself when there is none.

        `compound`: the first word may be the first syllable of a word that no list knows ("Phòng Đăng ký"), as in
        names of divisions, not of firms. `lower_start`: it may begin with a trade in lower case. `proper`: something
        must be written with a capital.
        """
        self._compound, self._lower_start = compound, lower_start
        last = self._scan(at)
        tokens = self.tokens
        if proper and not any(tokens.shape[k] in NAMELIKE or tokens.shape[k] == NUMBER for k in range(at, last)):
            return at
        return last

    def _scan(self, at: int) -> int:
        scene, tokens = self.scene, self.tokens
        size = len(tokens)
        last = i = at
        field = False  # the last words are a trade or field
        named = False  # a proper name has begun
        while i < size and i - at < LONGEST and (i == at or scene.follows(i) or self._wrapped(i)):
            if scene.taken[i]:
                break
            shape, low = tokens.shape[i], tokens.low[i]
            if shape == MARK:
                step = self._mark(i, at, field)
                if not step:
                    break
                i += step
                if low in {'"', ")"}:
                    last, named, field = i, True, False
                continue
            if i > at and self._other_begins(i, named):
                break
            if i > at and tokens.gap[i] == LINE and self._new_line_begins_other(i):
                break
            if place := self._place(i, at):
                last = i = place
                named, field = True, False
                if tokens.low[i - 1] == tokens.low[at]:  # nothing more to learn
                    continue
                continue
            if (end := number_end(scene, i)) > i:
                if i > at and last != i:
                    break
                last = i = end
                named = True
                continue
            phrase = self.fields.end(tokens, i, any_case=True)
            if scene.capital(i):
                if (end := foreign_suffix_end(scene, i)) > i and i > at:
                    last = i = end
                    named, field = True, False
                    continue
                if shape == OPEN:
                    # Case tells nothing: a known phrase, else a word.
                    i = last = max(phrase, i + 1)
                    field = phrase > i
                    continue
                if phrase > i + 1 or (phrase == i + 1 and shape == CAPITAL and vietnamese(low)):
                    field = True
                    i = last = self._without_doing(i, phrase)
                else:
                    named, field = True, False
                    i += 1
                    last = i
                continue
            step = self._lower(i, at, phrase, field, named)
            if not step:
                break
            i += step
            if (field and phrase == i) or self._closed(i, at):
                last = i
                field = True
        return last

    def _closed(self, i: int, at: int) -> bool:
        """Whether the token before `i` ended a compound word of the name."""
        return self.tokens.shape[i - 1] == LOWER and (
            self._closes(i - 1, at) or (i == at + 2 and self._compound) or (i > at and self._lower_start and i - at >= 2 and self.fields.has(self.tokens, at, i))
        )

    def _wrapped(self, i: int) -> bool:
        """A line break before `i` that only wraps the line cannot be told here; the view joins those."""
        return False

    def _mark(self, i: int, at: int, field: bool) -> int:
        """How many tokens the mark at `i` leads on by; 0 when the name ends before it."""
        scene, tokens = self.scene, self.tokens
        mark = tokens.low[i]
        after = i + 1
        if after >= len(tokens) or not scene.follows(after):
            return 0
        if mark == '"' and i == at:
            for close in range(i + 2, min(i + 14, len(tokens))):
                if tokens.low[close] == '"':
                    return close + 1 - i
            return 0
        if mark in {"-", "&", "+"} and i > at and scene.capital(after) and not self._head(after):
            return 1
        if mark == "." and i > at and tokens.gap[i] == JOINED == tokens.gap[after]:
            before = tokens.low[i - 1]
            if (before in _ABBREVIATED or tokens.shape[i - 1] in {INITIAL, UPPER}) and scene.capital(after):
                return 1
        if mark == "," and field and i > at:
            first = self.fields.end(tokens, after, any_case=True)
            if first > after and scene.capital(after) and first < len(tokens):
                joined = tokens.low[first] in {"và", "&"}
                if joined and self.fields.end(tokens, first + 1, any_case=True) > first + 1:
                    return 1
                if tokens.low[first] == ",":
                    return 1 if self._mark(first, at, True) else 0
        return 0

    def _closes(self, i: int, at: int) -> bool:
        """Whether `i` is the second syllable of the word that ends a name: "Bảo vệ thiên nhiên Thế giới"."""
        tokens, scene = self.tokens, self.scene
        if i < at + 3 or tokens.shape[i - 1] != CAPITAL or tokens.shape[i - 2] != LOWER or not vietnamese(tokens.low[i - 1]):
            return False
        after = i + 1
        return after >= len(tokens) or tokens.shape[after] == MARK or scene.stop_end(after) > after or not scene.near(after)

    def _any_head(self, i: int) -> bool:
        return self._head(i) or any(phrases("heads", kind).end(self.tokens, i) > i for kind in ("whole", "field", "unit", "named"))

    def _begins_work(self, i: int) -> bool:
        """Whether a project, park or document begins at `i`."""
        low = self.tokens.low
        return low[i : i + 2] in (
            *(["nhà", "máy"], ["dự", "án"], ["khu", "công"], ["khu", "kinh"], ["bản", "ghi"], ["biên", "bản"], ["thỏa", "thuận"]),
            *(["quyết", "định"], ["nghị", "quyết"], ["giấy", "chứng"], ["hội", "nghị"], ["lễ", "ký"], ["tổ", "hợp"]),
        ) or low[i] in {"kcn", "kkt", "ccn", "lễ"}

    def _new_line_begins_other(self, i: int) -> bool:
        """Whether a new line of a heading begins something else than it goes on with."""
        tokens = self.tokens
        if tokens.low[i] in {"phó", "kt", "tm", "tl", "số", "về", "quyết", "thông", "báo", "cộng", "độc", "giấy", "tờ", "kế", "v"}:
            return True
        return self.titles.end(tokens, i) > i or self._head(i) or phrases("heads", "field").end(tokens, i) > i

    def _head(self, i: int) -> bool:
        tokens = self.tokens
        return any(phrases("heads", kind).end(tokens, i) > i + 1 for kind in ("whole", "unit")) or (
            tokens.low[i : i + 2] in (["công", "ty"], ["tập", "đoàn"], ["ngân", "hàng"], ["đại", "sứ"])
            or (tokens.low[i] in {"sở", "ông", "bà"} and i + 1 < len(tokens) and self.scene.capital(i + 1))
        )

    def _other_begins(self, i: int, named: bool) -> bool:
        """Whether another mention begins at `i`."""
        tokens = self.tokens
        if self.titles.end(tokens, i) > i + 1 and not (tokens.low[i] in {"giám", "chủ"} and not named):
            return True
        if i in self.scene.value_at:
            return True
        return named and self._head(i)

    def _place(self, i: int, at: int) -> int:
        """The end of the place at `i`, if it may be part of the name."""
        found = self.scene.place_at.get(i)
        if not found:
            return 0
        end, one = found
        if not self.places and self.tokens.shape[i] == LOWER:
            return 0
        if one.type == facts.REGION and i == at and self.tokens.shape[i] != CAPITAL:
            return 0
        return end

    def _without_doing(self, i: int, phrase: int) -> int:
        return phrase

    def _lower(self, i: int, at: int, phrase: int, field: bool, named: bool) -> int:
        """How many tokens to go on by at the lower-case word `i`; 0 when the name ends before it."""
        scene, tokens = self.scene, self.tokens
        low = tokens.low
        stop = scene.stop_end(i)
        if field and phrase > i and phrase >= stop:
            if " ".join(low[i : i + 2]) in _DOINGS or low[i] in _DOINGS:
                before_capital = phrase < len(tokens) and scene.near(phrase) and scene.capital(phrase)
                if not (before_capital or low[i - 1] in {"và", "&", ","}):
                    return 0
            return phrase - i
        if low[i] in {"và", "&"} and i > at and scene.near(i + 1):
            after = self.fields.end(tokens, i + 1, any_case=True)
            if not field or self._any_head(i + 1):
                return 0
            if after > i + 1:
                return 1
            capital = tokens.shape[i + 1] == CAPITAL and i + 1 not in scene.place_at
            return 1 if capital and not surname(low[i + 1]) and not self._begins_work(i + 1) else 0
        if named and i > at and not vietnamese(low[i]) and scene.near(i + 1) and scene.capital(i + 1):
            return 1
        if low[i] in _PARTICLES and i > at and tokens.shape[i] == LOWER and named:
            after = i + 1
            if scene.near(after) and low[after] in _PARTICLES:
                after += 1
            if scene.near(after) and scene.capital(after) and not vietnamese(low[after]):
                return after - i
            if low[i] in {"of", "and", "for", "und"} and scene.near(after) and scene.capital(after):
                return after - i
        if i == at:
            return phrase - i if self._lower_start and phrase > i + 1 and low[i] not in _DOINGS else 0
        if i == at + 1 and self._compound and tokens.shape[at] == CAPITAL and vietnamese(low[at]) and low[i] not in _GRAMMAR:
            return 1
        if stop > i:
            return 0
        if i == at + 1 and phrase > i and low[i] not in _DOINGS and " ".join(low[i : i + 2]) not in _DOINGS:
            return phrase - i  # "Đạm hữu cơ"
        if named:
            # The second syllable of a word: "Di tích Cố đô Huế".
            second = tokens.shape[i - 1] == CAPITAL and vietnamese(low[i - 1]) and i + 1 < len(tokens) and scene.near(i + 1)
            begins_other = second and (self._head(i + 1) or not scene.capital(i + 1) or i + 1 in scene.place_at and tokens.shape[i + 1] == LOWER)
            if second and not begins_other and not self._begins_work(i + 1):
                return 1
            return 1 if self._closes(i, at) else 0
        # Unknown words between two capitals, before the proper name: "Giống cây trồng Đồng Lúa".
        ahead = i
        while (
            ahead < len(tokens)
            and ahead - i < 4
            and scene.near(ahead)
            and tokens.shape[ahead] == LOWER
            and scene.stop_end(ahead) == ahead
            and low[ahead] not in {"và", "các"}
        ):
            ahead += 1
        if ahead < len(tokens) and ahead - i <= 3 and scene.near(ahead) and scene.capital(ahead):
            if ahead in scene.place_at and tokens.shape[ahead] == LOWER or self._head(ahead):
                return 0
            return ahead - i
        if self.generous and ahead - i >= 1:
            return ahead - i
        return 0


def surname(word: str) -> bool:
    return word in words("surnames") or word in words("foreign_surnames")
