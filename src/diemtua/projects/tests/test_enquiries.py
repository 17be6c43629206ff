"""Answering enquiries: how they come in, clocks and pauses, hand-overs, climbing, planted tests, leads."""

from __future__ import annotations

import datetime
import io
import ipaddress
from decimal import Decimal
from email.message import EmailMessage

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from diemtua.projects.actions import enquiries as actions
from diemtua.projects.actions import intake
from diemtua.projects.actions import leads as lead_actions
from diemtua.projects.models import Enquiry, EnquiryFile, Lead, ShoppingScore
from diemtua.projects.queries import enquiries as queries
from diemtua.register import upkeep, write
from diemtua.register.models import Change, Record
from diemtua.testing.pages import form_with, forms_of, row_counts, says, shows

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def moment(text):
    return timezone.make_aware(datetime.datetime.strptime(text, "%d/%m/%Y %H:%M"))


def enquiry(staff, came="05/05/2025 08:00", **fields):
    at = moment(came)
    return actions.create_enquiry(
        actor=staff.officer,
        title=fields.pop("title", "Hỏi đất thử nghiệm"),
        unit=staff.unit,
        received_on=at.date(),
        received_at=at,
        **fields,
    )


def again(e):
    return Enquiry.objects.select_related("record").get(pk=e.pk)


# --- clocks ---------------------------------------------------------------------------------------


def test_both_clocks_run_in_working_hours_from_the_rulebook(staff):
    e = enquiry(staff)
    assert e.owner == staff.officer
    assert e.first_due_at == moment("06/05/2025 08:30")  # 8 working hours; a day has 7.5
    assert e.answer_due_at == moment("12/05/2025 08:30")  # 38 working hours
    assert e.climbs_at == moment("06/05/2025 14:30")  # 4 more
    later = actions.update_enquiry(e, actor=staff.officer, fields={"received_on": datetime.date(2025, 5, 9)})
    assert again(later).first_due_at == moment("12/05/2025 08:00")  # from the first working moment of the 9th


def test_a_question_pauses_the_clocks_and_the_sender_s_answer_lets_them_run(staff, monkeypatch):
    e = enquiry(staff)
    monkeypatch.setattr(timezone, "now", lambda: moment("05/05/2025 09:00"))
    actions.send(actor=staff.officer, enquiry=e, kind="question", text="Cần bao nhiêu điện?")
    e = again(e)
    assert (e.state, e.first_reply_at, e.climbs_at) == ("waiting", moment("05/05/2025 09:00"), None)
    monkeypatch.setattr(timezone, "now", lambda: moment("06/05/2025 09:00"))
    actions.hear_from_sender(enquiry=e, text="5 MW")
    e = again(e)
    assert (e.state, e.answer_due_at) == ("open", moment("13/05/2025 08:30"))  # one working day later
    assert e.pauses.get().reason == "Cần bao nhiêu điện?"
    actions.send(actor=staff.officer, enquiry=e, kind="answer", text="Có 3 lô phù hợp.")
    e = again(e)
    assert (e.state, e.climbs_at) == ("answered", None)
    assert [m.kind for m in e.messages.all()] == ["question", "sender", "answer"]


def test_a_pause_needs_a_reason_and_a_clock_that_runs(staff):
    e = enquiry(staff)
    with pytest.raises(ValidationError) as error:
        actions.pause(actor=staff.officer, enquiry=e, reason="  ")
    assert "reason" in error.value.error_dict
    actions.pause(actor=staff.officer, enquiry=e, reason="chờ báo cáo tài chính")
    with pytest.raises(ValidationError):
        actions.pause(actor=staff.officer, enquiry=e, reason="lần nữa")
    actions.resume(actor=staff.officer, enquiry=e)
    assert again(e).state == "open"
    with pytest.raises(ValidationError):
        actions.send(actor=staff.officer, enquiry=e, kind="follow_up", text="chào lại")


def test_a_hand_over_is_logged_with_its_reason(staff):
    e = enquiry(staff)
    with pytest.raises(ValidationError):
        actions.hand_over(actor=staff.officer, enquiry=e, to=staff.lead)
    with pytest.raises(ValidationError):
        actions.hand_over(actor=staff.officer, enquiry=e, to=staff.viewer, reason="nghỉ phép")
    actions.hand_over(actor=staff.officer, enquiry=e, to=staff.lead, reason="nghỉ phép")
    row = again(e).hand_overs.get()
    assert (row.before, row.after, row.by, row.reason) == (staff.officer, staff.lead, staff.officer, "nghỉ phép")
    assert Change.objects.filter(record=e.pk).first().diff == {"hand_over": [None, staff.lead.name]}
    write.update(again(e), actor=staff.lead, fields={"access": "unit"})
    with pytest.raises(ValidationError, match=staff.other.name):
        actions.hand_over(actor=staff.lead, enquiry=e, to=staff.other, reason="khác đơn vị")


