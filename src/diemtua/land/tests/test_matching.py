"""Matching plots, held against plain ways of working out the same."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.land.matching import (
    Bound,
    Column,
    RequirementError,
    Requirements,
    Wish,
    certainty,
    combine,
    match,
    table_of,
    widened,
)

NAMES = ("area", "power", "rent", "port")
# Few different numbers, so that ties, edges and things not known come up often.
VALUE = st.one_of(st.none(), st.integers(0, 12).map(float))
QUICK = settings(max_examples=60, deadline=None)


@st.composite
def tables(draw, least=1, most=9):
    ids = draw(st.lists(st.integers(1, 99), min_size=least, max_size=most, unique=True))
    columns = {}
    for name in NAMES:
        values = [math.nan if v is None else v for v in draw(st.lists(VALUE, min_size=len(ids), max_size=len(ids)))]
        reach = np.array(draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, 3.0]), min_size=len(ids), max_size=len(ids))))
        column = np.array(values)
        columns[name] = Column(column, column - reach, column + reach)
    return table_of(ids, **columns)


@st.composite
def questions(draw, hard=True):
    bounds = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)) if hard else ():
        low = draw(st.one_of(st.none(), st.integers(0, 12).map(float)))
        high = draw(st.integers(int(low or 0), 14).map(float)) if low is None or draw(st.booleans()) else None
        bounds.append(Bound(name, low, high, firm=draw(st.booleans())))
    wishes = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1)):
        low = float(draw(st.integers(0, 5)))
        high = low + draw(st.integers(1, 8))
        ideal = draw(st.sampled_from([low, high, (low + high) / 2]))
        wishes.append(Wish(name, float(draw(st.integers(1, 5))), low, high, ideal))
    return Requirements(tuple(bounds), tuple(wishes))


def plainly(table, asked, row, values=None):
    """The score of one plot written out, without arrays."""
    total = 0.0
    for wish, weight in zip(asked.wishes, asked.weights, strict=True):
        value = (values or {}).get(wish.column, table.column(wish.column).values[row])
        if math.isnan(value):
            best = 0.0
            worst = max(wish.high - wish.ideal, wish.ideal - wish.low) / (wish.high - wish.low)
            total += weight * (best + worst) / 2
        else:
            value = min(max(value, wish.low), wish.high)
            total += weight * abs(value - wish.ideal) / (wish.high - wish.low)
    return total


def meets(bound, value):
    return (bound.at_least is None or value >= bound.at_least) and (bound.at_most is None or value <= bound.at_most)


@QUICK
@given(tables(), questions())
def test_scores_are_the_weighted_distances_from_the_ideal(table, asked):
    answer = match(table, asked)
    for row in range(len(table)):
        assert answer.scores.total[row] == pytest.approx(plainly(table, asked, row), abs=1e-12)
        assert answer.parts(row).sum() == pytest.approx(answer.scores.total[row], abs=1e-12)
        assert answer.scores.low[row] <= answer.scores.total[row] + 1e-12
        assert answer.scores.high[row] >= answer.scores.total[row] - 1e-12


@QUICK
@given(tables(), questions(), st.data())
def test_what_is_not_sure_stays_between_the_limits(table, asked, data):
    answer = match(table, asked)
    row = data.draw(st.integers(0, len(table) - 1))
    values = {}
    for name in NAMES:
        low, high = table.column(name).limits_at(np.array([row]))
        place = data.draw(st.sampled_from([0.0, 0.5, 1.0]))
        low, high = max(low[0], -99.0), min(high[0], 99.0)
        values[name] = low + place * (high - low)
    score = plainly(table, asked, row, values)
    assert answer.scores.low[row] - 1e-9 <= score <= answer.scores.high[row] + 1e-9


@QUICK
@given(tables(least=2), tables(), questions())
def test_a_plot_more_never_reorders_the_others(table, more, asked):
    """What rank reversal would be: with plots added or taken away, those that stay keep order and score."""
    names = {n: Column(np.concatenate([table.column(n).values, more.column(n).values])) for n in NAMES}
    plain = table_of(list(table.ids), **{n: Column(table.column(n).values) for n in NAMES})
    larger = table_of([*table.ids, *(more.ids + 1000)], **names)
    before, after = match(plain, asked), match(larger, asked)
    stay = [i for i in larger.ids[after.order] if i <= 99]
    assert stay == list(plain.ids[before.order])
    assert np.array_equal(after.scores.total[: len(plain)], before.scores.total)


@QUICK
@given(tables(), questions())
def test_why_not_names_every_requirement_and_the_amount(table, asked):
    answer = match(table, asked)
    for row in range(len(table)):
        failures = {f.bound.column: f for f in answer.failures(row)}
        for bound in asked.hard:
            value = table.column(bound.column).values[row]
            failure = failures.pop(bound.column, None)
            if math.isnan(value):
                assert failure is not None
                assert failure.value is None
                assert failure.amount is None
            elif meets(bound, value):
                assert failure is None
            else:
                assert failure.value == value
                near = value + failure.amount if value < (bound.at_least or -1) else value - failure.amount
                assert meets(bound, near)
        assert not failures
        known = all(not math.isnan(table.column(b.column).values[row]) for b in asked.hard)
        missed = sum(f.value is not None for f in answer.failures(row))
        assert answer.fit.fits[row] == (known and not missed)
        assert answer.fit.possible[row] == (not known and not missed)
    for k, bound in enumerate(asked.hard):
        alone = sum([f.bound for f in answer.failures(r)] == [bound] and answer.fit.known[r] for r in range(len(table)))
        assert answer.only[k] == alone


@QUICK
@given(tables(), questions())
def test_the_smallest_change_is_enough_and_nothing_less_is(table, asked):
    answer = match(table, asked)
    costs: dict[bool, list[float]] = {True: [], False: []}
    for row in range(len(table)):
        failures = [f for f in answer.failures(row) if f.amount is not None]
        if failures and not any(f.bound.firm for f in failures):
            costs[bool(answer.fit.known[row])].append(sum(f.amount / f.bound.measure for f in failures))
    expected = costs[True] or costs[False]
    if not expected:
        assert answer.changes == ()
        return
    assert answer.changes[0].cost == pytest.approx(min(expected))
    for change in answer.changes:
        assert change.certain == bool(costs[True])
        then = match(table, asked.with_bounds(new for _, new in change.bounds))
        fits = [a.fit.fits if change.certain else a.fit.possible for a in (answer, then)]
        assert fits[1][change.row]
        assert fits[1].sum() == fits[0].sum() + change.plots
        assert not any(old.firm for old, _ in change.bounds)


@QUICK
@given(tables(), questions(), st.randoms())
def test_the_order_of_rows_changes_nothing(table, asked, rnd):
    rows = list(range(len(table)))
    rnd.shuffle(rows)
    one, other = match(table, asked), match(table.take(rows), asked)
    assert list(table.ids[one.order]) == list(other.table.ids[other.order])
    shares = [{int(a.table.ids[r]): s for r, s in a.certainty.first} for a in (one, other)]
    assert shares[0] == pytest.approx(shares[1])


@QUICK
@given(tables(least=2, most=7), questions())
def test_no_plot_that_can_be_first_is_put_aside(table, asked):
    """Certainty with and without putting aside those that another beats everywhere."""
    answer = match(table, asked)
    if not len(answer.fitting):
        assert answer.certainty.first == ()
        return
    sure = answer.certainty
    every = certainty.shares(table, asked, answer.scores, answer.fitting)
    assert dict(sure.first) == pytest.approx({int(r): s for r, s in zip(answer.fitting, every, strict=True) if s > 0})
    assert sum(s for _, s in sure.first) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("one", "other"), [((0.2, 0.6), (0.5, 0.35)), ((0.1, 0.9), (0.8, 0.3)), ((0.3, 0.5), (0.5, 0.31))]
)
def test_the_share_is_what_a_square_of_weights_says(one, other):
    """Two plots, two wishes: the first wins where x(a1-b1) + y(a2-b2) < 0, and the share is an area."""
    table = table_of([1, 2], a=[one[0], other[0]], b=[one[1], other[1]])
    asked = Requirements((), (Wish("a", 1, 0, 1, 0), Wish("b", 1, 0, 1, 0)), spread=0.5)
    x, y = np.meshgrid(*[np.linspace(0.5, 1.5, 2001)] * 2)
    area = np.mean(x * (one[0] - other[0]) + y * (one[1] - other[1]) < 0)
    assert match(table, asked).certainty.share(0) == pytest.approx(area, abs=0.01)


def test_the_share_counts_what_is_not_known():
    """One plot is known to lie at a third; of the other nothing is known: it is nearer in a third of all cases."""
    table = table_of([1, 2], a=[1 / 3, None])
    asked = Requirements((), (Wish("a", 1, 0, 1, 0),))
    sure = match(table, asked).certainty
    assert sure.share(0) == pytest.approx(2 / 3, abs=0.01)
    assert sure.share(1) == pytest.approx(1 / 3, abs=0.01)


def test_a_weight_tips_the_ranking_where_it_is_said_to():
    table = table_of([1, 2], near=[0.2, 0.5], cheap=[0.6, 0.1])
    asked = Requirements((), (Wish("near", 2, 0, 1, 0), Wish("cheap", 1, 0, 1, 0)))
    answer = match(table, asked)
    assert list(answer.order) == [0, 1]
    for tip in answer.certainty.tipping:
        for nudge, first in ((0.999, 0), (1.001, 1)):
            factor = 1 + (tip.factor - 1) * nudge
            wishes = list(asked.wishes)
            old = wishes[tip.wish]
            wishes[tip.wish] = Wish(old.column, old.weight * factor, old.low, old.high, old.ideal)
            assert match(table, Requirements((), tuple(wishes))).order[0] == first
    assert len(answer.certainty.tipping) == 2


def test_tipping_is_found_behind_the_leading_plots_too():
    rnd = np.random.default_rng(5)
    table = table_of(range(1, 5001), **{n: Column(rnd.random(5000)) for n in "abc"})
    asked = Requirements((), tuple(Wish(n, w, 0, 1, 0) for n, w in zip("abc", (5, 1, 1), strict=True)))
    answer = match(table, asked)
    few = certainty.tipping_points(asked, answer.scores, answer.leading(3), answer.fitting)
    every = certainty.tipping_points(asked, answer.scores, answer.order, answer.fitting)
    assert few == every
    assert few


def together(table, asked, members):
    """A combination's values written out: hectares add up, power is the least, rent is averaged, ports by the worst."""
    rows = list(members)
    area = table.column("area").values[rows]
    found = {
        "area": area.sum(),
        "power": table.column("power").values[rows].min(),
        "port": table.column("port").values[rows].max(),
    }
    rent = table.column("rent").values[rows]
    found["rent"] = (rent * area).sum() / area.sum() if area.sum() > 0 else rent.mean()
    return all(meets(b, found[b.column]) for b in asked.hard)


