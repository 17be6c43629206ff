"""What is wrong with outlines: each by itself, and each against its neighbours."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.numbers import format_number

from .measuring import Flat, area_ha

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# House rules of this check, not law: what two surveys of one plot may differ by is not for a program to say.
AREA_TOLERANCE = 0.01  # of the stated area
OVERLAP_M2, OVERLAP_SHARE = 1.0, 0.0001  # both must be passed: below is rounding of coordinates
# Neighbours are looked at in pieces, and so many pairs at most: shapes that all lie on top of each other are no plan.
PIECE, MOST_PAIRS = 200, 200_000
MOST_FINDINGS = 12  # of one shape; whoever mends these finds the others next time
GAP_WIDTH_M, GAP_M2 = 3.0, 1.0  # a strip wider than this is a road or a ditch, and meant


class Level(enum.IntEnum):
    """How much a finding weighs: a note is for knowing, a warning is to be confirmed, an error to be mended."""

    NOTE = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, with where (longitude, latitude)."""

    code: str
    level: Level
    sentence: str
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class Candidate:
    """An outline in WGS 84 that wants to be checked.

    `label`: what people call it; `stated_ha`: the area that papers give; `kept`: it stands in the register
    already and is only looked at for overlaps; `whole`: it is the outline of the park around the plots.
    """

    label: str
    geometry: BaseGeometry
    stated_ha: float | None = None
    kept: bool = False
    whole: bool = False


@dataclass
class Checked:
    """A candidate with its area (None where it cannot be told) and what was found."""

    candidate: Candidate
    area_ha: float | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The weight of the worst finding, 0 for none."""
        return max((f.level for f in self.findings), default=0)


def check(candidates: Sequence[Candidate]) -> list[Checked]:
    """Every candidate with all that is wrong with it, in their order. Time: n log n in plots."""
    checked = [_alone(c) for c in candidates]
    sound = [c for c in checked if c.area_ha is not None]
    if sound:
        flat = Flat.around([c.candidate.geometry for c in sound])
        shapes = flat.to_metres(np.array([c.candidate.geometry for c in sound], dtype=object))
        plots = [i for i, c in enumerate(sound) if not c.candidate.whole]
        wholes = [i for i, c in enumerate(sound) if c.candidate.whole]
        _overlaps([sound[i] for i in plots], shapes[plots], flat)
        _gaps([sound[i] for i in plots], shapes[plots], flat)
        for i in wholes:
            _outside([sound[j] for j in plots], shapes[plots], shapes[i], flat)
    return checked


def number(value: float, places: int = 2) -> str:
    """A number for a sentence, in the reader's language."""
    return format_number(round(float(value), places), places=places)


def place(at: tuple[float, float]) -> str:
    """A point for a sentence: 20,531234°N 106,563210°E with the reader's decimal sign."""
    return f"{number(at[1], 6)}°N {number(at[0], 6)}°E"


# --- each by itself -------------------------------------------------------------------------------

_REASONS = {
    "Self-intersection": gettext_lazy("The outline crosses itself at {place}. Please draw it again there."),
    "Ring Self-intersection": gettext_lazy("The outline touches itself at {place}. Please draw it again there."),
    "Hole lies outside shell": gettext_lazy("A hole lies outside of its plot, at {place}. Please remove it."),
    "Holes are nested": gettext_lazy("One hole lies within another, at {place}. Please remove one."),
    "Nested shells": gettext_lazy("One part lies within another, at {place}. Please remove one."),
    "Interior is disconnected": gettext_lazy("A hole cuts the plot into parts, at {place}. Please draw it again."),
    "Duplicate Rings": gettext_lazy("A ring is drawn twice, at {place}. Please remove one."),
}


