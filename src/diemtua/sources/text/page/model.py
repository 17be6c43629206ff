"""What a page of news says, part by part."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

VIETNAM_TIME = datetime.timezone(datetime.timedelta(hours=7), "GMT+7")


@dataclass(frozen=True)
class Page:
    """The parts of a news page; what was not found is empty or None. All texts are NFC, one line a paragraph."""

    title: str = ""
    published_on: datetime.date | None = None  # in Vietnam
    published_at: datetime.datetime | None = None  # with the zone GMT+7; None when only the day is known
    seen_on: datetime.date | None = None  # the clock at the head of a page: when it was called up, not published
    lead: str = ""  # the paragraph in bold below the title ("sapo")
    captions: tuple[str, ...] = ()
    body: str = ""  # paragraphs with an empty line between them, without lead and captions
    byline: str = ""
    place: str = ""  # where the author writes from: "(Thành phố Thái Bình)"
    views: int | None = None
    section: str = ""
    related: tuple[str, ...] = ()  # titles of other articles the page points to
    site: str = ""  # name of the newspaper
    address: str = ""  # the page's own address, as it says
    text: str = ""  # of an HTML page: title, lead, captions and body in their order, to be stored and quoted

    @property
    def is_news(self) -> bool:
        """Whether something marks it as a page of news, beyond a heading and paragraphs."""
        return bool(self.title and (self.published_on or self.views is not None or self.byline))
