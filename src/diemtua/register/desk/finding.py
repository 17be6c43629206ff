from django.http import HttpResponse


def search_page(request, *args, **kwargs):
    return HttpResponse("")


def palette(request, *args, **kwargs):
    return HttpResponse("")


def similar(request, *args, **kwargs):
    return HttpResponse("")


def view_save(request, *args, **kwargs):
    return HttpResponse("")


def view_delete(request, *args, **kwargs):
    return HttpResponse("")

