"""Search, completion, duplicates and saved views through their public doors."""

import pytest
from django.db import connection
from django.urls import reverse

from diemtua.register import search, vocabulary
from diemtua.register.models import Change, OrgUnit, SavedView, User
from diemtua.register.write import archive, create, update

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_vocabulary():
    vocabulary.forget_cache()
    yield
    vocabulary.forget_cache()


def person(name, role="officer", unit=None):
    return User.objects.create(username=name, name=f"Cán bộ {name}", role=role, unit=unit)


@pytest.fixture
def unit():
    return OrgUnit.objects.create(name="Phòng Thử nghiệm")


@pytest.fixture
def officer(unit):
    return person("thu", unit=unit)


def party(title, **fields):
    names = [{"text": n} for n in fields.pop("names", ())]
    return create("party", actor=None, fields={"title": title, "kind": "locality", **fields}, children={"names": names})


def instrument(title, **fields):
    parties = [{"party": p} for p in fields.pop("parties", ())]
    return create(
        "instrument",
        actor=None,
        fields={"title": title, "nature": "international", **fields},
        children={"parties": parties},
    )


def titles(user, text, **options):
    return [h.record.title for h in search.search(user, text, **options).hits]


def test_finds_without_accents_and_ranks_written_accents_first(officer):
    party("Tỉnh Hòa Bình")
    party("Tỉnh Hoa Bính")
    assert set(titles(officer, "hoa binh")) == {"Tỉnh Hòa Bình", "Tỉnh Hoa Bính"}
    assert titles(officer, "Hoà Bình")[0] == "Tỉnh Hòa Bình"  # the tone's place does not matter
    assert titles(officer, "hoa bính")[0] == "Tỉnh Hoa Bính"


def test_d_with_stroke(officer):
    party("Đà Nẵng")
    for typed in ("da nang", "Đà Nẵng", "ĐÀ NẴNG", "Ða Nẵng"):
        assert titles(officer, typed) == ["Đà Nẵng"], typed


def test_only_the_last_word_is_a_prefix(officer):
    party("Thành phố Yeongju")
    assert titles(officer, "thành phố yeo") == ["Thành phố Yeongju"]
    assert titles(officer, "yeo thành") == []


def test_every_word_must_occur(officer):
    party("Thành phố Yeongju")
    assert titles(officer, "yeongju hải phòng") == []


@pytest.mark.parametrize("typed", ["22-NQ/TW", "22 NQ TW", "22nqtw", "22-nq/t", "22–NQ/TW", "nghị quyết 22-NQ/TW"])
def test_document_numbers_with_and_without_punctuation(officer, typed):
    instrument("Nghị quyết về hội nhập quốc tế", number="22-NQ/TW", nature="directive")
    instrument("Nghị quyết về chuyện khác", number="23-NQ/TW", nature="directive")
    assert titles(officer, typed) == ["Nghị quyết về hội nhập quốc tế"]


def test_titles_stand_above_text_and_phrases_above_scattered_words(officer):
    instrument("Văn kiện thứ nhất", summary="cảng biển nước sâu")
    instrument("Biển hồ và bến cảng")
    instrument("Phát triển cảng biển")
    assert titles(officer, "cảng biển") == ["Phát triển cảng biển", "Biển hồ và bến cảng", "Văn kiện thứ nhất"]


def test_a_rare_exact_title_of_common_words_comes_first(officer):
    instrument("Hợp tác đầu tư")
    for n in range(search.RANKED + 20):
        instrument(f"Đầu tư và hợp tác lần thứ {n}")
    assert titles(officer, "hợp tác đầu tư", limit=5)[0] == "Hợp tác đầu tư"


def test_other_names_are_found_and_shown(officer):
    party("Tỉnh Sơn Tây", names=["Shanxi"])
    party("Thị xã Shanxi giả")
    results = search.search(officer, "shanxi")
    assert results.hits[0].record.title == "Tỉnh Sơn Tây"
    assert results.hits[0].aliases == ["Shanxi"]


