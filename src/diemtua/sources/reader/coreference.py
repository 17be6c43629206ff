"""Which mentions of a text mean the same thing.

Names come in full, short and shortened again: "Ủy ban nhân dân tỉnh Lào Cai", "UBND tỉnh"; "thành phố Hwaseong",
"Hwaseong"; "Nguyễn Văn Khiêm", "ông Khiêm"; "Thỏa thuận hợp tác", "Thỏa thuận này"; "Cơ quan X (KOTRA)", "KOTRA".
Each mention gets a name of its referent; mentions with the same one mean the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.patterns import any_of, grammar
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View, lowered

_HEAD = 1_500  # characters of a text in which its own number and title stand

_JOINERS = re.compile(r"[\s-]+")
_QUOTES = re.compile(r"[\"']")
_LONG_FORMS = {
    lowered(short): lowered(full)
    for short, full in {
        "ubnd": "ủy ban nhân dân",
        "hđnd": "hội đồng nhân dân",
        "bđbp": "bộ đội biên phòng",
        "bch": "ban chấp hành",
        "btl": "bộ tư lệnh",
        "bql": "ban quản lý",
        "kkt": "khu kinh tế",
        "kcn": "khu công nghiệp",
        "ccn": "cụm công nghiệp",
        "cp": "cổ phần",
        "tp": "thành phố",
        "tp.": "thành phố",
        "tw": "trung ương",
        "đh": "đại học",
        "kh&đt": "kế hoạch và đầu tư",
        "gd&đt": "giáo dục và đào tạo",
    }.items()
}
_CITIES = frozenset(map(lowered, ("hà nội", "hồ chí minh", "hải phòng", "đà nẵng", "cần thơ", "huế")))
_PLACE_HEAD = grammar(
    r"^(tỉnh|thành phố|tp\.?|thị xã|thị trấn|huyện|quận|xã|phường|đặc khu|thôn|cụm bản|bản|xóm|ấp|làng|bang|"
    r"vùng lãnh thổ|vùng|châu|hạt|phủ|thủ đô|khu tự trị(?: dân tộc \w+)?|khu|lãnh thổ|tiểu vương quốc) (?=\S)"
)
_FIRM = grammar(r"^(?:công ty|tập đoàn|tổng công ty|hãng|hợp tác xã)(?!\w)")
_FIRM_HEAD = grammar(
    r"^(?:(?:công ty|tập đoàn|tổng công ty|hãng|hợp tác xã|trách nhiệm hữu hạn|tnhh|cổ phần|một thành viên|mtv|"
    r"liên doanh) )+"
)
_PROJECT_HEAD = grammar(r"^(?:tiểu dự án|dự án|công trình|chương trình)(?: đầu tư(?: xây dựng)?)? (?=\S)")
# Bodies that carry the name of a place as their own and not as their jurisdiction.
_NAMED_AFTER = grammar(r"(?:thành phố|huyện|thị xã|đại học|cao đẳng|trường|bệnh viện|viện|đoàn|báo|tạp chí)$")
_LISTED_HEADS = tuple(map(lowered, ("sở", "bộ", "ban", "huyện", "hội")))
_KINDS = (  # of documents, the longer before the shorter that begins like it
    *("biên bản ghi nhớ", "bản ghi nhớ", "biên bản thỏa thuận", "bản thỏa thuận", "biên bản hợp tác", "biên bản"),
    *("thỏa thuận", "ý định thư", "hiệp định", "nghị định thư", "tuyên bố chung", "mou", "loi", "văn bản hợp tác"),
    *("quy chế phối hợp", "quy chế", "chương trình hợp tác", "chương trình", "kế hoạch hợp tác", "kế hoạch", "đề án"),
    *("luật", "nghị quyết", "nghị định", "quyết định", "chỉ thị", "công văn", "thông báo"),
)
_POINTS_BACK = grammar(r" (?:này|nói trên|nêu trên|trên|đó)(?!\w)")
_LEADS_BACK = grammar(any_of("theo|thực hiện|căn cứ|trong khuôn khổ|nội dung|của|phạm vi|trong|triển khai") + " $")
_OWN_NUMBER = grammar(r"số ?[:.]? ?$")


def refs(view: View, found: Sequence[Found], home: str | None = None) -> list[str]:
    """The name of the referent of each mention, in the order of `found`.

    `home`: the province whose paper it is, as it was called then.
    """
    names = _Names(view, lowered(home) if home else "")
    order = sorted(range(len(found)), key=lambda i: (found[i].start, -found[i].end))
    names.look_ahead([found[i] for i in order])
    result = [""] * len(found)
    before: int | None = None
    for index in order:
        one = found[index]
        if before is not None and names.is_acronym(found[before], one):
            result[index] = names.same(one, result[before])
        else:
            result[index] = names.ref(one)
        if not one.nested:
            before = index
    return _with_holders(found, order, result)


@dataclass
class _Names:
    """The names met so far, in reading order."""

    view: View
    home: str
    full: dict[str, str] = field(default_factory=dict)  # type and name -> ref
    short: dict[str, str] = field(default_factory=dict)  # type and shortened name -> ref of the longer one met last
    papers: dict[str, str] = field(default_factory=dict)  # kind of document -> ref of the one met last
    bodies: set[str] = field(default_factory=set)  # names of all organisations of the text
    headed: dict[str, str] = field(default_factory=dict)  # type and bare name of a place -> its first name with a head
    own: str = ""  # ref of the paper that is the text itself
    own_kind: str = ""

    def look_ahead(self, found: Sequence[Found]) -> None:
        """Names that earlier mentions may be short forms of, and the paper that the text itself is."""
        for one in found:
            words = self._words(one)
            if one.type == facts.ORG:
                self.bodies.add(self._at_home(words))
            elif one.type in (facts.VN_LOCALITY, facts.FOREIGN_LOCALITY):
                head, name = _parted(words)
                if head:
                    self.headed.setdefault(f"{one.type}:{name}", f"{one.type}:{head} {name}")
            elif one.type == facts.DOCUMENT and one.start < _HEAD:
                self._look_at_title(one, words)

    def _look_at_title(self, one: Found, words: str) -> None:
        low = self.view.low
        line = low[low.rfind("\n", 0, one.start) + 1 : one.start].strip()
        ends = low[one.end : one.end + 2].lstrip(" ")[:1] in ("", "\n", "g")
        if not self.own and _OWN_NUMBER.search(low, max(0, one.start - 8), one.start):
            self.own = self._number(one) or f"{one.type}@{one.start}"
        elif not line and ends and not self.own_kind and self.view.flow[one.start : one.end].isupper():
            self.own_kind = words
            self.own = self.own or f"{one.type}@{one.start}"
            self.full[f"{one.type}@{one.start}"] = self.own

    def is_acronym(self, full: Found, one: Found) -> bool:
        """Whether `one` stands as a short name in the bracket right after `full` ("Cơ quan ... (KOTRA)")."""
        text = self.view.flow
        if full.type != facts.ORG or one.type != facts.ORG or not 0 <= one.start - full.end <= 2:
            return False
        name = text[one.start : one.end]
        if "(" not in text[full.end : one.start] or " " in name or not 2 <= len(name) <= 14:
            return False
        return self.view.lower_case or sum(map(str.isupper, name)) >= 2

    def same(self, one: Found, ref: str) -> str:
        """Remember that the words of `one` mean what `ref` names."""
        self.full[f"{one.type}:{self._words(one)}"] = ref
        return ref

    def ref(self, one: Found) -> str:
        """The name of the referent of one mention."""
        words = self._words(one)
        match one.type:
            case facts.MONEY | facts.AREA | facts.DATE:
                return f"{one.type}@{one.start}"
            case facts.COUNTRY if one.norm or one.key:
                return f"{one.type}:{one.norm or one.key}"
            case facts.VN_LOCALITY if isinstance(one.norm, str):
                return f"{one.type}:{lowered(one.norm)}"
            case facts.VN_LOCALITY | facts.FOREIGN_LOCALITY:
                return self._place(one.type, words)
            case facts.ORG:
                return self._body(words)
            case facts.PERSON:
                return self._person(words)
            case facts.DOCUMENT:
                return self._paper(one, words)
            case facts.PROJECT:
                words = _PROJECT_HEAD.sub("", words)
        return f"{one.type}:{words}"

    def _words(self, one: Found) -> str:
        low = _QUOTES.sub("", self.view.low[one.start : one.end])
        return " ".join(_LONG_FORMS.get(word, word) for word in low.split())

    def _place(self, kind: str, words: str) -> str:
        """ "Hwaseong" is the "thành phố Hwaseong" of the text; "tỉnh A" and "thành phố A" are two."""
        head, name = _parted(words)
        bare = f"{kind}:{name}"
        if head:
            self.short[bare] = f"{kind}:{head} {name}"
            return self.short[bare]
        return self.short.get(bare) or self.headed.get(bare, bare)

    def _body(self, words: str) -> str:
        words = self._at_home(words)
        key = f"{facts.ORG}:{words}"
        if key in self.full:
            return self.full[key]
        listed = next((head for head in _LISTED_HEADS if f"{head} {words}" in self.bodies), None)
        if listed:  # "các Sở: Ngoại vụ, Tư pháp"
            return f"{facts.ORG}:{listed} {words}"
        if not _FIRM.match(words) and key not in self.short:
            return key
        parts = _FIRM_HEAD.sub("", words).split()
        ref = self.short.get(f"{facts.ORG}:{' '.join(parts)}", key)
        self.full[key] = ref
        for at in range(len(parts)):
            if at == 0 or len(parts) - at >= 2:  # one word of a long name is too little to know it by
                self.short.setdefault(f"{facts.ORG}:{' '.join(parts[at:])}", ref)
        return ref

    def _at_home(self, words: str) -> str:
        """The name of a body without the home province: "Sở Ngoại vụ tỉnh Lào Cai" is "Sở Ngoại vụ" in its papers."""
        if not self.home:
            return words
        head = lowered("thành phố") if self.home in _CITIES else lowered("tỉnh")
        short = words.removesuffix(f" {self.home}").removesuffix(f" {head}")
        return words if _NAMED_AFTER.search(short) else short

    def _person(self, words: str) -> str:
        """A full name, or the last or first words of one met before."""
        key = f"{facts.PERSON}:{words}"
        if key in self.full:
            return self.full[key]
        parts = words.split()
        ref = self.short.get(key, key) if len(parts) < 3 else key
        self.full[key] = ref
        for at in range(1, len(parts)):
            self.short[f"{facts.PERSON}:{' '.join(parts[at:])}"] = ref
        if len(parts) > 1:
            self.short.setdefault(f"{facts.PERSON}:{parts[0]}", ref)
        return ref

    def _number(self, one: Found) -> str:
        return f"{one.type}:{lowered(one.norm)}" if isinstance(one.norm, str) else ""

    def _paper(self, one: Found, words: str) -> str:
        """A paper by its number; else the one met last of its kind, where the words point back to it."""
        kind = next((k for k in _KINDS if words.startswith(k)), words)
        ref = self._number(one) or self.full.get(f"{one.type}@{one.start}")
        if not ref:
            points = _POINTS_BACK.match(self.view.low, one.end)
            if self.own and (
                words == self.own_kind or (points and (not self.own_kind or self.own_kind.startswith(words)))
            ):
                return self.own
            if words in self.papers and (points or self._leads_back(one, words == kind)):
                return self.papers[words]
            if len(words.split()) > 5 and f"{one.type}:{words}" in self.full:
                return self.full[f"{one.type}:{words}"]
            ref = f"{one.type}@{one.start}"
        self.full.setdefault(f"{one.type}:{words}", ref)
        for name in {kind, words, *(k for k in _KINDS if kind.startswith(k) or kind.endswith(k))}:
            self.papers[name] = ref
        return ref

    def _leads_back(self, one: Found, bare: bool) -> bool:
        """Whether "Theo Bản ghi nhớ" stands here: a kind alone, with a capital letter, where a known paper is meant."""
        named = self.view.flow[one.start].isupper() or self.view.lower_case
        return bare and named and bool(_LEADS_BACK.search(self.view.low, max(0, one.start - 18), one.start))


def _parted(words: str) -> tuple[str, str]:
    """Head noun (or "") and name of a place, the name without blanks and hyphens ("Na-khon", "Nakhon")."""
    head = _PLACE_HEAD.match(words)
    name = _JOINERS.sub("", words[head.end() :] if head else words)
    return (head[1].removesuffix("."), name) if head else ("", name)


def _with_holders(found: Sequence[Found], order: list[int], result: list[str]) -> list[str]:
    """A post is its holder's: the same title of another person is another post. The holder is the nearest person."""
    outer = [i for i in order if not found[i].nested]
    people = [i for i in outer if found[i].type == facts.PERSON]
    at = 0
    for index in outer:
        if found[index].type != facts.POST:
            continue
        while at < len(people) and found[people[at]].start < found[index].start:
            at += 1
        near = [p for p in people[max(0, at - 1) : at + 1] if _gap(found[p], found[index]) < 120]
        holder = min(near, key=lambda p: _gap(found[p], found[index]), default=None)
        result[index] += f"/{result[holder]}" if holder is not None else f"@{found[index].start}"
    return result


def _gap(one: Found, other: Found) -> int:
    return max(one.start - other.end, other.start - one.end)
