"""An archive of articles brought in: saved pages or a table, with days, counts and old addresses."""

from .reading import Item, Trouble, read_archive
from .saving import Saved, import_archive

__all__ = ["Item", "Saved", "Trouble", "import_archive", "read_archive"]
