"""What was read of a file: shapes in the file's own coordinates, not yet believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diemtua.register.tabular.files import Sentence

from .systems import System

if TYPE_CHECKING:
    from shapely.geometry import MultiPolygon, Polygon

# More than any province has plots; a file of more is no plan of land.
MOST_SHAPES = 20_000
MOST_POINTS = 500_000


@dataclass(frozen=True)
class Shape:
    """One area of the file. Its geometry may be wrong: `checks` says how."""

    number: int  # which object of the file, counted from 1
    geometry: Polygon | MultiPolygon
    properties: Mapping[str, str] = field(default_factory=dict)
    layer: str = ""


@dataclass(frozen=True)
class Skipped:
    """An object of the file that is no area, and why."""

    number: int
    sentence: Sentence


@dataclass(frozen=True)
class Drawing:
    """All that was read of one file."""

    kind: str  # geojson, kml or shapefile: by content
    shapes: tuple[Shape, ...]
    skipped: tuple[Skipped, ...] = ()
    says: System | None = None  # the coordinate system that the file itself names, where it is one we know
    says_text: str = ""  # what it names, where we do not know it
    warnings: tuple[Sentence, ...] = ()

    @property
    def keys(self) -> list[str]:
        """Names of the properties that shapes carry, the most frequent first."""
        counts: dict[str, int] = {}
        for shape in self.shapes:
            for key, value in shape.properties.items():
                if value:
                    counts[key] = counts.get(key, 0) + 1
        return sorted(counts, key=lambda k: (-counts[k], k))
