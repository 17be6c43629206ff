"""Every address × every role × what it answers, for reading and sending. An address missing here fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from diemtua.land.actions.ledger import reserve
from diemtua.land.actions.searches import keep_search, share_search
from diemtua.land.forms.searches import starting_question
from diemtua.land.models import Destination
from diemtua.portal.scoring import CHECKS
from diemtua.register import importing
from diemtua.register.actions import add_figure
from diemtua.register.models import Batch, SavedView
from diemtua.register.screens import screen_of
from diemtua.sources.actions import create_document, read_upload
from diemtua.sources.models import Proposal
from diemtua.testing.pages import ROLES, Staff, body, row_counts
from diemtua.testing.reviewing import Case

pytestmark = pytest.mark.django_db
Row = tuple[Any, ...]


# In the order of ROLES: anonymous, viewer, officer, other, lead, other_lead, administrator. `other` and
# `other_lead` are of another unit than the record's; "login" is the way to the sign-in page.
def everyone(status: Any) -> Row:
    return (status,) * 7


def visitors(status: Any, others: Any) -> Row:
    return (status, *(others,) * 6)


def signed_in(status: Any) -> Row:
    return ("login", *(status,) * 6)


def officers(status: Any) -> Row:
    return ("login", 403, *(status,) * 5)


def editors(status: Any) -> Row:
    """Officers of the unit that owns the record, and leads."""
    return ("login", 403, status, 403, status, status, status)


def leads(status: Any) -> Row:
    return ("login", 403, 403, 403, status, status, status)


def administrators(status: Any) -> Row:
    return ("login", 403, 403, 403, 403, 403, status)


def sender(status: Any) -> Row:
    """The officer whose file it is; for anybody else there is none."""
    return ("login", 403, status, 404, 404, 404, 404)


NO = everyone(405)


class Door(NamedTuple):
    """One pattern of the resolver. `thing` names what its <int:pk> is."""

    pattern: str
    get: Row
    post: Row
    thing: str = "instrument"
    # Opened by a token and never by a session: the token that forms carry is not asked for.
    by_token: bool = False


DOORS = [
    # the public site, in Vietnamese; the other languages have the same pages
    Door("/", everyone(200), NO),
    *(
        Door(f"/{name}/", everyone(200), NO)
        for name in (
            "why",
            "sectors",
            "parks",
            "find",
            "find/compare",
            "calling",
            "guide",
            "incentives",
            "stories",
            "partners",
            "markets",
            "contact",
            "data",
        )
    ),
    Door("/find/shortlist/", everyone(302), NO),
    Door("/parks/<int:pk>/", everyone(404), NO, "zone"),
    Door("/sources/<int:pk>/", everyone(404), NO, "cited"),
    Door("/data/<slug:name>/", everyone(200), NO),
    Door("/data/<slug:name>.<dataform:form>", everyone(200), NO),
    Door("/data/<slug:name>.dictionary.json", everyone(200), NO),
    Door("/data/catalog.jsonld", everyone(200), NO),
    Door("/desk/portal-score/", signed_in(200), NO),
    # Edited pages; without a founded site there is none yet. Wagtail's own doors under /cms/ are tried in `portal`.
    Door("/^((?:[\\w\\-]+/)*)$", everyone(404), everyone(404)),
    Door("/appearance/", NO, everyone(302)),
    Door("/parks/features.json", everyone(200), NO),
    Door("/parks/base.json", everyone(200), NO),
    Door("/media/<path:path>", everyone(404), NO),
    Door("/sitemap.xml", everyone(200), NO),
    Door("/sitemap-pages.xml", everyone(200), NO),
    Door("/sitemap-<int:year>-<int:month>.xml", everyone(200), NO),
    Door("/news-sitemap.xml", everyone(200), NO),
    Door("/robots.txt", everyone(200), NO),
    Door("/desk/newsroom/", officers(200), NO),
    Door("/desk/newsroom/<int:pk>/send/", NO, officers(404), "nothing"),
    Door("/desk/r/<int:pk>/articles/", signed_in(200), NO),
    Door("/healthz", everyone(200), everyone(200)),
    Door("/api/v1/openapi.json", everyone(200), everyone(200), by_token=True),
    Door("/api/v1/", everyone(404), everyone(404), by_token=True),
    Door("/api/v1/kinds", everyone(401), NO, by_token=True),
    Door("/api/v1/kinds/<kind>", everyone(401), NO, by_token=True),
    Door("/api/v1/kinds/<kind>/records", everyone(401), NO, by_token=True),
    Door("/api/v1/records/<number>", everyone(401), NO, by_token=True),
    Door("/api/v1/records/<number>/figures", everyone(401), everyone(401), by_token=True),
    Door("/api/v1/records/<number>/links", everyone(401), NO, by_token=True),
    Door("/api/v1/records/<number>/history", everyone(401), NO, by_token=True),
    Door("/api/v1/enquiries", NO, everyone(401), by_token=True),
    Door("/api/v1/engagements", NO, everyone(401), by_token=True),
    Door("/api/<path:rest>", everyone(404), everyone(404), by_token=True),
    Door("/desk/api/", signed_in(200), NO),
    Door("/desk/tokens/", signed_in(200), signed_in(422)),
    Door("/desk/tokens/<int:pk>/revoke/", NO, signed_in(404), "nothing"),
    Door("/desk/webhooks/", administrators(200), NO),
    Door("/desk/webhooks/new/", administrators(200), administrators(422)),
    Door("/desk/webhooks/<int:pk>/", administrators(404), administrators(404), "nothing"),
    Door("/desk/webhooks/deliveries/<int:pk>/again/", NO, administrators(404), "nothing"),
    Door("/account/link/", everyone(410), everyone(410)),
    Door("/account/login/", visitors(200, 302), visitors(200, 302)),
    Door("/account/logout/", visitors(302, 200), everyone(302)),
    Door("/account/inactive/", everyone(200), NO),
    # Signed in by a link, people have no password yet with which they could prove themselves once more.
    Door("/account/reauthenticate/", signed_in(403), signed_in(403)),
    Door("/account/password/change/", signed_in(302), signed_in(302)),
    Door("/account/password/set/", signed_in(200), signed_in(200)),
    Door("/account/password/reset/", everyone(200), NO),
    Door("/account/2fa/", signed_in(200), signed_in(405)),
    Door("/account/2fa/authenticate/", signed_in(302), signed_in(302)),
    Door("/account/2fa/reauthenticate/", signed_in(403), signed_in(403)),
    Door("/account/2fa/totp/activate/", signed_in(200), signed_in(200)),
    Door("/account/2fa/totp/deactivate/", signed_in(404), signed_in(404)),
    Door("/account/2fa/recovery-codes/", signed_in(404), signed_in(405)),
    Door("/account/2fa/recovery-codes/generate/", signed_in(200), signed_in(200)),
    Door("/account/2fa/recovery-codes/download/", signed_in(404), signed_in(404)),
    Door("/i18n/setlang/", everyone(302), everyone(302)),
    Door("/desk/", signed_in(200), NO),
    # rules and places
    Door("/desk/rules/", signed_in(200), signed_in(405)),
    Door("/desk/rules/overrides/<int:pk>/withdraw/", signed_in(405), administrators(404)),
    Door("/desk/rules/<str:code>/override/", administrators(200), administrators(200)),
    Door("/desk/places/", signed_in(200), signed_in(405)),
    Door("/desk/places/foreign/add/", officers(200), officers(422)),
    Door("/desk/places/<int:pk>/", signed_in(404), signed_in(405), "nothing"),
    Door("/desk/places/<int:pk>/names/add/", signed_in(405), officers(404), "nothing"),
    # finding
    Door("/desk/lookup/<slug:kind>/", signed_in(200), NO),
    Door("/desk/search/", signed_in(200), NO),
    Door("/desk/search/palette/", signed_in(200), NO),
    Door("/desk/similar/<slug:kind>/", signed_in(200), NO),
    # administration
    Door("/desk/people-and-units/", administrators(200), NO),
    Door("/desk/people-and-units/user/new/", administrators(200), administrators(422)),
    Door("/desk/people-and-units/user/<int:pk>/", administrators(200), administrators(422), "viewer"),
    Door("/desk/people-and-units/user/<int:pk>/link/", NO, administrators(200), "viewer"),
    Door("/desk/people-and-units/unit/new/", administrators(200), administrators(422)),
    Door("/desk/people-and-units/unit/<int:pk>/", administrators(200), administrators(422), "unit"),
    Door("/desk/audit/", administrators(200), NO),
    # batches: one's own, those that touched what a lead sees, all for administrators
    # zones and plots: what is there, what is reserved, what is due for a check
    Door("/desk/land/due/", signed_in(200), NO),
    Door("/desk/r/<int:pk>/land/", signed_in(200), NO, "zone"),
    Door("/desk/r/<int:pk>/reserve/", editors(200), editors(422), "zone"),
    Door("/desk/land/reservations/<int:pk>/extend/", editors(200), editors(422), "reservation"),
    Door("/desk/land/reservations/<int:pk>/release/", editors(200), editors(302), "reservation"),
    Door("/desk/land/map/", signed_in(200), NO),
    Door("/desk/land/map/features.json", signed_in(200), NO),
    Door("/desk/land/map/base.json", signed_in(200), NO),
    Door("/desk/land/outlines.geojson", signed_in(200), NO),
    Door("/desk/land/destinations/", signed_in(200), NO),
    Door("/desk/land/destinations/new/", officers(200), officers(422)),
    Door("/desk/land/destinations/<slug:code>/", signed_in(200), officers(422)),
    Door("/desk/land/destinations/<slug:code>/road/", NO, officers(422)),
    Door("/desk/land/destinations/<slug:code>/remove/", NO, officers(302)),
    Door("/desk/land/outlines/", officers(200), officers(422)),
    Door("/desk/land/outlines/<slug:token>/", officers(404), officers(404)),
    Door("/desk/r/<int:pk>/plan/", signed_in(200), NO, "zone"),
    # finding land: what is kept belongs to the desk, and is removed by who kept it or a lead
    Door("/desk/land/match/", signed_in(200), NO),
    Door("/desk/land/match/compare/", signed_in(200), NO),
    Door("/desk/land/match/keep/", officers(200), officers(422)),
    Door("/desk/land/searches/", signed_in(200), NO),
    Door("/desk/land/searches/<int:pk>/", signed_in(200), NO, "search"),
    Door("/desk/land/searches/<int:pk>/share/", NO, officers(422), "search"),
    Door("/desk/land/searches/<int:pk>/share/<int:share>/revoke/", NO, officers(302), "search"),
    Door("/desk/land/searches/<int:pk>/withdraw/", NO, editors(302), "search"),
    Door("/desk/land/unmet/", signed_in(200), NO),
    Door("/s/<str:token>/", everyone(200), NO),
    Door("/ogc/", everyone(200), NO),
    Door("/ogc/api", everyone(200), NO),
    Door("/ogc/conformance", everyone(200), NO),
    Door("/ogc/collections", everyone(200), NO),
    Door("/ogc/collections/<slug:name>", everyone(200), NO),
    Door("/ogc/collections/<slug:name>/items", everyone(200), NO),
    Door("/ogc/collections/<slug:name>/items/<int:pk>", everyone(404), NO, "zone"),
    # investment projects: the sample is a proposal, its report a draft
    Door("/desk/projects/board/", signed_in(200), NO),
    Door("/desk/projects/map/", signed_in(200), NO),
    Door("/desk/projects/funnel/", signed_in(200), NO),
    Door("/desk/projects/gates/", signed_in(200), NO),
    Door("/desk/projects/reports/", signed_in(200), NO),
    Door("/desk/projects/reports/form.xlsx", signed_in(200), NO),
    Door("/desk/projects/reports/upload/", NO, officers(422)),
    Door("/desk/r/<int:pk>/stage/", editors(404), editors(404), "project"),
    Door("/desk/r/<int:pk>/amendment/", editors(200), editors(422), "project"),
    Door("/desk/r/<int:pk>/progress/", signed_in(200), NO, "project"),
    Door("/desk/r/<int:pk>/report/back/", leads(200), leads(422), "projectreport"),
    Door("/desk/r/<int:pk>/report/<slug:to>/", NO, editors(404), "projectreport"),
    # care cases and foreign aid
    Door("/care/", everyone(200), NO),
    Door("/iati/activities.xml", everyone(404), NO),  # the province has no identifier yet
    Door("/desk/care/report/", signed_in(200), NO),
    Door("/desk/care/visits/", signed_in(200), NO),
    Door("/desk/r/<int:pk>/case/<slug:step>/", editors(404), editors(404), "carecase"),
    Door("/desk/r/<int:pk>/line/<slug:step>/", NO, editors(404), "carecase"),
    Door("/desk/aid/tables/", signed_in(200), NO),
    Door("/desk/aid/iati/", signed_in(200), NO),
    Door("/desk/aid/iati/bring-in/", officers(200), officers(422)),
    # enquiries: of enquirers, and on the desk
    Door("/enquire/", everyone(200), everyone(422)),
    Door("/e/<str:token>/", everyone(404), everyone(404)),
    Door("/r/<str:token>/", everyone(404), NO),
    Door("/desk/enquiries/waiting/", officers(200), NO),
    Door("/desk/enquiries/mail/", officers(200), officers(422)),
    Door("/desk/enquiries/files/<int:pk>/", signed_in(404), NO, "nothing"),
    Door("/desk/r/<int:pk>/enquiry/<slug:name>/", editors(404), editors(404), "enquiry"),
    Door("/desk/r/<int:pk>/enquiry/now/<slug:name>/", NO, editors(404), "enquiry"),
    Door("/desk/r/<int:pk>/pack/", editors(200), editors(422), "enquiry"),
    Door("/desk/packs/<int:pk>/", signed_in(404), NO, "nothing"),
    Door("/desk/packs/<int:pk>/document/", officers(404), NO, "nothing"),
    Door("/desk/packs/<int:pk>/close/", NO, officers(404), "nothing"),
    Door("/desk/shopping/", leads(200), leads(422)),
    Door("/desk/shopping/<int:pk>/", leads(404), leads(404), "enquiry"),
    Door("/desk/imports/", officers(200), NO),
    Door("/desk/imports/<int:pk>/", ("login", 403, 200, 404, 404, 404, 200), NO, "batch"),
    Door("/desk/imports/<int:pk>/undo/", NO, ("login", 403, 302, 404, 404, 404, 302), "batch"),
    # one record
    Door("/desk/r/<int:pk>/", signed_in(200), NO),
    Door("/desk/r/<int:pk>/edit/", editors(200), editors(422)),
    Door("/desk/r/<int:pk>/archive/", NO, editors(302)),
    Door("/desk/r/<int:pk>/restore/", NO, editors(302)),
    Door("/desk/r/<int:pk>/merge/", leads(200), leads(200)),
    Door("/desk/r/<int:pk>/chain/", signed_in(200), NO),
    Door("/desk/r/<int:pk>/history/", signed_in(200), NO),
    Door("/desk/r/<int:pk>/on/", signed_in(200), NO),
    Door("/desk/r/<int:pk>/undo/<int:change>/", NO, editors(302)),
    Door("/desk/r/<int:pk>/note/", NO, officers(422)),
    Door("/desk/r/<int:pk>/watch/", signed_in(200), signed_in(302)),
    Door("/desk/r/<int:pk>/figure/", editors(200), editors(422)),
    Door("/desk/r/<int:pk>/figure/<int:figure>/withdraw/", editors(200), editors(302)),
    Door("/desk/r/<int:pk>/evidence/", editors(200), editors(422)),
    Door("/desk/r/<int:pk>/step/<slug:step>/", editors(200), editors(422)),
    Door("/desk/r/<int:pk>/state/", editors(200), editors(422), "commitment"),
    Door("/desk/next-step/<int:pk>/", NO, editors(302), "next_step"),
    Door("/desk/documents/<int:pk>/file/", signed_in(200), NO, "file"),
    # reading documents, deciding on what they say; on its record another unit's officer is told that it is not theirs
    Door("/desk/reading/", officers(200), NO),
    Door("/desk/r/<int:pk>/read/", NO, officers(302), "cited"),
    Door("/desk/r/<int:pk>/review/", officers(200), NO, "case"),
    Door("/desk/r/<int:pk>/review/decide/", NO, officers(302), "case"),
    Door("/desk/r/<int:pk>/review/all/", officers(200), officers(302), "case"),
    Door("/desk/r/<int:pk>/review/add/", officers(200), officers(200), "case"),
    Door("/desk/r/<int:pk>/review/text/", officers(200), NO, "case"),
    Door("/desk/r/<int:pk>/review/since/", officers(200), NO, "case"),
    Door("/desk/r/<int:pk>/review/mend/<int:proposal>/", officers(200), officers(422), "case"),
    Door("/desk/r/<int:pk>/review/preview/<int:subject>/", officers(200), NO, "case"),
    # registers
    Door("/desk/documents/new/", officers(200), officers(422)),
    Door("/desk/<slug:slug>/", signed_in(200), NO),
    Door("/desk/<slug:slug>/new/", officers(200), officers(422)),
    Door("/desk/<slug:slug>/bulk/", NO, officers(302)),
    Door("/desk/<slug:slug>/export/<slug:form>/", signed_in(200), NO),
    Door("/desk/<slug:slug>/import/", officers(200), officers(422)),
    Door("/desk/<slug:slug>/import/<slug:token>/", sender(200), sender(422)),
    Door("/desk/<slug:slug>/import/<slug:token>/failed/", sender(200), NO),
    Door("/desk/<slug:slug>/import/<slug:token>/progress/", sender(200), NO),
    Door("/desk/<slug:slug>/view/", signed_in(200), signed_in(422)),
    Door("/desk/<slug:slug>/view/<int:pk>/delete/", NO, ("login", 404, 302, 404, 404, 404, 404), "view"),
]


def patterns(resolver: Any = None, before: str = "/") -> Iterator[str]:
    for found in (resolver or get_resolver()).url_patterns:
        path = before + str(found.pattern)
        if hasattr(found, "url_patterns"):
            if path != "/cms/":
                yield from patterns(found, path)
        else:
            yield path


def test_every_address_is_in_the_table() -> None:
    folded = {re.sub(r"^/(en|ko|zh-hans|ja)/", "/", p) for p in patterns()}
    assert folded == {d.pattern for d in DOORS}


@pytest.fixture
def address(staff: Staff, samples: SimpleNamespace) -> Any:
    """Makes the address of a door, with things that are there."""
    record = samples.instrument.record
    figure = add_figure(record=record, actor=None, measure="capital", unit="VND", value=Decimal(5))
    file = create_document(
        actor=None,
        fields={"title": "Tệp thử", "unit": staff.unit},
        content=read_upload("thu.txt", "Nội dung thử.".encode()),
    )
    waiting = importing.keep_upload(screen_of("party"), "Tên,Loại\nMẫu,Công ty\n".encode(), "a.csv", staff.officer)
    case = Case().make(staff.officer, staff.unit)
    proposed = Proposal.objects.filter(subject__content_id=case.pk).first()
    assert proposed is not None
    things = {
        "instrument": record,
        "case": case,
        "cited": create_document(actor=None, fields={"title": "Chỉ trích dẫn"}),
        "commitment": samples.commitment,
        "file": file,
        "viewer": staff.viewer,
        "unit": staff.unit,
        "zone": samples.zone,
        "reservation": reserve(
            actor=None,
            record=samples.plot.record,
            utility="land",
            amount=Decimal(2),
            for_record=samples.partner.record,
            ends=timezone.localdate(),
            reason="thử",
        ),
        "search": (search := keep_search(actor=staff.officer, question=starting_question(), title="Yêu cầu thử")),
        "enquiry": samples.enquiry,
        "project": samples.project,
        "projectreport": samples.projectreport,
        "carecase": samples.carecase,
        "next_step": samples.engagement.next_steps.get(),
        "batch": Batch.objects.create(kind="import", record_kind="party", actor=staff.officer, title="a.csv"),
        "view": SavedView.objects.create(user=staff.officer, kind="party", name="Của tôi", query="q=a"),
        "nothing": SimpleNamespace(pk=999_999_999),
    }

    Destination.objects.create(
        code="cang-thu", kind="port", name_vi="Cảng Thử", name_en="Thu Port", lon=106.7, lat=20.9
    )
    share = share_search(actor=staff.officer, search=search, ends_on=timezone.localdate())

    def make(door: Door) -> str:
        path = door.pattern
        for part, value in {
            "<kind>": "party",
            "<number>": record.pk,
            "<path:rest>": "nothing",
            "<int:pk>": things[door.thing].pk,
            "^((?:[\\w\\-]+/)*)$": "nowhere/",
            "<path:path>": "nowhere.png",
            "<int:year>": 2023,
            "<int:month>": 7,
            "<slug:slug>": "parties",
            "<slug:kind>": "party",
            "<slug:name>": "plots",
            "<slug:form>": "csv",
            "<dataform:form>": "csv",
            "<slug:step>": "suspend",
            "<slug:to>": "nonsense",
            "<slug:token>": waiting.token,
            "<slug:code>": "cang-thu",
            "<str:code>": "agreement.opinion_working_days",
            "<str:token>": share.token,
            "<int:share>": share.pk,
            "<int:change>": record.changes.first().pk,
            "<int:figure>": figure.pk,
            "<int:proposal>": proposed.pk,
            "<int:subject>": proposed.subject_id,
        }.items():
            path = path.replace(part, str(value))
        return path

    return make


def outcome(response: Any) -> Any:
    to = response.headers.get("Location", "")
    return "login" if response.status_code == 302 and to.startswith("/account/login/") else response.status_code


@pytest.mark.parametrize("door", DOORS, ids=[d.pattern for d in DOORS])
def test_door(door: Door, staff: Staff, address: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each role gets its answer, twice over; nobody gets past without the token that forms carry."""
    # The score opens every page of the site, which its own tests see: not here, and not for each role again.
    monkeypatch.setitem(CHECKS, "dead_links", lambda: ([], 0))
    path = address(door)
    for method, expected in (("get", door.get), ("post", door.post)):
        found = []
        for who in ROLES:
            staff.clients.pop(who, None)
            with transaction.atomic():
                client = staff.client(who)
                # What a hurried form sends: a reason, and nothing that the door itself asks for.
                response = client.post(path, {"reason": "thử"}) if method == "post" else client.get(path)
                found.append(outcome(response))
                if response.status_code in (403, 404) and path.startswith("/desk/"):
                    assert "<h1>" in body(response), "a refusal is a page with a sentence"
                transaction.set_rollback(True)
        assert tuple(found) == expected, method
    before = row_counts()
    careless = Client(enforce_csrf_checks=True, raise_request_exception=False)
    careless.force_login(staff.administrator, backend="django.contrib.auth.backends.ModelBackend")
    answered = careless.post(path, {"reason": "thử"}).status_code
    # How pages look to the sender is the one thing that may be sent without a token: public pages hold none.
    if path == "/appearance/":
        assert answered == 302
    else:
        assert answered == 403 or (door.by_token and answered in (401, 404, 405))
    assert row_counts() == before


@pytest.mark.parametrize(
    "door", [d for d in DOORS if "<int:" in d.pattern and "<int:year>" not in d.pattern], ids=lambda d: d.pattern
)
def test_numbers_that_are_nothing(door: Door, staff: Staff, address: Any) -> None:
    """Thirty digits, a record that is not there, and 0: the answer of nothing, never an error."""
    client = staff.client("administrator")
    for number in ("9" * 30, "9223372036854775808", "9223372036854775807", "0"):
        path = address(door._replace(pattern=door.pattern.replace("<int:pk>", number)))
        for response in (client.get(path), client.post(path, {"reason": "thử"})):
            assert response.status_code in (404, 405), path
    path = address(
        door._replace(pattern=door.pattern.replace("<int:change>", "9" * 30).replace("<int:figure>", "9" * 30))
    )
    if "9" * 30 in path:
        for response in (client.get(path), client.post(path, {"reason": "thử"})):
            assert response.status_code in (404, 405), path
