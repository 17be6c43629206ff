"""The columns of a kind: what an export writes and an import reads, under the same headings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from diemtua.kit.fields import PartialDateField
from diemtua.kit.text import fold

from .. import tabular
from ..fields import CodeField, CodesField, code_choices
from ..models import Record
from ..screens import RECORD_FIELDS, ChildSet, Screen, is_key_to_record

LANGUAGES = ("vi", "en")
TAGS = "tags"
# The heading of the column of sentences in a file of failed rows; ignored when the file comes back.
ERRORS = "errors"
ERRORS_LABEL = gettext_lazy("What is wrong")


@dataclass(frozen=True)
class Column:
    """One column: a field of Record or of the kind, a child set in one cell, or the tags."""

    code: str
    label: Any
    field: models.Field | None = None
    child: ChildSet | None = None
    required: bool = False

    @property
    def heading(self) -> str:
        """The heading in the language of the moment."""
        return capfirst(str(self.label))

    @property
    def parts(self) -> list[str]:
        """Of a child set: its fields as they stand in a cell, keys to records first (`A | role; B`)."""
        assert self.child is not None
        names = list(self.child.fields)
        return [*(leads := self.leads), *[n for n in names if n not in leads]]

    @property
    def leads(self) -> list[str]:
        """Of a child set: the keys to records by one of which a row is named."""
        assert self.child is not None
        fields = self.child.model_fields
        first = self.child.fields[0]
        if not fields[first].blank and isinstance(fields[first], models.CharField) and not fields[first].choices:
            return []  # named by its own text: a post, a contact, a next step
        keys = [n for n in self.child.fields if is_key_to_record(fields[n])]
        needed = [n for n in keys if not fields[n].blank]
        return needed or keys


def needs_value(f: models.Field) -> bool:
    """Whether a record cannot be made without this field."""
    return not (f.blank or f.null or f.has_default() or isinstance(f, models.BooleanField))


def columns(screen: Screen) -> dict[str, Column]:
    """{code: Column} of a kind, in the order of an export."""
    made = {"title": Column("title", screen.label("title"), Record._meta.get_field("title"), required=True)}
    for name, f in screen.own_fields.items():
        made[name] = Column(name, screen.label(name), f, required=needs_value(f))
    for child in screen.all_children:
        made[child.name] = Column(child.name, child.label, child=child)
    made[TAGS] = Column(TAGS, gettext_lazy("tags"))
    for name in RECORD_FIELDS[1:]:
        made[name] = Column(name, screen.label(name), Record._meta.get_field(name))  # type: ignore[arg-type]
    return made


def accepted_headings(screen: Screen) -> dict[str, list[str]]:
    """{code: headings that mean it}, in both languages; with the column of errors that is ignored."""
    found: dict[str, list[str]] = {}
    for code, column in columns(screen).items():
        names = [code.replace("_", " ")]
        for language in LANGUAGES:
            with override(language):
                names += [str(column.label), *map(str, screen.import_names.get(code, ()))]
        found[code] = list(dict.fromkeys(names))
    found[ERRORS] = ["what is wrong"]
    for language in LANGUAGES:
        with override(language):
            found[ERRORS].append(str(ERRORS_LABEL))
    return found


def is_ordinal(heading: str) -> bool:
    """Whether a column only counts the rows, as every Vietnamese table's first column does."""
    return fold(heading) in ("stt", "tt", "so tt", "so thu tu", "no")


def known_headings(screen: Screen) -> list[str]:
    return [name for names in accepted_headings(screen).values() for name in names]


def guess_mapping(screen: Screen, headers: Sequence[str]) -> dict[int, str]:
    """{column index: code}; a column of errors from an earlier try is mapped to ERRORS."""
    return tabular.match_headers(headers, accepted_headings(screen))


def missing_columns(screen: Screen, mapping: Mapping[int, str], fixed: Mapping[str, str]) -> list[Column]:
    """Columns without which no row can be saved, and which neither the file nor a fixed value gives."""
    have = {*mapping.values(), *(code for code, text in fixed.items() if text)}
    return [c for c in columns(screen).values() if c.required and c.code not in have]


# --- choices --------------------------------------------------------------------------------------


def choices_of(f: models.Field) -> list[tuple[str, str]] | None:
    """(value, label in the language of the moment) of a field with few values; None for the others."""
    if isinstance(f, CodeField | CodesField):
        return code_choices(f.code_list)
    if f.choices:
        return [(str(v), str(label)) for v, label in f.flatchoices]
    return None


# --- the template ---------------------------------------------------------------------------------


