"""Organisations, people, posts, parks, documents and projects of a text.

Every grammar walks over the tokens of a `Scene`; what one has found, the next ones respect: documents and projects take
their words first, then come parks and organisations, then titles and people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies import parks
from diemtua.sources.reader.bodies.documents import Documents
from diemtua.sources.reader.bodies.organisations import Organisations
from diemtua.sources.reader.bodies.people import People
from diemtua.sources.reader.bodies.phrases import phrases
from diemtua.sources.reader.bodies.posts import Posts
from diemtua.sources.reader.bodies.projects import Projects
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.lexicon import Lexicon
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

__all__ = ["KINDS", "find"]

KINDS = frozenset({facts.ORG, facts.PERSON, facts.POST, facts.PARK, facts.DOCUMENT, facts.PROJECT})


def find(
    view: View,
    places: Iterable[Found],
    values: Iterable[Found],
    home: str | None = None,
    lexicon: Lexicon | None = None,
) -> list[Found]:
    """Mentions of the six KINDS, in view coordinates and reading order; a park may lie within an organisation.

    `places`, `values`: what `places.find` and `values.find` found in the same view. `lexicon`: the names that an
    office keeps (`Lexicon.with_names`) are found too, whatever the grammars say.
    """
    scene = Scene(view, places, values)
    found: list[Found] = []
    for document in Documents(scene).all():
        scene.take(document.first, document.end)
        found.append(scene.found(facts.DOCUMENT, document.first, document.end, document.number))
    zones = parks.find(scene)
    for first, end in Projects(scene, zones).all():
        scene.take(first, end)
        found.append(scene.found(facts.PROJECT, first, end))
    organisations = Organisations(scene, zones)
    bodies = dict(organisations.all())
    titles = Posts(scene, bodies, organisations.headed).all()
    people, posts = People(scene, bodies, titles).all()
    found.extend(
        scene.found(facts.PARK, first, end) for first, end in zones.items() if not _governed(scene, first, end)
    )
    found.extend(scene.found(facts.ORG, first, end) for first, end in bodies.items())
    found.extend(scene.found(facts.PERSON, first, end) for first, end in people)
    found.extend(scene.found(facts.POST, post.first, post.end) for post in posts)
    found.extend(_kept(view, lexicon))
    found.sort(key=lambda one: (one.start, -one.end))
    return found


def _governed(scene: Scene, first: int, end: int) -> bool:
    """Whether the zone at tokens `first` to `end` is named only after the province that its board governs.

    "Ban Quản lý Khu kinh tế Hải Phòng" is a board of the city, "Ban Quản lý Khu kinh tế Vân Phong" one of a zone.
    """
    if scene.tokens.low[max(0, first - 3) : first] != ["ban", "quản", "lý"]:
        return False
    return phrases("provinces").end(scene.tokens, parks.name_of(scene, first)) == end


def _kept(view: View, lexicon: Lexicon | None) -> list[Found]:
    """Mentions of what an office has names for: those that were added to the names of the program."""
    if lexicon is None or len(lexicon.tables) < 2:
        return []
    kept = replace(lexicon, tables=lexicon.tables[1:])
    return [
        Found(meaning.type, hit.start, hit.end, meaning.norm, meaning.key)
        for hits in kept.search(view).values()
        for hit in hits
        for meaning in hit.meanings
        if meaning.type in KINDS
    ]
