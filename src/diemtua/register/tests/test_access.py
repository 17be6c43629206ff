"""A record restricted to another unit leaves no trace: not its title, its number, nor one more in a count."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from diemtua.kit.text import fold
from diemtua.land.actions.ledger import reserve
from diemtua.register import importing, write
from diemtua.register.actions import add_evidence, add_figure, add_note
from diemtua.register.models import Change, Link
from diemtua.register.screens import all_screens, screen_of
from diemtua.register.tabular import read_table
from diemtua.sources.actions import create_document, read_text
from diemtua.testing.pages import SAMPLE_KINDS, Staff, form_with, row_counts, typed, url

OUTSIDE = ("other", "other_lead")
# A word that occurs in no other text; it stands in every title, name, quote and note of the hidden records.
MARK = "Zuỳnhxuyến"
NOTHING = "Wàppứcguẩng"


@pytest.fixture
def hidden(staff: Staff) -> SimpleNamespace:
    """A record of every kind that only `staff.unit` may see."""

    def make(of: str, **fields: Any) -> Any:
        own = {"title": f"{MARK} {of}", "access": "unit", "unit": staff.unit, **fields}
        names = {"names": [{"text": f"Tên khác {MARK} {of}", "kind": "other"}]}
        return write.create(of, actor=staff.officer, fields=own, children=names, reason=f"theo thư {MARK}")

    party = make("party", kind="company", tax_code=f"{MARK}-1", sector=MARK)
    person = make("person", party=party, note=MARK)
    document = create_document(
        actor=staff.officer,
        content=read_text(f"Văn bản về {MARK} và bến cảng mẫu."),
        fields={"title": f"{MARK} document", "access": "unit", "unit": staff.unit},
    )
    instrument = make("instrument", nature="domestic", number=f"01/{MARK}", summary=MARK)
    commitment = make("commitment", debtor=party, instrument=instrument, note=MARK)
    engagement = make("engagement", form="meeting", host=party, outcome=MARK)
    market = make("market", standing="new", exporter=party, products=MARK)
    zone = make("zone", type="industrial_park", developer=party, party=party, where=MARK, area_ha=Decimal(50))
    plot = make("plot", zone=zone, code="KÍN1", note=MARK)
    lease = make("lease", tenant=party, plot=plot, note=MARK)
    add_note(record=party.record, actor=staff.officer, text=f"Ghi chú {MARK}")
    return SimpleNamespace(
        party=party,
        person=person,
        document=document,
        instrument=instrument,
        commitment=commitment,
        engagement=engagement,
        market=market,
        zone=zone,
        plot=plot,
        lease=lease,
    )


@pytest.fixture
def linked(staff: Staff, samples: SimpleNamespace, hidden: SimpleNamespace) -> SimpleNamespace:
    """Internal records that belong to nobody and point at hidden ones in every way there is."""

    def make(of: str, children: dict[str, Any] | None = None, **fields: Any) -> Any:
        return write.create(of, actor=staff.officer, fields={"title": f"Hồ sơ mở {of}", **fields}, children=children)

    party = make("party", kind="company", parent=hidden.party, successor=hidden.party)
    person = make("person", {"posts": [{"title": "Cố vấn", "party": hidden.party}]}, party=hidden.party)
    instrument = make(
        "instrument",
        {
            "parties": [{"party": hidden.party}, {"party": party}],
            "files": [{"document": hidden.document}],
            "opinions": [{"body": hidden.party, "asked_on": "2021-03-01"}],
        },
        nature="domestic",
        lead_agency=hidden.party,
        replaces=hidden.instrument,
    )
    commitment = make("commitment", instrument=hidden.instrument, debtor=hidden.party, creditor=party, due="2020")
    engagement = make(
        "engagement",
        {
            "participants": [
                {"side": "partner", "party": hidden.party, "person": hidden.person},
                {"side": "own", "party": party},
            ],
            "instruments": [{"instrument": hidden.instrument, "what": "signed"}],
            "files": [{"document": hidden.document}],
            "next_steps": [{"text": "Việc mở", "party": hidden.party, "due": "2020"}],
        },
        form="meeting",
        status="planned",
        held="2020",
        host=hidden.party,
    )
    market = make("market", standing="new", exporter=hidden.party)
    power = {"utility": "power", "installed": 9, "allocated": 0, "source": hidden.document}
    write.update(
        hidden.zone, actor=staff.officer, children={"capacities": write.ChildEdits(create=[{**power, "installed": 5}])}
    )
    price = {"what": "land_rent", "amount": 3, "source": hidden.document}
    zone = make(
        "zone",
        {"capacities": [power], "prices": [price]},
        type="subdivision",
        parent=hidden.zone,
        developer=hidden.party,
        party=hidden.party,
    )
    plot = make("plot", zone=hidden.zone, code="MỞ1", area_ha=10)
    lease = make("lease", tenant=hidden.party, plot=hidden.plot)
    for at, utility in ((zone, "power"), (plot, "land")):
        reserve(
            actor=staff.officer,
            record=at.record,
            utility=utility,
            amount=Decimal(2),
            for_record=hidden.party.record,
            ends=timezone.localdate(),
            reason=f"theo thư {MARK}",
        )
    document = make("document", origin="cited")
    proof = add_evidence(
        record=party.record,
        actor=staff.officer,
        source=hidden.document.record,
        field="title",
        quote=f"về {MARK}",
        locator=MARK,
    )
    add_figure(
        record=party.record,
        actor=staff.officer,
        measure="capital",
        unit="VND",
        value=Decimal(7),
        evidence=proof,
    )
    # What a document everybody sees proves of a hidden record is hidden too.
    add_evidence(record=hidden.party.record, actor=staff.officer, source=document.record, quote=f"câu về {MARK}")
    # Keys that pointed there and do so no longer are in the history.
    write.update(commitment, actor=staff.officer, fields={"instrument": None})
    write.update(commitment, actor=staff.officer, fields={"instrument": hidden.instrument})
    return SimpleNamespace(
        party=party,
        person=person,
        instrument=instrument,
        commitment=commitment,
        engagement=engagement,
        market=market,
        document=document,
        zone=zone,
        plot=plot,
        lease=lease,
    )


def addresses(records: list[Any], asked: str = MARK) -> list[str]:
    """Every page that a person of another unit could look for the hidden word on."""
    word = quote(asked)
    found = [
        "/desk/",
        "/desk/imports/",
        *(
            reverse(f"land:{n}")
            for n in ("due", "map", "map-features", "outlines-export", "match", "searches", "unmet")
        ),
        f"{url('search')}?q={word}",
        f"{url('palette')}?q={word}",
        url("search"),
        f"{url('search')}?q={word[:12]}",
        f"{url('search')}?q=ho+so+mo",
    ]
    for screen in all_screens():
        listed = url("list", screen.slug)
        found += [
            listed,
            f"{listed}?q={word}",
            f"{listed}?archived=all",
            *(f"{listed}?sort={s}" for s in list(screen.orderings)[-1:]),
        ]
        found += [f"{url('export', screen.slug, form)}?archived=all" for form in ("csv", "json", "xlsx")]
        found += [f"{url('lookup', screen.kind)}?q={word}", f"{url('lookup', screen.kind)}?q="]
        found += [
            f"{url('similar', screen.kind)}?title={word}%20{screen.kind}",
            f"{url('similar', screen.kind)}?q={word}%20{screen.kind}",
        ]
        found += [url("new", screen.slug)]
    found += [f"{url('lookup', 'record')}?q={word}", f"{url('lookup', 'record')}?q="]
    for record in records:
        found += [
            url(door, record.pk)
            for door in ("record", "history", "chain", "edit", "merge", "figure_new", "evidence_new", "watch")
        ]
        if record.record.kind in ("zone", "plot"):
            found += [reverse(f"land:{n}", args=[record.pk]) for n in ("facts", "plan", "reserve")]
        found.append(f"{url('as_of', record.pk)}?day=01/01/2199")
        found.append(f"{url('as_of', record.pk)}?day={record.record.created_at.astimezone():%d/%m/%Y}")
    return found


def text_of(response: Any) -> str:
    """What the answer says, unpacked where it is a workbook, without what differs each time."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(archive.read(n) for n in sorted(archive.namelist()) if not n.startswith("docProps"))
    text = data.decode("utf-8", "replace")
    return re.sub(r'\d\d:\d\d|X-CSRFToken": "\w+|value="\w{64}"|ref="[A-Z0-9:]+"', "", text)


