from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LandConfig(AppConfig):
    name = "diemtua.land"
    verbose_name = _("Industrial land")
