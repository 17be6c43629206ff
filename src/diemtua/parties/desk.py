"""The registers of parties and of people."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diemtua.places.queries import shown_name, today
from diemtua.register import merging
from diemtua.register.access import may_see
from diemtua.register.desk import services
from diemtua.register.desk.display import badge
from diemtua.register.models import User
from diemtua.register.prepared import ask
from diemtua.register.screens import ChildSet, Screen, Section, register

from . import actions
from .models import Contact, Party, Person, Post
from .queries import heir_of, heirs_in_row, successors_of

SILENT_DAYS = 365


@register
class PartyScreen(Screen):
    kind = "party"
    model = Party
    slug = "parties"
    icon = "building-community"
    stage = "partner"
    sections = (
        Section(
            _("About"), ("title", "kind", "is_partner", "is_own", "country", "place", "site", "sector", "description")
        ),
        Section(_("Through time"), ("relation_since", "parent", "ended", "ended_basis", "successor")),
        Section(_("Contact"), ("address", "website", "email", "phone", "tax_code", "desk_officer")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    columns = ("title", "kind", "country", "is_partner", "last_contact", "confidence")
    filters = (
        "kind",
        "country",
        "is_partner",
        "is_own",
        "silent",
        "desk_officer",
        "confidence",
        "access",
        "unit",
        "tags",
    )
    labels = {"silent": _("silent")}
    orderings = {
        "title": ("record__sort_key", "pk"),
        "silent": ("last_contact", "record"),
        "entered": ("-pk",),
    }
    children = (
        ChildSet(
            "contacts",
            Contact,
            ("label", "officer", "sector", "phone", "email", "language", "public", "note"),
            _("contacts"),
            columns=("label", "officer", "sector", "phone", "email", "language", "public"),
        ),
    )
    import_names = {
        "title": (
            "tên",
            "tên đối tác",
            "tên doanh nghiệp",
            "tên công ty",
            "tên đơn vị",
            "tên cơ quan",
            "tên tổ chức",
            "name",
        ),
        "kind": ("loại hình", "loại đối tác", "type"),
        "country": ("nước", "quốc tịch"),
        "place": ("địa phương", "địa bàn"),
        "site": ("khu công nghiệp", "kcn", "khu, cụm công nghiệp"),
        "sector": ("ngành nghề", "lĩnh vực"),
        "tax_code": ("mã số thuế", "mst", "mã số doanh nghiệp"),
        "relation_since": ("từ năm", "năm thiết lập quan hệ", "quan hệ từ năm"),
        "phone": ("số điện thoại", "sđt", "điện thoại"),
        "description": ("mô tả", "ghi chú"),
    }
    search_fields = ("sector", "tax_code", "address", "description", "website", "email")
    measures = ("population", "area", "gdp")

    def subtitle(self, instance: Party) -> str:
        parts = [instance.get_kind_display()]
        if instance.country_id:
            parts.append(str(instance.country))
        return " · ".join(parts)

    def cell_title(self, instance: Party, user: User) -> Any:
        """The name, and beneath it what the party or its place is today; from what `for_list` fetched."""
        record = instance.record
        now: Any = ""
        heirs = heirs_in_row(instance.place) if instance.kind == Party.Kind.LOCALITY else []
        names = [shown_name(u) for u in heirs[:3]]
        if names and instance.place is not None and names != [shown_name(instance.place)]:
            now = ", ".join(names)
        elif instance.successor is not None and may_see(user, instance.successor.record):
            now = format_html(
                '<a class="dt-quiet" href="{}">{}</a>',
                instance.successor.get_absolute_url(),
                instance.successor.record.title,
            )
        below = format_html('<div class="small text-secondary">{} {}</div>', gettext("now"), now) if now else ""
        archived = badge("archived", gettext("archived")) if record.archived_at else ""
        return format_html(
            '<div><a class="dt-title" href="{}">{}</a> {}{}</div>',
            record.get_absolute_url(),
            record.title,
            archived,
            below,
        )

    def filter_silent(self, label: Any) -> django_filters.Filter:
        def silent(queryset: Any, _name: str, value: str) -> Any:
            return queryset.silent_since(today() - datetime.timedelta(days=SILENT_DAYS))

        return django_filters.ChoiceFilter(
            method=silent, label=label, choices=[("year", _("Partners silent for a year"))]
        )


@register
class PersonScreen(Screen):
    kind = "person"
    model = Person
    slug = "people"
    icon = "user"
    stage = "partner"
    in_chain = False  # people stand beside what names them, and nowhere further
    sections = (
        Section(_("About"), ("title", "party", "languages", "email", "phone", "note")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    labels = {"title": _("full name")}
    columns = ("title", "party", "posts_now", "confidence")
    filters = ("party", "confidence", "access", "unit", "tags")
    children = (ChildSet("posts", Post, ("title", "rank", "party", "start", "end"), _("posts")),)
    drawn = ("posts",)
    import_names = {
        "title": ("họ tên", "họ và tên", "tên"),
        "party": ("cơ quan", "đơn vị", "nơi công tác"),
        "phone": ("số điện thoại", "sđt", "điện thoại"),
        "posts": ("chức vụ", "chức danh"),
        "note": ("ghi chú",),
    }
    search_fields = ("note",)

    def label(self, name: str) -> Any:
        return _("post") if name == "posts_now" else super().label(name)

    def cell_posts_now(self, instance: Person, user: User) -> Any:
        """The posts that have not ended."""
        posts = [p for p in instance.posts.all() if p.end is None or p.end.last >= today()]
        return format_html_join(", ", "{}", ((p.title,) for p in posts[:2]))


# --- parts of record pages ------------------------------------------------------------------------


def succession_panel(party: Any, user: User) -> Mapping[str, Any] | None:
    """What the locality has become, and the parties that followed this one. Nothing where it still stands."""
    heir = heir_of(party.place) if party.kind == Party.Kind.LOCALITY else None
    chain = successors_of(party, user) if party.successor_id else []
    names = [(u, shown_name(u)) for u in heir.units] if heir else []
    if heir is not None and not chain and [n for _unit, n in names] == [shown_name(party.place)]:
        heir = None  # Hải Phòng grew and is still Hải Phòng: news only where another record took its place
    if heir is None and not chain:
        return None
    return {
        "first": True,
        "heir": heir,
        "names": names,
        "last": chain[-1] if chain else None,
        "party": party,
        "steps": chain if heir is None or len(chain) > 1 else [],
    }


def _posts_of(person: int) -> QuerySet:
    return Post.objects.filter(person_id=person).select_related("party__record").defer("party__record__search_text")


def posts_panel(person: Any, user: User) -> Mapping[str, Any] | None:
    """The posts of a person through time, latest first, as a line of life."""
    posts = [p for p in ask("posts", _posts_of, person.pk) if p.party is None or may_see(user, p.party.record)]
    if not posts:
        return None
    far = datetime.date.max
    posts.sort(
        key=lambda p: (p.end.last if p.end else far, p.start.first if p.start else datetime.date.min), reverse=True
    )
    return {"posts": posts, "today": today()}


services.add_panel("party", "parties/succession.html", succession_panel)
services.add_panel("person", "parties/posts.html", posts_panel)
services.use_actions(
    "party",
    create=services.spread(actions.create_party),
    update=services.spread(actions.update_party),
    create_many=services.in_bulk("party"),
)
services.use_actions(
    "person",
    create=services.spread(actions.create_person),
    update=services.spread(actions.update_person),
    create_many=services.in_bulk("person"),
)

merging.declare(
    "parties.Party.site",
    "parties.Contact.party",
    "parties.Post.person",
    "parties.Post.party",
    "parties.Person.party",
    "parties.Party.parent",
    "parties.Party.successor",
)
