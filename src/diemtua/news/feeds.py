"""RSS and Atom of the newsroom and of each section: the newest articles, lead only."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed

from .models import ArticlePage

ITEMS = 30


class RssFeed(Feed):
    feed_type: type[SyndicationFeed] = Rss201rev2Feed

    def get_object(self, request: HttpRequest, page: Any) -> Any:  # type: ignore[override]
        self.request = request
        return page

    def title(self, page: Any) -> str:
        return page.title

    def link(self, page: Any) -> str:
        return page.get_full_url(self.request) or "/"

    def description(self, page: Any) -> str:
        return page.intro or page.title

    subtitle = description

    def language(self, page: Any) -> str:  # type: ignore[override]
        return page.locale.language_code

    def items(self, page: Any) -> list[ArticlePage]:
        return list(ArticlePage.objects.under(page).newest_first().for_list()[:ITEMS])

    def item_title(self, item: ArticlePage) -> str:  # type: ignore[override]
        return item.title

    def item_description(self, item: ArticlePage) -> str:  # type: ignore[override]
        return item.lead

    def item_link(self, item: ArticlePage) -> str:  # type: ignore[override]
        return item.get_full_url(self.request) or "/"

    def item_pubdate(self, item: ArticlePage) -> datetime.datetime:
        return item.published_at

    def item_updateddate(self, item: ArticlePage) -> datetime.datetime:
        return item.changed_at

    def item_author_name(self, item: ArticlePage) -> str | None:
        return item.author or None


class AtomFeed(RssFeed):
    feed_type = Atom1Feed
