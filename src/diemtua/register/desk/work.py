from django.http import HttpResponse


def record_history(request, *args, **kwargs):
    return HttpResponse("")


def record_on(request, *args, **kwargs):
    return HttpResponse("")


def change_undo(request, *args, **kwargs):
    return HttpResponse("")


def note_new(request, *args, **kwargs):
    return HttpResponse("")


def watch(request, *args, **kwargs):
    return HttpResponse("")


def figure_new(request, *args, **kwargs):
    return HttpResponse("")


def figure_withdraw(request, *args, **kwargs):
    return HttpResponse("")


def evidence_new(request, *args, **kwargs):
    return HttpResponse("")

