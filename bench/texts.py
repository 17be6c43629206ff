"""How well and how fast texts are read: `python -m bench.texts OUT ONLY`.

`bench/reading/*.jsonl`: texts written and labelled for this project; a labelled development set that lies beside the
checkout is measured too, where it is. Beside the figures stand those of the names alone, without any grammar, and of a
general model (underthesea), which tells only people, organisations and places.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django

django.setup()

from diemtua.sources import reader  # noqa: E402
from diemtua.sources.reader import facts  # noqa: E402
from diemtua.sources.reader.lexicon import Lexicon  # noqa: E402
from diemtua.sources.reader.spans import Found, resolve  # noqa: E402
from diemtua.sources.reader.view import View  # noqa: E402

from . import compare, scoring  # noqa: E402
from .measure import Table  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
BESIDE = ROOT.parent / "shared" / "reading" / "dev.jsonl"
ARTICLE = 4_500  # letters of the first real article
SURE = (facts.COUNTRY, facts.VN_LOCALITY, facts.DATE, facts.MONEY, facts.AREA)
Labelled = dict[str, Any]


def main(out: str, only: str = "") -> None:
    table = Table("reader", 0, only)
    for path in [*sorted((ROOT / "bench" / "reading").glob("*.jsonl")), BESIDE]:
        if path.exists() and table.wants("reading"):
            quality(table, path)
    if table.wants("reading"):
        speed(table)
    Path(out).write_text(json.dumps(table.rows, ensure_ascii=False))


def quality(table: Table, path: Path) -> None:
    """Precision, recall and F1 by type, of normal forms, and of the baselines."""
    golds = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    table.size, name = len(golds), f"reading {path.stem}"
    texts = [g["text"] for g in golds]
    pairs = list(zip(golds, map(read, golds), strict=True))
    found = scoring.mentions(pairs)
    for kind in found.types():
        told(table, f"{name} {kind}", found.of(kind), 0.94 if kind in SURE else None)
    told(table, f"{name} all entities", found.of(), 0.88)
    table.add(f"{name} normal forms right", scoring.norms(pairs), "share", 0.95)
    said = scoring.relations(pairs)
    for kind in said.types():
        told(table, f"{name} {kind}", said.of(kind), None)
    told(table, f"{name} all relations", said.of(), 0.65)
    names = scoring.mentions(zip(golds, map(names_alone, texts), strict=True))
    told(table, f"{name} names alone, all entities", names.of(*found.types()), None)
    told(table, f"{name} names alone, places", names.of(*facts.PLACES), None)
    general(table, name, golds)


def general(table: Table, name: str, golds: list[Labelled]) -> None:
    """The general model, with every doubt in its favour: any kind of place will do for its one kind."""
    answer = compare.ask("compared_reading.py", [g["text"] for g in golds])
    if answer is None:
        return
    as_told = {"PER": facts.PERSON, "ORG": facts.ORG, "LOC": "place"}
    pairs = []
    for gold, entities in zip(golds, answer["texts"], strict=True):
        labelled = [{**e, "type": "place" if e["type"] in facts.PLACES else e["type"]} for e in gold["entities"]]
        read = [
            {"id": str(n), "type": as_told[e["label"]], "start": e["start"], "end": e["end"]}
            for n, e in enumerate(entities)
            if e["label"] in as_told
        ]
        pairs.append(({**gold, "entities": labelled}, {"entities": read, "relations": []}))
    score = scoring.mentions(pairs)
    for kind in as_told.values():
        told(table, f"{name} underthesea, {kind}", score.of(kind), None)
    every = sorted({e["type"] for gold, _read in pairs for e in gold["entities"]})
    told(table, f"{name} underthesea, all entities", score.of(*every), None)
    table.add(f"{name} underthesea", len(golds) / answer["seconds"], "docs/s")


def told(table: Table, name: str, score: tuple[float, float, float], target: float | None) -> None:
    for what, value in zip(("precision", "recall"), score, strict=False):
        table.add(f"{name} {what}", value, "share")
    table.add(f"{name} F1", score[2], "F1", target)


def read(gold: Labelled) -> dict[str, Any]:
    day = datetime.date.fromisoformat(gold["published"]) if gold["published"] else None
    return reader.read_text(gold["text"], home=gold["home_province"], published=day).as_json(gold["id"])


def names_alone(text: str) -> dict[str, Any]:
    """What a list of names finds without grammar: the longest name at each place, by its first meaning."""
    view = View(text)
    hits = [hits[0] for hits in Lexicon.load().search(view).values()]
    found = resolve(Found(h.meanings[0].type, h.start, h.end, h.meanings[0].norm) for h in hits if h.meanings[0].type)
    entities = [
        {
            "id": str(n),
            "type": f.type,
            "start": view.original(f.start, f.end)[0],
            "end": view.original(f.start, f.end)[1],
        }
        for n, f in enumerate(found)
    ]
    return {"entities": entities, "relations": []}


# --- speed ------------------------------------------------------------------------------------------


def speed(table: Table) -> None:
    """Documents of an article's length in a second on one core, and how time and memory grow with length."""
    every = [
        json.loads(line)["text"]
        for path in sorted((ROOT / "bench" / "reading").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    whole = "\n\n".join(every)
    cuts = [whole[at : at + ARTICLE] for at in range(0, len(whole) - ARTICLE, ARTICLE)]
    table.size = len(cuts)
    reader.read_text(cuts[0])
    floor = 1 / best(lambda: [names_alone(c) for c in cuts], 3) * len(cuts)
    one = best(lambda: [reader.read_text(c) for c in cuts], 3) / len(cuts)
    table.add("reading an article", 1 / one, "docs/s", 20, floor)
    for size in (50_000, 500_000, 5_000_000):
        seconds, megabytes = alone(whole, size)
        table.size = size
        table.add(
            f"reading {size:,} letters, a letter against one of an article", seconds / size / (one / ARTICLE), "×", 2
        )
        table.add(f"reading {size:,} letters", seconds, "s")
        table.add(f"reading {size:,} letters, memory", megabytes, "MB")


def alone(whole: str, size: int) -> tuple[float, float]:
    """(seconds of processor time, MB at most) of a process that reads so many letters."""
    code = (
        "import sys, time, resource, django; django.setup()\n"
        "from diemtua.sources import reader\n"
        "text = sys.stdin.read(); reader.read_text(text[:2000]); started = time.process_time()\n"
        "reader.read_text(text)\n"
        "print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    text = (whole * (size // len(whole) + 1))[:size]
    done = subprocess.run([sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def best(call: Callable[[], Iterable[Any]], times: int) -> float:
    """The shortest processor time of some runs."""
    taken = []
    for _ in range(times):
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return min(taken)


if __name__ == "__main__":
    main(*sys.argv[1:])
