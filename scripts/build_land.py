"""Make src/diemtua/land/data/countries.json.gz of world-atlas (Natural Earth, public domain).

    python scripts/build_land.py FOLDER   # with countries-50m.json (TopoJSON) and country-codes.csv

The outlines only serve to name the country in which coordinates lie that were read wrongly, so a tenth of a
degree is enough, and islands are left out: of them, and of where a border runs, this file says nothing.
"""

import csv
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import shapely

TARGET = Path(__file__).resolve().parent.parent / "src" / "diemtua" / "land" / "data" / "countries.json.gz"
TOLERANCE = 0.1
SMALLEST = 1.0  # square degrees of a part of a country that has a larger one
# Vietnam itself is known by its provinces.
LEFT_OUT = {"VN", "AQ"}


def main(folder: Path) -> None:
    topology = json.loads((folder / "countries-50m.json").read_text(encoding="utf-8"))
    with (folder / "country-codes.csv").open(encoding="utf-8") as file:
        codes = {r["ISO3166-1-numeric"].zfill(3): r["ISO3166-1-Alpha-2"] for r in csv.DictReader(file)}
    scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> list[tuple[float, float]]:
        points = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return np.concatenate([points[0], *(p[1:] for p in points[1:])])

    found: dict[str, list] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = codes.get(str(geometry.get("id", "")).zfill(3))
        if not code or code in LEFT_OUT or "arcs" not in geometry:
            continue
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        parts = [shapely.make_valid(shapely.Polygon(ring(p[0]))).simplify(TOLERANCE) for p in polygons]
        largest = max(parts, key=lambda p: p.area)
        for part in parts:
            if part is largest or part.area >= SMALLEST:
                for polygon in part.geoms if hasattr(part, "geoms") else [part]:
                    if polygon.geom_type == "Polygon" and not polygon.is_empty:
                        found.setdefault(code, []).append(np.round(polygon.exterior.coords, 2).tolist())
    text = json.dumps(dict(sorted(found.items())), separators=(",", ":"))
    with TARGET.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode())
    print(f"{len(found)} countries, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
