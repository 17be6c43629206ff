"""Addresses of single steps with engagements."""

from django.urls import path

from . import views

app_name = "engagements"
urlpatterns = [path("next-step/<int:pk>/", views.next_step, name="next_step")]
