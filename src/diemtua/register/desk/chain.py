"""The chain as a picture: columns by stage, records as links, drawn by the server as SVG."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from diemtua.kit.numbers import format_number

from .. import chain
from ..access import desk_required
from ..models import Figure, Record, User
from ..screens import STAGES, all_screens
from .display import plain
from .services import measure_label
from .work import bare_record

STAGE_LABELS = {
    "partner": gettext_lazy("Partner"),
    "engagement": gettext_lazy("Engagement"),
    "instrument": gettext_lazy("Instrument"),
    "commitment": gettext_lazy("Commitment"),
    "enquiry": gettext_lazy("Enquiry"),
    "project": gettext_lazy("Project"),
    "outcome": gettext_lazy("Outcome"),
    "care": gettext_lazy("Care"),
    "source": gettext_lazy("Source"),
}
NONE_YET = {
    "partner": gettext_lazy("no partner named"),
    "engagement": gettext_lazy("no engagement yet"),
    "instrument": gettext_lazy("no instrument yet"),
    "commitment": gettext_lazy("no commitment yet"),
    "enquiry": gettext_lazy("no enquiry yet"),
    "project": gettext_lazy("no project yet"),
    "outcome": gettext_lazy("no outcome yet"),
    "care": gettext_lazy("no care case yet"),
}
# Sizes in SVG units, which are pixels. Four columns fill the main column of a record page.
WIDTH, HEIGHT, GAP_X, GAP_Y, TOP, EDGE = 154, 66, 33, 12, 34, 2
ROOM, LINES = WIDTH - 14 - 10, 2
NARROW, BROAD = "iíìỉĩịjltfrI.,·:;'’|()[]/- ", "mwMW—…"


@dataclass
class Box:
    """A record, a figure, a "+N more" or an empty stage in the picture; `node` only for records."""

    x: float
    y: float
    lines: list[tuple[float, str]]
    node: chain.Node | None = None
    note: str = ""
    href: str = ""
    label: str = ""
    here: bool = False
    figure: bool = False


@dataclass
class Column:
    """A stage: its heading and its boxes from top to bottom."""

    stage: str
    label: Any
    x: float
    boxes: list[Box] = field(default_factory=list)
    empty: bool = False


@dataclass
class Curve:
    """An edge as an SVG path; `far` when it passes over a whole column."""

    path: str
    title: str
    far: bool
    here: bool


@dataclass
class Picture:
    width: float
    height: float
    columns: list[Column]
    curves: list[Curve]
    box_width: int = WIDTH
    box_height: int = HEIGHT
    half: float = WIDTH / 2


@require_GET
@desk_required()
def record_chain(request: HttpRequest, pk: int) -> HttpResponse:
    """The chain both ways: a fragment for the record page, a page of its own without htmx."""
    user: User = request.user  # type: ignore[assignment]
    screen, record = bare_record(request, pk)
    graph = chain.read(record, user)
    context = {
        "screen": screen,
        "record": record,
        "graph": graph,
        "picture": draw(graph, record),
        "summary": summary(graph),
        "text": outline(graph),
        "alone": len(graph.nodes) == 1 and not graph.outcomes,
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, "register/parts/chain.html" if htmx else "register/chain.html", context)


# --- words ----------------------------------------------------------------------------------------


def breadth(text: str, size: float = 12.5) -> float:
    """About how many pixels a text of the desk's letters takes; a little too many rather than too few."""
    total = 0.0
    for letter in text:
        if unicodedata.combining(letter):
            continue
        if unicodedata.east_asian_width(letter) in "WF":
            total += 1
        elif letter in NARROW:
            total += 0.33
        elif letter in BROAD:
            total += 0.9
        else:
            total += 0.68 if letter.isupper() or letter.isdigit() else 0.575
    return total * size


