"""Work that falls due with time and waits for nobody to open a page: what is unanswered climbs, for one.

Each room offers its jobs in its `desk.py`. Every process of the server runs them in a thread of its own; a job must
therefore be safe when several run it at once, and cheap when there is nothing to do. Where no server runs, `diemtua
doctor` says what is overdue and `--mend` does it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections

from .database import refresh_statistics

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """`run` does what is due and returns how much that was; `overdue` counts what should have been done a while ago.

    `said` is the sentence of the doctor, with `%(n)s` for the count.
    """

    name: str
    run: Callable[[], int]
    overdue: Callable[[], int]
    said: str


# What the planner knows is no duty of anybody's: the doctor has nothing to say of it.
_jobs: dict[str, Job] = {"statistics": Job("statistics", refresh_statistics, lambda: 0, "%(n)s")}


def offer(job: Job) -> None:
    """Have a job done by the server from now on."""
    _jobs[job.name] = job


def jobs() -> list[Job]:
    return list(_jobs.values())


def run_all() -> dict[str, int]:
    """Run every job once; {name: how much was done}. One that fails is logged and keeps no other from running."""
    done = {}
    for job in jobs():
        try:
            done[job.name] = job.run()
        except Exception:
            log.exception("Upkeep: %s failed; it is tried again.", job.name)
    return done


def keep_up(stop: threading.Event, seconds: float) -> None:
    """Run the jobs again and again, so many seconds apart, until `stop` is set.

    The first round begins after a pause: a start is not slowed.
    """
    while not stop.wait(seconds):
        close_old_connections()
        try:
            run_all()
        finally:
            close_old_connections()


def start(seconds: float | None = None) -> threading.Event:
    """Begin to keep up in a thread that ends with the process; setting the event ends it earlier.

    `seconds` between two rounds: UPKEEP_SECONDS of the settings where not said.
    """
    seconds = settings.UPKEEP_SECONDS if seconds is None else seconds
    stop = threading.Event()
    threading.Thread(target=keep_up, args=(stop, seconds), name="upkeep", daemon=True).start()
    return stop