def _alone(candidate: Candidate) -> Checked:
    checked = Checked(candidate)
    geometry = candidate.geometry
    bounds = geometry.bounds
    on_earth = np.isfinite(bounds).all() and max(map(abs, bounds[::2])) <= 180 and max(map(abs, bounds[1::2])) <= 90
    if geometry.is_empty or not on_earth:
        checked.findings.append(
            Finding("nowhere", Level.ERROR, _("Its coordinates lie nowhere on the earth. Choose another system."))
        )
        return checked
    if not geometry.is_valid:
        checked.findings.append(_crossing(geometry))
        return checked
    area = area_ha(geometry)
    if area <= 0.0001:  # one square metre
        checked.findings.append(Finding("no_area", Level.ERROR, _("It has no area. Please draw it again.")))
        return checked
    checked.area_ha = area
    if candidate.stated_ha and not candidate.kept and (finding := disagreement(area, candidate.stated_ha)):
        checked.findings.append(finding)
    return checked


def _crossing(geometry: BaseGeometry) -> Finding:
    reason = shapely.is_valid_reason(geometry)
    found = re.fullmatch(r"(.+?)\[(\S+) (\S+?)\]", reason)
    at = (float(found[2]), float(found[3])) if found else None
    sentence = _REASONS.get(found[1] if found else "", _REASONS["Self-intersection"])
    where = place(at) if at else "?"
    return Finding("crosses", Level.ERROR, str(sentence).format(place=where), at)


def disagreement(area: float, stated: float) -> Finding | None:
    """What to say when the drawn area (ha) is not the stated one; None when they agree within 1 %."""
    ratio = area / stated
    if abs(ratio - 1) <= AREA_TOLERANCE:
        return None
    values = {"drawn": number(area), "stated": number(stated), "percent": number(100 * (ratio - 1), 1)}
    for factor, unit in ((10_000, "m²"), (0.01, "km²")):
        # stated in square metres, the figure is ten thousand times too high
        if abs(ratio * factor - 1) <= 5 * AREA_TOLERANCE:
            sentence = _("Stated are %(stated)s ha, drawn are %(drawn)s ha: the stated area seems to be in %(unit)s.")
            return Finding("unit", Level.WARNING, sentence % {**values, "unit": unit})
    if ratio > 1:
        values["percent"] = f"+{values['percent']}"
    sentence = _("Drawn are %(drawn)s ha, stated are %(stated)s ha: %(percent)s %%. Check which is right.")
    return Finding("area", Level.WARNING, sentence % values)


# --- each against its neighbours ------------------------------------------------------------------


def _pairs(shapes: np.ndarray, **how: Any) -> tuple[np.ndarray, np.ndarray, int]:
    """Pairs (first < second) of shapes that touch or lie near each other, and how many shapes were looked at."""
    tree = shapely.STRtree(shapes)
    found: list[np.ndarray] = []
    count = start = 0
    for start in range(0, len(shapes), PIECE):
        pairs = tree.query(shapes[start : start + PIECE], **how)
        pairs[0] += start
        pairs = pairs[:, pairs[0] < pairs[1]]
        if count + pairs.shape[1] > MOST_PAIRS:
            break
        found.append(pairs)
        count += pairs.shape[1]
    else:
        start = len(shapes)
    first, second = np.concatenate(found, axis=1) if found else np.zeros((2, 0), dtype=int)
    return first, second, start


def _overlaps(checked: Sequence[Checked], shapes: np.ndarray, flat: Flat) -> None:
    if len(shapes) < 2:
        return
    first, second, looked_at = _pairs(shapes, predicate="intersects")
    for one in checked[looked_at:]:
        sentence = _("The shapes of this file lie on top of each other. Keep one shape for each plot.")
        one.findings.append(Finding("heap", Level.ERROR, sentence))
    common = shapely.intersection(shapes[first], shapes[second])
    sizes = shapely.area(common)
    smaller = np.minimum(shapely.area(shapes[first]), shapely.area(shapes[second]))
    for k in np.flatnonzero((sizes > OVERLAP_M2) & (sizes > OVERLAP_SHARE * smaller)):
        one, other = checked[first[k]], checked[second[k]]
        if one.candidate.kept and other.candidate.kept:
            continue
        point = flat.to_degrees(common[k].representative_point())
        at = (point.x, point.y)
        share = number(100 * sizes[k] / smaller[k], 1)
        for mine, theirs in ((one, other), (other, one)):
            if mine.candidate.kept or len(mine.findings) >= MOST_FINDINGS:
                continue
            sentence = _("It overlaps %(other)s by %(m2)s m² (%(share)s %% of the smaller one).")
            values = {"other": theirs.candidate.label, "m2": number(sizes[k], 0), "share": share}
            mine.findings.append(Finding("overlap", Level.WARNING, sentence % values, at))


