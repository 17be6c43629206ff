"""The common battery, for export markets."""

from diemtua.testing.battery import Battery


class TestMarket(Battery):
    kind = "market"
    values = {
        "title": "Thị trường Trăng Tròn",
        "standing": "traditional",
        "country": "JP",
        "exporter": "@own",
        "since": "quý II/2015",
        "products": "gạo thơm, sợi bông",
        "note": "Theo báo cáo thử nghiệm.",
    }
    rows = {"names": {"text": "Full Moon market", "kind": "foreign"}}
    change = ("products", "khăn bông", "ngao đông lạnh")
