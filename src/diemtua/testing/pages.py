"""What tests of pages share: people of every role, a small chain of records, forms as a browser sees them."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import openpyxl
from django.apps import apps
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override
from lxml import html as lxml_html

from diemtua.kit.dates import PartialDate
from diemtua.places.models import Country
from diemtua.register import write
from diemtua.register.models import OrgUnit, Record, Role, User
from diemtua.register.screens import Screen, screen_of
from diemtua.sources.actions import create_document, read_text

# The columns of every table of roles: who is asked in what order.
ROLES = ("anonymous", "viewer", "officer", "other", "lead", "other_lead", "administrator")


@dataclass
class Staff:
    """Two units and their people. `other` is an officer, `other_lead` a lead of the other unit."""

    unit: OrgUnit
    other_unit: OrgUnit
    viewer: User
    officer: User
    other: User
    lead: User
    other_lead: User
    administrator: User
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser of this person; trouble on the server is answered with a page, as in service."""
        if who not in self.clients:
            client = Client(raise_request_exception=False)
            if who != "anonymous":
                client.force_login(getattr(self, who), backend="django.contrib.auth.backends.ModelBackend")
            self.clients[who] = client
        return self.clients[who]


def make_staff() -> Staff:
    unit = OrgUnit.objects.create(name="Phòng Hợp tác thử nghiệm")
    other_unit = OrgUnit.objects.create(name="Ban Quản lý thử nghiệm")

    def person(username: str, name: str, role: str, where: OrgUnit) -> User:
        return User.objects.create(username=username, name=name, role=role, unit=where, password="!")

    return Staff(
        unit,
        other_unit,
        viewer=person("nguoi-xem", "Vũ Thị Xem Thử", Role.VIEWER, unit),
        officer=person("can-bo", "Lê Văn Cán Thử", Role.OFFICER, unit),
        other=person("can-bo-khac", "Đỗ Thị Ngoài Thử", Role.OFFICER, other_unit),
        lead=person("phu-trach", "Ngô Văn Trưởng Thử", Role.LEAD, unit),
        other_lead=person("phu-trach-khac", "Bùi Thị Ban Thử", Role.LEAD, other_unit),
        administrator=person("quan-tri", "Hồ Văn Quản Thử", Role.ADMINISTRATOR, other_unit),
    )


def make_samples(staff: Staff) -> SimpleNamespace:
    """One record of every kind, linked as a chain, internal, owned by `staff.unit`; all invented."""
    for code, iso3, vi, en in (("KR", "KOR", "Hàn Quốc", "South Korea"), ("JP", "JPN", "Nhật Bản", "Japan")):
        Country.objects.get_or_create(
            code=code,
            defaults={
                "iso3": iso3,
                "name_vi": vi,
                "name_en": en,
                "continent": "AS",
                "key": en.lower(),
                "sort_key": en.lower(),
            },
        )

    def make(of: str, title: str, children: dict[str, Any] | None = None, **fields: Any) -> Any:
        return write.create(of, actor=None, fields={"title": title, "unit": staff.unit, **fields}, children=children)

    own = make("party", "Tỉnh Mẫu Sơn", kind="locality", is_own=True)
    partner = make("party", "Thành phố Trăng Non", kind="locality", country="KR", is_partner=True)
    person = make("person", "Trần Mẫu Đơn", {"posts": [{"title": "Thị trưởng", "party": partner}]}, party=partner)
    text = "Thỏa thuận Trăng Non: hai bên cùng trồng năm mươi nghìn cây đước ven biển."
    document = create_document(
        actor=None, fields={"title": "Bản tin Trăng Non", "unit": staff.unit}, content=read_text(text)
    )
    instrument = make(
        "instrument",
        "Thỏa thuận hợp tác Trăng Non",
        {
            "parties": [{"party": own}, {"party": partner}],
            "files": [{"document": document}],
        },
        nature="international",
        status="in_force",
        number="08/TT-TN",
    )
    commitment = make(
        "commitment", "Trồng năm mươi nghìn cây đước", instrument=instrument, debtor=partner, creditor=own
    )
    market = make("market", "Thị trường Sao Hôm", standing="ongoing", country="JP", exporter=own, products="gạo thơm")
    zone = make("zone", "Khu công nghiệp Sao Mai", type="industrial_park", area_ha=Decimal(300))
    plot = make("plot", "Lô A1 Sao Mai", zone=zone, code="A1", area_ha=Decimal(10))
    lease = make("lease", "Hợp đồng thuê lô A1", tenant=partner, plot=plot, area_ha=Decimal(4))
    engagement = make(
        "engagement",
        "Gặp mặt Trăng Non tại bến cảng",
        {
            "participants": [
                {"side": "own", "party": own},
                {"side": "partner", "party": partner, "person": person},
            ],
            "instruments": [{"instrument": instrument, "what": "signed"}],
            "files": [{"document": document}],
            "next_steps": [{"text": "Gửi danh mục giống cây", "party": partner}],
        },
        form="meeting",
        status="held",
        country="KR",
        host=own,
    )
    project = make(
        "project",
        "Dự án linh kiện Sao Mai",
        investor=partner,
        industry="linh kiện điện tử",
        zone=zone,
        capital=Decimal(20),
        currency="USD",
        stage="proposal",
    )
    projectreport = make(
        "projectreport", "Báo cáo quý I/2026 Sao Mai", project=project, quarter=PartialDate.quarter(2026, 1)
    )
    enquiry = make(
        "enquiry",
        "Hỏi đất dựng xưởng Trăng Non",
        channel="email",
        sender_name="Kim Mẫu",
        sender_email="kim@example.org",
    )
    lead = make("lead", "Xưởng Trăng Non", {"origins": [{"origin": engagement.record}]}, investor=partner)
    carecase = make("carecase", "Điện chập chờn ở Trăng Non", investor=partner, project=project, cause="power")
    aid = make("aid", "Nước sạch Trăng Khuyết", donor=partner, receiver=own, sector="14030")
    return SimpleNamespace(
        own=own,
        partner=partner,
        party=partner,
        person=person,
        document=document,
        instrument=instrument,
        commitment=commitment,
        engagement=engagement,
        market=market,
        zone=zone,
        plot=plot,
        lease=lease,
        project=project,
        projectreport=projectreport,
        enquiry=enquiry,
        lead=lead,
        carecase=carecase,
        aid=aid,
    )


