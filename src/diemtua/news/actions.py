"""Writes of the newsroom beside what Wagtail's editor saves."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from diemtua.register import access
from diemtua.register.models import User
from diemtua.sources.actions import AlreadyThere, create_document, read_text
from diemtua.sources.models import Document

from .models import ArticlePage, NewsIndexPage


@transaction.atomic
def found_newsroom(*, parent: Page, title: str) -> NewsIndexPage:
    """The newsroom under a home page, made when it is not there: the translation of those under the other home pages."""
    found = NewsIndexPage.objects.child_of(parent).first()
    if found is None:
        found = NewsIndexPage(title=title, slug="news" if parent.locale.language_code != "vi" else "tin-tuc")
        found.locale, found.show_in_menus = parent.locale, True
        for home in parent.get_translations():
            if (other := NewsIndexPage.objects.child_of(home).first()) is not None:
                found.translation_key = other.translation_key
        parent.add_child(instance=found)
    return found


@transaction.atomic
def send_to_reader(*, actor: User | None, article: ArticlePage, address: str) -> Document:
    """Take a published article in as a document of the facts desk: its text, address, day and section.

    The document that stands there already when the same text was sent before. Raises PermissionDenied,
    and ValidationError when the article is not published or has no text.
    """
    access.require(access.may_create(actor))
    if not article.live:
        raise ValidationError(_("The article is not published yet. Publish it first, then send it to the reader."))
    text = "\n\n".join(part for part in (article.title, article.lead, article.plain_text()) if part)
    if not (article.lead or article.plain_text()):
        raise ValidationError(_("The article has no text that could be read."))
    fields = {
        "title": article.title[:500],
        "url": address,
        "form": "article",
        "issuer": article.source_name,
        "published": article.published_day.isoformat(),
        "access": "internal" if article.get_view_restrictions().exists() else "public",
    }
    try:
        return create_document(actor=actor, fields=fields, content=read_text(text))
    except AlreadyThere as there:
        return there.document
