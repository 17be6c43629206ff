"""Illustrative examples: enquiries, a lead, a difficulty and an aid, so that a newcomer sees these pages alive.

No public source tells of real ones. What stands here is invented, says so in its name and on its page, and is in no
figure, table or public file (`illustrative`). Companies and people are clearly none.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from diemtua.parties.actions import create_party
from diemtua.projects.actions.aid import create_aid
from diemtua.projects.actions.care import create_case
from diemtua.projects.actions.enquiries import create_enquiry, send
from diemtua.projects.actions.leads import lead_of_enquiry
from diemtua.projects.actions.packs import make_pack
from diemtua.projects.packs.contents import offered
from diemtua.register.models import Batch, User

PREFIX = "Ví dụ minh họa: "


def load_examples(*, batch: Batch | None = None) -> int:
    """Enter the examples in the name of the demonstration's officer; returns how many records were made."""
    officer = User.objects.get(username="officer")
    today = timezone.localdate()
    common: dict[str, Any] = {"unit": officer.unit, "access": "internal", "batch": batch, "actor": officer}
    investor = create_party(
        **common,
        title=f"{PREFIX}Công ty Minh Họa A",
        kind="company",
        country="KR",
        description="Công ty không có thật, dùng để giới thiệu phần mềm.",
    )
    asked = create_enquiry(
        **common,
        illustrative=True,
        title=f"{PREFIX}tìm 3 ha đất cho xưởng linh kiện điện tử",
        text=(
            "Đây là ví dụ, không phải yêu cầu thật.\nChúng tôi tìm khoảng 3 ha đất công nghiệp, cần 2 MW điện, "
            "dự kiến 150 lao động. Xin cho biết giá thuê, ưu đãi và thời gian bàn giao đất."
        ),
        channel="web",
        language="vi",
        sender_name="Người gửi minh họa",
        organisation="Công ty Minh Họa A",
        sender_email="minh-hoa@example.org",
        country="KR",
        party=investor,
        industry="26",
        capital=Decimal(12),
        currency="USD",
        jobs=150,
        technology="medium",
        area_ha=Decimal(3),
        power_mw=Decimal(2),
        ready_by=today + datetime.timedelta(days=400),
        environment="looked_at",
    )
    send(
        actor=officer,
        enquiry=asked,
        kind="first",
        text="Cảm ơn Quý công ty. Chúng tôi đã nhận được yêu cầu và đang tìm lô đất phù hợp.",
    )
    offer = offered(asked, officer, "vi")
    make_pack(
        actor=officer,
        enquiry=asked,
        language="vi",
        chosen={i.key for i in offer.items if i.ticked},
        contact={"name": officer.name, "post": "Chuyên viên", "email": "", "phone": ""},
    )
    asked.refresh_from_db()
    send(
        actor=officer,
        enquiry=asked,
        kind="answer",
        text="Kính gửi Quý công ty bộ trả lời kèm theo. Chúng tôi sẵn sàng đưa Quý công ty đi khảo sát thực địa.",
    )
    lead_of_enquiry(actor=officer, enquiry=asked, batch=batch)
    waiting = create_enquiry(
        **common,
        illustrative=True,
        title=f"{PREFIX}power and waste water for a food plant",
        text="This is an example, no real enquiry.\nWhich parks treat waste water of a food plant (600 m³ a day)?",
        channel="email",
        language="en",
        sender_name="Illustrative Sender",
        organisation="Example Foods B",
        sender_email="example-foods@example.org",
        country="JP",
        industry="10",
        jobs=80,
    )
    send(
        actor=officer,
        enquiry=waiting,
        kind="question",
        text="How much land do you need, and by when should it be handed over?",
    )
    create_case(
        **common,
        illustrative=True,
        title=f"{PREFIX}điện chập chờn trong giờ cao điểm",
        investor=investor,
        reported=today,
        difficulty="Đây là ví dụ, không phải vướng mắc thật. Điện áp giảm vào giờ cao điểm, dây chuyền phải dừng.",
        cause="power",
        capital=Decimal(12),
        currency="USD",
        jobs=150,
        owner=officer,
        due=today + datetime.timedelta(days=21),
        children={
            "steps": [{"text": "Làm việc với đơn vị cấp điện tại chỗ", "due": today + datetime.timedelta(days=7)}]
        },
    )
    donor = create_party(
        **common,
        title=f"{PREFIX}Tổ chức Minh Họa C",
        kind="ngo",
        country="DE",
        description="Tổ chức không có thật, dùng để giới thiệu phần mềm.",
    )
    with override("vi"):
        create_aid(
            **common,
            illustrative=True,
            title=f"{PREFIX}nước sạch cho một trường học",
            donor=donor,
            form="project",
            state="running",
            purpose="Đây là ví dụ, không phải khoản viện trợ thật. Lắp hệ thống lọc nước và hướng dẫn vệ sinh.",
            sector="14030",
            planned_start=today.replace(month=1, day=1),
            planned_end=today.replace(month=12, day=31),
            actual_start=today.replace(month=1, day=1),
            children={
                "values": [{"year": today.year, "kind": "money", "amount": Decimal(40_000), "currency": "EUR"}],
                "steps": [{"what": "submitted", "on": today}],
            },
        )
    return 7