def _gaps(checked: Sequence[Checked], shapes: np.ndarray, flat: Flat) -> None:
    """Strips between plots that are too narrow to be a road: outlines that should meet and do not."""
    if len(shapes) < 2:
        return
    half = GAP_WIDTH_M / 2
    # Only where two plots come near each other without meeting can there be a strip: the rest of a large
    # park is not looked at.
    first, second, looked_at = _pairs(shapes, predicate="dwithin", distance=GAP_WIDTH_M)
    if len(first) == 0 or looked_at < len(shapes):
        return
    tree = shapely.STRtree(shapes)
    alone = _closed(shapes, half)
    between = shapely.difference(
        _closed(shapely.union(shapes[first], shapes[second]), half),
        shapely.union(alone[first], alone[second]),
    )
    for k in np.flatnonzero(shapely.area(between) > GAP_M2):
        one, other = int(first[k]), int(second[k])
        # A third plot may fill what lies between two.
        strip = between[k]
        for filling in tree.query(strip, predicate="intersects"):
            if filling not in (one, other):
                strip = shapely.difference(strip, shapes[filling])
        size = float(shapely.area(strip))
        if size <= GAP_M2 or _at_corner(strip):
            continue
        point = flat.to_degrees(strip.representative_point())
        for mine, theirs in ((checked[one], checked[other]), (checked[other], checked[one])):
            if mine.candidate.kept or len(mine.findings) >= MOST_FINDINGS:
                continue
            sentence = _("A strip of %(m2)s m², less than %(width)s m wide, lies between it and %(other)s.")
            values = {
                "m2": number(size, 0),
                "width": number(GAP_WIDTH_M, 0),
                "other": theirs.candidate.label,
            }
            mine.findings.append(Finding("gap", Level.NOTE, sentence % values, (point.x, point.y)))


def _closed(shapes: np.ndarray, half: float) -> np.ndarray:
    """Shapes with every cleft that is narrower than twice `half` filled."""
    grown = shapely.buffer(shapes, half, join_style="mitre", mitre_limit=3)
    return shapely.buffer(grown, -half, join_style="mitre", mitre_limit=3)


def _at_corner(strip: BaseGeometry) -> bool:
    """Whether two plots only pass each other at a corner: the strip is no longer than it may be wide."""
    x1, y1, x2, y2 = strip.bounds
    return bool(max(x2 - x1, y2 - y1) < 2 * GAP_WIDTH_M)


def _outside(checked: Sequence[Checked], shapes: np.ndarray, whole: BaseGeometry, flat: Flat) -> None:
    """Plots that stick out of the park they belong to."""
    if len(shapes) == 0:
        return
    shapely.prepare(whole)
    out = shapely.difference(shapes, whole)
    sizes, areas = shapely.area(out), shapely.area(shapes)
    for k in np.flatnonzero((sizes > OVERLAP_M2) & (sizes > 0.001 * areas)):
        if checked[int(k)].candidate.kept:
            continue
        point = flat.to_degrees(out[k].representative_point())
        sentence = _("%(share)s %% of it lie outside the outline of the park.")
        values = {"share": number(100 * sizes[k] / areas[k], 1)}
        checked[int(k)].findings.append(Finding("outside", Level.WARNING, sentence % values, (point.x, point.y)))
