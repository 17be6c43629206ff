from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "diemtua.news"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from diemtua.register import merging

        from . import panels

        panels.hang_up()
        merging.moves("news.RelatedRecord.record")
