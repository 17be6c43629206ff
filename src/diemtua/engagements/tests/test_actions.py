"""Last contact, the permission's last day, and next steps."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from diemtua.engagements import actions
from diemtua.engagements.models import NextStep
from diemtua.kit.dates import PartialDate, parse_date
from diemtua.parties.models import Party
from diemtua.register import write
from diemtua.register.models import Change
from diemtua.register.screens import screen_of
from diemtua.register.write import ChildEdits, Draft
from diemtua.testing.pages import form_with, says, shows


def meeting(staff, *parties, held="04/05/2024", status="held", **fields):
    return actions.create_engagement(
        actor=staff.officer,
        title="Cuộc họp thử",
        form="meeting",
        status=status,
        held=parse_date(held),
        unit=staff.unit,
        children={"participants": [{"party": p} for p in parties]},
        **fields,
    )


def contact(party):
    return Party.objects.get(pk=party.pk).last_contact


# --- last contact ---------------------------------------------------------------------------------


def test_the_last_contact_is_the_last_day_of_the_newest_meeting_held(staff, samples):
    partner = samples.partner
    meeting(staff, partner)
    assert contact(partner) == datetime.date(2024, 5, 4)
    meeting(staff, partner, held="03/2023")
    meeting(staff, partner, status="planned", held="01/01/2030")
    assert contact(partner) == datetime.date(2024, 5, 4)
    long = meeting(staff, partner, held="01/06/2024-05/06/2024")
    assert contact(partner) == datetime.date(2024, 6, 5)
    assert not Change.objects.filter(record=partner.pk, diff__has_key="last_contact").exists()
    version = partner.record.version
    partner.record.refresh_from_db()
    assert partner.record.version == version  # it follows, nobody decided it
    actions.update_engagement(long, actor=staff.officer, held=parse_date("02/02/2024"))
    assert contact(partner) == datetime.date(2024, 5, 4)


def test_hosts_count_and_our_own_province_does_not(staff, samples):
    meeting(staff, samples.own, host=samples.partner)
    assert contact(samples.partner) == datetime.date(2024, 5, 4)
    assert contact(samples.own) is None


def test_cancelling_archiving_removing_and_undoing(staff, samples):
    partner = samples.partner
    first = meeting(staff, partner, held="01/02/2023")
    second = meeting(staff, partner)
    second = actions.update_engagement(second, actor=staff.officer, status="cancelled")
    assert contact(partner) == datetime.date(2023, 2, 1)
    write.undo(Change.objects.filter(record=second.pk).latest("pk"), actor=staff.officer)
    assert contact(partner) == datetime.date(2024, 5, 4)
    write.archive(second, actor=staff.officer, reason="thử")
    assert contact(partner) == datetime.date(2023, 2, 1)
    write.restore(second, actor=staff.officer)
    assert contact(partner) == datetime.date(2024, 5, 4)
    row = second.participants.get()
    actions.update_engagement(second, actor=staff.officer, children={"participants": ChildEdits(delete=[row.pk])})
    assert contact(partner) == datetime.date(2023, 2, 1)
    write.archive(first, actor=staff.officer, reason="thử")
    assert contact(partner) is None


def test_many_at_once(staff, samples):
    others = [write.create("party", actor=None, fields={"title": f"Đối tác {n}", "kind": "company"}) for n in range(6)]
    drafts = [
        Draft(
            {"title": f"Họp {n}", "form": "meeting", "status": "held", "held": parse_date(f"{n + 1:02}/03/2024")},
            {"participants": [{"party": p}]},
        )
        for n, p in enumerate([*others, others[0]])
    ]
    write.create_many(screen_of("engagement"), drafts, actor=staff.officer)
    assert [contact(p).day for p in others] == [7, 2, 3, 4, 5, 6]


def test_a_step_asked_of_a_party_is_no_meeting(staff, samples):
    actions.create_engagement(
        actor=staff.officer,
        title="Thư thử",
        form="call",
        status="held",
        held=parse_date("04/05/2024"),
        children={"next_steps": [{"text": "Gửi thư", "party": samples.partner}]},
    )
    assert contact(samples.partner) is None


# --- permission -----------------------------------------------------------------------------------


def planned(staff, days, **fields):
    day = PartialDate.day(timezone.localdate() + datetime.timedelta(days=days))
    return actions.create_engagement(
        actor=staff.officer,
        title="Hội thảo thử",
        form=fields.pop("form", "conference"),
        held=day,
        unit=staff.unit,
        **fields,
    )


@pytest.mark.parametrize(
    ("days", "fields", "sentence"),
    [
        (100, {"is_international_conference": True}, "Permission must be applied for no later than %(day)s."),
        (35, {"is_international_conference": True}, "Permission must be applied for no later than %(day)s."),
        (
            35,
            {"is_international_conference": True, "prime_minister_decides": True},
            "The last day to apply for permission was %(day)s.",
        ),
        (35, {"is_international_conference": True, "permission_number": "12/QĐ-T"}, "Permission has been given."),
        (50, {"form": "outgoing"}, "It is not known how long ahead permission must be applied for."),
    ],
)
def test_the_page_says_until_when_to_apply_and_by_which_text(staff, samples, days, fields, sentence):
    made = planned(staff, days, **fields)
    page = staff.client("viewer").get(f"/desk/r/{made.pk}/")
    assert says(page, sentence)
    if fields.get("is_international_conference"):
        assert shows(page, "06/2020/QĐ-TTg")
        lead = 40 if "prime_minister_decides" in fields else 30
        last = timezone.localdate() + datetime.timedelta(days=days - lead)
        assert shows(page, f"{last:%d/%m/%Y}") or "permission_number" in fields


def test_other_engagements_say_nothing_of_permission(staff, samples):
    for made in (planned(staff, 30, form="meeting"), meeting(staff, samples.partner, is_international_conference=True)):
        assert b"dt-permission" not in staff.client("viewer").get(f"/desk/r/{made.pk}/").content


# --- next steps -----------------------------------------------------------------------------------


def test_a_next_step_is_ticked_off_on_the_page_and_can_be_opened_again(staff, samples):
    client = staff.client("officer")
    step = NextStep.objects.get(engagement=samples.engagement)
    page = client.get(f"/desk/r/{samples.engagement.pk}/")
    form = form_with(page, "done", "next")
    assert form.send(client).headers["Location"].startswith(f"/desk/r/{samples.engagement.pk}/")
    step.refresh_from_db()
    assert step.done_on == timezone.localdate()
    assert Change.objects.filter(record=samples.engagement.pk).latest("pk").actor == staff.officer
    client.post(f"/desk/next-step/{step.pk}/", {"done": "0", "next": "https://example.org/"})
    step.refresh_from_db()
    assert step.done_on is None


def test_who_may_tick(staff, samples):
    step = NextStep.objects.get(engagement=samples.engagement)
    address = f"/desk/next-step/{step.pk}/"
    assert staff.client("viewer").post(address).status_code == 403
    assert staff.client("other").post(address).status_code == 403
    assert staff.client("officer").get(address).status_code == 405
    write.update(samples.engagement, actor=staff.lead, fields={"access": "unit"})
    assert staff.client("other").post(address).status_code == 404
    assert staff.client("officer").post(address, {"next": "//example.org"}).headers["Location"].startswith("/desk/r/")


def test_the_register_filters_what_is_to_do(staff, samples):
    planned(staff, 50, is_international_conference=True)
    recent = timezone.localdate() - datetime.timedelta(days=9)
    actions.create_engagement(
        actor=staff.officer, title="Chưa có kết quả", form="visit", status="held", held=PartialDate.day(recent)
    )
    client = staff.client("viewer")
    for value, title in (
        ("permission", "Hội thảo thử"),
        ("outcome", "Chưa có kết quả"),
        ("steps", samples.engagement.record.title),
    ):
        page = client.get(f"/desk/engagements/?todo={value}")
        for other in ("Hội thảo thử", "Chưa có kết quả", samples.engagement.record.title):
            assert shows(page, other) == (other == title), (value, other)
