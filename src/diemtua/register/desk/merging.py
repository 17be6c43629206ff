"""Placeholder until the real one is in place (being written)."""

from django.http import HttpRequest, HttpResponse


def merge_page(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse("")
