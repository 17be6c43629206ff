"""Coming in: one-time links, passwords, the second factor, and the language of a person."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from sesame.utils import get_query_string, get_token

from diemtua.register.models import Change, Role, User

pytestmark = pytest.mark.django_db
LINK = "/account/link/"
SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "ruộng muối thuyền nan"


@pytest.fixture(autouse=True)
def _no_attempts_from_before() -> None:
    cache.clear()


@pytest.fixture
def person() -> User:
    user = User(username="thu.nghiem", name="Người Thử Nghiệm", role=Role.OFFICER)
    user.set_unusable_password()
    user.save()
    return user


def give_password(user: User) -> None:
    user.set_password(PASSWORD)
    user.save()


def code_now(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def give_second_factor(user: User) -> list[str]:
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def press(client: Client, user: User, **more: str) -> Any:
    return client.post(LINK, {"sesame": get_token(user), **more})


# --- one-time links -------------------------------------------------------------------------------


def test_looking_at_a_link_does_not_use_it_up(person: User) -> None:
    link = LINK + get_query_string(person)
    for _preview in range(3):
        client = Client()
        page = client.get(link)
        assert page.status_code == 200
        assert person.name in page.content.decode()
        assert not signed_in(client)
        assert "no-store" in page["Cache-Control"]
    assert Client().head(link).status_code == 200
    answer = press(client, person)
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/"
    assert signed_in(client)


def test_links_are_made_for_this_address(person: User) -> None:
    # The command line and the administrators' page build their links from this name.
    assert reverse("login_link") == LINK


def test_a_used_link_is_dead_for_everybody(person: User) -> None:
    token = get_token(person)
    assert Client().post(LINK, {"sesame": token}).status_code == 302
    for answer in (Client().get(LINK, {"sesame": token}), Client().post(LINK, {"sesame": token})):
        assert answer.status_code == 410
        assert reverse("account_login") in answer.content.decode()


def test_using_one_link_kills_the_others(person: User) -> None:
    older, newer = get_token(person), get_token(person)
    Client().post(LINK, {"sesame": newer})
    assert Client().post(LINK, {"sesame": older}).status_code == 410


def test_an_expired_link_says_so(person: User) -> None:
    token = get_token(person)
    with override_settings(SESAME_MAX_AGE=0):
        answer = Client().get(LINK, {"sesame": token})
        assert answer.status_code == 410
        assert answer.context["expired"]
        client = Client()
        assert client.post(LINK, {"sesame": token}).status_code == 410
        assert not signed_in(client)


@pytest.mark.parametrize("token", ["", "x", "AAAA", "đ", "\x00", "a:b:c", "A" * 5000, "<script>alert(1)</script>"])
def test_a_broken_link_is_told_plainly(person: User, token: str) -> None:
    client = Client()
    for answer in (client.get(LINK, {"sesame": token}), client.post(LINK, {"sesame": token})):
        assert answer.status_code == 410
        assert "<script>alert" not in answer.content.decode()
    assert not signed_in(client)


def test_a_forged_link_does_not_open(person: User) -> None:
    token = get_token(person)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    # The last letter holds spare bits; the middle never does.
    middle = token[:12] + ("A" if token[12] != "A" else "B") + token[13:]
    client = Client()
    client.post(LINK, {"sesame": middle})
    assert not signed_in(client)
    assert forged != token


def test_a_link_of_somebody_switched_off_does_not_open(person: User) -> None:
    token = get_token(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert Client().post(LINK, {"sesame": token}).status_code == 410


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/desk/search/?q=a", "/desk/search/?q=a"),
        ("https://evil.example/", "/desk/"),
        ("//evil.example/", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
    ],
)
def test_next_stays_in_the_house(person: User, asked: str, led: str) -> None:
    assert press(Client(), person, next=asked)["Location"] == led


def test_the_session_changes_and_the_person_before_is_signed_out(person: User) -> None:
    other = User.objects.create_user(username="truoc.do", name="Người Trước Đó")
    client = Client()
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    before = client.session.session_key
    page = client.get(LINK + get_query_string(person)).content.decode()
    assert other.name in page
    press(client, person)
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(person.pk)


def test_who_has_no_password_is_told_that_one_may_be_set(person: User) -> None:
    client = Client()
    press(client, person)
    page = client.get(reverse("account_set_password")).content.decode()
    assert 'role="status"' in page
    assert page.count(reverse("account_set_password")) >= 2
    answer = client.post(reverse("account_set_password"), {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    noted = Change.objects.get(subject=f"user:{person.pk}")
    assert noted.diff == {"password": [None, True]}
    assert noted.actor == person
    assert client.get(reverse("account_change_password")).status_code == 200  # still signed in
    again = Client()
    press(again, person)
    assert 'role="status"' not in again.get(reverse("account_change_password")).content.decode()


def test_a_link_needs_the_forms_own_token(person: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(LINK, {"sesame": get_token(person)})
    assert answer.status_code == 403
    assert "dt-problem" in answer.content.decode()
    assert not signed_in(client)


# --- second factor --------------------------------------------------------------------------------


def test_a_link_does_not_pass_the_second_factor(person: User) -> None:
    give_second_factor(person)
    client = Client()
    answer = press(client, person, next="/desk/search/")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    assert client.get(reverse("account_set_password"))["Location"].startswith("/account/login/")
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert not signed_in(client)
    right = client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert right["Location"] == "/desk/search/"
    assert signed_in(client)


def test_recovery_codes_work_once(person: User) -> None:
    codes = give_second_factor(person)
    for expected in (True, False):
        cache.clear()
        client = Client()
        person.refresh_from_db()
        press(client, person)
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert signed_in(client) is expected


def test_the_second_factor_is_set_up_shown_and_taken_off(person: User) -> None:
    person.email = "thu.nghiem@example.vn"
    person.save()
    give_password(person)
    client = Client()
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.status_code == 302  # asks for the password once more
    page = client.get(answer["Location"])
    assert page.status_code == 200
    answer = client.post(answer["Location"], {"password": PASSWORD})
    assert answer["Location"] == reverse("mfa_activate_totp")
    page = client.get(answer["Location"])
    html = page.content.decode()
    assert "data:image/svg+xml;base64," in html
    secret = page.context["form"].secret
    code = code_now(secret)
    answer = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    assert answer.status_code == 200
    assert Authenticator.objects.filter(user=person).count() == 2
    codes = re.findall(r"<li><code>(\w+)</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode())
    assert len(codes) == 10
    for name in (
        "mfa_index",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
    ):
        assert client.get(reverse(name)).status_code == 200, name
    client.post(reverse("mfa_generate_recovery_codes"))
    fresh = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert codes[0] not in fresh
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=person).exists()


def test_who_came_by_a_link_sees_the_recovery_codes_at_once(person: User) -> None:
    client = Client()
    press(client, person)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = code_now(secret)
    page = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    assert page.redirect_chain == [(reverse("mfa_view_recovery_codes"), 302)]
    assert page.content.decode().count("<li><code>") == 10


# --- passwords ------------------------------------------------------------------------------------


def test_password_sign_in_and_out(person: User) -> None:
    give_password(person)
    client = Client()
    page = client.get(reverse("account_login") + "?next=/desk/search/").content.decode()
    assert 'name="next" value="/desk/search/"' in page
    assert "placeholder" not in page
    wrong = client.post(reverse("account_login"), {"login": person.username, "password": "sai"})
    assert wrong.status_code == 200
    assert 'role="alert"' in wrong.content.decode()
    right = client.post(
        reverse("account_login"), {"login": "Thu.Nghiem", "password": PASSWORD, "next": "/desk/search/"}
    )
    assert right["Location"] == "/desk/search/"
    assert client.get(reverse("account_logout")).status_code == 200
    assert signed_in(client)
    client.post(reverse("account_logout"))
    assert not signed_in(client)


def test_short_and_common_passwords_are_refused(person: User) -> None:
    client = Client()
    press(client, person)
    for bad in ("ngắn", "qwertyuiop123", "thu.nghiem.1234", "người thử nghiệm 1"):
        answer = client.post(reverse("account_set_password"), {"password1": bad, "password2": bad})
        assert answer.status_code == 200
        assert "invalid-feedback" in answer.content.decode()


def test_guessing_is_slowed_down(person: User) -> None:
    give_password(person)
    client = Client()
    for _attempt in range(5):
        client.post(reverse("account_login"), {"login": person.username, "password": "sai"})
    answer = client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert not signed_in(client)
    assert answer.status_code in (200, 429)


def test_too_many_requests_get_our_page() -> None:
    client = Client()
    for _attempt in range(40):
        answer = client.post(reverse("account_login"), {})
    assert answer.status_code == 429
    assert "dt-problem" in answer.content.decode()


def test_a_forgotten_password_leads_to_an_administrator() -> None:
    page = Client().get(reverse("account_reset_password"))
    assert page.status_code == 200
    assert "login-link" in page.content.decode()
    assert Client().post(reverse("account_reset_password"), {"email": "a@example.vn"}).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "confirm-email/abc/",
        "password/reset/key/a-b/",
        "password/reset/done/",
        "login/code/",
        "login/code/confirm/",
        "3rdparty/",
        "2fa/webauthn/",
        "2fa/trust/",
        "",
    ],
)
def test_what_is_not_used_is_not_there(person: User, path: str) -> None:
    client = Client()
    assert client.get(f"/account/{path}").status_code == 404
    press(client, person)
    assert client.get(f"/account/{path}").status_code == 404


def test_no_page_links_to_what_is_not_there() -> None:
    for name in ("account_signup", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


# --- language -------------------------------------------------------------------------------------


def language_of(client: Client, **headers: str) -> str:
    page = client.get(reverse("account_reset_password"), headers=headers)
    found = re.search(r'<html lang="(\w+)"', page.content.decode())
    assert found
    assert page["Content-Language"] == found[1]
    return found[1]


def test_vietnamese_whatever_the_browser_prefers() -> None:
    assert language_of(Client()) == "vi"
    assert language_of(Client(), **{"Accept-Language": "en-GB,en;q=0.9"}) == "vi"


def test_a_strangers_choice_is_kept_in_the_browser() -> None:
    client = Client()
    client.post(reverse("set_language"), {"language": "en", "next": "/account/login/"})
    assert client.cookies["diemtua_language"].value == "en"
    assert language_of(client) == "en"
    client.post(reverse("set_language"), {"language": "xx"})
    assert language_of(client) == "en"
    client.cookies["diemtua_language"] = "zz"
    assert language_of(client) == "vi"


def test_a_persons_choice_is_kept_with_the_account(person: User) -> None:
    client = Client()
    press(client, person)
    client.post(reverse("set_language"), {"language": "en"})
    person.refresh_from_db()
    assert person.language == "en"
    assert Change.objects.get(subject=f"user:{person.pk}").diff == {"language": ["vi", "en"]}
    client.post(reverse("set_language"), {"language": "en"})
    assert Change.objects.filter(subject=f"user:{person.pk}").count() == 1
    elsewhere = Client()
    person.refresh_from_db()
    assert language_of(elsewhere) == "vi"
    press(elsewhere, person)
    assert language_of(elsewhere) == "en"
    elsewhere.cookies["diemtua_language"] = "vi"
    assert language_of(elsewhere) == "en"


def test_reading_does_not_change_the_language(person: User) -> None:
    client = Client()
    press(client, person)
    client.get(reverse("set_language"), {"language": "en"})
    person.refresh_from_db()
    assert person.language == "vi"


def test_last_sign_in_is_remembered(person: User) -> None:
    press(Client(), person)
    person.refresh_from_db()
    assert person.last_login
    assert timezone.now() - person.last_login < timedelta(minutes=1)
