"""Reads of documents: their passages, what is proposed from them, what officers have decided."""

from .figures import FigureConflict, figure_conflicts
from .labels import labels
from .outline import Outline, outline
from .passages import Piece, pieces, proofs_from, text_of
from .review import Group, Held, Line, Review, Waiting, marked, review, waiting
from .timing import seconds_to_read

__all__ = [
    "FigureConflict",
    "Group",
    "Held",
    "Line",
    "Outline",
    "Piece",
    "Review",
    "Waiting",
    "figure_conflicts",
    "labels",
    "marked",
    "outline",
    "pieces",
    "proofs_from",
    "review",
    "seconds_to_read",
    "text_of",
    "waiting",
]