def template_xlsx(screen: Screen) -> bytes:
    """An empty table of this kind to fill in; a second sheet says what each column takes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    bold = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    plain, needed = (
        book.add_format({**bold, "bg_color": "#E7EEF7"}),
        book.add_format({**bold, "bg_color": "#F6DFC4"}),
    )
    sheet = book.add_worksheet(_sheet_title(str(screen.plural)))
    notes = book.add_worksheet(_("How to fill in"))
    sheet.freeze_panes(1, 0)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    notes.set_column(0, 0, 30, wrap)
    notes.set_column(1, 1, 90, wrap)
    notes.write_row(0, 0, [_("Column"), _("What may stand in it")], plain)
    for index, column in enumerate(columns(screen).values()):
        heading = column.heading
        sheet.write_string(0, index, heading, needed if column.required else plain)
        sheet.set_column(index, index, min(max(len(heading) + 4, 12), 40))
        notes.write_string(index + 1, 0, heading)
        notes.write_string(index + 1, 1, hint(column))
        choices = choices_of(column.field) if column.field is not None else None
        if choices and not isinstance(column.field, CodesField):
            labels = [label for _value, label in choices]
            # Excel keeps a list of at most 255 letters inside a rule.
            if len(",".join(labels)) <= 255 and not any("," in label for label in labels):
                rule = {"validate": "list", "source": labels, "error_type": "information"}
                sheet.data_validation(1, index, 5000, index, rule)
    book.close()
    return out.getvalue()


def _sheet_title(name: str) -> str:
    return capfirst("".join(c for c in name if c not in "[]:*?/\\"))[:31] or "Sheet1"


def hint(column: Column) -> str:
    """What a column takes, as one line for a person."""
    parts = [_("Must be filled in.")] if column.required else []
    if column.code == TAGS:
        parts.append(_("Any words, separated by semicolons."))
    elif column.child is not None:
        names = [capfirst(str(column.child.model_fields[n].verbose_name)) for n in column.parts]
        parts.append(_("Several, separated by semicolons."))
        if len(names) > 1:
            parts.append(_("Of each, if known: %(parts)s.") % {"parts": " | ".join(names)})
    elif column.field is not None:
        parts.append(field_hint(column.field))
    return " ".join(filter(None, parts))


def field_hint(f: models.Field) -> str:
    if isinstance(f, CodesField):
        return _("One or several of these, separated by semicolons: %(choices)s.") % {"choices": _listed(f)}
    if choices_of(f):
        return _("One of these: %(choices)s.") % {"choices": _listed(f)}
    if isinstance(f, models.BooleanField):
        return _("Yes or no.")
    if isinstance(f, PartialDateField):
        return _("A date: 04/11/2021, 11/2021, Q4/2021, 2021 or 25/03/2024 – 27/03/2024.")
    if isinstance(f, models.DateField):
        return _("A day: 04/11/2021.")
    if isinstance(f, models.DecimalField | models.IntegerField):
        return _("A number: 1.234,5 or 1,234.5.")
    if is_key_to_record(f):
        return _(
            "The name of a record that already stands in the register; write its number as #12 where "
            "several have that name."
        )
    if isinstance(f, models.ForeignKey):
        label = f.related_model._meta.label
        return {
            "places.Country": _("A country by its Vietnamese or English name or its ISO code."),
            "places.Bloc": _("A region or bloc by its name or its usual short form: EU, ASEAN, Nam Mỹ."),
            "places.AdminUnit": _("A place, with the larger units after commas where the name is not the only one."),
            "register.User": _("An officer by user name or full name."),
            "register.OrgUnit": _("A unit of the administration by its name."),
        }.get(label, "")
    if isinstance(f, models.CharField) and f.max_length:
        return _("Text of at most %(count)s letters.") % {"count": f.max_length}
    return _("Text.")


def _listed(f: models.Field) -> str:
    return "; ".join(label for value, label in choices_of(f) or [] if value or not f.blank)


def split(text: str, signs: str = ";\n") -> list[str]:
    """The items of a cell; a sign after a backslash belongs to the text."""
    items, item, at = [], "", 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            item += text[at : at + 2]
            at += 2
            continue
        if char in signs:
            items.append(item)
            item = ""
        else:
            item += char
        at += 1
    items.append(item)
    return [i.strip() for i in items]


def escape(text: str) -> str:
    """A text that may stand as an item of a cell: `split` and `unescape` give it back."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace("|", "\\|").replace("\n", "\\n")


def unescape(text: str) -> str:
    out, at = "", 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            out += "\n" if text[at + 1] == "n" else text[at + 1]
            at += 2
        else:
            out += text[at]
            at += 1
    return out.strip()


def joined(items: Iterable[str]) -> str:
    return "; ".join(items)
