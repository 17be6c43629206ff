"""The registers of the room and what their record pages add, one file a subject."""

# In the order in which they stand in the menu: from a question to a working factory.
from . import enquiries, leads, projects, reports, care, aid  # noqa: F401, I001
