"""What an article may hold, and when it may be dated. No models."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What the editor offers; Wagtail keeps nothing else of what is pasted or sent.
FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "superscript", "subscript", "hr"]
EARLIEST = datetime.datetime(1945, 9, 2, tzinfo=datetime.UTC)
LATEST_AHEAD = datetime.timedelta(days=0)
CLOCKS_DIFFER = datetime.timedelta(minutes=10)


def check_day(
    published: datetime.datetime | None, *, now: datetime.datetime, goes_live: datetime.datetime | None
) -> None:
    """Raise ValidationError when an article is dated later than it appears, or before there was a newspaper.

    `goes_live` is when it is to be published by itself; None when at once.
    """
    if published is None:
        return
    if published < EARLIEST:
        raise ValidationError(_("This day is too long ago. Write the day and hour of publication."))
    if published > max(now, goes_live or now) + CLOCKS_DIFFER:
        raise ValidationError(
            _(
                "This day has not come yet. To have the article appear by itself later, "
                "set the day and hour under “Schedule publishing” as well."
            )
        )
