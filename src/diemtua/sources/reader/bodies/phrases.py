"""Lists of words and phrases, and matching them at a token."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from diemtua.sources.reader.tokens import COLUMN, LINE, NAMELIKE, OPEN, UPPER, WORDS, Tokens
from diemtua.sources.reader.view import View, lowered

ABBREVIATION = frozenset({UPPER, OPEN})


class Phrases:
    """Phrases of one or more tokens, matched without regard to case and placement of tones.

    A phrase that is written with a capital is matched only where its first token has one, an abbreviation only
    where it is all in capitals (or where case tells nothing).
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
        for phrase in dict.fromkeys(phrases):
            # One view for each phrase: a line of its own keeps its words apart from the others'.
            words = tokenised(phrase)
            if not words:
                continue
            first = phrase.split()[0]
            if not first[0].isupper():
                shapes = WORDS
            else:
                shapes = ABBREVIATION if first.isupper() and first[1:2].isalpha() else NAMELIKE
            entry = (words[1:], shapes)
            rest = self._by_first.setdefault(words[0], [])
            if entry not in rest:
                rest.append(entry)
        for rest in self._by_first.values():
            rest.sort(key=lambda entry: (-len(entry[0]), -len(entry[1])))

    @property
    def firsts(self) -> frozenset[str]:
        """The words that phrases begin with."""
        return frozenset(self._by_first)

    def end(self, tokens: Tokens, first: int, *, any_case: bool = False) -> int:
        """The end (exclusive) of the longest phrase at token `first`; `first` itself when there is none."""
        low = tokens.low
        rest = self._by_first.get(low[first]) if first < len(low) else None
        if rest is None:
            return first
        for words, shapes in rest:
            if tokens.shape[first] not in shapes and not any_case:
                continue
            last = first + 1 + len(words)
            if last <= len(low) and all(
                low[first + 1 + k] == word and _together(tokens, first + 1 + k) for k, word in enumerate(words)
            ):
                return last
        return first

    def has(self, tokens: Tokens, first: int, last: int) -> bool:
        """Whether tokens `first` to `last` are one of the phrases."""
        rest = self._by_first.get(tokens.low[first], ())
        words = tuple(tokens.low[first + 1 : last])
        return any(entry[0] == words for entry in rest)


def _together(tokens: Tokens, at: int) -> bool:
    """Whether token `at` can belong to the same phrase as the one before it."""
    gap = tokens.gap[at]
    if gap == LINE:
        # A line break parts no phrase in running text or within a heading, but parts a heading from text.
        return (tokens.shape[at] == OPEN) == (tokens.shape[at - 1] == OPEN)
    return gap < COLUMN


def tokenised(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as `Tokens.low` has them."""
    return tuple(Tokens(View(phrase)).low)


@cache
def listed(name: str) -> dict[str, tuple[str, ...]]:
    """Phrases of the data file `name`, by section ("" for those before the first).

    A line is a phrase or several parted by "|"; "#" begins a comment.
    """
    sections: dict[str, list[str]] = {"": []}
    section = sections[""]
    for line in files(__package__).joinpath(f"data/{name}.txt").read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = sections.setdefault(line[1:-1], [])
            continue
        section.extend(phrase.strip() for phrase in line.split("|") if phrase.strip())
    return {key: tuple(phrases) for key, phrases in sections.items()}


@cache
def phrases(name: str, section: str = "") -> Phrases:
    """The phrases of a section of a data file, ready to match."""
    return Phrases(listed(name)[section])


@cache
def first_words(*lists: tuple[str, str]) -> frozenset[str]:
    """The words that phrases of several lists (data file, section) begin with."""
    return frozenset().union(*(phrases(name, section).firsts for name, section in lists))


@cache
def word_set(section: str) -> frozenset[str]:
    """The single words of a section of `grammar.txt`, in lower case."""
    return frozenset(lowered(word) for line in listed("grammar")[f"{section} words"] for word in line.split())


@cache
def phrase_set(section: str) -> frozenset[str]:
    """The phrases of a section of `grammar.txt`, each as one string in lower case."""
    return frozenset(" ".join(tokenised(phrase)) for phrase in listed("grammar")[section])


@cache
def words(name: str) -> frozenset[str]:
    """The words of a data file that lists single words, in lower case."""
    return frozenset(lowered(word) for line in listed(name)[""] for word in line.split())
