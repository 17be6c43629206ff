"""The registers of the room and what their record pages add."""

from . import zones  # noqa: F401
