"""Matching plots: how long an answer with its explanation and certainty takes, against bare NumPy and pymcdm.

python -m bench.land    prints its rows as JSON; one core: run it with OPENBLAS_NUM_THREADS=1, as `python -m bench` does

pymcdm (A. Kizielewicz, A. Shekhovtsov, W. Sałabun) is compared where it can be imported; it is no dependency.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from diemtua.land.matching import Answer, Bound, Column, PlotTable, Requirements, Wish, combine, match, widened

PLOTS, CRITERIA, HARD = 100_000, 20, 10
SHOWN = 50


def plots(n: int, *, gaps: bool = True, seed: int = 1) -> PlotTable:
    """`n` plots by 20 criteria. With `gaps`: of every fourth criterion 3 % is missing, and every fourth is up to
    two and a half years old."""
    rnd = np.random.default_rng(seed)
    columns = {}
    for j in range(CRITERIA):
        values, low, high = rnd.random(n), None, None
        if gaps and j % 4 == 1:
            values[rnd.random(n) < 0.03] = np.nan
        if gaps and j % 4 == 2:
            low, high = widened(values, rnd.random(n) * 900, fresh_days=183, per_year=0.15)
        columns[f"c{j}"] = Column(values, low, high, "sum" if j == 0 else "min")
    table = PlotTable(np.arange(1, n + 1), columns)
    for column in columns.values():  # what is worked out once a table, not once a question
        assert column.missing is not None
        assert column.limits is None or len(column.limits) == 2
    return table


def question() -> Requirements:
    """Ten requirements that some plots fail, twenty wishes; of the ideals half are ends of their bounds."""
    hard = tuple(Bound(f"c{j}", at_least=0.1) for j in range(HARD))
    ideals = (0.0, 1.0, 0.3, 1.0)
    return Requirements(hard, tuple(Wish(f"c{j}", 1 + j % 5, 0, 1, ideals[j % 4]) for j in range(CRITERIA)))


def everything(table: PlotTable, asked: Requirements) -> Answer:
    """All that a page shows: who fits, scores and their parts, why not, the smallest change, certainty."""
    answer = match(table, asked)
    for row in answer.leading(SHOWN):
        answer.parts(int(row))
    for row in answer.nearest(SHOWN):
        answer.failures(int(row))
    assert answer.certainty.first
    assert answer.changes
    assert len(answer.only) == HARD
    return answer


def bare(table: PlotTable, asked: Requirements) -> Callable[[], Any]:
    """The same scores and nothing else, as one would write them in NumPy: what is not known counts half."""
    matrix = np.stack([table.column(w.column).values for w in asked.wishes], axis=1).copy()
    low, high, ideal = (np.array([getattr(w, n) for w in asked.wishes]) for n in ("low", "high", "ideal"))
    weights = np.array(asked.weights)
    middle = np.maximum(high - ideal, ideal - low) / (high - low) / 2
    some = bool(np.isnan(matrix).any())

    def call() -> Any:
        distances = np.abs(matrix - ideal) / (high - low)
        if some:
            distances = np.where(np.isnan(distances), middle, distances)
        return distances @ weights

    assert np.abs(call() - match(table, asked).scores.total).max() < 1e-9
    return call


def took(*calls: Callable[[], Any], repeat: int) -> list[float]:
    """Median milliseconds of each, called in turn so that a busy moment of the machine falls on all of them."""
    times: list[list[float]] = [[] for _ in calls]
    for n in range(repeat + 2):
        for call, own in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            if n > 1:  # the first two do not count
                own.append((time.perf_counter() - start) * 1000)
    return [statistics.median(own) for own in times]


def grid(side: int) -> list[tuple[int, int]]:
    """Plots laid out in rows: each beside the next and below the one above, by their ids."""
    ids = np.arange(1, side * side + 1).reshape(side, side)
    across = zip(ids[:, :-1].ravel().tolist(), ids[:, 1:].ravel().tolist(), strict=True)
    down = zip(ids[:-1].ravel().tolist(), ids[1:].ravel().tolist(), strict=True)
    return [*across, *down]


def rows(repeat: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(name: str, value: float, unit: str, target: float | None = None, floor: float | None = None) -> None:
        ratio = round(value / floor, 2) if floor else None
        exact = float(f"{value:.4g}")
        found.append(
            {
                "name": name,
                "engine": "numpy",
                "rows": PLOTS,
                "value": exact,
                "unit": unit,
                "target": target,
                "floor": None if floor is None else round(floor, 3),
                "ratio": ratio,
            }
        )
        print(f"  {name}: {exact:g} {unit}", file=sys.stderr, flush=True)

    asked, table = question(), plots(PLOTS)
    twice = plots(2 * PLOTS)
    whole, floor, doubled = took(
        lambda: everything(table, asked), bare(table, asked), lambda: everything(twice, asked), repeat=repeat
    )
    add("matching with explanation and certainty", whole, "ms", 100, floor)
    add("matching against bare NumPy", whole / floor, "x bare", 3)
    full = plots(PLOTS, gaps=False)
    complete, floor = took(lambda: everything(full, asked), bare(full, asked), repeat=repeat)
    add("matching where everything is known", complete, "ms", 100, floor)
    add("matching twice as many plots", doubled / whole, "x time", 2.4)
    more = Requirements((Bound("c0", at_least=1.6), *asked.hard[1:]), asked.wishes)
    some, pairs = plots(10_000), grid(100)
    (joined,) = took(lambda: combine(some, more, pairs), repeat=repeat)
    add("matching groups of adjacent plots, 10,000 plots", joined, "ms", 1000)
    against_pymcdm(full, asked, repeat, add)
    return found


def against_pymcdm(table: PlotTable, asked: Requirements, repeat: int, add: Callable[..., None]) -> None:
    """The same scores by pymcdm's SPOTIS, where it is there."""
    try:
        from pymcdm.methods import SPOTIS
    except ImportError:
        print("  pymcdm is not there: not compared", file=sys.stderr)
        return
    matrix = np.stack([table.column(w.column).values for w in asked.wishes], axis=1).copy()
    bounds = np.array([(w.low, w.high) for w in asked.wishes])
    weights, types = np.array(asked.weights), np.ones(len(asked.wishes))
    theirs = SPOTIS(bounds, esp=np.array([w.ideal for w in asked.wishes]))
    scores = theirs(matrix, weights, types)
    add(
        "matching: largest difference from pymcdm",
        float(np.abs(scores - match(table, asked).scores.total).max()),
        "",
        1e-9,
    )
    add("matching: pymcdm's scores alone", took(lambda: theirs(matrix, weights, types), repeat=repeat)[0], "ms")


def main() -> int:
    print(json.dumps(rows(5 if "--quick" in sys.argv else 21)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
