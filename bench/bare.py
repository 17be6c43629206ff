"""The least a Django page can cost: every address answers two letters, through the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from diemtua.config.urls import urlpatterns as real


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), *real]  # not included: languages in addresses may stand at the root only