def unnamed(text: str, word: str) -> str:
    return text.replace(word, "*").replace(quote(word), "*").replace(fold(word), "*")


def traces(text: str) -> bool:
    plain = unicodedata.normalize("NFC", text)
    return any(
        form.casefold() in plain.casefold()
        for form in (MARK, fold(MARK), quote(MARK), MARK.encode("unicode_escape").decode())
    )


@pytest.mark.parametrize("who", OUTSIDE)
def test_no_page_names_it(who: str, staff: Staff, linked: SimpleNamespace, hidden: SimpleNamespace) -> None:
    """No title, other name, text, quote or link of it stands on any page of any record that points at it."""
    client = staff.client(who)
    links = [f"/desk/r/{vars(hidden)[k].pk}/" for k in SAMPLE_KINDS]
    for address in addresses(list(vars(linked).values())):
        response = client.get(address)
        assert response.status_code in (200, 302, 403, 404, 422), address
        text = text_of(response)
        for link in links:
            assert link not in text, address
        if quote(MARK) not in address:
            assert not traces(text), address
            continue
        # The word that was asked for is said again: the page is that of a word which nothing has.
        other = client.get(address.replace(quote(MARK), quote(NOTHING)))
        assert unnamed(text, MARK) == unnamed(text_of(other), NOTHING), address
    # Those who may see it do find it by the same ways.
    inside = staff.client("viewer")
    assert traces(text_of(inside.get(url("list", "parties"))))
    assert traces(text_of(inside.get(url("record", linked.party.pk))))
    assert traces(text_of(inside.get(f"{url('export', 'engagements', 'csv')}")))
    assert traces(text_of(inside.get(url("chain", linked.engagement.pk))))
    assert traces(text_of(inside.get(f"{url('lookup', 'party')}?q={quote(MARK)}")))


