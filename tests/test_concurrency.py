"""Several people at once, as real processes: nobody's change is lost, and nobody reads "database is locked"."""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

import pytest

from diemtua.testing.scripts import LOOK, WRITER, finish, start
from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process
PEOPLE, TIMES = 4, 15

# Adds its name to one field of one record, again and again, as a form does: with the version it has read.
SAME_RECORD = """
import sys, time, random
from diemtua.register import write
from diemtua.parties.models import Party
pk, name, times = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
stale = 0
for n in range(times):
    while True:
        instance = Party.objects.select_related("record").get(pk=pk)
        text = f"{instance.description} {name}{n}"
        time.sleep(random.random() / 200)
        try:
            write.update(instance, actor=None, fields={"description": text}, expected_version=instance.record.version)
            break
        except write.Stale:
            stale += 1
print(stale)
"""
# The same without a version, on a field each of its own: changes of different fields both stay.
OWN_FIELD = """
import sys
from diemtua.register import write
from diemtua.parties.models import Party
pk, field, times = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for n in range(times):
    write.update(Party.objects.get(pk=pk), actor=None, fields={field: f"{field} {n}"})
"""
MAKE = """
from diemtua.register import write
print(write.create("party", actor=None, fields={"title": "Đối tác của nhiều người", "kind": "company",
                                                "description": "bắt đầu"}).pk)
"""
SHOW = """
import sys, json
from diemtua.parties.models import Party
from diemtua.register.models import Change
p = Party.objects.select_related("record").get(pk=int(sys.argv[1]))
print(json.dumps({"text": p.description, "version": p.record.version, "website": p.website, "title": p.record.title,
                  "versions": list(Change.objects.filter(record=p.record).order_by("pk")
                                   .values_list("version", flat=True))}))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ScratchServer]:
    with ScratchServer() as running:
        yield running


def together(server: ScratchServer, script: str, *arguments: tuple[str, ...]) -> list[str]:
    processes = [start(server, script, *given) for given in arguments]
    return [finish(p) for p in processes]


def test_everybody_makes_and_changes_records(server: ScratchServer) -> None:
    before = json.loads(finish(start(server, LOOK)))
    together(server, WRITER, *[(f"n{i}", str(TIMES)) for i in range(PEOPLE)])
    after = json.loads(finish(start(server, LOOK)))
    assert not any(after.get(n) for n in ("torn", "versions", "gaps", "integrity")), after
    made = PEOPLE * TIMES
    assert after["rows"]["register.record"] == before["rows"]["register.record"] + made
    assert after["rows"]["register.name"] == before["rows"]["register.name"] + made
    # One audit row for making it and one for changing it.
    assert after["rows"]["register.change"] == before["rows"]["register.change"] + 2 * made
    assert after["rows"]["register.tag"] == before["rows"]["register.tag"] + PEOPLE


def test_one_record_loses_no_change(server: ScratchServer) -> None:
    pk = finish(start(server, MAKE)).strip()
    stale = together(server, SAME_RECORD, *[(pk, f"p{i}-", str(TIMES)) for i in range(PEOPLE)])
    shown = json.loads(finish(start(server, SHOW, pk)))
    words = Counter(shown["text"].split()[2:])
    assert words == Counter(f"p{i}-{n}" for i in range(PEOPLE) for n in range(TIMES)), f"lost; stale: {stale}"
    assert shown["version"] == 1 + PEOPLE * TIMES
    assert shown["versions"] == list(range(1, shown["version"] + 1))


def test_different_fields_of_one_record(server: ScratchServer) -> None:
    pk = finish(start(server, MAKE)).strip()
    together(server, OWN_FIELD, (pk, "description", "12"), (pk, "title", "12"))
    shown = json.loads(finish(start(server, SHOW, pk)))
    assert (shown["text"], shown["title"]) == ("description 11", "title 11")
    assert shown["versions"] == list(range(1, shown["version"] + 1))
    assert shown["version"] == 1 + 12 + 12


# --- over the desk --------------------------------------------------------------------------------


class Browser:
    """A signed-in person without a screen: opens pages, sends their forms."""

    def __init__(self, server: ScratchServer, user: str) -> None:
        self.base = server.base_url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        link = server.login_link(user)
        _status, page = self.get(link)
        self.post("/account/link/", fields_of(page))

    def get(self, path: str) -> tuple[int, str]:
        with self.opener.open(urllib.parse.urljoin(self.base, path)) as answer:
            return answer.status, answer.read().decode()

    def post(self, path: str, data: dict[str, str]) -> tuple[int, str, str]:
        """(status, address at the end, page)."""
        try:
            with self.opener.open(self.base + path, urllib.parse.urlencode(data).encode()) as answer:
                return answer.status, answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.geturl() or "", error.read().decode()


def fields_of(page: str) -> dict[str, str]:
    """The fields of the first form within <main>, as a browser would send them."""
    import lxml.html

    form = lxml.html.fromstring(page).xpath("//main//form[@method='post']")[0]
    return {name: value for name, value in form.form_values() if value is not None}


def test_two_people_save_the_same_form(server: ScratchServer) -> None:
    pk = finish(start(server, MAKE)).strip()
    one, two = Browser(server, "officer"), Browser(server, "lead")
    mine, theirs = (fields_of(b.get(f"/desk/r/{pk}/edit/")[1]) for b in (one, two))
    assert mine["version"] == theirs["version"]
    status, address, _page = one.post(f"/desk/r/{pk}/edit/", {**mine, "description": "của người thứ nhất"})
    assert status == 200
    assert re.search(rf"/desk/r/{pk}/$", address)
    status, _address, page = two.post(f"/desk/r/{pk}/edit/", {**theirs, "description": "của người thứ hai"})
    assert status in (200, 409, 422)
    assert "của người thứ nhất" in page, "the second person is not shown what the first saved"
    assert "của người thứ hai" in page, "what the second person typed is lost"
    shown = json.loads(finish(start(server, SHOW, pk)))
    assert shown["text"] == "của người thứ nhất"
    again = fields_of(page)
    status, address, page = two.post(f"/desk/r/{pk}/edit/", again)
    assert re.search(rf"/desk/r/{pk}/$", address), page[-3000:]
    shown = json.loads(finish(start(server, SHOW, pk)))
    assert shown["text"] == "của người thứ hai"
    assert shown["versions"] == [1, 2, 3]


def test_many_people_save_at_once_over_the_desk(server: ScratchServer) -> None:
    """All press at the same moment: exactly one saves each version, the others see both; nobody an error."""
    pk = finish(start(server, MAKE)).strip()
    people = [Browser(server, name) for name in ("officer", "lead", "officer", "lead")]
    forms = [fields_of(b.get(f"/desk/r/{pk}/edit/")[1]) for b in people]

    def save(n: int) -> tuple[int, str, str]:
        return people[n].post(f"/desk/r/{pk}/edit/", {**forms[n], "description": f"người {n}"})

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(save, range(len(people))))
    saved = [n for n, (_status, address, _page) in enumerate(answers) if address.endswith(f"/desk/r/{pk}/")]
    assert len(saved) == 1, [(s, a) for s, a, _p in answers]
    assert all(status < 500 for status, _address, _page in answers)
    shown = json.loads(finish(start(server, SHOW, pk)))
    assert shown["text"] == f"người {saved[0]}"
    assert shown["version"] == 2
    for n, (_status, _address, page) in enumerate(answers):
        assert n in saved or (f"người {n}" in page and f"người {saved[0]}" in page)


def test_forms_are_saved_while_a_long_import_runs(
    server: ScratchServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sheet = tmp_path_factory.mktemp("import") / "many.csv"
    sheet.write_text("title;kind\n" + "\n".join(f"Công ty nhập {n};company" for n in range(8000)), "utf-8")
    person = Browser(server, "officer")
    pk = finish(start(server, MAKE)).strip()
    form = fields_of(person.get(f"/desk/r/{pk}/edit/")[1])
    importing = server.popen("import", "parties", str(sheet))
    saved = 0
    while importing.poll() is None and saved < 20:
        saved += 1
        form = fields_of(person.get(f"/desk/r/{pk}/edit/")[1])
        status, address, page = person.post(f"/desk/r/{pk}/edit/", {**form, "description": f"lần {saved}"})
        assert status == 200
        assert address.endswith(f"/desk/r/{pk}/"), page[-2000:]
    out, err = importing.communicate(timeout=120)
    assert importing.returncode == 0, out + err
    assert "8000 made" in out
    assert json.loads(finish(start(server, SHOW, pk)))["text"] == f"lần {saved}"


# A prospect that is a proposal in all but its stage; several people take it there at the same moment.
PROJECT = """
from decimal import Decimal
from diemtua.projects.actions.projects import create_project
from diemtua.parties.models import Party
from diemtua.register import write
party = write.create("party", actor=None, fields={"title": "Nhà đầu tư của nhiều người", "kind": "company"})
made = create_project(actor=None, title="Dự án của nhiều người", investor=party, industry="dệt", capital=Decimal(5),
                      currency="USD", where="xã Thử")
