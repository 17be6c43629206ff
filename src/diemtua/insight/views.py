"""Pages that look across all records."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from diemtua.register.access import desk_required


@desk_required()
def my_day(request: HttpRequest) -> HttpResponse:
    return render(request, "insight/my_day.html", {})
