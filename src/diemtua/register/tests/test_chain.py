"""The chain: what it reaches, what it hides, where it stops, and how it is drawn."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from diemtua.kit.dates import parse_date
from diemtua.register import chain, write
from diemtua.register.desk.chain import breadth, draw, shown_stages, wrap
from diemtua.register.models import Link, OrgUnit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    return OrgUnit.objects.create(name="Phòng Thử Một"), OrgUnit.objects.create(name="Phòng Thử Hai")


@pytest.fixture
def officer(units):
    return User.objects.create_user(username="can-bo", name="Cán bộ Thử", role="officer", unit=units[0])


def make(kind, title, children=None, **fields):
    needed = {
        "party": {"kind": "locality"},
        "engagement": {"form": "meeting"},
        "instrument": {"nature": "international"},
        "document": {"origin": "text"},
    }
    return write.create(kind, actor=None, fields={"title": title, **needed.get(kind, {}), **fields}, children=children)


def meeting(title, *parties, instruments=(), **fields):
    return make(
        "engagement",
        title,
        {
            "participants": [{"party": p} for p in parties],
            "instruments": [{"instrument": i} for i in instruments],
        },
        **fields,
    )


@pytest.fixture
def story():
    """own and partner met, signed, and the partner promised."""
    own, partner, other = (make("party", t) for t in ("Tỉnh nhà thử", "Đối tác thử", "Đối tác khác thử"))
    paper = make("document", "Văn bản thử")
    signed = make(
        "instrument",
        "Thỏa thuận thử",
        {"parties": [{"party": own}, {"party": partner}], "files": [{"document": paper}]},
        signed=parse_date("04/11/2021"),
    )
    met = meeting("Hội đàm thử", own, partner, instruments=[signed], held=parse_date("2021"))
    promise = make("commitment", "Tặng học bổng thử", instrument=signed, debtor=partner, creditor=own)
    elsewhere = meeting("Cuộc gặp khác thử", own, other)
    return {
        "own": own,
        "partner": partner,
        "other": other,
        "paper": paper,
        "signed": signed,
        "met": met,
        "promise": promise,
        "elsewhere": elsewhere,
    }


def titles(graph):
    return {n.title for n in graph.nodes.values()}


def test_forward_from_a_partner_and_back_from_a_promise(story, officer):
    forward = chain.read(story["partner"].record, officer)
    assert titles(forward) == {"Đối tác thử", "Hội đàm thử", "Thỏa thuận thử", "Tặng học bổng thử"}
    back = chain.read(story["promise"].record, officer)
    assert titles(back) == {
        "Tặng học bổng thử",
        "Thỏa thuận thử",
        "Hội đàm thử",
        "Đối tác thử",
        "Tỉnh nhà thử",
    }
    assert "Cuộc gặp khác thử" not in titles(back), "the walk back does not turn at the own province"
    middle = chain.read(story["signed"].record, officer)
    assert {n.title: n.way for n in middle.nodes.values()} == {
        "Thỏa thuận thử": 0,
        "Hội đàm thử": -1,
        "Đối tác thử": -1,
        "Tỉnh nhà thử": -1,
        "Tặng học bổng thử": 1,
        "Văn bản thử": 1,
    }
    assert str(middle.nodes[story["met"].pk].day) == "2021"


def test_from_a_paper_back_to_whom_it_concerns(story, officer):
    assert {"Thỏa thuận thử", "Hội đàm thử", "Đối tác thử"} < titles(chain.read(story["paper"].record, officer))


def test_depth_bounds_the_walk(story, officer):
    assert titles(chain.read(story["promise"].record, officer, depth=1)) == {
        "Tặng học bổng thử",
        "Thỏa thuận thử",
        "Đối tác thử",
        "Tỉnh nhà thử",
    }


def test_hidden_and_archived_records_are_neither_shown_nor_walked_through(story, officer, units, client):
    partner, signed = story["partner"], story["signed"]
    write.update(signed, actor=None, fields={"access": "unit", "unit": units[1]})
    graph = chain.read(partner.record, officer)
    assert titles(graph) == {"Đối tác thử", "Hội đàm thử", "Tặng học bổng thử"}, "the promise names the partner itself"
    assert all(signed.pk not in (e.source, e.target) for e in graph.edges)
    beyond = make("commitment", "Chỉ qua văn kiện thử", instrument=signed)
    assert beyond.pk not in chain.read(partner.record, officer).nodes
    client.force_login(officer)
    assert "Thỏa thuận thử" not in client.get(f"/desk/r/{partner.pk}/chain/").content.decode()
    write.archive(story["met"], actor=None, reason="x")
    assert "Hội đàm thử" not in titles(chain.read(partner.record, officer))


def test_relations_of_one_pair_are_named_in_one_order_however_they_were_stored(officer, story, client):
    """The database may keep rows in any order: the text of the page is the same."""
    met = story["met"]
    make("engagement", "Họp tiếp thử", {"participants": [{"party": story["partner"]}]})
    links = [
        {"source_id": met.pk, "target_id": story["partner"].pk, "relation": f"engagement.{name}"}
        for name in ("participants", "next_steps", "host", "files")
    ]
    client.force_login(officer)
    said = set()
    for order in (links, links[::-1]):
        Link.objects.filter(source=met.pk, target=story["partner"].pk).delete()
        Link.objects.bulk_create(Link(**link) for link in order)
        for start in (met, story["partner"], story["promise"]):
            edges = chain.read(start.record, officer).edges
            pair = [e.relation for e in edges if (e.source, e.target) == (met.pk, story["partner"].pk)]
            assert pair == sorted(link["relation"] for link in links)
        said.add(client.get(f"/desk/r/{met.pk}/chain/", HTTP_HX_REQUEST="true").content)
    assert len(said) == 1


def test_a_wide_stage_is_cut_and_counts_only_what_one_sees(officer, units):
    partner = make("party", "Đối tác thử")
    for n in range(15):
        meeting(f"Gặp thử {n}", partner)
    for n in range(5):
        meeting(f"Gặp kín {n}", partner, access="unit", unit=units[1])
    graph = chain.read(partner.record, officer, width=12)
    assert sum(n.stage == "engagement" for n in graph.nodes.values()) == 12
    assert graph.more == {"engagement": 3}
    assert not graph.at_least


def test_a_hub_is_walked_through_only_as_the_start(officer, monkeypatch):
    monkeypatch.setattr(chain, "HUB", 5)
    partner = make("party", "Đối tác thử")
    directive = make("instrument", "Chỉ thị thử", {"parties": [{"party": partner}]})
    for n in range(8):
        make("commitment", f"Việc thử {n}", instrument=directive)
    assert titles(chain.read(partner.record, officer)) == {"Đối tác thử", "Chỉ thị thử"}
    assert len(chain.read(directive.record, officer).nodes) == 10


def test_a_crowd_around_one_record_does_not_hide_the_others(officer, monkeypatch):
    monkeypatch.setattr(chain, "HUB", 5)
    monkeypatch.setattr(chain, "LIMIT", 20)
    partner = make("party", "Đối tác thử")
    crowded, small = (make("instrument", t, {"parties": [{"party": partner}]}) for t in ("Đông thử", "Nhỏ thử"))
    for n in range(30):
        make("commitment", f"Việc thử {n}", instrument=crowded)
    make("commitment", "Việc nhỏ thử", instrument=small)
    assert "Việc nhỏ thử" in titles(chain.read(partner.record, officer))


def test_one_query_a_level(officer, story, client, django_assert_max_num_queries, django_assert_num_queries):
    record = story["partner"].record
    with django_assert_max_num_queries(9):
        chain.read(record, officer)
    client.force_login(officer)
    with django_assert_max_num_queries(13):
        client.get(f"/desk/r/{record.pk}/chain/", HTTP_HX_REQUEST="true")
    for n in range(10):
        meeting(f"Gặp thử {n}", story["partner"])
    with django_assert_max_num_queries(9):
        chain.read(record, officer)


def test_the_picture_shows_where_the_chain_stops(officer):
    partner = make("party", "Đối tác thử")
    assert shown_stages(chain.read(partner.record, officer))[:2] == ["partner", "engagement"]
    signed = make("instrument", "Thỏa thuận thử", {"parties": [{"party": partner}]})
    graph = chain.read(partner.record, officer)
    picture = draw(graph, partner.record)
    assert [(c.stage, c.empty) for c in picture.columns] == [
        ("partner", False),
        ("engagement", True),
        ("instrument", False),
        ("commitment", True),
    ]
    assert [b.note for b in picture.columns[3].boxes] == ["empty"]
    assert signed.pk in [b.node.pk for b in picture.columns[2].boxes if b.node]


def test_no_box_overlaps_and_every_curve_stays_in_the_picture(officer, story):
    graph = chain.read(story["signed"].record, officer)
    picture = draw(graph, story["signed"].record)
    for column in picture.columns:
        tops = [b.y for b in column.boxes]
        assert all(b - a >= picture.box_height for a, b in pairwise(tops))
    for curve in picture.curves:
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", curve.path)]
        assert min(numbers) >= 0
        assert max(numbers) <= max(picture.width, picture.height)


def test_the_page_is_whole_and_well_formed(client, officer, story):
    client.force_login(officer)
    story_page = f"/desk/r/{story['signed'].pk}/chain/"
    assert "<html" in client.get(story_page).content.decode()
    page = client.get(story_page, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in page
    svg = ET.fromstring(page[page.index("<svg viewBox") : page.index("</svg>\n</div>") + 6])
    links = [a for a in svg.iter() if a.tag.endswith("}a")]
    assert {a.get("href") for a in links} == {
        f"/desk/r/{r.pk}/" for n, r in story.items() if n not in ("other", "elsewhere")
    }
    assert [a.get("aria-current") for a in links].count("true") == 1
    text = page[page.index("<details") :]
    assert text.index("Hội đàm thử") < text.index("Tặng học bổng thử")
    nasty = make("party", "<b>&\"' Tên")
    assert "<b>&" not in client.get(f"/desk/r/{nasty.pk}/chain/").content.decode()


def test_titles_are_wrapped_in_two_lines():
    assert wrap("tỉnh Thử") == ["tỉnh Thử"]
    lines = wrap("Thỏa thuận hợp tác hữu nghị giai đoạn từ năm 2021 đến năm 2026 và các năm sau")
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(breadth(line) <= 140 for line in [*lines, *wrap("x" * 300), *wrap("영주시" * 30)])
    assert wrap("") == []
