"""The common battery, for investment projects and quarterly reports."""

from typing import Any

from diemtua.testing.battery import Battery


class TestProject(Battery):
    kind = "project"
    values = {
        "title": "Nhà máy Trăng Rằm",
        "stage": "proposal",
        "investor": "@partner",
        "enterprise": "@own",
        "country": "KR",
        "capital_kind": "foreign",
        "industry": "linh kiện điện tử",
        "vsic": "2610",
        "objectives": "Sản xuất linh kiện thử nghiệm.",
        "zone": "@zone",
        "where": "xã Trăng Rằm",
        "area_ha": "5,5",
        "capital": "20,5",
        "own_capital": "8",
        "currency": "USD",
        "jobs": "350",
        "construction_by": "quý I/2027",
        "operation_by": "2028",
        "term_years": "50",
        "note": "Ghi chú mẫu.",
    }
    rows = {
        "amendments": {"number": "1", "on": "05/2026", "subject": "name", "before": "Tên cũ", "after": "Tên mới"},
        "origins": {"origin": "@engagement", "share": "60", "note": "Gặp ở bến cảng"},
        "names": {"text": "Full Moon factory", "kind": "foreign"},
    }
    change = ("note", "Theo báo cáo một.", "Theo báo cáo hai.")


class TestProjectReport(Battery):
    kind = "projectreport"
    values = {
        "title": "Báo cáo quý II/2025 Trăng Rằm",
        "project": "@project",
        "quarter": "quý II/2025",
        "state": "draft",
        "sent_on": "05/07/2025",
        "rate": "25.400",
        "difficulties": "Thiếu lao động mẫu.",
        "note": "Ghi chú mẫu.",
    }
    rows = {
        "lines": {"item": "investor_cash", "in_quarter": "1,5", "in_year": "3", "in_all": "12"},
        "names": {"text": "Full Moon report", "kind": "foreign"},
    }
    change = ("note", "Gửi lần một.", "Gửi lần hai.")
    quarters = 0

    def enter(self, **changes: Any) -> Any:
        """A second report is of another quarter."""
        if changes.get("title", self.title) != self.title:
            changes.setdefault("quarter", "quý III/2025")
        return super().enter(**changes)
