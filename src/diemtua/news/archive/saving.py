"""Articles of an archive put into the newsroom, all or none."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from taggit.models import Tag
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site
from wagtail.search.backends import get_search_backend

from diemtua.kit.text import fold, slug
from diemtua.register import access
from diemtua.register.database import refresh_statistics
from diemtua.register.models import User

from ..models import ArticlePage, ArticleTag, NewsIndexPage, SectionPage, ViewCount
from ..models.articles import searchable
from .reading import Item

PART = 500
MUCH = 500  # so many new articles change what the planner should know


@dataclass
class Saved:
    """How many articles came in, and how many stood there already (same section, title and moment)."""

    made: int = 0
    there: int = 0
    sections: int = 0


@transaction.atomic
def import_archive(
    items: Iterable[Item],
    *,
    actor: User | None,
    newsroom: NewsIndexPage,
    section: str,
    progress: Callable[[int], None] = lambda done: None,
) -> Saved:
    """Save articles as published, with their days, counts, tags and old addresses; those that are there stay.

    `section` takes articles that name none. Raises PermissionDenied, ValidationError. All or nothing.
    """
    access.require(access.may_lead(actor))
    saved = Saved()
    homes = _sections(newsroom, saved)
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(fold(item.section or section), []).append(item)
    for key, group in groups.items():
        home = homes.get(key) or _new_section(newsroom, group[0].section or section, homes, saved)
        _fill(home, group, saved, progress)
    if saved.made >= MUCH:  # else lists go by what was known of an empty newsroom: 200 ms instead of 20
        transaction.on_commit(partial(refresh_statistics, everything=True))
    return saved


def _sections(newsroom: NewsIndexPage, saved: Saved) -> dict[str, SectionPage]:
    return {fold(row.title): row for row in SectionPage.objects.child_of(newsroom)}


def _new_section(newsroom: NewsIndexPage, title: str, homes: dict[str, SectionPage], saved: Saved) -> SectionPage:
    if not title.strip():
        raise ValidationError(_("Name the section for articles that name none."))
    made = SectionPage(title=title, slug=slug(title)[:200], locale=newsroom.locale)
    newsroom.refresh_from_db()
    newsroom.add_child(instance=made)
    homes[fold(title)] = made
    saved.sections += 1
    return made


def _fill(home: SectionPage, items: list[Item], saved: Saved, progress: Callable[[int], None]) -> None:
    """Write pages directly: Wagtail's own way asks the tree some ten times for each page."""
    home = SectionPage.objects.select_for_update().get(pk=home.pk)
    there = set(ArticlePage.objects.filter(section_page=home.pk).values_list("title", "published_at"))
    slugs = set(Page.objects.child_of(home).values_list("slug", flat=True))
    last = home.get_last_child()
    step = int(last.path[-Page.steplen :], 36) if last else 0
    kind = ContentType.objects.get_for_model(ArticlePage)
    now = timezone.now()
    new: list[tuple[Item, ArticlePage]] = []
    for item in items:
        if (item.title, item.published) in there:
            saved.there += 1
            continue
        there.add((item.title, item.published))
        step += 1
        article = ArticlePage(
            path=Page._get_path(home.path, home.depth + 1, step),
            depth=home.depth + 1,
            title=item.title,
            draft_title=item.title,
            slug=_free(slugs, slug(item.title)[:200] or f"{item.published:%Y-%m-%d}"),
            locale=home.locale,
            translation_key=uuid.uuid4(),
            content_type=kind,
            live=True,
            first_published_at=item.published,
            last_published_at=item.published,
            latest_revision_created_at=now,
            lead=item.lead,
            body=json.dumps([{"type": "text", "value": item.html, "id": str(uuid.uuid4())}] if item.html else []),
            author=item.author,
            place=item.place,
            published_at=item.published,
            section_page_id=home.pk,
            language=home.locale.language_code,
            published_day=timezone.localtime(item.published).date(),
        )
        article.url_path = f"{home.url_path}{article.slug}/"
        words = [article.title, article.lead, article.plain_text(), article.author, article.place]
        article.search_text = searchable(words)
        new.append((item, article))
    site = Site.objects.filter(is_default_site=True).first()
    search = get_search_backend()
    names = {field.attname for field in Page._meta.concrete_fields} - {"id"}
    for start in range(0, len(new), PART):
        part = new[start : start + PART]
        bases = [Page(**{name: getattr(article, name) for name in names}) for _item, article in part]
        Page.objects.bulk_create(bases)
        for base, (_item, article) in zip(bases, part, strict=True):
            article.pk = article.page_ptr_id = base.pk
            article.id = base.pk
            article.save_base(raw=True, force_insert=(ArticlePage,))
        _besides(part, site)
        search.add_bulk(ArticlePage, [article for _item, article in part])
        saved.made += len(part)
        progress(saved.made)
    Page.objects.filter(pk=home.pk).update(numchild=Page.objects.child_of(home).count())


def _besides(part: list[tuple[Item, ArticlePage]], site: Site | None) -> None:
    """Counts, tags and old addresses of articles."""
    ViewCount.objects.bulk_create([ViewCount(pk=a.pk, total=item.views) for item, a in part if item.views])
    wanted = {tag for item, _article in part for tag in item.tags}
    tags = {tag.name: tag for tag in Tag.objects.filter(name__in=wanted)}
    for name in sorted(wanted - set(tags)):
        tags[name] = Tag.objects.create(name=name)
    ArticleTag.objects.bulk_create(
        [ArticleTag(tag=tags[name], content_object=a) for item, a in part for name in dict.fromkeys(item.tags)]
    )
    old = {Redirect.normalise_path(item.address)[:255]: a for item, a in part if item.address}
    standing = set(Redirect.objects.filter(old_path__in=old, site=site).values_list("old_path", flat=True))
    Redirect.objects.bulk_create(
        [
            Redirect(old_path=path, site=site, redirect_page_id=a.pk, is_permanent=True)
            for path, a in old.items()
            if path not in standing
        ]
    )


def _free(taken: set[str], wanted: str) -> str:
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found
