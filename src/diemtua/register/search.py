"""Search over everything one may see. The index itself is kept by the database (migration 0002)."""

from __future__ import annotations

from django.db.models import QuerySet

from diemtua.kit.text import words


def narrow(queryset: QuerySet, text: str, kind: str) -> QuerySet:
    """Rows of one register whose record has all the words."""
    for word in words(text):
        queryset = queryset.filter(record__search_text__contains=word)
    return queryset


def complete(user, text: str, *, kinds: list[str] | None = None, limit: int = 20):
    """Records whose title or other name holds the words, for selects and the palette."""
    from .models import Record

    found = Record.objects.visible_to(user).live()
    if kinds:
        found = found.filter(kind__in=kinds)
    for word in words(text):
        found = found.filter(search_text__contains=word)
    return list(found.order_by("sort_key")[:limit])
