"""The pages on which an officer reads a document and decides on what it says, through their addresses."""

from __future__ import annotations

import datetime
import html
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from diemtua.parties.models import Party
from diemtua.register import write
from diemtua.register.models import Access, Evidence, Record
from diemtua.sources import actions, queries, reader
from diemtua.sources.actions import day_of, home_of
from diemtua.sources.models import Document, Proposal, Reading, Subject
from diemtua.sources.panels import conflicts_panel, text_panel
from diemtua.sources.reader import facts
from diemtua.sources.showing import WHOLE, Mark, drawn, stretches
from diemtua.testing.pages import Staff, body, form_with, made, says, shows
from diemtua.testing.reviewing import Case

State = Proposal.State
CASE = Case()
TEXT, PARK, OTHER_PARK, TWICE, MOVED, NEW = CASE.text, CASE.park, CASE.other_park, CASE.twice, CASE.moved, CASE.new
PERSON = CASE.person


@pytest.fixture
def case(staff: Staff) -> Document:
    """A document read into a register that it meets; see `testing.reviewing`."""
    return CASE.make(staff.officer, staff.unit)


def url(name: str, document: Document, *args: Any) -> str:
    return reverse(f"sources:{name}", args=[document.pk, *args])


def proposal(title: str, field: str, **more: Any) -> Proposal:
    """The only proposal of this field for the subject of this title."""
    return Proposal.objects.get(subject__title=title, field=field, **more)


def subject(title: str) -> Subject:
    return Subject.objects.get(title=title)


def parsed(page: str) -> Any:
    return lxml_html.fromstring(page)


PART = re.compile(r"#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:(\^?)=([^\]]*))?\]")


def css(tree: Any, selector: str) -> list[Any]:
    """The elements that a selector of tags, #id, .class, [name=value] and [name^=value] finds."""
    path = ""
    for step in selector.split():
        path += "//" + (re.match(r"\w+", step) or ["*"])[0]
        for found in PART.finditer(step):
            name, klass, attribute, begins, value = found.groups()
            if name:
                path += f"[@id='{name}']"
            elif klass:
                path += f"[contains(concat(' ', @class, ' '), ' {klass} ')]"
            elif value is None:
                path += f"[@{attribute}]"
            else:
                path += f"[starts-with(@{attribute}, '{value}')]" if begins else f"[@{attribute}='{value}']"
    return tree.xpath("." + path)


def decide(staff: Staff, document: Document, what: str, who: str = "officer", htmx: bool = False, **values: Any) -> Any:
    headers = {"hx-request": "true"} if htmx else {}
    return staff.client(who).post(url("decide", document), {"do": what, **values}, headers=headers)


def follow(staff: Staff, response: Any, who: str = "officer") -> Any:
    assert response.status_code == 302, body(response)[:300]
    return staff.client(who).get(response.headers["Location"])


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_shows_every_record_with_what_is_said_of_it(staff: Staff, case: Document) -> None:
    page = staff.client("officer").get(url("review", case))
    assert page.status_code == 200
    tree = parsed(body(page))
    groups = {g.xpath(".//h3")[0].text_content(): g for g in css(tree, ".rv-group")}
    assert list(groups) == [PARK, TWICE, MOVED, NEW, PERSON]
    assert "600 ha" in groups[PARK].text_content(), "what the register says stands beside what the document says"
    assert "588 ha" in groups[PARK].text_content()
    assert len(css(groups[TWICE], ".rv-which li")) == 2
    assert {"0100000001", "0100000002"} <= set(re.findall(r"01000000\d\d", groups[TWICE].text_content()))
    assert OTHER_PARK in groups[MOVED].text_content()
    assert NEW in css(groups[PERSON], ".rv-joined")[0].text_content(), "what comes along is said before"
    assert not css(groups[TWICE], "[data-do^=accept]"), "first which record, then the facts"


def test_marks_stand_on_the_words(staff: Staff, case: Document) -> None:
    tree = parsed(body(staff.client("officer").get(url("review", case))))
    part = css(tree, ".rv-part")[0]
    assert part.text_content() == TEXT
    area = proposal(PARK, "figures")
    marked = "".join(m.text_content() for m in css(part, "mark") if str(area.pk) in m.get("data-p").split())
    assert marked == "Khu công nghiệp Bãi Ngọc có diện tích 588 ha."
    named = {m.text_content() for m in css(part, "mark.rv-who")}
    assert named == {PERSON}


