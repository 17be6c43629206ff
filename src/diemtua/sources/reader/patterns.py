"""Patterns of the reader's grammars, written as Vietnamese is usually spelt."""

from __future__ import annotations

import re

from diemtua.sources.reader.view import lowered


def grammar(pattern: str) -> re.Pattern[str]:
    """A compiled pattern over `View.low` and what is made of it: its words get the tone marks where `lowered` puts them.

    ASCII characters stay as they are: signs of the pattern language, and the capital letters that stand for mentions
    in a `relations.line.Line`.
    """
    low = lowered(pattern)
    return re.compile("".join(kept if kept.isascii() else small for kept, small in zip(pattern, low, strict=True)))


def any_of(phrases: str) -> str:
    """A pattern for whole words or phrases, parted by "|"."""
    return rf"(?<!\w)(?:{phrases})(?!\w)"
