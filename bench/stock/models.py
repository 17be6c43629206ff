"""One page with a rich text, as the tutorial of Wagtail has it."""

from wagtail.fields import RichTextField
from wagtail.models import Page


class StockPage(Page):
    body = RichTextField(blank=True)
    template = "stock/page.html"
