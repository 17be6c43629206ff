"""How many queries each page makes: kept in query_counts.json, and the same for ten times as many rows.

A page may need fewer; then write the file anew:  DIEMTUA_WRITE_QUERY_COUNTS=1 pytest test_query_counts.py
"""

import json
import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diemtua.kit.dates import PartialDate
from diemtua.register import actions
from diemtua.register.models import OrgUnit, User
from diemtua.register.screens import all_screens
from diemtua.register.write import create, update
from diemtua.sources.models import Document, Proposal
from diemtua.testing.reviewing import Case

pytestmark = pytest.mark.django_db
BASELINE = Path(__file__).with_name("query_counts.json")
WRITE = "DIEMTUA_WRITE_QUERY_COUNTS"
# What a register, a record page, My day and the review of a document may need.
MOST = 10
# Not a page: it is asked for on a page, and looks for the record that has come in meanwhile.
BEYOND = {"review, preview"}


def grow(user: User, start: int, count: int, hub: int | None = None) -> dict[str, int]:
    """`count` more small chains of records, linked with the party `hub` too; the newest of each kind by kind."""
    made = {}
    for n in range(start, start + count):
        party = create(
            "party",
            actor=user,
            fields={"title": f"Địa phương Mẫu {n}", "kind": "locality", "is_partner": True},
            children={"names": [{"text": f"Mau City {n}"}]},
            tags=["thử"],
        )
        person = create(
            "person",
            actor=user,
            fields={"title": f"Người Thử {n}", "party": party},
            children={"posts": [{"title": "Giám đốc", "party": party}]},
        )
        document = create("document", actor=user, fields={"title": f"Báo cáo Mẫu {n}", "number": f"{n}/BC-UBND"})
        instrument = create(
            "instrument",
            actor=user,
            fields={
                "title": f"Văn kiện Mẫu {n}",
                "nature": "international",
                "status": "in_force",
                "lead_agency": party,
            },
            children={
                "parties": [{"party": party}, *([{"party": hub}] if hub else [])],
                "files": [{"document": document}],
            },
        )
        commitment = create(
            "commitment",
            actor=user,
            fields={"title": f"Cam kết Mẫu {n}", "instrument": instrument, "debtor": party, "owner": user},
        )
        engagement = create(
            "engagement",
            actor=user,
            fields={"title": f"Cuộc gặp Mẫu {n}", "form": "meeting", "host": party},
            children={
                "participants": [{"party": party}, {"person": person, "party": party}],
                "instruments": [{"instrument": instrument}],
                "next_steps": [{"text": "gửi dự thảo", "party": party}],
            },
        )
        market = create(
            "market", actor=user, fields={"title": f"Thị trường Mẫu {n}", "standing": "new", "exporter": hub or party}
        )
        power = {"utility": "power", "installed": 10, "allocated": 2, "source": document}
        zone = create(
            "zone",
            actor=user,
            fields={"title": f"Khu Mẫu {n}", "type": "industrial_park", "area_ha": 100, "parent": made.get("zone")},
            children={"capacities": [power], "prices": [{"what": "land_rent", "amount": 5}]},
        )
        plot = create(
            "plot",
            actor=user,
            fields={"title": f"Lô Mẫu {n}", "zone": zone, "code": f"L{n}", "area_ha": 10},
            children={"industries": [{"code": "26"}]},
        )
        lease = create(
            "lease",
            actor=user,
            fields={"title": f"Hợp đồng Mẫu {n}", "tenant": hub or party, "plot": plot, "area_ha": 4},
        )
        project = create(
            "project",
            actor=user,
            fields={
                "title": f"Dự án Mẫu {n}",
                "stage": "land",
                "taken_over": True,
                "investor": hub or party,
                "enterprise": party,
                "zone": zone,
                "plot": plot,
                "capital": 20,
                "currency": "USD",
                "jobs": 90,
                "irc_code": f"{1_000_000_000 + n}",
                "irc_issued": PartialDate.year(2022),
                "operation_by": PartialDate.year(2024),
                "owner": user,
            },
            children={
                "amendments": [{"number": 1, "on": PartialDate.year(2023), "subject": "name"}],
                "origins": [{"origin": engagement.record, "share": 50}, {"origin": party.record}],
            },
            tags=["thử"],
        )
        report = create(
            "projectreport",
            actor=user,
            fields={
                "title": f"Báo cáo quý Mẫu {n}",
                "project": project,
                "quarter": PartialDate.quarter(2024, 1 + n % 4),
            },
            children={"lines": [{"item": "revenue", "in_quarter": 1}, {"item": "investor_cash", "in_all": 2}]},
        )
        made_now = (party, person, document, instrument, commitment, engagement, market, zone, plot, lease)
        for one in (*made_now, project, report):
            made[one.record.kind] = one.pk
    return made


