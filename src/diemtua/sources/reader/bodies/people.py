"""People by their names, and the posts they hold."""

from __future__ import annotations

from collections.abc import Iterator

from diemtua.sources.reader.bodies.names import surname, vietnamese
from diemtua.sources.reader.bodies.phrases import first_words, phrases, words
from diemtua.sources.reader.bodies.posts import Post
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import (
    CAPITAL,
    COLUMN,
    INITIAL,
    JOINED,
    LINE,
    LOWER,
    MARK,
    NAMELIKE,
    NUMBER,
    OPEN,
    UPPER,
)

_LONGEST = 7
_ABBREVIATED = frozenset("mr mrs ms dr ts ths gs pgs bs ks ls kts".split())
_JOINERS = frozenset({",", "kiêm", "và", "-", ";", "đồng", "thời", "là", "/"})
_BETWEEN = frozenset({",", "-", "(", ":", "là", "hiện", "nguyên", "làm", "giữ", "chức", "vụ", "cựu", "nay", "đang", "với", "vai", "trò", "cương", "vị"})
# Words that go on a family name in streets, schools and ships rather than in people.
_NAMED_AFTER = frozenset("đường phố trường tàu cầu giải chợ hồ công đền chùa sông quảng trạm lớp bến đại núi".split())


class People:
    """Finds the people of a scene and the posts that go with them."""

    def __init__(self, scene: Scene, bodies: dict[int, int], posts: list[Post]) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.bodies = bodies
        self.body_end = {end: first for first, end in bodies.items()}
        self.inside_body = bytearray(len(scene.tokens))
        for first, end in bodies.items():
            for i in range(first, end):
                self.inside_body[i] = 1
        self.posts = posts
        self.post_at = {post.first: post for post in posts}
        self.titles = phrases("people", "title")
        self.callings = phrases("people", "calling")
        self.given = words("given")
        self.people: dict[int, int] = {}
        self.inside = bytearray(len(scene.tokens))
        self.linked: set[Post] = set()
        self.segments = self._segments()

    def all(self) -> tuple[list[tuple[int, int]], list[Post]]:
        """People as pairs of tokens, and the posts they hold; both in reading order."""
        self._bylines()
        self._introduced()
        self._holding()
        self._signed()
        self._plain()
        self._again()
        self._link()
        return sorted(self.people.items()), sorted(self.linked, key=lambda post: post.first)

    # -- names -----------------------------------------------------------------------------------------------------

    def name(self, i: int, *, sure: bool) -> int:
        """The end of the name that begins at `i`; `i` when there is none.

        `sure`: a title before says that a person follows, so that any capitals are believed.
        """
        tokens, scene = self.tokens, self.scene
        size = len(tokens)
        if i >= size or not scene.capital(i) or self._occupied(i, sure):
            return i
        vietnamese_name = tokens.low[i] in words("surnames")
        last = i
        while last < size and last - i < _LONGEST and (last == i or scene.near(last)):
            low, shape = tokens.low[last], tokens.shape[last]
            if shape == MARK:
                if low == "." and last > i and self._initial(last) and last + 1 < size and tokens.gap[last] == JOINED:
                    last += 1
                    continue
                break
            if last > i and self._occupied(last, sure):
                break
            if not scene.capital(last):
                after = last + 1
                if last > i and low in _PARTICLES and shape == LOWER and after < size and scene.near(after):
                    if low in {"de", "van", "von", "bin", "der", "den", "ter", "la", "dos", "al"} or not vietnamese(low):
                        if scene.capital(after) or tokens.low[after] in _PARTICLES:
                            last += 1
                            continue
                break
            if shape == OPEN and not self._open_name(i, last, vietnamese_name):
                break
            if vietnamese_name and last - i >= 5 and shape != OPEN:
                break
            last += 1
        while last > i and (tokens.shape[last - 1] == MARK or tokens.low[last - 1] in _PARTICLES and tokens.shape[last - 1] == LOWER):
            last -= 1
        return last

    def _initial(self, dot: int) -> bool:
        return self.tokens.shape[dot - 1] == INITIAL

    def _occupied(self, i: int, sure: bool) -> bool:
        """Whether something else begins at `i`: an organisation, a post, a document, a place with its head noun."""
        tokens, scene = self.tokens, self.scene
        if scene.taken[i] or self.inside_body[i] or i in scene.value_at:
            return True
        if i in self.post_at and self.post_at[i].end > i + 1:
            return True
        if any(phrases("heads", kind).end(tokens, i) > i + 1 for kind in ("whole", "named", "unit")) and not tokens.caseless[i]:
            return True
        if scene.inside_place[i]:
            held = scene.place_at.get(i)
            if held is None:
                return not sure and not surname(tokens.low[i])
            first_low = tokens.shape[i] == LOWER or tokens.low[i] in {"tỉnh", "thành", "huyện", "xã", "phường", "tp"}
            if first_low:
                return True
            # A family name may be the name of a country or province too ("Thái", "Hà Nam").
            following = held[0]
            goes_on = following < len(tokens) and scene.near(following) and scene.capital(following)
            return not (sure and (surname(tokens.low[i]) or goes_on or len(self._before(i)) > 0))
        return False

    def _before(self, i: int) -> str:
        return self.tokens.low[i - 1] if i and self.scene.near(i) else ""

    def _open_name(self, first: int, at: int, vietnamese_name: bool) -> bool:
        """Whether the word at `at` may go on a name where case tells nothing."""
        tokens = self.tokens
        low = tokens.low[at]
        if at == first:
            return True
        if not vietnamese_name and not vietnamese(tokens.low[first]):
            return not vietnamese(low) or surname(low)
        if vietnamese(low):
            return low in self.given and at - first < 5
        return True

    def plausible(self, i: int, end: int) -> bool:
        """Whether the capitals at `i` to `end` look like a name of a person by themselves."""
        tokens = self.tokens
        size = end - i
        if size < 2:
            return "-" in tokens.low[i] and not vietnamese(tokens.low[i]) and len(tokens.low[i]) > 5
        if surname(tokens.low[i]):
            return True
        if any("-" in tokens.low[k] for k in range(i, end)):
            return True
        return sum(not vietnamese(tokens.low[k]) for k in range(i, end)) * 2 >= size

    # -- where people stand ----------------------------------------------------------------------------------------

    def _introduced(self) -> None:
        """Names behind a form of address or a calling: "ông", "đồng chí", "nghệ nhân"."""
        tokens, scene = self.tokens, self.scene
        firsts = first_words(("people", "title"), ("people", "calling"))
        i, size = 0, len(tokens)
        while i < size:
            if tokens.low[i] not in firsts:
                i += 1
                continue
            if self.inside[i]:
                i += 1
                continue
            cue = self.titles.end(tokens, i)
            sure = cue > i
            if not sure:
                cue = self.callings.end(tokens, i)
            if cue == i or scene.taken[i]:
                i += 1
                continue
            at = cue
            abbreviated = tokens.low[cue - 1] in _ABBREVIATED
            while at < size and scene.near(at) and (tokens.low[at] == ":" and not sure or tokens.low[at] == "." and abbreviated):
                at += 1
            if at < size and scene.near(at) and not self._part_of_other(i):
                end = self.name(at, sure=sure)
                if tokens.shape[i] == CAPITAL and i and scene.near(i) and tokens.shape[i - 1] in {CAPITAL, UPPER} and surname(tokens.low[i - 1]):
                    end = at  # "Rơ Ông Hà Thủy"
                address = tokens.low[i] in {"cô", "chú", "bác", "em", "cậu", "dì", "già", "thầy", "mẹ", "bạn", "vua", "cháu", "mế"}
                capital = tokens.shape[i] != LOWER and not tokens.caseless[i] and not scene.opens(i)
                if address and (capital or tokens.caseless[i] and not surname(tokens.low[at])):
                    end = at
                if tokens.caseless[i] and sure and end - at == 1 and tokens.low[at] not in self.given and vietnamese(tokens.low[at]):
                    end = at
                if end > at and (sure or self.plausible(at, end)):
                    self._add(at, end)
                    i = end
                    continue
            i = cue
        self._listed_comrades()

    def _part_of_other(self, i: int) -> bool:
        """Whether a form of address is a syllable of something else: "Bà Rịa", "phát thanh viên"."""
        return bool(self.scene.inside_place[i]) or bool(self.inside_body[i])

    def _listed_comrades(self) -> None:
        """Names of a list behind "các đồng chí", "các ông": "các ông A, B và C"."""
        tokens, scene = self.tokens, self.scene
        for first, end in list(self.people.items()):
            at = end
            cue = first - 1
            while cue > 0 and tokens.low[cue] in {":"}:
                cue -= 1
            if cue < 2 or tokens.low[max(0, cue - 2)] not in {"các", "hai", "ba"} and tokens.low[cue - 1] not in {"các", "hai", "ba"}:
                continue
            for _ in range(12):
                if at + 1 >= len(tokens) or tokens.low[at] not in {",", "và", ";"} or not scene.near(at + 1):
                    break
                name = self.name(at + 1, sure=True)
                if name == at + 1 or not (self.plausible(at + 1, name)):
                    break
                self._add(at + 1, name)
                at = name

    def _holding(self) -> None:
        """Names right behind a post and the body or place it is of."""
        for post in self.posts:
            at = self.attached(post.end)
            at = self._past_title(at)
            if at >= len(self.tokens) or at in self.people or not self.scene.near(at):
                continue
            end = self.name(at, sure=False)
            if end == at:
                continue
            if self.plausible(at, end) or (post.rank and not self.scene.inside_place[at]):
                if not self.tokens.caseless[at] or surname(self.tokens.low[at]) or not vietnamese(self.tokens.low[at]):
                    self._add(at, end)

    def attached(self, at: int) -> int:
        """The end of the bodies, places and brackets that belong to a post that ends at `at`."""
        tokens, scene = self.tokens, self.scene
        last = at
        for _ in range(6):
            if last >= len(tokens) or not scene.near(last):
                break
            if last in self.bodies:
                last = self.bodies[last]
                continue
            if last in scene.place_at:
                last = scene.place_at[last][0]
                continue
            low = tokens.low[last]
            after = last + 1
            if after >= len(tokens) or not scene.near(after):
                break
            if low in {"tại", "của", "nước", "ở", "thuộc", "bang"} and (
                after in scene.place_at or after in self.bodies or tokens.low[after] == "nước"
            ):
                last = after
                continue
            if low in {"tỉnh", "huyện", "xã", "phường", "quận", "bang"} or (low, tokens.low[after]) in {
                *(("thành", "phố"), ("thị", "xã"), ("thị", "trấn"), ("đặc", "khu")),
            }:
                last = after if low in {"tỉnh", "huyện", "xã", "phường", "quận", "bang"} else after + 1
                continue
            if low == "(" and last > at:
                close = next((k for k in range(after, min(after + 12, len(tokens))) if tokens.low[k] == ")"), 0)
                if not close:
                    break
                last = close + 1
                continue
            break
        return last

    def _past_title(self, at: int) -> int:
        """Past ", ông" or ": đồng chí" before the name of who holds a post."""
        tokens, scene = self.tokens, self.scene
        i = at
        if i < len(tokens) and tokens.low[i] in {",", ":", "-", "là"} and scene.near(i):
            i += 1
        if i < len(tokens) and (cue := self.titles.end(tokens, i)) > i and scene.near(i):
            return cue
        return i if i < len(tokens) and at < i and tokens.low[at] == ":" else at

    def _segments(self) -> list[tuple[int, int]]:
        """Runs of tokens within one line or column."""
        tokens = self.tokens
        found, first = [], 0
        for i in range(1, len(tokens) + 1):
            if i == len(tokens) or tokens.gap[i] >= COLUMN:
                if i > first:
                    found.append((first, i))
                first = i
        return found

    def _signed(self) -> None:
        """Names on a line of their own below a post: signatures."""
        at_line = {first: k for k, (first, _) in enumerate(self.segments)}
        for post in self.posts:
            k = at_line.get(post.first)
            if k is None and post.first >= 2 and self.tokens.low[post.first - 1] == ".":
                k = at_line.get(post.first - 2)  # "KT. GIÁM ĐỐC", "Q. GIÁM ĐỐC"
            if k is None:
                continue
            first, end = self.segments[k]
            if self.attached(post.end) < end and not self._only_titles(post.end, end):
                continue
            for first, end in self.segments[k + 1 : k + 10]:
                if first in self.people:
                    break
                if any(first <= other.first < end for other in self.posts if other.first == first):
                    break
                name = self._whole_line(first, end)
                if name:
                    self._add(*name)
                    break

    def _only_titles(self, first: int, end: int) -> bool:
        return all(self.tokens.shape[i] in NAMELIKE or self.tokens.shape[i] == MARK for i in range(first, end))

    def _whole_line(self, first: int, end: int) -> tuple[int, int] | None:
        """The name that fills a line, academic degrees before it aside."""
        tokens = self.tokens
        at = first
        while at < end and (self.callings.end(tokens, at) > at or self.titles.end(tokens, at) > at):
            at = max(self.callings.end(tokens, at), self.titles.end(tokens, at))
            while at < end and tokens.low[at] in {".", ":"}:
                at += 1
        if not 2 <= end - at <= 6 or self.scene.place_at.get(at, (0,))[0] == end:
            return None
        if any(tokens.shape[k] not in NAMELIKE for k in range(at, end)):
            return None
        name = self._open_line(at, end) if tokens.caseless[at] else self.name(at, sure=True)
        if name != end:
            return None
        return (at, end) if surname(tokens.low[at]) or self.plausible(at, end) or self._given(at, end) else None

    def _open_line(self, first: int, end: int) -> int:
        return end if not any(self._occupied(i, True) for i in range(first, end)) else first

    def _given(self, first: int, end: int) -> bool:
        """Whether all words are syllables of given names, as in pen names."""
        return all(self.tokens.low[k] in self.given or self.tokens.low[k] in words("surnames") for k in range(first, end))

    def _bylines(self) -> None:
        """Names of authors on a line of their own at the end (or below the heading) of an article."""
        tokens = self.tokens
        segments = [s for s in self.segments if any(tokens.shape[i] != MARK for i in range(*s))]
        for k, (first, end) in enumerate(segments):
            lead = k <= 3 and k < len(segments) - 3
            if (k < len(segments) - 4 and not lead) or end - first > 16 or k == 0:
                continue
            last = k == len(segments) - 1 and tokens.gap[first] >= LINE
            names = self._authors(first, end, lead=lead, last=last)
            for name in names:
                self._add(*name)

    def _authors(self, first: int, end: int, *, lead: bool, last: bool) -> list[tuple[int, int]]:
        tokens = self.tokens
        at = first
        while at < end and (cue := self.callings.end(tokens, at)) > at:
            at = cue
            while at < end and tokens.low[at] in {":", ",", "."}:
                at += 1
        cued = at > first
        found: list[tuple[int, int]] = []
        while at < end:
            if tokens.low[at] == "(" and found:
                break
            name = at
            while name < end and (tokens.shape[name] in NAMELIKE or (tokens.low[name] == "." and name > at and self._initial(name))):
                if self._occupied(name, True) and not self._given_here(name):
                    return []
                name += 1
            joined = tokens.low[at : name] and any(tokens.low[x] == "." for x in range(at, name))
            if name == at or name - at > 5 or (name - at < 2 and not joined and not cued):
                return []
            held = self.scene.place_at.get(at)
            if held and held[0] >= name:
                return []
            if not (self._given(at, name) or self.plausible(at, name) or joined or last or (cued and not lead)):
                return []
            if tokens.caseless[at] and not all(not self.scene.stop_end(x) > x for x in range(at, name)):
                return []
            if lead and not (surname(tokens.low[at]) and self._given(at, name) or cued):
                return []
            found.append((at, name))
            at = name
            if at < end and tokens.low[at] in {",", "-", "và", "&", "/", ";", "–"}:
                at += 1
            elif at < end and tokens.low[at] in {"(", "thực", "ghi", "lược", "tổng", "."}:
                break
            elif at < end:
                return []
        return found

    def _given_here(self, i: int) -> bool:
        return i in self.scene.place_at and self.tokens.low[i] in self.given

    def _plain(self) -> None:
        """Vietnamese names without any announcement: a family name with a middle and given name behind."""
        tokens, scene = self.tokens, self.scene
        common = words("surnames")
        i, size = 0, len(tokens)
        while i < size:
            if i in self.people:
                i = self.people[i]
                continue
            if tokens.low[i] not in common or tokens.shape[i] not in {CAPITAL, UPPER, OPEN} or self._occupied(i, False):
                i += 1
                continue
            if i and scene.near(i) and (
                tokens.shape[i - 1] in {CAPITAL, UPPER, INITIAL} or tokens.low[i - 1] in _NAMED_AFTER
            ):
                if not (i - 1 in self.body_end or self.inside_body[i - 1] or scene.inside_place[i - 1]):
                    i += 1
                    continue
            end = self.name(i, sure=False)
            if end - i >= 2 and self._certain(i, end):
                self._add(i, end)
                i = end
            else:
                i += 1

    def _certain(self, i: int, end: int) -> bool:
        """Whether a Vietnamese name is sure enough to stand without a title before it."""
        tokens, scene = self.tokens, self.scene
        if scene.place_at.get(i, (0,))[0] >= end:
            return False
        middle = all(tokens.low[k] in self.given for k in range(i + 1, end))
        held = self._holds_post(end)
        if tokens.shape[i] == OPEN:
            return middle and end - i >= 3 and (held or tokens.low[i] in _COMMON_SURNAMES)
        if held and (middle or all(vietnamese(tokens.low[k]) for k in range(i + 1, end))):
            return True
        return middle and end - i in {3, 4} and tokens.low[i] in _COMMON_SURNAMES

    def _holds_post(self, end: int) -> bool:
        """Whether a post follows behind a comma, dash or bracket."""
        tokens = self.tokens
        return end + 1 < len(tokens) and tokens.low[end] in {",", "-", "("} and end + 1 in self.post_at

    def _again(self) -> None:
        """Later mentions of people by their full name, without a title."""
        tokens, scene = self.tokens, self.scene
        names: dict[str, set[tuple[str, ...]]] = {}
        for first, end in self.people.items():
            if end - first >= 2 or "-" in tokens.low[first]:
                words_ = tuple(tokens.low[first:end])
                names.setdefault(words_[0], set()).add(words_)
        if not names:
            return
        for i, low in enumerate(tokens.low):
            if self.inside[i] or low not in names or scene.taken[i] or self.inside_body[i] or not scene.capital(i):
                continue
            for name in names[low]:
                if tuple(tokens.low[i : i + len(name)]) == name and all(scene.near(i + k) for k in range(1, len(name))):
                    self._add(i, i + len(name))
                    break

    def _add(self, first: int, end: int) -> None:
        if first not in self.people and any(self.inside[first:end]):
            return
        if self.people.get(first, 0) < end:
            self.people[first] = end
            self.inside[first:end] = b"\x01" * (end - first)

    # -- posts of people -------------------------------------------------------------------------------------------

    def _link(self) -> None:
        ends = set(self.people.values())
        # From the right: posts before a name, also through another post ("Phó Bí thư Tỉnh ủy, Chủ tịch UBND tỉnh A").
        leads: set[int] = set()
        for post in reversed(self.posts):
            if self._leads_to_person(post, leads):
                leads.add(post.first)
                self.linked.add(post)
        # From the left: posts behind a name.
        trails: set[int] = set()
        for post in self.posts:
            at = post.first
            last = at
            for _ in range(6):
                if last in ends or last in trails:
                    break
                if last == 0 or self.tokens.gap[last] >= COLUMN or self.tokens.low[last - 1] not in _BETWEEN | _JOINERS:
                    last = -1
                    break
                last -= 1
            if last >= 0 and (last in ends or last in trails) and self._same_person(last, at):
                self.linked.add(post)
            if post in self.linked:
                trails.add(self.attached(post.end))
                trails.add(post.end)

    def _same_person(self, end: int, at: int) -> bool:
        """Whether what stands between a name (or post) and a post lets both belong together."""
        tokens = self.tokens
        between = tokens.low[end:at]
        return bool(between) and between not in (["và"], [";"])

    def _leads_to_person(self, post: Post, leads: set[int]) -> bool:
        tokens = self.tokens
        at = self.attached(post.end)
        for start in self._starts_after(at):
            if start in self.people:
                return True
        i = at
        while i < len(tokens) and i - at < 4 and tokens.low[i] in _JOINERS and tokens.gap[i] < COLUMN:
            i += 1
        if i in leads and (i > at or post.rank):
            return True
        return self._signature(post, at, leads)

    def _starts_after(self, at: int) -> Iterator[int]:
        yield at
        past = self._past_title(at)
        if past > at:
            yield past

    def _signature(self, post: Post, at: int, leads: set[int]) -> bool:
        """Whether a signature stands below the post on the next lines."""
        tokens = self.tokens
        if at < len(tokens) and tokens.gap[at] < LINE and tokens.gap[at] != COLUMN:
            return False
        if post.first and tokens.gap[post.first] < COLUMN:
            before = tokens.low[post.first - 2 : post.first] if post.first >= 2 else []
            if before and before[-1] == "." and before[0] in {"kt", "tm", "tl", "tuq", "ktt"}:
                return False
            if not (before and before[-1] == "." and before[0] == "q"):
                return False
        for first, end in self.segments:
            if first < at:
                continue
            if first - at > 60:
                break
            if self.people.get(first) == end or any(self.people.get(k) == end for k in range(first, min(end, first + 5))):
                return True
            if first in self.post_at or any(first <= other.first < end for other in self.posts):
                return False
        return False


_PARTICLES = phrases("people", "particles").firsts
_COMMON_SURNAMES = frozenset(
    "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đoàn trịnh đinh lâm mai trương phùng tô "
    "đào vương hà tạ lưu thái châu tăng quách nông lương chu triệu nghiêm lò lường quàng vi cao tống doãn khổng bạch phí".split()
)
