"""Organisations: heads with what may follow them, lists under one head, short names, names with a legal form."""

from __future__ import annotations

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.names import NameScan, foreign_suffix_end, number_end, surname, vietnamese
from diemtua.sources.reader.bodies.parks import HEADS as ZONES
from diemtua.sources.reader.bodies.phrases import first_words, phrases
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import CAPITAL, INITIAL, JOINED, LOWER, NUMBER, OPEN, UPPER

# Heads that take in the name of the body they belong to: "Văn phòng UBND tỉnh", "Đảng ủy Công an tỉnh".
_PARTS = frozenset(
    "văn phòng|vp|đảng ủy|ban thường vụ|ban|phòng|thanh tra|ủy ban kiểm tra|chi nhánh|ban chấp hành|đoàn thanh niên|"
    "công đoàn|đội|chi đoàn|chi bộ|ban chấp hành đảng bộ|thường trực|ban quản lý|hội đồng|tòa soạn|khoa|trung tâm|viện|"
    "văn phòng đại diện|vpđd|ban liên lạc|ban cán sự đảng|đảng đoàn|phòng giao dịch|đảng bộ|thường trực đảng ủy".split("|")
)
# Heads that are no name without something behind.
_NEVER_BARE = frozenset(
    "ban thường vụ|đảng bộ|hội đồng|bộ tư lệnh|bộ tham mưu|phòng tham mưu|phòng chính trị|cục chính trị|đảng ủy|đảng đoàn|"
    "đoàn thanh niên|hội sinh viên|hội doanh nghiệp|biên phòng|hội phụ nữ|đảng ủy xã|ban chấp hành|ban cán sự đảng|"
    "mặt trận tổ quốc|ban chấp hành đảng bộ|bộ chỉ huy công an|thượng viện|hạ viện|nghị viện|hội đồng lập pháp".split("|")
)
_PLURALS = frozenset("các những hai ba bốn năm sáu bảy tám nhiều mấy số mọi vài chín mười".split())
_LIST_HEADS = {
    "field": ("sở", "bộ", "ban", "cục", "vụ", "ty", "phòng"),
    "named": (
        "công ty|công ty cổ phần|công ty tnhh|tập đoàn|tổng công ty|ngân hàng|trường đại học|trường|đại học|tổ chức|"
        "doanh nghiệp|hãng|hiệp hội|quỹ|bệnh viện|hợp tác xã|đồn biên phòng|đồn|viện|học viện|tổ chức phi chính phủ|"
        "trường cao đẳng|nhà thầu|cơ quan|báo|hội|công ty con|nhà máy"
    ).split("|"),
}
_GENERIC_NEXT = frozenset("các cấp hai liên những mỗi từng nhiều".split())
# Words before a body that make the name of something else of it.
_NOT_AFTER = frozenset({("thông", "báo"), ("cảnh", "báo")})


