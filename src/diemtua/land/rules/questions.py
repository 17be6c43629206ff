"""A question as people ask it, as it is kept (JSON), and as the matcher reads it. Imports no model."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .criteria import CRITERIA, WATER_CLASSES

if TYPE_CHECKING:
    from ..matching import Requirements, Wish


@dataclass(frozen=True)
class Question:
    """What is asked of a plot: `least` and `most` by criterion, days as `ready_by`, and weights 0 to 3 of wishes."""

    least: Mapping[str, Decimal] = field(default_factory=dict)
    most: Mapping[str, Decimal] = field(default_factory=dict)
    ready_by: datetime.date | None = None
    industry: str = ""
    water_class: str = ""
    place: int | None = None
    weights: Mapping[str, int] = field(default_factory=dict)
    asked_on: datetime.date = datetime.date.min

    @property
    def empty(self) -> bool:
        """Whether nothing is required."""
        return not (self.least or self.most or self.ready_by or self.industry or self.water_class or self.place)

    def requirements(self) -> Requirements:
        """The same for the matcher. Columns are those of `queries.plot_table`."""
        from ..matching import Bound, Requirements  # NumPy: only where a question is answered

        hard: list[Bound] = []
        for c in CRITERIA.values():
            least, most = self.least.get(c.key), self.most.get(c.key)
            if c.key == "ready" and self.ready_by is not None:
                hard.append(Bound("ready", at_most=float(self.ready_by.toordinal()), scale=c.scale))
            elif least is not None or most is not None:
                hard.append(
                    Bound(
                        c.key,
                        None if least is None else float(least),
                        None if most is None else float(most),
                        scale=c.scale,
                    )
                )
        if self.industry:
            hard.append(Bound("industry", at_least=1.0, firm=True))
        if self.water_class:
            hard.append(Bound("water_class", at_least=WATER_CLASSES[self.water_class], firm=True))
        if self.place is not None:
            hard.append(Bound("place", at_least=1.0, firm=True))
        wishes = [self._wish(key, weight) for key, weight in self.weights.items() if weight and key in CRITERIA]
        return Requirements(tuple(hard), tuple(wishes))

    def _wish(self, key: str, weight: int) -> Wish:
        from ..matching import Wish

        c = CRITERIA[key]
        low, high = float(c.low), float(c.high)
        if c.kind == "day":
            # Counted from the day of the question, so that the same question always has the same bounds.
            first = self.asked_on.toordinal()
            return Wish(key, weight, first + low, first + high, first + low)
        if c.better == "near":
            # As near as can be to what is needed; where nothing is said, as much as there is.
            ideal = min(float(self.least[key]), high) if key in self.least else high
            return Wish(key, weight, low, high, ideal)
        return Wish(key, weight, low, high, high if c.better == "more" else low)

    # --- kept, and in addresses ---------------------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        return {
            "least": {k: str(v) for k, v in self.least.items()},
            "most": {k: str(v) for k, v in self.most.items()},
            "ready_by": self.ready_by.isoformat() if self.ready_by else None,
            "industry": self.industry,
            "water_class": self.water_class,
            "place": self.place,
            "weights": dict(self.weights),
            "asked_on": self.asked_on.isoformat(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Question:
        """What `as_json` gave; criteria that no longer exist are left out."""
        return cls(
            least={k: Decimal(v) for k, v in kept.get("least", {}).items() if k in CRITERIA},
            most={k: Decimal(v) for k, v in kept.get("most", {}).items() if k in CRITERIA},
            ready_by=datetime.date.fromisoformat(kept["ready_by"]) if kept.get("ready_by") else None,
            industry=kept.get("industry", ""),
            water_class=kept.get("water_class", ""),
            place=kept.get("place"),
            weights={k: int(v) for k, v in kept.get("weights", {}).items() if k in CRITERIA},
            asked_on=datetime.date.fromisoformat(kept["asked_on"]),
        )

    def pairs(self, lang: str = "vi", **changed: str) -> list[tuple[str, str]]:
        """Names and values of the form's fields as they are typed; `changed` replaces or adds some."""

        def number(value: Decimal) -> str:
            text = format(value.normalize(), "f")
            return text.replace(".", ",") if lang == "vi" else text

        found = {f"{k}_least": number(v) for k, v in self.least.items()}
        found |= {f"{k}_most": number(v) for k, v in self.most.items()}
        if self.ready_by:
            found["ready_by"] = self.ready_by.strftime("%d/%m/%Y")
        found |= {k: str(v) for k in ("industry", "water_class", "place") if (v := getattr(self, k))}
        found |= {f"w_{k}": str(v) for k, v in self.weights.items() if v}
        return list((found | changed).items())

    def query(self, lang: str = "vi", **changed: str) -> str:
        """The address's query by which the matcher opens with this question. `asked` says that it is no new one."""
        return urlencode([("asked", "1"), *self.pairs(lang, **changed)])
