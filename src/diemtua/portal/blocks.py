"""What an edited page is made of: words and pictures, and live parts that read the register when the page is drawn.

A live part holds no fact: only what to look up. What is not public is never in it, and what stops being public leaves.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from diemtua.news.blocks import PictureBlock, QuoteBlock, TableBlock
from diemtua.news.choosing import chooser
from diemtua.news.rules import FEATURES

MOST = 24
RecordBlock: Any = chooser.get_block_class("RecordBlock", module_path="diemtua.portal.blocks")
# Pages of the register to which a button may lead, by the names of their addresses.
DOORS = (
    ("enquire", _("Ask us")),
    ("find", _("Find a plot")),
    ("parks", _("Zones and parks")),
    ("calling", _("Projects seeking investors")),
    ("guide", _("Investor guide")),
    ("incentives", _("Incentives")),
    ("stories", _("Projects that run")),
    ("contact", _("Contact")),
    ("partners", _("Partners in the world")),
    ("markets", _("Export markets")),
    ("datasets", _("Open data")),
)


class _Live(blocks.StructBlock):
    """A part that is looked up. `told(value)` gives what the template shows."""

    heading = blocks.CharBlock(label=_("heading"), max_length=150, required=False)

    def told(self, value: Any) -> dict[str, Any]:
        raise NotImplementedError

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context=parent_context), **self.told(value)}


def _most(first: int) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(label=_("at most"), default=first, min_value=1, max_value=MOST)


class NumbersBlock(_Live):
    """The province in a row of numbers, each leading to the page that lists what was counted."""

    def told(self, value: Any) -> dict[str, Any]:
        from . import facts

        return {"totals": facts.totals()}

    class Meta:
        icon = "order"
        label = _("Numbers of the province (live)")
        group = _("From the register")
        template = "portal/blocks/numbers.html"


class FiguresBlock(_Live):
    """All public figures of one record, each with its day and source."""

    record = RecordBlock(label=_("record"))

    def told(self, value: Any) -> dict[str, Any]:
        from . import facts

        record = value["record"]
        return {"figures": facts.figures(record=record.pk) if record is not None else []}

    class Meta:
        icon = "list-ul"
        label = _("Figures of a record (live)")
        group = _("From the register")
        template = "portal/blocks/figures.html"


class ParksBlock(_Live):
    most = _most(6)

    def told(self, value: Any) -> dict[str, Any]:
        from . import facts

        return {"zones": [z for z in facts.zones() if not z.illustrative][: value["most"]]}

    class Meta:
        icon = "site"
        label = _("Zones and parks (live)")
        group = _("From the register")
        template = "portal/blocks/parks.html"


class ProjectsBlock(_Live):
    which = blocks.ChoiceBlock(
        label=_("which"),
        choices=[("running", _("Projects that run")), ("calling", _("Projects seeking investors"))],
        default="running",
    )
    most = _most(6)

    def told(self, value: Any) -> dict[str, Any]:
        from . import facts

        found = facts.calling() if value["which"] == "calling" else facts.stories()
        return {"projects": found[: value["most"]], "which": value["which"]}

    class Meta:
        icon = "pick"
        label = _("Projects (live)")
        group = _("From the register")
        template = "portal/blocks/projects.html"


class PartnersBlock(_Live):
    most = _most(12)

    def told(self, value: Any) -> dict[str, Any]:
        from . import facts

        return {"countries": facts.partners_by_country()[: value["most"]]}

    class Meta:
        icon = "globe"
        label = _("Partners by country (live)")
        group = _("From the register")
        template = "portal/blocks/partners.html"


class ContactsBlock(_Live):
    sector = blocks.CharBlock(
        label=_("sector"),
        max_length=150,
        required=False,
        help_text=_("As it is written with the contacts; empty: all."),
    )

    def told(self, value: Any) -> dict[str, Any]:
        from .contacts import contacts

        return {"contacts": contacts(value["sector"] or "")}

    class Meta:
        icon = "user"
        label = _("Who answers (live)")
        group = _("From the register")
        template = "portal/blocks/contacts.html"


class NewsBlock(_Live):
    section = blocks.PageChooserBlock(label=_("section"), page_type="news.SectionPage", required=False)
    most = _most(3)

    def told(self, value: Any) -> dict[str, Any]:
        from diemtua.news.models import ArticlePage

        from .languages import current

        section = value["section"]
        rows = ArticlePage.objects.live()
        if section is not None:
            rows = rows.filter(section_page=section.localized.pk)
        else:
            rows = rows.filter(language=current().code)
        return {"articles": list(rows.newest_first().for_list()[: value["most"]])}

    class Meta:
        icon = "doc-full"
        label = _("Latest news (live)")
        group = _("From the register")
        template = "portal/blocks/news.html"


class ButtonBlock(blocks.StructBlock):
    """A button that leads to a page of the register."""

    text = blocks.CharBlock(label=_("words on it"), max_length=60)
    to = blocks.ChoiceBlock(label=_("leads to"), choices=DOORS, default="enquire")

    class Meta:
        icon = "link"
        label = _("Button")
        template = "portal/blocks/button.html"


def words() -> list[tuple[str, blocks.Block]]:
    """Parts that an editor writes."""
    return [
        ("text", blocks.RichTextBlock(label=_("Text"), features=FEATURES, template="portal/blocks/text.html")),
        ("picture", PictureBlock()),
        ("quote", QuoteBlock()),
        ("table", TableBlock()),
        ("button", ButtonBlock()),
    ]


def live() -> list[tuple[str, blocks.Block]]:
    """Parts that are read from the register."""
    return [
        ("numbers", NumbersBlock()),
        ("figures", FiguresBlock()),
        ("parks", ParksBlock()),
        ("projects", ProjectsBlock()),
        ("partners", PartnersBlock()),
        ("contacts", ContactsBlock()),
        ("news", NewsBlock()),
    ]
