"""`python -m bench`: the speed table on a million records, printed and written to bench.json.

--rows N          records (default 1,000,000; half of them engagements)
--engines A,B     sqlite, postgresql (default both; DATABASE_URL names a PostgreSQL to use)
--quick           50,000 records and fewer repetitions, to see that everything runs
--only WORD       measure only what has this word in its name ("map: ": the map of 10,000 plots; "portal: ": the public site)
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--output", type=Path, default=ROOT / "bench.json")
    options = parser.parse_args()
    rows = options.rows or (50_000 if options.quick else 1_000_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diemtua.config.settings")
    folder = Path(os.environ.get("DIEMTUA_VAR", "var")).resolve() / "bench"
    os.environ["DIEMTUA_VAR"] = str(folder / "var")

    from . import compare, engines

    found: list[dict[str, Any]] = []
    for engine in options.engines.split(","):
        database = getattr(engines, engine)
        with database(folder, rows) as url, tempfile.NamedTemporaryFile(suffix=".json") as out:
            engines.say(f"Measuring on {engine}, {rows:,} records …")
            command = [
                sys.executable,
                "-m",
                "bench.measure",
                engine,
                str(rows),
                out.name,
                "10" if options.quick else "40",
                options.only,
            ]
            subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "DATABASE_URL": url})
            found += json.loads(Path(out.name).read_text())
    if "sqlite" in options.engines.split(","):  # reading needs no database: measured once
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            subprocess.run([sys.executable, "-m", "bench.texts", out.name, options.only], check=True, cwd=ROOT)
            found += json.loads(Path(out.name).read_text())
    if options.only in "matching groups of adjacent plots against bare numpy and pymcdm":
        engines.say("Measuring the matching of plots …")
        # Under the Python that has pymcdm, where it could be made: matching itself needs NumPy only.
        command = [str(compare.python() or sys.executable), "-m", "bench.land", *(["--quick"] if options.quick else [])]
        one_core = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run(command, check=True, cwd=ROOT, env=one_core, stdout=subprocess.PIPE, text=True)
        found += json.loads(done.stdout)
    if "sqlite" in options.engines.split(",") and options.only in ("", "map: "):
        engines.say("Measuring the map of 10,000 plots …")
        command = [sys.executable, "-m", "bench.maps", *(["--quick"] if options.quick else [])]
        done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        found += json.loads(done.stdout)
    if options.only in ("", "portal: "):
        for engine in options.engines.split(","):
            engines.say(f"Measuring the public site with 100,000 articles on {engine} …")
            command = [sys.executable, "-m", "bench.portal", *(["--quick"] if options.quick else [])]
            with engines.bare_server(engine, folder) as url:
                env = {**os.environ, "DATABASE_URL": url}
                done = subprocess.run(command, check=True, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
            found += json.loads(done.stdout)
    options.output.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    show(found)
    print(f"\n{options.output}")
    return 0


def show(found: list[dict[str, Any]]) -> None:
    """The table: what misses its target is marked."""
    width = max((len(r["name"]) for r in found), default=0)
    print(f"{'':{width}}  {'engine':10} {'value':>10} {'unit':8} {'target':>8}  {'floor':>8} {'ratio':>6}")
    for row in found:
        target = "" if row["target"] is None else f"{row['target']:g}"
        floor = "" if row["floor"] is None else f"{row['floor']:.2f}"
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.1f}"
        more = row["unit"] in ("rows/s", "times", "docs/s", "F1", "share", "frames/s", "pages/s")
        missed = row["target"] is not None and (row["value"] < row["target"] if more else row["value"] > row["target"])
        print(
            f"{row['name']:{width}}  {row['engine']:10} {row['value']:>10,.2f} {row['unit']:8} {target:>8}  "
            f"{floor:>8} {ratio:>6}{'  ← missed' if missed else ''}"
        )


if __name__ == "__main__":
    raise SystemExit(main())