def test_only_officers_who_see_the_document_decide(staff: Staff, case: Document) -> None:
    assert staff.client("viewer").get(url("review", case)).status_code == 403
    write.update(case, actor=None, fields={"access": Access.UNIT})
    assert staff.client("officer").get(url("review", case)).status_code == 200
    for path in ("review", "accept_all", "add_fact", "text_part", "since"):
        assert staff.client("other").get(url(path, case)).status_code == 404
    before = list(Proposal.objects.values_list("pk", "state"))
    assert decide(staff, case, f"all-{subject(NEW).pk}", who="other").status_code == 404
    assert list(Proposal.objects.values_list("pk", "state")) == before
    assert case.record.title not in body(staff.client("other").get(reverse("sources:waiting")))
    assert case.record.title in body(staff.client("officer").get(reverse("sources:waiting")))


def test_what_is_empty_says_so(staff: Staff, samples: SimpleNamespace) -> None:
    client = staff.client("officer")
    assert says(client.get(url("review", samples.document)), "Nobody has read this document yet")
    found = facts.Reading(samples.document.content.text)
    actions.propose(document=samples.document, reading=found, actor=staff.officer)
    assert says(client.get(url("review", samples.document)), "The reader found nothing to propose")
    cited = actions.create_document(actor=None, fields={"title": "Chỉ trích dẫn"})
    assert says(client.get(url("review", cited)), "This document has no text")
    assert says(client.get(reverse("sources:waiting")), "Nothing waits for a decision")


def test_a_wholly_decided_document_leads_on(staff: Staff, case: Document) -> None:
    for one in Proposal.objects.filter(state=State.OPEN):
        one.refresh_from_db()
        if one.is_open:
            actions.reject(proposals=[one], actor=staff.officer)
    page = staff.client("officer").get(url("review", case))
    assert says(page, "Everything is decided")
    decided = staff.client("officer").get(url("review", case) + "?show=decided")
    assert len(css(parsed(body(decided)), ".rv-line.is-rejected")) == Proposal.objects.count()


@pytest.mark.parametrize("query", ["?page=9999", "?page=x", "?show=nonsense", f"?at={'9' * 30}", "?after=0", "?at="])
def test_odd_addresses_show_the_page(staff: Staff, case: Document, query: str) -> None:
    page = staff.client("officer").get(url("review", case) + query)
    assert page.status_code == 200
    assert shows(page, PARK)


# --- decisions --------------------------------------------------------------------------------------


def test_accepting_a_fact_makes_its_record_and_all_it_needs(staff: Staff, case: Document) -> None:
    page = follow(staff, decide(staff, case, f"accept-{proposal(PERSON, 'posts').pk}"))
    assert says(page, "%(n)s fact accepted.")
    company, person = made(NEW), made(PERSON)
    assert person.posts.get().party == company
    assert Evidence.objects.filter(record=person.record, field="posts", source=case.record).exists()


def test_an_answer_for_the_script_holds_what_has_changed(staff: Staff, case: Document) -> None:
    target, other = subject(NEW), subject(PERSON)
    shown = ",".join(str(pk) for pk in Subject.objects.values_list("pk", flat=True))
    answer = decide(staff, case, f"all-{target.pk}", htmx=True, group=target.pk, groups=shown)
    tree = parsed(f"<div>{body(answer)}</div>")
    groups = {int(g.get("data-group")): g for g in css(tree, ".rv-group")}
    assert set(groups) == {target.pk, other.pk}, "the person needs the company no more"
    assert groups[target.pk].get("hx-swap-oob") is None
    assert groups[other.pk].get("hx-swap-oob") == "outerHTML"
    assert not css(groups[other.pk], ".rv-joined")
    assert not css(groups[target.pk], ".rv-line.is-open")
    assert css(tree, "#rv-bar")[0].get("data-open") == str(Proposal.objects.filter(state=State.OPEN).count())
    assert "3" in css(tree, "#rv-said")[0].text_content()


