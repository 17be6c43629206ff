"""People by their names, wherever they stand: behind a title, a post or a rank, as signatures and authors, alone."""

from __future__ import annotations

from diemtua.sources.reader.bodies.bylines import Bylines
from diemtua.sources.reader.bodies.holders import Holders
from diemtua.sources.reader.bodies.persons import VIETNAMESE_SURNAMES, PersonNames
from diemtua.sources.reader.bodies.phrases import first_words, phrases, word_set
from diemtua.sources.reader.bodies.posts import Post
from diemtua.sources.reader.bodies.scene import Scene, surname
from diemtua.sources.reader.bodies.syllables import vietnamese
from diemtua.sources.reader.tokens import CAPITAL, INITIAL, LOWER, MARK, NAMELIKE, NUMBER, OPEN, UPPER

_ABBREVIATED = frozenset(
    {"mr", "mrs", "ms", "dr", "ts", "ths", "gs", "pgs", "bs", "ks", "ls", "kts", "gs.ts", "pgs.ts"}
)
_MAKERS, _SOFT, _NAMED_AFTER = word_set("makers"), word_set("soft"), word_set("named after")
_LISTED = frozenset({"các", "hai", "ba", "bốn"})
_LEGAL_FORMS = frozenset({"cp", "tnhh", "mtv", "tmcp", "ctcp", "tm", "dv", "xnk", "đtxd"})
_SIGNATURE_LINES = 10


