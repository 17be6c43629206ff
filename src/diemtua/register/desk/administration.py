from django.http import HttpResponse


def people(request, *args, **kwargs):
    return HttpResponse("")


def user_new(request, *args, **kwargs):
    return HttpResponse("")


def user_edit(request, *args, **kwargs):
    return HttpResponse("")


def user_link(request, *args, **kwargs):
    return HttpResponse("")


def unit_new(request, *args, **kwargs):
    return HttpResponse("")


def unit_edit(request, *args, **kwargs):
    return HttpResponse("")


def audit(request, *args, **kwargs):
    return HttpResponse("")