def test_rejecting_and_taking_back(staff: Staff, case: Document) -> None:
    decide(staff, case, f"reject-{proposal(NEW, '').pk}")
    gone = set(Proposal.objects.filter(state=State.REJECTED).values_list("subject__title", "field"))
    assert gone == {(NEW, ""), (NEW, "site"), (NEW, "figures"), (PERSON, "posts")}, "what hangs on it goes too"
    page = follow(staff, decide(staff, case, "undo"))
    assert says(page, "Taken back: %(n)s decision.")
    assert not Proposal.objects.exclude(state=State.OPEN).exists()


def test_taking_back_goes_from_the_last_to_the_first(staff: Staff, case: Document) -> None:
    decide(staff, case, f"all-{subject(NEW).pk}")
    decide(staff, case, f"reject-{proposal(PARK, 'figures').pk}")
    decide(staff, case, "undo")
    assert proposal(PARK, "figures").is_open
    assert made(NEW).record.archived_at is None
    decide(staff, case, "undo")
    assert made(NEW).record.archived_at is not None
    assert proposal(NEW, "").is_open
    assert says(follow(staff, decide(staff, case, "undo")), "There is nothing of yours to take back here.")


def test_taking_back_leads_to_what_it_was_about(staff: Staff, case: Document) -> None:
    one = proposal(PARK, "figures")
    decide(staff, case, f"reject-{one.pk}")
    elsewhere = decide(staff, case, "undo", htmx=True, groups="")
    assert elsewhere.headers["HX-Redirect"].endswith(f"?at={one.pk}#l{one.pk}")
    decide(staff, case, f"reject-{one.pk}")
    here = decide(staff, case, "undo", htmx=True, groups=str(one.subject_id))
    assert css(parsed(f"<div>{body(here)}</div>"), "#rv-bar")[0].get("data-at") == str(one.pk)


def test_others_decisions_are_not_taken_back(staff: Staff, case: Document) -> None:
    decide(staff, case, f"all-{subject(NEW).pk}")
    one = proposal(NEW, "")
    assert says(
        follow(staff, decide(staff, case, "undo", who="other"), "other"), "There is nothing of yours to take back here."
    )
    answer = follow(staff, decide(staff, case, f"undo-{one.pk}", who="other"), "other")
    assert says(answer, "Only the person who accepted it, or a lead, takes it back.")
    decide(staff, case, f"undo-{one.pk}", who="lead")
    assert proposal(NEW, "").is_open


def test_the_second_of_two_officers_is_told(staff: Staff, case: Document) -> None:
    one = proposal(NEW, "figures")
    decide(staff, case, f"accept-{one.pk}")
    count = Party.objects.count()
    answer = decide(
        staff, case, f"accept-{one.pk}", who="other", htmx=True, group=one.subject_id, groups=one.subject_id
    )
    assert answer.status_code == 200
    tree = parsed(f"<div>{body(answer)}</div>")
    error = css(tree, f"#g{one.subject_id} .rv-error")[0].text_content()
    assert staff.officer.name in error
    assert css(tree, f"#l{one.pk}.is-accepted"), "and sees how it stands"
    assert Party.objects.count() == count


def test_a_record_of_others_is_left_alone(staff: Staff, case: Document) -> None:
    page = staff.client("other").get(url("review", case))
    assert says(page, "You may not change this record. Ask its unit or a lead.")
    answer = follow(staff, decide(staff, case, f"accept-{proposal(MOVED, 'site').pk}", who="other"), "other")
    assert answer.status_code == 200
    assert proposal(MOVED, "site").is_open
    assert made(MOVED).site.title == OTHER_PARK


@pytest.mark.parametrize(
    "what", ["", "accept", "accept-0", f"accept-{'9' * 30}", "accept-x", "choose-1", "nothing-1", "all-0"]
)
def test_nonsense_decides_nothing(staff: Staff, case: Document, what: str) -> None:
    before = list(Proposal.objects.order_by("pk").values())
    assert follow(staff, decide(staff, case, what)).status_code == 200
    assert decide(staff, case, what, htmx=True, groups="1,x,,9", group="x").status_code == 200
    assert list(Proposal.objects.order_by("pk").values()) == before


# --- which record -----------------------------------------------------------------------------------


