"""What articles and edited pages are made of, beside text: pictures, quotations, tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock, TypedTableBlockValidationError
from wagtail.images.blocks import ImageChooserBlock
from wagtail_localize.segments import StringSegmentValue

ROWS_MOST, COLUMNS_MOST = 200, 12


class PictureBlock(blocks.StructBlock):
    """A picture with what it shows and who took it."""

    image = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), max_length=300, required=False)
    credit = blocks.CharBlock(label=_("credit"), max_length=120, required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "news/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("words"), max_length=1000)
    speaker = blocks.CharBlock(label=_("who said it"), max_length=200, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "news/blocks/quote.html"


class TableBlock(TypedTableBlock):
    """A table of plain words. Its words are handed to translation one cell at a time, by their places in it."""

    text = blocks.CharBlock(label=_("column of words"), max_length=500, required=False)
    number = blocks.CharBlock(label=_("column of numbers"), max_length=60, required=False)

    class Meta:
        icon = "table"
        label = _("Table")
        template = "news/blocks/table.html"

    def clean(self, value: TypedTable) -> TypedTable:
        if len(value.columns) > COLUMNS_MOST or len(value.row_data) > ROWS_MOST:
            said = gettext("A table holds at most %(columns)d columns and %(rows)d rows. Put a longer one in a file.")
            raise TypedTableBlockValidationError(
                non_block_errors=[ValidationError(said % {"columns": COLUMNS_MOST, "rows": ROWS_MOST})]
            )
        return super().clean(value)

    def get_translatable_segments(self, value: TypedTable) -> list[StringSegmentValue]:
        """Caption, headings and cells that hold words (`wagtail_localize` asks for them by this name)."""
        return [StringSegmentValue(place, text) for place, text in _words(value) if text]

    def restore_translated_segments(self, value: TypedTable, segments: Sequence[Any]) -> TypedTable:
        """The same table with its words translated."""
        said = {segment.path: segment.render_text() for segment in segments}
        return TypedTable(
            columns=[c | {"heading": said.get(f"h{n}", c["heading"])} for n, c in enumerate(value.columns)],
            row_data=[
                {"values": [said.get(f"r{r}c{c}", text) for c, text in enumerate(row["values"])]}
                for r, row in enumerate(value.row_data)
            ],
            caption=said.get("caption", value.caption),
        )


def _words(table: TypedTable) -> Iterator[tuple[str, str]]:
    yield "caption", table.caption
    yield from ((f"h{n}", column["heading"]) for n, column in enumerate(table.columns))
    for r, row in enumerate(table.row_data):
        yield from ((f"r{r}c{c}", text) for c, text in enumerate(row["values"]))
