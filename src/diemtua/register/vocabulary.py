"""The words that occur in records, for help with typing errors.

Restricted records teach no words. A suggestion is shown only when it finds something its reader may
see (see `search.suggest`), so nothing leaks through it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

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


