"""The answer to a question, in words and bars. Brings NumPy with it: imported where a question is answered."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diemtua.kit.numbers import format_number
from diemtua.register.models.record import record_url

from ..matching import Answer, Bound, Change, Combinations, combine, match
from ..rules.criteria import CRITERIA, DISTANCES, day_written, label_of, rounded, show, show_amount
from ..rules.questions import Question
from . import house, plot_table
from .plot_table import Land, PlotFacts

BEST, NEAREST, UNSURE, JOINED = 12, 8, 6, 6
# Above so many pairs of adjacent plots groups are not looked for while one types.
ADJACENT = 20_000


@dataclass(frozen=True)
class Part:
    """One wish of one plot, for its bar: how wide (its weight) and how full (how near the ideal), both 0 to 100."""

    label: str
    value: str
    width: float
    full: float
    sure: bool


@dataclass(frozen=True)
class Reason:
    """One requirement that is missed or not known."""

    label: str
    text: str
    unknown: bool = False


@dataclass(frozen=True)
class Shown:
    """A plot, or several together, as pages show it. Scores are 0 (worst) to 100 (all wishes met)."""

    facts: tuple[PlotFacts, ...]
    rank: int
    score: int
    low: int
    high: int
    first: int  # percent of what may be true in which it comes first; -1 where that was not worked out
    parts: tuple[Part, ...]
    values: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()  # what is weighed and not known

    @property
    def zone_line(self) -> str:
        """The zone, where the plot's own name does not say it."""
        return "" if self.facts[0].zone_title in self.title else self.facts[0].zone_title

    @property
    def title(self) -> str:
        return " + ".join(f.code for f in self.facts) if len(self.facts) > 1 else self.facts[0].title

    @property
    def url(self) -> str:
        return record_url(self.facts[0].pk)

    @property
    def zone_url(self) -> str:
        return record_url(self.facts[0].zone)

    @property
    def illustrative(self) -> bool:
        return any(f.illustrative for f in self.facts)


@dataclass(frozen=True)
class Ruling:
    """How many plots one requirement rules out, and how many of them nothing else does."""

    key: str
    label: str
    asked: str
    fails: int
    alone: int
    unknown: int
    width: float
    width_alone: float


@dataclass(frozen=True)
class Offer:
    """A change of what is asked that would make plots fit."""

    lines: tuple[str, ...]
    plots: int
    query: str
    plot: PlotFacts
    certain: bool