print(made.pk, made.record.version)
"""
MOVE = """
import sys, time
from django.core.exceptions import ValidationError
from diemtua.projects.actions.projects import move
from diemtua.projects.models import Project
from diemtua.register.write import Stale
pk, version, at = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
project = Project.objects.select_related("record").get(pk=pk)
time.sleep(max(0, at - time.time()))
try:
    move(actor=None, project=project, to="proposal", version=version if version else None)
    print("moved")
except Stale:
    print("stale")
except ValidationError as error:
    print("already" if set(error.message_dict) <= {"to", "stage"} else error.message_dict)
"""
MOVES = """
import sys, json
from diemtua.projects.models import Project
p = Project.objects.select_related("record").get(pk=int(sys.argv[1]))
print(json.dumps([p.stage, p.record.version, [m.after for m in p.moves.all()]]))
"""


@pytest.mark.parametrize("looked", [True, False])
def test_a_stage_is_moved_once_however_many_move_it(server: ScratchServer, looked: bool) -> None:
    pk, version = finish(start(server, PROJECT)).split()
    at = str(time.time() + 4)
    said = [a.strip() for a in together(server, MOVE, *[(pk, version if looked else "0", at)] * PEOPLE)]
    assert sorted(said) == sorted(["moved"] + ["stale" if looked else "already"] * (PEOPLE - 1))
    assert json.loads(finish(start(server, MOVES, pk))) == ["proposal", int(version) + 1, ["prospect", "proposal"]]
