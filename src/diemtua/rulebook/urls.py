from django.urls import path

from diemtua.rulebook import desk

app_name = "rulebook"
urlpatterns = [
    path("", desk.rules, name="list"),
    path("overrides/<int:pk>/withdraw/", desk.withdraw, name="withdraw"),
    path("<str:code>/override/", desk.override, name="override"),
]
