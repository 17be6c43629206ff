"""The common battery, for zones, plots and leases."""

from typing import Any

import pytest

from diemtua.land.models import Destination, Plot
from diemtua.places.models import AdminUnit, Country
from diemtua.register import write
from diemtua.testing.battery import Battery


class TestZone(Battery):
    kind = "zone"
    values = {
        "title": "Khu công nghiệp Trăng Rằm",
        "type": "industrial_park",
        "parent": "@zone",
        "developer": "@partner",
        "state": "operating",
        "established": "02/2021",
        "decision": "180/QĐ-TR",
        "area_ha": "120,5",
        "industrial_ha": "80",
        "term_years": "50",
        "term_until": "2071",
        "where": "xã Trăng Rằm",
        "description": "Khu thử nghiệm.",
    }
    rows = {
        "capacities": {"utility": "power", "installed": "40", "allocated": "12,5", "as_of": "06/2026"},
        "communes": {"unit": "@place"},
        "roads": {"destination": "@harbour", "km": "12,5"},
        "prices": {"what": "land_rent", "amount": "95", "currency": "USD", "per": "m2_term", "as_of": "2026"},
        "names": {"text": "Full Moon Park", "kind": "foreign"},
    }

    @pytest.fixture(autouse=True)
    def _places(self, _people_and_samples: None) -> None:
        country = Country.objects.get(code="KR")
        self.samples.place = AdminUnit.objects.create(
            ref="KR:thu", level="commune", name="Mẫu", full_name="xã Mẫu", key="mau", country=country
        )
        self.samples.harbour = Destination.objects.create(
            code="cang-mau", kind="port", name_vi="Cảng Mẫu", name_en="Mau Port", lon=106.5, lat=20.5
        )

    change = ("where", "xã Trăng Khuyết", "xã Trăng Non")


class TestPlot(Battery):
    kind = "plot"
    values = {
        "title": "Lô B2 Sao Mai",
        "zone": "@zone",
        "code": "B2",
        "area_ha": "6,25",
        "plot_ratio": "60",
        "max_floors": "5",
        "cleared_on": "quý I/2024",
        "legally_clean_on": "05/2024",
        "handed_over_on": "01/06/2024",
        "tenure_until": "31/12/2071",
        "note": "Lô thử nghiệm.",
    }
    rows = {
        "industries": {"rule": "allowed", "code": "26"},
        "capacities": {"utility": "water", "installed": "1.500", "allocated": "0", "as_of": "06/2026"},
        "names": {"text": "Lot B2", "kind": "foreign"},
    }
    change = ("note", "Gần cổng chính.", "Gần trạm điện.")

    def enter(self, **changes: Any) -> Any:
        """A second plot needs another code."""
        if changes.get("title", self.title) != self.title:
            changes.setdefault("code", "B3")
        return super().enter(**changes)

    def several(self, count: int, **record: Any) -> list[Any]:
        source = self.sample()
        own = {n: getattr(source, f.attname) for n, f in self.screen.own_fields.items()}  # type: ignore[attr-defined]
        first = Plot.objects.count()
        drafts = [
            write.Draft(
                {**own, "code": f"C{first + n}", "unit": self.staff.unit, "title": f"Bản sao thứ {n:03}", **record}
            )
            for n in range(count)
        ]
        return write.create_many(self.screen, drafts, actor=None)


class TestLease(Battery):
    kind = "lease"
    values = {
        "title": "Hợp đồng thuê đất Trăng Rằm",
        "tenant": "@partner",
        "zone": "@zone",
        "number": "12/HĐ-TR",
        "state": "active",
        "signed": "04/11/2021",
        "starts": "01/01/2022",
        "ends": "31/12/2071",
        "area_ha": "6",
        "note": "Theo hợp đồng mẫu.",
    }
    rows = {"names": {"text": "Full Moon lease", "kind": "foreign"}}
    change = ("note", "Theo phụ lục 1.", "Theo phụ lục 2.")

    def several(self, count: int, **record: Any) -> list[Any]:
        """Copies without the plot of the sample, which has no room for them."""
        return super().several(count, plot=None, zone=self.samples.zone, **record)