class People:
    """Finds the people of a scene and the posts that go with them."""

    def __init__(self, scene: Scene, bodies: dict[int, int], posts: list[Post]) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.bodies = bodies
        self.posts = posts
        self.names = PersonNames(scene, bodies, posts)
        self.segments = self.names.segments()
        self.holders = Holders(scene, bodies, posts, self.segments)
        self.titles = phrases("people", "title")
        self.callings = phrases("people", "calling")
        self.people: dict[int, int] = {}
        self.inside = bytearray(len(scene.tokens))

    def all(self) -> tuple[list[tuple[int, int]], list[Post]]:
        """People as pairs of tokens, and the posts they hold; both in reading order."""
        for first, end in Bylines(self.scene, self.names).all(self.segments):
            self._add(first, end)
        self._introduced()
        self._listed()
        self._split_bodies()
        self._holding()
        self._signed()
        self._unannounced()
        self._again()
        return sorted(self.people.items()), self.holders.linked(self.people)

    def _add(self, first: int, end: int) -> None:
        if first not in self.people and any(self.inside[first:end]):
            return
        if self.people.get(first, 0) < end:
            self.people[first] = end
            self.inside[first:end] = b"\x01" * (end - first)

    # -- announced -------------------------------------------------------------------------------------------------

    def _introduced(self) -> None:
        """Names behind a form of address or a calling: "ông", "đồng chí", "nghệ nhân"."""
        tokens = self.tokens
        firsts = first_words(("people", "title"), ("people", "calling"))
        i, size = 0, len(tokens)
        while i < size:
            if tokens.low[i] not in firsts or self.inside[i] or self.scene.taken[i]:
                i += 1
                continue
            title, calling = self.titles.end(tokens, i), self.callings.end(tokens, i)
            sure = title >= calling > i or title > i == calling
            cue = max(title, calling)
            if cue == i:
                i += 1
                continue
            first = self._past_marks(cue, sure)
            end = self._introduced_name(i, first, sure)
            if end > first:
                self._add(first, end)
            i = max(cue, end)

    def _past_marks(self, cue: int, sure: bool) -> int:
        """Past the full stop of "TS." and the colon of "Thực hiện:"."""
        tokens, scene = self.tokens, self.scene
        at = cue
        abbreviated = tokens.low[cue - 1] in _ABBREVIATED
        while scene.near(at) and ((tokens.low[at] == ":" and not sure) or (tokens.low[at] == "." and abbreviated)):
            at += 1
        return at

    def _introduced_name(self, cue: int, first: int, sure: bool) -> int:
        """The end of the name at `first` behind the title or calling at `cue`; `first` when it announces none."""
        tokens, scene, low = self.tokens, self.scene, self.tokens.low
        # "Bà Rịa", "Công ty Anh Minh": the title is a syllable of something else.
        if not scene.near(first) or scene.inside_place[cue] or self.names.inside_body[cue]:
            return first
        if cue and tokens.shape[cue] == CAPITAL and scene.near(cue) and surname(low[cue - 1]):
            if tokens.shape[cue - 1] in {CAPITAL, UPPER}:
                return first  # "Rơ Ông Hà Thủy"
        if low[cue] in _SOFT:
            written_big = tokens.shape[cue] != LOWER and not tokens.caseless[cue] and not scene.opens(cue)
            if written_big or (tokens.caseless[cue] and not surname(low[first])):
                return first
        end = self.names.end(first, sure=sure)
        if end == first:
            return first
        one = end == first + 1
        if sure:
            doubtful = tokens.caseless[cue] and one and not self.names.given(first, end) and vietnamese(low[first])
            return first if doubtful else end
        alone = one and len(low[first]) > 3 and not vietnamese(low[first]) and low[cue] in _MAKERS
        pen_name = end - first == 2 and low[cue] in _MAKERS and self.names.given(first, end)
        return end if alone or pen_name or self.names.plausible(first, end) else first

    def _listed(self) -> None:
        """Further names of a list behind a title: "các ông A, B và C"."""
        tokens, scene = self.tokens, self.scene
        for first, end in list(self.people.items()):
            cue = first - 2 if first and tokens.low[first - 1] == ":" else first - 1
            if cue < 1 or _LISTED.isdisjoint(tokens.low[max(0, cue - 2) : cue]):
                continue
            at = end
            for _ in range(12):
                if at >= len(tokens) or tokens.low[at] not in {",", "và", ";"} or not scene.near(at + 1):
                    break
                name = self.names.end(at + 1, sure=True)
                if name == at + 1 or not self.names.plausible(at + 1, name):
                    break
                self._add(at + 1, name)
                at = name

    def _split_bodies(self) -> None:
        """Part a name of a firm from the person's that follows: "Giám đốc Công ty CP Hương Sen Nguyễn Văn An"."""
        ends = set(self.people.values())
        for post in self.posts:
            first = post.end
            end = self.bodies.get(first)
            if end is None or self.holders.attached(first) in self.people or self.holders.behind_person(post, ends):
                continue
            name = self._name_within(first, end)
            if name < end:
                self.bodies[first] = name
                self.names.inside_body[name:end] = bytes(end - name)
                self._add(name, end)

    def _name_within(self, first: int, end: int) -> int:
        """Where in the body at `first` to `end` the name of a person begins; `end` when none does."""
        tokens, low = self.tokens, self.tokens.low
        for k in range(max(first + 3, end - 4), end - 1):
            if any(s not in {CAPITAL, UPPER} for s in tokens.shape[k:end]) or any(map(self.scene.roman, range(k, end))):
                continue
            foreign = any(not vietnamese(word) for word in low[k:end])
            if not surname(low[k]) and not (foreign and self.scene.numeral(k - 1)):
                continue
            behind_name = tokens.shape[k - 1] in {CAPITAL, UPPER, NUMBER} and low[k - 1] not in _LEGAL_FORMS
            if behind_name and (foreign or (end - k >= 3 and self.names.given(k, end))):
                return k
        return end

    def _holding(self) -> None:
        """Names right behind a post and the body or place it is of."""
        tokens, scene = self.tokens, self.scene
        for post in self.posts:
            at = self.holders.past_title(self.holders.attached(post.end))
            if not scene.near(at) or at in self.people:
                continue
            native = bool(tokens.caseless[at]) and tokens.low[at] in VIETNAMESE_SURNAMES
            end = self.names.end(at, sure=native)
            if end == at or not (self.names.plausible(at, end) or (post.rank and not scene.inside_place[at])):
                continue
            if not tokens.caseless[at] or surname(tokens.low[at]) or not vietnamese(tokens.low[at]):
                self._add(at, end)

    # -- signatures ------------------------------------------------------------------------------------------------

    def _signed(self) -> None:
        """Names on a line of their own below a post."""
        tokens = self.tokens
        at_line = {first: k for k, (first, _) in enumerate(self.segments)}
        for post in self.posts:
            k = at_line.get(post.first)
            if k is None and post.first >= 2 and tokens.low[post.first - 1] == ".":
                k = at_line.get(post.first - 2)  # "KT. GIÁM ĐỐC", "Q. GIÁM ĐỐC"
            if k is None:
                continue
            end = self.segments[k][1]
            if self.holders.attached(post.end) < end and any(
                s not in NAMELIKE and s != MARK for s in tokens.shape[post.end : end]
            ):
                continue
            for first, end in self.segments[k + 1 : k + _SIGNATURE_LINES]:
                if first in self.people or any(
                    other.first == first and other is not post for other in self._posts_at(first)
                ):
                    break
                if name := self._whole_line(first, end):
                    self._add(*name)
                    break

    def _posts_at(self, first: int) -> list[Post]:
        post = self.names.post_at.get(first)
        return [post] if post and not post.rank else []

    def _whole_line(self, first: int, end: int) -> tuple[int, int] | None:
        """The name that fills a line, titles and academic degrees before it aside."""
        tokens = self.tokens
        at = first
        while at < end and (cue := max(self.callings.end(tokens, at), self.titles.end(tokens, at))) > at:
            at = cue
            while at < end and tokens.low[at] in {".", ":"}:
                at += 1
        if (
            not 2 <= end - at <= 6
            or self.scene.place_end(at) == end
            or any(s not in NAMELIKE for s in tokens.shape[at:end])
        ):
            return None
        if tokens.caseless[at]:
            whole = not any(self.names.occupied(i, True) for i in range(at, end))
        else:
            whole = self.names.end(at, sure=True) == end
        return (at, end) if whole and (self.names.plausible(at, end) or self.names.given(at, end)) else None

    # -- alone -----------------------------------------------------------------------------------------------------

    def _unannounced(self) -> None:
        """Vietnamese names without any announcement: a family name with a middle and given name behind."""
        tokens = self.tokens
        i, size = 0, len(tokens)
        while i < size:
            if tokens.low[i] not in VIETNAMESE_SURNAMES or self.inside[i] or not self._may_open_name(i):
                i += 1
                continue
            end = self.names.end(i, sure=False)
            if self.names.certain(i, end, held=self._holds_post(end)):
                self._add(i, end)
            i = max(end, i + 1)

    def _may_open_name(self, i: int) -> bool:
        tokens, scene = self.tokens, self.scene
        if tokens.shape[i] not in {CAPITAL, UPPER, OPEN} or self.names.occupied(i, False):
            return False
        if not i or not scene.near(i):
            return True
        goes_on = tokens.shape[i - 1] in {CAPITAL, UPPER, INITIAL} or tokens.low[i - 1] in _NAMED_AFTER
        ended = i in self.names.body_ends or self.names.inside_body[i - 1] or scene.inside_place[i - 1]
        return not goes_on or bool(ended)

    def _holds_post(self, end: int) -> bool:
        """Whether a post follows behind a comma, dash or bracket."""
        return self.scene.mark(end) in {",", "-", "("} and end + 1 in self.names.post_at

    def _again(self) -> None:
        """Later mentions of people by their full name, without a title."""
        tokens, scene = self.tokens, self.scene
        names: dict[str, set[tuple[str, ...]]] = {}
        for first, end in self.people.items():
            if end - first >= 2 or "-" in tokens.low[first]:
                names.setdefault(tokens.low[first], set()).add(tuple(tokens.low[first:end]))
        for i, low in enumerate(tokens.low):
            if (
                low not in names
                or self.inside[i]
                or scene.taken[i]
                or self.names.inside_body[i]
                or not scene.capital(i)
            ):
                continue
            for name in names[low]:
                if tuple(tokens.low[i : i + len(name)]) == name and all(scene.near(i + k) for k in range(1, len(name))):
                    self._add(i, i + len(name))
                    break