@QUICK
@given(tables(least=2, most=6), questions(), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_combinations_are_all_the_smallest_that_fit(table, asked, links):
    merges = {"area": "sum", "power": "min", "rent": "mean", "port": "max"}
    filled = {n: Column(np.nan_to_num(table.column(n).values, nan=5.0), merge=m) for n, m in merges.items()}
    table = table_of(list(table.ids), **filled)
    n = len(table)
    links = [(a % n, b % n) for a, b in links if a % n != b % n]
    found = combine(table, asked, [(table.ids[a], table.ids[b]) for a, b in links])

    def connected(members):
        reached, waiting = {members[0]}, [members[0]]
        while waiting:
            at = waiting.pop()
            for a, b in links:
                for x, y in ((a, b), (b, a)):
                    if x == at and y in members and y not in reached:
                        reached.add(y)
                        waiting.append(y)
        return len(reached) == len(members)

    expected = []
    for size in (2, 3, 4):
        for members in itertools.combinations(range(n), size):
            smaller = [c for s in range(1, size) for c in itertools.combinations(members, s) if connected(c)]
            if connected(members) and together(table, asked, members):
                if not any(together(table, asked, c) for c in smaller):
                    expected.append(frozenset(members))
    assert found.complete
    assert sorted(map(sorted, found.members)) == sorted(map(sorted, expected))
    assert len(found.answer.fitting) == len(expected)


def test_combinations_of_which_something_is_not_known_may_fit():
    table = table_of(
        [1, 2, 3],
        area=Column(np.array([4.0, 4.0, np.nan]), merge="sum"),
        power=Column(np.array([9.0, np.nan, 9.0])),
    )
    asked = Requirements((Bound("area", at_least=8.0), Bound("power", at_least=5.0)))
    found = combine(table, asked, [(1, 2), (2, 3), (1, 3)])
    assert found.members == ((0, 1),)
    assert found.answer.fitting.tolist() == []
    assert found.answer.possible.tolist() == [0]
    assert [f.bound.column for f in found.answer.failures(0)] == ["power"]


def test_combining_ends_when_its_budget_does():
    n = 300
    table = table_of(range(n), area=Column(np.full(n, 1.0), merge="sum"))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, min(a + 20, n))]
    found = combine(table, Requirements((Bound("area", at_least=50.0),)), pairs, budget=500)
    assert not found.complete
    assert found.members == ()


