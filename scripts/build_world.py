"""Make src/diemtua/portal/data/world.json.gz: the outlines of countries as SVG paths, for the map of partners.

  build_world.py COUNTRIES.json CODES.csv      (Natural Earth as TopoJSON; ISO codes: numeric to two letters)

Projection: Equal Earth (Šavrič, Patterson, Jenny 2018), 1000 units wide, drawn around 60° east so that Asia is whole.
"""

import csv
import gzip
import json
import math
import sys
from pathlib import Path

import shapely
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.ops import transform, unary_union

OUT = Path(__file__).resolve().parent.parent / "src/diemtua/portal/data/world.json.gz"
A = (1.340264, -0.081106, 0.000893, 0.003796)
MIDDLE = 60.0
WIDE = 2 * 2.7066297  # of the projection's plane
SCALE = 1000 / WIDE
TOP, BOTTOM = 78.0, -56.0


def place(lon: float, lat: float) -> tuple[float, float]:
    """Longitude from the middle and latitude in degrees → x to the right and y downwards, in units."""
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2 = t * t
    t6 = t2**3
    slope = 9 * A[3] * t6 * t2 + 7 * A[2] * t6 + 3 * A[1] * t2 + A[0]
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(t) / (3 * slope)
    y = t * (A[3] * t6 * t2 + A[2] * t6 + A[1] * t2 + A[0])
    return x * SCALE + 500, -y * SCALE


def main(countries: str, codes: str) -> None:
    world = json.loads(Path(countries).read_text())
    sx, sy = world["transform"]["scale"]
    tx, ty = world["transform"]["translate"]
    arcs = []
    for arc in world["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        arcs.append(line)

    def ring(parts):
        points = []
        for n in parts:
            line = arcs[n] if n >= 0 else arcs[~n][::-1]
            points += line[1:] if points else line
        return points

    with Path(codes).open(newline="", encoding="utf-8") as f:
        two = {row["ISO3166-1-numeric"]: row["ISO3166-1-Alpha-2"] for row in csv.DictReader(f)}
    top = place(0, TOP)[1]
    found = {}
    for one in world["objects"]["countries"]["geometries"]:
        code = two.get(str(one.get("id", "")).zfill(3))
        if not code or code == "AQ" or "arcs" not in one:
            continue
        shapes = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
        whole = unary_union([shapely.make_valid(Polygon(ring(p[0]))) for p in shapes if len(ring(p[0])) > 3])
        whole = whole.intersection(box(-180, BOTTOM, 180, TOP))
        # Turned so that MIDDLE stands in the middle; what crosses the edge is cut there.
        edge = MIDDLE - 180
        right = transform(lambda x, y: (x - MIDDLE, y), whole.intersection(box(edge, -90, 180, 90)))
        left = transform(lambda x, y: (x + 360 - MIDDLE, y), whole.intersection(box(-180, -90, edge, 90)))
        turned = unary_union([g for g in (left, right) if not g.is_empty])
        drawn = transform(
            lambda xs, ys: tuple(zip(*[place(x, y) for x, y in zip(xs, ys, strict=False)], strict=False)),
            turned.segmentize(2),
        )
        polygons = [g for g in (drawn.geoms if hasattr(drawn, "geoms") else [drawn]) if isinstance(g, Polygon)]
        polygons = [g for g in polygons if g.area > 0.6] or polygons[:1]
        if not polygons:
            continue
        rough = shapely.simplify(MultiPolygon(polygons), 0.35)
        parts = []
        for g in getattr(rough, "geoms", [rough]):
            parts.append("M" + "L".join(f"{x:.1f} {y - top:.1f}" for x, y in g.exterior.coords[:-1]) + "Z")
        point = max(polygons, key=lambda g: g.area).representative_point()
        found[code] = {"d": "".join(parts), "x": round(point.x, 1), "y": round(point.y - top, 1)}
    islands = [[round(x, 1), round(y - top, 1)] for x, y in (place(112.0 - MIDDLE, 16.5), place(114.0 - MIDDLE, 9.8))]
    made = {"width": 1000, "height": round(place(0, BOTTOM)[1] - top), "countries": found, "islands": islands}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(gzip.compress(json.dumps(made, separators=(",", ":")).encode(), mtime=0))
    print(len(found), "countries,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
