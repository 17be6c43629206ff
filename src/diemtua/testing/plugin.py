"""What every pytest run of this project has: quick settings, real servers, a real browser."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from diemtua.testing import NotHere, chromium, sqlite
from diemtua.testing.postgres import TEMPLATE
from diemtua.testing.server import ScratchServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OFFICER = "officer"
"""The demonstration's officer, as whom the browser tests work."""


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    config.pluginmanager.register(Sweeper())
    if settings.configured and (made_from := os.environ.get(TEMPLATE)):
        from django.db import connection

        connection.settings_dict["TEST"]["TEMPLATE"] = made_from

    if settings.configured:
        from django.db import connection

        if connection.vendor == "sqlite":
            creation: Any = connection.creation
            creation._create_test_db = sqlite.copies(creation._create_test_db, sqlite.template())
        # Pages in tests name their files plainly: nothing is collected, compressed or hashed first.
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        # Wagtail has looked at the storages while it was loading, and Django keeps what it saw then.
        from django.contrib.staticfiles.storage import staticfiles_storage
        from django.core.files.storage import storages
        from django.utils.functional import empty

        storages._backends = None
        storages.__dict__.pop("backends", None)
        storages._storages.clear()
        staticfiles_storage._wrapped = empty
        # Sign-in is tested, the slowness of the hash is not.
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


# What a test rolls back stays in PostgreSQL's tables until somebody sweeps. Statistics say the tables are empty, so
# every query reads them whole: after half a suite a list of 30 rows took minutes.
SWEEP_AFTER_TESTS = 25
SWEEP_AFTER_SECONDS = 2.0


class Sweeper:
    """Sweeps PostgreSQL's tables after some tests, or after a long one."""

    def __init__(self) -> None:
        self.tests, self.seconds = 0, 0.0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds += report.duration
        self.tests += report.when == "teardown"

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self) -> None:
        if self.tests < SWEEP_AFTER_TESTS and self.seconds < SWEEP_AFTER_SECONDS:
            return
        self.tests, self.seconds = 0, 0.0
        from django.db import connection

        if connection.vendor != "postgresql" or not connection.settings_dict["NAME"].startswith("test_"):
            return
        import psycopg

        # A connection of its own: pytest-django keeps Django's for the tests.
        given = connection.get_connection_params()
        words = {n: given[n] for n in ("host", "port", "user", "password", "dbname") if n in given}
        with psycopg.connect(**words, autocommit=True) as sweeping:
            # A table that a test's transaction holds (it may have counted it) is left for the next time.
            sweeping.execute("VACUUM (SKIP_LOCKED)")


@pytest.fixture(scope="session")
def scratch_server() -> Iterator[ScratchServer]:
    """A served demonstration province, shared by all tests that do not kill it."""
    with ScratchServer() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    # Playwright keeps an event loop in this thread; Django would then refuse every query of later tests.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    try:
        chromium.find()
    except NotHere as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason), pytrace=False)
        pytest.skip(str(reason))
    with chromium.browser() as running:
        yield running


def sign_in(page: "Page", link: str) -> None:
    """Follow a one-time link as a person does: open it and press its button."""
    answer = page.goto(link)
    assert answer is not None, "the sign-in link led nowhere"
    assert answer.ok, f"the sign-in link answered {answer.status}"
    page.locator("[data-sign-in]").click()
    page.wait_for_url("**/desk/**")


@pytest.fixture(scope="session")
def state_of(browser: "Browser", scratch_server: ScratchServer) -> Callable[[str], Any]:
    """`state_of("lead")`: the cookies of that user, signed in. Once is enough for a session of tests: a link is a
    process of its own."""

    @cache
    def signed_in(username: str) -> Any:
        context = browser.new_context(locale="vi-VN")
        sign_in(context.new_page(), scratch_server.login_link(username))
        state = context.storage_state()
        context.close()
        assert state["cookies"], "the sign-in link signed nobody in"
        return state

    return signed_in


@pytest.fixture(scope="session")
def officer_state(state_of: Callable[[str], Any]) -> Any:
    """The cookies of a signed-in officer."""
    return state_of(OFFICER)


@pytest.fixture
def page(browser: "Browser", scratch_server: ScratchServer, officer_state: Any) -> Iterator["Page"]:
    """A page signed in as an officer; `page.goto("/desk/")`. What its scripts throw fails the test."""
    context = browser.new_context(
        base_url=scratch_server.base_url,
        storage_state=officer_state,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 1440, "height": 900},
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not errors, f"scripts on the page failed: {errors}"
