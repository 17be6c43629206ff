"""Word lists of the grammar of relations, written as they stand in a `Line`: lower case, single blanks.

Capital letters are mentions (see `line.LETTER`). Tone marks may be written as usual: `grammar` puts them where
`View.low` has them.
"""

from __future__ import annotations

import re

from diemtua.sources.reader.view import lowered


def grammar(pattern: str) -> re.Pattern[str]:
    """A compiled pattern over codes of lines; white space in it is free (write a blank as it stands in `\\ ` or `[ ]`)."""
    low = lowered(pattern)
    return re.compile("".join(kept if kept.isascii() else small for kept, small in zip(pattern, low, strict=True)))


def any_of(phrases: str) -> str:
    """A pattern for whole words or phrases, parted by "|"."""
    return rf"(?<!\w)(?:{phrases})(?!\w)"
