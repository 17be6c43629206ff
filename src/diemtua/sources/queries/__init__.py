"""Reads of documents: their passages, what is proposed from them, what officers have decided."""

from .figures import FigureConflict, figure_conflicts
from .labels import labels
from .passages import Piece, pieces, proofs_from, text_of
from .review import Group, Held, Line, Review, Waiting, marked, review, waiting

__all__ = [
    "FigureConflict",
    "Group",
    "Held",
    "Line",
    "Piece",
    "Review",
    "Waiting",
    "figure_conflicts",
    "labels",
    "marked",
    "pieces",
    "proofs_from",
    "review",
    "text_of",
    "waiting",
]
