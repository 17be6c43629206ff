"""The common battery, for instruments and commitments."""

from diemtua.testing.battery import Battery


class TestInstrument(Battery):
    kind = "instrument"
    values = {
        "title": "Bản ghi nhớ Trăng Khuyết",
        "nature": "international",
        "number": "17/BGN-TK",
        "status": "in_force",
        "signed": "04/11/2021",
        "signed_at": "thành phố Trăng Non",
        "effect": "04/11/2021",
        "expiry": "03/11/2026",
        "cooperation_fields": ["agriculture"],
        "lead_agency": "@own",
        "summary": "Hợp tác thử nghiệm hai bên.",
    }
    rows = {
        "parties": {"party": "@partner", "role": "party", "signer": "Trần Thử Ký"},
        "opinions": {"body": "@own", "asked_on": "01/03/2021", "answer": "Đồng ý thử nghiệm"},
        "files": {"document": "@document", "role": "text_vi"},
        "names": {"text": "Crescent Moon Memorandum", "kind": "foreign"},
    }
    change = ("signed_at", "trực tuyến", "tỉnh Mẫu Sơn")


class TestCommitment(Battery):
    kind = "commitment"
    values = {
        "title": "Gửi ba chuyên gia giống cây",
        "instrument": "@instrument",
        "debtor": "@partner",
        "creditor": "@own",
        "state": "open",
        "due": "quý III/2023",
        "target": "1.234,5",
        "target_unit": "ngày công",
        "note": "Theo thư mẫu.",
    }
    rows = {"names": {"text": "Send three experts", "kind": "foreign"}}
    change = ("note", "Theo thư thứ hai.", "Theo thư thứ ba.")
