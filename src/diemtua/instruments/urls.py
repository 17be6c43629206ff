"""Addresses of single steps with instruments and commitments."""

from django.urls import path

from . import views

app_name = "instruments"
urlpatterns = [
    path("r/<int:pk>/step/<slug:step>/", views.instrument_step, name="step"),
    path("r/<int:pk>/state/", views.commitment_state, name="state"),
]
