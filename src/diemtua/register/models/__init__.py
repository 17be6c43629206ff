"""What every record has, one file a subject."""

from .audit import Batch, Change
from .people import ROLE_RANK, OrgUnit, Role, User
from .proof import Evidence, Figure, Stage
from .record import Access, Confidence, Link, Name, NameKind, OfUnit, Record, Recorded, Tag, Word
from .work import Note, SavedView, Watch

__all__ = [
    "ROLE_RANK",
    "Access",
    "Batch",
    "Change",
    "Confidence",
    "Evidence",
    "Figure",
    "Link",
    "Name",
    "NameKind",
    "Note",
    "OfUnit",
    "OrgUnit",
    "Record",
    "Recorded",
    "Role",
    "SavedView",
    "Stage",
    "Tag",
    "User",
    "Watch",
    "Word",
]
