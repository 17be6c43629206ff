"""What a domain app declares of each of its kinds of record, and the list of all kinds.

One `Screen` per kind gives the register (list), filters, form, record page, bulk edits, import,
export, audit and the inherited test battery. Nothing is generated: every part reads the same
declaration when it runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import cached_property

from .models import Name, Record, Recorded, User

# Fields of Record that stand on every form, beside the kind's own.
RECORD_FIELDS = ("title", "access", "unit", "confidence")
# The chain of the house, left to right.
STAGES = ("partner", "engagement", "instrument", "commitment", "enquiry", "project", "outcome", "care", "source")


@dataclass(frozen=True)
class Section:
    """A titled group of fields on the form and on the record page."""

    title: Any
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ChildSet:
    """Rows that belong to a record and are edited with it: an agreement's parties, a delegation's members."""

    name: str
    model: type[models.Model]
    fields: tuple[str, ...]
    label: Any
    columns: tuple[str, ...] = ()
    extra: int = 0

    @cached_property
    def parent(self) -> str:
        """Name of the child's key to its parent (to the domain model or to Record)."""
        for f in self.model._meta.get_fields():
            if (
                isinstance(f, models.ForeignKey)
                and f.remote_field.related_name == self.name
                and (f.related_model is Record or issubclass(f.related_model, Recorded))
            ):
                return f.name
        raise FieldDoesNotExist(f"{self.model.__name__} has no key named {self.name!r} to its parent")

    @cached_property
    def model_fields(self) -> dict[str, models.Field]:
        return {n: self.model._meta.get_field(n) for n in self.fields}  # type: ignore[misc]


@dataclass(frozen=True)
class Entering:
    """How an import enters a record that its rows only name: with these `fields`, and `taken` from the rows."""

    fields: Mapping[str, Any]
    taken: tuple[str, ...] = ()


