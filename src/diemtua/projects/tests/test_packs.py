"""Reply packs: what may be told, the document, the private page with its visits."""

from __future__ import annotations

import datetime
import io
import time
from decimal import Decimal
from types import SimpleNamespace

import docx
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from diemtua.kit.dates import PartialDate
from diemtua.land.models import Price
from diemtua.projects.actions import enquiries as actions
from diemtua.projects.actions import packs
from diemtua.projects.models import ReplyPack
from diemtua.projects.packs.contents import offered
from diemtua.register import write
from diemtua.testing.pages import form_with, says, shows

CONTACT = {"name": "Lê Văn Cán Thử", "post": "Chuyên viên", "email": "can@example.org", "phone": "0227 000 000"}


@pytest.fixture
def land(staff):
    """A public park with a public plot and a price, and an internal one with the same."""

    def make(of, title, **fields):
        return write.create(of, actor=None, fields={"title": title, "unit": staff.unit, **fields})

    made = {}
    for name, access in (("open", "public"), ("closed", "internal")):
        zone = make("zone", f"Khu {name}", type="industrial_park", area_ha=Decimal(200), access=access)
        plot = make("plot", f"Lô {name}", zone=zone, code=name, area_ha=Decimal(10), access=access)
        Price.objects.create(
            record=zone.record, what="land_rent", amount=Decimal(95), currency="USD", per="m2_term",
            as_of=PartialDate.day(datetime.date(2026, 1, 5)),
        )  # fmt: skip
        made[name], made[f"{name}_plot"] = zone, plot
    return SimpleNamespace(**made)


@pytest.fixture
def asked(staff, land):
    return actions.create_enquiry(
        actor=staff.officer, title="Hỏi đất xưởng thử", unit=staff.unit, area_ha=Decimal(5),
        sender_name="Kim Mẫu",
    )  # fmt: skip


def keys(offer, *, ticked):
    return {i.key for i in offer.items if i.ticked == ticked}


def make(staff, asked, **changes):
    offer = offered(asked, staff.officer, "en")
    given = {"language": "en", "chosen": keys(offer, ticked=True), "contact": CONTACT} | changes
    return packs.make_pack(actor=staff.officer, enquiry=asked, **given)


def test_only_what_is_public_is_ticked(staff, land, asked):
    offer = offered(asked, staff.officer, "vi")
    assert {f"plot:{land.open_plot.pk}", f"park:{land.open.pk}", f"prices:{land.open.pk}"} <= keys(offer, ticked=True)
    hidden = {f"plot:{land.closed_plot.pk}", f"park:{land.closed.pk}", f"prices:{land.closed.pk}"}
    # Nor is what nobody has held against the law yet.
    unsure = {i.key for i in offer.of("incentives")}
    assert unsure
    assert hidden | unsure == keys(offer, ticked=False)
    plot = next(i for i in offer.items if i.key == f"plot:{land.open_plot.pk}")
    assert "10 ha" in dict(plot.lines).values()
    price = next(i for i in offer.items if i.key == f"prices:{land.open.pk}")
    assert "05/01/2026" in price.lines[0][1]
    # A public plot of a park that is not public is not public either.
    write.update(land.open, actor=None, fields={"access": "internal"})
    assert f"plot:{land.open_plot.pk}" not in keys(offered(asked, staff.officer, "vi"), ticked=True)


def test_what_is_not_public_needs_a_tick_of_its_own(staff, land, asked):
    key = f"park:{land.closed.pk}"
    with pytest.raises(ValidationError, match="Khu closed"):
        make(staff, asked, chosen={key})
    made = make(staff, asked, chosen={key}, released={key})
    assert made.released == [key]
    assert shows(Client().get(made.path), "Khu closed")


