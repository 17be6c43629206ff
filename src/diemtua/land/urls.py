"""Addresses of the land room on the desk."""

from django.urls import path

from . import map_urls, views

app_name = "land"
urlpatterns = [
    *map_urls.urlpatterns,
    path("land/due/", views.due, name="due"),
    path("land/reservations/<int:pk>/extend/", views.extend, name="extend"),
    path("land/reservations/<int:pk>/release/", views.release, name="release"),
    path("r/<int:pk>/land/", views.record_land, name="facts"),
    path("r/<int:pk>/reserve/", views.reserve, name="reserve"),
]
