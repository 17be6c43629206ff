"""Organisations, people, posts, parks, documents and projects of a text."""

from __future__ import annotations

from collections.abc import Iterable

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies import parks
from diemtua.sources.reader.bodies.documents import Documents
from diemtua.sources.reader.bodies.organisations import Organisations
from diemtua.sources.reader.bodies.people import People
from diemtua.sources.reader.bodies.phrases import phrases
from diemtua.sources.reader.bodies.posts import Posts
from diemtua.sources.reader.bodies.projects import Projects
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View


def find(view: View, places: Iterable[Found], values: Iterable[Found]) -> list[Found]:
    """Mentions of ORG, PERSON, POST, PARK, DOCUMENT and PROJECT, in view coordinates and reading order.

    `places`, `values`: what `places.find` and `values.find` found in the same view.
    """
    scene = Scene(view, places, values)
    found: list[Found] = []
    for document in Documents(scene).all():
        scene.take(document.first, document.end)
        found.append(scene.found(facts.DOCUMENT, document.first, document.end, document.number))
    zones = dict(parks.find(scene))
    for first, end in Projects(scene, zones).all():
        scene.take(first, end)
        found.append(scene.found(facts.PROJECT, first, end))
    organisations = Organisations(scene, zones)
    bodies = dict(organisations.all())
    titles = Posts(scene, bodies, organisations).all()
    people, posts = People(scene, bodies, titles).all()
    found.extend(scene.found(facts.PARK, first, end) for first, end in zones.items() if not _governs(scene, first, end))
    found.extend(scene.found(facts.ORG, first, end) for first, end in bodies.items())
    found.extend(scene.found(facts.PERSON, first, end) for first, end in people)
    found.extend(scene.found(facts.POST, post.first, post.end) for post in posts)
    found.sort(key=lambda one: (one.start, -one.end))
    return found


def _governs(scene: Scene, first: int, end: int) -> bool:
    """Whether the zone at tokens `first` to `end` is named only after the province that its board governs.

    "Ban Quản lý Khu kinh tế Hải Phòng" is a board of the city, "Ban Quản lý Khu kinh tế Vân Phong" one of a zone.
    """
    tokens = scene.tokens
    if tokens.low[max(0, first - 3) : first] != ["ban", "quản", "lý"]:
        return False
    name = parks.name_of(scene, first)
    return phrases("provinces").end(tokens, name) == end
