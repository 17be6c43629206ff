"""Files as text, and the marks of secret papers. Pure functions: no model, no database, nothing kept."""

from diemtua.kit.secrecy import secrecy_mark
from diemtua.register.tabular import Unreadable

from .page import Page, page_of_text
from .reading import Read, read

__all__ = ["Page", "Read", "Unreadable", "page_of_text", "read", "secrecy_mark"]