def wrap(text: str, room: float = ROOM, lines: int = LINES, size: float = 12.5) -> list[str]:
    """The text in at most so many lines of so many pixels, broken between words, "…" where it is cut."""
    found: list[str] = []
    rest = " ".join(text.split())
    while rest:
        if breadth(rest, size) <= room:
            return [*found, rest]
        last = len(found) == lines - 1
        at = len(rest)
        while at > 1 and breadth(rest[:at] + ("…" if last else ""), size) > room:
            at -= 1
        if last:
            return [*found, rest[:at].rstrip(" ,.;–-") + "…"]
        blank = rest.rfind(" ", 0, at + 1)
        at = blank if blank > 0 else at
        found.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return found


def said(node: chain.Node) -> str:
    """Day and kind of a record in a few words."""
    return " · ".join(filter(None, [str(plain(None, node.day, None)), str(node.screen.name)]))


def summary(graph: chain.Graph) -> str:
    """One sentence of what the picture shows, for those who do not see it."""
    counts = []
    for stage in STAGES:
        n = sum(node.stage == stage and node.pk != graph.start for node in graph.nodes.values())
        n += len(graph.outcomes) if stage == "outcome" else 0
        if n:
            counts.append(f"{STAGE_LABELS[stage]}: {n + graph.more.get(stage, 0)}")
    if not counts:
        return _("No other record is linked to this one yet.")
    return _("The chain of this record: %(counts)s.") % {"counts": ", ".join(counts)}


def outline(graph: chain.Graph) -> list[dict[str, Any]]:
    """The same as nested lists: [{title, items: [{node, said, relation, items}]}]."""
    labels: dict[frozenset[int], Any] = {}
    for edge in graph.edges:
        labels.setdefault(frozenset((edge.source, edge.target)), edge.label)

    figures: dict[int, list[tuple[str, str]]] = {}
    for figure in graph.outcomes:
        figures.setdefault(figure.record_id, []).append(figure_words(figure))

    def items(pk: int, way: int) -> list[dict[str, Any]]:
        return [
            {
                "node": n,
                "said": said(n),
                "relation": labels.get(frozenset((pk, n.pk)), ""),
                "items": items(n.pk, way) if way else [],
                "figures": figures.get(n.pk, ()),
            }
            for n in graph.children(pk, way)
        ]

    parts = [(_("Where it came from"), -1), (_("Beside it"), 0), (_("What it led to"), 1)]
    found = [{"title": title, "items": rows} for title, way in parts if (rows := items(graph.start, way))]
    if own := figures.get(graph.start):
        found.append({"title": _("What was reached"), "items": [], "figures": own})
    return found


def rest_label(graph: chain.Graph, count: int) -> str:
    if graph.at_least:
        return ngettext("more than %(n)s more", "more than %(n)s more", count) % {"n": count}
    return ngettext("+%(n)s more", "+%(n)s more", count) % {"n": count}


# --- the picture ----------------------------------------------------------------------------------


def shown_stages(graph: chain.Graph) -> list[str]:
    """The stages with records, what lies between them, and one empty neighbour on either side."""
    have = {s.stage for s in all_screens()} - {"source"}
    line = [s for s in STAGES if s in have]
    stages = {n.stage for n in graph.nodes.values()} | ({"outcome"} if graph.outcomes else set())
    present = [i for i, s in enumerate(line) if s in stages]
    shown = line[max(present[0] - 1, 0) : present[-1] + 2] if present else []
    return shown + ["source"] * any(n.stage == "source" for n in graph.nodes.values())


