"""The real server lets an unanswered enquiry climb by its own thread, with nobody looking."""

import json
import time

import pytest

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process

# An enquiry of long ago that nobody answered, and one of this moment.
MAKE = """
import datetime
from django.utils import timezone
from diemtua.projects.actions.enquiries import create_enquiry
for title, days in (("Câu hỏi bị bỏ quên", 30), ("Câu hỏi vừa đến", 0)):
    at = timezone.now() - datetime.timedelta(days=days)
    create_enquiry(actor=None, title=title, received_on=timezone.localdate(at), received_at=at, channel="phone")
"""
SHOW = """
import json
from diemtua.projects.models import Enquiry
print(json.dumps({e.record.title: e.escalated_at is not None for e in Enquiry.objects.select_related("record")}))
"""


def test_what_nobody_answered_goes_to_the_lead_by_itself() -> None:
    with ScratchServer(empty=True, env={"DIEMTUA_UPKEEP_SECONDS": "0.5"}) as server:
        finish(start(server, MAKE))
        end = time.monotonic() + 30
        while not (found := json.loads(finish(start(server, SHOW))))["Câu hỏi bị bỏ quên"] and time.monotonic() < end:
            time.sleep(0.2)
        assert found == {"Câu hỏi bị bỏ quên": True, "Câu hỏi vừa đến": False}
        assert server.stop() == 0