@dataclass
class Result:
    """A question with its answer, for one reader's language."""

    question: Question
    land: Land
    answer: Answer
    lang: str
    joined: Combinations | None = None
    best: list[Shown] = field(default_factory=list)

    @property
    def fits(self) -> int:
        return len(self.answer.fitting)

    @property
    def possible(self) -> int:
        return int(np.count_nonzero(self.answer.fit.possible))

    @property
    def looked_at(self) -> int:
        return len(self.answer.table)

    @property
    def combined(self) -> int:
        """Groups of adjacent plots that fit."""
        return len(self.joined.answer.fitting) if self.joined else 0

    @property
    def illustrative(self) -> bool:
        return any(f.illustrative for f in self.land.facts.values())

    # --- the parts of the page, each worked out when it is shown ----------------------------------

    @cached_property
    def ranked(self) -> list[Shown]:
        """The best plots that fit."""
        shares = dict(self.answer.certainty.first) if self.weighed else {}
        return [
            self.shown(self.answer, int(row), rank, round(shares.get(int(row), 0.0) * 100) if self.weighed else -1)
            for rank, row in enumerate(self.answer.leading(BEST), 1)
        ]

    @cached_property
    def unsure(self) -> list[Shown]:
        """Plots of which too little is known to say."""
        return [self.shown(self.answer, int(r), 0, -1, why=True) for r in self.answer.possible[:UNSURE]]

    @cached_property
    def nearest(self) -> list[Shown]:
        """Plots that do not fit, those first that miss least, with every reason."""
        return [self.shown(self.answer, int(r), 0, -1, why=True) for r in self.answer.nearest(NEAREST)]

    @cached_property
    def together(self) -> list[Shown]:
        """The best groups of adjacent plots."""
        if not self.joined:
            return []
        found = self.joined.answer
        rows = [*found.leading(JOINED), *found.possible][:JOINED]
        return [
            self.shown(found, int(row), rank, -1, why=True, members=self.joined.members[int(row)])
            for rank, row in enumerate(rows, 1)
        ]

    @property
    def weighed(self) -> bool:
        return any(self.answer.requirements.weights)

    @cached_property
    def chances(self) -> list[dict[str, Any]]:
        """Who comes first in which share of what may be true: the largest, and the others in one."""
        if not self.weighed or not self.fits:
            return []
        shares = self.answer.certainty.first
        found: list[dict[str, Any]] = [
            {"name": self.facts(row).title, "share": share * 100} for row, share in shares[:4]
        ]
        rest = sum(share for _row, share in shares[4:]) * 100
        if rest > 0.05:
            found.append({"name": _("%(n)s others") % {"n": len(shares) - 4}, "share": rest})
        for n, f in enumerate(found):
            f["n"], f["percent"] = n, max(1, round(f["share"]))
        return found

    @cached_property
    def tips(self) -> list[str]:
        """Which weight, changed alone, would put another plot first."""
        said = []
        for tip in self.answer.certainty.tipping[:2] if self.weighed else ():
            wish = self.answer.requirements.wishes[tip.wish]
            words = {"wish": str(CRITERIA[wish.column].wish), "plot": self.facts(tip.row).title}
            if tip.factor > 1:
                words["times"] = format_number(round(tip.factor, 1), self.lang)
                if tip.factor < 1.05:
                    said.append(_("The slightest more weight on “%(wish)s” puts %(plot)s first.") % words)
                else:
                    said.append(_("With “%(wish)s” %(times)s times as important, %(plot)s is first.") % words)
            elif tip.factor < 0.05:
                said.append(_("Without “%(wish)s”, %(plot)s is first.") % words)
            else:
                words["percent"] = format_number(round(tip.factor * 100), self.lang)
                said.append(_("With “%(wish)s” at %(percent)s %% of its weight, %(plot)s is first.") % words)
        return said

    @cached_property
    def rulings(self) -> list[Ruling]:
        """What rules plots out, the requirement first that rules out most."""
        most = max([1, *self.answer.fit.fails])
        found = [
            Ruling(
                b.column,
                label_of(b.column),
                self.asked(b),
                fails,
                alone,
                unknown,
                fails * 100 / most,
                alone * 100 / most,
            )
            for b, fails, alone, unknown in zip(
                self.answer.requirements.hard,
                self.answer.fit.fails,
                self.answer.only,
                self.answer.fit.unknown,
                strict=True,
            )
        ]
        return sorted(found, key=lambda r: -r.fails)

    @cached_property
    def offers(self) -> list[Offer]:
        """The smallest changes of what is asked, the cheapest first."""
        return [self._offer(c) for c in self.answer.changes[:4]]

    def _offer(self, change: Change) -> Offer:
        lines: list[str] = []
        changed: dict[str, str] = {}
        for old, new in change.bounds:
            key = old.column
            least = old.at_least != new.at_least
            before, after = (old.at_least, new.at_least) if least else (old.at_most, new.at_most)
            assert before is not None
            assert after is not None
            # Rounded outwards, so that the plot still fits.
            enough = after if key == "ready" else rounded(key, after, up=not least)
            words = {
                "what": label_of(key),
                "before": show(key, before, self.lang),
                "after": show(key, enough, self.lang),
            }
            if key == "ready":
                lines.append(_("Ready by %(after)s instead of %(before)s") % words)
                changed["ready_by"] = datetime.date.fromordinal(int(after)).strftime("%d/%m/%Y")
            elif least:
                lines.append(_("%(what)s: at least %(after)s instead of %(before)s") % words)
                changed[f"{key}_least"] = number(enough, self.lang)
            else:
                lines.append(_("%(what)s: at most %(after)s instead of %(before)s") % words)
                changed[f"{key}_most"] = number(enough, self.lang)
        return Offer(
            tuple(lines),
            change.plots,
            self.question.query(self.lang, **changed),
            self.facts(change.row),
            change.certain,
        )

    # --- one plot -----------------------------------------------------------------------------------

    def facts(self, row: int) -> PlotFacts:
        return self.land.facts[int(self.land.table.ids[row])]

    def asked(self, bound: Bound) -> str:
        """What a requirement asks, in a few words."""
        key = bound.column
        if key == "industry":
            return industry_name(self.question.industry)
        if key == "place":
            return ""
        if key == "water_class":
            return show(key, bound.at_least, self.lang)
        if key == "ready":
            return _("by %(day)s") % {"day": show(key, bound.at_most, self.lang)}
        if bound.at_least is not None and bound.at_most is not None:
            return f"{show(key, bound.at_least, self.lang)} – {show(key, bound.at_most, self.lang)}"
        return (
            f"≥ {show(key, bound.at_least, self.lang)}"
            if bound.at_least is not None
            else f"≤ {show(key, bound.at_most, self.lang)}"
        )

    def shown(
        self,
        answer: Answer,
        row: int,
        rank: int,
        first: int,
        *,
        why: bool = False,
        members: tuple[int, ...] | None = None,
    ) -> Shown:
        facts = tuple(self.facts(m) for m in (members or (row,)))
        scores = answer.scores
        return Shown(
            facts=facts,
            rank=rank,
            score=_percent(scores.total[row]),
            low=_percent(scores.high[row]),
            high=_percent(scores.low[row]),
            first=first,
            parts=self._parts(answer, row),
            values=self._values(answer, row),
            reasons=self._reasons(answer, row) if why else (),
            unknown=tuple(
                str(CRITERIA[w.column].label)
                for w in answer.requirements.wishes
                if np.isnan(answer.table.column(w.column).values[row])
            ),
        )

    def _parts(self, answer: Answer, row: int) -> tuple[Part, ...]:
        found = []
        limits, parts = answer.scores.limits_of(np.array([row])), answer.parts(row)
        for j, (wish, weight) in enumerate(zip(answer.requirements.wishes, answer.requirements.weights, strict=True)):
            if not weight:
                continue
            part = float(parts[j])
            value = float(answer.table.column(wish.column).values[row])
            found.append(
                Part(
                    str(CRITERIA[wish.column].wish),
                    self.value(wish.column, value) or _("not known"),
                    weight * 100,
                    100 - part / weight * 100,
                    bool(limits[1][j, 0] - limits[0][j, 0] < 1e-9),
                )
            )
        return tuple(sorted(found, key=lambda p: -p.width))

    def value(self, key: str, value: float) -> str:
        """A plot's value for people; a day that is over is "at once"."""
        if key == "ready" and value == value and value <= self.land.day.toordinal():
            return _("at once")
        return show(key, value, self.lang)

    def _values(self, answer: Answer, row: int) -> tuple[tuple[str, str], ...]:
        """The values that were asked for or weighed, land first."""
        asked = {*answer.requirements.columns, "area"}
        found = []
        for key in CRITERIA:
            if key in asked and (text := self.value(key, float(answer.table.column(key).values[row]))):
                found.append((CRITERIA[key].icon, f"{CRITERIA[key].label}: {text}" if key != "area" else text))
        return tuple(found)

    def _reasons(self, answer: Answer, row: int) -> tuple[Reason, ...]:
        found = []
        for failure in answer.failures(row):
            key = failure.bound.column
            label = label_of(key)
            if failure.value is None or failure.amount is None:
                found.append(Reason(label, _("not known"), unknown=True))
            elif key == "industry":
                found.append(Reason(label, _("may not come here")))
            elif key == "place":
                found.append(Reason(label, _("lies elsewhere")))
            elif key == "water_class":
                found.append(Reason(label, show(key, failure.value, self.lang)))
            else:
                least = failure.bound.at_least is not None and failure.value < failure.bound.at_least
                missed = show_amount(key, failure.amount, self.lang, too_little=least)
                found.append(Reason(label, f"{self.value(key, failure.value)} ({missed})"))
        return tuple(found)


