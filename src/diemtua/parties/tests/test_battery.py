"""The common battery, for parties and people."""

from diemtua.testing.battery import Battery


class TestParty(Battery):
    kind = "party"
    values = {
        "title": "Hội Hữu nghị Trăng Khuyết",
        "kind": "ngo",
        "is_partner": "on",
        "country": "KR",
        "parent": "@partner",
        "sector": "nông nghiệp ven biển",
        "tax_code": "TK-0099",
        "address": "Số 1 phố Mẫu",
        "phone": "0227 000 111",
        "website": "https://trangkhuyet.example",
        "email": "lienhe@trangkhuyet.example",
        "relation_since": "05/2019",
        "description": "Hội thử nghiệm\ncó hai dòng.",
    }
    rows = {
        "contacts": {"label": "Văn phòng hội", "phone": "0227 000 222"},
        "names": {"text": "Crescent Moon Association", "kind": "foreign"},
    }
    change = ("sector", "du lịch biển", "đào tạo nghề")


class TestPerson(Battery):
    kind = "person"
    values = {
        "title": "Lê Thị Mẫu Đơn",
        "party": "@partner",
        "languages": "tiếng Hàn",
        "phone": "0227 000 333",
        "email": "mau.don@trangnon.example",
        "note": "Người thử nghiệm.",
    }
    rows = {
        "posts": {"title": "Trưởng đoàn thử nghiệm", "party": "@partner", "start": "2020"},
        "names": {"text": "Le Thi Mau Don", "kind": "other"},
    }
    change = ("languages", "tiếng Lào", "tiếng Nhật")
