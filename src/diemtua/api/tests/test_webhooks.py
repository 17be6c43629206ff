"""Webhooks: who is told what, signed how, tried how often, and never led into the inner network."""

from __future__ import annotations

import datetime
import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from diemtua.api import actions, calling, rules, sending
from diemtua.api.models import Delivery, Webhook
from diemtua.projects.actions import projects
from diemtua.register import write
from diemtua.register.actions import add_note
from diemtua.register.models import User
from diemtua.testing.pages import Staff, body

pytestmark = pytest.mark.django_db


class Receiver:
    """A program that is told: what it got, and what it answers next."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), sent))
                status, headers = outer.answers.pop(0) if outer.answers else (204, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(sent) for _headers, sent in self.got]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_HTTP, settings.WEBHOOK_PRIVATE_HOSTS = True, ["127.0.0.1"]
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def hook(staff: Staff, receiver: Receiver, sees: User | None = None, **more: Any) -> Webhook:
    return actions.save_webhook(
        actor=staff.administrator, name="Bảng tin thử", url=receiver.url, sees=sees or staff.viewer, **more
    )


def test_what_is_told(staff: Staff, samples: SimpleNamespace, receiver: Receiver) -> None:
    """Entered, changed and moved; which record, and nothing of what it says; signed; each change once."""
    made = hook(staff, receiver)
    assert sending.run_once() == 0, "what was before is not told"
    party = write.create("party", actor=None, fields={"title": "Công ty Sao Khuê", "kind": "company"})
    write.update(party, actor=None, fields={"title": "Công ty Sao Khuê Hai"}, reason="đổi tên")
    add_note(record=party.record, actor=staff.officer, text="Ghi chú thử")
    projects.move(actor=staff.lead, project=samples.project, to="paused", reason="thử")
    assert sending.run_once() == 3
    assert sending.run_once() == 0
    assert [(t["event"], t["number"], t["version"]) for t in receiver.told] == [
        ("created", party.pk, 1),
        ("changed", party.pk, 2),
        ("moved", samples.project.pk, receiver.told[2]["version"]),
    ]
    for headers, sent in receiver.got:
        assert "Sao Khu" not in sent.decode()
        assert rules.verify(made.secret, sent, headers["Diemtua-Signature"], int(time.time()))
        assert not rules.verify(made.secret, sent + b" ", headers["Diemtua-Signature"], int(time.time()))
        assert not rules.verify(made.secret, sent, headers["Diemtua-Signature"], int(time.time()) + 3600)
        assert not rules.verify("khác", sent, headers["Diemtua-Signature"], int(time.time()))
    assert {d.state for d in Delivery.objects.all()} == {"delivered"}


def test_nobody_is_told_of_what_they_may_not_see(staff: Staff, receiver: Receiver) -> None:
    """By the sight of its person, its kinds and its events; and what was hidden meanwhile is not told any more."""
    hook(staff, receiver, sees=staff.officer, kinds=["party"], events=["created"])
    for fields in (
        {"title": "A", "access": "unit", "unit": staff.other_unit},
        {"title": "B", "access": "unit", "unit": staff.unit},
        {"title": "C"},
    ):
        made = write.create("party", actor=None, fields={"kind": "company", **fields})
    write.create("zone", actor=None, fields={"title": "D", "type": "industrial_park"})
    sending.notice()
    assert {d.change.record.title for d in Delivery.objects.select_related("change__record")} == {"B", "C"}
    write.update(made, actor=None, fields={"access": "unit", "unit": staff.other_unit})
    sending.run_once()
    assert len(receiver.got) == 1
    assert {(d.change.record.title, d.state) for d in Delivery.objects.all()} == {("B", "delivered"), ("C", "given_up")}
    staff.officer.is_active = False
    staff.officer.save()
    write.create("party", actor=None, fields={"title": "E", "kind": "company"})
    assert sending.run_once() == 0


def test_trouble_is_tried_again_with_growing_pauses(staff: Staff, receiver: Receiver) -> None:
    """Refusals wait longer each time, until it is given up; an administrator sends it again."""
    made = hook(staff, receiver)
    write.create("party", actor=None, fields={"title": "A", "kind": "company"})
    receiver.answers = [(500, {})] * (len(rules.PAUSES) + 1)
    waits = []
    for _n in range(len(rules.PAUSES) + 1):
        before = timezone.now()
        assert sending.run_once() == 1
        assert sending.run_once() == 0, "not before its time"
        delivery = Delivery.objects.get()
        waits.append(round((delivery.next_at - before).total_seconds()))
        Delivery.objects.update(next_at=timezone.now())
    assert [abs(w - p) <= 2 for w, p in zip(waits, rules.PAUSES, strict=False)] == [True] * len(rules.PAUSES)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.said) == ("given_up", 500, "refused")
    assert sending.run_once() == 0
    page = staff.client("administrator").get(reverse("api:webhook", args=[made.pk]))
    assert "500" in body(page)
    again = reverse("api:delivery_again", args=[delivery.pk])
    assert staff.client("lead").post(again).status_code == 403
    assert staff.client("administrator").post(again).status_code == 302
    assert sending.run_once() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status) == ("delivered", 204)


def test_one_that_is_not_there_costs_one_call(staff: Staff, receiver: Receiver) -> None:
    """Where there is no connection, the other deliveries of the same webhook wait without a try."""
    made = hook(staff, receiver)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nowhere = f"http://127.0.0.1:{gone.getsockname()[1]}/"
    Webhook.objects.filter(pk=made.pk).update(url=nowhere)
    for n in range(3):
        write.create("party", actor=None, fields={"title": f"A{n}", "kind": "company"})
    sending.run_once()
    assert sorted(d.tries for d in Delivery.objects.all()) == [0, 0, 1]
    assert {d.state for d in Delivery.objects.all()} == {"waiting"}


def test_redirects_are_not_followed(staff: Staff, receiver: Receiver) -> None:
    hook(staff, receiver)
    write.create("party", actor=None, fields={"title": "A", "kind": "company"})
    receiver.answers = [(302, {"Location": receiver.url.replace("hook", "inner")})]
    sending.run_once()
    assert len(receiver.got) == 1
    assert Delivery.objects.get().said == "redirect"


def test_a_claim_is_made_once(staff: Staff, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes see the same delivery due: one of them calls. A call that never came back is made again."""
    hook(staff, receiver)
    write.create("party", actor=None, fields={"title": "A", "kind": "company"})
    sending.notice()
    delivery = Delivery.objects.get()

    def taken(deliveries: Any) -> list[Any]:
        if not deliveries:
            return []
        assert sending.send_due() == 0, "while this one calls, no other does"
        return [calling.Outcome(None, "timeout") for _d in deliveries]

    monkeypatch.setattr(sending, "_call", taken)
    assert sending.send_due() == 1
    delivery.refresh_from_db()
    assert (delivery.tries, delivery.said, delivery.state) == (1, "timeout", "waiting")


