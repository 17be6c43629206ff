"""Investment projects at full size: the import, the board, the list, the page, the funnel and a change of stage."""

from __future__ import annotations

import csv
import random
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from diemtua.kit.dates import PartialDate
from diemtua.land.actions.zones import create_zone
from diemtua.projects.actions import projects as actions
from diemtua.projects.actions.enquiries import create_enquiry
from diemtua.projects.actions.packs import make_pack
from diemtua.projects.models import Project
from diemtua.projects.packs.contents import offered, still_open
from diemtua.projects.packs.document import write_docx
from diemtua.projects.rules import stages
from diemtua.register import importing, write
from diemtua.register.models import Record, User
from diemtua.register.screens import screen_of

from .measure import Table, get, timed

# Of a hundred projects, how many stand in each stage.
MIX = {
    stages.PROSPECT: 15,
    stages.PROPOSAL: 10,
    stages.POLICY: 4,
    stages.CERTIFICATE: 10,
    stages.LAND: 15,
    stages.OPERATING: 38,
    stages.PAUSED: 2,
    stages.LOST: 4,
    stages.CLOSED: 2,
}
NAMES = (
    "projects board",
    "projects list by capital",
    "project page progress",
    "projects funnel",
    "projects map",
    "projects late reporters",
    "project stage change",
    "project import",
    "reply pack",
)
CHUNK = 5_000
IMPORTED = 10_000


def seed(user: User, count: int) -> None:
    """So many projects, through the same door as an import; what they lack is marked as taken over."""
    rnd = random.Random(11)
    deck = [s for s, n in MIX.items() for _ in range(n)]
    parties = list(Record.objects.filter(kind="party").visible_to(user).live().values_list("pk", flat=True)[:2000])
    zones = [
        create_zone(actor=None, title=f"Khu công nghiệp thử {n}", type="industrial_park", access="internal").pk
        for n in range(12)
    ]
    for start in range(0, count, CHUNK):
        drafts = []
        for n in range(start, min(start + CHUNK, count)):
            year = 2008 + n % 18
            drafts.append(
                write.Draft(
                    {
                        "title": f"Dự án thử số {n} sản xuất linh kiện điện tử",
                        "stage": rnd.choice(deck),
                        "taken_over": True,
                        "investor": rnd.choice(parties) if parties else None,
                        "industry": "linh kiện điện tử",
                        "zone": rnd.choice(zones),
                        "capital": Decimal(rnd.randint(1, 300)),
                        "currency": "USD",
                        "irc_code": f"{5_000_000_000 + n}",
                        "irc_issued": PartialDate.month(year, 1 + n % 12),
                        "operation_by": PartialDate.year(year + 3),
                        "access": "internal",
                    }
                )
            )
        write.create_many(screen_of("project"), drafts, actor=None)
    # A table that grew from nothing to 50,000 rows: the planner is told, as a server does by itself in the night.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def projects(table: Table, client: Client, user: User, repeat: int) -> None:
    """The rows of the investment projects."""
    if not any(table.wants(name) for name in NAMES):
        return
    count = 50_000 if repeat > 10 else 2_000
    if Project.objects.count() < count:  # a database that was seeded with them keeps them
        seed(user, count)
    found = list(Project.objects.visible_to(user).live().order_by("-pk").values_list("pk", flat=True)[:2000])
    rnd = random.Random(3)
    some = rnd.sample(found, min(repeat, len(found)))
    shown: list[tuple[str, list[str], float | None]] = [
        ("projects board", [reverse("projects:board")], 30),
        ("projects list", [reverse("desk:list", args=["projects"])], 30),
        ("projects list by capital", [f"{reverse('desk:list', args=['projects'])}?sort=capital"], 30),
        ("project page", [reverse("desk:record", args=[pk]) for pk in some], 30),
        ("project page progress", [reverse("projects:progress", args=[pk]) for pk in some], 30),
        ("projects funnel", [reverse("projects:funnel")], None),
        ("projects map", [reverse("projects:map")], None),
        ("projects late reporters", [reverse("projects:reporters")], None),
    ]
    for name, urls, target in shown:
        if not table.wants(name):
            continue
        client.get(urls[0])
        with CaptureQueriesContext(connection) as seen:
            assert client.get(urls[0]).status_code == 200, urls[0]
        asked = len(seen)
        times = timed([get(client, urls[i % len(urls)]) for i in range(max(repeat, len(urls)))], warm=2)
        table.spread(f"{name} of {count:,}", times, target, None, None)
        table.add(f"{name} queries", asked, "queries", 10 if target else None)
    if table.wants("project stage change"):
        moving = Project.objects.filter(stage=stages.LAND).select_related("record")[: max(repeat, 5)]
        lead = User.objects.filter(role__in=("lead", "administrator")).first()
        calls = [lambda p=p: _move(p, lead) for p in moving]
        table.spread("project stage change", timed(calls, warm=0), 15, None, None)
    if table.wants("reply pack"):
        table.spread("reply pack, from enquiry to document", _reply_pack(user), 2000, None, None)
    if table.wants("project import"):
        table.add("project import of 10,000", _import(user), "s", 10)


