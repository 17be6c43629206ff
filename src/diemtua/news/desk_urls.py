"""Addresses of the newsroom in the desk."""

from django.urls import path

from . import views

app_name = "news"
urlpatterns = [
    path("newsroom/", views.newsroom, name="newsroom"),
    path("newsroom/<int:pk>/send/", views.send, name="send"),
    path("r/<int:pk>/articles/", views.about, name="about"),
]
