"""From coordinates of a file to areas; what every kind of file shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from diemtua.register.tabular.files import Sentence, Unreadable

from ..drawing import MOST_POINTS, MOST_SHAPES, Shape, Skipped

MOST_LETTERS = 300
# Ends of a line that lie this near to each other, in parts of its length, are one point.
CLOSES_WITHIN = 1e-5


class NoArea(Exception):
    """An object that is no area; the sentence says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Collector:
    """Gathers shapes and what was skipped, and stops files that are too large."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self.skipped: list[Skipped] = []
        self.points = 0
        self.number = 0

    def next(self) -> int:
        """Number of the next object of the file."""
        self.number += 1
        if self.number > MOST_SHAPES:
            raise Unreadable(
                "too_big",
                format_lazy(
                    _("The file has more than {limit} objects. Please keep the plots only, or split the file."),
                    limit=MOST_SHAPES,
                ),
            )
        return self.number

    def ring(self, points: Any, *, closed: bool = True) -> np.ndarray:
        """n × 2 finite numbers of one ring. Raises NoArea; Unreadable when the file has too many points.

        `closed`: the kind of object promises that it closes; otherwise (a line) its ends must meet.
        """
        try:
            array = np.asarray([p[:2] for p in points], dtype=np.float64)
        except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise NoArea(_("Its coordinates are not numbers.")) from error
        if array.ndim != 2 or array.shape[1] != 2:
            raise NoArea(_("Its coordinates are not pairs of numbers."))
        self.points += len(array)
        if self.points > MOST_POINTS:
            raise Unreadable(
                "too_big",
                format_lazy(
                    _("The file has more than {limit} points. Please simplify the outlines, or split the file."),
                    limit=MOST_POINTS,
                ),
            )
        if not np.isfinite(array).all():
            raise NoArea(_("Its coordinates are not numbers."))
        if not closed and len(array) > 1:
            steps = np.hypot(*np.diff(array, axis=0).T).sum()
            gap = float(np.hypot(*(array[0] - array[-1])))
            if gap > CLOSES_WITHIN * steps:
                raise NoArea(_("It is a line whose ends do not meet."))
        if len(np.unique(array, axis=0)) < 3:
            raise NoArea(_("It has fewer than three corners."))
        return array

    def polygon(self, rings: Sequence[Any], *, closed: bool = True) -> shapely.Polygon:
        """A polygon of an outer ring and holes, as it is drawn (it may cross itself)."""
        if not rings:
            raise NoArea(_("It has no coordinates."))
        return shapely.Polygon(self.ring(rings[0], closed=closed), [self.ring(r) for r in rings[1:]])

    def add(
        self, number: int, polygons: Sequence[shapely.Polygon], properties: dict[str, str], layer: str = ""
    ) -> None:
        """Keep an area of one or several polygons."""
        geometry = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
        self.shapes.append(Shape(number, geometry, properties, layer))

    def skip(self, number: int, sentence: Sentence) -> None:
        """Remember that an object is no area."""
        self.skipped.append(Skipped(number, sentence))


def texts(pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Properties as short texts; what is no plain value is left out."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        text = f"{value:.15g}" if isinstance(value, float) else str(value)
        found[str(key)[:60]] = " ".join(text.replace("\0", "").split())[:MOST_LETTERS]
    return found
