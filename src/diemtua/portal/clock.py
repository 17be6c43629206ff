"""What runs by itself beside the pages, in every process of the server: views are written, what is due is published."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from wagtail.models import Page, Revision

from diemtua.news.counting import EVERY_SECONDS, tally

log = logging.getLogger("diemtua.portal")
PUBLISH_SECONDS = 5.0


def publish_due() -> bool:
    """Publish and take back pages whose moment has come; whether there were any.

    One process at a time: who finds another at it leaves it to that one.
    """
    now = timezone.now()
    due = Revision.page_revisions.filter(approved_go_live_at__lte=now).exists()
    over = Page.objects.filter(live=True, expire_at__lte=now).exists()
    if not (due or over):
        return False
    with _alone() as mine:
        if mine:
            call_command("publish_scheduled", verbosity=0)
    return True


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    try:
        import fcntl
    except ImportError:  # Windows: one process serves
        yield True
        return
    with (settings.VAR / "publishing.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _run() -> None:
    published_at = 0.0
    while True:
        time.sleep(EVERY_SECONDS)
        try:
            close_old_connections()
            tally().flush()
            if time.monotonic() - published_at >= PUBLISH_SECONDS:
                published_at = time.monotonic()
                publish_due()
        except DatabaseError as error:
            log.warning("the clock of the portal goes on: %s", error)
        except Exception:
            log.exception("the clock of the portal goes on")


_started: set[int] = set()


def start() -> None:
    """Start the clock of this process, once."""
    if os.getpid() in _started:
        return
    _started.add(os.getpid())
    threading.Thread(target=_run, name="portal-clock", daemon=True).start()
    atexit.register(_last)


def _last() -> None:
    with contextlib.suppress(Exception):
        tally().flush()
