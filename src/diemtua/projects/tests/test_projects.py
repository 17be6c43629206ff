"""Stages and their gates, amendments, promises, the board and the funnel, through actions and pages."""

from __future__ import annotations

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from diemtua.kit.dates import PartialDate
from diemtua.projects.actions import projects as actions
from diemtua.projects.models import Project
from diemtua.projects.queries import progress
from diemtua.projects.rules import certificates, gates, promises, stages, timeline
from diemtua.register.actions import add_figure
from diemtua.register.models import Figure
from diemtua.register.write import ChildEdits, Stale
from diemtua.rulebook.actions import override_rule
from diemtua.testing.pages import body, says, shows

D = PartialDate.day
TODAY = datetime.date(2026, 11, 26)


def full(samples: Any, **more: Any) -> dict[str, Any]:
    """All that a project needs to operate."""
    return {
        "investor": samples.partner,
        "industry": "linh kiện",
        "capital": Decimal(30),
        "currency": "USD",
        "zone": samples.zone,
        "objectives": "Sản xuất thử.",
        "policy_route": "not_needed",
        "irc_code": "1234567890",
        "irc_issued": D(datetime.date(2024, 3, 1)),
        "operation_by": PartialDate.quarter(2026, 1),
        "area_ha": Decimal(5),
        "land_handed_over": D(datetime.date(2024, 6, 1)),
        "operating_since": D(datetime.date(2026, 2, 1)),
        **more,
    }


def create(samples: Any, staff: Any, title: str = "Dự án Sao Băng", **fields: Any) -> Project:
    return actions.create_project(actor=staff.officer, title=title, unit=staff.unit, **fields)


# --- the tables -----------------------------------------------------------------------------------


def test_the_tables_are_whole() -> None:
    """Every stage has its gate and its ways on, and every need names a field of the project."""
    codes = {s for s, _l in stages.STAGES}
    assert set(stages.GATES) == set(stages.STEPS) == codes
    assert {t for many in stages.STEPS.values() for t in many} <= codes
    fields = {f.name for f in Project._meta.get_fields()}
    for need in stages.NEEDS:
        assert set(need.fields) <= fields
        assert set(need.stages) <= codes
    # From everywhere the end can be reached, and what paused goes on.
    for stage in stages.WAY:
        assert {stages.PAUSED, stages.LOST, stages.CLOSED} & set(stages.STEPS[stage])


def _blank(**values: Any) -> Any:
    names = {n for need in stages.NEEDS for n in need.fields} | {"stage", "taken_over"}
    made = SimpleNamespace(**dict.fromkeys(names), **{f"{n}_id": None for n in ("zone", "plot", "investor")})
    made.taken_over = False
    for name, value in values.items():
        setattr(made, name, value)
    return made


@given(st.sampled_from(stages.WAY), st.sets(st.sampled_from([n.field for n in stages.NEEDS])))
def test_a_later_stage_never_needs_less(stage: str, given: set[str]) -> None:
    """What is missing for a stage is missing for every later one on the way."""
    values = {f.split("|")[0]: "x" for f in given}
    project = _blank(**values)
    project.zone_id, project.investor_id = project.zone, project.investor
    lacking = {n.field for n in stages.missing(project, stage)}
    for later in stages.WAY[stages.place_on_way(stage) :]:
        assert lacking <= {n.field for n in stages.missing(project, later)}


@given(st.text(max_size=14))
def test_a_code_is_ten_digits_or_a_sentence(text: str) -> None:
    code = certificates.tidy_code(text)
    right = len(code) == 10 and all(c in "0123456789" for c in code)
    assert (certificates.wrong_code(code, 10) == "") == right
    assert certificates.wrong_code(code, None) == ""