def test_a_recalled_incentive_goes_in_only_when_an_officer_says_it_holds(staff, land, asked):
    key = next(i.key for i in offered(asked, staff.officer, "en").of("incentives") if i.recalled)
    page = staff.client("officer").get(f"/desk/r/{asked.pk}/pack/")
    assert says(page, "recalled, to be verified")
    form = form_with(page, "greeting", "contact_name")
    given = {"contact_name": "Lê Văn Cán Thử", "item": [key]}
    refused = form.send(staff.client("officer"), **given)
    assert refused.status_code == 422
    assert not ReplyPack.objects.exists()
    assert form.send(staff.client("officer"), **given, release=[key]).status_code == 302
    assert ReplyPack.objects.get().released == [key]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"chosen": set()}, "items"),
        ({"chosen": {"plot:999999"}}, "items"),
        ({"contact": {"name": " "}}, "contact_name"),
        ({"ends_on": datetime.date(2020, 1, 1)}, "ends_on"),
        ({"ends_on": datetime.date(2190, 1, 1)}, "ends_on"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_is_wrong_is_said(staff, asked, changes, name):
    with pytest.raises(ValidationError) as error:
        make(staff, asked, **changes)
    assert name in error.value.error_dict
    assert not ReplyPack.objects.exists()


def test_the_document_can_be_opened_and_says_it(staff, land, asked):
    begun = time.perf_counter()
    offer = offered(asked, staff.officer, "en")
    told = {i.key for i in offer.items if i.public}
    made = make(staff, asked, chosen=told, released=told)
    answer = staff.client("officer").get(f"/desk/packs/{made.pk}/document/")
    assert time.perf_counter() - begun < 2
    paper = docx.Document(io.BytesIO(answer.content))
    words = "\n".join(p.text for p in paper.paragraphs)
    words += "\n".join(c.text for t in paper.tables for row in t.rows for c in row.cells)
    for text in ("Dear Kim Mẫu,", "Khu open", "Lô open", "Land rent", "10% for 15 years", CONTACT["name"]):
        assert text in words, text
    assert "Khu closed" not in words
    # The layout of official letters: A4, margins, the letter of papers of State, the motto, numbers from page two on.
    page = paper.sections[0]
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)
    assert 3.0 <= page.left_margin.cm <= 3.5
    assert page.different_first_page_header_footer
    assert "PAGE" in page.header._element.xml
    assert paper.styles["Normal"].font.name == "Times New Roman"
    assert "SOCIALIST REPUBLIC OF VIET NAM" in words
    vi = make(staff, asked, chosen=told, released=told, language="vi")
    data = staff.client("officer").get(f"/desk/packs/{vi.pk}/document/").content
    head = "\n".join(c.text for row in docx.Document(io.BytesIO(data)).tables[0].rows for c in row.cells)
    for text in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        f"năm {datetime.date.today():%Y}",
    ):
        assert text in head, text


def test_the_private_page_counts_visits_of_others(staff, land, asked):
    made = make(staff, asked)
    outside = Client()
    for _visit in range(3):
        page = outside.get(made.path)
    assert shows(page, "Khu open")
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    staff.client("officer").get(made.path)
    outside.head(made.path)
    assert made.visits.count() == 3
    assert outside.get(f"/r/{made.key}/").status_code == 404
    # What was withdrawn from the public leaves the page.
    write.update(land.open, actor=None, fields={"access": "internal"})
    assert not shows(outside.get(made.path), "Khu open")
    packs.revoke_pack(actor=staff.officer, pack=made)
    assert outside.get(made.path).status_code == 410
    assert made.visits.count() == 4
    ReplyPack.objects.filter(pk=made.pk).update(revoked_at=None, ends_on=timezone.localdate() - datetime.timedelta(1))
    assert outside.get(made.path).status_code == 410


def test_a_pack_is_made_on_the_page(staff, land, asked):
    client = staff.client("officer")
    page = client.get(f"/desk/r/{asked.pk}/pack/")
    form = form_with(page, "language", "greeting")
    assert f"park:{land.open.pk}" in form.values["item"]
    assert f"park:{land.closed.pk}" not in form.values["item"]
    wrong = form.send(client, item=[f"park:{land.closed.pk}"])
    assert wrong.status_code == 422
    assert shows(wrong, "Khu closed")
    answer = form.send(client)
    made = ReplyPack.objects.get()
    assert answer.headers["Location"] == f"/desk/packs/{made.pk}/"
    assert shows(client.get(answer.headers["Location"]), made.token)
    assert shows(client.get(asked.get_absolute_url()), f"/desk/packs/{made.pk}/")
    assert shows(Client().get(asked.state_path), made.path)
    assert staff.client("viewer").get(f"/desk/r/{asked.pk}/pack/").status_code == 403
    write.update(asked, actor=staff.lead, fields={"access": "unit"})
    assert staff.client("other").get(f"/desk/packs/{made.pk}/").status_code == 404


def test_a_plot_of_which_too_little_is_known_is_offered_and_not_ticked(staff, land, asked):
    asked = actions.update_enquiry(asked, actor=staff.officer, fields={"industry": "26"})
    plot = next(i for i in offered(asked, staff.officer, "en").items if i.key == f"plot:{land.open_plot.pk}")
    assert plot.public
    assert not plot.ticked
    assert "to be confirmed" in plot.note


def test_without_needs_no_plot_is_offered_and_no_search_kept(staff, land):
    bare = actions.create_enquiry(actor=staff.officer, title="Hỏi chung", unit=staff.unit)
    offer = offered(bare, staff.officer, "vi")
    assert offer.of("plots") == []
    assert offer.of("parks")
    assert packs.keep_land_search(actor=staff.officer, enquiry=bare) is None


def test_the_search_for_land_is_kept_for_the_enquiry(staff, asked):
    search = packs.keep_land_search(actor=staff.officer, enquiry=asked)
    assert (search.for_record_id, search.area_ha) == (asked.pk, 5)
    assert shows(staff.client("officer").get(asked.get_absolute_url()), search.get_absolute_url())
