"""Changing many records together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from diemtua.instruments.models import Commitment
from diemtua.register import write
from diemtua.register.bulk import bulk_fields, change_many
from diemtua.register.models import Batch, Record
from diemtua.register.screens import all_screens, screen_of
from diemtua.testing.pages import Staff, body, form_with, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def promises(staff: Staff) -> list[Commitment]:
    """Three of the officer's unit, one of nobody, one of the other unit."""
    units = [staff.unit] * 3 + [None, staff.other_unit]
    return [
        write.create("commitment", actor=None, fields={"title": f"Lời hứa {n}", "unit": unit}, tags=["cũ"])
        for n, unit in enumerate(units)
    ]


def pks(rows: list[Any]) -> list[int]:
    return [r.pk for r in rows]


def test_a_page_names_what_changes_and_what_does_not(staff: Staff, promises: list[Commitment]) -> None:
    officer = staff.client("officer")
    page = officer.post(url("bulk", "commitments"), {"pk": pks(promises), "action": "start"})
    assert page.status_code == 200
    form = form_with(page, "state", "add_tags", "reason")
    done = form.send(
        officer,
        state="under_way",
        owner=str(staff.officer.pk),
        add_tags="gấp, mới",
        remove_tags="CŨ",
        reason="họp giao ban",
        action="apply",
    )
    assert done.status_code == 302, body(done)
    batch = Batch.objects.get(kind="bulk")
    assert (batch.changed, batch.details["refused"], batch.actor) == (4, 1, staff.officer)
    for row in promises[:4]:
        row.refresh_from_db()
        assert (row.state, row.owner) == ("under_way", staff.officer)
        assert sorted(t.name for t in row.record.tags.all()) == ["gấp", "mới"]
        assert row.record.changes.first().reason == "họp giao ban"
    promises[4].refresh_from_db()
    assert promises[4].state == "open"
    officer.post(url("batch_undo", batch.pk))
    for row in promises[:4]:
        row.refresh_from_db()
        assert (row.state, row.owner) == ("open", None)
        assert [t.name for t in row.record.tags.all()] == ["cũ"]


def test_all_that_the_filters_show(staff: Staff, promises: list[Commitment]) -> None:
    lead = staff.client("lead")
    page = lead.post(url("bulk", "commitments"), {"action": "all", "query": "q=lời+hứa", "pk": pks(promises[:1])})
    assert len(form_with(page, "state").values["pk"]) == 5


def test_archiving_asks_why(staff: Staff, promises: list[Commitment]) -> None:
    officer = staff.client("officer")
    data = {"pk": pks(promises[:2]), "action": "apply", "archive": "on"}
    assert officer.post(url("bulk", "commitments"), data).status_code == 422
    assert officer.post(url("bulk", "commitments"), {**data, "reason": "trùng"}).status_code == 302
    assert Record.objects.exclude(archived_at=None).count() == 2
    assert Record.objects.exclude(archived_at=None).first().changes.first().reason == "trùng"


def test_one_that_cannot_stops_all(staff: Staff, promises: list[Commitment]) -> None:
    """Restricting needs a unit: the record without one is named and none is changed."""
    with pytest.raises(ValidationError, match="Lời hứa 3"):
        change_many(screen_of("commitment"), pks(promises), actor=staff.lead, fields={"access": "unit"})
    assert set(Record.objects.values_list("access", flat=True)) == {"internal"}
    assert not Batch.objects.exists()


def test_nothing_chosen_nothing_changed(staff: Staff, promises: list[Commitment], samples: SimpleNamespace) -> None:
    officer = staff.client("officer")
    assert officer.post(url("bulk", "commitments"), {"action": "start"}).status_code == 302
    # Records of another kind, and hidden ones, are not there.
    promises[0].record.access = "unit"
    promises[0].record.save()
    other = staff.client("other").post(
        url("bulk", "commitments"),
        {"action": "start", "pk": [samples.party.pk, promises[0].pk, "x", "9" * 30]},
    )
    assert other.status_code == 302
    for data in ({}, {"state": "open"}):
        with pytest.raises(ValidationError):
            change_many(screen_of("commitment"), pks(promises[:1]), actor=staff.officer, fields=data)
    assert not Batch.objects.exists()
    assert staff.client("viewer").post(url("bulk", "commitments"), {"pk": pks(promises)}).status_code == 403
    assert staff.client("officer").get(url("bulk", "commitments")).status_code == 405


def test_every_kind_has_something_to_change_together(staff: Staff, samples: SimpleNamespace) -> None:
    for screen in all_screens():
        sample = getattr(samples, screen.kind)
        page = staff.client("officer").post(url("bulk", screen.slug), {"pk": [sample.pk]})
        form = form_with(page, "access", "confidence", *bulk_fields(screen))
        assert form.send(staff.client("officer"), action="apply", confidence="high").status_code == 302
        sample.record.refresh_from_db()
        assert sample.record.confidence == "high"
