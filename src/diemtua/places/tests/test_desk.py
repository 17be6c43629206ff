"""The pages of this room."""

import pytest
from django.urls import reverse

from diemtua.places.models import AdminUnit

pytestmark = pytest.mark.usefixtures("places")
LIST = "/desk/places/"


@pytest.fixture
def sign_in(client, people):
    def make(role: str = "officer"):
        client.force_login(people(role))
        return client

    return make


def unit(ref: str) -> AdminUnit:
    return AdminUnit.objects.get(ref=ref)


def test_every_page_wants_a_sign_in(client):
    thai_binh = unit("VN:province:34")
    for url in (LIST, thai_binh.get_absolute_url(), reverse("places:foreign-add")):
        assert client.get(url).status_code == 302
    assert client.post(reverse("places:alias-add", args=[thai_binh.pk])).status_code == 302


def test_a_search_shows_the_place_of_the_day_and_what_it_is_now(sign_in, django_assert_max_num_queries):
    client = sign_in()
    with django_assert_max_num_queries(12):
        page = client.get(LIST, {"q": "Thái Bình", "on": "18/07/2023"}).content.decode()
    assert unit("VN:province:34").get_absolute_url() in page
    assert unit("VN:province:33@2025-07-01").get_absolute_url() in page


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"on": "31/02/2023"},
        {"on": "x"},
        {"q": "<script>alert(1)</script>"},
        {"q": "\x00"},
        {"q": "a" * 5000},
        {"q": "Sơn Tây"},
        {"country": "CN"},
        {"country": "zz"},
        {"level": "no"},
        {"page": "99"},
        {"page": "-1"},
        {"q": "Tân Phú", "page": "2"},
        {"on": "2023"},
    ],
)
def test_odd_questions_get_a_page(sign_in, query, django_assert_max_num_queries):
    client = sign_in("viewer")
    with django_assert_max_num_queries(12):
        response = client.get(LIST, query)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize(
    "ref",
    [
        "VN:province:34",
        "VN:province:33@2025-07-01",
        "VN:province:01",
        "VN:district:341",
        "VN:commune:12832",
        "CN:province:CN-SX",
        "KR:district:KR-47-YEONGJU",
        "VN:province:75@2025-07-01",
    ],
)
def test_the_page_of_a_unit(sign_in, ref, django_assert_max_num_queries):
    client = sign_in()
    one = unit(ref)
    with django_assert_max_num_queries(15):
        response = client.get(one.get_absolute_url())
    assert response.status_code == 200
    page = response.content.decode()
    assert one.full_name in page
    assert ("<figure" in page) == hasattr(one, "outline")


def test_no_such_unit(sign_in):
    assert sign_in().get(reverse("places:unit", args=[999_999_999])).status_code == 404


def test_adding_a_name(sign_in):
    client = sign_in()
    one = unit("KR:district:KR-47-YEONGJU")
    url = reverse("places:alias-add", args=[one.pk])
    assert client.post(url, {"text": "Vinh Châu", "language": "vi"}).status_code == 302
    assert one.aliases.filter(text="Vinh Châu").exists()
    again = client.post(url, {"text": "Vinh Châu", "language": "vi"})
    assert again.status_code == 422
    assert again.content.decode().count('value="Vinh Châu"') == 1
    assert client.get(url).status_code == 405


def test_adding_a_locality(sign_in):
    client = sign_in()
    url = reverse("places:foreign-add")
    assert client.get(url, {"name": "X"}).status_code == 200
    typed = {
        "country": "KR",
        "level": "district",
        "kind": "thành phố",
        "name": "Andong",
        "parent_name": "Gyeongbuk",
        "aliases": "안동 | ko\n\nAn Đông",
    }
    assert client.post(url, typed).status_code == 302
    made = AdminUnit.objects.get(name="Andong")
    assert made.parent.ref == "KR:province:KR-47"
    assert set(made.aliases.values_list("text", "language")) == {("안동", "ko"), ("An Đông", "")}
    for wrong in (
        {},
        {"parent_name": "Shanxi", "name": "Khác"},
        {"name": ""},
        {"country": "VN"},
        {"level": "province", "name": "Mới"},
    ):
        response = client.post(url, {**typed, **wrong})
        assert response.status_code == 422, wrong
        assert b"invalid-feedback" in response.content


def test_viewers_read_and_do_not_write(sign_in):
    client = sign_in("viewer")
    one = unit("VN:province:34")
    assert client.get(reverse("places:foreign-add")).status_code == 403
    assert client.post(reverse("places:alias-add", args=[one.pk]), {"text": "x"}).status_code == 403
    assert reverse("places:alias-add", args=[one.pk]) not in client.get(one.get_absolute_url()).content.decode()
