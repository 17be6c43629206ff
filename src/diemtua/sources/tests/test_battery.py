"""The common battery, for documents."""

from diemtua.testing.battery import Battery


class TestDocument(Battery):
    kind = "document"
    values = {
        "title": "Thông báo Trăng Khuyết",
        "number": "99-TB/VP",
        "issuer": "Văn phòng Mẫu",
        "author": "Phan Thử Bút",
        "published": "04/11/2021",
        "summary": "Về việc thử nghiệm.",
        "url": "https://trangkhuyet.example/tb99",
    }
    rows = {"names": {"text": "Crescent Moon Notice", "kind": "foreign"}}
    change = ("issuer", "Sở Thử nghiệm", "Hội Thử nghiệm")