def test_the_digits_of_a_code_are_those_of_the_day_of_its_certificate(staff, samples) -> None:
    """Licences older than project codes have other numbers; an amendment of the rulebook counts from its day on."""
    old = create(samples, staff, "Dự án cũ", irc_code="12/GP-KCN", irc_issued=PartialDate.year(2009))
    assert old.irc_code == "12/GP-KCN"
    for code, day in (("121043000", 2016), ("12/GP-KCN", 2024)):
        with pytest.raises(ValidationError) as caught:
            create(samples, staff, irc_code=code, irc_issued=PartialDate.year(day))
        assert set(caught.value.error_dict) == {"irc_code"}
    override_rule(
        actor=staff.administrator,
        code=certificates.CODE_RULE,
        value=12,
        valid_from=datetime.date(2026, 1, 1),
        basis="1/2026/QH00 (thử)",
        reason="thử",
    )
    create(samples, staff, "Dự án mới", irc_code="123456789012", irc_issued=D(datetime.date(2026, 2, 1)))
    create(samples, staff, "Dự án giữa", irc_code="1234567890", irc_issued=D(datetime.date(2025, 2, 1)))


# --- gates ----------------------------------------------------------------------------------------


def test_a_new_project_meets_the_gates_of_its_stage(staff, samples) -> None:
    with pytest.raises(ValidationError) as caught:
        create(samples, staff, stage="certificate", investor=samples.partner, industry="x")
    assert {
        "capital",
        "currency",
        "zone",
        "objectives",
        "policy_route",
        "irc_code",
        "irc_issued",
        "operation_by",
    } == set(caught.value.error_dict)
    made = create(samples, staff, stage="operating", **full(samples))
    assert (made.stage, made.stage_since) == ("operating", datetime.date(2026, 2, 1))
    assert [(m.before, m.after, m.on) for m in made.moves.all()] == [("", "operating", datetime.date(2026, 2, 1))]


def test_policy_approval_is_asked_for_only_where_it_is_needed(staff, samples) -> None:
    with pytest.raises(ValidationError) as caught:
        create(samples, staff, stage="certificate", **full(samples, policy_route="needed"))
    assert set(caught.value.error_dict) == {"policy_decision", "policy_on"}