def thicken(user: User, pks: dict[str, int], count: int) -> None:
    """`count` more figures, proofs, notes and changes on each of the measured records."""
    from diemtua.register.models import Record

    source = Record.objects.get(pk=pks["document"])
    for kind, pk in pks.items():
        record = Record.objects.get(pk=pk)
        for n in range(count):
            if kind != "document":
                proof = actions.add_evidence(record=record, actor=user, source=source, quote=f"đoạn {n}", field="title")
                actions.add_figure(record=record, actor=user, measure="jobs", unit="người", value=n, evidence=proof)
            update(getattr(record, kind), actor=user, fields={"confidence": ("high", "medium")[n % 2]})
            record.refresh_from_db()


def pages(pks: dict[str, int], case: Document) -> dict[str, str]:
    proposed = Proposal.objects.filter(subject__content_id=case.pk).filter(field="figures")[0]
    found = {
        "waiting list": reverse("sources:waiting"),
        "review": reverse("sources:review", args=[case.pk]),
        "review, all": reverse("sources:review", args=[case.pk]) + "?show=all",
        "review, mend": reverse("sources:mend", args=[case.pk, proposed.pk]),
        "review, add": reverse("sources:add_fact", args=[case.pk]) + f"?start=0&end=9&about=s{proposed.subject_id}",
        "review, preview": reverse("sources:preview", args=[case.pk, proposed.subject_id]),
        "review, everything": reverse("sources:accept_all", args=[case.pk]),
        "my day": reverse("insight:my_day"),
        "land of a zone": reverse("land:facts", args=[pks["zone"]]),
        "land of a plot": reverse("land:facts", args=[pks["plot"]]),
        "land due": reverse("land:due"),
        "project progress": reverse("projects:progress", args=[pks["project"]]),
        "project funnel": reverse("projects:funnel"),
        "map of projects": reverse("projects:map"),
        "project reporters": reverse("projects:reporters"),
        "project board": reverse("projects:board"),
        "search": reverse("desk:search") + "?q=mau",
        "palette": reverse("desk:palette") + "?q=mau",
        "palette, empty": reverse("desk:palette"),
    }
    for screen in all_screens():
        url = reverse("desk:list", args=[screen.slug])
        found[f"list {screen.slug}"] = url
        found[f"list {screen.slug} with words"] = url + "?q=mau"
        found[f"lookup {screen.kind}"] = reverse("desk:lookup", args=[screen.kind]) + "?q=mau"
        if screen.kind in pks:
            for name in ("record", "edit", "chain", "history"):
                found[f"{name} {screen.kind}"] = reverse(f"desk:{name}", args=[pks[screen.kind]])
    return found


def counted(client: Client, pks: dict[str, int], case: Document) -> dict[str, int]:
    counts = {}
    for name, url in pages(pks, case).items():
        cache.clear()
        assert client.get(url).status_code == 200, url  # what the process remembers is remembered now
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        counts[name] = len(seen)
    return counts


def test_query_counts_stand_and_do_not_grow(client, settings):
    # Whether another process amended the rulebook is asked once a second: not by the clock here.
    settings.RULEBOOK_CHECK_SECONDS = 3600
    unit = OrgUnit.objects.create(name="Phòng Thử nghiệm")
    user = User.objects.create(username="dem", name="Cán bộ Đếm Thử", role="lead", unit=unit)
    client.force_login(user)
    pks = grow(user, 0, 3)
    thicken(user, pks, 2)
    case = Case().make(user, unit)
    few = counted(client, pks, case)
    grow(user, 3, 27, hub=pks["party"])
    thicken(user, pks, 18)
    many = counted(client, pks, case)
    if os.environ.get(WRITE):
        kept = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
        kept[connection.vendor] = {name: max(few[name], many[name]) for name in sorted(many)}
        BASELINE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    allowed = json.loads(BASELINE.read_text())[connection.vendor]
    grown = {n: (few[n], many[n]) for n in many if many[n] > max(few[n], allowed.get(n, 0))}
    assert not grown, f"these pages need more queries for more rows: {grown}"
    more = {n: (allowed.get(n), many[n]) for n in many if max(few[n], many[n]) > allowed.get(n, -1)}
    assert not more, f"these pages need more queries than before ({WRITE}=1 accepts it): {more}"
    measured = ("my", "list", "record", "review", "review,", "project")
    too_many = {n: c for n, c in many.items() if n.split()[0] in measured and c > MOST and n not in BEYOND}
    assert not too_many, f"these pages need more than {MOST} queries: {too_many}"
