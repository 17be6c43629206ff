"""What is read nowhere in `sources`, because the file itself would be kept and opened again."""

import zipfile

from django.utils.translation import gettext_lazy as _

from diemtua.register.tabular import files
from diemtua.register.tabular.files import Unreadable


def refuse_macros(archive: zipfile.ZipFile) -> None:
    """Raises `Unreadable` macros for an Office file that carries a program."""
    if files.has_macros(archive):
        raise Unreadable(
            "macros",
            _("The file contains macros, which may harm the computer that opens it. Please save it without "
              "macros (.docx or .xlsx) and send that."),
        )  # fmt: skip
