"""From a file of outlines to a plan: which shape is which plot, what is wrong with it, and what saving would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from diemtua.kit.numbers import NumberError, format_number, parse_number
from diemtua.kit.text import fold
from diemtua.register import access
from diemtua.register.models import Name, User

from ..models import Outline, Plot, Zone
from . import whereabouts

if TYPE_CHECKING:
    from ..shapes.checks import Checked, Finding
    from ..shapes.drawing import Drawing, Shape
    from ..shapes.placing import Reading


# How files call the number of a plot, the best first, and its area.
CODE_KEYS = ("ma_lo", "malo", "so_lo", "solo", "lo", "lo_dat", "ten_lo", "tenlo", "ky_hieu", "kyhieu", "plot", "plot_code",
             "code", "text", "name", "ten", "label", "id")  # fmt: skip
AREA_KEYS = ("dt_ha", "dien_tich_ha", "area_ha", "dien_tich", "dientich", "dt", "area", "ha", "dt_m2", "area_m2")
WORDS_OF_PLOT = ("lo dat ", "lo ", "plot ", "o dat ", "o ")
M2_PER_HA = 10_000


@dataclass(frozen=True)
class Options:
    """What the officer has chosen; empty values are guessed."""

    zone: Zone
    what: str = "plots"  # or "zone": the file is the outline of the zone itself
    system: str = ""
    swapped: bool = False
    code_key: str = ""
    area_key: str = ""
    area_unit: str = ""  # ha or m2
    create: bool = False  # make plots that are not in the register yet
    source: str = ""


@dataclass
class Row:
    """One shape of the file with what it is for and what was found."""

    shape: Shape
    label: str
    target: Plot | Zone | None = None
    new: bool = False
    stated_ha: float | None = None
    checked: Checked | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def level(self) -> int:
        return max((f.level for f in self.findings), default=0)

    @property
    def saves(self) -> bool:
        """Whether saving would draw something for it."""
        from ..shapes.checks import Level

        return (self.target is not None or self.new) and self.level < Level.ERROR


@dataclass
class Suggestion:
    """Another way to read the numbers, and where they would lie."""

    reading: Reading
    name: str
    where: str


@dataclass
class Plan:
    """What saving a file would do."""

    options: Options
    drawing: Drawing
    system: str
    swapped: bool
    rows: list[Row]
    elsewhere: str = ""  # the sentence that says that all of it lies in the wrong place
    suggestions: list[Suggestion] = field(default_factory=list)
    kept: list[tuple[str, Any]] = field(default_factory=list)  # outlines that stand already: (label, geometry)

    @property
    def errors(self) -> int:
        return sum(1 for r in self.rows if not r.saves)

    @property
    def warnings(self) -> int:
        from ..shapes.checks import Level

        return sum(1 for r in self.rows if r.saves and r.level == Level.WARNING)

    @property
    def saving(self) -> list[Row]:
        return [] if self.elsewhere else [r for r in self.rows if r.saves]


def key_of(code: str) -> str:
    """How numbers of plots are compared: "Lô D2-1" is "D2 – 1"."""
    key = fold(code)
    for word in WORDS_OF_PLOT:
        if key.startswith(word):
            key = key[len(word) :]
    return key.replace(" ", "").replace("-", "").replace("_", "").replace(".", "").replace("/", "")


def plan(drawing: Drawing, options: Options, user: User) -> Plan:
    """What saving this file would do, with every finding plot by plot. Nothing is written."""
    zone = options.zone
    plots = list(Plot.objects.visible_to(user).live().filter(zone=zone).select_related("record__unit", "zone"))
    options = _guessed(drawing, options, plots)
    rows = [_row(shape, options) for shape in drawing.shapes]
    _targets(rows, options, plots, user)
    points = _points(drawing)
    system, swapped = _system(drawing, options, points)
    made = Plan(options, drawing, system, swapped, rows)
    _placed(made, points)
    _check(made, plots, user)
    return made


def _guessed(drawing: Drawing, options: Options, plots: Sequence[Plot]) -> Options:
    known = {key_of(p.code) for p in plots}
    keys = drawing.keys

    def rank(key: str) -> tuple[int, int, int]:
        values = [s.properties.get(key, "") for s in drawing.shapes]
        matches = sum(1 for v in values if key_of(v) in known)
        name = fold(key).replace(" ", "_")
        listed = len(CODE_KEYS) - CODE_KEYS.index(name) if name in CODE_KEYS else 0
        return matches, listed, len({v for v in values if v})

    code_key = options.code_key if options.code_key in keys else (max(keys, key=rank) if keys else "")
    if not options.code_key and code_key and rank(code_key)[:2] == (0, 0) and rank(code_key)[2] < len(drawing.shapes):
        code_key = ""  # nothing in the file looks like numbers of plots
    area_key = options.area_key
    if area_key not in (*keys, "-"):
        folded = {fold(k).replace(" ", "_"): k for k in keys}
        area_key = next((folded[n] for n in AREA_KEYS if n in folded), "")
    return Options(**{**options.__dict__, "code_key": code_key, "area_key": area_key})


def _row(shape: Shape, options: Options) -> Row:
    label = shape.properties.get(options.code_key, "")[:40]
    return Row(shape, label, stated_ha=_number(shape.properties.get(options.area_key, "")))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        try:
            value = float(parse_number(text, decimal=","))
        except NumberError:
            return None
    return value if value and abs(value) < 1e12 else None


def _targets(rows: Sequence[Row], options: Options, plots: Sequence[Plot], user: User) -> None:
    from ..shapes.checks import Finding, Level

    zone = options.zone
    own = {
        key_of(zone.record.title),
        *(key_of(n) for n in Name.objects.filter(record=zone.pk).values_list("text", flat=True)),
    }
    by_key: dict[str, list[Plot]] = {}
    for plot in plots:
        by_key.setdefault(key_of(plot.code), []).append(plot)
    counts = Counter(key_of(r.label) for r in rows if r.label)
    for row in rows:
        key = key_of(row.label)
        if (key and key in own) or (options.what == "zone" and (len(rows) == 1 or not key)):
            row.target = zone
        elif options.what == "zone":
            row.findings.append(
                Finding(
                    "not_the_zone",
                    Level.ERROR,
                    _("The file holds several areas, and this one does not bear the name of the zone."),
                )
            )
        elif not key:
            row.findings.append(
                Finding("no_code", Level.ERROR, _("It bears no plot number. Choose which field of the file holds it."))
            )
        elif counts[key] > 1:
            row.findings.append(
                Finding(
                    "twice",
                    Level.ERROR,
                    _("Several shapes of the file bear the number %(code)s. Keep one of them.") % {"code": row.label},
                )
            )
        elif len(by_key.get(key, ())) == 1:
            row.target = by_key[key][0]
        elif by_key.get(key):
            row.findings.append(
                Finding(
                    "ambiguous",
                    Level.ERROR,
                    _("Several plots of the zone bear the number %(code)s.") % {"code": row.label},
                )
            )
        elif options.create:
            row.new = True
        else:
            sentence = _("The zone has no plot %(code)s. Enter it first, or tick “make the plots that are missing”.")
            row.findings.append(Finding("unknown", Level.ERROR, sentence % {"code": row.label}))
        if row.target is not None and not access.may_edit(user, row.target.record):
            row.findings.append(
                Finding("not_yours", Level.ERROR, _("You may not change this record. Ask its unit or a lead."))
            )


def _points(drawing: Drawing) -> Any:
    import numpy as np
    import shapely

    points = shapely.get_coordinates([s.geometry for s in drawing.shapes])
    return points if len(points) else np.zeros((0, 2))


def _system(drawing: Drawing, options: Options, points: Any) -> tuple[str, bool]:
    """The system chosen, else the one the file names, else the first reading that lands where the zone is."""
    from ..shapes.placing import sensible

    if options.system:
        return options.system, options.swapped
    if drawing.says is not None:
        return drawing.says.code, False
    home = whereabouts.home_of(options.zone)
    if home.geometry is not None:
        found = sensible(points, home.geometry, [m for m, _names in whereabouts.meridians(options.zone)])
        if found and not found[0][0].swapped:
            return found[0][0].system.code, False
    return "wgs84", False


def _placed(made: Plan, points: Any) -> None:
    """Say where the numbers lie when that is not where the zone is, and how else they could be read."""
    import math

    import shapely

    from ..shapes.placing import Reading, looks_metric, position, sensible
    from ..shapes.systems import system

    home = whereabouts.home_of(made.options.zone)
    chosen = Reading(system(made.system), made.swapped)
    at = position(points, chosen)
    name = _reading_name(chosen)
    if not math.isfinite(at[0]):
        sentence = (
            _(
                "The numbers of this file are metres, and %(system)s is in degrees. Most likely they are VN-2000: choose the zone and the central meridian."
            )
            if looks_metric(points) and not chosen.system.metric
            else _("The numbers of this file are degrees, and %(system)s is in metres. Choose a system in degrees.")
            if not looks_metric(points) and chosen.system.metric
            else _("Read as %(system)s, these coordinates lie nowhere on the earth.")
        )
        made.elsewhere = sentence % {"system": name}
    elif home.geometry is not None and not home.geometry.intersects(shapely.Point(at)):
        values = {"system": name, "where": whereabouts.place_of(*at), "home": home.name}
        made.elsewhere = (
            _("Read as %(system)s, these coordinates lie %(where)s, and not in %(home)s.")
            if values["where"] == _("at sea")
            else _("Read as %(system)s, these coordinates lie in %(where)s, and not in %(home)s.")
        ) % values
    if made.elsewhere and home.geometry is not None:
        meridians = [m for m, _names in whereabouts.meridians(made.options.zone)]
        for reading, where in sensible(points, home.geometry, meridians)[:4]:
            if reading != chosen:
                made.suggestions.append(Suggestion(reading, _reading_name(reading), whereabouts.place_of(*where)))


def _reading_name(reading: Reading) -> str:
    if not reading.swapped:
        return reading.system.name
    swapped = _("northing before easting") if reading.system.metric else _("latitude before longitude")
    return f"{reading.system.name} ({swapped})"


def _check(made: Plan, plots: Sequence[Plot], user: User) -> None:
    import numpy as np
    import shapely

    from ..shapes.checks import Candidate, Finding, Level, check
    from ..shapes.systems import geometry_to_wgs84, system

    zone, chosen = made.options.zone, system(made.system)
    shapes = [geometry_to_wgs84(r.shape.geometry, chosen, swapped=made.swapped) for r in made.rows]
    for row in made.rows:
        if row.stated_ha is not None and row.stated_ha < 0:
            sentence = _("The file states an area below 0: %(area)s. Check the sign.") % {
                "area": format_number(row.stated_ha)
            }
            row.findings.append(Finding("negative", Level.ERROR, sentence))
            row.stated_ha = None
    unit = made.options.area_unit or _area_unit(made.rows, shapes)
    made.options = Options(**{**made.options.__dict__, "area_unit": unit})
    if unit == "m2":
        for row in made.rows:
            row.stated_ha = row.stated_ha / M2_PER_HA if row.stated_ha else None
    candidates = []
    for row, geometry in zip(made.rows, shapes, strict=True):
        known = row.target.area_ha if row.target is not None else None
        stated = float(known) if known is not None else row.stated_ha
        whole = isinstance(row.target, Zone)
        candidates.append(Candidate(row.label or f"#{row.shape.number}", geometry, stated, whole=whole))
    drawn = {r.target.pk for r in made.rows if r.target is not None}
    codes = {p.pk: p.code for p in plots}
    standing = Outline.objects.filter(pk__in=[*codes, zone.pk]).exclude(pk__in=drawn)
    for outline in standing:
        label = codes.get(outline.pk, zone.record.title)
        made.kept.append((label, outline.geometry))
        candidates.append(Candidate(label, outline.geometry, kept=True, whole=outline.pk == zone.pk))
    checked = check(candidates)
    for row, result in zip(made.rows, checked, strict=False):
        row.checked = result
        row.findings += result.findings
    home = whereabouts.home_of(zone)
    if made.elsewhere or home.geometry is None:
        return
    # Alone in the wrong place while the others are right: a corner typed wrong, or a plot of another park.
    shapely.prepare(home.geometry)
    sound = [r for r in made.rows if r.checked is not None and r.checked.area_ha is not None]
    middles = shapely.centroid(np.array([r.checked.candidate.geometry for r in sound if r.checked], dtype=object))
    for row, middle, inside in zip(sound, middles, shapely.intersects(home.geometry, middles), strict=True):
        if not inside:
            values = {"where": whereabouts.place_of(middle.x, middle.y), "home": home.name}
            sentence = (
                _("It lies %(where)s, and not in %(home)s.")
                if values["where"] == _("at sea")
                else _("It lies in %(where)s, and not in %(home)s.")
            )
            row.findings.append(Finding("elsewhere", Level.ERROR, sentence % values, (middle.x, middle.y)))


def _area_unit(rows: Sequence[Row], shapes: Sequence[Any]) -> str:
    """Whether the areas in the file are hectares or square metres, by what most shapes measure."""
    from ..shapes.measuring import area_ha

    votes = Counter(
        "m2" if row.stated_ha / area_ha(geometry) > 100 else "ha"
        for row, geometry in list(zip(rows, shapes, strict=True))[:200]
        if row.stated_ha and geometry.is_valid and area_ha(geometry) > 0
    )
    return votes.most_common(1)[0][0] if votes else "ha"