SAMPLE_KINDS = (
    "party",
    "person",
    "document",
    "instrument",
    "commitment",
    "engagement",
    "market",
    "zone",
    "plot",
    "lease",
    "project",
    "projectreport",
    "enquiry",
    "lead",
    "carecase",
    "aid",
)


# --- pages ----------------------------------------------------------------------------------------


def body(response: HttpResponse) -> str:
    """The whole answer as text, streamed files too."""
    data = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return data.decode("utf-8", "replace")


def shows(response: HttpResponse, text: Any) -> bool:
    """Whether the page shows the text, escaped as it must be; marks of a search in it do not count."""
    page = body(response).replace("&#x27;", "&#39;").replace("<mark>", "").replace("</mark>", "")
    return html.escape(str(text), quote=True).replace("&#x27;", "&#39;") in page


def in_vietnamese(sentence: str) -> str:
    """The sentence as an officer reads it."""
    with override("vi"):
        return gettext(sentence)


def says(response: HttpResponse, sentence: str) -> bool:
    """Whether the page or a message on the way to it says the sentence (an English msgid) in Vietnamese.

    What stands for a value in it (`%(day)s`) may be anything.
    """
    parts = [html.escape(p.replace("%%", "%")) for p in re.split(r"%\(\w+\)s", in_vietnamese(sentence))]
    text = body(response) + " ".join(html.escape(str(m)) for m in get_messages(response.wsgi_request))  # type: ignore[attr-defined]
    return re.search(".*?".join(map(re.escape, parts)), text, re.DOTALL) is not None


@dataclass
class PageForm:
    """A form of a page with what stands in it."""

    action: str
    values: dict[str, list[str]]
    files: list[str]

    def send(self, client: Client, **changes: Any) -> Any:
        """Post the form with some fields changed; None takes a field away. Names may be given with `__` as in
        `{"contacts-0-label": …}` through `**{…}`."""
        data: dict[str, Any] = {**self.values}
        for name, value in changes.items():
            if value is None:
                data.pop(name, None)
            else:
                data[name] = value
        return client.post(self.action, data)


NOT_SENT_EMPTY = ("checkbox", "radio", "submit", "button", "image", "reset", "file")


