"""A stock Wagtail site with one page, as `wagtail start` makes it, and a WSGI application that says hello."""