def test_a_doubtful_record_is_chosen_first(staff: Staff, case: Document) -> None:
    one = subject(TWICE)
    for what in (f"accept-{proposal(TWICE, 'site').pk}", f"all-{one.pk}"):
        page = follow(staff, decide(staff, case, what))
        assert says(page, "First say which record “%(title)s” is.")
    assert not Proposal.objects.exclude(state=State.OPEN).exists()
    second = Party.objects.get(tax_code="0100000002")
    decide(staff, case, f"choose-{one.pk}", record=second.pk)
    decide(staff, case, f"all-{one.pk}")
    second.refresh_from_db()
    assert second.site.title == PARK
    assert Party.objects.filter(record__title=TWICE).count() == 2


def test_the_buttons_of_candidates_work_without_a_script(staff: Staff, case: Document) -> None:
    tree = parsed(body(staff.client("officer").get(url("review", case))))
    button = css(tree, f"[data-do=choose-{subject(TWICE).pk}]")[0]
    staff.client("officer").post(button.get("formaction"), {button.get("name"): button.get("value")})
    assert subject(TWICE).record_id == int(button.get("data-record"))


def test_a_new_one_and_another_one(staff: Staff, case: Document) -> None:
    one = subject(TWICE)
    decide(staff, case, f"new-{one.pk}")
    decide(staff, case, f"all-{one.pk}")
    assert Party.objects.filter(record__title=TWICE).count() == 3
    wrong = decide(staff, case, f"choose-{subject(PERSON).pk}", record=made(PARK).pk)
    assert says(follow(staff, wrong), "Choose a record of the same kind.")
    hidden = write.create(
        "person", actor=None, fields={"title": "Người Kín", "access": "unit", "unit": staff.other_unit}
    )
    answer = follow(staff, decide(staff, case, f"choose-{subject(PERSON).pk}", record=hidden.pk))
    assert says(answer, "This record is not there any more, or you may not see it. Choose another one.")
    assert subject(PERSON).record_id is None


# --- another value ----------------------------------------------------------------------------------


def test_mending_a_figure(staff: Staff, case: Document) -> None:
    client, one = staff.client("officer"), proposal(NEW, "figures")
    form = form_with(client.get(url("mend", case, one.pk)), f"m{one.pk}-value")
    assert form.values[f"m{one.pk}-unit"] == ["triệu USD"]
    wrong = form.send(client, **{f"m{one.pk}-value": "hai mươi", f"m{one.pk}-wording": "hai mươi mấy"})
    assert wrong.status_code == 422
    assert shows(wrong, "hai mươi mấy"), "what was typed stays"
    right = form.send(client, **{f"m{one.pk}-value": "27,5", f"m{one.pk}-wording": ""})
    assert right.status_code == 302
    one.refresh_from_db()
    assert one.state == State.MENDED
    assert made(NEW).record.figures.get().value == 27.5


def test_mending_a_row_keeps_the_record_that_comes_along(staff: Staff, case: Document) -> None:
    client, one = staff.client("officer"), proposal(PERSON, "posts")
    page = client.get(url("mend", case, one.pk), headers={"hx-request": "true"})
    assert shows(page, NEW)
    assert "<html" not in body(page)
    form = form_with(client.get(url("mend", case, one.pk)), f"m{one.pk}-title")
    form.send(client, **{f"m{one.pk}-title": "Tổng Giám đốc"})
    post = made(PERSON).posts.get()
    assert (post.title, post.party) == ("Tổng Giám đốc", made(NEW))


def test_mending_the_record_itself_and_a_field(staff: Staff, case: Document) -> None:
    client, whole = staff.client("officer"), proposal(NEW, "")
    form_with(client.get(url("mend", case, whole.pk)), f"m{whole.pk}-title").send(
        client, **{f"m{whole.pk}-title": f"{NEW} Thử"}
    )
    assert made(f"{NEW} Thử") is not None
    one = proposal(MOVED, "site")
    path = url("mend", case, one.pk)
    refused = client.post(path, {f"m{one.pk}-site": "999999"}, headers={"hx-request": "true"})
    assert refused.status_code == 200
    assert shows(refused, "999999") or "invalid-feedback" in body(refused)
    client.post(path, {f"m{one.pk}-site": str(made(PARK).pk)})
    assert made(MOVED).site.title == PARK
    assert client.get(url("mend", case, 10**9)).status_code == 404


