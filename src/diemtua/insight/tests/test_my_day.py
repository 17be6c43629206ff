"""My day: what waits, for whom, and nothing that one may not see."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diemtua.engagements.actions import create_engagement
from diemtua.insight import rules
from diemtua.insight.queries import KEYS, my_day
from diemtua.instruments.actions import create_commitment, create_instrument
from diemtua.kit.dates import PartialDate
from diemtua.land.actions.zones import create_zone
from diemtua.parties.actions import create_party, met_on
from diemtua.projects.actions.care import create_case
from diemtua.projects.actions.enquiries import create_enquiry, escalate_due, send
from diemtua.projects.actions.projects import create_project
from diemtua.projects.actions.reports import create_report
from diemtua.projects.models import CareCase, Enquiry, ProjectReport
from diemtua.register import write
from diemtua.register.actions import add_note
from diemtua.register.models import Change, Watch
from diemtua.testing.pages import says, shows


def day(days: int) -> PartialDate:
    return PartialDate.day(timezone.localdate() + datetime.timedelta(days=days))


@pytest.fixture
def work(staff):
    """One thing of every list for the officer: late, soon and later ones. Returns {list: title expected}."""
    o, today = staff.officer, timezone.localdate()
    mine = {"actor": o, "unit": staff.unit}
    body = create_party(**mine, title="Sở Ý kiến Mẫu", kind="agency", is_own=True)
    create_party(**mine, title="Đối tác im lặng", kind="company", is_partner=True, desk_officer=o)
    loud = create_party(**mine, title="Đối tác vừa gặp", kind="company", is_partner=True, desk_officer=o)
    met_on({loud.pk: today})
    create_commitment(**mine, title="Cam kết trễ", due=day(-1), owner=o)
    create_commitment(**mine, title="Cam kết gần", due=day(30), owner=o)
    create_commitment(**mine, title="Cam kết xa", due=day(31), owner=o)
    create_commitment(**mine, title="Cam kết xong", due=day(-5), owner=o, state="kept", closed_on=today)
    create_instrument(**mine, title="Văn kiện sắp hết", nature="domestic", status="in_force", expiry=day(90))
    create_instrument(**mine, title="Văn kiện còn lâu", nature="domestic", status="in_force", expiry=day(91))
    create_instrument(
        **mine,
        title="Dự thảo hỏi ý kiến",
        nature="international",
        status="consulting",
        children={"opinions": [{"body": body, "asked_on": today}]},
    )
    create_engagement(
        **mine,
        title="Hội thảo phải xin phép",
        form="conference",
        held=day(60),
        owner=o,
        is_international_conference=True,
    )
    create_engagement(
        **mine,
        title="Cuộc họp chưa ghi",
        form="meeting",
        status="held",
        held=day(-3),
        owner=o,
        children={
            "next_steps": [
                {"text": "Gửi thư cảm ơn", "owner": o, "due": day(2)},
                {"text": "Việc đã xong", "owner": o, "done_on": today},
            ]
        },
    )
    create_engagement(
        **mine, title="Cuộc họp đã ghi", form="meeting", status="held", held=day(-3), owner=o, outcome="Thống nhất."
    )
    create_enquiry(**mine, title="Hỏi đất chưa trả lời")
    done = create_enquiry(**mine, title="Hỏi đất đã trả lời")
    send(actor=o, enquiry=done, kind="answer", text="Có đất.")
    create_enquiry(**mine, title="Hỏi đất minh họa", illustrative=True)
    case = {**mine, "investor": body, "cause": "power", "owner": o, "reported": today}
    create_case(**case, title="Thiếu điện sắp hẹn", due=today)
    create_case(**case, title="Thiếu điện còn xa", due=today + datetime.timedelta(days=200))
    create_case(**case, title="Thiếu điện minh họa", due=today, illustrative=True)
    older = {**mine, "taken_over": True, "investor": body, "owner": o, "reason": "hồ sơ cũ"}
    old = create_project(
        **{**older, "actor": staff.lead}, title="Dự án quá hạn", stage="certificate", construction_by=day(-2)
    )
    create_project(**{**older, "actor": staff.lead}, title="Dự án còn hạn", stage="certificate", construction_by=day(2))
    create_project(
        **{**older, "actor": staff.lead},
        title="Dự án đã chạy",
        stage="operating",
        construction_by=day(-900),
        operation_by=day(-800),
        operating_since=day(-700),
    )
    for quarter, state in ((1, "waiting"), (2, "draft")):
        create_report(
            **mine, title=f"Báo cáo {state}", project=old, quarter=PartialDate.quarter(2025, quarter), state=state
        )
    for title, at, illustrative in (
        ("Khu cũ số liệu", day(-2000), False),
        ("Khu mới số liệu", day(-3), False),
        ("Khu minh họa", day(-2000), True),
    ):
        power = {"utility": "power", "installed": 20, "allocated": 5, "as_of": at}
        zone = {"type": "industrial_park", "illustrative": illustrative, "children": {"capacities": [power]}}
        create_zone(**mine, title=title, **zone)
    return {
        "facts": "Khu cũ số liệu",
        "enquiries": "Hỏi đất chưa trả lời",
        "care": "Thiếu điện sắp hẹn",
        "reports": "Báo cáo waiting",
        "promises": "Dự án quá hạn",
        "overdue": "Cam kết trễ",
        "soon": "Cam kết gần",
        "opinions": "Dự thảo hỏi ý kiến",
        "steps": "Gửi thư cảm ơn",
        "permission": "Hội thảo phải xin phép",
        "outcome": "Cuộc họp chưa ghi",
        "expiring": "Văn kiện sắp hết",
        "silent": "Đối tác im lặng",
    }


@pytest.mark.parametrize("scope", ["mine", "unit", "all"])
def test_every_list_holds_what_waits_and_nothing_else(staff, work, scope):
    found = my_day(staff.officer, scope, timezone.localdate())
    assert {k: [r.title for r in found.lists[k]] for k in work} == {k: [v] for k, v in work.items()}


def test_other_people_have_none_of_it_as_theirs(staff, work):
    found = my_day(staff.lead, "mine", timezone.localdate()).lists  # a lead takes the reports of the unit in
    assert {k: [r.title for r in v] for k, v in found.items() if v and k != "recent"} == {
        "reports": ["Báo cáo waiting"]
    }
    assert my_day(staff.other_lead, "mine", timezone.localdate()).empty
    assert not my_day(staff.lead, "unit", timezone.localdate()).empty
    assert my_day(staff.other, "unit", timezone.localdate()).empty


def test_the_page_shows_it_and_each_tile_leads_to_the_same(staff, work):
    client = staff.client("officer")
    page = client.get("/desk/?scope=mine")
    for tile in page.context["tiles"]:
        assert shows(page, work[tile["key"]])
        assert tile["count"] == "1"
        listed = client.get(tile["url"])
        assert listed.status_code == 200
        wanted = "Cuộc họp chưa ghi" if tile["key"] == "steps" else work[tile["key"]]
        assert shows(listed, wanted), tile["key"]
        assert not shows(listed, "Cam kết xong")
        assert not shows(listed, "Đối tác vừa gặp")


def test_what_one_may_not_see_is_in_no_list_and_no_count(staff, work):
    from diemtua.register.models import Record

    Record.objects.filter(unit=staff.unit).update(access="unit")
    found = my_day(staff.other_lead, "all", timezone.localdate())
    assert {k: v for k, v in found.lists.items() if v} == {}
    assert shows(staff.client("other_lead").get("/desk/?scope=all"), "dt-calm")


def test_archived_records_wait_for_nobody(staff, work):
    from diemtua.register.models import Record

    for record in Record.objects.filter(unit=staff.unit, archived_at=None):
        write.archive(record, actor=staff.officer, reason="thử")
    assert my_day(staff.officer, "all", timezone.localdate()).empty


def test_watched_records_and_what_others_did(staff, samples):
    Watch.objects.create(record=samples.partner.record, user=staff.officer, seen_change=Change.objects.latest("pk").pk)
    assert my_day(staff.officer, "mine", timezone.localdate()).lists["watched"] == []
    write.update(samples.partner, actor=staff.officer, fields={"sector": "của tôi"})
    assert my_day(staff.officer, "mine", timezone.localdate()).lists["watched"] == []  # one's own change
    add_note(record=samples.partner.record, actor=staff.lead, text="Đã gọi điện")
    found = my_day(staff.officer, "mine", timezone.localdate())
    assert [(r.number, r.note) for r in found.lists["watched"]] == [(samples.partner.pk, staff.lead.name)]
    assert [r.number for r in found.lists["recent"]] == [samples.partner.pk]
    page = staff.client("officer").get("/desk/?scope=mine")
    assert says(page, "Watched, and changed since you looked")
    assert says(page, "Changed by others")


def test_an_empty_day_is_a_good_day(staff):
    page = staff.client("officer").get("/desk/?scope=mine")
    assert says(page, "Nothing waits for you")


def test_without_work_of_ones_own_the_view_widens_and_says_so(staff, work):
    ProjectReport.objects.update(state="draft")  # what waits for approval is a lead's own work
    page = staff.client("lead").get("/desk/")
    assert page.context["day"].scope == "unit"
    assert says(page, "Nothing is assigned to you: this is what waits in your unit.")
    page = staff.client("other").get("/desk/")
    assert page.context["day"].scope == "all"
    assert staff.client("officer").get("/desk/").context["day"].scope == "mine"
    assert staff.client("viewer").get("/desk/?scope=mine").context["day"].scope == "unit"  # viewers own nothing


def test_counts_stop_at_a_hundred(staff):
    drafts = [write.Draft({"title": f"Việc {n}", "due": day(-1 - n % 5), "owner": staff.officer}) for n in range(120)]
    from diemtua.register.screens import screen_of

    write.create_many(screen_of("commitment"), drafts, actor=staff.officer)
    page = staff.client("officer").get("/desk/")
    tile = next(t for t in page.context["tiles"] if t["key"] == "overdue")
    assert tile["count"] == f"{rules.COUNTED}+"
    assert len(tile["rows"]) == rules.SHOWN


def test_a_next_step_is_ticked_off_where_one_may(staff, work):
    from diemtua.engagements.models import NextStep

    step = NextStep.objects.get(text="Gửi thư cảm ơn")
    address = f"/desk/next-step/{step.pk}/"
    assert shows(staff.client("officer").get("/desk/?scope=all"), address)
    assert not shows(staff.client("viewer").get("/desk/?scope=all"), address)
    assert not shows(staff.client("other").get("/desk/?scope=all"), address)
    answer = staff.client("officer").post(address, {"next": "/desk/?scope=mine"})
    assert answer.headers["Location"] == "/desk/?scope=mine"
    assert not shows(staff.client("officer").get("/desk/?scope=mine"), address)


def test_the_days_of_what_is_not_known_and_of_partial_days(staff):
    create_engagement(actor=staff.officer, title="Đoàn ra thử", form="outgoing", held=day(20), owner=staff.officer)
    create_commitment(
        actor=staff.officer,
        title="Trong năm nay",
        owner=staff.officer,
        due=PartialDate.year(timezone.localdate().year - 1),
    )
    page = staff.client("officer").get("/desk/?scope=mine")
    assert says(page, "lead time not known")
    assert shows(page, f"31/12/{timezone.localdate().year - 1}")


def test_few_queries_whatever_it_shows(staff, work):
    client = staff.client("officer")
    client.get("/desk/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/desk/")
    assert len(asked) <= 5
    assert set(KEYS) >= set(work)


def test_what_nobody_answers_comes_to_the_lead(staff, work):
    assert escalate_due(timezone.now() + datetime.timedelta(days=20)) == 1
    long_ago = timezone.localdate() - datetime.timedelta(days=100)
    CareCase.objects.filter(record__title="Thiếu điện sắp hẹn").update(due=long_ago, reported=long_ago)
    ProjectReport.objects.update(state="draft")
    found = my_day(staff.lead, "mine", timezone.localdate())
    assert {k: [(r.title, r.flag) for r in v] for k, v in found.lists.items() if v and k != "recent"} == {
        "enquiries": [("Hỏi đất chưa trả lời", 1)],
        "care": [("Thiếu điện sắp hẹn", 1)],
    }
    page = staff.client("lead").get("/desk/?scope=mine")
    assert says(page, "gone up to the lead")
    tile = next(t for t in page.context["tiles"] if t["key"] == "enquiries")
    assert shows(staff.client("lead").get(tile["url"]), "Hỏi đất chưa trả lời")
    assert my_day(staff.other_lead, "mine", timezone.localdate()).lists["enquiries"] != []
    Enquiry.objects.get(record__title="Hỏi đất chưa trả lời").record.__class__.objects.update(access="unit")
    assert my_day(staff.other_lead, "mine", timezone.localdate()).empty


def test_a_project_stands_once_with_what_has_run_out_longest(staff, samples):
    """Land unused, construction not begun and no operation: one row; without a rule of the law none of land."""
    base = {"actor": staff.lead, "unit": staff.unit, "investor": samples.partner, "owner": staff.officer}
    common = {"stage": "land", "taken_over": True, "reason": "hồ sơ cũ"}
    every = create_project(
        **base,
        **common,
        title="Đất bỏ không",
        land_handed_over=day(-365 * 3),
        construction_by=day(-800),
        operation_by=day(-400),
    )
    create_project(**base, **common, title="Đất mới giao", land_handed_over=day(-30), construction_by=day(30))
    begun = create_project(
        **base,
        **common,
        title="Xây chưa xong",
        land_handed_over=day(-365 * 3),
        construction_started=day(-700),
        operation_by=day(-1),
    )
    rows = my_day(staff.officer, "mine", timezone.localdate()).lists["promises"]
    assert [(r.number, r.note) for r in rows] == [(every.pk, "land_unused"), (begun.pk, "not_operating")]
    page = staff.client("officer").get("/desk/?scope=mine")
    assert says(page, "the land lies unused")
    listed = staff.client("officer").get("/desk/projects/?schedule=run_out")
    assert shows(listed, "Đất bỏ không")
    assert shows(listed, "Xây chưa xong")
    assert not shows(listed, "Đất mới giao")