def test_what_nobody_answers_climbs_once(staff):
    e = enquiry(staff)
    quiet = enquiry(staff, "05/05/2025 08:00", title="Câu đã xong từ trước")
    actions.send(actor=staff.officer, enquiry=quiet, kind="answer", text="Xong")
    assert actions.escalate_due(moment("06/05/2025 14:29")) == 0
    assert actions.escalate_due(moment("06/05/2025 14:31")) == 1
    assert actions.escalate_due(moment("08/05/2025 14:31")) == 0
    assert again(e).escalated_at == moment("06/05/2025 14:31")
    page = staff.client("lead").get("/desk/enquiries/?todo=climbed")
    assert shows(page, e.record.title)
    assert not shows(page, "Câu đã xong từ trước")


def test_the_server_lets_it_climb_by_itself_and_one_broken_job_stops_no_other(staff, monkeypatch):
    e = enquiry(staff)
    example = enquiry(staff, title="Ví dụ", illustrative=True)

    def broken():
        raise OSError("không đọc được")

    monkeypatch.setattr(upkeep, "_jobs", {"broken": upkeep.Job("broken", broken, int, ""), **upkeep._jobs})
    job = upkeep._jobs["enquiries climb"]
    assert job.overdue() == 1
    done = upkeep.run_all()
    assert "broken" not in done
    assert done["enquiries climb"] == 1
    assert upkeep.run_all()["enquiries climb"] == 0  # another process, a moment later
    assert job.overdue() == 0
    assert again(e).escalated_at is not None
    assert again(example).escalated_at is None


# --- by web ---------------------------------------------------------------------------------------


def typed(**changes):
    return {
        "title": "Xưởng linh kiện thử",
        "text": "Cần 3 ha đất và 2 MW điện.",
        "sender_name": "Park Mẫu",
        "sender_email": "park@example.org",
        "area_ha": "3,5",
        "industry": "26",
        **changes,
    }


def test_the_form_gives_a_receipt_and_a_private_page(staff):
    client = Client()
    assert client.get("/enquire/").status_code == 200
    answer = client.post("/enquire/", typed())
    e = Enquiry.objects.get()
    assert answer.headers["Location"] == f"{e.state_path}?new=1"
    page = client.get(answer.headers["Location"])
    assert shows(page, e.receipt)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert e.area_ha == Decimal("3.5")
    assert e.record.access == "internal"
    assert client.get("/e/made.up/").status_code == 404
    assert client.get(f"/e/{e.key}/").status_code == 404  # the key alone opens nothing
    form = form_with(page, "text")
    assert form.send(client, text="Thêm: cần trước năm 2027.").status_code == 302
    assert shows(staff.client("viewer").get(e.get_absolute_url()), "Thêm: cần trước năm 2027.")
    found = staff.client("viewer").get("/desk/search/", {"q": e.receipt})
    assert shows(found, e.record.title)


