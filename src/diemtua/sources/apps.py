from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SourcesConfig(AppConfig):
    name = "diemtua.sources"
    verbose_name = _("Sources")

    def ready(self) -> None:
        # Every domain app says in proposals.py what documents may propose of it, lowest floor first.
        autodiscover_modules("proposals")
        from diemtua.register import write
        from diemtua.register.models import Batch

        from . import panels
        from .actions import open_again, open_again_one

        write.after_undo(Batch.Kind.READING, open_again, open_again_one)
        panels.hang_up()