def test_every_page_is_the_same_as_if_it_had_never_been(
    staff: Staff, samples: SimpleNamespace, request: pytest.FixtureRequest
) -> None:
    """Lists, counts, searches, suggestions, exports: byte for byte."""
    pages = addresses([samples.party, samples.engagement], "Trăng Non")
    pages += [p for p in addresses([]) if "new/" not in p]
    before = {p: text_of(staff.client("other").get(p)) for p in pages}
    request.getfixturevalue("hidden")
    from django.core.cache import cache

    cache.clear()
    for page, text in before.items():
        assert text_of(staff.client("other").get(page)) == text, page


@pytest.mark.parametrize("who", OUTSIDE)
def test_its_address_is_that_of_nothing(who: str, staff: Staff, hidden: SimpleNamespace) -> None:
    """The refusal is the one of a number that was never given, for reading and for writing."""
    client = staff.client(who)
    before = row_counts()
    for kind, record in vars(hidden).items():
        change = record.record.changes.first()
        doors = dict.fromkeys(
            (
                "record",
                "edit",
                "merge",
                "chain",
                "history",
                "as_of",
                "figure_new",
                "evidence_new",
                "watch",
                "archive",
                "restore",
                "note_new",
            ),
            (),
        )
        doors["undo"] = (change.pk,)  # type: ignore[assignment]
        for door, more in doors.items():
            for method in (client.get, client.post):
                here, nowhere = method(url(door, record.pk, *more)), method(url(door, 999_999_999, *more))
                assert here.status_code == nowhere.status_code, (kind, door)
                assert here.status_code in (404, 405, 403 if door == "merge" else 404), (kind, door)
                assert text_of(here) == text_of(nowhere), (kind, door)
    assert client.get(f"/desk/documents/{hidden.document.pk}/file/").status_code == 404
    assert client.post(f"/desk/r/{hidden.instrument.pk}/step/suspend/", {"reason": "x"}).status_code == 404
    assert client.post(f"/desk/r/{hidden.commitment.pk}/state/", {"reason": "x"}).status_code == 404
    assert row_counts() == before


