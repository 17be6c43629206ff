"""Every type of desk page on the demonstration, for the pictures and for the checks of every page."""

import datetime
import json
from typing import TYPE_CHECKING

from diemtua.testing.scripts import finish, start
from diemtua.testing.server import ScratchServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Addresses that anybody may open; those of a record are found by its title.
FIXED = {
    "my-day": "/desk/",
    "parties": "/desk/parties/",
    "parties-filtered": "/desk/parties/?kind=company&is_partner=true",
    "instruments": "/desk/instruments/",
    "commitments": "/desk/commitments/",
    "engagements": "/desk/engagements/",
    "markets": "/desk/markets/",
    "documents": "/desk/documents/",
    "waiting": "/desk/reading/",
    "empty-list": "/desk/parties/?q=khongcogiohet",
    "search": "/desk/search/?q=doi+ngoai",
    "search-nothing": "/desk/search/?q=zzzzqq",
    "new-party": "/desk/parties/new/",
    "new-instrument": "/desk/instruments/new/",
    "new-commitment": "/desk/commitments/new/",
    "new-engagement": "/desk/engagements/new/",
    "new-market": "/desk/markets/new/",
    "new-document": "/desk/documents/new/",
    "import": "/desk/parties/import/",
    "imports": "/desk/imports/",
    "save-view": "/desk/parties/view/?q=lao",
    "land-map": "/desk/land/map/",
    "land-outlines": "/desk/land/outlines/",
    "land-destinations": "/desk/land/destinations/",
    "land-destination": "/desk/land/destinations/port-hai-phong/",
    "land-destination-new": "/desk/land/destinations/new/",
    "land-match": "/desk/land/match/",
    "land-match-found": "/desk/land/match/?asked=1&area_least=2&w_area=1&w_port=3&w_ready=2&w_airport=1",
    "land-match-none": "/desk/land/match/?asked=1&area_least=60&power_least=40&w_port=2",
    "land-compare": "/desk/land/match/compare/?asked=1",
    "land-keep": "/desk/land/match/keep/?asked=1&area_least=2",
    "land-searches": "/desk/land/searches/",
    "land-unmet": "/desk/land/unmet/",
    "projects": "/desk/projects/",
    "project-board": "/desk/projects/board/",
    "project-map": "/desk/projects/map/",
    "project-funnel": "/desk/projects/funnel/",
    "project-gates": "/desk/projects/gates/",
    "project-reporters": "/desk/projects/reports/",
    "new-project": "/desk/projects/new/",
    "land-due": "/desk/land/due/",
    "zones": "/desk/zones/",
    "plots": "/desk/plots/",
    "new-zone": "/desk/zones/new/",
    "places": "/desk/places/",
    "rules": "/desk/rules/",
    "tokens": "/desk/tokens/",
    "api-reference": "/desk/api/",
    "not-found": "/desk/r/999999/",
}
RECORDS = {
    "party": "Tỉnh Xay Nhạ Bu Ly",
    "own": "Tỉnh Thái Bình",
    "zone": "Khu công nghiệp Liên Hà Thái",
    "project": "Dự án Pegavision tại Khu công nghiệp Liên Hà Thái",
    "agreement": "Thỏa thuận hợp tác hữu nghị giai đoạn 2021–2026",
}
OF_RECORD = {
    "": "",
    "-edit": "edit/",
    "-chain": "chain/",
    "-history": "history/",
    "-figure": "figure/",
    "-evidence": "evidence/",
}
# What a document says, waiting to be decided.
OF_REVIEW = {
    "": "review/",
    "-decided": "review/?show=decided",
    "-all": "review/all/",
    "-add": "review/add/?start=0&end=23&about=kparty",
    "-document": "",
}
ADMINISTRATOR = {
    "users": "/desk/people-and-units/",
    "new-user": "/desk/people-and-units/user/new/",
    "audit": "/desk/audit/",
    "webhooks": "/desk/webhooks/",
    "new-webhook": "/desk/webhooks/new/",
}
ANYBODY = {"sign-in": "/account/login/", "password-reset": "/account/password/reset/"}

FIND = """
import json
from diemtua.register.models import Record, User
from diemtua.register.screens import all_screens
from diemtua.sources.models import Proposal
from diemtua.testing.reviewing import Case
found = {}
for screen in all_screens():
    # The one with most on its page.
    best = sorted(Record.objects.filter(kind=screen.kind), key=lambda r: -(
        r.links_in.count() + 2 * r.links_out.count() + 3 * r.evidence.count() + r.figures.count()))
    if best:
        found[screen.kind] = best[0].pk
found["titles"] = dict(Record.objects.values_list("title", "pk"))
# Made last, so that it is the page of no other kind.
found["review"] = Case().make(User.objects.get(username="officer")).pk
found["figure"] = Proposal.objects.filter(subject__content_id=found["review"], field="figures")[0].pk
print(json.dumps(found))
"""


def desk_pages(server: ScratchServer) -> dict[str, str]:
    """{name: path} of every type of page an officer sees."""
    found = json.loads(finish(start(server, FIND)))
    titles, review, figure = found.pop("titles"), found.pop("review"), found.pop("figure")
    pages = dict(FIXED)
    for kind, pk in found.items():
        pages[f"a-{kind}"] = f"/desk/r/{pk}/"
    for name, title in RECORDS.items():
        pages[name] = f"/desk/r/{titles[title]}/"
    # The one zone with plots, as near as it fills the map.
    pages["land-map-zone"] = f"/desk/land/map/?at={titles['Khu công nghiệp VSIP Thái Bình']}"
    for name, tail in OF_RECORD.items():
        pages[f"party{name}"] = f"/desk/r/{titles[RECORDS['party']]}/{tail}"
    pages["own-chain"] = f"/desk/r/{titles[RECORDS['own']]}/chain/"
    pages["search-partner"] = "/desk/search/?q=xay+nha+bu+ly"
    pages["party-on"] = f"/desk/r/{titles[RECORDS['party']]}/on/?day={datetime.date.today():%d/%m/%Y}"
    pages |= {f"review{name}": f"/desk/r/{review}/{tail}" for name, tail in OF_REVIEW.items()}
    pages["review-mend"] = f"/desk/r/{review}/review/mend/{figure}/"
    pages |= {f"plot-{tail}": f"/desk/r/{found['plot']}/{tail}/" for tail in ("land", "plan", "reserve")}
    pages["instrument-edit"] = f"/desk/r/{found['instrument']}/edit/"
    return pages


def use_language(page: "Page", language: str) -> None:
    """Choose the language with the button people use, where it is not chosen yet."""
    if page.locator("html").get_attribute("lang") == language:
        return
    button = page.locator(f'button[name="language"][value="{language}"]').first
    button.evaluate("b => b.form.requestSubmit(b)")
    page.locator(f"html[lang={language}]").wait_for(state="attached")
