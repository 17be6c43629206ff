"""Addresses of the portal in the desk."""

from django.urls import path

from . import desk

urlpatterns = [path("portal-score/", desk.score_page, name="portal_score")]
