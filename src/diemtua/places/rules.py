"""How names of places are read: kinds, abbreviations, and what a searched text asks for. No model here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from diemtua.kit.text import fold, strip_control

LONGEST_QUERY = 200
"""Longer texts are not the name of a place and are cut."""

PREFIXES: dict[str, tuple[str, ...]] = {
    "thanh pho truc thuoc trung uong": ("thành phố",),
    "thanh pho": ("thành phố",),
    "t p": ("thành phố",),
    "tp": ("thành phố",),
    "tinh bang": ("tỉnh bang",),
    "tinh": ("tỉnh",),
    "thi xa": ("thị xã",),
    "tx": ("thị xã",),
    "t x": ("thị xã",),
    "thi tran": ("thị trấn",),
    "tt": ("thị trấn",),
    "dac khu": ("đặc khu",),
    "khu tu tri": ("khu tự trị",),
    "bang": ("bang",),
    "quan": ("quận",),
    "huyen": ("huyện",),
    "phuong": ("phường",),
    "xa": ("xã",),
}
"""Folded words before a name, and the kinds they may mean."""

SHORT_PREFIXES = {"q": ("quận",), "h": ("huyện",), "p": ("phường",), "x": ("xã",), "t": ("tỉnh",)}
"""One letter means a kind only with a dot or a digit behind it: P.3, Q1, H. Thái Thụy."""

SUFFIXES: dict[str, tuple[str, ...]] = {
    "province": ("tỉnh", "tỉnh bang", ""),
    "city": ("thành phố",),
    "district": ("quận", "huyện"),
    "ward": ("phường",),
    "commune": ("xã",),
    "township": ("thị trấn",),
    "town": ("thị xã", "thị trấn"),
    "state": ("bang",),
}
"""English words behind a name."""

CHANGING_ROLES = ("officer", "lead", "administrator")
LEVEL_ORDER = {"province": 0, "district": 1, "commune": 2}
FOREIGN_KINDS = (
    "tỉnh",
    "thành phố",
    "bang",
    "tỉnh bang",
    "khu tự trị",
    "đặc khu",
    "huyện",
    "quận",
    "thị xã",
    "xã",
)


@dataclass(frozen=True)
class Asked:
    """What a text asks for: a name, perhaps a kind, perhaps the units it lies in."""

    name: str
    """The name as typed, without its kind."""
    key: str
    """The folded name."""
    whole_key: str
    """The folded text with the kind left in: some names begin with such a word."""
    kinds: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    """Keys of the larger units named after commas: 'xã Thụy Trường, huyện Thái Thụy, tỉnh Thái Bình'."""


def may_change(user: object) -> bool:
    """Who may add names and localities: officers and above; None is the program itself."""
    return user is None or getattr(user, "role", "") in CHANGING_ROLES


def clean(text: str) -> str:
    """One line without control characters, of bounded length."""
    return " ".join(strip_control(text[: LONGEST_QUERY * 4]).split())[:LONGEST_QUERY]


def split_kind(text: str) -> tuple[str, tuple[str, ...]]:
    """('TP. Thái Bình') gives ('Thái Bình', ('thành phố',)); a text without a kind comes back as it is."""
    short = re.match(r"\s*([qhpxt])\s*(?:\.\s*|(?=\d))(?=\S)", text, re.IGNORECASE)
    if short and (rest := text[short.end() :]) and not re.match(r"\s*[pPxX]\.", rest):
        return rest.strip(), SHORT_PREFIXES[short.group(1).lower()]
    tokens = re.findall(r"\w+", text)
    for length in range(min(6, len(tokens) - 1), 0, -1):
        if kinds := PREFIXES.get(fold(" ".join(tokens[:length]))):
            return _after(text, length), kinds
    glued = re.match(r"\s*(tp|tx|tt)\.(?=\w)", text, re.IGNORECASE)
    if glued:
        return text[glued.end() :].strip(), PREFIXES[glued.group(1).lower()]
    if len(tokens) > 1 and (kinds := SUFFIXES.get(fold(tokens[-1]))):
        return text[: text.rindex(tokens[-1])].strip(), kinds
    return text.strip(), ()


def _after(text: str, words: int) -> str:
    """The text behind its first words."""
    end = 0
    for _, match in zip(range(words), re.finditer(r"\w+", text), strict=False):
        end = match.end()
    return text[end:].lstrip(" .:-").strip()


def read(text: str) -> Asked:
    """What the text asks for."""
    first, *larger = [part.strip() for part in clean(text).split(",")] or [""]
    name, kinds = split_kind(first)
    within = tuple(k for part in larger if (k := fold(split_kind(part)[0])))
    return Asked(name, fold(name), fold(first), kinds, within)


def full_name(kind: str, name: str) -> str:
    """'tỉnh', 'Thái Bình' gives 'Tỉnh Thái Bình'."""
    return f"{kind[0].upper()}{kind[1:]} {name}" if kind else name


def unmarked(name: str) -> str:
    """'Đồng Tháp' gives 'Dong Thap', as Vietnamese names are written in English."""
    marked = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in marked if not unicodedata.combining(c))


def bloc_key(name: str) -> str:
    """The key of a bloc's name: folded, and without the blanks that spellings put differently (La-tinh, Latinh)."""
    return fold(clean(name)).replace(" ", "")


def bloc_keys(code: str, *names: str) -> set[str]:
    """The keys that lead to a bloc: code, names, the short name in brackets, names without "châu" before them.

    'Châu Phi' is not met as 'Phi', but 'Châu Mỹ La-tinh' as 'Mỹ Latinh'.
    """
    keys = {bloc_key(code)}
    for name in names:
        long, _bracket, short = name.partition("(")
        keys |= {bloc_key(name), bloc_key(long), bloc_key(short)}
        first, _blank, rest = long.strip().partition(" ")
        if fold(first) == "chau" and " " in fold(rest):
            keys.add(bloc_key(rest))
    return keys - {""}
