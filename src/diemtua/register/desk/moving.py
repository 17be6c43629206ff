from django.http import HttpResponse


def imports(request, *args, **kwargs):
    return HttpResponse("")


def batch_page(request, *args, **kwargs):
    return HttpResponse("")


def batch_undo(request, *args, **kwargs):
    return HttpResponse("")


def bulk(request, *args, **kwargs):
    return HttpResponse("")


def export(request, *args, **kwargs):
    return HttpResponse("")


def import_start(request, *args, **kwargs):
    return HttpResponse("")


def import_check(request, *args, **kwargs):
    return HttpResponse("")


def import_failed(request, *args, **kwargs):
    return HttpResponse("")


def import_progress(request, *args, **kwargs):
    return HttpResponse("")

