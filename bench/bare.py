"""The least a Django page can cost: every address answers two letters, through the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from diemtua.config.urls import urlpatterns as real


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), path("", include(real))]
