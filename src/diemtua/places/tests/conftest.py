"""The reference data, loaded once for the session; what a test changes is rolled back."""

import pytest

from diemtua.places.actions import load_reference_data


@pytest.fixture(scope="session")
def loaded(django_db_setup: None, django_db_blocker) -> None:
    """All countries, units, successions and outlines, in every test that asks for `places`."""
    with django_db_blocker.unblock():
        load_reference_data()


@pytest.fixture
def places(loaded: None, db: None) -> None:
    """Reference data, in a transaction that is rolled back."""


@pytest.fixture
def people(django_user_model):
    """Makes a user of a role."""

    def make(role: str):
        return django_user_model.objects.create_user(username=f"can-bo-{role}", role=role)

    return make