def test_what_hangs_together_with_a_found_party_is_related(officer):
    yeongju = party("Yeongju")
    instrument("Biên bản ghi nhớ về lao động", parties=[yeongju])
    related = search.search(officer, "yeongju").related
    assert [r.title for r in related] == ["Biên bản ghi nhớ về lao động"]


def test_hidden_records_are_in_no_answer(officer, client):
    other = OrgUnit.objects.create(name="Phòng Khác")
    yeongju = party("Yeongju")
    secret = instrument("Hồ sơ bímậtxyz của Yeongju", access="unit", unit=other, parties=[yeongju])
    results = search.search(officer, "bimatxyz")
    assert (results.hits, results.total, results.counts, results.suggestion) == ([], 0, {}, "")
    assert search.search(officer, "bimatxyy").suggestion == ""
    assert search.search(officer, "yeongju").related == []
    assert search.search(officer, "yeongju").counts == {"party": 1}
    assert search.complete(officer, "hồ sơ bímật") == []
    assert search.similar(officer, "Hồ sơ bímậtxyz của Yeongju", "instrument") == []
    client.force_login(officer)
    for url in (reverse("desk:search"), reverse("desk:palette")):
        assert "bímậtxyz của" not in client.get(url, {"q": "yeongju"}).content.decode()
    assert b"B\xc3\xad" not in client.get(reverse("desk:similar", args=["instrument"]), {"q": str(secret)}).content
    insider = person("trong", unit=other)
    assert titles(insider, "bimatxyz") == [secret.record.title]
    assert titles(insider, "bimatx") == [secret.record.title]  # the unfinished word too


def test_archived_records_only_when_asked(officer):
    record = party("Yeongju")
    archive(record, actor=None, reason="thử")
    assert titles(officer, "yeongju") == []
    assert titles(officer, "yeongju", archived=True) == ["Yeongju"]


def test_the_index_follows_changes(officer):
    record = party("Yeongju")
    update(record, actor=None, fields={"title": "Andong"})
    assert titles(officer, "yeongju") == []
    assert titles(officer, "andong") == ["Andong"]


def test_a_typing_error_is_mended_as_it_is_written(officer):
    party("Thành phố Yeongju")
    results = search.search(officer, "thành phố Yeonjgu")
    assert results.hits == []
    assert results.suggestion == "Thành phố Yeongju"


def test_kinds_and_counts(officer):
    party("Yeongju")
    for n in range(3):
        instrument(f"Văn kiện {n} với Yeongju")
    results = search.search(officer, "yeongju")
    assert (results.total, results.total_is_bounded) == (4, False)
    assert results.counts == {"party": 1, "instrument": 3}
    assert len(titles(officer, "yeongju", kinds=["instrument"])) == 3


def test_more_matches_than_are_counted(officer, monkeypatch):
    monkeypatch.setattr(search, "POOL", 3)
    for n in range(5):
        party(f"Làng Mẫu {n}")
    results = search.search(officer, "làng mẫu")
    assert (results.total, results.total_is_bounded) == (3, True)


