"""What is given away of each register: named column by column, so that nothing new goes out by accident.

A column that is not listed here is not published. Remarks, officers, units, people, contacts and whatever describes
work inside the house are listed nowhere; `NEVER` says which kinds of record have no data set at all, and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diemtua.kit.fields import PartialDateField
from diemtua.register.fields import CodeField, CodesField
from diemtua.register.models import Recorded
from diemtua.register.screens import ChildSet, Screen, is_key_to_record, screen_of

Type = Literal["text", "number", "integer", "boolean", "day", "period", "code", "codes", "country", "place"]

# Kinds of record that are never open data: they are about people, or about work that is not finished.
NEVER: dict[str, Any] = {
    "person": _("Personal data."),
    "enquiry": _("What investors ask in confidence, and test enquiries."),
    "lead": _("Talks that are not finished."),
    "carecase": _("Difficulties that investors tell in confidence; solved ones are published in words of their own."),
    "projectreport": _("Reports of single companies."),
}


@dataclass(frozen=True)
class Column:
    """A column of a file: its stable English name, its type, and the model field that it gives.

    `path` leads from the row to the value, as in QuerySet.values(). A key to another record takes two columns,
    `x_id` and `x` (its title); `guard` leads to that record, and both are empty where it is not public.
    """

    name: str
    path: str
    type: Type
    field: models.Field | None = None
    label: Any = ""
    about: Any = ""
    guard: str = ""

    @property
    def title(self) -> str:
        return str(self.label or (self.field.verbose_name if self.field else self.name))


@dataclass(frozen=True)
class Listed:
    """Rows that hang on a record, told in one cell: the parties of an agreement, the communes of a zone."""

    name: str
    child: str
    field: str
    where: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Dataset:
    """A register, or rows that hang on records, as it is given away."""

    name: str
    title: Any
    about: Any
    kind: str = ""
    fields: Sequence[str] = ()
    listed: Sequence[Listed] = ()
    keywords: Sequence[str] = ()
    theme: str = "GOVE"  # of the EU's table of data themes, which DCAT-AP asks for
    outlines: bool = False
    illustrative: bool = False

    @property
    def screen(self) -> Screen:
        return screen_of(self.kind)

    @property
    def model(self) -> type[Recorded]:
        return self.screen.model

    def rows(self) -> Any:
        """What is public of it, in the order of its numbers."""
        return self.model.objects.public().order_by("pk")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        found = [
            Column("id", "pk", "integer", label=_("Number"), about=_("Number of the record; it never changes.")),
            Column("title", "record__title", "text", label=pgettext_lazy("a record", "Title")),
        ]
        for name in self.fields:
            found += columns_of(self.model._meta.get_field(name), label=self.screen.label(name))  # type: ignore[arg-type]
        for one in self.listed:
            found.append(
                Column(one.name, "", "text", label=self.child(one).label, about=_("Several, with “; ” between."))
            )
        found.append(Column("updated", "record__updated_at", "day", label=_("Changed on")))
        return tuple(found)

    def child(self, one: Listed) -> ChildSet:
        return next(c for c in self.screen.all_children if c.name == one.child)


def columns_of(f: models.Field, label: Any = "", prefix: str = "") -> list[Column]:
    """The one or two columns of a model field."""
    path, about = prefix + f.name, f.help_text
    if isinstance(f, models.ForeignKey):
        related: Any = f.related_model
        if is_key_to_record(f):
            guard = path if related._meta.label_lower == "register.record" else f"{path}__record"
            number = _("Number of that record, where it is public.")
            return [
                Column(f"{f.name}_id", f"{path}_id", "integer", f, label, number, guard),
                Column(f.name, f"{guard}__title", "text", f, label, about, guard),
            ]
        if related._meta.label_lower == "places.country":
            return [Column(f.name, f"{path}_id", "country", f, label, _("ISO 3166-1, two letters."))]
        name = "name_vi" if related._meta.label_lower == "places.bloc" else "name"
        return [Column(f.name, f"{path}__{name}", "place", f, label, about)]
    if isinstance(f, CodesField):
        return [Column(f.name, path, "codes", f, label, about)]
    if isinstance(f, CodeField) or f.choices:
        return [Column(f.name, path, "code", f, label, about)]
    if isinstance(f, PartialDateField):
        told = _("A day, or the first and the last day with / between them (ISO 8601).")
        return [Column(f.name, path, "period", f, label, about or told)]
    if isinstance(f, models.BooleanField):
        return [Column(f.name, path, "boolean", f, label, about)]
    if isinstance(f, models.DateField):
        return [Column(f.name, path, "day", f, label, about)]
    if isinstance(f, models.IntegerField):
        return [Column(f.name, path, "integer", f, label, about)]
    if isinstance(f, models.DecimalField):
        return [Column(f.name, path, "number", f, label, about)]
    return [Column(f.name, path, "text", f, label, about)]


@dataclass(frozen=True)
class Attached(Dataset):
    """Rows that hang on public records: prices, utilities, figures. `model_label` names their model."""

    model_label: str = ""

    @cached_property
    def table(self) -> Any:
        from django.apps import apps

        return apps.get_model(self.model_label)

    def rows(self) -> Any:
        found = self.table.objects.filter(
            record__access="public", record__archived_at=None, record__kind__in=[d.kind for d in DATASETS if d.kind]
        )
        if any(f.name == "withdrawn_at" for f in self.table._meta.get_fields()):
            found = found.filter(withdrawn_at=None)
        return found.order_by("pk")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        found = [
            Column("id", "pk", "integer", label=_("Number")),
            Column("record_id", "record_id", "integer", label=_("Number of the record")),
            Column("record_kind", "record__kind", "text", label=_("Kind of record")),
            Column("record", "record__title", "text", label=_("Record")),
        ]
        for name in self.fields:
            if name == "source":
                found += SOURCE
            elif name == "proof":
                found += PROOF
            else:
                found += columns_of(self.table._meta.get_field(name))
        return tuple(found)


def _source(path: str, guard: str) -> tuple[Column, ...]:
    """The source of a row, in two columns."""
    return (
        Column("source_id", path, "integer", None, _("Number of the source"), _("Where it is public."), guard),
        Column("source", f"{guard}__title", "text", None, _("Source"), "", guard),
    )


SOURCE = _source("source_id", "source__record")
PROOF = _source("evidence__source_id", "evidence__source")

DATASETS: tuple[Dataset, ...] = (
    Dataset(
        "zones",
        _("Economic zones and industrial parks"),
        _("Economic zones, industrial parks and clusters: area, state, developer, where they lie."),
        kind="zone",
        fields=("type", "state", "parent", "developer", "established", "decision", "area_ha", "industrial_ha",
                "term_years", "term_until", "province", "where", "illustrative"),
        listed=(Listed("communes", "communes", "unit__name"),),
        keywords=("industrial park", "economic zone", "khu công nghiệp", "khu kinh tế"),
        theme="ECON",
        outlines=True,
        illustrative=True,
    ),
    Dataset(
        "plots",
        _("Plots of industrial land"),
        _("Plots that can be let: size, building density, since when they are ready."),
        kind="plot",
        fields=("zone", "code", "area_ha", "plot_ratio", "max_floors", "tenure_until", "cleared_on",
                "legally_clean_on", "handed_over_on", "ready_from", "illustrative"),
        keywords=("industrial land", "plot", "đất công nghiệp", "lô đất"),
        theme="ECON",
        outlines=True,
        illustrative=True,
    ),
    Dataset(
        "leases",
        _("Leases of industrial land"),
        _("Which plots are let, to whom and until when, as far as it is public."),
        kind="lease",
        fields=("zone", "plot", "tenant", "state", "starts", "ends", "area_ha"),
        keywords=("lease", "hợp đồng thuê đất"),
        theme="ECON",
    ),
    Attached(
        "utilities",
        _("Utilities of zones and plots"),
        _("Power, water, waste water, gas and telecommunications: installed and allocated, with day and source."),
        fields=("utility", "installed", "allocated", "water_class", "since", "until", "as_of", "source"),
        keywords=("utilities", "hạ tầng kỹ thuật"),
        theme="ENER",
        model_label="land.Capacity",
    ),
    Attached(
        "prices",
        _("Prices of land and utilities"),
        _("Prices as published, each with its day and source; an empty price was asked for and is not published."),
        fields=("what", "amount", "currency", "per", "as_of", "source"),
        keywords=("price", "rent", "giá thuê"),
        theme="ECON",
        model_label="land.Price",
    ),
    Dataset(
        "projects",
        _("Investment projects"),
        _("Investment projects whose records are public: investor, sector, place, capital and stage."),
        kind="project",
        fields=("stage", "investor", "enterprise", "country", "capital_kind", "industry", "vsic", "zone", "plot",
                "where", "area_ha", "capital", "currency", "jobs", "irc_issued", "operating_since"),
        keywords=("investment", "FDI", "dự án đầu tư"),
        theme="ECON",
    ),
    Dataset(
        "partners",
        _("Partners and organisations"),
        _("Localities, agencies, companies and organisations that the province works with."),
        kind="party",
        fields=("kind", "is_own", "is_partner", "country", "place", "parent", "successor", "ended", "relation_since",
                "sector", "website"),
        keywords=("partner", "sister city", "đối tác"),
        theme="INTR",
    ),
    Dataset(
        "agreements",
        _("Agreements and cooperation programmes"),
        _("What was signed with whom, since when and until when it holds."),
        kind="instrument",
        fields=("nature", "form", "number", "title_foreign", "status", "signed", "signed_at", "effect", "expiry",
                "cooperation_fields", "lead_agency", "replaces"),
        listed=(Listed("parties", "parties", "party"),),
        keywords=("agreement", "thỏa thuận quốc tế"),
        theme="INTR",
    ),
    Dataset(
        "commitments",
        _("Commitments"),
        _("Who promised what to whom, by when, and whether it was kept."),
        kind="commitment",
        fields=("instrument", "debtor", "creditor", "state", "due", "target", "target_unit", "done", "closed_on"),
        keywords=("commitment", "cam kết"),
        theme="INTR",
    ),
    Dataset(
        "engagements",
        _("Engagements"),
        _("Delegations, meetings and conferences whose records are public; organisations, never persons."),
        kind="engagement",
        fields=("form", "status", "held", "place", "country", "host", "is_international_conference"),
        listed=(Listed("participants", "participants", "party"),),
        keywords=("delegation", "hoạt động đối ngoại"),
        theme="INTR",
    ),
    Dataset(
        "aid",
        _("Foreign aid"),
        _("Aid of foreign organisations; the same stands in IATI form at /iati/activities.xml."),
        kind="aid",
        fields=("donor", "manager", "receiver", "form", "state", "sector", "where", "planned_start", "planned_end",
                "actual_start", "actual_end", "identifier"),
        keywords=("aid", "viện trợ"),
        theme="INTR",
    ),
    Dataset(
        "markets",
        _("Export markets"),
        _("Countries and regions to which goods of the province go."),
        kind="market",
        fields=("standing", "country", "bloc", "exporter", "since", "products"),
        keywords=("export", "thị trường xuất khẩu"),
        theme="ECON",
    ),
    Dataset(
        "documents",
        _("Sources"),
        _("The papers and articles from which the facts come: title, number, issuer and day, not their text."),
        kind="document",
        fields=("form", "number", "issuer", "published", "url"),
        keywords=("source", "nguồn"),
    ),
    Attached(
        "figures",
        _("Figures"),
        _("Figures of public records, each with its day, its stage and its source. None replaces another."),
        fields=("measure", "value", "wording", "unit", "as_of", "stage", "proof"),
        keywords=("figures", "số liệu"),
        theme="ECON",
        model_label="register.Figure",
    ),
)  # fmt: skip
BY_NAME = {d.name: d for d in DATASETS}
