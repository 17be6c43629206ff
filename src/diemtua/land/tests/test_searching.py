"""Finding land: the table of what is known, the answer, keeping, sharing, demand. All land and names are invented."""

from __future__ import annotations

import datetime
import time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import shapely
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from diemtua.kit.dates import PartialDate, parse_date
from diemtua.land import actions
from diemtua.land.actions import searches
from diemtua.land.forms.searches import MatchForm
from diemtua.land.models import Destination, Outline, RoadDistance, SearchShare, SiteSearch
from diemtua.land.queries import plot_table
from diemtua.land.queries.answering import answer_for, answer_to, best_of, compared, starting_answer
from diemtua.land.rules.industries import may_come
from diemtua.land.rules.questions import Question
from diemtua.land.shapes.measuring import neighbours
from diemtua.parties.actions import create_party
from diemtua.register.models import Change, Record
from diemtua.testing.pages import Staff

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: TODAY)


def power(installed: int, allocated: int = 0, as_of: str = "01/11/2026", utility: str = "power", **more: Any) -> dict:
    return {
        "utility": utility,
        "installed": Decimal(installed),
        "allocated": Decimal(allocated),
        "as_of": parse_date(as_of),
        **more,
    }


def rent(amount: int, currency: str = "USD", per: str = "m2_term", as_of: str = "01/10/2026") -> dict:
    return {
        "what": "land_rent",
        "amount": Decimal(amount),
        "currency": currency,
        "per": per,
        "as_of": parse_date(as_of),
    }


def plot(zone: Any, code: str, area: str | None, **fields: Any) -> Any:
    children = {n: fields.pop(n) for n in ("capacities", "prices", "industries") if n in fields}
    defaults = {
        "title": f"Lô {code}",
        "access": "public",
        "tenure_until": datetime.date(2066, 11, 20),
        "handed_over_on": parse_date("01/06/2026"),
    }
    area_ha = None if area is None else Decimal(area)
    return actions.create_plot(
        actor=None, zone=zone, code=code, area_ha=area_ha, children=children, **{**defaults, **fields}
    )


@pytest.fixture
def land(staff: Staff) -> SimpleNamespace:
    """A park with 30 MW left and three plots: near and small, large and dear, large and not ready."""
    park = actions.create_zone(
        actor=None,
        title="Khu công nghiệp Bến Thử",
        type="industrial_park",
        access="public",
        area_ha=Decimal(200),
        children={"capacities": [power(50, 20)], "prices": [rent(90)]},
    )
    small = plot(park, "A1", "4", plot_ratio=Decimal(60))
    large = plot(park, "A2", "12", prices=[rent(110)], plot_ratio=Decimal(70))
    later = plot(park, "A3", "15", handed_over_on=None, ready_from=datetime.date(2027, 11, 20))
    return SimpleNamespace(park=park, small=small, large=large, later=later)


def asked(least: dict | None = None, most: dict | None = None, **more: Any) -> Question:
    def numbers(given: dict | None) -> dict[str, Decimal]:
        return {k: Decimal(v) for k, v in (given or {}).items()}

    return Question(numbers(least), numbers(most), asked_on=TODAY, **more)


def codes(shown: list) -> list[str]:
    return ["+".join(f.code for f in s.facts) for s in shown]


def answer(question: Question, staff: Staff, **more: Any) -> Any:
    return answer_to(question, staff.officer, "en", **more)


# --- what is known --------------------------------------------------------------------------------


def test_plots_that_fit_and_why_the_others_do_not(land, staff):
    with translation.override("en"):
        result = answer(asked({"area": 10, "power": 20}, ready_by=datetime.date(2027, 1, 1)), staff)
        assert codes(result.ranked) == ["A2"]
        reasons = {s.facts[0].code: [(r.label, r.text) for r in s.reasons] for s in result.nearest}
    assert reasons["A1"] == [("Free land", "4 ha (6 ha too little)")]
    assert reasons["A3"] == [("Ready", "20/11/2027 (11 months too late)")]


