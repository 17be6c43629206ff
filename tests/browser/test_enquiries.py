"""From a question on the web to its answer, in a real Chromium; and every page of it for a screen reader."""

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from diemtua.testing.chromium import AXE
from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

from .pages import use_language

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

FIND = """
import json
from diemtua.projects.models import Aid, CareCase, Enquiry, Lead, ReplyPack
asked, waiting = Enquiry.objects.order_by("pk")[:2]
pack = ReplyPack.objects.order_by("pk").first()
case = CareCase.objects.first()
print(json.dumps({
    "officer": [
        "/desk/enquiries/", "/desk/enquiries/waiting/", "/desk/enquiries/new/", "/desk/enquiries/mail/",
        f"/desk/r/{asked.pk}/", f"/desk/r/{waiting.pk}/", f"/desk/r/{waiting.pk}/enquiry/send/",
        f"/desk/r/{waiting.pk}/enquiry/hand-over/", f"/desk/r/{waiting.pk}/pack/", f"/desk/packs/{pack.pk}/",
        "/desk/leads/", f"/desk/r/{Lead.objects.first().pk}/",
        "/desk/cases/", f"/desk/r/{case.pk}/", f"/desk/r/{case.pk}/case/close/", "/desk/care/report/", "/desk/care/visits/",
        "/desk/aid/tables/", f"/desk/r/{Aid.objects.first().pk}/", "/desk/aid/iati/", "/desk/aid/iati/bring-in/",
    ],
    "lead": ["/desk/shopping/"],
    "": ["/enquire/", asked.state_path, waiting.state_path, pack.path, "/care/"],
}))
"""


def stranger(browser: "Browser", server: ScratchServer, width: int = 1440, state: Any = None) -> "Page":
    context = browser.new_context(
        base_url=server.base_url,
        viewport={"width": width, "height": 844},
        reduced_motion="reduce",
        locale="vi-VN",
        storage_state=state,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def test_from_a_question_on_the_web_to_its_answer(
    browser: "Browser", scratch_server: ScratchServer, page: "Page"
) -> None:
    sender = stranger(browser, scratch_server, 390)
    sender.goto("/enquire/")
    # Without what is needed nothing is sent, and the box that lacks it is marked.
    sender.locator("form.written button").click()
    sender.locator("[role=alert]").wait_for()
    assert sender.locator(".wrong").count() >= 3
    sender.locator("#id_title").fill("Tìm đất trong trình duyệt")
    sender.locator("#id_text").fill("Cần 3 ha đất <script>alert(1)</script>.")
    sender.locator("#id_sender_name").fill("Người Gửi Mẫu")
    sender.locator("#id_sender_email").fill("gui@example.org")
    sender.locator("#id_area_ha").fill("3")
    sender.locator("form.written button").click()
    sender.wait_for_url("**/e/**")
    receipt = sender.locator(".receipt").inner_text().strip()
    assert re.fullmatch(r"[A-Z]{2}\d{2}-\d{6,}-[A-Z]", receipt)
    private = sender.url.partition("?")[0]

    # The officer finds it by the receipt, takes it, and answers with a pack.
    page.goto(f"/desk/search/?q={receipt}")
    page.locator("main a", has_text="Tìm đất trong trình duyệt").first.click()
    page.locator("form[action$='/take/'] button").click()
    page.locator(".pe-steps a[href$='/pack/']").click()
    assert page.locator("input[name=item]:checked").count() >= 2
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/desk/packs/**")
    with page.expect_download() as download:
        page.locator("a[href$='/document/']").click()
    assert download.value.suggested_filename.endswith(".docx")
    page.locator("main a", has_text="Tìm đất trong trình duyệt").first.click()
    page.locator(".pe-steps a[href$='/send/']").click()
    page.locator("#id_kind").select_option("answer")
    page.locator("#id_text").fill("Kính gửi bộ trả lời kèm theo.")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/desk/r/*/")

    # The sender sees the answer, opens the pack, and is counted once.
    sender.goto(private)
    assert "Kính gửi bộ trả lời kèm theo." in sender.locator("main").inner_text()
    sender.locator("a[href^='/r/']").click()
    sender.wait_for_url("**/r/**")
    assert receipt in sender.locator("main").inner_text()
    assert sender.evaluate("document.documentElement.scrollWidth") <= 390
    sender.context.close()
    page.locator("a[href^='/desk/packs/']").first.click()
    assert "1" in page.locator("main p.mb-2 strong").inner_text()


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1440)])
def test_a_screen_reader_can_use_every_page_of_it(
    browser: "Browser", scratch_server: ScratchServer, state_of: Any, theme: str, width: int
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not here: run 'make test'")
    source = AXE.read_text()
    found: dict[str, Any] = {}
    for user, paths in json.loads(finish(start(scratch_server, FIND))).items():
        page = stranger(browser, scratch_server, width, state_of(user) if user else None)
        page.add_init_script(f"localStorage.setItem('dt-theme', '{theme}')")
        page.add_init_script(source)  # the policy of public pages lets no script be written into them
        if user:
            page.goto("/desk/")
            use_language(page, "vi" if theme == "light" else "en")
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.ok, f"{path}: {answer.status}"
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                found[f"{path} is {wide} wide"] = ""
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            for violation in result["violations"]:
                if violation["impact"] in {"serious", "critical"}:
                    found[f"{path} {violation['id']}"] = [n["html"][:160] for n in violation["nodes"][:3]]
        page.context.close()
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)
