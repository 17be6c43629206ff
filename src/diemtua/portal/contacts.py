"""Who answers, in public: the contacts of our own public offices that an officer ticked “on the public site”.

Nothing else of a party's contacts is ever shown, and never those of others' offices.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from diemtua.kit.text import fold
from diemtua.parties.models import Contact

from .languages import LANGUAGES, current

# How officers write a language in the register, folded.
WORDS = {
    "vi": ("viet", "vietnamese", "vi"),
    "en": ("anh", "english", "en"),
    "ko": ("han", "han quoc", "trieu tien", "korean", "ko"),
    "zh-hans": ("trung", "trung quoc", "hoa", "chinese", "zh"),
    "ja": ("nhat", "nhat ban", "japanese", "ja"),
}
MOST = 200


@dataclass(frozen=True)
class Shown:
    """A contact as the page shows it; `officer` is "" where nobody has been named."""

    pk: int
    office: str
    office_id: int
    about: str
    officer: str
    sectors: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str
    email: str
    speaks_mine: bool


def spoken(text: str) -> tuple[str, ...]:
    """Codes of the five languages named in a text such as “tiếng Anh, tiếng Hàn”."""
    parts = {fold(part).removeprefix("tieng ").strip() for part in text.replace(";", ",").replace("/", ",").split(",")}
    return tuple(one.code for one in LANGUAGES if parts & set(WORDS[one.code]))


def _sectors(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())


def contacts(sector: str = "") -> list[Shown]:
    """Public contacts; with `sector`, those who answer for it or for all. Who speaks the reader's language first."""
    today = timezone.localdate()
    rows = (
        Contact.objects.filter(public=True, party__is_own=True, party__successor=None)
        .filter(party__record__access="public", party__record__archived_at=None)
        .filter(Q(party__ended__isnull=True) | Q(party__ended__gt=today.isoformat()))
        .select_related("party__record")
        .order_by("party__record__sort_key", "pk")
    )
    here, names = current().code, {one.code: one.name for one in LANGUAGES}
    wanted = fold(sector)
    found = []
    for row in rows[:MOST]:
        sectors, codes = _sectors(row.sector), spoken(row.language)
        if wanted and sectors and wanted not in {fold(s) for s in sectors}:
            continue
        found.append(
            Shown(
                pk=row.pk,
                office=row.party.record.title,
                office_id=row.party_id,
                about=row.label,
                officer=row.officer,
                sectors=sectors,
                languages=tuple(names[c] for c in codes) or _sectors(row.language),
                phone=row.phone,
                email=row.email,
                speaks_mine=here in codes,
            )
        )
    return sorted(found, key=lambda c: (not c.speaks_mine, not c.officer))


def sectors_of(found: list[Shown]) -> list[str]:
    """The sectors that can be chosen, each once, in the order of the contacts."""
    seen: dict[str, str] = {}
    for contact in found:
        for sector in contact.sectors:
            seen.setdefault(fold(sector), sector)
    return sorted(seen.values(), key=fold)
