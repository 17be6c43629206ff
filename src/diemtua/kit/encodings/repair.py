"""Text that came through an old font or a wrong decoding, put back into Unicode where that is sure.

Nothing in such a text says how it is coded, so the words are asked: read as TCVN3, as VNI, or as they stand,
do they have the shape of Vietnamese syllables? Whole texts are weighed first, then each paragraph and table
cell, for old and new letters stand side by side in one file where people copied from several.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from ..syllables import is_syllable
from .tables import FROM, TCVN3, TONED, UTF8_AS_1252, UTF8_LETTER, from_utf8_as_1252

ENOUGH = 3  # points that establish a scheme in a text: a word gives one, a word no language writes so gives two
MOSTLY = 0.75  # of the words that speak for or against a scheme, so many must speak for it

# What separates the pieces that are converted or left as a whole.
_PIECES = re.compile(r"([\n\t\f]+)")
_MARKUP_PIECES = re.compile(r"(<[^<>]{0,20000}>|[\n\t\f]+)")
# Letters that neither old scheme shows: a piece with one of them is Unicode already.
_MODERN = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
_OLD = "\xa1-\xaf\xb5-\xff\u03bc\uf0a1-\uf0ff"
_OLD_LETTER = re.compile(f"[{_OLD}]")
_WORD = re.compile(f"[A-Za-z{_OLD}]+")
_NAKED = re.compile("[A-Za-z]+")
_LETTERS = re.compile(r"[^\W\d_]+")
# Signs that are no letters, and capitals after small letters: no living language has them inside a word.
_STRANGE = re.compile("(?<=[A-Za-z])[\xa1-\xa9\xab-\xaf\xb6-\xb9\xbb-\xbf\xd7\xf7]|[a-z][\xc0-\xdf]|[\xa1-\xbf][a-z]")


class Repaired(NamedTuple):
    """`text`, the schemes found in it, and whether letters are left that look wrong in a way not understood."""

    text: str
    schemes: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass
class _Votes:
    """What the words of a text say about one scheme."""

    words_for: Counter[str] = field(default_factory=Counter)
    against: int = 0

    @property
    def agreed(self) -> int:
        return sum(self.words_for.values())

    @property
    def points(self) -> int:
        """A word counts once, however often it stands in the text."""
        return sum(2 if _STRANGE.search(word) else 1 for word in self.words_for)

    def carried(self) -> bool:
        return (
            len(self.words_for) >= 2
            and self.points >= ENOUGH
            and self.agreed >= MOSTLY * (self.agreed + self.against)
        )  # fmt: skip


def repaired(text: str, *, markup: bool = False) -> Repaired:
    """`text` (NFC) with its old letters in Unicode; of HTML (`markup`) the text between the tags.

    Text that is Unicode already, whatever its language, comes back unchanged. Time grows linearly with length.
    """
    if not _OLD_LETTER.search(text):
        return Repaired(text)
    parts = (_MARKUP_PIECES if markup else _PIECES).split(text)
    before = parts[::2]
    pieces = _without_double_coding(before)
    schemes = [UTF8_AS_1252] if pieces != before else []
    old = [number for number, piece in enumerate(pieces) if _OLD_LETTER.search(piece) and not _MODERN.search(piece)]
    modern = any(map(_MODERN.search, pieces))
    opinion = _Opinion()
    votes = {scheme: opinion.votes((pieces[number] for number in old), scheme) for scheme in FROM}
    ruling = max(FROM, key=lambda scheme: votes[scheme].points)
    sure = votes[ruling].carried() and _plain_words_are_vietnamese(_words(pieces[number] for number in old))
    follows = sure and not modern
    for number in old:
        scheme = _scheme_of(pieces[number], opinion, ruling if sure else None, follows)
        if scheme:
            pieces[number] = _converted(pieces[number], scheme)
            if scheme not in schemes:
                schemes.append(scheme)
        follows = sure and (scheme is not None or not modern)
    doubtful = not schemes and _looks_coded(pieces[number] for number in old)
    parts[::2] = pieces
    return Repaired("".join(parts) if schemes else text, tuple(schemes), doubtful)


def speaks_for(text: str, scheme: str, *, alone: bool = False) -> bool:
    """Whether text set in a font of `scheme` is coded in it, and not Unicode under that font's name.

    `alone`: a piece of a text of which this is known, so that it needs only not to speak against it.
    """
    if alone:
        return not _MODERN.search(text)
    pieces = [piece for piece in _PIECES.split(text) if not _MODERN.search(piece)]
    votes = _Opinion().votes(pieces, scheme)
    return votes.agreed > votes.against


def vietnamese_score(text: str) -> int:
    """Words with letters beyond ASCII that are Vietnamese syllables, less those that are not."""
    score = 0
    for word, count in Counter(_LETTERS.findall(text)).items():
        if len(word) > 1 and not word.isascii():
            score += count if is_syllable(word) else -count
    return score


def reads_as_vietnamese(text: str) -> bool:
    """Whether most words are Vietnamese syllables, of those with letters beyond ASCII and of the others."""
    return vietnamese_score(text) > 0 and _plain_words_are_vietnamese(_LETTERS.findall(text))


class _Opinion:
    """What a word says about a scheme; each word is asked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bool | None] = {}

    def votes(self, pieces: Iterable[str], scheme: str) -> _Votes:
        votes = _Votes()
        for word, count in Counter(_words(pieces)).items():
            verdict = self._of(word, scheme)
            if verdict:
                votes.words_for[word] += count
            elif verdict is False:
                votes.against += count
        return votes

    def _of(self, word: str, scheme: str) -> bool | None:
        key = (word, scheme)
        if key not in self._known:
            self._known[key] = _verdict(word, FROM[scheme])
        return self._known[key]