class Screen:
    """Base of declarations. Class attributes are the declaration; methods may be overridden."""

    kind: ClassVar[str]
    model: ClassVar[type[Recorded]]
    slug: ClassVar[str]
    icon: ClassVar[str] = "file"
    stage: ClassVar[str] = "source"
    sections: ClassVar[Sequence[Section]] = ()
    columns: ClassVar[Sequence[str]] = ("title",)
    labels: ClassVar[Mapping[str, Any]] = {}
    filters: ClassVar[Sequence[str]] = ()
    # Sortings offered: name → the model's ordering. The first is the default.
    orderings: ClassVar[Mapping[str, Sequence[str]]] = {"title": ("record__sort_key", "pk")}
    children: ClassVar[Sequence[ChildSet]] = ()
    # Child sets that a panel of the record page draws in its own way.
    drawn: ClassVar[Sequence[str]] = ()
    search_fields: ClassVar[Sequence[str]] = ()
    # Accepted headers of spreadsheets, beside each field's own label in both languages.
    import_names: ClassVar[Mapping[str, Sequence[str]]] = {}
    # Amounts of money → the field that says what they are counted in, and what one of each unit is: {"VND": 10**9}.
    # An import takes the unit from the heading of the amount where the file has no column for it.
    counted_in: ClassVar[Mapping[str, str]] = {}
    unit_sizes: ClassVar[Mapping[str, int]] = {}
    # Beside the title: an import takes two records that differ in one of these (where the kind has it,
    # and both say it) for two, not for one entered twice.
    identity: ClassVar[Sequence[str]] = ("number", "tax_code", "held", "due", "instrument", "party", "country")
    measures: ClassVar[Sequence[str]] = ()
    has_names: ClassVar[bool] = True
    # False where records come in through another door (documents are files).
    importable: ClassVar[bool] = True
    # True for papers: their records prove fields and figures of others.
    proves: ClassVar[bool] = False
    # Fields for which an import may be given one value for all rows, beside those without which no row can be saved.
    import_asks: ClassVar[Sequence[str]] = ()
    # Fields whose records an import may enter first where nobody knows them yet, and with what.
    import_enters: ClassVar[Mapping[str, Entering]] = {}
    # The heading of the menu (menu.GROUPS) under which the register stands; none: it is not in the menu.
    menu_group: ClassVar[str] = "chain"
    # False where hundreds hang on one record (the plots of a park): the picture of the chain leaves them out.
    in_pictures: ClassVar[bool] = True

    @property
    def name(self) -> Any:
        return self.model._meta.verbose_name

    @property
    def plural(self) -> Any:
        return self.model._meta.verbose_name_plural

    def wrong_together(self, drafts: Sequence[Any], actor: User | None) -> Mapping[int, Mapping[str, str]]:
        """{place of a draft: {field: sentence}} of what is wrong with new records of one import beside each other,
        beside the register, or from this person; what a record says alone is for `clean`."""
        return {}

    @cached_property
    def own_fields(self) -> dict[str, models.Field]:
        """The kind's own fields that stand on the form, in order of the sections."""
        names = [n for s in self.sections for n in s.fields if n not in RECORD_FIELDS]
        return {n: self.model._meta.get_field(n) for n in names}  # type: ignore[misc]

    @cached_property
    def all_children(self) -> tuple[ChildSet, ...]:
        names = (NAMES,) if self.has_names else ()
        return (*self.children, *names)

    @cached_property
    def recorded_fields(self) -> tuple[models.ForeignKey, ...]:
        """Keys to other records: the edges of the chain that this kind holds."""
        return tuple(f for f in self.model._meta.concrete_fields if is_key_to_record(f))  # type: ignore[misc]

    def label(self, name: str) -> Any:
        """The label of a field, column or child set."""
        if name in self.labels:
            return self.labels[name]
        for child in self.all_children:
            if child.name == name:
                return child.label
        model = Record if name in RECORD_FIELDS or not has_field(self.model, name) else self.model
        try:
            # A reverse relation has no name of its own.
            return getattr(model._meta.get_field(name), "verbose_name", name)
        except FieldDoesNotExist:
            return name.replace("_", " ")

    def initial(self, user: Any, query: Mapping[str, str]) -> dict[str, Any]:
        """First values of a new form; `query` lets a page open it half filled."""
        return {"unit": getattr(user, "unit_id", None), **query}

    def clean(self, instance: Recorded, fields: Mapping[str, Any]) -> None:
        """Rules across fields; raise ValidationError({field: sentence})."""

    def more_search_text(self, instance: Any) -> str:
        """Words by which a record is found beside its fields: a document's whole text."""
        return ""

    def subtitle(self, instance: Any) -> str:
        """One line under the title on the record page and in search."""
        return ""

    def leaves(self, rows: Any) -> Any:
        """Of the rows of a list, those that an export or another program may be given."""
        return rows

    def follow(self, instances: Sequence[Any], targets: Collection[int], diff: Mapping[str, Any] | None) -> None:
        """Keep what other rows derive from these records; called within the transaction of every write.

        `targets` are the records they are linked to, or were before; `diff` is None for new records.
        """


NAMES = ChildSet(
    name="names",
    model=Name,
    fields=("text", "kind", "language", "valid_from", "valid_to"),
    label=Name._meta.verbose_name_plural,
)


def has_field(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def is_key_to_record(f: Any) -> bool:
    """Whether a field points at a record of any kind (the record's own row aside)."""
    return (
        isinstance(f, models.ForeignKey)
        and not f.primary_key
        and isinstance(f.related_model, type)
        and (f.related_model is Record or issubclass(f.related_model, Recorded))
    )


@dataclass
class _Registry:
    by_kind: dict[str, Screen] = field(default_factory=dict)
    by_slug: dict[str, Screen] = field(default_factory=dict)

    def add(self, screen: Screen) -> None:
        self.by_kind[screen.kind] = screen
        self.by_slug[screen.slug] = screen


_registry = _Registry()


def register(cls: type[Screen]) -> type[Screen]:
    """Class decorator of every declaration in a `desk.py`."""
    _registry.add(cls())
    return cls


def screen_of(kind: str) -> Screen:
    """The declaration of a kind; KeyError where there is none."""
    return _registry.by_kind[kind]


def screen_by_slug(slug: str) -> Screen | None:
    return _registry.by_slug.get(slug)


def all_screens() -> Iterable[Screen]:
    """Every kind, in the order of the chain and then of declaration."""
    return sorted(_registry.by_kind.values(), key=lambda s: STAGES.index(s.stage))
