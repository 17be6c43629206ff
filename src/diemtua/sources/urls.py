"""Addresses of documents that the registers' own do not cover."""

from django.urls import path

from . import views

app_name = "sources"
urlpatterns = [
    path("documents/new/", views.document_new, name="new"),
    path("documents/<int:pk>/file/", views.document_file, name="file"),
]