# --- what was missed --------------------------------------------------------------------------------


def words(text: str) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"start": start, "end": start + len(text), "quote": text}


def test_adding_a_fact_of_a_record_that_is_there(staff: Staff, case: Document) -> None:
    client, one = staff.client("officer"), subject(MOVED)
    asked = client.get(url("add_fact", case), {**words("nhà máy thứ hai"), "about": f"s{one.pk}", "field": "sector"})
    form = form_with(asked, "f-sector")
    assert form.values["f-sector"] == ["nhà máy thứ hai"]
    answer = form.send(client, save="accept", **{"f-sector": "nhà máy"})
    added = proposal(MOVED, "sector")
    assert answer.headers["Location"].endswith(f"?at={added.pk}#l{added.pk}")
    assert added.origin == Proposal.Origin.OFFICER
    assert made(MOVED).sector == "nhà máy"
    assert Evidence.objects.get(record=made(MOVED).record, field="sector").quote == "nhà máy thứ hai"


def test_adding_a_new_record(staff: Staff, case: Document) -> None:
    client = staff.client("officer")
    form = form_with(client.get(url("add_fact", case), {**words("Mai Thử"), "about": "kperson"}), "f-title")
    assert form.values["f-title"] == ["Mai Thử"]
    answer = form.send(client, save="open", mention="PERSON")
    added = proposal("Mai Thử", "")
    assert added.is_open
    assert added.subject.spans == [[TEXT.index("Mai Thử"), len(TEXT), "PERSON"]]
    assert shows(client.get(answer.headers["Location"]), "Mai Thử")
    assert made("Mai Thử") is None


def test_the_words_are_found_again_where_the_browser_counted_otherwise(staff: Staff, case: Document) -> None:
    client = staff.client("officer")
    said = {**words("Mai Thử"), "start": 3, "end": 10, "about": "kperson"}
    form = form_with(client.get(url("add_fact", case), said), "f-title")
    assert form.values["start"] == [str(TEXT.index("Mai Thử"))]
    nowhere = client.get(url("add_fact", case), {**said, "quote": "không có trong văn bản"})
    assert says(nowhere, "Select the words in the text of the document.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"f-title": ""}, None),
        ({"about": ""}, "Say what the words are about."),
        ({"about": "s999999"}, "Say what the words are about."),
        ({"start": "9" * 40, "quote": ""}, "Select the words in the text of the document."),
        ({"mention": "NONSENSE"}, "Choose what the words name."),
    ],
)
def test_a_wrong_addition_is_refused_in_place(
    staff: Staff, case: Document, changes: dict[str, str], sentence: str | None
) -> None:
    client, count = staff.client("officer"), Proposal.objects.count()
    form = form_with(client.get(url("add_fact", case), {**words("Mai Thử"), "about": "kperson"}), "f-title")
    answer = form.send(client, **{"save": "open", **changes})
    assert answer.status_code == 422
    assert sentence is None or says(answer, sentence)
    assert Proposal.objects.count() == count


def test_a_refused_acceptance_adds_nothing(staff: Staff, case: Document) -> None:
    client, count = staff.client("other"), Proposal.objects.count()
    data = {**words("nhà máy"), "about": f"s{subject(MOVED).pk}", "field": "sector", "f-sector": "nhà máy"}
    answer = client.post(url("add_fact", case), {**data, "save": "accept"})
    assert answer.status_code == 422
    assert Proposal.objects.count() == count, "the record is of another unit"


# --- everything at once -----------------------------------------------------------------------------


def test_everything_certain_is_said_before_and_accepted_as_one(staff: Staff, case: Document) -> None:
    client = staff.client("officer")
    before = client.get(url("accept_all", case))
    assert says(before, "New records would be made:")
    page = follow(staff, client.post(url("accept_all", case)))
    left = set(Proposal.objects.filter(state=State.OPEN).values_list("subject__title", "field"))
    assert left == {(TWICE, ""), (TWICE, "site"), (MOVED, "site")}
    assert shows(page, TWICE)
    assert Proposal.objects.exclude(batch=None).values("batch").distinct().count() == 1
    decide(staff, case, "undo")
    assert not Proposal.objects.exclude(state=State.OPEN).exists()