def _verdict(word: str, convert: Callable[[str], str]) -> bool | None:
    """Whether the word speaks for (True) or against (False) the scheme; None when it could be either."""
    if word.isascii() or not _NAKED.search(word):
        return None
    stands, new = _as_it_stands(word), convert(word)
    if new == word:
        return None if stands else False
    if is_syllable(new):
        return None if stands else True
    # Initials (QĐ, ĐBSCL) and names of other languages of Vietnam (Đắk Lắk) say nothing.
    return None if new.isupper() or (_STRANGE.search(word) and new.isalpha()) else False


def _as_it_stands(word: str) -> bool:
    return all(map(is_syllable, _LETTERS.findall(word)))


def _plain_words_are_vietnamese(words: Iterable[str]) -> bool:
    """Whether at least half of the words of plain letters are Vietnamese syllables, too; initials left out.
    Very few such words say nothing."""
    judged = Counter(word for word in words if len(word) > 1 and word.isascii() and not word.isupper())
    good = sum(count for word, count in judged.items() if is_syllable(word))
    return judged.total() < ENOUGH or good >= 0.5 * judged.total()


def _words(pieces: Iterable[str]) -> Iterable[str]:
    return chain.from_iterable(map(_WORD.findall, pieces))


def _scheme_of(piece: str, opinion: _Opinion, ruling: str | None, follows: bool) -> str | None:
    """The scheme a piece is to be converted from: the one that rules the text, or one it proves alone."""
    if ruling is not None:
        votes = opinion.votes([piece], ruling)
        if votes.agreed >= 2 * votes.against and (votes.agreed or follows):
            return ruling
    for scheme in FROM:
        votes = opinion.votes([piece], scheme)
        if (
            scheme != ruling
            and votes.points >= 2 * ENOUGH
            and votes.carried()
            and _plain_words_are_vietnamese(_WORD.findall(piece))
        ):
            return scheme
    return None


def _looks_coded(pieces: Iterable[str]) -> bool:
    """Vietnamese words of plain letters among words of strange signs: coded, but not in a way known here."""
    pieces = list(pieces)
    words = {word for word in _words(pieces) if not word.isascii()}
    strange = [word for word in words if _STRANGE.search(word) and not _as_it_stands(word)]
    return len(strange) >= 5 and len(strange) >= 0.5 * len(words) and _plain_words_are_vietnamese(_words(pieces))


def _converted(piece: str, scheme: str) -> str:
    text = FROM[scheme](piece)
    return _with_capitals(text) if scheme == TCVN3 else text


def _with_capitals(text: str) -> str:
    """TCVN3 has no toned capitals: "HộI" stands for HỘI, and "Sở" for SỞ on a line of capitals."""
    loud = quiet = 0
    for word in _LETTERS.findall(text):
        fixed = "".join(letter for letter in word if letter not in _TONED)
        if len(fixed) > 1:
            quiet += not fixed.isupper()
            # Initials (UBND) stand on every line; a toned word in capitals only on a loud one.
            loud += fixed.isupper() and (len(fixed) < len(word) or is_syllable(word))
    shouted = loud > 4 * quiet

    def shown(found: re.Match[str]) -> str:
        word = found[0]
        fixed = [letter for letter in word if letter not in _TONED]
        if any(map(str.islower, fixed)) or len(fixed) == len(word):
            return word
        return word.upper() if shouted or len(fixed) > 1 else word

    return _CAPITAL_NAMES.sub(lambda found: found[0].capitalize(), _LETTERS.sub(shown, text))


_TONED = frozenset(TONED)
# Names that begin with a toned capital and are no other words: Úc, Ấn Độ, châu Á, Đông Nam Á.
_CAPITAL_NAMES = re.compile(r"\búc\b|\bấn(?= Độ)|(?<=[Cc]hâu )á\b|(?<=Đông )á\b|(?<=Nam )á\b")


def _without_double_coding(pieces: list[str]) -> list[str]:
    """The pieces with UTF-8 shown as Windows-1252 undone, when that makes Vietnamese of the whole."""
    before = "\n".join(piece for piece in pieces if UTF8_LETTER.search(piece))
    found = UTF8_LETTER.findall(before)
    if sum(len(shown) - 1 for shown in found) < ENOUGH:
        return pieces
    after = from_utf8_as_1252(before)
    if vietnamese_score(after) <= max(0, vietnamese_score(before)):
        return pieces
    return [from_utf8_as_1252(piece) for piece in pieces]
