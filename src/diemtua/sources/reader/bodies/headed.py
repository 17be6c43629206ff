"""Organisations that a head word announces: "UBND", "Sở", "Công ty", "Đại sứ quán"."""

from __future__ import annotations

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.names import NameScan, foreign_suffix_end, number_end
from diemtua.sources.reader.bodies.parks import HEADS as ZONES
from diemtua.sources.reader.bodies.phrases import Phrases, phrase_set, phrases, word_set
from diemtua.sources.reader.bodies.scene import JURISDICTIONS, LONG_JURISDICTIONS, Scene, surname
from diemtua.sources.reader.bodies.syllables import vietnamese
from diemtua.sources.reader.tokens import CAPITAL, LOWER, NUMBER, UPPER

_PARTS, _INCOMPLETE, _NOT_ALONE = phrase_set("part"), phrase_set("incomplete"), phrase_set("not alone")
_FIRMS, _SEATED = phrase_set("firm"), tuple(phrase_set("seated"))
_GENERIC = word_set("generic")
# Heads that are too common as other words to begin a name in texts without capitals.
_WEAK = frozenset({"hội", "báo", "viện", "quỹ", "trường", "khoa", "hãng", "đài", "tổ chức"})
# Heads whose field may be written in lower case.
_LOWER_FIELDS = frozenset({"vụ", "ban", "cục", "ủy ban"})
# "Bộ" ends these: "Nam Bộ", "cán bộ", "nội bộ".
_BEFORE_BO = frozenset({"nam", "bắc", "trung", "cán", "toàn", "đội", "nội", "đồng"})
_UNIT_WORDS = phrases("heads", "unit words")