def test_what_a_utility_has_left_counts_and_not_what_is_installed(land, staff):
    assert codes(answer(asked({"power": 30}), staff).ranked) == ["A1", "A2", "A3"]
    enquiry = create_party(actor=None, kind="company", title="Công ty Thử Một")
    actions.reserve(
        actor=None,
        record=land.park.record,
        utility="power",
        amount=Decimal(5),
        for_record=enquiry.record,
        ends=TODAY + datetime.timedelta(days=30),
        reason="thử",
    )
    result = answer(asked({"power": 30}), staff)
    assert result.fits == 0
    assert result.answer.changes[0].bounds[0][1].at_least == 25


def test_land_that_is_let_is_not_offered(land, staff):
    tenant = create_party(actor=None, kind="company", title="Công ty Thử Hai")
    actions.create_lease(
        actor=None,
        title="Hợp đồng thử",
        plot=land.large,
        tenant=tenant,
        area_ha=Decimal(12),
        state="active",
        signed=parse_date("01/01/2026"),
        starts=parse_date("01/01/2026"),
        ends=parse_date("01/01/2056"),
    )
    result = answer(asked(), staff)
    assert codes(result.ranked) == ["A1", "A3"]
    assert result.land.taken == 1


def test_the_plots_own_price_goes_before_the_parks_and_years_are_added_up(land, staff):
    yearly = plot(land.park, "A4", "5", prices=[rent(2, per="m2_year")])
    other = plot(land.park, "A5", "5", prices=[rent(1_000_000, "VND")])
    known = plot_table.land_for(staff.officer)
    rents = dict(zip(known.table.ids.tolist(), known.table.columns["rent_usd"].values, strict=True))
    assert rents[land.small.pk] == 90
    assert rents[land.large.pk] == 110
    assert rents[yearly.pk] == pytest.approx(80, abs=0.1)
    assert rents[other.pk] == 90
    dong = dict(zip(known.table.ids.tolist(), known.table.columns["rent_vnd"].values, strict=True))
    assert dong[other.pk] == 1_000_000


def test_old_figures_widen_and_fresh_ones_do_not(land, staff):
    old = plot(land.park, "A6", "5", capacities=[power(20, 0, as_of="01/11/2024")])
    known = plot_table.land_for(staff.officer)
    low, high = known.table.columns["power"].limits_at(known.table.ids.searchsorted([land.small.pk, old.pk]))
    assert (low[0], high[0]) == (30, 30)
    # Two years old, half a year of it fresh: a year and a half at 15 % a year.
    assert low[1] == pytest.approx(20 * (1 - 0.15 * 1.55), abs=0.1)
    assert high[1] == pytest.approx(20 * (1 + 0.15 * 1.55), abs=0.1)


def test_what_is_not_known_may_fit_and_says_so(land, staff):
    plot(land.park, "A7", None)
    with translation.override("en"):
        result = answer(asked({"area": 10}), staff)
        assert codes(result.unsure) == ["A7"]
        assert [(r.label, r.text) for r in result.unsure[0].reasons] == [("Free land", "not known")]
    assert result.possible == 1


def test_a_day_that_was_expected_and_is_over_says_nothing(land, staff):
    plot(land.park, "A8", "5", handed_over_on=None, ready_from=datetime.date(2026, 6, 1))
    result = answer(asked(ready_by=datetime.date(2027, 1, 1)), staff)
    assert "A8" in codes(result.unsure)


