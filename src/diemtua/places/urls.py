"""Addresses of this room, under /desk/places/."""

from django.urls import path

from diemtua.places import desk

app_name = "places"
urlpatterns = [
    path("", desk.place_list, name="list"),
    path("foreign/add/", desk.foreign_add, name="foreign-add"),
    path("<int:pk>/", desk.unit_page, name="unit"),
    path("<int:pk>/names/add/", desk.alias_add, name="alias-add"),
]
