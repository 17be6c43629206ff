"""What tests of all rooms share: people of every role in two units, a chain of records, clean caches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from diemtua.places.tests.conftest import loaded, places
from diemtua.testing.pages import Staff, make_samples, make_staff

__all__ = ["files", "loaded", "places", "quiet_caches", "samples", "staff"]


@pytest.fixture(autouse=True)
def quiet_caches() -> Iterator[None]:
    """Choices of small tables are kept for half a minute: a test must not see those of the one before."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def files(settings, tmp_path: Path) -> Path:
    """A folder of this test alone for stored files (`files`) and waiting uploads (`uploads`)."""
    settings.VAR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path


@pytest.fixture
def staff(db: None, files: Path) -> Staff:
    """Two units and a person of each role; `staff.client("officer")` is a signed-in browser."""
    return make_staff()


@pytest.fixture
def samples(staff: Staff) -> SimpleNamespace:
    """A chain of one record of every kind, internal, owned by `staff.unit`."""
    return make_samples(staff)
