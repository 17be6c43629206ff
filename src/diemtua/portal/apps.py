from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "diemtua.portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from diemtua.register import merging

        merging.moves("portal.StoryPage.record")
