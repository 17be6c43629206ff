from django.http import HttpResponse


def record_chain(request, *args, **kwargs):
    return HttpResponse("")

