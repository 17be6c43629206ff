"""How promising an enquiry is: a score from 0 to 100 with its reasons. Weights and measures are the rulebook's.

What is not known earns nothing yet; `best` says how high the score can still rise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

CRITERIA = ("sector", "capital", "jobs", "technology", "land", "environment")
TECHNOLOGY = {"high": 1.0, "medium": 0.5, "standard": 0.0}


@dataclass(frozen=True)
class Weights:
    """The data of the score. `full_capital` by currency, counted as `models.Currency` is (million USD, billion VND);
    `full_per_ha` in million USD."""

    weights: Mapping[str, int]
    full_capital: Mapping[str, Decimal]
    full_jobs: int
    full_per_ha: Decimal
    sectors: Mapping[str, str] = field(default_factory=dict)  # division → high | medium
    flags: Mapping[str, str] = field(default_factory=dict)  # flag → serious | check


@dataclass(frozen=True)
class Asked:
    """What an enquiry says of the project; None or "" where it says nothing."""

    industry: str = ""
    capital: Decimal | None = None
    currency: str = ""
    jobs: int | None = None
    technology: str = ""
    area_ha: Decimal | None = None
    flags: Sequence[str] | None = None


@dataclass(frozen=True)
class Reason:
    """What one criterion earned: `share` 0 to 1 of its weight, None where nothing is known; `why` is a code."""

    criterion: str
    weight: int
    share: float | None
    why: str

    @property
    def points(self) -> float:
        return self.weight * (self.share or 0.0)

    def as_json(self) -> dict[str, Any]:
        return {"criterion": self.criterion, "weight": self.weight, "share": self.share, "why": self.why}


@dataclass(frozen=True)
class Score:
    value: int
    best: int
    reasons: tuple[Reason, ...]


def _ratio(value: Decimal | int, full: Decimal | int) -> float:
    return float(min(Decimal(1), Decimal(value) / Decimal(full))) if full else 0.0


def in_usd(capital: Decimal, currency: str, full: Mapping[str, Decimal]) -> Decimal | None:
    """Capital in million USD by what counts as full in each currency; None where the currency is not among them."""
    if currency not in full or not full[currency] or "USD" not in full:
        return None
    return capital * full["USD"] / full[currency]


def _sector(asked: Asked, by: Weights) -> tuple[float | None, str]:
    if not asked.industry:
        return None, "unknown"
    group = by.sectors.get(asked.industry[:2], "")
    return {"high": (1.0, "high"), "medium": (0.5, "medium")}.get(group, (0.0, "no_priority"))


def _capital(asked: Asked, by: Weights) -> tuple[float | None, str]:
    if asked.capital is None:
        return None, "unknown"
    usd = in_usd(asked.capital, asked.currency, by.full_capital)
    return (None, "currency") if usd is None else (_ratio(usd, by.full_capital["USD"]), "counted")


def _jobs(asked: Asked, by: Weights) -> tuple[float | None, str]:
    return (None, "unknown") if asked.jobs is None else (_ratio(asked.jobs, by.full_jobs), "counted")


def _technology(asked: Asked, by: Weights) -> tuple[float | None, str]:
    if asked.technology not in TECHNOLOGY:
        return None, "unknown"
    return TECHNOLOGY[asked.technology], asked.technology


def _land(asked: Asked, by: Weights) -> tuple[float | None, str]:
    if asked.area_ha is None or asked.capital is None:
        return None, "unknown"
    usd = in_usd(asked.capital, asked.currency, by.full_capital)
    if usd is None:
        return None, "currency"
    if not asked.area_ha:
        return 1.0, "no_land"
    return _ratio(usd / asked.area_ha, by.full_per_ha), "counted"


def _environment(asked: Asked, by: Weights) -> tuple[float | None, str]:
    if asked.flags is None:
        return None, "unknown"
    if any(by.flags.get(flag) == "serious" for flag in asked.flags):
        return 0.0, "serious"
    signs = len(set(asked.flags))
    return max(0.0, 1 - signs / 3), "signs" if signs else "none"


_RULES = {
    "sector": _sector,
    "capital": _capital,
    "jobs": _jobs,
    "technology": _technology,
    "land": _land,
    "environment": _environment,
}


def score(asked: Asked, by: Weights) -> Score:
    """The score of what is asked. Weights that are all nothing give 0."""
    reasons = []
    for criterion in CRITERIA:
        share, why = _RULES[criterion](asked, by)
        reasons.append(Reason(criterion, by.weights.get(criterion, 0), share, why))
    whole = sum(r.weight for r in reasons)
    if not whole:
        return Score(0, 0, tuple(reasons))
    earned = sum(r.points for r in reasons)
    open_ = sum(r.weight for r in reasons if r.share is None)
    return Score(round(100 * earned / whole), round(100 * (earned + open_) / whole), tuple(reasons))