def number(value: float, lang: str) -> str:
    """A number as it is typed: without marks of thousands."""
    text = format(Decimal(str(value)).normalize(), "f")
    return text.replace(".", ",") if lang == "vi" else text


def _percent(distance: float) -> int:
    return round(100 * (1 - min(max(float(distance), 0.0), 1.0)))


def industry_name(code: str) -> str:
    from ..rules.industries import DIVISIONS

    return f"{code} · {DIVISIONS[code]}" if code in DIVISIONS else code


def answer_to(question: Question, user: Any, lang: str, *, public: bool = False, groups: bool = True) -> Result:
    """Answer a question with the land that `user` may see as it stands today."""
    return _answered(question, plot_table.land_for(user, public=public), lang, groups)


def starting_answer(question: Question, user: Any, lang: str) -> Result:
    """The answer to everybody's first question, with public land: kept as long as the land is."""
    land = plot_table.land_for(user, public=True)
    return land.remembered(
        (str(question.as_json()), lang, get_language()), lambda: _answered(question, land, lang, groups=True)
    )


def answer_for(question: Question, plots: Collection[int], lang: str) -> Result:
    """The answer for some public plots only, to set them side by side: nothing else is read."""
    land = plot_table.read(None, timezone.localdate(), only=plots)
    return _answered(question, land, lang, groups=False)