class Headed:
    """The grammar of organisations with a head; every method takes a token and returns where the name ends."""

    def __init__(self, scene: Scene, parks: dict[int, int]) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.parks = parks
        self.scan = NameScan(scene)
        self.whole = phrases("heads", "whole")
        self.ruled = phrases("heads", "ruled")
        self.field = phrases("heads", "field")
        self.unit = phrases("heads", "unit")
        self.named = phrases("heads", "named")
        self.represents = phrases("heads", "represents")
        self.school = phrases("heads", "school")
        self.company = phrases("heads", "company")
        self.none = phrases("heads", "not")
        self.fields = phrases("fields")

    def end(self, i: int) -> int:
        """The end of the organisation that begins at token `i`; `i` itself when none does."""
        end = self._board_of_zone(i)
        if end == i:
            whole = self._whole(i)
            end = max(whole, self._of_field(i), self._unit(i), self._with_name(i))
            if i < whole < end and self.scene.capital(whole) and surname(self.tokens.low[whole]):
                end = whole  # a person's name follows
        if end == i:
            return i
        end = self._branch(end)
        none = self.none.end(self.tokens, i)
        if none > i and not self._more_than(i, none, end):
            return i
        return i if self.scene.inside_place[i] and not self._holds_place(i, end) else end

    def part(self, at: int) -> int:
        """The end of a body written in lower case behind a title: "ban Tổ chức Tỉnh ủy"; `at` when there is none."""
        tokens = self.tokens
        head = self.whole.end(tokens, at, any_case=True)
        if head > at:
            return self._governed(at, head, self.scene.words(at, head))
        field = self.fields.end(tokens, at + 1) if self.scene.near(at + 1) else at
        if field <= at + 1:
            return at
        end = self._governed_places(field)
        return max(end, self._parent(field)) if end == field else end

    # -- what is none ----------------------------------------------------------------------------------------------

    def _more_than(self, i: int, none: int, end: int) -> bool:
        """Whether the organisation that ends at `end` is known beyond words that begin none ("Ban Tổ chức ...")."""
        tokens = self.tokens
        if self.whole.end(tokens, i) > none or (end > none and self.whole.end(tokens, none) > none):
            return True
        return self.field.end(tokens, i) == i + 1 and self.fields.end(tokens, i + 1) > none

    def _holds_place(self, i: int, end: int) -> bool:
        """Whether the place that token `i` stands in begins there and lies within the organisation."""
        for first in range(i, max(-1, i - 9), -1):
            held = self.scene.place_end(first)
            if held > i:
                return first == i and held <= end
        return True

    # -- what stands behind ----------------------------------------------------------------------------------------

    def _governed(self, first: int, head: int, words: str) -> int:
        """The end of the jurisdiction, the parent body or the seat behind the complete name that ends at `head`."""
        scene = self.scene
        end = self._governed_places(head)
        if end == head and words in _PARTS and (parent := self._parent(head)) > head:
            return parent
        if end == head and scene.near(head) and self.represents.end(self.tokens, first) == head:
            end = self.scan.end(head)
        return self._seat(first, end) if end > head else end

    def _governed_places(self, at: int) -> int:
        """The end of the park or the places governed at `at`."""
        if at in self.parks and self.scene.follows(at):
            return self.scene.jurisdiction(self.parks[at], bare=False)
        return self.scene.jurisdiction(at)

    def _seat(self, first: int, at: int) -> int:
        """The end of "tại Lào" behind a body from `first` to `at`, where the seat belongs to the name."""
        scene = self.scene
        located = scene.near(at) and scene.near(at + 1) and self.tokens.low[at] in {"tại", "ở"}
        seat = scene.place_end(at + 1) if located and scene.words(first, first + 4).startswith(_SEATED) else at
        return seat if seat > at + 1 else at

    def _parent(self, at: int) -> int:
        """The end of the body at `at` that the one before it is a part of."""
        if not self.scene.follows(at):
            return at
        end = max(self._whole(at), self._of_field(at))
        if end == at and self.tokens.low[at] in {"công", "tập", "đại", "trường", "bệnh", "học", "tổng", "ngân"}:
            end = self._with_name(at)
        return end if end > at else self.short(at)

    def short(self, i: int) -> int:
        """The end of a body or firm known by a short name: "JICA", "WWF Việt Nam", "Samsung Electronics"."""
        tokens, scene = self.tokens, self.scene
        if scene.inside_place[i] or (tokens.caseless[i] and vietnamese(tokens.low[i])):
            return i
        body = phrases("known", "body").end(tokens, i)
        firm = phrases("known", "firm").end(tokens, i)
        if body == i and firm == i:
            return i
        if i and ((tokens.gap[i] == 0 and tokens.low[i - 1] in {"-", "/"}) or self._named_person(i, firm > body)):
            return i
        end = max(body, firm)
        if firm > i:
            end = max(end, self._foreign_run(end))
        if scene.near(end) and end in scene.place_at and tokens.shape[end] != LOWER:
            country = scene.place_at[end][1].type == facts.COUNTRY
            province = scene.place_at[end][1].type == facts.VN_LOCALITY and not scene.headed_place(end)
            end = scene.place_end(end) if country or province else end
        elif scene.near(end):
            end = phrases("provinces").end(tokens, end)  # "Viettel Quảng Trị"
        return end

    def _named_person(self, i: int, firm: bool) -> bool:
        """Whether the name of a firm at `i` is that of a person: "bà Lotte Vandersypen"."""
        return firm and phrases("people", "title").end(self.tokens, i - 1) == i

    def _foreign_run(self, at: int) -> int:
        """The end of foreign words with capitals from `at` on."""
        tokens, scene = self.tokens, self.scene
        last = at
        while (
            last - at < 6 and scene.near(last) and tokens.shape[last] in {CAPITAL, UPPER} and last not in scene.place_at
        ):
            if vietnamese(tokens.low[last]):
                break
            last += 1
        return max(last, foreign_suffix_end(scene, last)) if scene.near(last) else last

    def _branch(self, end: int) -> int:
        """The end of "chi nhánh tỉnh X" behind a body."""
        scene = self.scene
        at = end + 1 if scene.mark(end) == "-" else end
        if not scene.near(at) or not scene.is_at(at, "chi", "nhánh"):
            return end
        return max(end, scene.place_end(at + 2))

    # -- by class of head ------------------------------------------------------------------------------------------

    def _board_of_zone(self, i: int) -> int:
        """The end of "Ban Quản lý Khu kinh tế Vân Phong" at `i`; `i` when no named zone follows."""
        scene, tokens = self.scene, self.tokens
        at = i + 3 if scene.is_at(i, "ban", "quản", "lý") else i + 1 if tokens.low[i] == "bql" else i
        if at > i and scene.near(at) and tokens.low[at] == "các":
            at += 1
        if at == i or at not in self.parks or not scene.follows(at):
            return i
        end = scene.jurisdiction(self.parks[at], bare=False)
        return self._further_zones(end)

    def _further_zones(self, at: int) -> int:
        """The end of "và các khu công nghiệp tỉnh" behind the zone that a board governs."""
        scene, tokens = self.scene, self.tokens
        if not scene.near(at) or not scene.near(at + 1) or tokens.low[at] not in {"và", ","}:
            return at
        plural = tokens.low[at + 1] == "các"
        zone = at + 2 if plural else at + 1
        end = self.parks.get(zone) or ZONES.end(tokens, zone)
        return scene.jurisdiction(end) if end > zone else at

    def _whole(self, i: int) -> int:
        """The end of a name that is complete in the list, with the place it governs."""
        tokens, scene = self.tokens, self.scene
        head = self.whole.end(tokens, i)
        if head == i:
            head = self.ruled.end(tokens, i)
            if head == i:
                return i
            end = scene.jurisdiction(head)
            end = end if end > head else self._sector(head)
            return end if end > head else i
        words = scene.words(i, head)
        before = tokens.low[i - 1] if i and scene.follows(i) else ""
        if (
            (words.startswith("văn phòng") and before == "chánh")
            or (words.startswith("thủ tướng") and before == "phó")
            or (words == "chính phủ" and before in {"phi", "liên"})
            or (words.startswith("thường trực") and before in {"tịch", "thư", "trưởng"})
            or (scene.near(head) and tokens.low[head] in _GENERIC and words not in _PARTS)
        ):
            return i
        end = self._governed(i, head, words)
        if end == head and words.endswith("cửa khẩu"):
            end = self._gate(head)
        bare = end == head
        return i if bare and (words in _INCOMPLETE or (words == "công an" and scene.opens(i))) else end

    def _of_field(self, i: int) -> int:
        """The end of a ministry, department, board or division, named after its field."""
        tokens, scene = self.tokens, self.scene
        head = self.field.end(tokens, i)
        if head == i or not scene.follows(head):
            return i
        words = scene.words(i, head)
        before = tokens.low[i - 1] if i and scene.follows(i) else ""
        if (words == "bộ" and before in _BEFORE_BO) or (words == "văn phòng" and before == "chánh"):
            return i
        if words == "phòng" and (before == "văn" or (before == "trưởng" and tokens.shape[i] not in {CAPITAL, UPPER})):
            return i
        field = self.fields.end(tokens, head)
        if field > head:
            lower = tokens.shape[head] == LOWER and words not in _LOWER_FIELDS
            return i if lower else self._seat(i, self._behind_field(i, head, field, words))
        if words in _PARTS and (end := self._parent(head)) > head:
            return self._seat(i, self._governed(i, end, words))
        return self._unknown_field(i, head, words)

    def _behind_field(self, i: int, head: int, field: int, words: str) -> int:
        """The end of what belongs to a body behind its field."""
        scene = self.scene
        end = self._sector(field)
        governed = self._governed_places(end)
        if governed > end or not scene.near(end):
            return governed if governed > end or words in {"sở", "bộ"} else max(end, self._part_of(end, words))
        if words not in {"sở", "bộ"} and (parent := self._part_of(end, words)) > end:
            return parent
        if words == "đội":
            return max(end, self.scan.end(end))
        if surname(self.tokens.low[end]) and self.scene.capital(end):
            return end  # a person's name follows
        if self.tokens.low[end] in {"-", "&"} or words in {"ủy ban", "cục", "tổng cục", "viện", "vụ"}:
            return max(end, self.scan.end(head))
        return end

    def _part_of(self, end: int, words: str) -> int:
        return self._parent(end) if words in _PARTS else end

    def _unknown_field(self, i: int, head: int, words: str) -> int:
        """The end of a body whose field no list knows."""
        tokens, scene = self.tokens, self.scene
        if words in {"ban", "đội", "nha", "bộ phận"} or not scene.capital(head):
            return i
        if words in {"bộ", "sở", "vụ"} and head in scene.place_at:
            return i
        if tokens.caseless[head] and words in {"bộ", "sở", "vụ", "cục", "phòng", "ty", "ban quản lý"}:
            return i
        end = self.scan.end(head, compound=True)
        numbers_only = all(tokens.shape[k] == NUMBER for k in range(head, end))
        if numbers_only or (
            words in {"vụ", "phòng"} and surname(tokens.low[head]) and not vietnamese(tokens.low[head])
        ):
            return i
        return self._seat(i, max(end, scene.jurisdiction(end)))

    def _sector(self, at: int) -> int:
        """The end of "khu vực III", "cửa khẩu Hữu Nghị", "số 1", "miền Trung" that tell one branch from others."""
        scene = self.scene
        if not scene.near(at):
            return at
        if scene.is_at(at, "miền") and scene.near(at + 1):
            return at + 2
        if not (scene.is_at(at, "khu", "vực") or scene.is_at(at, "cửa", "khẩu")):
            return number_end(scene, at)
        last = self._gate(at + 2)
        return last if last > at + 2 else at

    def _gate(self, at: int) -> int:
        """The end of the name of a border gate or sector at `at`: "quốc tế Hữu Nghị", "III"."""
        tokens, scene = self.tokens, self.scene
        name = at
        while scene.near(name) and tokens.shape[name] == LOWER and tokens.low[name] in {"quốc", "tế", "cảng", "chính"}:
            name += 1
        last = name
        while last - name < 5 and scene.near(last) and scene.capital(last) and last not in self.parks:
            last += 1
            if scene.mark(last) == "-" and scene.near(last) and scene.capital(last + 1):
                last += 1
        last = number_end(scene, last) if last == name else last
        return last if last > name else at

    def _unit(self, i: int) -> int:
        """The end of an armed or border unit, with its number or name."""
        tokens, scene = self.tokens, self.scene
        head = self.unit.end(tokens, i)
        if head == i or not scene.near(head):
            return i
        name = head
        while scene.near(name) and name - head < 4 and (more := _UNIT_WORDS.end(tokens, name)) > name:
            name = more
        last = max(number_end(scene, name), name)
        if last == name:
            last = self.scan.end(name)
        arm = scene.near(last) and (
            self.tokens.low[last : last + 2] in (["hải", "quân"], ["cảnh", "sát"], ["kiểm", "ngư"])
        )
        if arm:
            last += 3 if scene.is_at(last, "cảnh", "sát", "biển") else 2
        if tokens.low[i] == "vùng" and head == i + 1 and not arm:
            return i
        known_kind = name > head or head - i > 2
        last = max(last, scene.jurisdiction(last, bare=last > name or known_kind))
        if last == name and not (name > head and tokens.shape[i] != LOWER and name - i > 3):
            return i
        return last

    def _with_name(self, i: int) -> int:
        """The end of a company, school, association or the like, with its name."""
        tokens, scene = self.tokens, self.scene
        head = self.named.end(tokens, i)
        if head == i or not scene.follows(head):
            return i
        words = scene.words(i, head)
        school = self._kinds(head, self.school) if words == "trường" else head
        weak = tokens.caseless[i] and words in _WEAK and school == head
        if words == "liên danh" or (weak and not self._sure_behind(head, words)):
            return i
        if words == "trường" and school == head and (not scene.capital(head) or vietnamese(tokens.low[head])):
            return i
        if words == "đài" and (tokens.shape[head] != UPPER or scene.inside_place[i]):
            return i
        head = self._kinds(head, self.company) if words in {"công ty", "tổng công ty", "ngân hàng"} else school
        if not scene.follows(head):
            return i
        if self.represents.end(tokens, i) >= head:
            return self._representation(i, head)
        if words not in _FIRMS and (end := self._of_place(head)) > head:
            return end if words != "trung tâm" or head in scene.place_at else i
        lower = tokens.shape[i] == LOWER
        end = self.scan.end(head, lower_start=True, proper=lower or words in _FIRMS)
        if end == head or (words in _NOT_ALONE and self._place_alone(head, end, words)):
            return i
        return self._behind_name(i, end, words)

    def _sure_behind(self, at: int, words: str) -> bool:
        """Whether a name begins at `at` where case tells nothing: a foreign word, or a trade."""
        if not vietnamese(self.tokens.low[at]) and len(self.tokens.low[at]) > 1:
            return True
        return words in {"viện", "quỹ"} and self.scan.trades.end(self.tokens, at) > at + 1

    def _behind_name(self, i: int, end: int, words: str) -> int:
        """The end of what belongs to a named body behind its name: legal form, places, seat, the body it is part of."""
        scene = self.scene
        end = max(end, foreign_suffix_end(scene, end)) if scene.near(end) else end
        if words not in _FIRMS:
            end = max(end, scene.jurisdiction(end))
        elif scene.near(end) and scene.headed_place(end) and words not in {"công ty", "tập đoàn"}:
            end = scene.place_end(end)
        end = self._seat(i, end)
        return max(end, self._parent(end)) if words in _PARTS and scene.near(end) else end

    def _place_alone(self, head: int, end: int, words: str) -> bool:
        """Whether the name is nothing but a place: "Hội An", "cơ quan Việt Nam", "tập đoàn Ấn Độ"."""
        if self.scene.place_end(head) != end:
            return False
        abroad = self.scene.place_at[head][1].type != facts.VN_LOCALITY
        return abroad or words in {"hội", "khoa", "cơ quan"}

    def _of_place(self, head: int) -> int:
        """The end of "tỉnh", "tỉnh Sê Kông" right behind a head: "Bệnh viện tỉnh Sê Kông"."""
        tokens, scene = self.tokens, self.scene
        low = tokens.low
        if not scene.near(head) or not (
            low[head] in JURISDICTIONS or tuple(low[head : head + 2]) in LONG_JURISDICTIONS
        ):
            return head
        end = scene.jurisdiction(head)
        # "Bệnh viện Tỉnh Antonio Ramírez" bears a name of its own.
        named = tokens.shape[head] == CAPITAL and end <= head + 2 and scene.near(end) and scene.capital(end)
        return head if named else end

    def _kinds(self, at: int, kinds: Phrases) -> int:
        """The end of legal forms or kinds of school at `at`."""
        last = at
        for _ in range(5):
            if not self.scene.follows(last):
                break
            end = kinds.end(self.tokens, last)
            if end == last:
                break
            last = end
        return last

    def _representation(self, i: int, head: int) -> int:
        """The end of an embassy, consulate or office: whom it stands for, and where."""
        tokens, scene = self.tokens, self.scene
        end = head + 1 if scene.near(head) and tokens.low[head] == "nước" else head
        if scene.near(end) and end in scene.place_at:
            end = scene.place_end(end)
        elif scene.near(end) and scene.capital(end):
            end = max(self._parent(end), self.scan.end(end))
        elif (parent := self._parent(end)) > end:
            end = parent
        else:
            end = head
        end = max(end, scene.jurisdiction(end)) if end > head else end
        seated = self._seat(i, end)
        if seated > end and scene.near(seated) and seated in scene.place_at:
            seated = scene.place_end(seated)
        return seated if seated > head else i
