"""Pages of news: which part is the title, the lead, the author, the body. Pure functions over text and HTML."""

from .article import asks_for_login, page_of_html
from .model import VIETNAM_TIME, Page
from .plain import page_of_text

__all__ = ["VIETNAM_TIME", "Page", "asks_for_login", "page_of_html", "page_of_text"]
