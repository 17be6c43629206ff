"""The registers of the room and what their record pages add, one file a subject."""

from . import enquiries, leads, projects, reports  # noqa: F401
