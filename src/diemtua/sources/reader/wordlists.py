"""The lists of words and names in `data/`: plain text, one list a line, comments behind #, headings in brackets."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import resources

from diemtua.sources.reader.view import lowered


def lines(name: str) -> Iterator[list[str]]:
    """The lists of a file, one a line, their items parted by commas."""
    text = (resources.files("diemtua.sources.reader") / "data" / name).read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield [part.strip() for part in line.split(", ")]


def sections(name: str) -> Iterator[tuple[str, list[str]]]:
    """The lists of a file that has headings in square brackets, each with its heading."""
    heading = ""
    for line in lines(name):
        if line[0].startswith("["):
            heading = line[0].strip("[]")
        else:
            yield heading, line


def codes(name: str, heading: str) -> dict[str, str]:
    """Words and their codes from the lines "CODE: word, word" under a heading."""
    found: dict[str, str] = {}
    for here, line in sections(name):
        if here == heading:
            code, first = line[0].split(": ", 1)
            found.update(dict.fromkeys((first, *line[1:]), code))
    return found


@functools.cache
def words(heading: str) -> frozenset[str]:
    """The words of `words.txt` under a heading."""
    return frozenset(word for here, line in sections("words.txt") if here == heading for word in line[0].split())


@functools.cache
def word_file(name: str) -> frozenset[str]:
    """The single words of a file, in lower case with tone marks in the old place."""
    text = (resources.files("diemtua.sources.reader") / "data" / name).read_text("utf-8")
    return frozenset(lowered(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())
