"""Counting how often articles are read: once for a reader, an article and an hour, without keeping who read.

A reader is a keyed hash of address and browser; one sender who always changes the browser's name is still no crowd.
The key is made for one hour, shared by all processes through the
database, and thrown away with the hour; the marks of that hour go with it. A process collects what it sees and
writes it every few seconds in one transaction: a mark that is there already counts nothing, whoever set it, so
several processes together count right, and a killed one loses its last seconds only.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import threading
import time
from collections import Counter
from functools import lru_cache

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from diemtua.register.origins import sender_of

log = logging.getLogger("diemtua.news")

HOUR = 3600
EVERY_SECONDS = 2.0
BROWSERS_MOST = 200  # of one sender for one article and hour: an office behind one address, and no flood
WAITING_MOST = 100_000  # of one process between two writings: a flood beyond that is no readers
_ROWS = 200
# Says of itself that it is a program, or says nothing.
ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|fetch|scan|monitor|curl|wget|python|java/|go-http|http-?client|okhttp|"
    r"headless|lighthouse|facebookexternalhit|^$",
    re.IGNORECASE,
)


@lru_cache(4096)
def is_robot(agent: str) -> bool:
    """Whether a browser's name is that of a program, or none."""
    return ROBOTS.search(agent) is not None


class Tally:
    """What one process has seen since it last wrote."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: set[int] = set()  # of the present hour, so that one reader costs the database once
        self._browsers: Counter[int] = Counter()  # of the present hour, by article and sender
        self._waiting: list[tuple[int, bytes, int]] = []  # (hour, mark, article)
        self._salt: tuple[int, bytes] = (0, b"")
        self._retry_salt_at = 0.0

    def see(self, article: int, address: str, agent: str, *, now: float | None = None) -> bool:
        """Note that somebody read an article; whether it was new to this process. Never raises, never waits long."""
        hour = int((time.time() if now is None else now) // HOUR)
        # A number that means nothing outside this process, and goes with the hour.
        reader = hash((hour, article, address, agent))
        if reader in self._seen or is_robot(agent):
            return False
        try:
            salt = self._salt_of(hour)
        except DatabaseError:
            return False
        sender = sender_of(address)
        mark = hashlib.blake2b(f"{article}\0{sender}\0{agent}".encode(), key=salt, digest_size=16).digest()
        with self._lock:
            if reader in self._seen or len(self._waiting) >= WAITING_MOST:
                return False
            self._seen.add(reader)
            # Where no address is known, all readers would be one sender.
            if sender and not self._room_for(hash((salt, article, sender))):
                return False
            self._waiting.append((hour, mark, article))
        return True

    def _room_for(self, sender: int) -> bool:
        self._browsers[sender] += 1
        return self._browsers[sender] <= BROWSERS_MOST

    def _salt_of(self, hour: int) -> bytes:
        if self._salt[0] == hour:
            return self._salt[1]
        with self._lock:
            if self._salt[0] != hour:
                self._salt = (hour, shared_salt(hour))
                self._seen.clear()
                self._browsers.clear()
            return self._salt[1]

    def flush(self) -> int:
        """Write what is waiting; how many views were added. What cannot be written now waits for the next time."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if not waiting:
            return 0
        try:
            return write(waiting)
        except DatabaseError as error:
            log.warning("views could not be counted yet: %s", error)
            with self._lock:
                self._waiting = (waiting + self._waiting)[:WAITING_MOST]
            return 0


def shared_salt(hour: int) -> bytes:
    """The key of an hour: made by whoever comes first; keys and marks of hours before go."""
    from .models import ViewMark, ViewSalt

    found = ViewSalt.objects.filter(hour=hour).values_list("salt", flat=True).first()
    if found is None:
        with transaction.atomic():
            ViewSalt.objects.bulk_create([ViewSalt(hour=hour, salt=secrets.token_bytes(32))], ignore_conflicts=True)
            ViewSalt.objects.filter(hour__lt=hour).delete()
            # Marks of the last hour may still be on their way from another process.
            ViewMark.objects.filter(hour__lt=hour - 1).delete()
        found = ViewSalt.objects.values_list("salt", flat=True).get(hour=hour)
    return bytes(found)


def write(waiting: list[tuple[int, bytes, int]]) -> int:
    """Set marks and add to the totals those that were not there, all or nothing."""
    from .models import ArticlePage, ViewCount, ViewMark

    article_of = {mark: article for _hour, mark, article in waiting}
    table = connection.ops.quote_name(ViewMark._meta.db_table)
    with transaction.atomic():
        there = set(ArticlePage.objects.filter(pk__in=set(article_of.values())).values_list("pk", flat=True))
        rows = [row for row in waiting if row[2] in there]
        new: Counter[int] = Counter()
        for start in range(0, len(rows), _ROWS):
            part = rows[start : start + _ROWS]
            # Both engines say with RETURNING which rows were really set, also beside other writers.
            sql = (
                f"INSERT INTO {table} (hour, mark) VALUES {', '.join(['(%s, %s)'] * len(part))} "
                "ON CONFLICT (mark) DO NOTHING RETURNING mark"
            )
            with connection.cursor() as cursor:
                cursor.execute(sql, [value for hour, mark, _article in part for value in (hour, mark)])
                new.update(article_of[bytes(mark)] for (mark,) in cursor.fetchall())
        # In one order, so that two processes never wait for each other.
        ViewCount.objects.bulk_create([ViewCount(pk=pk) for pk in sorted(new)], ignore_conflicts=True)
        for pk in sorted(new):
            ViewCount.objects.filter(pk=pk).update(total=F("total") + new[pk])
    return sum(new.values())


_tally = Tally()


def tally() -> Tally:
    """The counter of this process."""
    return _tally


def _begin_anew() -> None:
    global _tally
    _tally = Tally()


if hasattr(os, "register_at_fork"):  # what was collected before a fork belongs to the parent
    os.register_at_fork(after_in_child=_begin_anew)
