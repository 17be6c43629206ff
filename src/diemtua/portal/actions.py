"""Writes of the portal: the first pages of a new site, and the seat of a person in Wagtail."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site
from wagtail.users.models import UserProfile

from diemtua.news.actions import found_newsroom
from diemtua.register.models import Role, User

from . import site
from .models import HomePage

# Wagtail makes these two groups itself: editors write and hand in, moderators also publish.
SEATS = {Role.OFFICER: "Editors", Role.LEAD: "Moderators", Role.ADMINISTRATOR: "Moderators"}


def take_seat(*, user: User) -> None:
    """Bring a person's groups and language in Wagtail to what role and account say; nothing when they are so."""
    wanted = SEATS.get(Role(user.role))
    groups = dict(user.groups.filter(name__in=set(SEATS.values())).values_list("name", "pk"))
    profile = UserProfile.objects.filter(user=user).first()
    if set(groups) == {wanted} - {None} and profile and profile.preferred_language == user.language:
        return
    with transaction.atomic():
        user.groups.remove(*[pk for name, pk in groups.items() if name != wanted])
        if wanted and wanted not in groups:
            user.groups.add(Group.objects.get(name=wanted))
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": user.language})
    for kept in ("_perm_cache", "_group_perm_cache", "_user_perm_cache"):
        user.__dict__.pop(kept, None)


@transaction.atomic
def found_site(*, name: str) -> HomePage:
    """The home page in Vietnamese and English with a newsroom beneath; those that are there are left alone."""
    for code, _name in settings.LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    vietnamese = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    home = HomePage.objects.filter(locale=vietnamese).first()
    if home is None:
        root = Page.get_first_root_node()
        # The page "Welcome to your new Wagtail site!" that comes with Wagtail.
        Page.objects.filter(depth=2, content_type=ContentType.objects.get_for_model(Page)).delete()
        root.refresh_from_db()
        home = HomePage(title=name, slug="home", locale=vietnamese)
        root.add_child(instance=home)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": name},
    )
    english = Locale.objects.get(language_code="en")
    if not home.has_translation(english):
        other = home.copy_for_translation(english)
        other.slug = "home-en"
        other.save_revision().publish()
    # Who writes also hands pages to translation; who publishes also says where old addresses lead.
    groups = {group.name: group for group in Group.objects.filter(name__in=set(SEATS.values()))}
    for group in groups.values():
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label="wagtail_localize", codename="submit_translation")
        )
    if publishing := groups.get(SEATS[Role.LEAD]):
        publishing.permissions.add(*Permission.objects.filter(content_type__app_label="wagtailredirects"))
    for page in HomePage.objects.filter(locale__language_code__in=("vi", "en")):
        with translation.override(page.locale.language_code):
            found_newsroom(parent=page, title=_("News"))
    site.forget()
    return home