@pytest.mark.parametrize("code", ["123456789", "12345678901", "12345abcde", "１２３４５６７８９０"])
def test_a_code_of_nine_digits_is_refused(staff, samples, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        create(samples, staff, irc_code=code)
    assert set(caught.value.error_dict) == {"irc_code"}


def test_a_code_belongs_to_one_project(staff, samples) -> None:
    create(samples, staff, irc_code="12 345 678-90")
    with pytest.raises(ValidationError) as caught:
        create(samples, staff, "Dự án thứ hai", irc_code="1234567890")
    assert "1234567890" in caught.value.message_dict["irc_code"][0]


def test_capital_without_currency_and_too_large_a_share(staff, samples) -> None:
    with pytest.raises(ValidationError) as caught:
        create(samples, staff, capital=Decimal(5))
    assert "currency" in caught.value.error_dict
    with pytest.raises(ValidationError) as caught:
        create(samples, staff, capital=Decimal(5), currency="USD", own_capital=Decimal(6))
    assert "own_capital" in caught.value.error_dict
    with pytest.raises(ValidationError) as caught:
        actions.create_project(
            actor=staff.officer,
            title="Chia phần",
            unit=staff.unit,
            children={
                "origins": [
                    {"origin": samples.engagement.record, "share": Decimal("60")},
                    {"origin": samples.instrument.record, "share": Decimal("40.01")},
                ]
            },
        )
    assert "origins" in caught.value.error_dict
    assert not Project.objects.filter(record__title="Chia phần").exists()


def test_moving_along_the_way(staff, samples) -> None:
    """Each step asks for what its stage needs; no gate is skipped, and the figure of the certificate is kept."""
    project = create(samples, staff, **{k: full(samples)[k] for k in ("investor", "industry", "capital", "currency")})
    with pytest.raises(ValidationError) as caught:
        actions.move(actor=staff.officer, project=project, to="certificate")
    assert "stage" in caught.value.error_dict
    with pytest.raises(ValidationError) as caught:
        actions.move(actor=staff.officer, project=project, to="proposal")
    assert set(caught.value.error_dict) == {"zone"}
    project = actions.move(actor=staff.officer, project=project, to="proposal", where="xã Trăng Rằm")
    rest = {k: full(samples)[k] for k in ("objectives", "policy_route", "irc_code", "irc_issued", "operation_by")}
    project = actions.move(actor=staff.officer, project=project, to="certificate", source=samples.document, **rest)
    figure = Figure.objects.get(record=project.pk)
    assert (figure.measure, figure.value, figure.stage, figure.as_of) == (
        "capital",
        Decimal(30),
        "registered",
        D(datetime.date(2024, 3, 1)),
    )
    assert project.record.evidence.get().field == "stage"
    assert figure.evidence == project.record.evidence.get()
    assert [m.after for m in project.moves.all()] == ["prospect", "proposal", "certificate"]


def test_two_people_move_a_project_at_once(staff, samples) -> None:
    project = create(samples, staff, stage="proposal", **full(samples))
    version = project.record.version
    actions.move(actor=staff.officer, project=project, to="certificate", version=version)
    with pytest.raises(Stale):
        actions.move(actor=staff.lead, project=project, to="certificate", version=version)
    with pytest.raises(ValidationError):
        actions.move(actor=staff.lead, project=project, to="certificate")
    assert project.moves.count() == 2


def test_days_of_a_move(staff, samples) -> None:
    project = create(samples, staff, stage="certificate", **full(samples))
    for day in (timezone.localdate() + datetime.timedelta(days=1), datetime.date(2024, 2, 1)):
        with pytest.raises(ValidationError) as caught:
            actions.move(actor=staff.officer, project=project, to="land", on=day)
        assert "on" in caught.value.error_dict
    project = actions.move(actor=staff.officer, project=project, to="land", on=datetime.date(2024, 6, 2))
    assert progress.moves_of(project)[0]["days"] == 93


def test_what_only_a_lead_may(staff, samples) -> None:
    project = create(samples, staff, stage="land", **full(samples))
    for to in ("certificate", "revoked", "closed"):
        with pytest.raises(PermissionDenied):
            actions.move(actor=staff.officer, project=project, to=to, reason="thử", end_decision="1/QĐ")
    with pytest.raises(ValidationError):  # going back wants a reason
        actions.move(actor=staff.lead, project=project, to="certificate")
    back = actions.move(actor=staff.lead, project=project, to="certificate", reason="nhập nhầm")
    gone = actions.move(actor=staff.lead, project=back, to="revoked", reason="không triển khai", end_decision="1/QĐ-TR")
    assert (gone.end_reason, gone.end_decision, gone.ended_on) == (
        "không triển khai",
        "1/QĐ-TR",
        D(timezone.localdate()),
    )
    again = actions.move(actor=staff.lead, project=gone, to="land", reason="quyết định bị hủy")
    assert (again.end_reason, again.end_decision, again.ended_on) == ("", "", None)
    with pytest.raises(PermissionDenied):
        create(samples, staff, "Lách cửa", taken_over=True, stage="operating")


def test_old_records_are_mended_bit_by_bit(staff, samples) -> None:
    """What was taken over may be incomplete, is completed in any order, and loses nothing that it has."""
    old = actions.create_project(
        actor=staff.lead, title="Dự án cũ", unit=staff.unit, stage="operating", taken_over=True, industry="may mặc"
    )
    assert old.stage_since is None
    assert {n.field for n in stages.missing(old, old.stage)} >= {"irc_code", "investor"}
    old = actions.update_project(old, actor=staff.officer, jobs=200)
    old = actions.update_project(old, actor=staff.officer, irc_code="9876543210")
    with pytest.raises(ValidationError) as caught:
        actions.update_project(old, actor=staff.officer, irc_code="")
    assert set(caught.value.error_dict) == {"irc_code"}
    with pytest.raises(ValidationError):  # and the next stage asks for all of it
        actions.update_project(old, actor=staff.lead, stage="closed")


def test_an_amendment_keeps_what_was(staff, samples) -> None:
    project = create(samples, staff, stage="certificate", **full(samples))
    saved = actions.amend(
        actor=staff.officer,
        project=project,
        number=1,
        on=D(datetime.date(2025, 5, 6)),
        capital=Decimal("45.5"),
        operation_by=PartialDate.year(2027),
        currency="USD",
    )
    assert (saved.capital, saved.operation_by) == (Decimal("45.5"), PartialDate.year(2027))
    rows = {r.subject: r for r in saved.amendments.all()}
    assert set(rows) == {"capital", "schedule"}
    assert (rows["capital"].before, rows["capital"].after, rows["capital"].capital) == ("30", "45,5", Decimal("45.5"))
    assert Figure.objects.get(record=project.pk, stage="registered").as_of == D(datetime.date(2025, 5, 6))
    with pytest.raises(ValidationError):  # nothing changes
        actions.amend(actor=staff.officer, project=saved, on=D(TODAY), capital=Decimal("45.5"))


def test_an_amendment_names_its_paper_which_proves_the_capital(staff, samples) -> None:
    project = create(samples, staff, stage="certificate", **full(samples))
    client = staff.client("officer")
    address = reverse("projects:amend", args=[project.pk])
    page = client.get(address)
    typed = {f.html_name: f.value() if f.value() is not None else "" for f in page.context["form"]}
    typed |= {"on": "06/05/2025", "number": "1", "capital": "45,5", "source": str(samples.document.pk)}
    answer = client.post(address, {n: str(v) for n, v in typed.items()})
    assert answer.status_code == 302, body(answer)
    (row,) = project.amendments.all()
    assert row.document == samples.document
    figure = Figure.objects.get(record=project.pk, stage="registered")
    assert (figure.value, figure.evidence.source_id) == (Decimal("45.5"), samples.document.pk)
    assert shows(client.get(project.get_absolute_url()), samples.document.record.title)


def test_undoing_a_move_is_a_move(staff, samples) -> None:
    from diemtua.register import write

    project = create(samples, staff, stage="proposal", **full(samples))
    actions.move(actor=staff.officer, project=project, to="certificate")
    change = project.record.changes.filter(diff__has_key="stage", verb="edit").first()
    write.undo(change, actor=staff.lead)
    assert Project.objects.get(pk=project.pk).stage == "proposal"
    assert [m.after for m in project.moves.all()] == ["proposal", "certificate", "proposal"]


def test_origins_are_edited_within_the_whole(staff, samples) -> None:
    project = create(samples, staff)
    rows = [{"origin": samples.engagement.record, "share": Decimal(70)}]
    actions.update_project(project, actor=staff.officer, children={"origins": ChildEdits(create=rows)})
    more = [{"origin": samples.instrument.record, "share": Decimal(31)}]
    with pytest.raises(ValidationError):
        actions.update_project(project, actor=staff.officer, children={"origins": ChildEdits(create=more)})
    assert project.origins.count() == 1


# --- promises -------------------------------------------------------------------------------------


def _promise(**values: Any) -> Any:
    names = ("construction_by", "construction_started", "operation_by", "operating_since", "land_handed_over")
    more = ("contribute_by", "own_capital", "enterprise_registered", "irc_issued")
    return SimpleNamespace(**{**dict.fromkeys((*names, *more)), "stage": "land", **values})


def test_flags_carry_the_text_of_the_day_on_which_the_term_ran_out(db) -> None:
    asked = []

    def ask(code: str, day: datetime.date) -> Any:
        asked.append((code, day))
        return progress.asked(code, day)

    project = _promise(construction_by=PartialDate.year(2025), land_handed_over=D(datetime.date(2025, 2, 10)))
    found = {f.code: f for f in promises.flags(project, None, TODAY, ask)}
    assert found["not_begun"].basis == "61/2020/QH14"  # the law of 31/12/2025, not of today
    assert found["land_unused"].since == datetime.date(2026, 2, 10)
    assert "31/2024/QH15" in found["land_unused"].basis
    later = _promise(construction_by=D(datetime.date(2026, 4, 1)))
    assert promises.flags(later, None, TODAY, ask)[0].basis == "143/2025/QH15"
    old = _promise(construction_by=D(datetime.date(2010, 4, 1)))
    assert promises.flags(old, None, TODAY, ask)[0].basis == ""
    # Land handed over under the law before has run out under the law before; so has a schedule.
    before = _promise(land_handed_over=D(datetime.date(2022, 2, 10)), operation_by=PartialDate.year(2021))
    found = {f.code: f for f in promises.flags(before, None, TODAY, ask)}
    assert found["land_unused"].since == datetime.date(2023, 2, 10)
    for code in ("land_unused", "land_delay"):
        assert "45/2013/QH13" in found[code].basis
        assert found[code].confidence == "recalled"
    # The term for a certificate is in no text before 1/3/2026: what ended earlier is not held against anybody.
    for registered, flagged in ((datetime.date(2024, 5, 1), []), (datetime.date(2025, 5, 1), ["no_certificate"])):
        waiting = _promise(enterprise_registered=D(registered), stage="proposal")
        assert [f.code for f in promises.flags(waiting, None, TODAY, ask)] == flagged


@pytest.mark.parametrize(
    ("promised", "came", "slip", "standing"),
    [
        (PartialDate.year(2026), None, 0, "waiting"),
        (PartialDate.quarter(2026, 3), None, 57, "late"),
        (PartialDate.quarter(2026, 3), D(datetime.date(2026, 9, 30)), 0, "kept"),
        (PartialDate.quarter(2026, 3), D(datetime.date(2026, 10, 2)), 2, "late"),
    ],
)
def test_slippage_counts_from_the_last_promised_day(promised, came, slip, standing) -> None:
    (row,) = promises.milestones(_promise(operation_by=promised, operating_since=came), TODAY)
    assert (row.slip, row.standing) == (slip, standing)


def test_contribution_is_measured_by_what_was_reported() -> None:
    late = _promise(contribute_by=PartialDate.year(2025), own_capital=Decimal(10), stage="operating")
    for contributed, flagged in ((None, True), (Decimal("9.99"), True), (Decimal(10), False)):
        codes = [f.code for f in promises.flags(late, contributed, TODAY, lambda *_a: None)]
        assert codes == (["not_contributed"] if flagged else [])


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 1, 1)), st.integers(0, 600))
def test_months_on_end_within_the_month(day: datetime.date, months: int) -> None:
    end = promises.months_on(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end + datetime.timedelta(days=1)).day == 1


