"""KML and the KML of a KMZ: placemarks with polygons, always longitude and latitude of WGS 84."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from django.utils.translation import gettext_lazy as _
from lxml import etree

from diemtua.register.tabular import files
from diemtua.register.tabular.files import Sentence, Unreadable

from ..drawing import Drawing
from ..systems import WGS84
from .parts import Collector, NoArea, texts


def read(data: bytes) -> Drawing:
    """The areas of a KML text. Raises Unreadable; a document type, where entities hide, is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise files.broken() from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(
            "bomb",
            _("The file begins with definitions of its own (DOCTYPE), which may hide harm, and was not read. "
              "Please export it again from your map program."),
        )  # fmt: skip
    if _local(root) != "kml" and root.find(".//{*}Placemark") is None:
        raise Unreadable("wrong_kind", _("This is XML, but no KML: it has no placemarks."))
    collector = Collector()
    for placemark in root.iter("{*}Placemark"):
        number = collector.next()
        try:
            polygons = list(_polygons(placemark, collector))
            if not polygons:
                raise NoArea(_("It is no area."))
            collector.add(number, polygons, texts(_properties(placemark)), _folder(placemark))
        except NoArea as error:
            collector.skip(number, error.sentence)
    warnings: tuple[Sentence, ...] = ()
    if root.find(".//{*}NetworkLink") is not None:
        warnings = (_("The file points to further data on the network, which was not fetched."),)
    return Drawing("kml", tuple(collector.shapes), tuple(collector.skipped), WGS84, "", warnings)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _properties(placemark: etree._Element) -> Iterator[tuple[str, str]]:
    if name := _text(placemark.find("{*}name")):
        yield "name", name
    for data in placemark.iterfind(".//{*}Data"):
        yield data.get("name", ""), _text(data.find("{*}value"))
    for data in placemark.iterfind(".//{*}SimpleData"):
        yield data.get("name", ""), _text(data)


def _folder(placemark: etree._Element) -> str:
    for above in placemark.iterancestors("{*}Folder"):
        return _text(above.find("{*}name"))[:120]
    return ""


def _polygons(placemark: etree._Element, collector: Collector) -> Iterator[shapely.Polygon]:
    for polygon in placemark.iter("{*}Polygon"):
        outer = polygon.find("{*}outerBoundaryIs//{*}coordinates")
        inner = polygon.iterfind("{*}innerBoundaryIs//{*}coordinates")
        if outer is None:
            raise NoArea(_("It has no coordinates."))
        yield collector.polygon([_points(outer), *(_points(c) for c in inner)])
    for line in placemark.iter("{*}LineString"):
        coordinates = line.find("{*}coordinates")
        if coordinates is not None:
            yield collector.polygon([_points(coordinates)], closed=False)


def _points(element: etree._Element) -> list[list[float]]:
    try:
        return [[float(n) for n in point.split(",")[:2]] for point in _text(element).split()]
    except ValueError as error:
        raise NoArea(_("Its coordinates are not numbers.")) from error
