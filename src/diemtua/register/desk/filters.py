"""Filters of a register, built from the names a Screen declares."""

from __future__ import annotations

import datetime
from typing import Any

import django_filters
from django import forms
from django.core.cache import cache
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import PartialDateField

from .. import search
from ..fields import CodeField, CodesField, code_choices
from ..models import Access, Confidence, Link, OrgUnit, Record, Tag, User
from ..queries import sight
from ..screens import Screen, is_key_to_record
from .forms import DAY_FORMATS, DayInput, _Styled
from .widgets import LookupField

# Days that stored dates can be compared with (and one after).
_SPAN = _("Choose a day between 1900 and 2200.")
DAYS = [MinValueValidator(datetime.date(1900, 1, 1), _SPAN), MaxValueValidator(datetime.date(2200, 12, 30), _SPAN)]


class FilterForm(_Styled, forms.Form):
    """The boxes of the filters, in the look of the desk's forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()


class LookupFilter(django_filters.ModelChoiceFilter):
    """One record, asked for while one types."""

    field_class = LookupField  # type: ignore[assignment]

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)

    @property
    def field(self) -> forms.Field:
        if not hasattr(self, "_field"):
            queryset = self.get_queryset(self.get_request())
            self._field = LookupField(queryset, self.extra["kind"], required=False, label=self.label)
        return self._field


def _few(model: type[models.Model]) -> list[tuple[int | str, str]]:
    """Choices of a small, rarely changing table, kept for half a minute."""
    key = f"few:{model._meta.label}"
    found = cache.get(key)
    if found is None:
        queryset = model._default_manager.all()
        if model is User:
            queryset = queryset.filter(is_active=True)
        found = [(row.pk, str(row)) for row in queryset]
        cache.set(key, found, 30)
    return found


_made: dict[Any, type[django_filters.FilterSet]] = {}
MOST_MADE = 1000


def build_filterset(screen: Screen, user: User) -> type[django_filters.FilterSet]:
    """A FilterSet class for this register as this person may use it: made once for all who see the same."""
    key = (screen, get_language(), sight(user))
    if (found := _made.get(key)) is None:
        if len(_made) >= MOST_MADE:
            _made.clear()
        found = _made[key] = _build_filterset(screen, user)
    return found


class OneForm(django_filters.FilterSet):
    """Makes the class of its form once: making it took as long as filling it."""

    def get_form_class(self) -> type[forms.Form]:
        kind: Any = type(self)
        if "made_form" not in vars(kind):
            kind.made_form = super().get_form_class()
        return kind.made_form


def _build_filterset(screen: Screen, user: User) -> type[django_filters.FilterSet]:
    made: dict[str, Any] = {
        "q": django_filters.CharFilter(method="find_text", label=pgettext_lazy("to search for", "Words")),
        "archived": django_filters.ChoiceFilter(
            method="find_archived",
            label=_("Archived"),
            empty_label=_("Current only"),
            choices=[("only", _("Archived only")), ("all", _("Current and archived"))],
        ),
    }
    for name in screen.filters:
        made.update(_filter(screen, name, user))

    def find_text(self, queryset, name, value):
        self.narrowed = search.narrow_with_sample(queryset, value, screen.kind)
        return self.narrowed.rows

    def find_archived(self, queryset, name, value):
        return queryset

    def filter_queryset(self, queryset):
        archived = self.form.cleaned_data.get("archived")
        if archived == "only":
            queryset = queryset.exclude(record__archived_at=None)
        elif archived != "all":
            queryset = queryset.filter(record__archived_at=None)
        return django_filters.FilterSet.filter_queryset(self, queryset)

    meta = type("Meta", (), {"model": screen.model, "fields": [], "form": FilterForm})
    return type(
        f"{screen.model.__name__}Filters",
        (OneForm,),
        {
            **made,
            "Meta": meta,
            "find_text": find_text,
            "find_archived": find_archived,
            "filter_queryset": filter_queryset,
        },
    )


def _filter(screen: Screen, name: str, user: User) -> dict[str, django_filters.Filter]:
    label = screen.label(name)
    if own := getattr(screen, f"filter_{name}", None):
        return {name: own(label)}
    if name == "tags":
        return {name: django_filters.ChoiceFilter(field_name="record__tags", label=_("tag"), choices=lambda: _few(Tag))}
    if name == "unit":
        return {
            name: django_filters.ChoiceFilter(field_name="record__unit", label=label, choices=lambda: _few(OrgUnit))
        }
    if name in ("access", "confidence"):
        choices = Access.choices if name == "access" else [("none" if v == "" else v, t) for v, t in Confidence.choices]

        def find(queryset, _name, value, name=name):
            return queryset.filter(**{f"record__{name}": "" if value == "none" else value})

        return {name: django_filters.ChoiceFilter(method=find, label=label, choices=choices)}
    if name == "party" and "party" not in screen.own_fields:

        def linked(queryset, _name, value):
            return queryset.filter(pk__in=Link.objects.filter(target_id=value.pk).values("source_id"))

        party = Record.objects.filter(kind="party").visible_to(user)
        return {name: LookupFilter(queryset=party, kind="party", method=linked, label=_("with the party"))}
    if name == "overdue":

        def overdue(queryset, _name, value):
            return queryset.overdue(timezone.localdate()) if value == "yes" else queryset

        return {
            name: django_filters.ChoiceFilter(method=overdue, label=_("overdue"), choices=[("yes", _("Overdue only"))])
        }
    f = screen.own_fields[name]
    if is_key_to_record(f):
        related: Any = f.related_model
        queryset = related._default_manager.visible_to(user).select_related("record")  # type: ignore[union-attr]
        return {name: LookupFilter(queryset=queryset, kind=related._meta.model_name, field_name=name, label=label)}  # type: ignore[union-attr]
    if isinstance(f, models.ForeignKey):
        return {
            name: django_filters.ChoiceFilter(field_name=f.attname, label=label, choices=lambda: _few(f.related_model))
        }  # type: ignore[arg-type]
    if isinstance(f, PartialDateField | models.DateField):
        day = {"input_formats": DAY_FORMATS, "widget": DayInput(), "validators": DAYS}

        def since(queryset, _name, value, name=name):
            return queryset.filter(**{f"{name}__gte": value.isoformat()})

        def until(queryset, _name, value, name=name):
            # Text order is time order; "~" sorts after any continuation of the day.
            return queryset.filter(**{f"{name}__lt": (value + datetime.timedelta(days=1)).isoformat()})

        return {
            f"{name}_from": django_filters.DateFilter(method=since, label=_("%(what)s from") % {"what": label}, **day),
            f"{name}_to": django_filters.DateFilter(method=until, label=_("%(what)s until") % {"what": label}, **day),
        }
    if isinstance(f, CodesField):

        def has_code(queryset, _name, value, name=name):
            return queryset.filter(**{f"{name}__contains": f"|{value}|"})

        return {
            name: django_filters.ChoiceFilter(method=has_code, label=label, choices=lambda: code_choices(f.code_list))
        }
    if isinstance(f, CodeField):
        return {
            name: django_filters.ChoiceFilter(field_name=name, label=label, choices=lambda: code_choices(f.code_list))
        }
    if isinstance(f, models.BooleanField):
        return {
            name: django_filters.BooleanFilter(
                field_name=name,
                label=label,
                widget=forms.Select(choices=[("", "---------"), ("true", _("Yes")), ("false", _("No"))]),
            )
        }
    return {name: django_filters.ChoiceFilter(field_name=name, label=label, choices=f.choices or [])}
