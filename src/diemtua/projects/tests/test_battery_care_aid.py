"""The common battery, for care cases and foreign aid."""

from diemtua.testing.battery import Battery


class TestCareCase(Battery):
    kind = "carecase"
    values = {
        "title": "Mất điện ba ngày Trăng Rằm",
        "investor": "@partner",
        "project": "@project",
        "reported": "01/06/2026",
        "difficulty": "Điện chập chờn từ tháng năm.",
        "cause": "power",
        "agency": "@own",
        "capital": "12,5",
        "currency": "USD",
        "jobs": "240",
        "due": "20/06/2026",
        "status": "solved",
        "closed_on": "18/06/2026",
        "done": "Kéo thêm một lộ dây.",
        "outcome": "partly",
        "capital_kept": "10",
        "jobs_kept": "200",
        "word": "Chúng tôi yên tâm sản xuất.",
        "word_agreed": "on",
    }
    rows = {
        "steps": {"text": "Họp với điện lực", "party": "@own", "due": "05/06/2026", "done_on": "04/06/2026"},
        "names": {"text": "Full Moon power cuts", "kind": "foreign"},
    }
    change = ("difficulty", "Điện chập chờn cả ngày.", "Điện chập chờn ban đêm.")


class TestAid(Battery):
    kind = "aid"
    values = {
        "title": "Nước sạch Trăng Rằm",
        "donor": "@partner",
        "donor_ref": "XM-TEST-7",
        "manager": "@own",
        "receiver": "@own",
        "form": "emergency",
        "disaster_on": "01/02/2026",
        "state": "running",
        "purpose": "Khoan giếng mẫu.",
        "sector": "14030",
        "where": "xã Trăng Rằm",
        "registration": "17/GP-THU",
        "registered_from": "01/01/2024",
        "registered_until": "01/01/2027",
        "planned_start": "05/02/2026",
        "planned_end": "30/04/2026",
        "actual_start": "06/02/2026",
        "identifier": "XM-MAU-99",
        "note": "Ghi chú mẫu.",
    }
    rows = {
        "values": {"year": "2026", "kind": "money", "amount": "125.000,5", "currency": "USD"},
        "steps": {"what": "approved", "on": "03/02/2026", "number": "12/QĐ-THU", "body": "@own"},
        "movements": {"what": "received", "on": "10/02/2026", "kind": "money", "amount": "5.000", "currency": "USD"},
        "outcomes": {
            "title": "Giếng khoan",
            "unit": "giếng",
            "first": "05/02/2026",
            "last": "30/04/2026",
            "target": "2",
        },
        "names": {"text": "Full Moon water", "kind": "foreign"},
    }
    change = ("note", "Theo thư một.", "Theo thư hai.")
