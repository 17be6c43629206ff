"""Places in a text: countries, localities of Vietnam and abroad, regions.

Head words first ("tỉnh X" is a place whatever X is), then known names that stand alone, then names that the text has
used with a head before. What each place is, is decided from right to left, since its country follows it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from diemtua.sources.reader.lexicon import Lexicon
from diemtua.sources.reader.places import bare, heads, repeats
from diemtua.sources.reader.places.identify import identify
from diemtua.sources.reader.places.scene import Scene
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

__all__ = ["find"]


def find(
    view: View,
    on: datetime.date | None = None,
    home: str | None = None,
    lexicon: Lexicon | None = None,
    values: Iterable[Found] = (),
) -> list[Found]:
    """COUNTRY, VN_LOCALITY, FOREIGN_LOCALITY and REGION in reading order, none overlapping another.

    `on`: the day of the document, by which a city is a province or not. `home`: the province whose paper it is.
    `values`: dates, money and areas found already, whose words are no places ("đô la Mỹ").
    """
    scene = Scene.of(view, lexicon or Lexicon.load(), values)
    headed = list(heads.find(scene))
    alone = list(bare.find(scene))
    unknown = list(repeats.find_before_country(scene))
    again = list(repeats.find(scene, [*headed, *unknown]))
    sightings = sorted([*headed, *alone, *unknown, *again], key=lambda s: s.start)
    return identify(scene, sightings, on, home)
