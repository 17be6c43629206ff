"""An illustrative plan of a park: no plan of land is public, so one is drawn, always the same for the same name.

It looks like the parks of the region (a grid of roads, large plots at the main axis, smaller ones behind, a green
strip around) and lies inside the commune. It is no fact about any park, and nothing is ever counted from it.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import shapely
from shapely import affinity

from .measuring import Flat

if TYPE_CHECKING:
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

MARK = "MH"  # minh họa: every number of an illustrative plot begins so
MARGIN, GREEN, ROAD, AXIS = 120.0, 20.0, 24.0, 46.0  # metres
BLOCK_WIDTH, BLOCK_DEPTH = 460.0, 280.0
SMALLEST_HA = 0.6
ASPECT = 1.7


@dataclass(frozen=True)
class IllustrativePlan:
    """The outline of a park and its plots (number, polygon), in longitude and latitude."""

    outline: Polygon
    plots: list[tuple[str, Polygon]]


def draw(within: BaseGeometry, area_ha: float, seed: str) -> IllustrativePlan:
    """A plan of about `area_ha` hectares inside a commune (longitude and latitude).

    Smaller where the commune has no room for it. The same arguments always give the same plan. Raises ValueError
    where nothing fits at all.
    """
    chance = random.Random(seed)
    flat = Flat.around([within])
    ground = _largest(shapely.buffer(flat.to_metres(within), -MARGIN))
    angle = _direction(ground)
    turned = affinity.rotate(ground, -angle, origin=(0, 0))
    outline = _outline(turned, area_ha * 10_000, chance)
    plots = _plots(outline, chance)
    if not plots:
        raise ValueError("no plot fits")

    def back(shape: Polygon) -> Polygon:
        found = flat.to_degrees(affinity.rotate(shape, angle, origin=(0, 0)))
        return shapely.transform(found, lambda points: points.round(7))

    return IllustrativePlan(back(outline), [(code, back(p)) for code, p in plots])


def _largest(shape: BaseGeometry) -> Polygon:
    parts = [g for g in (shape.geoms if hasattr(shape, "geoms") else [shape]) if g.geom_type == "Polygon"]
    if not parts or all(p.is_empty for p in parts):
        raise ValueError("no room")
    return max(parts, key=lambda p: p.area)


def _direction(ground: Polygon) -> float:
    """The direction of the longer side of the ground, in degrees between -45 and 45."""
    corners = list(shapely.minimum_rotated_rectangle(ground).exterior.coords)
    a, b = max(pairwise(corners), key=lambda side: math.dist(*side))
    return (math.degrees(math.atan2(b[1] - a[1], b[0] - a[0])) + 45) % 90 - 45


def _outline(ground: Polygon, area: float, chance: random.Random) -> Polygon:
    """A block of land of this area around the middle of the ground, cut to it."""
    center = shapely.get_point(shapely.maximum_inscribed_circle(ground, tolerance=50), 0)
    aspect = ASPECT * chance.uniform(0.85, 1.15)
    low, high = 0.2, 6.0
    best = None
    for _step in range(30):
        scale = (low + high) / 2
        width, depth = math.sqrt(area * aspect) * scale, math.sqrt(area / aspect) * scale
        box = shapely.box(center.x - width / 2, center.y - depth / 2, center.x + width / 2, center.y + depth / 2)
        best = _largest(shapely.intersection(box, ground))
        low, high = (scale, high) if best.area < area else (low, scale)
    assert best is not None
    return _largest(shapely.make_valid(best.simplify(15)))


def _plots(outline: Polygon, chance: random.Random) -> list[tuple[str, Polygon]]:
    inner = shapely.buffer(outline, -GREEN)
    if inner.is_empty:
        return []
    x1, y1, x2, y2 = inner.bounds
    middle = (y1 + y2) / 2
    columns = max(1, round((x2 - x1) / (BLOCK_WIDTH + ROAD)))
    width = (x2 - x1 - ROAD * (columns - 1)) / columns
    bands = _bands(y1, y2, middle)
    plots: list[tuple[str, Polygon]] = []
    for row, (bottom, top) in enumerate(bands):
        letter = chr(ord("A") + row % 26)
        number = 0
        for column in range(columns):
            left = x1 + column * (width + ROAD)
            block = shapely.box(left, bottom, left + width, top)
            near = abs((bottom + top) / 2 - middle) < BLOCK_DEPTH
            for cell in _cells(block, near, chance):
                part = shapely.intersection(cell, inner)
                for piece in part.geoms if hasattr(part, "geoms") else [part]:
                    if piece.geom_type != "Polygon" or piece.area < SMALLEST_HA * 10_000 or not _compact(piece):
                        continue
                    number += 1
                    plots.append((f"{MARK}-{letter}{number:02d}", piece))
    return plots


def _bands(y1: float, y2: float, middle: float) -> list[tuple[float, float]]:
    """Rows of blocks from top to bottom, with the main axis through the middle."""
    bands = []
    for start, end, sign in ((middle + AXIS / 2, y2, 1), (middle - AXIS / 2, y1, -1)):
        length = abs(end - start)
        count = max(1, round(length / (BLOCK_DEPTH + ROAD)))
        depth = (length - ROAD * (count - 1)) / count
        for i in range(count):
            a = start + sign * i * (depth + ROAD)
            b = a + sign * depth
            bands.append((min(a, b), max(a, b)))
    return sorted(bands, reverse=True)


def _cells(block: Polygon, near: bool, chance: random.Random) -> list[Polygon]:
    """A block as one large plot, a few, or two rows of small ones with their backs to each other."""
    x1, y1, x2, y2 = block.bounds
    kind = chance.choices(("whole", "halves", "rows"), (3, 5, 2) if near else (1, 3, 5))[0]
    if kind == "whole":
        return [block]
    if kind == "halves":
        cut = x1 + (x2 - x1) * chance.choice((0.4, 0.5, 0.6))
        return [shapely.box(x1, y1, cut, y2), shapely.box(cut, y1, x2, y2)]
    count = chance.choice((3, 4))
    step, half = (x2 - x1) / count, (y1 + y2) / 2
    rows = ((half, y2), (y1, half))
    return [shapely.box(x1 + i * step, a, x1 + (i + 1) * step, b) for a, b in rows for i in range(count)]


def _compact(piece: Polygon) -> bool:
    """No sliver at a crooked border."""
    x1, y1, x2, y2 = piece.bounds
    return piece.area > 0.55 * (x2 - x1) * (y2 - y1) and min(x2 - x1, y2 - y1) > 45
