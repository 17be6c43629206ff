from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "diemtua.register"
    verbose_name = _("Register")

    def ready(self) -> None:
        # Every domain app declares its kinds in desk.py; they exist from the moment the program is up.
        autodiscover_modules("desk")
