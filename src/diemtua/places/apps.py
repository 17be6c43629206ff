"""The app's name in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "diemtua.places"
    label = "places"
    verbose_name = _("Places")
