"""What the grammars of this package look at: tokens, the places and values already found, and what is taken."""

from __future__ import annotations

from collections.abc import Iterable

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.phrases import phrases
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.tokens import CAPITAL, COLUMN, LINE, LOWER, MARK, NAMELIKE, NUMBER, OPEN, Tokens
from diemtua.sources.reader.view import View

# Nouns that close the name of a body by themselves: "UBND tỉnh".
JURISDICTIONS = frozenset("tỉnh huyện xã phường quận bang vùng khóm châu tp".split())
_TWO_JURISDICTIONS = frozenset({("thành", "phố"), ("thị", "xã"), ("thị", "trấn"), ("đặc", "khu"), ("trung", "ương")})
_ROMAN = frozenset("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split())


class Scene:
    """Tokens of a view, with what starts at each: `place_at` and `value_at` map a token to (end token, mention)."""

    def __init__(self, view: View, places: Iterable[Found], values: Iterable[Found]) -> None:
        self.view = view
        self.tokens = tokens = Tokens(view)
        self.place_at = self._by_token(places)
        self.value_at = self._by_token(values)
        self.inside_place = bytearray(len(tokens))
        for first, (last, _) in self.place_at.items():
            for i in range(first, last):
                self.inside_place[i] = 1
        self.taken = bytearray(len(tokens))
        self._stops = phrases("stops")
        self._provinces = phrases("provinces")
        self._stop_ends: dict[int, int] = {}

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

    def take(self, first: int, last: int) -> None:
        """Mark tokens as part of a mention, so that no other begins among them."""
        for i in range(first, last):
            self.taken[i] = 1

    def found(self, kind: str, first: int, last: int, norm: str | None = None, key: str = "") -> Found:
        """A mention that spans tokens `first` to `last` (exclusive)."""
        tokens = self.tokens
        return Found(kind, tokens.start[first], tokens.end[last - 1], norm, key or self.key(kind, first, last))

    def key(self, kind: str, first: int, last: int) -> str:
        """What the words refer to, as far as they tell: the words themselves, whatever their case."""
        return f"{kind}:" + " ".join(self.tokens.low[first:last])

    def capital(self, at: int) -> bool:
        """Whether token `at` is written as part of a name (or may be, where case tells nothing)."""
        tokens = self.tokens
        if at >= len(tokens):
            return False
        shape = tokens.shape[at]
        if shape == OPEN:
            return self.stop_end(at) == at and not self.value_starts(at) and tokens.low[at] not in {"và", "&"}
        return shape in NAMELIKE

    def stop_end(self, at: int) -> int:
        """The end of the word or phrase at `at` that ends a name; `at` itself when there is none."""
        known = self._stop_ends.get(at)
        if known is None:
            known = self._stop_ends[at] = self._stops.end(self.tokens, at)
        return known

    def value_starts(self, at: int) -> bool:
        return at in self.value_at

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
        return self.tokens.low[at] in _ROMAN and self.tokens.shape[at] != LOWER

    def numeral(self, at: int) -> bool:
        """Whether token `at` is a number or letter that distinguishes one thing from others of its name."""
        tokens = self.tokens
        if at >= len(tokens) or tokens.gap[at] >= COLUMN:
            return False
        return (tokens.shape[at] == NUMBER and not self.value_starts(at)) or self.roman(at)

    def jurisdiction(self, at: int, *, bare: bool = True) -> int:
        """The end of the places governed that follow at `at`: "tỉnh Quảng Trị", "Nghệ An", bare "tỉnh"."""
        tokens = self.tokens
        last = at
        for _ in range(3):
            if not self.follows(last):
                break
            if found := self.place_at.get(last):
                if tokens.gap[last] >= LINE and (last > at or found[1].type == facts.COUNTRY):
                    break
                last = found[0]
                bare = False
                continue
            if (known := self._provinces.end(tokens, last)) > last:
                last = known
                break
            word = tokens.low[last]
            following = tokens.low[last + 1] if last + 1 < len(tokens) and self.near(last + 1) else ""
            if bare and (word, following) in _TWO_JURISDICTIONS:
                last = self._name_of_unknown(last + 2)
            elif bare and word in JURISDICTIONS:
                last = self._name_of_unknown(last + 1)
            bare = False
            break
        return last

    def _name_of_unknown(self, at: int) -> int:
        """The end of the name of a place that no list knows: capitals behind its head."""
        tokens = self.tokens
        last = at
        while last < len(tokens) and last - at < 5 and self.near(last) and tokens.shape[last] == CAPITAL:
            last += 1
        # A name of a person may follow at once: "Phó Chủ tịch UBND tỉnh Ngô Duy Thạo".
        return at if last - at > 1 or last - at == 1 and tokens.low[at] in phrases_of_people() else last

    def mark(self, at: int) -> str:
        """The mark that token `at` is, or nothing."""
        tokens = self.tokens
        return tokens.low[at] if at < len(tokens) and tokens.shape[at] == MARK else ""


def phrases_of_people() -> frozenset[str]:
    """Family names, which a name of a person may begin with."""
    from diemtua.sources.reader.bodies.phrases import words

    return words("surnames") | words("foreign_surnames")
