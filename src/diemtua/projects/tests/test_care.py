"""Care cases: how they stand, what moving and closing ask, the public line, the report and the visits."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.calendar import add_working_days
from diemtua.kit.dates import PartialDate
from diemtua.projects.actions import care as actions
from diemtua.projects.models import CareCase, PublicLine
from diemtua.projects.queries import care as reads
from diemtua.projects.rules import care as rules
from diemtua.register import write
from diemtua.register.models import Access
from diemtua.testing.pages import Staff, body, says, shows

TODAY = datetime.date(2026, 6, 15)
LIMITS = rules.Limits(5, 3, 0, 10, 500, {"USD": 20, "VND": 500})


def ago(n: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=n)


# --- rules ----------------------------------------------------------------------------------------


def facts(due: int | None = None, **changes: Any) -> rules.Facts:
    """Facts of a case promised so many days from today."""
    day = None if due is None else TODAY + datetime.timedelta(days=due)
    return rules.Facts(**{"status": "open", "reported": datetime.date(2026, 6, 12), "due": day, **changes})


@pytest.mark.parametrize(
    ("case", "standing", "reasons"),
    [
        (facts(30), "on_track", []),
        (facts(5), "at_risk", ["soon"]),
        (facts(0), "at_risk", ["soon"]),
        (facts(-1), "late", ["late"]),
        (facts(-1, status="solved"), "over", []),
        (facts(), "on_track", []),
        (facts(reported=datetime.date(2026, 6, 1)), "at_risk", ["no_promise"]),
        (facts(30, step_due=datetime.date(2026, 6, 14)), "at_risk", ["step"]),
        (facts(30, step_due=TODAY), "on_track", []),
    ],
)
def test_how_a_case_stands(case: rules.Facts, standing: str, reasons: list[str]) -> None:
    assert rules.standing(case, LIMITS, TODAY) == (standing, reasons)


def test_without_rules_only_the_day_itself_counts() -> None:
    assert rules.standing(facts(1, reported=datetime.date(2020, 1, 1)), rules.Limits(), TODAY) == ("on_track", [])
    assert rules.escalation(facts(-90), rules.Limits(), TODAY).level == ""


@pytest.mark.parametrize(
    ("case", "level", "since"),
    [
        (facts(0), "", None),
        (facts(-1), "lead", TODAY),
        (facts(-10), "lead", datetime.date(2026, 6, 6)),
        (facts(-11), "leaders", TODAY),
        (facts(-1, jobs=500), "leaders", TODAY),
        (facts(-1, capital=D(20), currency="USD"), "leaders", TODAY),
        (facts(-1, capital=D(20), currency="VND"), "lead", TODAY),
        (facts(-1, status="unsolved"), "", None),
    ],
)
def test_to_whom_it_goes_up(case: rules.Facts, level: str, since: datetime.date | None) -> None:
    found = rules.escalation(case, LIMITS, TODAY)
    assert (found.level, found.since) == (level, since)


@given(st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 12, 1)), st.integers(0, 20))
def test_the_first_day_without_a_promise_is_counted_in_working_days(today: datetime.date, days: int) -> None:
    first = rules.no_promise_before(today, days)
    assert add_working_days(first, days) >= today
    assert add_working_days(first - datetime.timedelta(days=1), days) < today


@pytest.mark.parametrize(
    "text",
    [
        "Đã cấp điện cho Lotes.",
        "Đã cấp điện cho LÔ TES: công ty tnhh lotes việt nam.",
        "Liên hệ an@example.org để biết thêm.",
        "Gọi 0912 345 678.",
        "Mã số 1234567890 đã điều chỉnh.",
        "Đã giải quyết cho nhà máy của ông Trần Mẫu Đơn.",
    ],
)
def test_what_gives_an_investor_away(text: str) -> None:
    assert rules.gives_away(text, ["Công ty TNHH Lotes Việt Nam", "Trần Mẫu Đơn"])


def test_a_plain_line_gives_nobody_away() -> None:
    names = ["Công ty TNHH Lotes Việt Nam", "Dự án nhà máy Công ty Việt Nam"]
    assert rules.gives_away("Đã kéo thêm một lộ dây 22 kV cho các nhà máy trong khu, xong trong 12 ngày.", names) == []


# --- cases ----------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(samples: SimpleNamespace) -> CareCase:
    return actions.update_case(samples.carecase, actor=None, due=ago(-20), capital=D(30), currency="USD", jobs=100)


def closed(case: CareCase, **changes: Any) -> CareCase:
    values = {"status": "solved", "on": ago(0), "done": "Kéo thêm dây.", "outcome": "kept", **changes}
    return actions.close_case(case, actor=None, **values)


def test_moving_a_promised_day_needs_a_reason(staff: Staff, case: CareCase) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.update_case(case, actor=staff.officer, due=ago(-30))
    assert "due" in refused.value.message_dict
    moved = actions.move_due(case, actor=staff.officer, due=ago(-30), reason="Chờ vật tư")
    assert [p["due"] for p in reads.promises_of(moved)] == [ago(-20), ago(-30)]
    assert reads.promises_of(moved)[1]["reason"] == "Chờ vật tư"
    # Saying the same day again, or something else, needs none.
    actions.update_case(moved, actor=staff.officer, due=ago(-30), jobs=101)


def test_the_form_asks_why_as_well(staff: Staff, case: CareCase) -> None:
    page = reverse("projects:case-step", args=[case.pk, "promise"])
    officer = staff.client("officer")
    answer = officer.post(page, {"due": ago(-40).strftime("%d/%m/%Y"), "version": case.record.version})
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.due == ago(-20)
    data = {"due": ago(-40).strftime("%d/%m/%Y"), "reason": "Chờ vật tư", "version": case.record.version}
    assert officer.post(page, data).status_code == 302
    case.refresh_from_db()
    assert case.due == ago(-40)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"done": " "}, "done"),
        ({"on": ago(-1)}, "closed_on"),
        ({"on": ago(9000)}, "closed_on"),
        ({"status": "open"}, "status"),
        ({"word": "Cảm ơn"}, "word_agreed"),
        ({"outcome": "partly"}, "capital_kept"),
        ({"outcome": "partly", "capital_kept": D(31), "jobs_kept": 1}, "capital_kept"),
    ],
)
def test_closing_says_what_was_done(case: CareCase, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        closed(case, **changes)
    assert field in refused.value.message_dict


def test_the_database_keeps_no_closed_case_without_what_was_done(case: CareCase) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CareCase.objects.filter(pk=case.pk).update(status="solved", closed_on=ago(0), done="")
    with pytest.raises(IntegrityError), transaction.atomic():
        CareCase.objects.filter(pk=case.pk).update(word="Cảm ơn", word_agreed=False)


def test_closing_and_taking_up_again_through_the_pages(staff: Staff, case: CareCase) -> None:
    officer = staff.client("officer")
    data = {
        "version": case.record.version, "status": "solved", "on": ago(0).strftime("%d/%m/%Y"), "done": "Kéo thêm dây.",
        "outcome": "kept", "word": "Yên tâm", "word_agreed": "on",
    }  # fmt: skip
    assert officer.post(reverse("projects:case-step", args=[case.pk, "close"]), data).status_code == 302
    case = CareCase.objects.get(pk=case.pk)
    assert (case.status, case.outcome, case.word) == ("solved", "kept", "Yên tâm")
    # Closed meanwhile: the old form is answered with a sentence, not with a second closing.
    answer = officer.get(reverse("projects:case-step", args=[case.pk, "close"]), follow=True)
    assert says(answer, "The case has been closed meanwhile.")
    page = reverse("projects:case-step", args=[case.pk, "reopen"])
    assert officer.post(page, {"version": case.record.version, "reason": ""}).status_code == 422
    assert officer.post(page, {"version": case.record.version, "reason": "Lại mất điện"}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.closed_on, case.done) == ("open", None, "Kéo thêm dây.")


@pytest.mark.parametrize(("who", "status"), [("anonymous", 302), ("viewer", 403), ("other", 403), ("officer", 200)])
def test_who_may_take_a_step(staff: Staff, case: CareCase, who: str, status: int) -> None:
    assert staff.client(who).get(reverse("projects:case-step", args=[case.pk, "close"])).status_code == status
    assert staff.client(who).get(reverse("projects:case-step", args=[case.pk, "nonsense"])).status_code in (
        302,
        403,
        404,
    )


def test_a_hidden_case_does_not_exist(staff: Staff, case: CareCase) -> None:
    write.update(case, actor=None, fields={"access": Access.UNIT})
    assert staff.client("other").get(reverse("projects:case-step", args=[case.pk, "close"])).status_code == 404


def test_the_filter_finds_what_the_rule_says(samples: SimpleNamespace) -> None:
    """Cases in every position: the database and the rule agree on each."""
    today = timezone.localdate()
    limits = reads.limits_on(today)
    made = [samples.carecase]
    for number, (due, reported, step) in enumerate(
        (d, r, s) for d in (None, -30, -11, -10, -1, 0, 5, 6, 40) for r in (60, 3, 0) for s in (None, 1, 0)
    ):
        day = None if due is None else max(today + datetime.timedelta(days=due), ago(reported))
        made.append(
            actions.create_case(
                actor=None, title=f"Vướng mắc {number}", investor=samples.partner, cause="land",
                reported=ago(reported), due=day, status=("open", "waiting")[number % 2],
                jobs=(None, 600)[number % 3 == 0],
                children={"steps": [{"text": "Họp", "due": ago(step)}]} if step is not None else {},
            )
        )  # fmt: skip
    for standing in rules.STANDINGS:
        want = {c.pk for c in made if rules.standing(reads.facts_of(c), limits, today)[0] == standing}
        assert set(CareCase.objects.all().standing(standing, today).values_list("pk", flat=True)) == want, standing
    for level in rules.LEVELS:
        want = {c.pk for c in made if rules.escalation(reads.facts_of(c), limits, today).level == level}
        assert set(CareCase.objects.all().escalated(today, level).values_list("pk", flat=True)) == want, level
        assert want or level == ""


def test_the_page_says_to_whom_a_late_case_has_gone_up(staff: Staff, samples: SimpleNamespace) -> None:
    actions.update_case(samples.carecase, actor=None, reported=ago(60), due=ago(20))
    answer = staff.client("viewer").get(samples.carecase.get_absolute_url())
    assert says(answer, "Leaders of the province")
    assert says(answer, "The promised day is over.")


# --- the public line ------------------------------------------------------------------------------


def test_a_line_is_written_approved_and_published_by_turns(staff: Staff, case: CareCase) -> None:
    public = "/care/"
    nobody = staff.client("anonymous")
    text = "Đã kéo thêm một lộ dây điện trong 12 ngày."
    with pytest.raises(ValidationError):
        actions.write_line(case, actor=staff.officer, text_vi=text)  # still open
    case = closed(case)
    with pytest.raises(ValidationError) as told:
        actions.write_line(case, actor=staff.officer, text_vi="Đã giúp thành phố Trăng Non có điện.")
    assert "Trăng Non" in told.value.messages[0]
    actions.write_line(case, actor=staff.officer, text_vi=f"  {text}\n", text_en="A second power line in 12 days.")
    with pytest.raises(ValidationError):
        actions.publish_line(case, actor=staff.lead)
    with pytest.raises(PermissionDenied):
        actions.approve_line(case, actor=staff.officer)
    assert not shows(nobody.get(public), text)
    actions.approve_line(case, actor=staff.lead)
    assert not shows(nobody.get(public), text)
    actions.publish_line(case, actor=staff.officer)
    page = nobody.get(public)
    assert shows(page, text)
    assert not shows(page, case.record.title)
    assert not shows(page, "Trăng Non")
    # Open again: the line is no longer public and waits for a new approval.
    actions.reopen_case(case, actor=staff.officer, reason="Lại mất điện")
    assert not shows(nobody.get(public), text)
    assert PublicLine.objects.get(case=case).state == PublicLine.State.DRAFT


def test_nobody_approves_their_own_line(staff: Staff, case: CareCase) -> None:
    case = closed(case)
    actions.write_line(case, actor=staff.lead, text_vi="Đã kéo thêm dây.")
    with pytest.raises(ValidationError):
        actions.approve_line(case, actor=staff.lead)
    actions.approve_line(case, actor=staff.administrator)
    # A new text is a new line: it has to be approved again.
    line = actions.write_line(case, actor=staff.officer, text_vi="Đã kéo thêm hai dây.")
    assert line.state == PublicLine.State.DRAFT
    assert line.approved_by is None


def test_the_buttons_of_the_line(staff: Staff, case: CareCase) -> None:
    case = closed(case)
    officer, lead = staff.client("officer"), staff.client("lead")
    page = reverse("projects:case-step", args=[case.pk, "line"])
    answer = officer.post(page, {"version": case.record.version, "text_vi": "Đã giúp Trăng Non."})
    assert answer.status_code == 422
    assert shows(answer, "Đã giúp Trăng Non.")
    assert officer.post(page, {"version": case.record.version, "text_vi": "Đã kéo dây <b>"}).status_code == 302
    assert officer.post(reverse("projects:line-step", args=[case.pk, "approve"])).status_code == 403
    for who, step in ((lead, "approve"), (lead, "publish")):
        assert who.post(reverse("projects:line-step", args=[case.pk, step])).status_code == 302
    assert "Đã kéo dây &lt;b&gt;" in body(staff.client("anonymous").get("/care/"))
    assert officer.post(reverse("projects:line-step", args=[case.pk, "withdraw"])).status_code == 302
    assert not shows(staff.client("anonymous").get("/care/"), "Đã kéo dây")
    assert officer.get(reverse("projects:line-step", args=[case.pk, "approve"])).status_code == 405


# --- report and visits ----------------------------------------------------------------------------


def test_what_was_kept_and_lost(staff: Staff, samples: SimpleNamespace, case: CareCase) -> None:
    def another(cause: str, capital: int, currency: str, **how: Any) -> None:
        made = actions.create_case(
            actor=None, title=f"{cause} {capital}", investor=samples.partner, cause=cause, agency=samples.own,
            capital=D(capital), currency=currency, jobs=10,
        )  # fmt: skip
        if how:
            closed(made, **how)

    another("power", 5, "USD", outcome="kept")
    another("power", 8, "USD", outcome="partly", capital_kept=D(6), jobs_kept=4)
    another("power", 100, "VND", outcome="lost")
    another("land", 7, "USD", outcome="")
    another("land", 9, "USD")
    found = {r.key: r for r in reads.report(staff.viewer, "cause", ago(1), ago(0), ago(0))}
    power, land = found["power"], found["land"]
    assert (power.kept.cases, dict(power.kept.capital), power.kept.jobs) == (2, {"USD": D(11)}, 14)
    assert (power.lost.cases, power.lost.jobs) == (1, 16)
    assert dict(power.lost.capital) == {"USD": D(2), "VND": D(100)}
    assert (power.at_risk.cases, power.at_risk.capital["USD"]) == (1, D(30))
    assert (land.unknown, land.at_risk.cases) == (1, 1)
    assert [r.key for r in reads.report(staff.viewer, "agency", ago(1), ago(0), ago(0))] == [samples.own.pk, None]
    # Of closed cases, only those of the days asked for.
    early = {r.key: r for r in reads.report(staff.viewer, "cause", ago(9), ago(5), ago(0))}
    assert early["power"].kept.cases == 0
    page = reverse("projects:care-report")
    assert staff.client("viewer").get(page, {"by": "agency"}).status_code == 200
    answer = staff.client("viewer").get(page, {"first": "31/12/2026", "last": "hôm qua"})
    assert says(answer, "Write the days as dd/mm/yyyy, for example 04/11/2021.")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(staff.client("viewer").get(page, {"format": "xlsx"}))))
    assert book.active.max_row == 3


def test_a_hidden_agency_is_not_named(staff: Staff, samples: SimpleNamespace, case: CareCase) -> None:
    hidden = write.create(
        "party", actor=None, fields={"title": "Phòng Kín", "kind": "agency", "unit": staff.unit, "access": "unit"}
    )
    actions.update_case(case, actor=None, agency=hidden)
    answer = staff.client("other").get(reverse("projects:care-report"), {"by": "agency"})
    assert not shows(answer, "Phòng Kín")
    assert says(answer, "Another agency")


def test_visits_are_due_by_size(staff: Staff, samples: SimpleNamespace) -> None:
    """A large investor every 3 months; a visit that was held counts, a planned one is shown."""
    write.create(
        "project", actor=None,
        fields={
            "title": "Nhà máy Trăng Non", "investor": samples.partner, "stage": "certificate", "capital": D(60),
            "currency": "USD", "irc_issued": PartialDate.day(ago(400)), "irc_code": "1234567890", "taken_over": True,
        },
    )  # fmt: skip
    today = timezone.localdate()
    visit = reads.visits(staff.viewer, today)[0]
    assert (visit.investor.pk, visit.size, visit.last, visit.late) == (samples.partner.pk, "large", None, True)

    def engage(status: str, day: datetime.date) -> None:
        write.create(
            "engagement", actor=None,
            fields={"title": f"Thăm {status}", "form": "visit", "status": status, "held": PartialDate.day(day)},
            children={"participants": [{"side": "partner", "party": samples.partner}]},
        )  # fmt: skip

    engage("held", ago(10))
    visit = reads.visits(staff.viewer, today)[0]
    assert (visit.last, visit.late) == (ago(10), False)
    assert visit.due > today + datetime.timedelta(days=70)
    engage("planned", ago(-7))
    assert reads.visits(staff.viewer, today)[0].planned == PartialDate.day(ago(-7))
    page = staff.client("officer").get(reverse("projects:care-visits"), {"size": "large"})
    assert shows(page, samples.partner.record.title)
    assert not shows(
        staff.client("officer").get(reverse("projects:care-visits"), {"size": "small"}), samples.partner.record.title
    )


def test_the_pages_when_nothing_is_there(staff: Staff) -> None:
    for name in ("projects:care-report", "projects:care-visits"):
        answer = staff.client("viewer").get(reverse(name))
        assert 'class="empty' in body(answer)
    assert says(staff.client("anonymous").get("/care/"), "Nothing is published yet.")