def test_the_preview_shows_what_stands_and_what_comes(staff: Staff, case: Document) -> None:
    client = staff.client("officer")
    known = parsed(body(client.get(url("preview", case, subject(MOVED).pk))))
    assert css(known, ".rv-sheet del")[0].text_content() == OTHER_PARK
    assert css(known, ".rv-sheet ins")[0].text_content() == PARK
    new = client.get(url("preview", case, subject(PERSON).pk), headers={"hx-request": "true"})
    assert shows(new, "Giám đốc")
    assert "<html" not in body(new)
    assert client.get(url("preview", case, 10**20)).status_code == 404


# --- reading ----------------------------------------------------------------------------------------


def test_reading_proposes_and_leads_to_the_review(
    staff: Staff, samples: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def read(text: str, **known: Any) -> facts.Reading:
        asked.update(known, text=text)
        mention = facts.Mention("e1", facts.PARK, 0, 9, text[:9], None, "a")
        return facts.Reading(text, None, None, (mention,), (), ("Có chỗ chưa chắc.",))

    monkeypatch.setattr(reader, "read_text", read, raising=False)
    document = samples.document
    write.update(document, actor=None, fields={"published": datetime.date(2024, 3, 12)})
    page = follow(staff, staff.client("officer").post(url("read", document)))
    assert (asked["published"], asked["home"]) == (datetime.date(2024, 3, 12), None)
    assert shows(page, "Có chỗ chưa chắc.")
    assert shows(page, "Thỏa thuận"[:9])
    assert staff.client("viewer").post(url("read", document)).status_code == 403
    assert cache.get(f"sources-reading:{document.pk}") is None
    one = Reading.objects.get()
    assert one.letters == len(document.content.text)
    assert one.seconds


def test_how_long_reading_takes_is_what_it_took(staff: Staff, case: Document) -> None:
    cache.delete("sources-letters-a-second")
    assert queries.seconds_to_read(600_000) == 10
    for letters, seconds in ((30_000, 3.0), (10_000, 1.0), (50_000, None)):
        Reading.objects.create(content=case.content, letters=letters, seconds=seconds)
    assert queries.seconds_to_read(600_000) == 10, "remembered for a while"
    cache.delete("sources-letters-a-second")
    assert queries.seconds_to_read(600_000) == 60
    assert queries.seconds_to_read(15_000) == 0


def test_a_text_is_read_once_at_a_time(staff: Staff, samples: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "read_text", lambda *_a, **_k: pytest.fail("read twice"), raising=False)
    cache.set(f"sources-reading:{samples.document.pk}", 1)
    page = follow(staff, staff.client("officer").post(url("read", samples.document)))
    assert says(page, "This document is being read right now. Wait a moment, then open it again.")
    cited = actions.create_document(actor=None, fields={"title": "Chỉ trích dẫn"})
    answer = follow(staff, staff.client("officer").post(url("read", cited)))
    assert says(answer, "This document has no text that could be read. A scan must first be made into text.")
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("issuer", "day", "home"),
    [
        ("Báo Thái Bình", datetime.date(2023, 7, 18), "Thái Bình"),
        ("UBND tỉnh Thái Bình", None, None),
        ("Báo Hưng Yên", datetime.date(2025, 9, 1), "Hưng Yên"),
        ("Báo Hưng Yên", datetime.date(2023, 7, 18), None),
        ("Thông tấn xã Việt Nam", datetime.date(2023, 7, 18), None),
    ],
)
def test_whose_paper_it_is(
    places: None, settings: Any, issuer: str, day: datetime.date | None, home: str | None
) -> None:
    settings.HOME_PROVINCE = "Thái Bình"
    document = Document(issuer=issuer)
    assert home_of(document, day) == home
    assert day_of(document) is None


# --- parts of record pages --------------------------------------------------------------------------


def test_a_document_names_each_record_once_with_all_it_proves(staff: Staff, case: Document) -> None:
    actions.accept_all(subject=subject(NEW), actor=staff.officer)
    panel = text_panel(case, staff.officer)
    (one,) = [p for p in panel["proved"] if p.record.title == NEW]
    assert len(one.fields) == 4
    assert len(one.quotes) == len(set(one.quotes)) == 1
    page = staff.client("officer").get(case.get_absolute_url())
    assert shows(page, NEW)
    assert reverse("sources:review", args=[case.pk]) in body(page)
    assert reverse("sources:review", args=[case.pk]) not in body(staff.client("viewer").get(case.get_absolute_url()))


