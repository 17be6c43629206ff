"""Addresses of the desk's pages of this room; those of the API itself are in `routes`."""

from django.urls import path

from . import views

app_name = "api"
urlpatterns = [
    path("api/", views.reference, name="reference"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    path("webhooks/", views.webhooks, name="webhooks"),
    path("webhooks/new/", views.webhook, name="webhook_new"),
    path("webhooks/<int:pk>/", views.webhook, name="webhook"),
    path("webhooks/deliveries/<int:pk>/again/", views.delivery_again, name="delivery_again"),
]