def test_distances_by_road_go_before_straight_ones(land, staff):
    from shapely.geometry import box

    Destination.objects.all().delete()
    for code, lon in (("gan", 106.5), ("xa", 107.0)):
        Destination.objects.create(code=code, kind="port", name_vi=code, name_en=code, lon=lon, lat=20.5, accuracy_km=0)
    for record in (land.small.record, land.large.record):
        Outline.objects.create(
            record=record, wkb=box(106.399, 20.499, 106.401, 20.501).wkb, min_x=106.4, max_x=106.4, min_y=20.5, max_y=20.5, center_x=106.4, center_y=20.5, area_ha=4
        )  # fmt: skip
    RoadDistance.objects.create(record=land.large.record, destination_id="gan", km=Decimal(14))
    known = plot_table.read(staff.officer, TODAY)
    rows = known.table.ids.searchsorted([land.small.pk, land.large.pk, land.later.pk])
    port = known.table.columns["port"]
    assert port.values[rows[0]] == pytest.approx(10.4, abs=0.1)
    assert port.limits_at(rows[:1])[1][0] == pytest.approx(15.7, abs=0.2)
    assert port.values[rows[1]] == 14
    assert port.limits_at(rows[1:2])[1][0] == 14
    assert port.values[rows[2]] != port.values[rows[2]]
    assert known.measured == {("port", land.large.pk)}


@pytest.mark.parametrize(
    ("industry", "allowed", "prohibited", "may"),
    [
        ("26", ["C"], [], 1.0),
        ("26", ["26"], [], 1.0),
        ("26", ["2610"], [], None),
        ("26", ["20"], [], 0.0),
        ("26", [], ["20"], 1.0),
        ("26", [], ["C"], 0.0),
        ("26", [], ["2610"], None),
        ("26", ["C"], ["26"], 0.0),
        ("26", ["C"], ["2610"], None),
        ("26", [], [], None),
        ("52", ["C"], [], 0.0),
    ],
)
def test_industries(industry, allowed, prohibited, may):
    found = may_come(industry, allowed, prohibited)
    assert (None if found != found else found) == may


def test_an_industry_that_may_not_come_is_a_reason_that_does_not_bend(land, staff):
    plot(land.park, "B1", "20", industries=[{"rule": "prohibited", "code": "20"}])
    plot(land.park, "B2", "20", industries=[{"rule": "allowed", "code": "C"}])
    result = answer(asked({"area": 15}, industry="20"), staff)
    assert codes(result.ranked) == ["B2"]
    assert "B1" not in codes(result.nearest)


def test_only_in_one_zone(land, staff):
    inner = actions.create_zone(actor=None, title="Phân khu Thử", type="subdivision", access="public", parent=land.park)
    plot(inner, "C1", "5")
    assert codes(answer(asked(place=inner.pk), staff).ranked) == ["C1"]
    assert answer(asked(place=land.park.pk), staff).fits == 4


def test_adjacent_plots_together_where_one_is_too_small(land, staff):
    from shapely.geometry import box

    for record, west in ((land.small.record, 0.0), (land.large.record, 0.002)):
        shape = box(106.4 + west, 20.5, 106.402 + west, 20.502)
        Outline.objects.create(
            record=record, wkb=shape.wkb, min_x=106.4, max_x=106.41, min_y=20.5, max_y=20.51, center_x=106.401 + west,
            center_y=20.501, area_ha=4,
        )  # fmt: skip
    result = answer(asked({"area": 16}), staff)
    assert result.fits == 0
    assert codes(result.together) == ["A1+A2"]
    assert answer(asked({"area": 17}), staff).together == []


def test_illustrative_plots_are_looked_at_only_where_nothing_is_real(land, staff):
    drawn = actions.create_zone(
        actor=None, title="Khu minh họa Thử", type="industrial_park", access="public", illustrative=True
    )
    plot(drawn, "M1", "50", illustrative=True)
    result = answer(asked(), staff)
    assert "M1" not in codes(result.ranked)
    assert not result.illustrative
    for real in (land.small, land.large, land.later):
        real.record.archived_at = timezone.now()
        real.record.save(update_fields=["archived_at"])
    plot_table.cache.clear()
    result = answer(asked(), staff)
    assert codes(result.ranked) == ["M1"]
    assert result.illustrative