def test_a_flood_loses_nothing(staff, settings):
    client = Client()
    for n in range(9):
        assert client.post("/enquire/", typed(title=f"Hỏi {n}", text=f"Câu hỏi {n}")).status_code == 302
    assert Enquiry.objects.filter(state="open").count() == 5
    kept = Enquiry.objects.filter(state="to_check")
    assert kept.count() == 4
    assert {e.check_why for e in kept} == {"many_from_one"}
    assert not Enquiry.objects.counted().filter(state="to_check").exists()
    one = kept.first()
    assert one.first_due_at is None
    page = staff.client("officer").get(one.get_absolute_url())
    form = next(f for f in forms_of(page) if f.action.endswith("/genuine/"))
    assert form.send(staff.client("officer")).status_code == 302
    one = again(one)
    assert (one.state, one.first_due_at is not None) == ("open", True)
    # Behind a proxy that is named, senders are told apart, whatever they write in the header themselves.
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.1")]
    forged = {"HTTP_X_FORWARDED_FOR": "198.51.100.9, 203.0.113.7"}
    for n in range(6):
        answer = client.post("/enquire/", typed(title=f"Sau {n}", text=f"Câu {n}"), **forged)
        assert answer.status_code == 302
        forged["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{n}, 203.0.113.7"
    assert Enquiry.objects.filter(record__title__startswith="Sau", state="open").count() == 5
    answer = client.post("/enquire/", typed(title="Qua proxy"), HTTP_X_FORWARDED_FOR="203.0.113.8")
    assert Enquiry.objects.get(record__title="Qua proxy").state == "open"
    # Another address is not hindered.
    assert client.post("/enquire/", typed(title="Nơi khác"), REMOTE_ADDR="10.1.1.9").status_code == 302
    assert Enquiry.objects.get(record__title="Nơi khác").state == "open"


def test_sent_twice_it_is_one_and_a_robot_is_kept_aside(staff):
    client = Client()
    first = client.post("/enquire/", typed()).headers["Location"]
    assert client.post("/enquire/", typed()).headers["Location"] == first
    assert Enquiry.objects.get().repeats == 1
    client.post("/enquire/", typed(title="Robot", website="http://spam.example.org"))
    assert Enquiry.objects.get(record__title="Robot").check_why == "trap"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"title": ""}, "title"),
        ({"text": " "}, "text"),
        ({"sender_email": ""}, "sender_email"),
        ({"sender_email": "không phải thư"}, "sender_email"),
        ({"capital": "5"}, "currency"),
        ({"area_ha": "-3"}, "area_ha"),
        ({"area_ha": "nhiều"}, "area_ha"),
        ({"jobs": "-1"}, "jobs"),
        ({"ready_by": "31/02/2027"}, "ready_by"),
        ({"ready_by": "01/02/2020"}, "ready_by"),
        ({"text": "x" * 20_001}, "text"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(db, changes, name):
    before = row_counts()
    answer = Client().post("/enquire/", typed(**changes))
    assert answer.status_code == 422
    assert answer.context["form"].errors[name]
    assert row_counts() == before
    assert shows(answer, typed(**changes)["sender_name"])


def test_html_in_every_field_stays_text(staff):
    client = Client()
    answer = client.post(
        "/enquire/", typed(title=HTML, text=HTML, sender_name=HTML, organisation=HTML, sender_phone=HTML[:60])
    )
    e = Enquiry.objects.get()
    actions.send(actor=staff.officer, enquiry=e, kind="question", text=HTML)
    actions.close(actor=staff.officer, enquiry=e, note=HTML)
    for page in (
        client.get(answer.headers["Location"]),
        staff.client("lead").get(e.get_absolute_url()),
        staff.client("lead").get("/desk/enquiries/"),
        staff.client("lead").get("/desk/enquiries/waiting/"),
        staff.client("lead").get(f"/desk/r/{e.pk}/pack/"),
    ):
        assert page.status_code == 200
        assert b"<script>alert" not in page.content
        assert b"<img src=x" not in page.content
        assert shows(page, HTML) or page.request["PATH_INFO"].endswith("/waiting/")


def test_attachments_are_kept_by_content_and_the_refused_are_named(staff):
    lies, bad = io.BytesIO(PNG), io.BytesIO(b"MZ" + b"\0" * 600)
    lies.name, bad.name = "plan.pdf", "offer.pdf"
    answer = Client().post("/enquire/", typed(files=[lies, bad]))
    assert answer.status_code == 302
    e = Enquiry.objects.get()
    kept, refused = e.files.order_by("pk")
    assert (kept.kind, refused.kept) == ("png", False)
    page = staff.client("viewer").get(e.get_absolute_url())
    assert shows(page, kept.remark)
    assert shows(page, refused.remark)
    got = staff.client("viewer").get(f"/desk/enquiries/files/{kept.pk}/")
    assert b"".join(got.streaming_content) == PNG
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "plan.pdf.png" in got.headers["Content-Disposition"]
    assert staff.client("viewer").get(f"/desk/enquiries/files/{refused.pk}/").status_code == 404
    write.update(e, actor=staff.lead, fields={"access": "unit", "unit": staff.unit})
    assert staff.client("other").get(f"/desk/enquiries/files/{kept.pk}/").status_code == 404
    assert Client().get(f"/desk/enquiries/files/{kept.pk}/").status_code == 302


def test_a_secret_paper_is_refused_with_all_that_came_with_it(staff):
    secret = io.BytesIO("MẬT\n\nBáo cáo thử".encode())
    secret.name = "bao-cao.txt"
    before = row_counts()
    answer = Client().post("/enquire/", typed(files=[secret]))
    assert answer.status_code == 422
    assert row_counts() == before
    assert not EnquiryFile.objects.exists()


# --- by e-mail ------------------------------------------------------------------------------------


def eml(**headers):
    message = EmailMessage()
    message["From"], message["Subject"] = "Kim Mẫu <kim@example.org>", "Hỏi đất Cồn Mẫu"
    message["Message-ID"], message["Date"] = "<7@example.org>", "Mon, 5 May 2025 10:00:00 +0700"
    message.set_content("Cần đất xây kho.")
    message.add_attachment(PNG, maintype="application", subtype="pdf", filename="so-do.pdf")
    return message.as_bytes()


def upload(client, data, name="thu.eml"):
    file = io.BytesIO(data)
    file.name = name
    return client.post("/desk/enquiries/mail/", {"file": file})


def test_an_e_mail_file_becomes_an_enquiry_once(staff):
    client = staff.client("officer")
    answer = upload(client, eml())
    e = Enquiry.objects.get()
    assert answer.headers["Location"] == e.get_absolute_url()
    assert (e.sender_email, e.record.title, e.language) == ("kim@example.org", "Hỏi đất Cồn Mẫu", "vi")
    assert e.first_due_at == moment("06/05/2025 10:30")
    assert e.files.get().kind == "png"
    assert upload(client, eml()).headers["Location"] == e.get_absolute_url()
    assert Enquiry.objects.count() == 1
    assert upload(staff.client("viewer"), eml()).status_code == 403


@pytest.mark.parametrize("data", [b"", b"not an e-mail", PNG, b"PK\x03\x04" + b"\0" * 50])
def test_what_is_no_e_mail_is_refused_with_a_sentence(staff, data):
    before = row_counts()
    answer = upload(staff.client("officer"), data)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert row_counts() == before


# --- planted tests --------------------------------------------------------------------------------


def test_a_planted_test_looks_like_any_other_and_counts_nowhere(staff):
    lead = staff.client("lead")
    assert staff.client("officer").get("/desk/shopping/").status_code == 403
    form = form_with(lead.get("/desk/shopping/"), "title", "text")
    answer = form.send(lead, title="Hỏi kín", text="Đất?", sender_name="Kim Kín", sender_email="kin@example.org")
    e = Enquiry.objects.get(record__title="Hỏi kín")
    assert answer.headers["Location"].endswith(f"/desk/shopping/{e.pk}/")
    sentence = "This is a planted test. Only lead officers are told; it is in no figure."
    assert says(lead.get(e.get_absolute_url()), sentence)
    officer = staff.client("officer")
    for address in (e.get_absolute_url(), f"/desk/r/{e.pk}/history/", "/desk/enquiries/"):
        page = officer.get(address)
        assert shows(page, "Hỏi kín")
        assert not says(page, sentence)
        if address != "/desk/enquiries/":  # there everybody stands in the filter
            assert not shows(page, staff.lead.name)
    assert officer.get(f"/desk/shopping/{e.pk}/").status_code == 403
    assert not Enquiry.objects.counted().filter(pk=e.pk).exists()
    # What leaves the house as a file is without it; at work it is like any other.
    assert "Hỏi kín" not in b"".join(officer.get("/desk/enquiries/export/csv/").streaming_content).decode()
    assert shows(officer.get("/desk/?scope=all"), "Hỏi kín")
    assert shows(officer.get("/desk/search/", {"q": e.receipt}), "Hỏi kín")
    with pytest.raises(ValidationError):
        lead_actions.lead_of_enquiry(actor=staff.officer, enquiry=e)
    actions.send(actor=staff.officer, enquiry=e, kind="answer", text="Có đất.")
    form = form_with(lead.get(f"/desk/shopping/{e.pk}/"), "speed", "relevance")
    assert form.values["availability"] == ["100"]
    assert form.send(lead, relevance="101", completeness="50").status_code == 422
    assert form.send(lead, relevance="80", completeness="50").status_code == 302
    assert ShoppingScore.objects.get().total == 66
    # The test is over: nobody comes upon it any more; the lead still sees the score and may judge again.
    assert not shows(officer.get("/desk/search/", {"q": e.receipt}), "Hỏi kín")
    assert not shows(officer.get("/desk/enquiries/"), "Hỏi kín")
    assert shows(lead.get("/desk/shopping/"), "Hỏi kín")
    again_form = form_with(lead.get(f"/desk/shopping/{e.pk}/"), "speed", "relevance")
    assert again_form.send(lead, relevance="90", completeness="50").status_code == 302
    with pytest.raises(PermissionDenied):
        intake.plant_test(actor=staff.officer, fields={"title": "x"})


# --- leads ----------------------------------------------------------------------------------------


def test_a_lead_is_made_of_an_enquiry_which_is_its_origin(staff):
    e = enquiry(staff, industry="26", capital=Decimal(5), currency="USD", text="Xưởng")
    answer = staff.client("officer").post(f"/desk/r/{e.pk}/enquiry/now/lead/")
    lead = Lead.objects.get()
    assert answer.headers["Location"] == lead.get_absolute_url()
    origin = lead.origins.get()
    assert (origin.origin_id, origin.share, lead.capital) == (e.pk, 100, 5)
    assert Record.objects.get(pk=lead.pk).links_out.filter(target=e.pk).exists()


def test_shares_over_the_whole_and_other_origins_are_refused_on_every_way(staff, samples):
    rows = [
        {"origin": samples.engagement.record, "share": Decimal(60)},
        {"origin": samples.partner.record, "share": Decimal("40.5")},
    ]
    before = row_counts()
    with pytest.raises(ValidationError, match="100,5"):
        lead_actions.create_lead(actor=staff.officer, title="Quá nhiều", children={"origins": rows})
    with pytest.raises(ValidationError) as error:
        lead_actions.create_lead(
            actor=staff.officer, title="Sai nguồn", children={"origins": [{"origin": samples.zone.record}]}
        )
    assert "origins" in error.value.error_dict
    with pytest.raises(ValidationError):
        lead_actions.create_lead(
            actor=staff.officer,
            title="Một phần quá lớn",
            children={"origins": [{"origin": samples.partner.record, "share": Decimal(101)}]},
        )
    assert row_counts() == before
    lead = lead_actions.create_lead(actor=staff.officer, title="Vừa đủ", children={"origins": rows[:1]})
    with pytest.raises(ValidationError):
        lead_actions.update_lead(
            lead,
            actor=staff.officer,
            children={"origins": write.ChildEdits(create=[{"origin": samples.partner.record, "share": Decimal(41)}])},
        )
    assert lead.origins.count() == 1


def test_a_lost_lead_says_why_and_to_whom(staff):
    with pytest.raises(ValidationError) as error:
        lead_actions.create_lead(actor=staff.officer, title="Mất", state="lost")
    assert set(error.value.error_dict) == {"lost_why", "lost_to"}
    with pytest.raises(ValidationError):
        lead_actions.create_lead(actor=staff.officer, title="Chưa mất", lost_why="price", lost_to="đâu đó")


# --- doors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["send", "pause", "hand-over", "close", "put-aside", "reopen"])
def test_who_may_take_a_step(staff, name):
    e = enquiry(staff)
    address = f"/desk/r/{e.pk}/enquiry/{name}/"
    assert staff.client("officer").get(address).status_code == 200
    assert staff.client("officer").post(address, {}).status_code == 422
    assert staff.client("viewer").get(address).status_code == 403
    assert staff.client("other").get(address).status_code == 403
    write.update(e, actor=staff.lead, fields={"access": "unit"})
    assert staff.client("other").get(address).status_code == 404
    assert staff.client("officer").get(address.replace(name, "nonsense")).status_code == 404


# --- examples -------------------------------------------------------------------------------------


def test_an_example_is_marked_and_in_no_figure(staff):
    e = enquiry(staff, title="Hỏi thử minh họa", illustrative=True)
    officer = staff.client("officer")
    assert says(officer.get(e.get_absolute_url()), "Illustrative example.")
    assert says(officer.get("/desk/enquiries/"), "illustrative")
    assert not shows(officer.get("/desk/?scope=all"), "Hỏi thử minh họa")
    assert not Enquiry.objects.counted().exists()


def test_figures_of_answering_leave_tests_and_examples_out(staff):
    in_time = enquiry(staff, title="Trong hạn")
    late = enquiry(staff, title="Quá hạn")
    enquiry(staff, title="Minh họa", illustrative=True)
    intake.plant_test(actor=staff.lead, fields={"title": "Thử kín", "text": "?", "unit": staff.unit})
    Enquiry.objects.filter(pk=in_time.pk).update(
        first_reply_at=moment("05/05/2025 09:00"), answered_at=moment("07/05/2025 09:00"), state="answered"
    )
    found = queries.answering(staff.officer, datetime.date(2025, 5, 1), moment("20/05/2025 09:00"))
    assert found == queries.Answering(came=2, first_in_time=1, answered=1, answered_in_time=1, late=1)
    assert found.percent_in_time == 50
    assert queries.answering(staff.officer, datetime.date(2025, 6, 1)).percent_in_time is None
    enquiry(staff, f"{timezone.localdate():%d/%m/%Y} 00:01", title="Hôm nay")
    page = staff.client("officer").get("/desk/enquiries/waiting/")
    assert shows(page, "pe-figures")
    assert shows(page, late.record.title)
