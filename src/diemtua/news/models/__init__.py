"""Pages of the newsroom, and how often they were read."""

from .articles import ArticlePage, ArticleTag, Correction, RelatedRecord
from .counts import ViewCount, ViewMark, ViewSalt
from .sections import NewsIndexPage, SectionPage

__all__ = [
    "ArticlePage",
    "ArticleTag",
    "Correction",
    "NewsIndexPage",
    "RelatedRecord",
    "SectionPage",
    "ViewCount",
    "ViewMark",
    "ViewSalt",
]
