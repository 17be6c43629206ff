"""Several officers deciding at the same moment, as real processes: nothing is entered twice, nobody's is lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process
OFFICERS = 4

PROPOSE = """
import hashlib, sys
from diemtua.sources import actions
from diemtua.sources.text import Read
from diemtua.testing.readings import marked
n = sys.argv[1]
reading = marked(
    "{VN_LOCALITY#tb=Thái Bình|Thái Bình} hợp tác với {FOREIGN_LOCALITY#x|tỉnh Mẫu Số " + n + "} ({COUNTRY#la=LA|Lào}). "
    "{POST#p|Tỉnh trưởng} {FOREIGN_LOCALITY#x|tỉnh Mẫu Số " + n + "} là ông {PERSON#k|Khăm Thử Số " + n + "}.",
    [("cooperates_with", "tb", "x", "ongoing"), ("locality_of", "x", "la"), ("holds_post", "k", "p"), ("post_at", "p", "x")],
    home="Thái Bình", published="2023-07-18",
)
read = Read(reading.text, "txt", "text/plain", (), "", hashlib.sha256(reading.text.encode()).hexdigest())
document = actions.create_document(actor=None, fields={"title": "Tin " + n}, content=actions.Content(read))
actions.propose(document=document, reading=reading, actor=None)
print(document.pk)
"""
# Accepts the facts whose field is named ("*": all at once) and says how it went.
ACCEPT = """
import sys
from diemtua.register.models import User
from diemtua.sources import actions
from diemtua.sources.models import Proposal
pk, field = int(sys.argv[1]), sys.argv[2]
rows = Proposal.objects.filter(subject__content_id=pk)
chosen = list((rows if field == "*" else rows.filter(field=field)).values_list("pk", flat=True))
try:
    actions.accept(proposals=chosen, actor=User.objects.get(username="lead"))
    print("accepted")
except actions.AlreadyDecided:
    print("decided")
"""
LOOK = """
import json, sys
from diemtua.register.models import Evidence, Record
from diemtua.sources.models import Proposal
n, pk = sys.argv[1], int(sys.argv[2])
names = [f"Tỉnh Mẫu Số {n}", f"Khăm Thử Số {n}"]
print(json.dumps({
    "records": [r.title for r in Record.objects.filter(title__in=names).order_by("title")],
    "proofs": Evidence.objects.filter(source=pk, record__title__in=names).values("record", "field", "start").distinct().count()
    - Evidence.objects.filter(source=pk, record__title__in=names).count(),
    "states": dict.fromkeys(Proposal.objects.filter(subject__content_id=pk).values_list("state", flat=True), 1),
    "posts": [r.person.posts.count() for r in Record.objects.filter(title=names[1])],
}))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ScratchServer]:
    with ScratchServer() as running:
        yield running


def proposed(server: ScratchServer, n: str) -> str:
    return finish(start(server, PROPOSE, n)).strip()


def looked(server: ScratchServer, n: str, pk: str) -> dict:
    return json.loads(finish(start(server, LOOK, n, pk)))


def test_the_same_facts_are_accepted_once(server: ScratchServer) -> None:
    pk = proposed(server, "1")
    running = [start(server, ACCEPT, pk, "*") for _n in range(OFFICERS)]
    said = Counter(finish(p).strip() for p in running)
    assert said == {"accepted": 1, "decided": OFFICERS - 1}
    found = looked(server, "1", pk)
    assert found["records"] == ["Khăm Thử Số 1", "Tỉnh Mẫu Số 1"]
    assert (found["proofs"], found["posts"], list(found["states"])) == (0, [1], ["accepted"])


def test_facts_of_one_new_record_make_it_once(server: ScratchServer) -> None:
    """Each takes another fact of the province that none of them has yet."""
    pk = proposed(server, "2")
    running = [start(server, ACCEPT, pk, field) for field in ("country", "is_partner", "posts")]
    assert [finish(p).strip() for p in running] == ["accepted"] * 3
    found = looked(server, "2", pk)
    assert found["records"] == ["Khăm Thử Số 2", "Tỉnh Mẫu Số 2"]
    assert found["posts"] == [1]
