"""Files as text, and the marks of secret papers. Pure functions: no model, no database, nothing kept."""

from diemtua.kit.secrecy import secrecy_mark
from diemtua.register.tabular import Unreadable

from .reading import Read, read

__all__ = ["Read", "Unreadable", "read", "secrecy_mark"]
