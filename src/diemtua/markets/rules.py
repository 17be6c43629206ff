"""Pure rules of export markets: what place a name speaks of, which standing counts where several are told."""

from __future__ import annotations

from collections.abc import Iterable

from diemtua.kit.text import fold

# Words that stand before the name of a place in the name of a market, folded.
_HEADS = tuple(
    tuple(head.split()) for head in ("thi truong", "xuat khau", "khu vuc", "cac nuoc", "nuoc", "khoi", "vung")
)


def place_named(title: str) -> str:
    """The place in the name of a market: "Thị trường các nước ASEAN" is about "ASEAN"."""
    words = title.split()
    folded = [fold(word) for word in words]
    at = 0
    while head := next((h for h in _HEADS if tuple(folded[at : at + len(h)]) == h), None):
        at += len(head)
    return " ".join(words[at:])


def short_name(bloc: str) -> str:
    """How a bloc is called in the name of a market: "Liên minh châu Âu (EU)" is "EU"."""
    return bloc.partition("(")[2].rstrip(") ") or bloc


# From the strongest on: a market of long standing is one to which exports go, and no new one.
_STANDINGS = ("traditional", "ongoing", "new")
# Parts of other states that the table of countries has with a code of their own: Hồng Kông, Ma Cao, Đài Loan.
WITH_OWN_CODE = frozenset({"HK", "MO", "TW"})


def strongest(told: Iterable[str | None]) -> str:
    """The standing of a market of which a document tells these; that exports go there where it tells none."""
    return min((s for s in told if s in _STANDINGS), key=_STANDINGS.index, default="ongoing")