def test_figures_that_differ_stand_side_by_side(staff: Staff, case: Document) -> None:
    park = made(PARK)
    assert conflicts_panel(park, staff.officer) is None
    decide(staff, case, f"accept-{proposal(PARK, 'figures').pk}")
    page = staff.client("viewer").get(park.get_absolute_url())
    rows = css(parsed(body(page)), "#figure-conflicts li")
    assert ["588" in rows[0].text_content(), "600" in rows[1].text_content()] == [True, True]
    assert case.record.title in rows[0].text_content()
    write.update(case, actor=None, fields={"access": Access.UNIT})
    hidden = parsed(body(staff.client("other").get(park.get_absolute_url())))
    assert case.record.title not in css(hidden, "#figure-conflicts")[0].text_content()


# --- length -----------------------------------------------------------------------------------------


DIGITS = ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười")


def long_case(staff: Staff, count: int) -> Document:
    """A document that names many people, each in a paragraph of 120 letters."""
    parts, mentions, relations = [], [], []
    at = 0
    for n in range(count):
        name = "Mẫu " + " ".join(DIGITS[int(c)] for c in f"{n:04d}")
        line = f"Ông {name}, Giám đốc, phát biểu tại hội nghị." + " Hội nghị diễn ra trong buổi sáng." * 2 + "\n"
        mentions.append(facts.Mention(f"p{n}", facts.PERSON, at + 4, at + 4 + len(name), name, None, f"p{n}"))
        post = at + line.index("Giám đốc")
        mentions.append(facts.Mention(f"o{n}", facts.POST, post, post + 8, "Giám đốc", None, f"o{n}"))
        relations.append(facts.Relation(facts.HOLDS_POST, f"p{n}", f"o{n}", None, at, at + len(line) - 1))
        parts.append(line)
        at += len(line)
    text = "".join(parts).rstrip()
    document = actions.create_document(actor=None, fields={"title": "Văn bản dài"}, content=actions.read_text(text))
    found = facts.Reading(text, mentions=tuple(mentions), relations=tuple(relations))
    actions.propose(document=document, reading=found, actor=staff.officer)
    return document


def test_many_records_come_in_pages_of_which_none_is_passed_over(staff: Staff) -> None:
    document = long_case(staff, 60)
    client = staff.client("officer")

    def titles(page: Any) -> list[str]:
        return [h.text_content() for h in css(parsed(body(page)), ".rv-group h3")]

    first = client.get(url("review", document))
    assert len(titles(first)) == 25
    for one in Subject.objects.filter(title__in=titles(first)[:22]):
        actions.reject(proposals=list(one.proposals.all()), actor=staff.officer)
    link = css(parsed(body(first)), "a[rel=next]")[0].get("href")
    second = client.get(url("review", document) + link)
    assert titles(second)[:3] == titles(first)[22:], "what was left open comes again"
    assert len(titles(second)) == 25
    last = Subject.objects.order_by("-first").first()
    assert last is not None
    assert last.title in titles(client.get(url("review", document) + f"?at={last.proposals.first().pk}"))  # type: ignore[union-attr]


