"""How far the name of an organisation goes."""

from __future__ import annotations

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.phrases import phrase_set, phrases, word_set
from diemtua.sources.reader.bodies.scene import JURISDICTIONS, Scene, surname
from diemtua.sources.reader.bodies.syllables import vietnamese
from diemtua.sources.reader.tokens import CAPITAL, INITIAL, JOINED, LINE, LOWER, MARK, NAMELIKE, NUMBER, OPEN, UPPER

# A name longer than this is a mistake of the grammar.
LONGEST = 16
_CLOSED, _COUNTED, _PARTICLES = word_set("closed"), word_set("counted"), word_set("particle")
_ABBREVIATED, _HEADING = word_set("abbreviated"), word_set("heading")
_DOINGS = phrase_set("doing")
_JOINERS = frozenset({"-", "&", "+"})


def number_end(scene: Scene, at: int) -> int:
    """The end of a number that belongs to a name: "319", "số 1", "III"; `at` when there is none."""
    tokens = scene.tokens
    if at >= len(tokens):
        return at
    if tokens.low[at] == "số" and scene.near(at + 1) and tokens.shape[at + 1] == NUMBER:
        return at + 2
    if not scene.numeral(at) or (len(tokens.low[at]) > 5 and not scene.roman(at)):
        return at
    counts = tokens.shape[at] == NUMBER and scene.near(at + 1) and tokens.low[at + 1] in _COUNTED
    return at if counts and tokens.shape[at + 1] == LOWER else at + 1


def foreign_suffix_end(scene: Scene, at: int) -> int:
    """The end of legal forms such as "Co., Ltd." at `at`; `at` when there is none."""
    tokens = scene.tokens
    suffixes = phrases("known", "suffix")
    last = at
    while last < len(tokens) and last - at < 8 and (last == at or scene.near(last)):
        if (end := suffixes.end(tokens, last)) > last:
            last = end
        elif last > at and tokens.low[last] in {",", "."} and _suffix_goes_on(scene, last):
            last += 1
        else:
            break
    return last


def _suffix_goes_on(scene: Scene, mark: int) -> bool:
    """Whether a mark within "Co., Ltd." leads on; a full stop that ends the sentence does not."""
    tokens = scene.tokens
    after = mark + 1
    if after >= len(tokens) or not scene.near(after):
        return False
    before = tokens.low[mark - 1]
    if phrases("known", "suffix").end(tokens, after) > after and (before in _ABBREVIATED or before == "."):
        return True
    abbreviation = before in {"co", "ltd", "inc", "corp"} and tokens.gap[mark] == JOINED
    return tokens.low[mark] == "." and abbreviation and tokens.low[after] == ","