# --- pages ----------------------------------------------------------------------------------------


def test_the_page_of_a_move_asks_for_what_is_missing(staff, samples) -> None:
    project = create(samples, staff, investor=samples.partner, industry="x", capital=Decimal(3), currency="USD")
    client = staff.client("officer")
    address = reverse("projects:move", args=[project.pk])
    page = client.get(address, {"to": "proposal"})
    assert {"zone", "plot", "where", "on", "reason"} <= set(page.context["form"].fields)
    sent = {"to": "proposal", "version": project.record.version, "on": "01/01/2999", "where": "xã <b>Trăng</b>"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert says(answer, "This day is still to come. Give the day on which it happened.")
    assert shows(answer, "xã <b>Trăng</b>")
    answer = client.post(address, {**sent, "on": timezone.localdate().strftime("%d/%m/%Y")})
    assert answer.status_code == 302, body(answer)
    assert Project.objects.get(pk=project.pk).stage == "proposal"
    # A step that the table does not have goes back with the ways there are.
    assert client.get(address, {"to": "operating"}).status_code == 302
    assert client.get(address, {"to": "nonsense"}).status_code == 404


def test_the_board_moves_by_itself_or_says_where_to_go_on(staff, samples) -> None:
    project = create(samples, staff, stage="proposal", **full(samples))
    client = staff.client("officer")
    page = client.get(reverse("projects:board"))
    assert shows(page, "Dự án Sao Băng")
    address = reverse("projects:move", args=[project.pk])

    def drag(to: str, version: Any = None) -> Any:
        version = Project.objects.get(pk=project.pk).record.version if version is None else version
        return client.post(address, {"to": to, "version": version}, headers={"Accept": "application/json"})

    assert drag("certificate", 99).status_code == 409
    assert drag("certificate", "x").status_code == 409
    assert drag("operating").status_code == 422
    moved = drag("certificate")
    assert (moved.status_code, moved.json()["stage"]) == (200, "certificate")
    assert "page" in drag("paused").json()
    assert Project.objects.get(pk=project.pk).stage == "certificate"


def test_nobody_moves_what_they_may_not(staff, samples) -> None:
    hidden = create(samples, staff, "Dự án kín", access="unit")
    address = reverse("projects:move", args=[hidden.pk])
    for name in ("move", "amend", "progress"):
        assert staff.client("other_lead").get(reverse(f"projects:{name}", args=[hidden.pk])).status_code == 404, name
    assert staff.client("viewer").post(address, {"to": "proposal"}).status_code == 403
    for name in ("board", "map", "funnel", "reporters"):
        assert not shows(staff.client("other_lead").get(reverse(f"projects:{name}")), "Dự án kín"), name
    opened = create(samples, staff, "Dự án mở")
    assert (
        staff.client("other")
        .post(reverse("projects:move", args=[opened.pk]), {"to": "lost", "reason": "x"})
        .status_code
        == 403
    )


def test_the_funnel_counts_those_that_were_lost_where_they_were(staff, samples) -> None:
    # The sample is a proposal.
    create(samples, staff, "Một")
    lost = create(samples, staff, "Hai", stage="proposal", **full(samples))
    actions.move(actor=staff.officer, project=lost, to="lost", reason="chọn tỉnh khác", lost_to="Tỉnh Mẫu")
    create(samples, staff, "Ba", stage="operating", **full(samples, irc_code="1111111111"))
    found = progress.funnel(staff.officer)
    assert [s.reached for s in found["steps"]] == [4, 3, 1, 1, 1, 1]
    assert [s.here for s in found["steps"]] == [1, 1, 0, 0, 0, 1]
    assert [(str(n), s) for _l, n, s in found["beside"]] == [("1", "lost")]
    assert staff.client("viewer").get(reverse("projects:funnel"), {"since": "99999999999999999"}).status_code == 200


def test_every_page_stands_when_there_is_nothing(staff, db) -> None:
    for name in ("board", "map", "funnel", "gates", "reporters"):
        assert staff.client("viewer").get(reverse(f"projects:{name}")).status_code == 200, name


def test_a_project_page_shows_its_promises(staff, samples) -> None:
    project = create(
        samples, staff, stage="land", **full(samples, construction_by=PartialDate.year(2025), operating_since=None)
    )
    page = staff.client("viewer").get(reverse("projects:progress", args=[project.pk]))
    assert shows(page, "61/2020/QH14")
    assert shows(page, gates.stage_label("land"))
    assert staff.client("viewer").get(project.get_absolute_url()).status_code == 200


def test_promises_are_drawn_beside_what_came(staff, samples) -> None:
    """Bars of what is comparable, and a line of years that holds every day named."""
    project = create(
        samples,
        staff,
        stage="land",
        **full(samples, construction_by=PartialDate.year(2025), operating_since=None, jobs=200),
    )
    add_figure(
        record=project.record, actor=None, measure="capital", value=Decimal(12), unit="triệu USD", stage="contributed"
    )
    add_figure(record=project.record, actor=None, measure="jobs", value=Decimal(250), unit="người", stage="implemented")
    found = progress.progress(project, TODAY)
    assert [(b.share, b.filled) for b in found["bars"]] == [(40, 40), (125, 100)]
    line = found["line"]
    assert [y for y, _at in line.years] == [2024, 2025, 2026]
    begun, operating = line.tracks
    assert (begun.reached, begun.width != "") == ("", True)  # late until today
    assert 0 < float(begun.start) < float(line.today) < 100
    assert float(operating.start) + float(operating.width) == pytest.approx(float(line.today), abs=0.11)


@given(
    st.lists(
        st.tuples(
            st.dates(datetime.date(1988, 1, 1), datetime.date(2090, 1, 1)),
            st.none() | st.dates(datetime.date(1988, 1, 1), TODAY),
        ),
        min_size=1,
        max_size=2,
    )
)
def test_a_line_of_years_holds_its_days(days: list[Any]) -> None:
    pairs = dict(
        zip((("construction_by", "construction_started"), ("operation_by", "operating_since")), days, strict=False)
    )
    values = {n: D(day) for names, both in pairs.items() for n, day in zip(names, both, strict=True) if day}
    line = timeline.draw(promises.milestones(_promise(**values), TODAY), None, TODAY)
    assert line is not None
    places = [p for t in line.tracks for p in (t.promised, t.reached, t.start) if p] + [line.today]
    assert all(0 <= float(p) <= 100 for p in places)
    assert all(float(t.start) + float(t.width) <= 100.2 for t in line.tracks if t.width)
    assert len(line.years) <= 8 or line.years[1][0] - line.years[0][0] == 100