def _reply_pack(officer: User) -> list[float]:
    """Milliseconds for what a reply pack takes, from the enquiry to the document, among 300 plots that could fit."""
    zone = create_zone(actor=None, title="Khu công nghiệp bộ trả lời", type="industrial_park", access="public")
    plots = [
        write.Draft(
            {"title": f"Lô {n}", "zone": zone, "code": f"P{n}", "area_ha": Decimal(2 + n % 9), "access": "public"}
        )
        for n in range(300)
    ]
    write.create_many(screen_of("plot"), plots, actor=None)
    enquiry = create_enquiry(
        actor=officer, title="Hỏi đất đo tốc độ", area_ha=Decimal(4), industry="26", jobs=200, sender_name="Kim Mẫu"
    )
    times = []
    for n in range(6):
        start = time.perf_counter()
        language = ("vi", "en")[n % 2]
        offer = offered(enquiry, officer, language)
        pack = make_pack(
            actor=officer,
            enquiry=enquiry,
            language=language,
            chosen={i.key for i in offer.items if i.ticked},
            contact={"name": "Cán bộ đo"},
        )
        assert write_docx(pack, still_open(pack.contents, pack.released))
        times.append((time.perf_counter() - start) * 1000)
    return times


def _move(project: Project, actor: User | None) -> None:
    with transaction.atomic():
        actions.move(actor=actor, project=project, to=stages.PAUSED, reason="đo tốc độ")


def _import(user: User) -> float:
    """Seconds for a CSV of 10,000 projects, read, checked and saved."""
    screen: Any = screen_of("project")
    at = int(time.time())  # what an earlier measurement of this database imported is not met again
    with translation.override("vi"), tempfile.TemporaryDirectory() as folder:
        names = ("title", "stage", "industry", "where", "capital", "currency", "irc_code", "irc_issued")
        headings = [importing.columns(screen)[c].heading for c in names]
        stage = dict(Project._meta.get_field("stage").choices)[stages.PROPOSAL]
        unit = dict(Project._meta.get_field("currency").choices)["USD"]
        path = Path(folder) / "projects.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*headings, importing.columns(screen)["investor"].heading])
            title = Record.objects.filter(kind="party").visible_to(user).live().order_by("-pk").first()
            for n in range(IMPORTED):
                row = [f"Dự án nhập thử {n} {at}", stage, "dệt may", f"xã {n % 90}", 5 + n % 70, unit]
                code = 7_000_000_000 + at % 100_000 * 20_000 + n
                writer.writerow([*row, code, "04/11/2024", f"#{title.pk}" if title else ""])
        start = time.perf_counter()
        report = importing.import_file("project", path, user)
        seconds = time.perf_counter() - start
    assert report.new == IMPORTED, (report.new, report.failed, report.errors[:3], report.missing)
    return seconds