@pytest.mark.parametrize("who", OUTSIDE)
def test_forms_take_no_hidden_record(
    who: str, staff: Staff, samples: SimpleNamespace, linked: SimpleNamespace, hidden: SimpleNamespace
) -> None:
    """Its number, sent by hand in a field, a row, a bulk edit or a merge, is a wrong number."""
    client = staff.client(who)
    before = row_counts()
    number = hidden.party.pk
    start = {"access": "internal", "unit": ""}
    sent = [
        ("persons", "people", {"title": "A", "party": number, **start}, {}),
        ("party", "parties", {"title": "A", "kind": "company", "parent": number, **start}, {}),
        ("commitment", "commitments", {"title": "A", "state": "open", "debtor": number, **start}, {}),
        (
            "instrument",
            "instruments",
            {"title": "A", "nature": "domestic", "status": "draft", **start},
            {"parties": {"party": number, "role": "party"}},
        ),
        (
            "engagement",
            "engagements",
            {"title": "A", "form": "meeting", "status": "held", **start},
            {"participants": {"side": "own", "party": number}, "files": {"document": hidden.document.pk}},
        ),
    ]
    for _name, slug, values, rows in sent:
        screen = next(s for s in all_screens() if s.slug == slug)
        answer = client.post(url("new", slug), {**typed(screen, values, rows, samples, staff.unit), **values})
        assert answer.status_code == 422, slug
        assert not traces(text_of(answer)), slug
    # A passage of a hidden document cannot be taken for a figure's proof: what is sent of it is not read.
    answer = client.post(
        url("figure_new", linked.party.pk),
        {
            "measure": "jobs",
            "stage": "announced",
            "value": "1",
            "unit": "người",
            "evidence": linked.party.record.evidence.get().pk,
        },
    )
    assert answer.status_code in (302, 422)
    assert not linked.party.record.figures.filter(measure="jobs", evidence__isnull=False).exists()
    before = row_counts()
    # A form that does not show a hidden key keeps it when it is saved.
    form = form_with(client.get(url("edit", linked.person.pk)), "title", "version")
    assert "party" not in form.values
    for door, data in (
        ("evidence_new", {"source": hidden.document.pk, "field": "", "quote": "x"}),
        (
            "figure_new",
            {
                "measure": "capital",
                "stage": "announced",
                "value": "1",
                "unit": "VND",
                "source": hidden.document.pk,
            },
        ),
    ):
        answer = client.post(url(door, linked.party.pk), data)
        assert answer.status_code == 422, door
        assert not traces(text_of(answer)), door
    for path in (
        url("merge", linked.party.pk),
        f"{url('merge', linked.party.pk)}?other={number}",
        f"{url('merge', linked.party.pk)}?with={number}",
    ):
        for answer in (
            client.get(path),
            client.post(path, {"other": number, "with": number, "reason": "một"}),
        ):
            assert not traces(text_of(answer)), path
    client.post(url("bulk", "parties"), {"action": "apply", "pk": [number], "archive": "on", "reason": "x"})
    client.post(url("bulk", "parties"), {"action": "start", "pk": [number]})
    assert not traces(text_of(client.get(url("list", "parties"))))
    assert row_counts() == before
    hidden.party.record.refresh_from_db()
    assert hidden.party.record.archived_at is None
    assert form.send(client, note="Ghi thêm").status_code == 302
    linked.person.refresh_from_db()
    assert linked.person.party_id == number


