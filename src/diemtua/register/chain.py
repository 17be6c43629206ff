"""Reading the chain: what a record came from and what it led to, over the links of all kinds.

The walk keeps its direction. Forward it only goes to later stages, backward only to earlier ones, so a
commitment leads back to its partner without dragging in everything else that partner ever did. Two records
of one stage stand beside each other only at the start. Hidden and archived records are not there at all:
they are neither shown, nor counted, nor walked through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from .models import Figure, Link, Record, User
from .models.proof import Stage
from .queries import visible
from .screens import STAGES, Screen, all_screens, screen_of

HUB = 60  # a record named by more others than this is walked through only when the walk begins there
OUTCOMES = 8  # figures shown of what was reached
LIMIT = 600  # links read at one level; what lies beyond is counted as "more than"


@dataclass
class Node:
    """A record of the chain. `way` is 1 forward of the start, -1 before it, 0 the start and its like."""

    pk: int
    title: str
    kind: str
    way: int
    depth: int
    parent: int | None = None
    day: Any = None

    @property
    def screen(self) -> Screen:
        return screen_of(self.kind)

    @property
    def stage(self) -> str:
        return self.screen.stage


@dataclass(frozen=True)
class Edge:
    """A link as it is stored: the record that holds the relation, the one it names, `kind.field`."""

    source: int
    target: int
    relation: str

    @property
    def label(self) -> Any:
        """The name of the relation, from the screen of the kind that holds it."""
        kind, _dot, name = self.relation.partition(".")
        try:
            return screen_of(kind).label(name)
        except KeyError:  # a kind that is no longer installed
            return name


@dataclass
class Graph:
    """`nodes` by number, the start first; `more` is how many visible ones a stage has beyond those shown."""

    start: int
    nodes: dict[int, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)
    # What the projects among them have reached: the newest figure of each measure that is more than a promise.
    outcomes: list[Figure] = field(default_factory=list)
    # Whether a limit was reached, so that `more` means "at least".
    at_least: bool = False

    def children(self, pk: int, way: int) -> list[Node]:
        """What was first reached from a node in this direction, in the order of the chain."""
        found = [n for n in self.nodes.values() if n.parent == pk and n.way == way]
        return sorted(found, key=lambda n: STAGES.index(n.stage) * way)


@dataclass
class _Walk:
    user: User
    graph: Graph
    width: int
    overflow: dict[str, set[int]] = field(default_factory=dict)
    known: set[Edge] = field(default_factory=set)
    order: dict[str, int] = field(default_factory=dict)


def read(record: Record, user: User, *, depth: int = 4, width: int = 12) -> Graph:
    """The chain around a record that `user` may see: at most `depth` steps and `width` records a stage.

    Two queries for the first level (each direction by its own index), one for every further level, one a
    kind for the days.
    """
    graph = Graph(record.pk)
    graph.nodes[record.pk] = Node(record.pk, record.title, record.kind, 0, 0)
    walk = _Walk(user, graph, width, order={s.kind: i for i, s in enumerate(all_screens())})
    frontier = [record.pk]
    for level in range(1, depth + 1):
        rows = _first(record, user, graph) if level == 1 else _next(frontier, user, graph)
        frontier = _take(walk, rows, level)
        if not frontier:
            break
    graph.more = {stage: len(pks) for stage, pks in walk.overflow.items() if pks}
    _days(graph)
    graph.outcomes = _outcomes(graph)
    return graph


# --- queries --------------------------------------------------------------------------------------


def _far(user: User, side: str) -> Q:
    return visible(user, f"{side}__") & Q(**{f"{side}__archived_at": None})


COLUMNS = (
    "source_id",
    "target_id",
    "relation",
    "source__kind",
    "source__title",
    "target__kind",
    "target__title",
)


def _first(record: Record, user: User, graph: Graph) -> list[tuple[Any, ...]]:
    """Links of the start; of a start that thousands name, the newest of them.

    The order is complete: two relations of one pair are named in the same order on every engine.
    """
    out = Link.objects.filter(_far(user, "target"), source=record).order_by("-target_id", "relation")[:LIMIT]
    into = Link.objects.filter(_far(user, "source"), target=record).order_by("-source_id", "relation")[:LIMIT]
    rows = [*out.values_list(*COLUMNS), *into.values_list(*COLUMNS)]
    graph.at_least = len(rows) >= LIMIT
    return rows


def _next(frontier: list[int], user: User, graph: Graph) -> list[tuple[Any, ...]]:
    """Links of these records, in one query; again without the hubs where they crowd out the others."""
    while frontier:
        both = Link.objects.filter(_far(user, "source"), _far(user, "target")).values_list(*COLUMNS)
        # Two halves, each by its own index: with OR, SQLite reads the whole table.
        found = both.filter(source_id__in=frontier).union(both.filter(target_id__in=frontier), all=True)[:LIMIT]
        count = len(found)
        rows = list(dict.fromkeys(found))
        named: dict[int, int] = {}
        for _source, target, *_rest in rows:
            named[target] = named.get(target, 0) + 1
        hubs = {pk for pk in frontier if named.get(pk, 0) > HUB}
        if count < LIMIT or not hubs:
            graph.at_least |= count >= LIMIT
            known = set(graph.nodes)
            kept = [r for r in rows if r[1] not in hubs or r[0] in known]
            return sorted(kept, key=lambda r: (-r[0], -r[1], r[2]))
        frontier = [pk for pk in frontier if pk not in hubs]
    return []


def _days(graph: Graph) -> None:
    """The day of each record, from the field by which its register is sorted in time."""
    by_kind: dict[str, list[int]] = {}
    for node in graph.nodes.values():
        by_kind.setdefault(node.kind, []).append(node.pk)
    for kind, pks in by_kind.items():
        screen = screen_of(kind)
        if name := day_field(screen):
            days = dict(screen.model._default_manager.filter(pk__in=pks).values_list("pk", name))
            for pk in pks:
                graph.nodes[pk].day = days.get(pk)


def _outcomes(graph: Graph) -> list[Figure]:
    """The newest contributed and the newest implemented figure of each measure of the projects, those nearest to the start first.

    Figures may be read by whom their record is shown to; a walk without projects asks nothing.
    """
    projects = [n.pk for n in graph.nodes.values() if n.stage == "project" and getattr(n.screen, "in_chain", True)]
    if not projects:
        return []
    rows = Figure.objects.filter(
        record_id__in=projects, stage__in=(Stage.CONTRIBUTED, Stage.IMPLEMENTED), withdrawn_at=None, value__isnull=False
    ).order_by("-as_of", "-id")
    newest: dict[tuple[int, str, str], Figure] = {}
    for figure in rows[:LIMIT]:
        newest.setdefault((figure.record_id, figure.measure, figure.stage), figure)
    return sorted(newest.values(), key=lambda f: (projects.index(f.record_id), f.measure))[:OUTCOMES]


def day_field(screen: Screen) -> str:
    """The field that says when a record of this kind was, or is due; "" where a kind has none."""
    for name in ("newest", "due"):
        if name in screen.orderings:
            first = screen.orderings[name][0].lstrip("-")
            return first if first in screen.own_fields else ""
    return ""


# --- the walk -------------------------------------------------------------------------------------


def _take(walk: _Walk, rows: Iterable[tuple[Any, ...]], level: int) -> list[int]:
    """Add what these links lead to; returns the records from which the walk goes on."""
    graph = walk.graph
    found: dict[int, Node] = {}
    edges = []
    for source, target, relation, source_kind, source_title, target_kind, target_title in rows:
        edges.append(Edge(source, target, relation))
        for near, far, kind, title in (
            (source, target, target_kind, target_title),
            (target, source, source_kind, source_title),
        ):
            at = graph.nodes.get(near)
            if at is None or at.depth != level - 1 or far in graph.nodes or far in found:
                continue
            if (way := _way(at, kind)) is not None:
                found[far] = Node(far, title, kind, way, level, near)
    taken = []
    for node in sorted(found.values(), key=lambda n: (walk.order.get(n.kind, 99), -n.pk)):
        beyond = walk.overflow.setdefault(node.stage, set())
        if sum(n.stage == node.stage for n in graph.nodes.values()) < walk.width:
            graph.nodes[node.pk] = node
            beyond.discard(node.pk)
            taken.append(node)
        else:
            beyond.add(node.pk)
    for edge in edges:
        if edge.source in graph.nodes and edge.target in graph.nodes and edge not in walk.known:
            walk.known.add(edge)
            graph.edges.append(edge)
    return [n.pk for n in taken if n.way != 0 and _goes_on(n)]


def _way(at: Node, kind: str) -> int | None:
    """In which direction a record of `kind` lies from a node; None where the walk does not go."""
    try:
        screen = screen_of(kind)
    except KeyError:
        return None
    if not screen.in_pictures:
        return None
    here, there = STAGES.index(at.stage), STAGES.index(screen.stage)
    way = (there > here) - (there < here)
    if at.depth == 0:
        return way
    # Papers and people stand beside what names them, and nowhere further.
    if way != at.way or not getattr(screen, "in_chain", screen.stage != "source"):
        return None
    return way


def _goes_on(node: Node) -> bool:
    """Whether anything can lie further on in the node's direction."""
    return node.stage != (STAGES[0] if node.way < 0 else STAGES[-1])