def test_a_plot_of_another_unit_is_neither_shown_nor_counted(land, staff):
    secret = plot(land.park, "S1", "40", access="unit", unit=staff.other_unit.pk)
    question = asked({"area": 30})
    assert answer(question, staff).fits == 0
    assert answer(question, staff).answer.fit.fails == (3,)
    assert codes(answer_to(question, staff.other, "en").ranked) == ["S1"]
    assert secret.pk not in answer(question, staff).land.facts


def test_the_table_is_read_anew_when_something_changes(land, staff):
    assert answer(asked({"area": 30}), staff).fits == 0
    plot(land.park, "N1", "35")
    assert answer(asked({"area": 30}), staff).fits == 1


def test_the_number_of_queries_does_not_grow_with_the_plots(land, staff, django_assert_max_num_queries):
    for n in range(30):
        plot(land.park, f"Q{n}", "5", industries=[{"rule": "allowed", "code": "C"}], prices=[rent(80)])
    with django_assert_max_num_queries(22):
        plot_table.read(staff.officer, TODAY)


# --- the smallest change, as it is offered ----------------------------------------------------------


def test_the_offered_change_leads_to_a_question_that_a_plot_meets(land, staff):
    plot(land.park, "D1", "17.3456", capacities=[power(7)])
    client = staff.client("officer")
    for lang in ("vi", "en"):
        result = answer_to(asked({"area": 20, "power": 5}, ready_by=datetime.date(2027, 1, 1)), staff.officer, lang)
        assert result.fits == 0
        with translation.override("en"):
            offer = result.offers[0]
        staff.officer.language = lang
        staff.officer.save()
        page = client.get(f"{reverse('land:match')}?{offer.query}")
        assert page.context["result"].fits == offer.plots == 1
    assert offer.lines == ("Free land: at least 17.34 ha instead of 20 ha",)


# --- pages ------------------------------------------------------------------------------------------


def officer(staff: Staff, lang: str = "en") -> Client:
    staff.officer.language = lang
    staff.officer.save()
    return staff.client("officer")


def test_the_matcher_answers_and_says_what_each_requirement_rules_out(land, staff):
    page = officer(staff).get(reverse("land:match"), {"asked": "1", "area_least": "10", "w_power": "2"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "2</strong> plots fit" in text
    assert "Lô A2" in text
    assert "6 ha too little" in text
    fragment = officer(staff).get(
        reverse("land:match"), {"asked": "1", "area_least": "13"}, headers={"HX-Request": "true"}
    )
    text = fragment.content.decode()
    assert "<html" not in text
    assert 'id="mt-n-area" hx-swap-oob="true"><span title="plots that this rules out">−2<' in text
    assert "1</strong> plot fits" in text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"area_least": "120000"}, "If it was meant in m², write 12."),
        ({"power_least": "20000"}, "If it was meant in kW, write 20."),
        ({"area_least": "-1"}, "less than 0"),
        ({"density_least": "120"}, "between 0 and 100"),
        ({"area_least": "10", "area_most": "5"}, "cannot be less than the least"),
        ({"ready_by": "31/02/2027"}, "dd/mm/yyyy"),
        ({"ready_by": "01/01/9999"}, "Check the year"),
        ({"area_least": "ten"}, "not a number"),
        ({"industry": "nothing"}, "not one of the available choices"),
        ({"place": "999999"}, "not there any more"),
        ({"w_area": "9"}, "3"),
    ],
)
def test_what_cannot_be_meant_is_asked_about(land, staff, query, sentence):
    client = officer(staff)
    page = client.get(reverse("land:match"), {"asked": "1", **query})
    assert page.status_code == 422
    assert sentence in page.content.decode()
    fragment = client.get(reverse("land:match"), {"asked": "1", **query}, headers={"HX-Request": "true"})
    assert sentence in fragment.content.decode()


