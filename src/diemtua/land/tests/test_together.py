"""Several officers reserving, letting and changing at the same moment, as real processes: never more than there is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process
OFFICERS = 4

MAKE = """
import json, sys
from decimal import Decimal as D
from diemtua.land import actions
from diemtua.register import write
n = sys.argv[1]
row = {"utility": "power", "installed": D(10), "allocated": D(0)}
zone = actions.create_zone(actor=None, title="Khu thử " + n, type="industrial_park", children={"capacities": [row]})
plots = [
    actions.create_plot(actor=None, title=f"Lô {n}-{i}", zone=zone, code=f"{n}-{i}", area_ha=D(10)).pk for i in range(4)
]
company = write.create("party", actor=None, fields={"title": "Nhà đầu tư thử " + n, "kind": "company"})
print(json.dumps({"zone": zone.pk, "plots": plots, "company": company.pk}))
"""
# Reserves again and again at one record until it is refused; says how often it could.
RESERVE = """
import datetime, sys
from decimal import Decimal as D
from django.core.exceptions import ValidationError
from diemtua.land import actions
from diemtua.register.models import Record
at, company, utility, times = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
done = 0
for _n in range(times):
    try:
        actions.reserve(
            actor=None, record=Record.objects.get(pk=at), utility=utility, amount=D("1.5"),
            for_record=Record.objects.get(pk=company), reason="cùng lúc",
            ends=datetime.date.today() + datetime.timedelta(days=60),
        )
        done += 1
    except ValidationError:
        pass
print(done)
"""
LET = """
import sys
from decimal import Decimal as D
from django.core.exceptions import ValidationError
from diemtua.land import actions
plot, company, name, times = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
done = 0
for n in range(times):
    try:
        actions.create_lease(actor=None, title=f"Hợp đồng {name} {n}", tenant=company, plot=plot, area_ha=D("1.5"))
        done += 1
    except ValidationError:
        pass
print(done)
"""
# Takes capacity away, a little at a time, as long as that is allowed.
LESS = """
import sys
from decimal import Decimal as D
from django.core.exceptions import ValidationError
from diemtua.land import actions
from diemtua.land.models import Capacity, Zone
from diemtua.register.write import ChildEdits
pk, times = int(sys.argv[1]), int(sys.argv[2])
done = 0
for _n in range(times):
    row = Capacity.objects.get(record=pk)
    try:
        edit = ChildEdits(update={row.pk: {"installed": row.installed - 1}})
        actions.update_zone(Zone.objects.get(pk=pk), actor=None, children={"capacities": edit})
        done += 1
    except ValidationError:
        pass
print(done)
"""
CODES = """
import sys
from django.core.exceptions import ValidationError
from diemtua.land import actions
zone, name = int(sys.argv[1]), sys.argv[2]
done = 0
for n in range(6):
    try:
        actions.create_plot(actor=None, title=f"Lô {name} {n}", zone=zone, code=f"X{n}")
        done += 1
    except ValidationError:
        pass
print(done)
"""
LOOK = """
import json, sys
from diemtua.land.models import Lease, Plot, Reservation
from diemtua.land.queries.ledger import availability
zone = int(sys.argv[1])
plots = list(Plot.objects.filter(zone=zone).values_list("pk", flat=True))
found = availability([zone, *plots])
print(json.dumps({
    "power": str(found[zone]["power"].available),
    "installed": str(found[zone]["power"].installed),
    "land": [str(found[p]["land"].available) for p in plots if "land" in found[p]],
    "reservations": Reservation.objects.filter(record__in=[zone, *plots]).count(),
    "leases": Lease.objects.filter(plot__in=plots).count(),
    "codes": sorted(Plot.objects.filter(zone=zone).values_list("code", flat=True)),
}))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ScratchServer]:
    with ScratchServer() as running:
        yield running


def made(server: ScratchServer, name: str) -> dict:
    return json.loads(finish(start(server, MAKE, name)))


def looked(server: ScratchServer, zone: int) -> dict:
    return json.loads(finish(start(server, LOOK, str(zone))))


def test_investors_on_several_plots_share_what_their_park_has(server: ScratchServer) -> None:
    """10 MW, of which 1.5 at a time is reserved from four plots at once: six times, whoever was first."""
    there = made(server, "một")
    company = str(there["company"])
    running = [start(server, RESERVE, str(plot), company, "power", "5") for plot in there["plots"]]
    done = sum(int(finish(p)) for p in running)
    found = looked(server, there["zone"])
    assert (done, found["reservations"]) == (6, 6)
    assert float(found["power"]) == 1


def test_land_is_let_or_reserved_once(server: ScratchServer) -> None:
    """10 ha of one plot, let by two and reserved by two at the same moment, 1.5 ha at a time."""
    there = made(server, "hai")
    plot, company = str(there["plots"][0]), str(there["company"])
    running = [start(server, RESERVE, plot, company, "land", "4") for _n in range(2)]
    running += [start(server, LET, plot, company, name, "4") for name in ("a", "b")]
    done = sum(int(finish(p)) for p in running)
    found = looked(server, there["zone"])
    assert done == found["reservations"] + found["leases"] == 6
    assert float(found["land"][0]) == 1


def test_capacity_goes_while_it_is_reserved(server: ScratchServer) -> None:
    """One takes megawatts away while three reserve them: what is promised is there at the end."""
    there = made(server, "ba")
    plot, company = str(there["plots"][1]), str(there["company"])
    running = [start(server, RESERVE, plot, company, "power", "3") for _n in range(3)]
    running.append(start(server, LESS, str(there["zone"]), "8"))
    counts = [int(finish(p)) for p in running]
    found = looked(server, there["zone"])
    assert float(found["installed"]) == 10 - counts[-1]
    assert found["reservations"] == sum(counts[:-1])
    assert float(found["power"]) == float(found["installed"]) - 1.5 * found["reservations"] >= 0


def test_one_code_is_given_once(server: ScratchServer) -> None:
    there = made(server, "bốn")
    running = [start(server, CODES, str(there["zone"]), name) for name in ("a", "b", "c")]
    done = sum(int(finish(p)) for p in running)
    counted = Counter(looked(server, there["zone"])["codes"])
    assert done == 6
    assert {counted[f"X{n}"] for n in range(6)} == {1}
