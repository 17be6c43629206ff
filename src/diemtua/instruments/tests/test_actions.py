"""What saving an instrument or a commitment does beside saving, and the small steps on their pages."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from diemtua.instruments import actions
from diemtua.instruments.models import Commitment, Instrument
from diemtua.kit.dates import PartialDate, parse_date
from diemtua.register import write
from diemtua.register.models import Change, Evidence
from diemtua.register.write import ChildEdits
from diemtua.testing.pages import body, form_with, says, shows

ASKED = datetime.date(2025, 3, 3)


def instrument(staff, title="Thỏa thuận thử", **fields):
    return actions.create_instrument(
        actor=staff.officer,
        **{"title": title, "nature": "international", "status": "in_force", "unit": staff.unit, **fields},
    )


# --- opinions -------------------------------------------------------------------------------------


def test_an_opinion_is_due_as_the_law_had_it_on_the_day_it_was_asked(staff, samples):
    made = actions.create_instrument(
        actor=staff.officer,
        title="Bản ghi nhớ thử",
        nature="international",
        children={
            "opinions": [
                {"body": samples.own, "asked_on": ASKED},
                {"body": samples.partner, "asked_on": ASKED, "due_on": datetime.date(2025, 4, 1)},
                {"body": samples.own, "asked_on": datetime.date(2019, 3, 4)},
            ]
        },
    )
    due = list(made.opinions.order_by("pk").values_list("due_on", flat=True))
    # seven working days; a day given by hand stays; before the law held, nothing is claimed
    assert due == [datetime.date(2025, 3, 12), datetime.date(2025, 4, 1), None]


def test_the_law_on_international_agreements_sets_no_term_for_others(staff, samples):
    made = actions.create_instrument(
        actor=staff.officer,
        title="Kế hoạch thử",
        nature="domestic",
        children={"opinions": [{"body": samples.own, "asked_on": ASKED}]},
    )
    assert made.opinions.get().due_on is None


def test_an_opinion_added_on_the_form_gets_its_day_too(staff, samples):
    client = staff.client("officer")
    page = client.get(f"/desk/r/{samples.instrument.pk}/edit/")
    form = form_with(page, "title", "opinions-TOTAL_FORMS")
    answer = form.send(
        client, **{"opinions-TOTAL_FORMS": "1", "opinions-0-body": samples.own.pk, "opinions-0-asked_on": "03/03/2025"}
    )
    assert answer.status_code == 302, body(answer)
    assert samples.instrument.opinions.get().due_on == datetime.date(2025, 3, 12)


def test_editing_keeps_what_was_counted(staff, samples):
    made = actions.create_instrument(
        actor=staff.officer,
        title="Bản ghi nhớ thử",
        nature="international",
        children={"opinions": [{"body": samples.own, "asked_on": ASKED}]},
    )
    row = made.opinions.get()
    actions.update_instrument(
        made,
        actor=staff.officer,
        children={"opinions": ChildEdits(update={row.pk: {"answered_on": datetime.date(2025, 3, 10)}})},
    )
    row.refresh_from_db()
    assert (row.due_on, row.answered_on) == (datetime.date(2025, 3, 12), datetime.date(2025, 3, 10))


# --- steps ----------------------------------------------------------------------------------------


def test_what_is_replaced_is_no_longer_in_effect(staff):
    old = instrument(staff, "Thỏa thuận cũ")
    draft = instrument(staff, "Thỏa thuận mới", status="draft", replaces=old)
    old.refresh_from_db()
    assert old.status == "in_force"  # a draft replaces nothing yet
    actions.update_instrument(draft, actor=staff.officer, status="signed")
    old.refresh_from_db()
    assert old.status == "replaced"
    assert "Thỏa thuận mới" in Change.objects.filter(record=old.pk).latest("pk").reason


def test_who_may_not_change_the_old_one_cannot_replace_it(staff, samples):
    old = write.create(
        "instrument",
        actor=staff.other,
        fields={"title": "Của ban khác", "nature": "domestic", "status": "in_force", "unit": staff.other_unit},
    )
    with pytest.raises(ValidationError) as refused:
        instrument(staff, "Thay thế", replaces=old)
    assert "replaces" in refused.value.error_dict
    assert not Instrument.objects.filter(record__title="Thay thế").exists()  # one transaction


def test_extend_renew_terminate_suspend_resume_replace(staff):
    one = instrument(staff, effect=parse_date("05/01/2021"), expiry=parse_date("04/01/2026"), status="expired")
    with pytest.raises(ValidationError):
        actions.extend(actor=staff.officer, instrument=one, until=parse_date("01/01/2025"), reason="thử")
    one = actions.extend(actor=staff.officer, instrument=one, until=parse_date("04/01/2027"), reason="Công văn thử")
    assert (one.expiry, one.status) == (parse_date("04/01/2027"), "in_force")
    one = actions.renew(actor=staff.officer, instrument=one, reason="Tự động")
    assert one.expiry == parse_date("04/01/2033")
    one = actions.suspend(actor=staff.officer, instrument=one, reason="thử")
    assert one.status == "suspended"
    one = actions.resume(actor=staff.officer, instrument=one, reason="thử")
    assert one.status == "in_force"
    other = instrument(staff, "Bản mới")
    one = actions.replace(actor=staff.officer, instrument=one, by=other, reason="Ký lại")
    other.refresh_from_db()
    assert (one.status, other.replaces_id) == ("replaced", one.pk)
    other = actions.terminate(actor=staff.officer, instrument=other, on=datetime.date(2026, 5, 4), reason="Theo thư")
    assert (other.status, other.expiry) == ("terminated", parse_date("04/05/2026"))
    with pytest.raises(ValidationError):  # the length of its term is not known
        actions.renew(actor=staff.officer, instrument=other, reason="thử")
    with pytest.raises(PermissionDenied):
        actions.terminate(actor=staff.viewer, instrument=other, on=ASKED, reason="thử")


@pytest.mark.parametrize(
    ("step", "typed", "status"),
    [
        ("extend", {"until": "31/12/2099"}, "in_force"),
        ("renew", {}, "in_force"),
        ("suspend", {}, "suspended"),
        ("terminate", {"on": "01/02/2026"}, "terminated"),
        ("replace", {"by": "@other"}, "replaced"),
    ],
)
def test_the_pages_of_the_steps(staff, step, typed, status):
    one = instrument(staff, effect=parse_date("05/01/2021"), expiry=parse_date("04/01/2026"))
    other = instrument(staff, "Bản mới")
    typed = {k: other.pk if v == "@other" else v for k, v in typed.items()}
    client = staff.client("officer")
    address = f"/desk/r/{one.pk}/step/{step}/"
    assert shows(client.get(f"/desk/r/{one.pk}/"), address)
    form = form_with(client.get(address), "reason", "version")
    assert form.send(client, **typed).status_code == 422  # the reason is missing
    assert form.send(client, reason="Theo thư thử", **typed).status_code == 302
    one.refresh_from_db()
    assert one.status == status
    assert Change.objects.filter(record=one.pk).latest("pk").reason == "Theo thư thử"
    # The form was opened on an older version: nothing is overwritten unseen.
    assert form.send(client, reason="Lần hai", **typed).status_code == 422


def test_steps_of_what_one_may_not_touch(staff, samples):
    address = f"/desk/r/{samples.instrument.pk}/step/suspend/"
    assert staff.client("viewer").get(address).status_code == 403
    assert staff.client("other").get(address).status_code == 403
    assert staff.client("officer").get(f"/desk/r/{samples.instrument.pk}/step/nonsense/").status_code == 404
    assert staff.client("officer").get(f"/desk/r/{samples.partner.pk}/step/suspend/").status_code == 404
    write.update(samples.instrument, actor=staff.lead, fields={"access": "unit"})
    assert staff.client("other").get(address).status_code == 404
    assert staff.client("other_lead").get(f"/desk/r/{samples.commitment.pk}/state/").status_code == 200


# --- commitments ----------------------------------------------------------------------------------


def test_a_kept_promise_has_its_day_and_its_proof(staff, samples):
    with pytest.raises(ValidationError):
        actions.set_state(actor=staff.officer, commitment=samples.commitment, state="kept")
    saved = actions.set_state(
        actor=staff.officer,
        commitment=samples.commitment,
        state="kept",
        on=datetime.date(2026, 3, 4),
        source=samples.document,
        quote="năm mươi nghìn cây đước",
        reason="Báo cáo thử",
    )
    assert (saved.state, saved.closed_on, saved.is_open) == ("kept", datetime.date(2026, 3, 4), False)
    proof = Evidence.objects.get(record=samples.commitment.pk)
    assert (proof.field, proof.source_id) == ("state", samples.document.pk)
    assert set(Change.objects.filter(record=saved.pk).values_list("verb", flat=True)) >= {"edit", "evidence"}
    saved = actions.set_state(actor=staff.officer, commitment=saved, state="under_way", reason="Chưa xong")
    assert saved.closed_on is None


def test_the_page_asks_for_the_proof_and_says_when_there_is_none(staff, samples):
    client = staff.client("officer")
    address = f"/desk/r/{samples.commitment.pk}/state/?state=kept"
    assert shows(client.get(f"/desk/r/{samples.commitment.pk}/"), address)
    form = form_with(client.get(address), "state", "source")
    assert form.values["state"] == ["kept"]
    assert form.send(client, on="31/02/2026", reason="thử").status_code == 422
    answer = form.send(client, on="04/03/2026", reason="Báo cáo thử", done="1.234,5")
    assert answer.status_code == 302
    assert says(
        client.get(answer.headers["Location"]),
        "Nothing proves it yet: add the report or letter as evidence when you have it.",
    )
    samples.commitment.refresh_from_db()
    assert samples.commitment.done is not None
    assert float(samples.commitment.done) == 1234.5


def test_the_tasks_of_a_directive_are_listed_with_their_state(staff, samples):
    directive = instrument(staff, "Chỉ thị thử", nature="directive")
    actions.create_commitment(
        actor=staff.officer,
        title="Lập kế hoạch năm",
        instrument=directive,
        debtor=samples.own,
        due=PartialDate.day(datetime.date(2020, 1, 1)),
        unit=staff.unit,
    )
    actions.create_commitment(
        actor=staff.other, title="Việc kín của ban", instrument=directive, access="unit", unit=staff.other_unit
    )
    page = staff.client("officer").get(f"/desk/r/{directive.pk}/")
    assert says(page, "Tasks of the agencies")
    assert shows(page, "Lập kế hoạch năm")
    assert says(page, "overdue")
    assert shows(page, f"/desk/commitments/new/?instrument={directive.pk}")
    assert not shows(page, "Việc kín của ban")
    new = staff.client("officer").get(f"/desk/commitments/new/?instrument={directive.pk}")
    assert shows(new, "Chỉ thị thử")


def test_overdue_and_due_soon_filter_the_register(staff, samples):
    today = timezone.localdate()
    for title, days in (("Trễ hạn thử", -1), ("Sắp tới thử", 5), ("Còn lâu thử", 99)):
        actions.create_commitment(
            actor=staff.officer, title=title, due=PartialDate.day(today + datetime.timedelta(days=days))
        )
    late = staff.client("viewer").get("/desk/commitments/?overdue=yes")
    soon = staff.client("viewer").get("/desk/commitments/?overdue=soon")
    for page, shown in ((late, "Trễ hạn thử"), (soon, "Sắp tới thử")):
        for title in ("Trễ hạn thử", "Sắp tới thử", "Còn lâu thử"):
            assert shows(page, title) == (title == shown)
    assert Commitment.objects.overdue(today).count() == 1