def test_a_question_survives_its_address_in_both_languages(land, staff):
    question = asked(
        {"area": "12.5", "power": 20},
        {"rent_usd": "1234.5", "port": 60},
        ready_by=datetime.date(2027, 6, 1),
        industry="26",
        water_class="B",
        place=land.park.pk,
        weights={"port": 3, "ready": 1},
    )
    from django.http import QueryDict

    for lang in ("vi", "en"):
        with translation.override(lang):
            form = MatchForm(QueryDict(question.query(lang)), user=staff.officer)
            assert form.is_valid(), form.errors
            assert form.question() == question
    assert Question.from_json(question.as_json()) == question


def test_side_by_side(land, staff):
    url = f"{reverse('land:compare')}?asked=1&area_least=10&w_rent_usd=1&plot={land.large.pk}&plot={land.small.pk}&plot=99999999"
    page = officer(staff).get(url)
    text = page.content.decode()
    assert [p.facts[0].code for p in page.context["plots"]] == ["A2", "A1"]
    lines = {line.label: [c.tone for c in line.cells] for line in page.context["lines"]}
    assert lines["Free land"] == ["", "bad"]
    assert lines["Building density"] == ["good", ""]
    assert lines["Land rent, whole term"] == ["", "good"]
    assert "as of 01/10/2026" in text


@pytest.mark.parametrize(
    ("values", "texts", "best"),
    [
        ([148.2, 148.4], ["148 km", "148 km"], None),
        ([148.2, 148.4, 160.0], ["148 km", "148 km", "160 km"], "148 km"),
        ([float("nan"), 25.0], ["", "25 km"], None),
    ],
)
def test_what_reads_alike_is_not_the_better_one(values: list[float], texts: list[str], best: str | None) -> None:
    assert best_of("port", values, texts) == best


def keep(staff: Staff, question: Question, title: str = "Nhà máy Thử", **more: Any) -> SiteSearch:
    return searches.keep_search(actor=staff.officer, question=question, title=title, **more)


def test_a_search_is_kept_with_its_answer_and_asked_again(land, staff):
    client = officer(staff)
    query = "asked=1&area_least=30&power_least=10"
    page = client.post(f"{reverse('land:keep')}?{query}", {"title": "  Nhà máy   Thử ", "note": ""})
    kept = SiteSearch.objects.get()
    assert page.headers["Location"] == kept.get_absolute_url()
    assert (kept.title, kept.fits, kept.plots, kept.area_ha, kept.power_mw) == ("Nhà máy Thử", 0, 3, 30, 10)
    assert kept.change == [{"key": "area", "side": "least", "asked": 30.0, "enough": 15.0}]
    assert kept.reasons[0] == {"key": "area", "fails": 3, "alone": 3}
    assert Change.objects.filter(subject=f"land_search:{kept.pk}", verb="create").exists()
    plot(land.park, "E1", "31")
    text = client.get(kept.get_absolute_url()).content.decode()
    assert "today something does" in text
    kept.refresh_from_db()
    assert kept.fits == 0


def test_a_search_needs_a_name_and_an_officer(land, staff):
    with pytest.raises(ValidationError) as error:
        keep(staff, asked(), title="  \n ")
    assert set(error.value.error_dict) == {"title"}
    page = officer(staff).post(f"{reverse('land:keep')}?asked=1", {"title": ""})
    assert page.status_code == 422
    with pytest.raises(PermissionDenied):
        searches.keep_search(actor=staff.viewer, question=asked(), title="Thử")
    assert not SiteSearch.objects.exists()


def test_a_search_of_a_hidden_record_is_hidden_with_it(land, staff):
    secret = create_party(
        actor=staff.other_lead, kind="company", title="Công ty Kín Thử", access="unit", unit=staff.other_unit.pk
    )
    kept = searches.keep_search(
        actor=staff.other, question=asked({"area": 90}), title="Dự án kín", for_record=secret.record
    )
    client = officer(staff)
    assert client.get(kept.get_absolute_url()).status_code == 404
    for name in ("land:searches", "land:unmet"):
        assert "Dự án kín" not in client.get(reverse(name)).content.decode()
        assert "Dự án kín" in staff.client("other").get(reverse(name)).content.decode()
    with pytest.raises(SiteSearch.DoesNotExist):
        searches.share_search(actor=staff.officer, search=kept, ends_on=TODAY)
    with pytest.raises(ValidationError):
        keep(staff, asked(), for_record=secret.record)