def draw(graph: chain.Graph, record: Record) -> Picture:
    """Lay the graph out: stages from left to right, each column around the middle of the tallest."""
    stages = shown_stages(graph)
    rows = _ordered(graph, stages)
    reached = {"outcome": graph.outcomes} if graph.outcomes else {}
    most = max(len(rows[s]) + len(reached.get(s, ())) + bool(graph.more.get(s)) * 0.655 for s in stages)
    height = TOP + most * (HEIGHT + GAP_Y) - GAP_Y + 2 * EDGE + GAP_Y
    places: dict[int, tuple[float, float]] = {}
    columns = []
    for i, stage in enumerate(stages):
        x = EDGE + i * (WIDTH + GAP_X)
        column = Column(stage, STAGE_LABELS[stage], x)
        more = graph.more.get(stage, 0)
        figures = reached.get(stage, ())
        tall = (max(len(rows[stage]) + len(figures), 1) + 0.65 * bool(more)) * (HEIGHT + GAP_Y) - GAP_Y
        y = TOP + EDGE + (height - TOP - 2 * EDGE - GAP_Y - tall) / 2
        for pk in rows[stage]:
            places[pk] = (x, y)
            column.boxes.append(_box(graph, graph.nodes[pk], x, y))
            y += HEIGHT + GAP_Y
        for figure in figures:
            places[-figure.pk] = (x, y)
            column.boxes.append(_reached(graph, figure, x, y))
            y += HEIGHT + GAP_Y
        if more:
            column.boxes.append(Box(x, y, [(y + 23, rest_label(graph, more))], note="more", href=_rest(record, stage)))
        if not rows[stage] and not figures:
            column.empty = True
            column.boxes.append(Box(x, y, [(y + HEIGHT / 2 + 4, str(NONE_YET[stage]))], note="empty"))
        columns.append(column)
    width = 2 * EDGE + len(stages) * (WIDTH + GAP_X) - GAP_X
    return Picture(width, height, columns, _curves(graph, places, columns))


def _box(graph: chain.Graph, node: chain.Node, x: float, y: float) -> Box:
    here = node.pk == graph.start
    lines = wrap(node.title, ROOM * 0.96 if here else ROOM)
    first = y + (24 if len(lines) > 1 else 31)
    small = wrap(said(node), lines=1, size=11)
    return Box(
        x,
        y,
        [(first + 15 * i, line) for i, line in enumerate(lines)],
        node,
        note=small[0] if small else "",
        href=reverse("desk:record", args=[node.pk]),
        here=here,
        label=f"{STAGE_LABELS[node.stage]}: {node.title}, {said(node)}",
    )


def figure_words(figure: Figure) -> tuple[str, str]:
    """(the value with its unit, the measure with its stage and day) of a figure."""
    value = f"{format_number(figure.value)} {figure.unit}"
    about = (measure_label(figure.measure), figure.get_stage_display(), plain(None, figure.as_of, None))
    return value, " · ".join(filter(None, map(str, about)))


def _reached(graph: chain.Graph, figure: Figure, x: float, y: float) -> Box:
    """The box of a figure; it leads to the figures of its project."""
    value, about = figure_words(figure)
    return Box(
        x,
        y,
        [(y + 31, line) for line in wrap(value, lines=1)],
        note=wrap(about, lines=1, size=11)[0],
        href=reverse("desk:record", args=[figure.record_id]) + "#figures",
        label=f"{STAGE_LABELS['outcome']}: {value}, {about}, {graph.nodes[figure.record_id].title}",
        figure=True,
    )


def _rest(record: Record, stage: str) -> str:
    """The register where the records beyond the shown ones are found, of a party's chain already narrowed."""
    for screen in all_screens():
        if screen.stage == stage:
            query = f"?party={record.pk}" if record.kind == "party" and "party" in screen.filters else ""
            return reverse("desk:list", args=[screen.slug]) + query
    return ""