def forms_of(response: HttpResponse) -> list[PageForm]:
    request: Any = response.request  # type: ignore[attr-defined]
    found = []
    for form in lxml_html.fromstring(body(response)).forms:
        values: dict[str, list[str]] = {}
        for name, value in form.form_values():
            if "__prefix__" not in name:
                # A browser leaves out the line end with which Django begins every text area.
                area = getattr(form.inputs[name], "tag", "") == "textarea"
                values.setdefault(name, []).append(value.removeprefix("\n") if area else value)
        names = {str(n) for n in form.fields if n}
        for name in names - set(values):  # empty boxes are sent too, unticked ones are not
            found_input = form.inputs[name]
            kind = getattr(found_input, "type", "text")
            if "__prefix__" not in name and kind not in NOT_SENT_EMPTY and not getattr(found_input, "multiple", False):
                values[name] = [""]
        files = [i.get("name") for i in form.xpath('.//input[@type="file"]')]
        found.append(PageForm(form.get("action") or request["PATH_INFO"], values, files))
    return found


def form_with(response: HttpResponse, *names: str) -> PageForm:
    """The form of the page that has all these fields (file inputs too)."""
    for form in forms_of(response):
        if set(names) <= {*form.values, *form.files}:
            return form
    raise AssertionError(f"no form with {names} in {[[*f.values, *f.files] for f in forms_of(response)]}")


# --- what is typed --------------------------------------------------------------------------------


def typed(screen: Screen, values: dict[str, Any], rows: dict[str, Any], samples: Any, unit: OrgUnit) -> dict[str, Any]:
    """A whole form of a new record as a browser sends it. "@partner" stands for the number of that sample."""

    def real(value: Any) -> Any:
        known = isinstance(value, str) and value[:1] == "@" and hasattr(samples, value[1:])
        return getattr(samples, value[1:]).pk if known else value

    data: dict[str, Any] = {"access": "internal", "unit": unit.pk, "confidence": "", "reason": "", "tags": ""}
    data |= {n: real(v) for n, v in values.items()}
    for child in screen.all_children:
        given = rows.get(child.name, [])
        given = given if isinstance(given, list) else [given]
        data |= {
            f"{child.name}-TOTAL_FORMS": len(given),
            f"{child.name}-INITIAL_FORMS": 0,
            f"{child.name}-MIN_NUM_FORMS": 0,
            f"{child.name}-MAX_NUM_FORMS": 500,
        }
        for i, row in enumerate(given):
            data |= {f"{child.name}-{i}-{n}": real(v) for n, v in row.items()}
    return data


# What each kind cannot be saved without, beside the title.
NEEDED: dict[str, dict[str, Any]] = {
    "party": {"kind": "company"},
    "person": {},
    "document": {},
    "commitment": {"state": "open"},
    "instrument": {"nature": "domestic", "status": "draft"},
    "engagement": {"form": "meeting", "status": "planned"},
    "market": {"standing": "new", "exporter": "@own"},
    "zone": {"type": "industrial_park", "state": "unknown"},
    "plot": {"zone": "@zone", "code": "Z9"},
    "lease": {"tenant": "@partner", "zone": "@zone", "state": "active"},
    "project": {"stage": "prospect"},
    "projectreport": {"project": "@project", "quarter": "quý II/2025", "state": "draft"},
    "enquiry": {"channel": "email", "received_on": "01/06/2026", "language": "vi", "sender_name": "Kim Mẫu"},
    "lead": {"state": "new"},
    "carecase": {"investor": "@partner", "cause": "power", "status": "open", "reported": "01/06/2026"},
    "aid": {"donor": "@partner", "state": "proposed"},
}


def enter(staff: Staff, samples: Any, kind: str, rows: dict[str, Any] | None = None, **values: Any) -> Any:
    """The answer to a form of a new record sent by the officer; its title is "Hồ sơ thử" unless given."""
    screen = screen_of(kind)
    data = typed(screen, {"title": "Hồ sơ thử", **NEEDED[kind], **values}, rows or {}, samples, staff.unit)
    return staff.client("officer").post(url("new", screen.slug), data)


def workbook(*rows: list[Any], sheet: str = "Sheet1") -> bytes:
    """An Excel file with these rows."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def url(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=args)


def made(title: str) -> Any:
    """The only record of this title, as its domain instance; None where there is none."""
    record = Record.objects.filter(title=title).first()
    return getattr(record, record.kind) if record is not None else None


def row_counts() -> dict[str, int]:
    """How many rows every table has, sessions aside: equal before and after means that nothing was saved."""
    return {
        m._meta.label: m._base_manager.count()
        for m in apps.get_models(include_auto_created=True)
        if m._meta.app_label not in ("sessions", "places", "contenttypes") and not m._meta.proxy
    }
