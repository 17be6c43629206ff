"""Addresses of what is read across all records."""

from django.urls import path

from . import views

app_name = "insight"
urlpatterns = [path("", views.my_day, name="my_day")]