def _ordered(graph: chain.Graph, stages: list[str]) -> dict[str, list[int]]:
    """Records of each column, each near the middle of those it is linked to, so that few edges cross."""
    rows: dict[str, list[int]] = {s: [] for s in stages}
    for node in graph.nodes.values():
        if node.stage in rows:
            rows[node.stage].append(node.pk)
    near: dict[int, list[int]] = {}
    for edge in graph.edges:
        near.setdefault(edge.source, []).append(edge.target)
        near.setdefault(edge.target, []).append(edge.source)

    def height_of(pk: int) -> float:
        row = rows[graph.nodes[pk].stage]
        return row.index(pk) - (len(row) - 1) / 2

    for sweep in (stages, stages[::-1], stages):
        for stage in sweep:
            places = {}
            for pk in rows[stage]:
                others = [height_of(o) for o in near.get(pk, ()) if graph.nodes[o].stage != stage]
                places[pk] = sum(others) / len(others) if others else height_of(pk)
            rows[stage].sort(key=places.__getitem__)
    return rows


def _curves(graph: chain.Graph, places: dict[int, tuple[float, float]], columns: list[Column]) -> list[Curve]:
    """One curve for each pair of linked records; several relations share it.

    A link over a column is left out where the same is reached through that column: the picture shows the
    chain link by link. The text beside it names every relation.
    """
    pairs: dict[tuple[int, int], list[chain.Edge]] = {}
    words = {-f.pk: ": ".join(reversed(figure_words(f))) for f in graph.outcomes}
    for edge in [*graph.edges, *(chain.Edge(f.record_id, -f.pk, "") for f in graph.outcomes)]:
        if edge.source in places and edge.target in places:
            a, b = sorted((edge.source, edge.target), key=lambda pk: places[pk])
            pairs.setdefault((a, b), []).append(edge)
    onward: dict[int, list[int]] = {}
    for a, b in pairs:
        onward.setdefault(a, []).append(b)

    def through(a: int, b: int) -> bool:
        """Whether there is a way from a to b over a record that stands between them."""
        todo, seen = [n for n in onward.get(a, ()) if n != b and places[n][0] > places[a][0]], set()
        while todo:
            at = todo.pop()
            if at == b:
                return True
            if at not in seen and places[at][0] < places[b][0]:
                seen.add(at)
                todo += [n for n in onward.get(at, ()) if places[n][0] > places[at][0]]
        return False

    curves = []
    for (a, b), edges in pairs.items():
        (ax, ay), (bx, by) = places[a], places[b]
        if bx - ax > WIDTH + GAP_X + 1 and through(a, b):
            continue
        x, y, to_y = ax + WIDTH, ay + HEIGHT / 2, by + HEIGHT / 2
        if ax == bx:  # beside each other: a bow on the right
            path = f"M{x:g} {y:g}C{x + 26:g} {y:g} {x + 26:g} {to_y:g} {x:g} {to_y:g}"
        else:
            path = f"M{x:g} {y:g}"
            for column in columns:
                if ax < column.x < bx:
                    level = _gap(column, y + (to_y - y) * (column.x - x) / (bx - x))
                    path += _bend(x, y, column.x, level) + f"H{column.x + WIDTH:g}"
                    x, y = column.x + WIDTH, level
            path += _bend(x, y, bx, to_y)
        source, target = graph.nodes[edges[0].source].title, edges[0].target
        if target in words:
            title = f"{source} · {words[target]}"
        else:
            names = ", ".join(dict.fromkeys(str(e.label) for e in edges))
            title = f"{source} · {names}: {graph.nodes[target].title}"
        curves.append(Curve(path, title, bx - ax > WIDTH + GAP_X + 1, graph.start in (a, b)))
    return sorted(curves, key=lambda c: (c.here, not c.far))


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    """A curve between two columns, level at both ends."""
    half = (to_x - x) / 2
    return f"C{x + half:g} {y:g} {to_x - half:g} {to_y:g} {to_x:g} {to_y:g}"


def _gap(column: Column, near: float) -> float:
    """The height at which a link passes a column without touching a box, as near as can be."""
    tops = sorted(box.y for box in column.boxes)
    return min([t - GAP_Y / 2 for t in tops] + [tops[-1] + HEIGHT + GAP_Y / 2], key=lambda y: abs(y - near))
