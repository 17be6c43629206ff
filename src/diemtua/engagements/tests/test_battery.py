"""The common battery, for engagements."""

from diemtua.testing.battery import Battery


class TestEngagement(Battery):
    kind = "engagement"
    values = {
        "title": "Đoàn Trăng Khuyết thăm rừng ngập mặn",
        "form": "incoming",
        "status": "held",
        "held": "18/07/2023",
        "place": "Cồn Mẫu",
        "country": "KR",
        "host": "@own",
        "purpose": "Thăm mô hình thử nghiệm.",
        "cost": "12.500.000",
        "currency": "VND",
        "funding": "ngân sách mẫu",
        "outcome": "Hai bên hẹn gặp lại.",
    }
    rows = {
        "participants": {"side": "partner", "party": "@partner", "post": "Trưởng đoàn khách"},
        "instruments": {"instrument": "@instrument", "what": "discussed"},
        "next_steps": {"text": "Gửi thư cảm ơn", "party": "@own", "due": "31/12/2023"},
        "files": {"document": "@document", "what": "Biên bản gặp"},
        "names": {"text": "Crescent Moon Visit", "kind": "foreign"},
    }
    change = ("funding", "quỹ giao lưu", "bên mời chi trả")
