"""From changes to deliveries, and from deliveries to calls; never within a request.

The audit is the outbox: every change of a record stands there in the transaction that made it, so the write path
needs no hook and pays nothing. The sender reads what came after the last change each webhook has seen.
"""

from __future__ import annotations

import datetime
import json
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections, models, transaction
from django.utils import timezone

from diemtua.register.database import settled_before
from diemtua.register.models import Change, Record
from diemtua.register.queries import visible

from . import rules
from .calling import Outcome, post
from .models import Answer, Delivery, Webhook

log = logging.getLogger("diemtua.api")

SCANNED = 2000  # changes looked at in one pass
SENT = 20  # deliveries of one pass
AT_ONCE = 4
CLAIM = datetime.timedelta(minutes=2)  # after so long a call that never came back is made again
SLACK = datetime.timedelta(seconds=60)  # between the clocks of server and database
PAUSE, IDLE = 2.0, 5.0
ANSWERS_KEPT, DELIVERIES_KEPT = datetime.timedelta(days=7), datetime.timedelta(days=30)


def notice() -> int:
    """Turn what has changed into deliveries; returns how many. What one may not see is told to nobody."""
    hooks = list(Webhook.objects.filter(active=True).select_related("sees"))
    if not hooks:
        return 0
    settled = settled_before()
    return sum(_notice_for(hook, settled) for hook in hooks)


def _notice_for(hook: Webhook, settled: Any) -> int:
    scanned = list(Change.objects.filter(pk__gt=hook.seen_change).order_by("pk").values_list("pk", "at")[:SCANNED])
    if not scanned:
        return 0
    made = 0
    if hook.sees.is_active:
        rows = Change.objects.filter(
            visible(hook.sees, "record__"), pk__gt=hook.seen_change, pk__lte=scanned[-1][0], record__isnull=False
        )
        if hook.kinds:
            rows = rows.filter(record__kind__in=hook.kinds)
        wanted = []
        for pk, verb, diff in rows.order_by("pk").values_list("pk", "verb", "diff"):
            event = rules.event_of(verb, diff)
            if event is not None and event in hook.events:
                wanted.append(Delivery(webhook=hook, change_id=pk, event=event))
        before = set(
            Delivery.objects.filter(webhook=hook, change__gt=hook.seen_change).values_list("change_id", flat=True)
        )
        fresh = [d for d in wanted if d.change_id not in before]
        Delivery.objects.bulk_create(fresh, ignore_conflicts=True)  # another process may do the same
        made = len(fresh)
    done = [pk for pk, at in scanned if settled is None or at < settled - SLACK]
    if done:
        Webhook.objects.filter(pk=hook.pk, seen_change__lt=done[-1]).update(seen_change=done[-1])
    return made


def body_of(delivery: Delivery) -> bytes:
    """What a receiver is told: which record changed and how, and nothing that it says. It is read by a token."""
    change = delivery.change
    record = change.record
    assert record is not None
    told = {
        "id": delivery.pk,
        "event": delivery.event,
        "kind": record.kind,
        "number": record.pk,
        "version": change.version,
        "at": change.at.isoformat(),
        "href": f"/api/v1/records/{record.pk}",
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def send_due(most: int = SENT) -> int:
    """Make the calls that are due; returns how many were made. Safe in several processes."""
    now = timezone.now()
    due = list(
        Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, webhook__active=True)
        .select_related("webhook", "webhook__sees", "change", "change__record")
        .defer("change__diff", "change__record__search_text")
        .order_by("next_at", "pk")[:most]
    )
    mine = []
    for delivery in due:
        claimed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, next_at=delivery.next_at)
        if claimed.update(next_at=now + CLAIM, tries=models.F("tries") + 1):
            delivery.tries += 1
            mine.append(delivery)
    mine = [d for d in mine if _still_seen(d)]
    for delivery, outcome in zip(mine, _call(mine), strict=True):
        _note(delivery, outcome)
    return len(mine)


def _still_seen(delivery: Delivery) -> bool:
    """Whether the webhook's person may see the record now; if not, there is nothing to tell."""
    hook, number = delivery.webhook, delivery.change.record_id
    if hook.sees.is_active and Record.objects.visible_to(hook.sees).filter(pk=number).exists():
        return True
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.GIVEN_UP, ended_at=timezone.now(), said="hidden", status=None
    )
    return False


def _call(deliveries: Sequence[Delivery]) -> list[Outcome | None]:
    """The outcome of each: webhooks side by side, the deliveries of one after another, in order.

    None: not called, for the one before it found no connection.
    """
    at = int(time.time())
    groups: dict[int, list[tuple[int, tuple[str, bytes, dict[str, str]]]]] = {}
    for n, d in enumerate(deliveries):
        body = body_of(d)
        headers = {
            rules.SIGNATURE_HEADER: rules.sign(d.webhook.secret, body, at),
            "Diemtua-Event": d.event,
            "Diemtua-Delivery": str(d.pk),
            "User-Agent": "DiemTua-Webhook/1",
        }
        groups.setdefault(d.webhook_id, []).append((n, (d.webhook.url, body, headers)))
    outcomes: list[Outcome | None] = [None] * len(deliveries)

    def one_after_another(calls: list[tuple[int, tuple[str, bytes, dict[str, str]]]]) -> None:
        for n, call in calls:
            outcomes[n] = found = post(*call)
            if found.status is None:
                return

    if groups:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one_after_another, groups.values()))
    return outcomes


def _note(delivery: Delivery, outcome: Outcome | None) -> None:
    now = timezone.now()
    if outcome is None:  # back in line, and no try was made
        soon = now + datetime.timedelta(seconds=rules.PAUSES[0])
        Delivery.objects.filter(pk=delivery.pk).update(next_at=soon, tries=delivery.tries - 1)
        return
    values: dict[str, Any] = {"status": outcome.status, "said": outcome.wrong}
    if outcome.taken:
        values |= {"state": Delivery.State.DELIVERED, "ended_at": now}
    elif (again := rules.next_try(delivery.tries, now)) is not None:
        values |= {"next_at": again}
    else:
        values |= {"state": Delivery.State.GIVEN_UP, "ended_at": now}
    Delivery.objects.filter(pk=delivery.pk).update(**values)


def tidy() -> None:
    """Forget answers and deliveries that nobody will ask for."""
    now = timezone.now()
    Answer.objects.filter(made_at__lt=now - ANSWERS_KEPT).delete()
    ended = Delivery.objects.exclude(state=Delivery.State.WAITING)
    with transaction.atomic():
        ended.filter(ended_at__lt=now - DELIVERIES_KEPT).delete()


def run_once() -> int:
    """One pass: notice what changed, make the calls that are due. Returns how many were made."""
    notice()
    return send_due()


class Sender(threading.Thread):
    """The thread of a server that tells webhooks. Whatever goes wrong is logged, and it goes on."""

    def __init__(self) -> None:
        super().__init__(name="webhooks", daemon=True)
        self.ended = threading.Event()
        self._tidied = 0.0

    def run(self) -> None:
        while not self.ended.is_set():
            pause = IDLE
            try:
                close_old_connections()
                if Webhook.objects.filter(active=True).exists():
                    pause = 0 if run_once() >= SENT else PAUSE
                if time.monotonic() - self._tidied > 3600:
                    tidy()
                    self._tidied = time.monotonic()
            except Exception:
                log.exception("webhooks could not be told")
                pause = IDLE * 4
            self.ended.wait(pause)