class Organisations:
    """Finds the organisations of a scene as pairs of tokens (first, end)."""

    def __init__(self, scene: Scene, parks: dict[int, int]) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.parks = parks
        self.scan = NameScan(scene)
        self.heads = {
            kind: phrases("heads", kind)
            for kind in ("whole", "ruled", "field", "unit", "named", "represents", "school", "company", "not")
        }
        self.fields = phrases("fields")
        self.aliases: set[str] = set()

    def all(self) -> list[tuple[int, int]]:
        """All organisations, in reading order."""
        found: list[tuple[int, int]] = []
        tokens = self.tokens
        heads = first_words(*(("heads", kind) for kind in ("whole", "ruled", "field", "unit", "named")))
        short = first_words(("known", "body"), ("known", "firm"))
        lists = _PLURALS
        i, size = 0, len(tokens)
        while i < size:
            low, shape = tokens.low[i], tokens.shape[i]
            likely = low in heads or low in short or low in lists or shape == NUMBER or low in self.aliases
            # A foreign name may be that of a firm, which its last word tells.
            if self.scene.taken[i] or not (likely or (shape in {CAPITAL, UPPER} and not vietnamese(low))):
                i += 1
                continue
            if members := self._listed(i):
                found.extend(members)
                i = members[-1][1]
                continue
            end = self.one(i)
            if end > i:
                found.append((i, end))
                i = self._bracketed(end, found)
            else:
                i += 1
        return sorted(set(found) | self._repeated(found))

    def board(self, i: int) -> int:
        """The end of a board written in lower case behind a title: "ban Tổ chức Tỉnh ủy"; `i` when there is none."""
        tokens = self.tokens
        head = self.heads["whole"].end(tokens, i, any_case=True)
        if head > i:
            return self._governed(head, " ".join(tokens.low[i:head]))
        field = self.fields.end(tokens, i + 1)
        if field > i + 1 and self.scene.near(i + 1):
            end = self._park_or_place(field)
            return max(end, self._parent(field) if end == field else end)
        return i

    # -- one organisation ------------------------------------------------------------------------------------------

    def one(self, i: int) -> int:
        """The end of the organisation that begins at token `i`; `i` itself when none does."""
        board = self._board_of_zone(i)
        end = board if board > i else max(self._whole(i), self._field(i), self._unit(i), self._named(i))
        if end > i:
            none = self.heads["not"].end(self.tokens, i)
            if none > i and not self._more_than(i, none, end):
                return i
            if self.scene.inside_place[i] and not self._place_is_body(i, end):
                return i
            return end
        return max(self._short(i), self._with_suffix(i))

    def _more_than(self, i: int, none: int, end: int) -> bool:
        """Whether the organisation that ends at `end` is known beyond the words that begin none."""
        whole = self.heads["whole"]
        if whole.end(self.tokens, i) > none or (end > none and whole.end(self.tokens, none) > none):
            return True
        return self.heads["field"].end(self.tokens, i) == i + 1 and self.fields.end(self.tokens, i + 1) > none

    def _place_is_body(self, i: int, end: int) -> bool:
        """Whether a place that holds `i` lies within the organisation."""
        for first in range(max(0, i - 8), i + 1):
            held = self.scene.place_at.get(first)
            if held and held[0] > i:
                return first == i and held[0] <= end
        return True

    def _whole(self, i: int) -> int:
        tokens = self.tokens
        head = self.heads["whole"].end(tokens, i)
        if head > i:
            words = " ".join(tokens.low[i:head])
            before = tokens.low[i - 1] if i and self.scene.follows(i) else ""
            if (words.startswith("văn phòng") and before == "chánh") or (words.startswith("thủ tướng") and before == "phó"):
                return i
            follows = head < len(tokens) and self.scene.near(head)
            if follows and tokens.low[head] in _GENERIC_NEXT and words not in _PARTS:
                return i
            end = self._governed(head, words)
            if end == head and words in _NEVER_BARE:
                return i
            if words == "công an" and end == head and self.scene.opens(i):
                return i
            if words.startswith("thường trực") and i and tokens.low[i - 1] in {"tịch", "thư", "trưởng"} and self.scene.near(i):
                return i
            return end
        head = self.heads["ruled"].end(tokens, i)
        if head > i:
            end = self.scene.jurisdiction(head)
            if end == head:
                end = self._sector(head)
            return end if end > head else i
        return i

    def _governed(self, head: int, words: str) -> int:
        """The end of the jurisdiction, the parent body or the seat behind a complete name."""
        tokens, scene = self.tokens, self.scene
        end = self._park_or_place(head)
        if end == head and words in _PARTS and scene.follows(head):
            inner = self._parent(head)
            if inner > head:
                return inner
        if end == head and self.heads["represents"].end(tokens, max(0, head - len(words.split()))) == head:
            end = self.scan.end(head) if scene.near(head) else head
        if end > head and self._represents(words):
            end = self._seat(end)
        return end

    def _and_parks(self, at: int) -> int:
        """The end of "và các khu công nghiệp tỉnh" behind the zone that a board governs."""
        tokens, scene = self.tokens, self.scene
        if at >= len(tokens) or tokens.low[at] not in {"và", ","} or not scene.near(at):
            return at
        zone = at + 2 if tokens.low[at + 1 : at + 2] == ["các"] else at + 1
        if zone >= len(tokens):
            return at
        end = self.parks.get(zone, ZONES.end(tokens, zone))
        if zone == at + 2 and end == zone:
            return at
        return scene.jurisdiction(end) if end > zone else at

    def _park_or_place(self, at: int) -> int:
        """The end of the park or the places governed at `at`."""
        scene = self.scene
        if at in self.parks and scene.follows(at):
            return scene.jurisdiction(self.parks[at], bare=False)
        return scene.jurisdiction(at)

    def _represents(self, words: str) -> bool:
        return any(
            words.startswith(head)
            for head in (
                *("đại sứ quán", "đsq", "tổng lãnh sự quán", "tlsq", "lãnh sự quán", "phái đoàn", "thương vụ", "văn phòng"),
                *("vpđd", "hội người việt", "hội doanh nghiệp", "hiệp hội doanh nghiệp", "phòng thương mại", "chi nhánh"),
                *("hội sinh viên", "hội phụ nữ", "cơ quan đại diện", "phòng công nghiệp", "trung tâm", "hội doanh nhân"),
                *("tổng hội", "liên hiệp hội", "hội đồng hương", "viện", "hiệp hội", "ngân hàng", "quỹ", "tổ chức"),
                *("liên đoàn", "cơ quan"),
            )
        )

    def _seat(self, at: int) -> int:
        """The end of "tại Lào" behind a body that stands there for another country."""
        tokens, scene = self.tokens, self.scene
        if at + 1 < len(tokens) and scene.near(at) and tokens.low[at] in {"tại", "ở"} and at + 1 in scene.place_at:
            return scene.place_at[at + 1][0]
        return at

    def _parent(self, at: int) -> int:
        """The end of the body at `at` that the one before it is a part of."""
        tokens = self.tokens
        if not self.scene.follows(at):
            return at
        end = max(self._whole(at), self._field(at))
        if end == at and tokens.low[at : at + 2] in (["công", "ty"], ["tập", "đoàn"], ["đại", "học"], ["trường", "đại"]):
            end = self._named(at)
        if end == at:
            end = self._short(at)
        return end

    def _field(self, i: int) -> int:
        tokens, scene = self.tokens, self.scene
        head = self.heads["field"].end(tokens, i)
        if head == i or not scene.follows(head):
            return i
        if i and tokens.low[i] == "bộ" and tokens.low[i - 1] in {"nam", "bắc", "trung", "cán", "toàn", "đội", "nội", "đồng"}:
            return i
        words = " ".join(tokens.low[i:head])
        if words == "văn phòng" and i and tokens.low[i - 1] == "chánh":
            return i
        field = self.fields.end(tokens, head)
        if field > head:
            if tokens.shape[head] == LOWER and words not in {"vụ", "ban", "cục", "ủy ban"} and not tokens.caseless[head]:
                return i
            end = self._sector(field)
            governed = self._park_or_place(end)
            if governed == end and scene.follows(end) and words not in {"sở", "bộ"}:
                governed = max(end, self._parent(end) if words in _PARTS else end)
            if governed == end and words == "đội" and scene.near(end):
                governed = max(end, self.scan.end(end))
            if governed == end and end < len(tokens) and scene.near(end) and tokens.low[end] in {"-", "&"}:
                governed = max(end, self.scan.end(head))
            if governed == end and scene.near(end) and words in {"ủy ban", "cục", "tổng cục", "viện", "vụ"}:
                governed = max(end, self.scan.end(head))
            return self._seat(governed) if governed > end and self._represents(" ".join(tokens.low[i:field])) else governed
        if words in _PARTS:
            end = self._parent(head)
            if end > head:
                return self._seat(self._governed(end, words)) if self._represents(words) else end
        if words in {"ban", "đội", "nha", "bộ phận"} or not scene.capital(head):
            return i
        if head in scene.place_at and words in {"bộ", "sở", "vụ"}:
            return i
        if tokens.caseless[head] and words in {"bộ", "sở", "vụ", "cục", "phòng", "ty"}:
            return i
        end = self.scan.end(head, compound=True)
        if end == head or (words == "phòng" and self._is_number_only(head, end)):
            return i
        if words in {"vụ", "phòng"} and surname(tokens.low[head]) and not vietnamese(tokens.low[head]):
            return i
        end = max(end, scene.jurisdiction(end))
        return self._seat(end) if self._represents(words) else end

    def _is_number_only(self, first: int, end: int) -> bool:
        return all(self.tokens.shape[i] == NUMBER for i in range(first, end))

    def _board_of_zone(self, i: int) -> int:
        """The end of "Ban Quản lý Khu kinh tế Vân Phong" at `i`; `i` when no named zone follows."""
        tokens = self.tokens
        if tokens.low[i : i + 3] == ["ban", "quản", "lý"]:
            return self._park_of_board(i + 3, i) if i + 3 < len(tokens) else i
        return self._park_of_board(i + 1, i) if tokens.low[i] == "bql" and i + 1 < len(tokens) else i

    def _park_of_board(self, head: int, i: int) -> int:
        tokens = self.tokens
        at = head + 1 if tokens.low[head] == "các" else head
        if at in self.parks:
            end = self.scene.jurisdiction(self.parks[at], bare=False)
            return max(end, self._and_parks(end))
        return i

    def _sector(self, at: int) -> int:
        """The end of "khu vực III", "cửa khẩu Hữu Nghị", "số 1" that tell one branch from others."""
        tokens, scene = self.tokens, self.scene
        if not scene.near(at):
            return at
        low = tokens.low
        last = at
        if low[at : at + 2] in (["khu", "vực"], ["cửa", "khẩu"], ["miền", "nam"], ["miền", "bắc"], ["miền", "trung"]):
            last = at + 2
            while scene.near(last) and low[last] in {"quốc", "tế", "cảng", "sân", "bay", "chính"} and tokens.shape[last] == LOWER:
                last += 1
            name = last
            while last - name < 5 and scene.near(last) and scene.capital(last) and last not in self.parks:
                last += 1
                if last + 1 < len(tokens) and low[last] == "-" and scene.near(last) and scene.capital(last + 1):
                    last += 1
            if last == name:
                last = max(last, number_end(scene, last))
            return last if last > name or low[at] == "miền" else at
        return number_end(scene, at)

    def _unit(self, i: int) -> int:
        tokens, scene = self.tokens, self.scene
        head = self.heads["unit"].end(tokens, i)
        if head == i or not scene.near(head):
            return i
        last = head
        while scene.near(last) and last - head < 4 and tokens.low[last] in {
            *("cửa", "khẩu", "quốc", "tế", "cảng", "biên", "phòng", "bảo", "vệ", "giới", "cảnh", "sát", "biển", "quân", "sự"),
            *("đường", "thủy", "nội", "địa", "hàng", "hải", "không"),
        }:
            last += 1
        name = last
        if (end := number_end(scene, last)) > last:
            last = end
        else:
            last = max(last, self.scan.end(last))
        of_arms = tokens.low[last : last + 2] in (["hải", "quân"], ["cảnh", "sát"], ["kiểm", "ngư"]) and scene.near(last)
        if of_arms:
            last += 3 if tokens.low[last : last + 3] == ["cảnh", "sát", "biển"] else 2
        if tokens.low[i] == "vùng" and head == i + 1 and not of_arms:
            return i
        last = max(last, scene.jurisdiction(last, bare=last > name or name > head or head - i > 2))
        if last == name and not (name > head and tokens.shape[i] != LOWER and name - i > 3):
            return i
        return last

    def _named(self, i: int) -> int:
        tokens, scene = self.tokens, self.scene
        head = self.heads["named"].end(tokens, i)
        if head == i or not scene.follows(head):
            return i
        if tokens.caseless[i] and head - i == 1 and tokens.low[i] in {"hội", "báo", "viện", "quỹ", "trường", "khoa", "hãng"}:
            # Too common as plain words where case tells nothing.
            if tokens.low[i] != "trường" or self.heads["school"].end(tokens, head) == head:
                return i
        words = " ".join(tokens.low[i:head])
        if words == "trường":
            kind = self.heads["school"].end(tokens, head)
            if kind == head and (not scene.capital(head) or vietnamese(tokens.low[head])):
                return i
            head = kind
        elif words in {"công ty", "tổng công ty", "ngân hàng"}:
            head = self._legal_forms(head)
        elif words == "tổ chức" and tokens.caseless[i]:
            if vietnamese(tokens.low[head]):
                return i
        if words == "liên danh":
            return i
        if not scene.near(head) and not scene.follows(head):
            return i
        if self._represents(words) and self.heads["represents"].end(tokens, i) >= head:
            return self._representation(i, head)
        if scene.near(head) and tokens.low[head] == "tỉnh" or tokens.low[head : head + 2] == ["thành", "phố"]:
            end = scene.jurisdiction(head)
            named = tokens.shape[head] == CAPITAL and end <= head + 2 and end < len(tokens) and scene.near(end) and scene.capital(end)
            if end > head and not named and words in {"bệnh viện", "đại học", "trường", "trung tâm", "hội", "hội đồng", "quỹ", "hiệp hội"}:
                return end if words != "trung tâm" or head in scene.place_at else i
        end = self.scan.end(head, lower_start=tokens.shape[i] != LOWER, proper=tokens.shape[i] == LOWER)
        if end == head:
            return i
        alone = {"hội", "khoa", "cơ quan", "quỹ", "hãng", "tổ chức", "công ty", "tập đoàn", "ngân hàng", "hợp tác xã"}
        if words in alone and scene.place_at.get(head, (0,))[0] == end:
            # "Hội An", "cơ quan Việt Nam", "tập đoàn Ấn Độ": a place alone makes no name.
            if scene.place_at[head][1].type != facts.VN_LOCALITY or words in {"hội", "khoa", "cơ quan"}:
                return i
        end = max(end, foreign_suffix_end(scene, end) if scene.near(end) else end)
        if scene.near(end) and end in scene.place_at and words not in {"công ty", "tập đoàn"}:
            end = max(end, scene.jurisdiction(end, bare=False))
        elif words not in {"công ty", "tập đoàn", "tổng công ty", "báo", "tạp chí"}:
            end = max(end, scene.jurisdiction(end))
        if self._represents(words):
            end = self._seat(end)
        if words in _PARTS and scene.near(end):
            end = max(end, self._parent(end))
        return end

    def _legal_forms(self, at: int) -> int:
        scene = self.scene
        last = at
        for _ in range(5):
            if not scene.near(last):
                break
            end = self.heads["company"].end(self.tokens, last)
            if end == last:
                break
            last = end
        return last

    def _representation(self, i: int, head: int) -> int:
        """The end of an embassy, consulate or office: whom it stands for, and where."""
        tokens, scene = self.tokens, self.scene
        end = head
        if scene.near(end) and tokens.low[end] == "nước":
            end += 1
        if end in scene.place_at and scene.near(end):
            end = scene.place_at[end][0]
        elif scene.near(end) and scene.capital(end):
            end = self.scan.end(end)
        elif scene.near(end) and (parent := self._parent(end)) > end:
            end = parent
        else:
            end = head
        end = max(end, scene.jurisdiction(end))
        seated = self._seat(end)
        if seated > end and seated in scene.place_at and scene.near(seated):
            seated = scene.place_at[seated][0]
        return seated if seated > head else i

    # -- names without a head --------------------------------------------------------------------------------------

    def _short(self, i: int) -> int:
        """The end of a body or firm known by a short name: "JICA", "WWF Việt Nam", "Samsung Electronics"."""
        tokens, scene = self.tokens, self.scene
        if scene.inside_place[i]:
            return i
        if tokens.caseless[i] and vietnamese(tokens.low[i]):
            return i
        body = phrases("known", "body").end(tokens, i)
        firm = phrases("known", "firm").end(tokens, i)
        if body == i and firm == i:
            if tokens.low[i] in self.aliases and tokens.shape[i] in {UPPER, CAPITAL, OPEN}:
                return i + 1
            return i
        if i and tokens.gap[i] == JOINED and tokens.low[i - 1] in {"-", "/"}:
            return i
        if firm > body and i and phrases("people", "title").end(tokens, i - 1) == i:
            return i
        end = max(body, firm)
        if firm > i:
            end = max(end, self._foreign_run(end))
        if end in scene.place_at and scene.near(end) and scene.place_at[end][1].type == facts.COUNTRY:
            end = scene.place_at[end][0]
        return end

    def _foreign_run(self, at: int) -> int:
        tokens, scene = self.tokens, self.scene
        last = at
        while (
            last - at < 6
            and scene.near(last)
            and tokens.shape[last] in {CAPITAL, UPPER, INITIAL}
            and last not in scene.place_at
            and not vietnamese(tokens.low[last])
        ):
            last += 1
        return max(last, foreign_suffix_end(scene, last) if scene.near(last) else last)

    def _with_suffix(self, i: int) -> int:
        """The end of a foreign name that shows by its last word that it is a firm or body."""
        tokens, scene = self.tokens, self.scene
        if tokens.shape[i] not in {CAPITAL, UPPER} or scene.inside_place[i]:
            return i
        if i and tokens.gap[i] <= 1 and tokens.shape[i - 1] in {CAPITAL, UPPER} and not scene.taken[i - 1]:
            return i
        last, best, foreign = i, i, 0
        while last - i < 8 and (last == i or scene.near(last)):
            if tokens.low[last] in {"&", "of", "and", "for", "."} and last > i:
                last += 1
                continue
            if tokens.shape[last] not in {CAPITAL, UPPER, INITIAL, NUMBER} or last in scene.value_at:
                break
            if last > i and (end := foreign_suffix_end(scene, last)) > last:
                best = last = end
                continue
            foreign += not vietnamese(tokens.low[last])
            last += 1
        return best if best > i and foreign else i

    def _bracketed(self, end: int, found: list[tuple[int, int]]) -> int:
        """Take the short name in brackets behind an organisation; return where to go on."""
        tokens, scene = self.tokens, self.scene
        if end + 2 >= len(tokens) or tokens.low[end] != "(" or not scene.near(end):
            return end
        close = next((k for k in range(end + 2, min(end + 16, len(tokens))) if tokens.low[k] == ")"), 0)
        if not close:
            return end
        first = close - 1
        words = " ".join(tokens.low[end + 1 : close])
        if close - end == 2 or tokens.low[first - 1] in {"-", "là", ",", ":", "tắt"}:
            text = tokens.text(first, close)
            short = sum(c.isupper() for c in text) >= 2 and tokens.shape[first] in {UPPER, CAPITAL}
            if short and first not in scene.place_at and words not in {"b/c"} and not scene.roman(first):
                if first > end + 2 and tokens.low[first - 1] == "-":
                    name = self._with_suffix(end + 1)
                    if name == first - 1:
                        found.append((end + 1, name))
                found.append((first, close))
                self.aliases.add(tokens.low[first])
                return close
        return end

    def _repeated(self, found: list[tuple[int, int]]) -> set[tuple[int, int]]:
        """Short names introduced in brackets, where they stand before that."""
        tokens, scene = self.tokens, self.scene
        if not self.aliases:
            return set()
        inside = bytearray(len(tokens))
        for first, last in found:
            for k in range(first, last):
                inside[k] = 1
        return {
            (i, i + 1)
            for i, low in enumerate(tokens.low)
            if low in self.aliases and not inside[i] and not scene.taken[i] and tokens.shape[i] in {UPPER, CAPITAL}
        }

    # -- lists -----------------------------------------------------------------------------------------------------

    def _listed(self, i: int) -> list[tuple[int, int]]:
        """Members of a list under a plural head at `i`: "các Sở: Ngoại vụ, Tư pháp", "hai công ty A và B"."""
        tokens, scene = self.tokens, self.scene
        low = tokens.low
        if low[i] not in _PLURALS and tokens.shape[i] != NUMBER:
            return []
        at = i + 1
        if not scene.near(at) or i in scene.value_at:
            return []
        for kind, heads in _LIST_HEADS.items():
            for head in heads:
                parts = head.split()
                if low[at : at + len(parts)] == parts:
                    after = at + len(parts)
                    while scene.near(after) and low[after] in {":", "gồm", "là"}:
                        after += 1
                    members = self._members(after, kind)
                    if len(members) > 1 or (members and kind == "field" and low[after - 1] == ":"):
                        return members
        return []

    def _members(self, at: int, kind: str) -> list[tuple[int, int]]:
        tokens, scene = self.tokens, self.scene
        members: list[tuple[int, int]] = []
        while len(members) < 40 and at < len(tokens) and (scene.near(at) or tokens.gap[at] == 3):
            if kind == "field":
                end = self.fields.end(tokens, at) if scene.capital(at) else at
            elif scene.capital(at) and not self._known_head(at):
                end = self.scan.end(at)
                if scene.place_at.get(at, (0,))[0] == end:
                    end = at
            else:
                end = at
            if end == at:
                break
            members.append((at, end))
            at = end
            if scene.near(at) and tokens.low[at] == "(":
                close = next((k for k in range(at + 1, min(at + 10, len(tokens))) if tokens.low[k] == ")"), 0)
                at = close + 1 if close else at
            if at < len(tokens) and tokens.low[at] in {",", "và", ";", "&"}:
                at += 1
                if at < len(tokens) and tokens.low[at] == "và":
                    at += 1
            else:
                break
        return members

    def _known_head(self, at: int) -> bool:
        return any(self.heads[kind].end(self.tokens, at) > at for kind in ("whole", "field", "unit", "named"))
