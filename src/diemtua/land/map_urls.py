"""Addresses of maps, plans and outlines on the desk."""

from django.urls import path

from . import map_views, outline_views

urlpatterns = [
    path("land/map/", map_views.map_page, name="map"),
    path("land/map/features.json", map_views.map_features, name="map-features"),
    path("land/map/base.json", map_views.map_base, name="map-base"),
    path("land/outlines.geojson", map_views.export, name="outlines-export"),
    path("land/outlines/", outline_views.start, name="outlines"),
    path("land/outlines/<slug:token>/", outline_views.check, name="outlines-check"),
    path("r/<int:pk>/plan/", map_views.plan, name="plan"),
]
