"""Runs under the Python of `compare`: texts in, the entities that underthesea finds out (JSON)."""

import json
import sys
import time

from underthesea import ner

found = []
started = time.process_time()
for text in json.load(sys.stdin):
    entities: list[dict] = []
    at = 0
    for word, _tag, _chunk, label in ner(text):
        start = text.find(word, at)
        if start < 0:
            continue
        at = start + len(word)
        if label.startswith("I-") and entities and entities[-1]["label"] == label[2:]:
            entities[-1]["end"] = at
        elif label != "O":
            entities.append({"label": label[2:], "start": start, "end": at})
    found.append(entities)
json.dump({"seconds": time.process_time() - started, "texts": found}, sys.stdout)
