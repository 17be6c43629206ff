"""The registers of the room and what their record pages add, one file a subject."""

from . import aid, care, enquiries, leads, projects, reports  # noqa: F401
