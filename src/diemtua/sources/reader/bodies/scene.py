"""What the grammars of this package look at: tokens, the places and values already found, and what is taken."""

from __future__ import annotations

from collections.abc import Iterable

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.phrases import phrases, words
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.tokens import CAPITAL, COLUMN, LINE, LOWER, MARK, NAMELIKE, NUMBER, OPEN, Tokens
from diemtua.sources.reader.view import View
from diemtua.sources.reader.wordlists import word_file

# Nouns that close the name of a body by themselves: "UBND tỉnh".
JURISDICTIONS = frozenset({"tỉnh", "huyện", "xã", "phường", "quận", "bang", "vùng", "khóm", "châu", "tp"})
LONG_JURISDICTIONS = frozenset(
    {("thành", "phố"), ("thị", "xã"), ("thị", "trấn"), ("đặc", "khu"), ("trung", "ương")},
)
# Behind "tỉnh", "thành" they make the name of a body: "Tỉnh ủy", "Thành đoàn".
_BODY_ENDS = frozenset({"ủy", "đoàn", "đội", "lộ"})
_ROMAN = frozenset({"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"})


class Scene:
    """Tokens of a view, with what starts at each: `place_at` and `value_at` map a token to (end token, mention)."""

    def __init__(self, view: View, places: Iterable[Found], values: Iterable[Found]) -> None:
        self.view = view
        self.tokens = tokens = Tokens(view)
        self.place_at = self._by_token(places)
        self.value_at = self._by_token(values)
        self.inside_place = bytearray(len(tokens))
        for first, (last, _) in self.place_at.items():
            self.inside_place[first:last] = b"\x01" * (last - first)
        self.taken = bytearray(len(tokens))
        self._stops = phrases("stops")
        self._stop_ends: dict[int, int] = {}
        self._provinces = phrases("provinces")

    def _by_token(self, mentions: Iterable[Found]) -> dict[int, tuple[int, Found]]:
        found: dict[int, tuple[int, Found]] = {}
        tokens = self.tokens
        for one in mentions:
            first = tokens.until(one.start)
            last = tokens.at(one.end)
            if any(tokens.gap[k] == COLUMN for k in range(first + 1, last)):
                continue  # taken together across two columns
            if first < last and (first not in found or found[first][0] < last):
                found[first] = (last, one)
        return found

    # -- results ---------------------------------------------------------------------------------------------------

    def take(self, first: int, last: int) -> None:
        """Mark tokens as part of a mention, so that no other begins among them."""
        self.taken[first:last] = b"\x01" * (last - first)

    def found(self, kind: str, first: int, last: int, norm: str | None = None, key: str = "") -> Found:
        """A mention that spans tokens `first` to `last` (exclusive)."""
        tokens = self.tokens
        return Found(kind, tokens.start[first], tokens.end[last - 1], norm, key or f"{kind}:{self.words(first, last)}")

    def words(self, first: int, last: int) -> str:
        """Tokens `first` to `last` in lower case, parted by blanks."""
        return " ".join(self.tokens.low[first:last])

    # -- what stands at a token ------------------------------------------------------------------------------------

    def is_at(self, at: int, *words: str) -> bool:
        """Whether these words (in lower case) stand at token `at`."""
        return self.tokens.low[at : at + len(words)] == list(words)

    def capital(self, at: int) -> bool:
        """Whether token `at` is written as part of a name (or may be, where case tells nothing)."""
        tokens = self.tokens
        if at >= len(tokens):
            return False
        shape = tokens.shape[at]
        if shape == OPEN:
            return self.stop_end(at) == at and at not in self.value_at and tokens.low[at] != "và"
        return shape in NAMELIKE

    def stop_end(self, at: int) -> int:
        """The end of the word or phrase at `at` that ends a name; `at` itself when there is none."""
        known = self._stop_ends.get(at)
        if known is None:
            known = self._stop_ends[at] = self._stops.end(self.tokens, at)
        return known

    def near(self, at: int) -> bool:
        """Whether token `at` stands on the same line as the one before it."""
        return at < len(self.tokens) and self.tokens.gap[at] < COLUMN

    def follows(self, at: int) -> bool:
        """As `near`, or on the next line of a heading that is all in capitals."""
        tokens = self.tokens
        if at >= len(tokens):
            return False
        gap = tokens.gap[at]
        return gap < COLUMN or (gap == LINE and tokens.shape[at] == OPEN == tokens.shape[at - 1])

    def opens(self, at: int) -> bool:
        """Whether token `at` begins a line, a sentence or a quotation."""
        tokens = self.tokens
        return at == 0 or tokens.gap[at] >= COLUMN or tokens.low[at - 1] in {".", "!", "?", ":", '"', "(", "-", ";"}

    def roman(self, at: int) -> bool:
        """Whether token `at` is a Roman numeral."""
        return self.tokens.low[at] in _ROMAN and self.tokens.shape[at] != LOWER

    def numeral(self, at: int) -> bool:
        """Whether token `at` is a number that distinguishes one thing from others of its name."""
        tokens = self.tokens
        if at >= len(tokens) or tokens.gap[at] >= COLUMN:
            return False
        return (tokens.shape[at] == NUMBER and at not in self.value_at) or self.roman(at)

    def place_end(self, at: int) -> int:
        """The end of the place that begins at token `at`; `at` itself when none does."""
        held = self.place_at.get(at)
        return held[0] if held else at

    def headed_place(self, at: int) -> bool:
        """Whether a place with its head noun begins at token `at`: "tỉnh Quảng Trị"."""
        if at not in self.place_at:
            return False
        low = self.tokens.low
        return low[at] in JURISDICTIONS or tuple(low[at : at + 2]) in LONG_JURISDICTIONS

    def jurisdiction(self, at: int, *, bare: bool = True) -> int:
        """The end of the places governed that follow at `at`: "tỉnh Quảng Trị", "Nghệ An", bare "tỉnh"."""
        tokens = self.tokens
        last = at
        for _ in range(3):
            if not self.follows(last):
                break
            if found := self.place_at.get(last):
                country = found[1].type == facts.COUNTRY
                new_line = tokens.gap[last] >= LINE
                # The state's name at the head of a paper stands near, but rules over nothing here.
                if (last > at or new_line) and (country or (new_line and last > at)):
                    break
                last = found[0]
                bare = False
                continue
            if (known := self._provinces.end(tokens, last)) > last:
                return known
            return self._bare_jurisdiction(last) if bare else last
        return last

    def _bare_jurisdiction(self, at: int) -> int:
        """The end of bare "tỉnh", "thành phố" at `at`, with the name of a place that no list knows."""
        tokens = self.tokens
        word = tokens.low[at]
        following = tokens.low[at + 1] if self.near(at + 1) else ""
        if following in _BODY_ENDS and tokens.shape[at + 1] in {LOWER, OPEN}:
            return at
        if (word, following) == ("khu", "tự") and self.is_at(at + 2, "trị"):
            return at + 3
        if (word, following) in LONG_JURISDICTIONS:
            last = at + 2
        elif word in JURISDICTIONS:
            last = at + 1
        else:
            return at
        if self.near(last) and tokens.shape[last] == CAPITAL and tokens.low[last] not in SURNAMES:
            alone = not self.near(last + 1) or tokens.shape[last + 1] != CAPITAL
            return last + 1 if alone else last
        return last

    def mark(self, at: int) -> str:
        """The mark that token `at` is, or nothing."""
        tokens = self.tokens
        return tokens.low[at] if at < len(tokens) and tokens.shape[at] == MARK else ""


SURNAMES = word_file("surnames.txt") | words("foreign_surnames")


def surname(word: str) -> bool:
    """Whether `word` (in lower case) is a family name."""
    return word in SURNAMES
