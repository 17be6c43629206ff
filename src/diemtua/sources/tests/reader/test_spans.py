"""Which of several clashing mentions are kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from diemtua.sources.reader import facts
from diemtua.sources.reader.spans import Found, resolve


def kinds(found: list[Found]) -> list[tuple[str, int, int, bool]]:
    return [(f.type, f.start, f.end, f.nested) for f in found]


def test_the_longer_of_two_that_cross_is_kept():
    assert kinds(resolve([Found(facts.ORG, 0, 10), Found(facts.COUNTRY, 8, 12)])) == [(facts.ORG, 0, 10, False)]


def test_a_place_inside_an_organisation_is_nested_and_a_date_is_not_kept():
    found = [Found(facts.ORG, 0, 20), Found(facts.VN_LOCALITY, 10, 20), Found(facts.DATE, 2, 6)]
    assert kinds(resolve(found)) == [(facts.ORG, 0, 20, False), (facts.VN_LOCALITY, 10, 20, True)]


def test_of_one_span_one_type_is_believed():
    assert kinds(resolve([Found(facts.PERSON, 3, 9), Found(facts.PARK, 3, 9)])) == [(facts.PARK, 3, 9, False)]


SPANS = st.builds(
    lambda kind, start, size: Found(kind, start, start + size),
    st.sampled_from(facts.KINDS),
    st.integers(0, 60),
    st.integers(0, 20),
)


@given(st.lists(SPANS, max_size=40))
def test_what_is_kept_never_crosses(found):
    kept = resolve(found)
    assert kept == sorted(kept, key=lambda f: (f.start, -f.end))
    for one in kept:
        for other in kept:
            apart = one.end <= other.start or other.end <= one.start
            inside = (one.start <= other.start and other.end <= one.end) or (
                other.start <= one.start and one.end <= other.end
            )
            assert one is other or apart or inside
    assert resolve(kept) == kept
