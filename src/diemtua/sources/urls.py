"""Addresses of documents that the registers' own do not cover."""

from django.urls import path

from . import views

app_name = "sources"
urlpatterns = [
    path("documents/new/", views.document_new, name="new"),
    path("documents/<int:pk>/file/", views.document_file, name="file"),
    # reading and deciding
    path("reading/", views.waiting_list, name="waiting"),
    path("r/<int:pk>/read/", views.read_document, name="read"),
    path("r/<int:pk>/review/", views.review_page, name="review"),
    path("r/<int:pk>/review/decide/", views.decide, name="decide"),
    path("r/<int:pk>/review/all/", views.accept_all, name="accept_all"),
    path("r/<int:pk>/review/add/", views.add_fact, name="add_fact"),
    path("r/<int:pk>/review/text/", views.text_part, name="text_part"),
    path("r/<int:pk>/review/since/", views.recognised_since, name="since"),
    path("r/<int:pk>/review/mend/<int:proposal>/", views.mend, name="mend"),
    path("r/<int:pk>/review/preview/<int:subject>/", views.record_preview, name="preview"),
]
