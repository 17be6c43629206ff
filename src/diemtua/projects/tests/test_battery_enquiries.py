"""The common battery, for enquiries and leads."""

from diemtua.testing.battery import Battery


class TestEnquiry(Battery):
    kind = "enquiry"
    values = {
        "title": "Hỏi thuê đất dựng xưởng linh kiện Sao Băng",
        "channel": "phone",
        "received_on": "05/05/2025",
        "language": "ko",
        "sender_name": "Park Mẫu Thử",
        "organisation": "Công ty Sao Băng thử nghiệm",
        "sender_email": "park@example.org",
        "sender_phone": "+82 2 0000 0000",
        "country": "KR",
        "party": "@partner",
        "text": "Cần đất xây xưởng linh kiện, hỏi giá thuê và ưu đãi.",
        "industry": "26",
        "capital": "12,5",
        "currency": "USD",
        "jobs": "300",
        "technology": "high",
        "area_ha": "3,5",
        "power_mw": "4",
        "ready_by": "01/06/2027",
        "environment": "looked_at",
        "environment_flags": ["much_water"],
    }
    rows = {"names": {"text": "Shooting Star enquiry", "kind": "foreign"}}
    change = ("organisation", "Công ty Sao Băng đổi tên", "Công ty Sao Băng lần ba")


class TestLead(Battery):
    kind = "lead"
    values = {
        "title": "Nhà máy pin Sao Băng",
        "state": "lost",
        "investor": "@partner",
        "country": "KR",
        "industry": "27",
        "what": "Dựng nhà máy pin thử nghiệm.",
        "capital": "80",
        "currency": "USD",
        "jobs": "900",
        "area_ha": "20",
        "since": "03/2025",
        "decides": "quý IV/2025",
        "lost_why": "power",
        "lost_to": "tỉnh Mẫu Hải",
        "lost_note": "Điện chưa sẵn sàng vào ngày cần.",
    }
    rows = {
        "origins": {"origin": "@engagement", "share": "60", "note": "gặp ở bến cảng"},
        "names": {"text": "Shooting Star Battery", "kind": "foreign"},
    }
    change = ("lost_to", "tỉnh Mẫu Giang", "không ai")