def share(staff: Staff, kept: SiteSearch, days: int = 7) -> SearchShare:
    return searches.share_search(actor=staff.officer, search=kept, ends_on=TODAY + datetime.timedelta(days=days))


def test_a_private_link_shows_public_facts_only(land, staff):
    plot(land.park, "P1", "20", access="internal", title="Lô nội bộ P1")
    partner = create_party(actor=None, kind="company", title="Công ty Kín Đáo Thử")
    kept = keep(staff, asked({"area": 10}), "Tên nội bộ Thử", for_record=partner.record, note="Điều không nói ra")
    made = share(staff, kept)
    page = Client().get(reverse("shared_search", args=[made.token]))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Lô A2" in text
    for hidden in ("Lô nội bộ P1", "Công ty Kín Đáo", "Tên nội bộ", "Điều không nói", '"/desk/'):
        assert hidden not in text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"]
    # Whoever opens it: an officer sees no more there than the investor does.
    assert "Lô nội bộ P1" not in officer(staff).get(reverse("shared_search", args=[made.token])).content.decode()


def test_a_private_link_ends_by_itself_and_when_it_is_taken_back(land, staff, monkeypatch):
    kept = keep(staff, asked({"area": 10}))
    one, other = share(staff, kept, 7), share(staff, kept, 30)
    address = reverse("shared_search", args=[one.token])
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: TODAY + datetime.timedelta(days=7))
    assert Client().get(address).status_code == 200
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: TODAY + datetime.timedelta(days=8))
    assert Client().get(address).status_code == 410
    address = reverse("shared_search", args=[other.token])
    assert Client().get(address).status_code == 200
    page = officer(staff).post(reverse("land:revoke", args=[kept.pk, other.pk]))
    assert page.status_code == 302
    gone = Client().get(address)
    assert gone.status_code == 410
    assert "Lô A2" not in gone.content.decode()


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: t.split(".")[0], lambda t: "a.b"])
def test_an_address_that_was_never_given_out_leads_nowhere(land, staff, change):
    made = share(staff, keep(staff, asked()))
    assert SearchShare.of_token(made.token) == made
    assert Client().get(reverse("shared_search", args=[change(made.token)])).status_code == 404


def test_the_key_alone_opens_nothing(land, staff):
    """Whoever reads the table without the secret of the server cannot make the address."""
    made = share(staff, keep(staff, asked()))
    assert Client().get(reverse("shared_search", args=[made.key])).status_code == 404


@pytest.mark.parametrize("days", [-1, 181])
def test_a_link_has_an_end_that_makes_sense(land, staff, days):
    kept = keep(staff, asked())
    with pytest.raises(ValidationError):
        share(staff, kept, days)
    day = (TODAY + datetime.timedelta(days=days)).strftime("%d/%m/%Y")
    page = officer(staff).post(reverse("land:share", args=[kept.pk]), {"ends_on": day})
    assert page.status_code == 422
    assert not SearchShare.objects.exists()


def test_a_search_is_removed_with_its_links(land, staff):
    kept = keep(staff, asked())
    made = share(staff, kept)
    with pytest.raises(PermissionDenied):
        searches.withdraw_search(actor=staff.other, search=kept)
    assert staff.client("other").post(reverse("land:withdraw", args=[kept.pk])).status_code == 403
    assert officer(staff).post(reverse("land:withdraw", args=[kept.pk])).status_code == 302
    assert Client().get(reverse("shared_search", args=[made.token])).status_code == 410
    assert officer(staff).get(kept.get_absolute_url()).status_code == 404