HOSTILE = [
    "'",
    '"',
    "*",
    "^",
    ":",
    "()",
    "NEAR",
    "NEAR(a b)",
    "AND",
    "OR NOT",
    "a AND",
    "{title_key}: x",
    "\x00",
    "a\x00b",
    "\\",
    "' OR 1=1 --",
    "%",
    "_",
    "x" * 10_000,
    "từ " * 5_000,
    "\ud800",
    "<script>alert(1)</script>",
    "a & b | !c",
    "':*'",
    "ສະບາຍດີ",
    "한국 영주",
    "12345678901234567890",
    "-",
    "a-b-c-d-1-2-3",
    "\u202eabc",
    "🙂",
    "a:b*",
    "\\'\\",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_input_is_only_text(officer, client, typed):
    party("Yeongju")
    search.search(officer, typed)
    search.complete(officer, typed, kinds=["party"])
    search.similar(officer, typed, "party")
    search.suggest(officer, typed)
    client.force_login(officer)
    sent = typed.encode("utf-8", "replace").decode()
    for url in (
        reverse("desk:search"),
        reverse("desk:palette"),
        reverse("desk:similar", args=["party"]),
        reverse("desk:list", args=["parties"]),
        reverse("desk:lookup", args=["party"]),
    ):
        answer = client.get(url, {"q": sent})
        assert answer.status_code == 200, url
        assert "<script>alert" not in answer.content.decode()


def test_other_scripts_are_words(officer):
    party("ສະບາຍດີ 영주시")
    assert titles(officer, "영주") == ["ສະບາຍດີ 영주시"]
    assert titles(officer, "ສະບາຍດີ") == ["ສະບາຍດີ 영주시"]


# --- completion, duplicates, registers -----------------------------------------------------------------


def test_completion_puts_names_first(officer):
    party("Công ty Yeongju Mẫu")
    party("Yeongju")
    party("Andong", names=["Yeongju cũ"])
    instrument("Văn kiện Yeongju")
    found = [r.title for r in search.complete(officer, "yeong", kinds=["party"])]
    assert found[0] == "Yeongju"
    assert set(found) == {"Yeongju", "Công ty Yeongju Mẫu", "Andong"}
    assert search.complete(officer, "", kinds=["party"])[0].title == "Andong"
    assert search.complete(officer, "yeong", kinds=["nothing"]) == []


def test_completion_finds_an_old_partner_that_many_newer_records_name(officer):
    party("Tỉnh Mẫu Sơn")
    for n in range(30):
        instrument(f"Chương trình hợp tác thứ {n} của tỉnh Mẫu Sơn")
    assert search.complete(officer, "mẫu", limit=8)[0].title == "Tỉnh Mẫu Sơn"


def test_completion_falls_back_to_text(officer):
    party("Công ty Mẫu", tax_code="0100109106")
    assert [r.title for r in search.complete(officer, "0100109106", kinds=["party"])] == ["Công ty Mẫu"]


def test_similar_names_while_typing(officer):
    party("Thành phố Yeongju", names=["Yeongju City"])
    for typed in ("thanh pho yeongju", "Thành phố Yeongjuu", "Thành phố  YEONGJU ", "yeongju city", "Thành phô Yongju"):
        assert [r.title for r in search.similar(officer, typed, "party")] == ["Thành phố Yeongju"], typed
    for typed in ("Thành phố Andong", "tha", ""):
        assert search.similar(officer, typed, "party") == [], typed


def test_a_register_is_narrowed_few_and_many_alike(officer, client, monkeypatch):
    for n in range(8):
        instrument(f"Hợp tác {n}", summary="chung")
    instrument("Đối tác lạ")
    client.force_login(officer)

    def shown(q):
        return client.get(reverse("desk:list", args=["instruments"]), {"q": q}).context["count"]

    small = [shown(q) for q in ("hợp tác", "hop ta", "hop chung", "doi tac la", "xyz", "'")]
    monkeypatch.setattr(search, "FEW", 2)
    assert small == [8, 8, 8, 1, 0, 0]
    assert [shown(q) for q in ("hợp tác", "hop ta", "hop chung", "doi tac la", "xyz", "'")] == small


# --- pages ----------------------------------------------------------------------------------------------


def test_the_page_marks_words_as_written_and_escapes(officer, client):
    party("Tỉnh <b>Hòa</b> Bình", description="Nằm ở miền núi & có hồ thủy điện lớn")
    client.force_login(officer)
    page = client.get(reverse("desk:search"), {"q": "hoa thuy dien"}).content.decode()
    assert "&lt;b&gt;<mark>Hòa</mark>&lt;/b&gt;" in page
    assert "<mark>thủy</mark> <mark>điện</mark>" in page
    assert "miền núi &amp; có hồ" in page


def test_states_of_the_page(officer, client):
    client.force_login(officer)
    party("Thành phố Yeongju")
    for q in ("", "!!!", "yeonjgu", "yeongju", "khongcogi"):
        for kind in ("", "party", "nothing"):
            assert client.get(reverse("desk:search"), {"q": q, "kind": kind, "archived": "yes"}).status_code == 200
    page = client.get(reverse("desk:search"), {"q": "yeonjgu"}).content.decode()
    assert "q=Yeongju" in page


def test_palette_items_are_options(officer, client):
    client.force_login(officer)
    party("Yeongju")
    page = client.get(reverse("desk:palette"), {"q": "yeo"}).content.decode()
    assert 'role="option"' in page
    assert "<mark>Yeongju</mark>" in page
    update(party("Andong"), actor=officer, fields={"description": "mới"})
    assert "Andong" in client.get(reverse("desk:palette"), {"q": ""}).content.decode()


def test_finding_is_for_those_signed_in(client):
    for url in (reverse("desk:search"), reverse("desk:palette"), reverse("desk:similar", args=["party"])):
        assert client.get(url).status_code == 302


def test_saved_views(officer, client):
    client.force_login(officer)
    url = reverse("desk:view_save", args=["parties"])
    assert client.get(url + "?kind=locality&page=3").context["query"] == "kind=locality"
    answer = client.post(url, {"name": " Địa phương ", "query": "kind=locality&page=3"})
    assert answer.url == reverse("desk:list", args=["parties"]) + "?kind=locality"
    view = SavedView.objects.get()
    assert (view.name, view.query, view.shared, view.user) == ("Địa phương", "kind=locality", False, officer)
    assert Change.objects.get(subject=f"view:{view.pk}").actor == officer
    client.post(url, {"name": "Địa phương", "query": "kind=agency"})
    assert SavedView.objects.get().query == "kind=agency"
    assert "Địa phương" in client.get(reverse("desk:list", args=["parties"])).content.decode()
    assert client.post(url, {"name": "", "query": ""}).status_code == 422
    assert client.post(url, {"name": "x" * 81, "query": ""}).status_code == 422
    assert client.post(url, {"name": "x", "query": "q=" + "y" * 9000}).status_code in (302, 422)
    assert client.get(reverse("desk:view_save", args=["nothing"])).status_code == 404


def test_only_leads_share_views(officer, client):
    url = reverse("desk:view_save", args=["parties"])
    client.force_login(officer)
    assert client.post(url, {"name": "Chung", "query": "", "shared": "on"}).status_code == 403
    assert not SavedView.objects.exists()
    lead = person("truong", "lead")
    client.force_login(lead)
    client.post(url, {"name": "Chung", "query": "", "shared": "on"})
    view = SavedView.objects.get()
    client.force_login(officer)
    assert "Chung" in client.get(reverse("desk:list", args=["parties"])).content.decode()
    delete = reverse("desk:view_delete", args=["parties", view.pk])
    client.post(delete)
    assert SavedView.objects.exists()  # it is not theirs
    client.force_login(lead)
    client.post(delete)
    assert not SavedView.objects.exists()


def test_somebody_elses_own_view_does_not_exist(officer, client):
    view = SavedView.objects.create(user=person("khac"), kind="party", name="Riêng", query="")
    client.force_login(officer)
    assert client.post(reverse("desk:view_delete", args=["parties", view.pk])).status_code == 404


def test_the_index_agrees_with_the_records(officer):
    """Every record is in the index once: what SQLite's own check would say of a table with its content."""
    record = party("Yeongju")
    update(record, actor=None, fields={"title": "Yeongju mới", "description": "bằng tiếng Hàn"})
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM register_search WHERE register_search MATCH 'yeongju'")
            assert cursor.fetchone() == (1,)
            cursor.execute("INSERT INTO register_search(register_search) VALUES ('integrity-check')")
    assert titles(officer, "yeongju moi han") == ["Yeongju mới"]
