"""Addresses of the room: on the desk, and what GIS programs read."""

from django.urls import path

from .views import destinations, maps, ogc, outlines, records, searches

app_name = "land"
urlpatterns = [
    path("land/map/", maps.map_page, name="map"),
    path("land/map/features.json", maps.map_features, name="map-features"),
    path("land/map/base.json", maps.map_base, name="map-base"),
    path("land/outlines.geojson", maps.export, name="outlines-export"),
    path("land/outlines/", outlines.start, name="outlines"),
    path("land/outlines/<slug:token>/", outlines.check, name="outlines-check"),
    path("land/destinations/", destinations.listed, name="destinations"),
    path("land/destinations/new/", destinations.new, name="destination-new"),
    path("land/destinations/<slug:code>/", destinations.one, name="destination"),
    path("land/destinations/<slug:code>/road/", destinations.measured, name="destination-road"),
    path("land/destinations/<slug:code>/remove/", destinations.remove, name="destination-remove"),
    path("land/due/", records.due, name="due"),
    path("land/reservations/<int:pk>/extend/", records.extend, name="extend"),
    path("land/reservations/<int:pk>/release/", records.release, name="release"),
    path("land/match/", searches.match, name="match"),
    path("land/match/compare/", searches.compare, name="compare"),
    path("land/match/keep/", searches.keep, name="keep"),
    path("land/searches/", searches.searches, name="searches"),
    path("land/searches/<int:pk>/", searches.search, name="search"),
    path("land/searches/<int:pk>/share/", searches.share, name="share"),
    path("land/searches/<int:pk>/share/<int:share>/revoke/", searches.revoke, name="revoke"),
    path("land/searches/<int:pk>/withdraw/", searches.withdraw, name="withdraw"),
    path("land/unmet/", searches.unmet, name="unmet"),
    path("r/<int:pk>/land/", records.record_land, name="facts"),
    path("r/<int:pk>/plan/", maps.plan, name="plan"),
    path("r/<int:pk>/reserve/", records.reserve, name="reserve"),
]

# OGC API - Features, below /ogc/: a tuple of its own for `include`.
features_api = (
    [
        path("", ogc.landing, name="landing"),
        path("api", ogc.api, name="api"),
        path("conformance", ogc.conformance, name="conformance"),
        path("collections", ogc.collections, name="collections"),
        path("collections/<slug:name>", ogc.collection, name="collection"),
        path("collections/<slug:name>/items", ogc.items, name="items"),
        path("collections/<slug:name>/items/<int:pk>", ogc.item, name="item"),
    ],
    "ogc",
)