def test_writing_pays_nothing(staff: Staff, receiver: Receiver) -> None:
    """The audit is what is read: a record costs as many queries with webhooks as without."""

    def cost(title: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            write.create("party", actor=None, fields={"title": title, "kind": "company"})
        return len(seen)

    cost("A")
    without = cost("Công ty A")
    hook(staff, receiver)
    assert cost("Công ty B") == without


def test_late_numbers_are_not_missed(staff: Staff, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where transactions may still bring lower numbers, the place in the audit waits, and nothing is told twice."""
    made = hook(staff, receiver)
    write.create("party", actor=None, fields={"title": "A", "kind": "company"})
    monkeypatch.setattr(sending, "settled_before", lambda: timezone.now() - datetime.timedelta(hours=1))
    place = made.seen_change
    for _n in range(3):
        sending.run_once()
    made.refresh_from_db()
    assert made.seen_change == place
    assert len(receiver.got) == 1
    monkeypatch.setattr(sending, "settled_before", lambda: timezone.now() + datetime.timedelta(hours=1))
    sending.run_once()
    made.refresh_from_db()
    assert made.seen_change > place
    assert len(receiver.got) == 1


# --- addresses ------------------------------------------------------------------------------------

INNER = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "::127.0.0.1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "không phải",
    "",
]


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses(address: str) -> None:
    assert not rules.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_open_addresses(address: str) -> None:
    assert rules.is_public(address)


@pytest.mark.parametrize("address", [a for a in INNER if a and " " not in a])
def test_a_name_that_leads_inside_is_not_called(settings: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Whatever the name says; also where one of several addresses is an inner one. No connection is made."""
    found = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("a connection was made"))
    assert calling.post("https://open.example.org/", b"{}", {}).wrong == "inner_address"


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere at the second look is not looked up a second time."""
    answers = iter([[(0, 0, 0, "", ("93.184.216.34", 443))], [(0, 0, 0, "", ("127.0.0.1", 443))]])
    called: list[Any] = []

    def connect(address: Any, *more: Any, **options: Any) -> Any:
        called.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: next(answers))
    monkeypatch.setattr(socket, "create_connection", connect)
    assert calling.post("https://open.example.org/", b"{}", {}).wrong == "no_connection"
    assert called == [("93.184.216.34", 443)]


def test_only_https_is_called(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_HTTP = False
    assert calling.post(receiver.url, b"{}", {}).wrong == "not_https"
    assert not receiver.got


def test_an_answer_that_drips_is_ended(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "WHOLE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        outcome = calling.post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {})
        assert outcome.wrong in ("no_connection", "timeout")
        assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "http://example.org/",
        "ftp://example.org/",
        "https://",
        "https://user:pw@example.org/",
        "https://example.org/#a",
        "https://example.org:99999/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.8:8443/x",
        "https://localhost/",
        "https://exa mple.org/",
        "https://example.org/\r\nHost: a",
        "https://ví-dụ.vn/",
        "javascript:alert(1)",
        "https://example.org/" + "a" * 500,
    ],
)
def test_addresses_that_are_not_kept(staff: Staff, url: str) -> None:
    with pytest.raises(ValidationError) as found:
        actions.save_webhook(actor=staff.administrator, name="A", url=url, sees=staff.viewer)
    assert "url" in found.value.message_dict
    assert not Webhook.objects.exists()


def test_administrators_alone(staff: Staff) -> None:
    with pytest.raises(PermissionDenied):
        actions.save_webhook(actor=staff.lead, name="A", url="https://example.org/", sees=staff.viewer)


def test_the_pages_of_webhooks(staff: Staff, receiver: Receiver) -> None:
    """Made on its page, the secret shown once; what is wrong is said; switched off, it is told nothing."""
    client = staff.client("administrator")
    assert "empty" in body(client.get(reverse("api:webhooks")))
    typed = {"name": "<b>Bảng</b>", "url": receiver.url, "sees": staff.viewer.pk, "events": ["created"], "active": "on"}
    wrong = client.post(reverse("api:webhook_new"), {**typed, "url": "gì đó"})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["url"]
    page = client.post(reverse("api:webhook_new"), typed)
    made = Webhook.objects.get()
    assert made.secret in body(page)
    assert made.secret not in body(client.get(reverse("api:webhook", args=[made.pk])))
    assert "<b>Bảng" not in body(client.get(reverse("api:webhooks")))
    before = made.secret
    page = client.post(reverse("api:webhook", args=[made.pk]), {"action": "secret"})
    made.refresh_from_db()
    assert made.secret != before
    assert made.secret in body(page)
    off = {n: v for n, v in typed.items() if n != "active"}
    assert client.post(reverse("api:webhook", args=[made.pk]), off).status_code == 302
    write.create("party", actor=None, fields={"title": "A", "kind": "company"})
    assert sending.run_once() == 0
    assert client.post(reverse("api:webhook", args=[made.pk]), typed).status_code == 302
    assert sending.run_once() == 0, "what happened meanwhile is not told"


@given(st.text(max_size=60))
def test_cursors_of_nobody(text: str) -> None:
    """Any text is either a cursor of this list or refused; nothing else comes of it."""
    try:
        rules.read_cursor(text, "party.title", [str, int])
    except rules.BrokenCursor:
        pass
    else:
        pytest.fail("a text that nobody gave out was taken")


@given(st.text("abc0123 ", max_size=40), st.integers(0, 2**63 - 1))
def test_cursors_come_back(key: str, pk: int) -> None:
    assert rules.read_cursor(rules.write_cursor("a", [key, pk]), "a", [str, int]) == [key, pk]
