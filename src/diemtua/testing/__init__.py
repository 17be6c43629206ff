"""What tests need and the product does not: a PostgreSQL, a Chromium, servers to be killed."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: where node_modules and .cache are."""


class NotHere(RuntimeError):
    """Something a test needs is not on this machine; the message is a sentence that says what."""