def test_old_values_may_have_moved():
    low, high = widened(
        np.array([100.0, 100.0, 100.0, np.nan]),
        np.array([10.0, 365.0 + 365.0, np.nan, 5.0]),
        fresh_days=365,
        per_year=0.1,
    )
    assert low[:3].tolist() == pytest.approx([100.0, 90.0, 90.0])
    assert high[:3].tolist() == pytest.approx([100.0, 110.0, 110.0])
    assert np.isnan(low[3])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bound("area"),
        lambda: Bound("area", 5, 4),
        lambda: Bound("area", math.nan),
        lambda: Bound("area", 1, scale=0),
        lambda: Wish("area", -1, 0, 1, 0),
        lambda: Wish("area", 1, 1, 1, 1),
        lambda: Wish("area", 1, 0, 1, 2),
        lambda: Requirements((Bound("area", 1), Bound("area", 2))),
        lambda: Requirements(spread=1.0),
    ],
)
def test_contradictions_are_refused(make):
    with pytest.raises(RequirementError):
        make()


def test_nothing_asked_and_nothing_there():
    empty = match(table_of([]), Requirements())
    assert empty.certainty.first == ()
    assert empty.changes == ()
    assert empty.leading().tolist() == []
    everything = match(table_of([3, 1], area=[1, 2]), Requirements())
    assert everything.table.ids[everything.order].tolist() == [1, 3]
    with pytest.raises(ValueError, match="twice"):
        table_of([1, 1])
