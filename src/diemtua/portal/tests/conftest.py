"""The newsroom's site and articles, for tests of the pages around them."""

from diemtua.news.tests.conftest import article, newsroom, section

__all__ = ["article", "newsroom", "section"]