class NameScan:
    """Walks over tokens as long as they can be one name.

    Names are written with capitals; of a trade or field only the first letter is one ("Giống cây trồng Đồng Lúa",
    "Xúc tiến thương mại"), so lower-case words are taken when they complete a known phrase that began with a capital
    or continue such a phrase. Places, numbers and quoted titles within are taken as well.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.trades = phrases("name_words")
        self.titles = phrases("posts", "title")
        self.heads = [phrases("heads", kind) for kind in ("whole", "field", "unit", "named")]
        self.bodies = [phrases("heads", kind) for kind in ("whole", "unit")]
        self.firms = phrases("grammar", "firm")
        self.others = phrases("grammar", "other begins")
        self._compound = self._lower_start = False

    def end(self, at: int, *, compound: bool = False, lower_start: bool = False, proper: bool = False) -> int:
        """The end of the name that starts at `at`; `at` itself when there is none.

        `compound`: the first word may be the first syllable of a word that no list knows ("Phòng Đăng ký"), as in
        names of divisions, not of firms. `lower_start`: it may begin with a trade in lower case. `proper`: something
        must be written with a capital.
        """
        self._compound, self._lower_start = compound, lower_start
        last = self._scan(at)
        shape = self.tokens.shape
        if proper and not any(shape[k] in NAMELIKE or shape[k] == NUMBER for k in range(at, last)):
            return at
        return last

    def _scan(self, at: int) -> int:
        scene, tokens = self.scene, self.tokens
        last = i = at
        trade = named = False  # the last words are a trade or field; a proper name has begun
        while i < len(tokens) and i - at < LONGEST and (i == at or scene.follows(i)) and not scene.taken[i]:
            if tokens.shape[i] == MARK:
                step = self._mark(i, at, trade)
                if not step:
                    break
                if tokens.low[i] == '"':
                    last, named, trade = i + step, True, False
                i += step
                continue
            if i > at and self._other_begins(i, named):
                break
            if (end := self._place(i, at)) > i:
                last = i = end
                named, trade = True, False
                continue
            if (end := number_end(scene, i)) > i:
                if last != i:
                    break
                last = i = end
                named = True
                continue
            phrase = self.trades.end(tokens, i, any_case=True)
            if scene.capital(i):
                i = last = self._capital(i, at, phrase)
                trade = phrase == i
                named = named or not trade
                continue
            step = self._lower(i, at, phrase, trade, named)
            if not step:
                break
            i += step
            if (trade and phrase == i) or self._completes(i, at):
                last, trade = i, True
        return last

    def _capital(self, i: int, at: int, phrase: int) -> int:
        """The end of what begins with the capital at `i`: a legal form, a trade (which ends at `phrase`), or a word."""
        shape = self.tokens.shape[i]
        if i > at and (end := foreign_suffix_end(self.scene, i)) > i:
            return end
        if shape == OPEN:
            return max(phrase, i + 1)
        known = phrase > i + 1 or (phrase == i + 1 and shape == CAPITAL and vietnamese(self.tokens.low[i]))
        return phrase if known else i + 1

    # -- marks -----------------------------------------------------------------------------------------------------

    def _mark(self, i: int, at: int, trade: bool) -> int:
        """How many tokens the mark at `i` leads on by; 0 when the name ends before it."""
        scene, tokens = self.scene, self.tokens
        mark, after = tokens.low[i], i + 1
        if not scene.follows(after):
            return 0
        if i == at:
            return self._quoted(i) if mark == '"' else 0
        if mark in _JOINERS:
            joins = scene.capital(after) and not self._body_begins(after)
            return 1 if joins else 0
        if mark == "." and tokens.gap[i] == JOINED == tokens.gap[after]:
            short = tokens.low[i - 1] in _ABBREVIATED or tokens.shape[i - 1] in {INITIAL, UPPER}
            return 1 if short and scene.capital(after) else 0
        return 1 if mark == "," and trade and self._list_of_trades(after) else 0

    def _quoted(self, i: int) -> int:
        for close in range(i + 2, min(i + 14, len(self.tokens))):
            if self.tokens.low[close] == '"':
                return close + 1 - i
        return 0

    def _list_of_trades(self, at: int) -> bool:
        """Whether trades up to "và" follow behind a comma: "Đầu tư, Thương mại và Du lịch"."""
        tokens = self.tokens
        for _ in range(4):
            end = self.trades.end(tokens, at, any_case=True)
            if end == at or not self.scene.capital(at) or end + 1 >= len(tokens):
                return False
            if tokens.low[end] in {"và", "&"}:
                return self.trades.end(tokens, end + 1, any_case=True) > end + 1
            if tokens.low[end] != ",":
                return False
            at = end + 1
        return False

    # -- what else may begin -----------------------------------------------------------------------------------------

    def _body_begins(self, i: int) -> bool:
        """Whether another organisation surely begins at `i`, or a person announced."""
        tokens = self.tokens
        if any(heads.end(tokens, i) > i + 1 for heads in self.bodies) or self.firms.end(tokens, i) > i + 1:
            return True
        announced = tokens.low[i] in {"sở", "ông", "bà", "đại"} and i + 1 < len(tokens)
        return announced and (self.scene.capital(i + 1) if tokens.low[i] != "đại" else self.scene.is_at(i, "đại", "sứ"))

    def _any_head(self, i: int) -> bool:
        return self._body_begins(i) or any(heads.end(self.tokens, i) > i for heads in self.heads)

    def _other_begins(self, i: int, named: bool) -> bool:
        """Whether another mention begins at `i`."""
        tokens = self.tokens
        if i in self.scene.value_at:
            return True
        title = self.titles.end(tokens, i) > i + 1
        if title and (named or tokens.low[i] not in {"giám", "chủ"}):
            return True
        if tokens.gap[i] == LINE and (tokens.low[i] in _HEADING or self.titles.end(tokens, i) > i or self._any_head(i)):
            return True
        return named and self._body_begins(i)

    def _place(self, i: int, at: int) -> int:
        """The end of the place at `i`, if it may be part of the name; `i` when not."""
        found = self.scene.place_at.get(i)
        if not found or (found[1].type == facts.REGION and i == at and self.tokens.shape[i] != CAPITAL):
            return i
        return found[0]

    # -- words in lower case -----------------------------------------------------------------------------------------

    def _lower(self, i: int, at: int, phrase: int, trade: bool, named: bool) -> int:
        """How many tokens to go on by at the lower-case word `i`; 0 when the name ends before it."""
        scene, low = self.scene, self.tokens.low
        stop = scene.stop_end(i)
        if low[i] in JURISDICTIONS and phrase <= i + 1:
            return 0
        if trade and phrase > i and phrase >= stop:
            return phrase - i if self._goes_on_trade(i, at, phrase) else 0
        if low[i] in {"và", "&"}:
            return 1 if i > at and trade and self._joined(i + 1) else 0
        if named and i > at and self._foreign_particle(i):
            return self._foreign_particle(i)
        if i == at:
            return phrase - i if self._lower_start and phrase > i + 1 and low[i] not in _DOINGS else 0
        if i == at + 1 and self.tokens.shape[at] == CAPITAL and vietnamese(low[at]) and low[i] not in _CLOSED:
            # "Phòng Đăng ký", "Đạm hữu cơ"
            if self._compound:
                return 1
            if phrase > i and stop == i and not self._doing(i):
                return phrase - i
        if stop > i:
            return 0
        if named:
            return 1 if self._second_syllable(i) or self._last_syllable(i, at) else 0
        return self._unknown_words(i)

    def _doing(self, i: int) -> bool:
        return self.tokens.low[i] in _DOINGS or self.scene.words(i, i + 2) in _DOINGS

    def _goes_on_trade(self, i: int, at: int, phrase: int) -> bool:
        """Whether a further trade at `i` is part of the name, not what the organisation does."""
        if not self._doing(i):
            return True
        low = self.tokens.low
        # Behind another doing it is what that is about: "Nghiên cứu quản lý kinh tế".
        if i - at == 2 and self.scene.words(at, i) in _DOINGS:
            return True
        return low[i - 1] in {"và", "&", ","} or (self.scene.near(phrase) and self.scene.capital(phrase))

    def _joined(self, after: int) -> bool:
        """Whether "và" before `after` joins two trades of one name."""
        scene, tokens = self.scene, self.tokens
        if not scene.near(after) or self._any_head(after):
            return False
        if self.trades.end(tokens, after, any_case=True) > after + 1:
            return True
        unknown = tokens.shape[after] == CAPITAL and after not in scene.place_at and not surname(tokens.low[after])
        return unknown and self.others.end(tokens, after) == after

    def _foreign_particle(self, i: int) -> int:
        """How many small foreign words stand at `i` between two capitals."""
        scene, tokens = self.scene, self.tokens
        low = tokens.low
        if not scene.near(i + 1):
            return 0
        if not vietnamese(low[i]):
            return 1 if scene.capital(i + 1) else 0
        if low[i] not in _PARTICLES:
            return 0
        after = i + 2 if low[i + 1] in _PARTICLES else i + 1
        if not scene.near(after) or not scene.capital(after):
            return 0
        return after - i if low[i] in {"of", "and", "for", "und", "mit", "the"} or not vietnamese(low[after]) else 0

    def _second_syllable(self, i: int) -> bool:
        """Whether `i` is the second syllable of a word between others with capitals: "Di tích Cố đô Huế"."""
        scene, tokens = self.scene, self.tokens
        after = i + 1
        if tokens.shape[i - 1] != CAPITAL or not vietnamese(tokens.low[i - 1]) or not scene.near(after):
            return False
        if not scene.capital(after) or self._body_begins(after) or self.others.end(tokens, after) > after:
            return False
        return not (after in scene.place_at and tokens.shape[after] == LOWER)

    def _last_syllable(self, i: int, at: int) -> bool:
        """Whether `i` is the second syllable of the word that ends a name: "Bảo vệ thiên nhiên Thế giới"."""
        scene, tokens = self.scene, self.tokens
        if i < at + 3 or tokens.shape[i - 2 : i] != [LOWER, CAPITAL] or not vietnamese(tokens.low[i - 1]):
            return False
        after = i + 1
        return not scene.near(after) or tokens.shape[after] == MARK or scene.stop_end(after) > after

    def _completes(self, i: int, at: int) -> bool:
        """Whether the token before `i` completed a word or trade of the name in lower case."""
        if self.tokens.shape[i - 1] != LOWER:
            return False
        if self._last_syllable(i - 1, at) or (self._compound and i == at + 2):
            return True
        return self._lower_start and i - at >= 2 and self.trades.has(self.tokens, at, i)

    def _unknown_words(self, i: int) -> int:
        """How many unknown words stand at `i` between two capitals, before the proper name: "Giống cây lạ Đồng Lúa"."""
        scene, tokens = self.scene, self.tokens
        ahead = i
        while ahead - i < 4 and scene.near(ahead) and tokens.shape[ahead] == LOWER:
            if scene.stop_end(ahead) > ahead or tokens.low[ahead] in {"và", "các"} or ahead in scene.place_at:
                break
            ahead += 1
        if ahead - i > 3 or not scene.near(ahead) or not scene.capital(ahead) or self._body_begins(ahead):
            return 0
        return 0 if ahead in scene.place_at and tokens.shape[ahead] == LOWER else ahead - i
