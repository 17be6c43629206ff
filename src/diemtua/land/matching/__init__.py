"""Matching: plots held against what an investor asks. Pure: numbers in, numbers out; knows no database."""

from .answer import Answer, Failure, match
from .certainty import Certainty, Tipping
from .changes import Change
from .combining import Combinations, combine
from .requirements import Bound, RequirementError, Requirements, Wish
from .table import Column, PlotTable, table_of, widened

__all__ = [
    "Answer",
    "Bound",
    "Certainty",
    "Change",
    "Column",
    "Combinations",
    "Failure",
    "PlotTable",
    "RequirementError",
    "Requirements",
    "Tipping",
    "Wish",
    "combine",
    "match",
    "table_of",
    "widened",
]