# --- demand -----------------------------------------------------------------------------------------


def test_unmet_demand_adds_up_what_was_not_found(land, staff):
    keep(staff, asked({"area": 30, "power": 20}, ready_by=datetime.date(2027, 3, 1)), "Thử lớn")
    keep(staff, asked({"area": 60}), "Thử rất lớn")
    keep(staff, asked({"area": 10}), "Thử vừa")
    old = keep(staff, asked({"area": 99}), "Thử cũ")
    SiteSearch.objects.filter(pk=old.pk).update(asked_on=TODAY - datetime.timedelta(days=400))
    page = officer(staff).get(reverse("land:unmet"))
    wanted = page.context["wanted"]
    assert (wanted.searches, wanted.unmet, wanted.area, wanted.power) == (3, 2, 90, 20)
    area, power_chart, years = page.context["charts"]
    assert {d.bar.label: (d.bar.asked, d.bar.unmet) for d in area.bars if d.bar.asked} == {
        "10–20": (1, 0),
        "20–50": (1, 1),
        "50–100": (1, 1),
    }
    assert power_chart.without == 2
    assert {d.bar.label: d.bar.unmet for d in years.bars}["2027"] == 1
    assert [(r.label, r.searches) for r in page.context["lacking"]] == [("Free land", 2), ("Ready", 1)]
    text = page.content.decode()
    assert "Thử rất lớn" in text
    assert "Thử vừa" not in text
    assert officer(staff).get(f"{reverse('land:unmet')}?years=all").context["wanted"].searches == 4


def test_nothing_there_is_said_in_a_sentence(staff):
    client = officer(staff)
    for name in ("land:match", "land:compare", "land:searches", "land:unmet"):
        page = client.get(reverse(name))
        assert page.status_code == 200
    assert "No plot is entered" in client.get(reverse("land:match")).content.decode()


def test_partial_dates_of_readiness_count_to_their_last_day(land, staff):
    plot(land.park, "F1", "5", handed_over_on=PartialDate.from_iso("2026-01-01/2026-12-31"))
    result = answer(asked(ready_by=datetime.date(2026, 12, 30)), staff)
    assert "F1" in codes(result.nearest)


def test_outlines_upon_each_other_are_no_neighbours() -> None:
    """Drafts drawn on one spot by the hundred: told apart at once, and those beside them keep their neighbours."""
    lot = shapely.box(106.30, 20.40, 106.301, 20.401)
    beside = [shapely.box(106.40 + 0.001 * n, 20.40, 106.401 + 0.001 * n, 20.401) for n in range(3)]
    begin = time.perf_counter()
    found = neighbours([*[lot] * 1500, *beside])
    assert time.perf_counter() - begin < 5
    assert [(int(a), int(b)) for a, b, _m in found] == [(1500, 1501), (1501, 1502)]


def test_some_plots_alone_are_told_as_among_all(land, staff):
    """Setting two plots side by side reads those two, and says of them what the whole answer says."""
    Record.objects.filter(kind__in=("zone", "plot")).update(access="public")
    whole = answer_to(asked(), AnonymousUser(), "vi", public=True)
    wanted = [land.small.pk, land.large.pk]
    some = answer_for(asked(), [*wanted, 999_999_999], "vi")
    assert sorted(some.land.facts) == sorted(wanted)
    assert compared(some, wanted) == compared(whole, wanted)


def test_the_same_question_is_worked_out_again_only_after_a_change(land, staff):
    Record.objects.filter(kind__in=("zone", "plot")).update(access="public")
    first = starting_answer(asked(), AnonymousUser(), "vi")
    assert starting_answer(asked(), AnonymousUser(), "vi") is first
    assert starting_answer(asked(), AnonymousUser(), "en") is not first
    fits = first.fits
    plot(land.park, "A9", "9")
    Record.objects.filter(kind="plot").update(access="public")
    assert starting_answer(asked(), AnonymousUser(), "vi").fits == fits + 1