def _answered(question: Question, land: Land, lang: str, groups: bool) -> Result:
    table = plot_table.table_for(land, question)
    # As on the day of the question, so that it is always answered by the same bounds.
    bounds, doubt = house.wish_bounds(question.asked_on), house.doubt(question.asked_on)
    requirements = question.requirements(bounds, doubt.weights)
    answer = match(table, requirements)
    joined = None
    # Two plots are worth joining only where more land is needed than one has.
    if groups and "area" in question.least and 0 < len(land.pairs) <= ADJACENT:
        joined = combine(table, requirements, land.pairs)
    return Result(question, land, answer, lang, joined)


@dataclass(frozen=True)
class Cell:
    text: str
    tone: str = ""  # good: the best of those compared; bad: fails what is asked; unknown
    note: str = ""


@dataclass(frozen=True)
class Line:
    label: str
    asked: str
    cells: tuple[Cell, ...]


def compared(result: Result, plots: list[int]) -> list[Line]:
    """Some plots side by side, a line a criterion: first what is asked or weighed, then what else is known."""
    answer, table = result.answer, result.answer.table
    row_of = {int(pk): r for r, pk in enumerate(table.ids.tolist())}
    rows = [row_of[pk] for pk in plots]
    bounds = {b.column: b for b in answer.requirements.hard}
    order = sorted(CRITERIA, key=lambda k: k not in answer.requirements.columns and k != "area")
    lines = []
    for key in [*(k for k in ("industry", "water_class") if k in bounds), *order]:
        values = [float(table.column(key).values[r]) for r in rows]
        if all(v != v for v in values) and key not in bounds:
            continue
        texts = [_told(result, key, value) if value == value else "" for value in values]
        best = best_of(key, values, texts)
        cells = []
        for row, value, text in zip(rows, values, texts, strict=True):
            failure = next((f for f in answer.failures(row) if f.bound.column == key), None)
            if value != value:
                cells.append(Cell(_("not known"), "unknown"))
                continue
            tone = "bad" if failure is not None else "good" if text == best else ""
            cells.append(Cell(text, tone, _note(result, key, int(table.ids[row]))))
        lines.append(Line(label_of(key), result.asked(bounds[key]) if key in bounds else "", tuple(cells)))
    return lines


def _told(result: Result, key: str, value: float) -> str:
    return result.value(key, value) if key in CRITERIA or key == "water_class" else show(key, value, result.lang)


def best_of(key: str, values: list[float], texts: list[str]) -> str | None:
    """The best of some values, as people read it; None where they read alike or none is better than another."""
    known = [(value, text) for value, text in zip(values, texts, strict=True) if value == value]
    if key not in CRITERIA or CRITERIA[key].better == "near" or len({text for _value, text in known}) < 2:
        return None
    return (max if CRITERIA[key].better == "more" else min)(known)[1]


def _note(result: Result, key: str, plot: int) -> str:
    if key in DISTANCES:
        return _("by road") if (key, plot) in result.land.measured else _("straight line")
    if key in result.land.known:
        day = result.land.known[key].get(plot)
        return _("as of %(day)s") % {"day": day_written(day)} if day else _("age not known")
    return ""
