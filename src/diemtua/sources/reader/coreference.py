"""Which mentions of a text mean the same thing.

Names come in full, short and shortened again: "Ủy ban nhân dân tỉnh Lào Cai", "UBND tỉnh"; "thành phố Hwaseong",
"Hwaseong"; "Nguyễn Văn Khiêm", "ông Khiêm"; "Thỏa thuận hợp tác", "Thỏa thuận này"; "Cơ quan X (KOTRA)", "KOTRA".
Each mention gets a name of its referent; mentions with the same one mean the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from diemtua.sources.reader import facts
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View, lowered

_JOINERS = re.compile(r"[\s\-–]+")
_QUOTES = re.compile(r'["“”\']')
_LONG_FORMS = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "bđbp": "bộ đội biên phòng",
    "bch": "ban chấp hành",
    "btl": "bộ tư lệnh",
    "bql": "ban quản lý",
    "kkt": "khu kinh tế",
    "kcn": "khu công nghiệp",
    "kcnc": "khu công nghệ cao",
    "ccn": "cụm công nghiệp",
    "cp": "cổ phần",
    "tp": "thành phố",
    "tp.": "thành phố",
    "tw": "trung ương",
    "đhqg": "đại học quốc gia",
    "gd&đt": "giáo dục và đào tạo",
    "kh&đt": "kế hoạch và đầu tư",
}
_LONG_FORMS = {lowered(short): lowered(full) for short, full in _LONG_FORMS.items()}
_CITIES = frozenset(map(lowered, ("hà nội", "hồ chí minh", "hải phòng", "đà nẵng", "cần thơ", "huế")))
_PLACE_HEAD = re.compile(
    lowered(
        r"^(tỉnh|thành phố|tp\.?|thị xã|thị trấn|huyện|quận|xã|phường|đặc khu|thôn|bản|xóm|ấp|làng|bang|vùng|châu|hạt|khu|phủ|thủ đô|"
        r"khu tự trị(?: dân tộc \w+)?|lãnh thổ|tiểu vương quốc|đặc khu hành chính) (?=\S)"
    )
)
_FIRM_HEAD = re.compile(
    lowered(
        r"^(?:(?:công ty|tập đoàn|tổng công ty|hãng|doanh nghiệp|hợp tác xã|trách nhiệm hữu hạn|tnhh|cổ phần|một thành viên|mtv|liên doanh|hợp danh|tư nhân|xuất nhập khẩu) )+"
    )
)
_FIRM = re.compile(lowered(r"^(?:công ty|tập đoàn|tổng công ty|hãng|hợp tác xã)(?!\w)"))
_PROJECT_HEAD = re.compile(lowered(r"^(?:(?:tiểu |siêu )?dự án|công trình|chương trình)(?: đầu tư(?: xây dựng)?)? (?=\S)"))
_AGREEMENT_KINDS = tuple(
    map(
        lowered,
        (
            "biên bản ghi nhớ|bản ghi nhớ|biên bản thỏa thuận|bản thỏa thuận|biên bản hợp tác|thỏa thuận|ý định thư|quy chế phối hợp|quy chế|tuyên bố chung|"
            "chương trình hợp tác|chương trình|văn bản hợp tác|kế hoạch hợp tác|biên bản|hiệp định|nghị định thư|mou|loi|quyết định|nghị quyết|chỉ thị|kế hoạch|đề án|công văn|thông báo|luật"
        ).split("|"),
    )
)
# What comes right after a document that has been named before, and before one.
_POINTS_BACK = re.compile(lowered(r" (?:này|nói trên|nêu trên|trên|đó)(?!\w)"))
_LEADS_BACK = re.compile(lowered(r"(?:theo|thực hiện|căn cứ|trong khuôn khổ|nội dung|của|phạm vi|trong|triển khai) $"))


def refs(view: View, found: Sequence[Found], home: str | None = None) -> list[str]:
    """The name of the referent of each mention. `home`: the province whose paper it is, as it was called then."""
    names = _Names(view, lowered(home) if home else "")
    result = [""] * len(found)
    order = sorted(range(len(found)), key=lambda i: (found[i].start, -found[i].end))
    before: int | None = None
    for index in order:
        one = found[index]
        acronym = one.type == facts.ORG and before is not None and names.is_acronym(found[before], one)
        result[index] = names.same_as(one, result[before]) if acronym and before is not None else names.ref(one)
        if not one.nested:
            before = index
    return _with_people(found, order, result)


@dataclass
class _Names:
    """The names met so far, in reading order."""

    view: View
    home: str
    exact: dict[str, str] = field(default_factory=dict)  # type and full name -> ref
    short: dict[str, str] = field(default_factory=dict)  # type and shortened name -> ref named last by a longer one
    papers: dict[str, str] = field(default_factory=dict)  # kind of document -> ref of the last one of this kind

    def ref(self, one: Found) -> str:
        finders: dict[str, Callable[[Found, str], str]] = {
            facts.VN_LOCALITY: self._place,
            facts.FOREIGN_LOCALITY: self._place,
            facts.ORG: self._body,
            facts.PERSON: self._person,
            facts.DOCUMENT: self._paper,
            facts.PROJECT: self._project,
        }
        words = self._words(one)
        if one.type in (facts.MONEY, facts.AREA, facts.DATE):
            return f"{one.type}@{one.start}"
        if one.type == facts.COUNTRY and (one.key or one.norm):
            return f"{one.type}:{one.norm or one.key}"
        return finders.get(one.type, self._plain)(one, words)

    def is_acronym(self, full: Found, one: Found) -> bool:
        """Whether `one` stands as a short name in the bracket right after `full` ("Cơ quan ... (KOTRA)")."""
        text = self.view.flow
        if full.type != facts.ORG or not 0 <= one.start - full.end <= 2 or "(" not in text[full.end : one.start]:
            return False
        name = text[one.start : one.end]
        return " " not in name and 2 <= len(name) <= 14 and (sum(map(str.isupper, name)) >= 2 or self.view.lower_case)

    def same_as(self, one: Found, ref: str) -> str:
        self.exact[f"{one.type}:{self._words(one)}"] = ref
        return ref

    def _words(self, one: Found) -> str:
        low = _QUOTES.sub("", self.view.low[one.start : one.end])
        return " ".join(_LONG_FORMS.get(word, word) for word in low.replace("\n", " ").split())

    def _plain(self, one: Found, words: str) -> str:
        return self.exact.setdefault(f"{one.type}:{words}", f"{one.type}:{one.key or words}")

    def _place(self, one: Found, words: str) -> str:
        """A place by its key; "Hwaseong" after "thành phố Hwaseong" is the same, "tỉnh" and "thành phố" X are not."""
        if one.type == facts.VN_LOCALITY and isinstance(one.norm, str):
            return f"{one.type}:{lowered(one.norm)}"
        head = _PLACE_HEAD.match(words)
        name = _JOINERS.sub(" ", words[head.end() :] if head else words)
        full = f"{one.type}:{head[1] + ' ' if head else ''}{name}"
        if head:
            ref = self.exact.setdefault(full, self._unheaded(one.type, name, full))
            self.short[f"{one.type}:{name}"] = ref
            return ref
        return self.short.setdefault(full, full)

    def _unheaded(self, kind: str, name: str, full: str) -> str:
        """A bare name met before its full form ("Hồng Hà ... châu Hồng Hà") was already the same thing."""
        earlier = self.short.get(f"{kind}:{name}")
        return earlier if earlier == f"{kind}:{name}" else full

    def _body(self, one: Found, words: str) -> str:
        words = self._at_home(words)
        key = f"{one.type}:{words}"
        if key in self.exact:
            return self.exact[key]
        listed = next((r for head in ("sở", "bộ", "ban") if (r := self.exact.get(f"{one.type}:{lowered(head)} {words}"))), None)
        if listed:
            return listed
        if _FIRM.match(words) or not self._has_tail(words):
            core = _FIRM_HEAD.sub("", words)
            ref = self.short.get(f"{one.type}:{core}", key)
            self.exact[key] = ref
            parts = core.split()
            for at in range(len(parts)):
                if at == 0 or len(parts) - at >= 2:
                    self.short.setdefault(f"{one.type}:{' '.join(parts[at:])}", ref)
            return ref
        self.exact[key] = key
        return key

    def _has_tail(self, words: str) -> bool:
        return " " in words

    def _at_home(self, words: str) -> str:
        """The name of a body without the home province: "Sở Ngoại vụ tỉnh Lào Cai" is "Sở Ngoại vụ" in its papers."""
        if not self.home:
            return words
        head = lowered("thành phố" if self.home in _CITIES else "tỉnh")
        short = re.sub(rf" (?:{head} )?{re.escape(self.home)}$", "", words)
        if short != words and re.search(lowered(r"(?:thành phố|huyện|thị xã|tỉnh|đại học|trường|bệnh viện|điện lực)$"), short):
            return words
        return short.removesuffix(f" {head}")

    def _person(self, one: Found, words: str) -> str:
        key = f"{one.type}:{words}"
        if key in self.exact:
            return self.exact[key]
        parts = words.split()
        ref = self.short.get(key, key) if len(parts) < 3 else key
        self.exact[key] = ref
        if len(parts) > 1:
            for at in range(1, len(parts)):
                self.short[f"{one.type}:{' '.join(parts[at:])}"] = ref
        return ref

    def _project(self, one: Found, words: str) -> str:
        name = _PROJECT_HEAD.sub("", words)
        return self.exact.setdefault(f"{one.type}:{name}", f"{one.type}:{name}")

    def _paper(self, one: Found, words: str) -> str:
        """A paper by its number; else the last one of its kind, when the words point back to it."""
        kind = next((k for k in _AGREEMENT_KINDS if words.startswith(k)), words)
        if isinstance(one.norm, str):
            ref = f"{one.type}:{lowered(one.norm)}"
        elif words in self.papers and self._points_back(one, words == kind):
            return self.papers[words]
        elif len(words.split()) > 5 and f"{one.type}:{words}" in self.exact:
            return self.exact[f"{one.type}:{words}"]
        else:
            ref = f"{one.type}@{one.start}"
            self.exact[f"{one.type}:{words}"] = ref
        for name in {kind, words, *(k for k in _AGREEMENT_KINDS if kind.endswith(k))}:
            self.papers[name] = ref
        return ref

    def _points_back(self, one: Found, bare: bool) -> bool:
        text, low = self.view.flow, self.view.low
        if _POINTS_BACK.match(low, one.end):
            return True
        capital = text[one.start].isupper() and low[max(0, one.start - 2) : one.start] not in ("", ". ", ": ", "\n")
        return bare and (capital or self.view.lower_case) and bool(_LEADS_BACK.search(low, max(0, one.start - 16), one.start))


def _with_people(found: Sequence[Found], order: list[int], result: list[str]) -> list[str]:
    """A post is its holder's: the same title of another person is another post. The holder is the nearest person."""
    outer = [i for i in order if not found[i].nested]
    people = [i for i in outer if found[i].type == facts.PERSON]
    at = 0
    for index in outer:
        if found[index].type != facts.POST:
            continue
        while at < len(people) and found[people[at]].start < found[index].start:
            at += 1
        near = [p for p in people[max(0, at - 1) : at + 1] if _gap(found, p, index) < 120]
        if near:
            holder = min(near, key=lambda p: _gap(found, p, index))
            result[index] = f"{result[index]}/{result[holder]}"
    return result


def _gap(found: Sequence[Found], one: int, other: int) -> int:
    return max(found[one].start - found[other].end, found[other].start - found[one].end)
