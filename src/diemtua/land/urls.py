"""Addresses of the land room on the desk."""

from django.urls import path

from . import map_urls, search_views, views

app_name = "land"
urlpatterns = [
    *map_urls.urlpatterns,
    path("land/due/", views.due, name="due"),
    path("land/reservations/<int:pk>/extend/", views.extend, name="extend"),
    path("land/reservations/<int:pk>/release/", views.release, name="release"),
    path("land/match/", search_views.match, name="match"),
    path("land/match/compare/", search_views.compare, name="compare"),
    path("land/match/keep/", search_views.keep, name="keep"),
    path("land/searches/", search_views.searches, name="searches"),
    path("land/searches/<int:pk>/", search_views.search, name="search"),
    path("land/searches/<int:pk>/share/", search_views.share, name="share"),
    path("land/searches/<int:pk>/share/<int:share>/revoke/", search_views.revoke, name="revoke"),
    path("land/searches/<int:pk>/withdraw/", search_views.withdraw, name="withdraw"),
    path("land/unmet/", search_views.unmet, name="unmet"),
    path("r/<int:pk>/land/", views.record_land, name="facts"),
    path("r/<int:pk>/reserve/", views.reserve, name="reserve"),
]
