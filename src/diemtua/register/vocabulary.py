"""The words that occur in records: endings for what is being typed, and help with typing errors.

Words of restricted records are learnt too. Nothing leaks: a word is never shown for itself, a suggestion only
when it finds something its reader may see (see `search.suggest`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models.functions import Length

from .database import begins

# So many endings of a prefix are asked for; the shortest, for Vietnamese syllables are short.
ENDINGS = 40
# So many words are compared with a mistyped one.
NEAR = 30_000

_known: set[str] = set()


def learn(texts: Iterable[str]) -> None:
    """Remember the words of folded texts; words already known to this process cost nothing."""
    from .models import Word

    new = {w for text in texts for w in text.split() if len(w) <= 30 and not w.isdigit()} - _known
    if not new:
        return
    Word.objects.bulk_create([Word(text=w) for w in new], ignore_conflicts=True, batch_size=500)
    # Only a committed word is known: a rolled-back import must be able to teach it again.
    transaction.on_commit(lambda: _known.update(new))


def forget_cache() -> None:
    """For tests and after a restore."""
    _known.clear()


def beginning_with(prefix: str) -> tuple[tuple[str, ...], bool]:
    """The shortest known words that begin so, and whether these are all.

    A single letter and a number stand for themselves: too many words begin with them.
    """
    from .models import Word

    if len(prefix) < 2 or prefix.isdigit():
        return (), True
    found = Word.objects.filter(begins("text", prefix)).order_by(Length("text"), "text")
    words = tuple(found.values_list("text", flat=True)[: ENDINGS + 1])
    # Of two or three letters a whole index is made up: there the shortest words must do.
    return words[:ENDINGS], len(words) <= ENDINGS or len(prefix) < 4


def unknown(words: Sequence[str]) -> list[str]:
    """Those of the words that no record has; numbers are never unknown."""
    from .models import Word

    asked = [w for w in dict.fromkeys(words) if not w.isdigit() and 3 <= len(w) <= 30]
    known = set(Word.objects.filter(text__in=asked).values_list("text", flat=True))
    return [w for w in asked if w not in known]


def near(word: str) -> list[str]:
    """Known words of about the same length that share the first or the second letter."""
    from .models import Word

    found = Word.objects.annotate(size=Length("text")).filter(size__gte=len(word) - 2, size__lte=len(word) + 2)
    letters = dict.fromkeys((word[0], word[1]))
    return [w for letter in letters for w in found.filter(begins("text", letter)).values_list("text", flat=True)[:NEAR]]
