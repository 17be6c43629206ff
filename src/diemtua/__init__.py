"""Điểm Tựa: a province's external relations as one chain with proof."""

__version__ = "0.1.0"