def test_a_page_needs_no_more_queries_for_more_facts(staff: Staff) -> None:
    few, many = long_case(staff, 3), long_case(staff, 700)
    client = staff.client("officer")
    counts = []
    for document in (few, many):
        client.get(url("review", document))
        with CaptureQueriesContext(connection) as seen:
            client.get(url("review", document))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_words_are_marked_as_a_name_only(staff: Staff, case: Document) -> None:
    client = staff.client("officer")
    said = {**words("Mai Thử"), "about": "name"}
    form = form_with(client.get(url("add_fact", case), said), "mention")
    assert "f-title" not in form.values
    answer = client.post(url("add_fact", case), {**said, "save": "name"})
    assert answer.status_code == 422
    says(answer, "Choose what the words name.")
    page = follow(staff, client.post(url("add_fact", case), {**said, "mention": "PERSON", "save": "name"}))
    assert "Mai Thử" in {m.text_content() for m in css(parsed(body(page)), "mark.rv-who")}
    # The same words again: what was said of them is there, and can be taken back.
    known = client.get(url("add_fact", case), words("Mai Thử"))
    (chosen,) = css(parsed(body(known)), "#rv-mention option[selected]")
    assert chosen.get("value") == "PERSON"
    where = f"http://testserver{url('review', case)}?show=all&page=1"
    answer = client.post(
        url("add_fact", case),
        {**said, "save": "remove"},
        headers={"hx-request": "true", "hx-current-url": where},
    )
    assert answer.headers["HX-Redirect"] == f"{url('review', case)}?show=all&page=1"
    page = client.get(url("review", case))
    assert "Mai Thử" not in {m.text_content() for m in css(parsed(body(page)), "mark.rv-who")}


def test_records_that_came_in_since_are_shown_after_the_page(staff: Staff, case: Document) -> None:
    client = staff.client("officer")
    page = body(client.get(url("review", case)))
    assert "rv-since" not in page
    made = write.create("party", actor=None, fields={"title": NEW, "kind": "company"})
    tree = parsed(body(client.get(url("review", case))))
    (since,) = css(tree, "#rv-since")
    one = subject(NEW)
    group = css(tree, f"#g{one.pk}")[0]
    assert not css(group, ".rv-title a"), "the page itself shows what was found when the document was read"
    answer = parsed(f"<div>{body(client.get(since.get('hx-get')))}</div>")
    (changed,) = css(answer, ".rv-group")
    assert (changed.get("id"), changed.get("hx-swap-oob")) == (f"g{one.pk}", "outerHTML")
    assert css(changed, ".rv-title a")[0].get("href") == made.get_absolute_url()
    # Without a script the page is asked for once more.
    again = parsed(body(client.get(url("review", case) + css(tree, "noscript a")[0].get("href"))))
    assert css(again, f"#g{one.pk} .rv-title a")
    # Where nothing is new there is nothing to swap.
    actions.choose_record(subject=one, record=None, actor=staff.officer)
    assert not css(parsed(f"<div>{body(client.get(since.get('hx-get')))}</div>"), ".rv-group")


def test_of_a_long_text_the_parts_around_the_facts_are_shown(staff: Staff) -> None:
    document = long_case(staff, 700)
    text = document.content.text
    assert len(text) > WHOLE
    tree = parsed(body(staff.client("officer").get(url("review", document))))
    part, gap = css(tree, ".rv-part")[0], css(tree, ".rv-gap a")[0]
    assert text.startswith(part.text_content())
    more = parsed(f"<div>{body(staff.client('officer').get(gap.get('href')))}</div>")
    (shown,) = css(more, ".rv-part")
    start = int(shown.get("data-start"))
    assert start == len(part.text_content())
    assert text[start : start + len(shown.text_content())] == shown.text_content()
    assert css(shown, "mark")


spans = st.tuples(st.integers(0, 80), st.integers(0, 80)).map(sorted)


@given(st.text("aă<>&\"' \n😀", max_size=80), st.lists(spans, max_size=8), st.lists(spans, max_size=3))
def test_a_marked_text_is_the_text(text: str, marked: list[list[int]], wanted: list[list[int]]) -> None:
    marks = [Mark(s, e, n, State.OPEN) for n, (s, e) in enumerate(marked, 1)]
    whole = drawn(text, marks, 0, len(text))
    assert html.unescape(re.sub(r"<[^>]*>", "", str(whole.html))) == text
    long = text * 900
    parts = stretches(long, marks, [(s, e) for s, e in wanted])
    assert [p.start for p in parts[1:]] == [p.end for p in parts[:-1]]
    assert (parts[0].start, parts[-1].end) == (0, len(long)) if parts else not long
    for part in parts:
        if part.html is not None:
            assert html.unescape(re.sub(r"<[^>]*>", "", str(part.html))) == long[part.start : part.end]


def test_the_case_can_be_asked_for_again(staff: Staff, case: Document) -> None:
    assert CASE.make(staff.officer, staff.unit) == case
    assert Record.objects.filter(title=CASE.title).count() == 1