def test_saving_keeps_rows_that_name_it(staff: Staff, linked: SimpleNamespace, hidden: SimpleNamespace) -> None:
    """Whoever cannot see a row cannot lose it either."""
    client = staff.client("other")
    form = form_with(client.get(url("edit", linked.engagement.pk)), "title", "version")
    assert form.send(client, outcome="Kết quả mở").status_code == 302
    linked.engagement.refresh_from_db()
    assert linked.engagement.outcome == "Kết quả mở"
    assert linked.engagement.host_id == hidden.party.pk
    assert linked.engagement.participants.filter(party_id=hidden.party.pk, person_id=hidden.person.pk).count() == 1
    assert linked.engagement.files.count() == linked.engagement.next_steps.count() == 1
    assert Link.objects.filter(source_id=linked.engagement.pk, target_id=hidden.party.pk).exists()


def test_imports_do_not_find_it(staff: Staff, hidden: SimpleNamespace) -> None:
    """Named in a cell it is unknown, by its number too; a row of its title is new."""

    def checked(title: str, party: str) -> Any:
        screen = screen_of("person")
        data = f"title,party\n{title},{party}\n".encode()
        table = read_table(data, "a.csv", known=["title", "party"])
        return importing.check(screen, table, {0: "title", 1: "party"}, staff.other)

    for name in (
        hidden.party.record.title,
        f"{hidden.party.record.title} #{hidden.party.pk}",
        f"#{hidden.party.pk}",
        f"Tên khác {MARK} party",
    ):
        asked = checked("Người mới", name)
        nobody = checked("Người mới", name.replace(MARK, "Khôngai").replace(str(hidden.party.pk), "99999999"))
        assert len(asked.errors) == 1, name
        said = asked.errors[0].sentence.replace(MARK, "Khôngai").replace(f"#{hidden.party.pk}", "#99999999")
        assert said == nobody.errors[0].sentence, name
    twin = checked(hidden.person.record.title, "")
    assert twin.existing == []
    assert len(twin.new) == 1


@pytest.mark.parametrize("who", OUTSIDE)
def test_what_happens_to_it_is_not_told_elsewhere(
    who: str, staff: Staff, linked: SimpleNamespace, hidden: SimpleNamespace
) -> None:
    """Replacing, merging, separating: the histories of records everybody sees do not name it."""
    from diemtua.instruments.actions import create_instrument
    from diemtua.register.merging import merge

    create_instrument(
        actor=staff.officer,
        title=f"{MARK} mới",
        access="unit",
        unit=staff.unit,
        nature="domestic",
        status="in_force",
        replaces=linked.instrument,
    )
    second = write.create(
        "party",
        actor=staff.officer,
        fields={"title": f"{MARK} thứ hai", "kind": "company", "access": "unit", "unit": staff.unit},
    )
    batch = merge(actor=staff.lead, keep=second, drop=hidden.party, reason="một công ty")
    client = staff.client(who)
    pages = [url(d, r.pk) for r in vars(linked).values() for d in ("record", "history", "chain")]
    pages += [url("imports"), url("batch", batch.pk), "/desk/"]
    for page in pages:
        assert not traces(text_of(client.get(page))), page
    write.undo_batch(batch, actor=staff.lead)
    for page in pages:
        assert not traces(text_of(client.get(page))), page


def test_administrators_see_all_and_the_audit_only_them(staff: Staff, hidden: SimpleNamespace) -> None:
    assert traces(text_of(staff.client("administrator").get(url("audit"))))
    for who in ("viewer", "officer", "lead", *OUTSIDE):
        assert staff.client(who).get(url("audit")).status_code == 403
    assert Change.objects.visible_to(staff.other).filter(record=hidden.party.record).count() == 0  # type: ignore[attr-defined]
