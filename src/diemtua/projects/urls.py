"""Addresses of the room; each subject adds its own."""

from django.urls import URLPattern

app_name = "projects"
urlpatterns: list[URLPattern] = []
