"""Forms built from a Screen's declaration. They read and keep what was typed; `write` decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from diemtua.kit.text import nfc

from ..models import Access, Confidence, OrgUnit, Record, Recorded, Role, User
from ..screens import RECORD_FIELDS, ChildSet, Screen, is_key_to_record
from ..write import ChildEdits
from .widgets import LookupField


class DayInput(forms.DateInput):
    """A day typed as dd/MM/yyyy in either language: the browser's own date box follows its own locale."""

    def __init__(self) -> None:
        super().__init__(
            format="%d/%m/%Y",
            attrs={
                "placeholder": "dd/mm/yyyy",
                "inputmode": "numeric",
                "autocomplete": "off",
                "class": "form-control dt-day",
            },
        )


DAY_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]


def form_field(f: models.Field, user: User, label: Any = None) -> forms.Field:
    """The form field of a model field: look-ups for what is many, plain selects for what is few."""
    label = label or f.verbose_name
    required = not f.blank and not (f.null and f.has_default())
    if isinstance(f, models.ForeignKey):
        related = f.related_model
        assert isinstance(related, type)
        if is_key_to_record(f):
            queryset = related._default_manager.visible_to(user)  # type: ignore[attr-defined]
            if related is not Record:
                queryset = queryset.select_related("record")
            kind = related._meta.model_name or ""
            only = f.get_limit_choices_to()
            if related is Record and isinstance(only, dict):
                queryset, kind = queryset.filter(**only), only.get("kind", kind)
            return LookupField(queryset, kind, required=required, label=label, help_text=f.help_text)
        if related._meta.label == "places.AdminUnit":
            return LookupField(
                related._default_manager.all(), "adminunit", required=required, label=label, help_text=f.help_text
            )
        queryset = related._default_manager.all()
        if related is User:
            queryset = queryset.filter(is_active=True)
        return forms.ModelChoiceField(
            queryset,
            required=required,
            label=label,
            help_text=f.help_text,
            empty_label="",
            widget=forms.Select(attrs={"data-choices": "one"}),
        )
    if isinstance(f, models.DateField):
        return forms.DateField(
            input_formats=DAY_FORMATS,
            widget=DayInput(),
            required=required,
            label=label,
            help_text=f.help_text,
            error_messages={"invalid": _("Write the day as dd/mm/yyyy, for example 04/11/2021.")},
        )
    made = f.formfield()
    assert made is not None
    made.label = label
    if isinstance(made, forms.CharField) and isinstance(f, models.TextField):
        made.widget = forms.Textarea(attrs={"rows": 3})
    if isinstance(made, forms.URLField):
        made.assume_scheme = "https"  # type: ignore[attr-defined]
    return made


class _Styled:
    """Bootstrap classes and NFC for every field of a form."""

    fields: dict[str, forms.Field]

    def style(self) -> None:
        for f in self.fields.values():
            widget = f.widget
            if isinstance(widget, forms.CheckboxInput):
                widget.attrs.setdefault("class", "form-check-input")
            elif isinstance(widget, forms.Select):
                widget.attrs.setdefault("class", "form-select")
            else:
                widget.attrs.setdefault("class", "form-control")


def clean_text(data: Any) -> Any:
    """Typed text in NFC without control characters; everything else as it is."""
    if not isinstance(data, str):
        return data
    return "".join(c for c in nfc(data) if c in "\n\r\t" or (ord(c) >= 32 and c not in "\x7f\u202a\u202b\u202d\u202e"))


class RecordForm(_Styled, forms.Form):
    """The form of one kind: Record's fields and the kind's own."""

    def __init__(self, screen: Screen, user: User, *args: Any, instance: Recorded | None = None, **kwargs: Any):
        self.screen, self.user, self.instance = screen, user, instance
        self.lookup_cache: dict[tuple[type, str], models.Model] = {}
        if instance is not None:
            kwargs.setdefault("initial", self.values_of(instance))
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for section in screen.sections:
            for name in section.fields:
                self.fields[name] = self.make(name)
        if instance is not None:
            self.drop_hidden(instance)
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput(), initial=instance.record.version)
        self.fields["reason"] = forms.CharField(
            required=False,
            max_length=500,
            label=_("Why (for the history)"),
            help_text=_("For example: corrected by the decision of 12/06/2025."),
        )
        self.fields["tags"] = forms.CharField(
            required=False, max_length=500, label=_("tags"), help_text=_("Separate tags by commas.")
        )
        self.style()

    def make(self, name: str) -> forms.Field:
        label = self.screen.label(name)
        if name == "title":
            return forms.CharField(max_length=500, label=label, widget=forms.TextInput(attrs={"autocomplete": "off"}))
        if name == "access":
            return forms.ChoiceField(choices=Access.choices, label=label, initial=Access.INTERNAL)
        if name == "confidence":
            return forms.ChoiceField(choices=[(v, t) for v, t in Confidence.choices], required=False, label=label)
        if name == "unit":
            units = OrgUnit.objects.all()
            if not self.user.is_at_least(Role.LEAD):
                units = units.filter(pk=self.user.unit_id or 0)
            return forms.ModelChoiceField(units, required=False, label=label, empty_label=_("All units"))
        return form_field(self.screen.own_fields[name], self.user, label)

    @staticmethod
    def values_of(instance: Recorded) -> dict[str, Any]:
        screen_values = {n: getattr(instance.record, n) for n in ("title", "access", "confidence")}
        screen_values["unit"] = instance.record.unit_id
        for f in instance._meta.concrete_fields:
            if f.name != "record":
                screen_values[f.name] = getattr(instance, f.attname)
        screen_values["tags"] = ", ".join(t.name for t in instance.record.tags.all())
        return screen_values

    def drop_hidden(self, instance: Recorded) -> None:
        """A key to a record this person may not see is left alone: neither shown nor lost."""
        from ..access import may_see

        for f in self.screen.recorded_fields:
            target = getattr(instance, f.name, None) if f.name in self.fields else None
            if target is not None:
                record = target if isinstance(target, Record) else target.record
                if not may_see(self.user, record):
                    del self.fields[f.name]
                else:
                    self.lookup_cache[(type(target), str(target.pk))] = target
        foreign = instance.record.unit_id not in (None, self.user.unit_id)
        if foreign and not self.user.is_at_least(Role.LEAD):
            self.fields.pop("unit", None)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(value)

    def record_values(self) -> dict[str, Any]:
        """What goes to `write`: the declared fields by name."""
        names = [*RECORD_FIELDS, *self.screen.own_fields]
        return {n: self.cleaned_data[n] for n in names if n in self.cleaned_data}

    def tag_names(self) -> list[str]:
        return [t.strip() for t in self.cleaned_data.get("tags", "").split(",") if t.strip()]

    def add_errors(self, error: ValidationError) -> None:
        """Sentences from `write` beside their fields; what has no field on top."""
        found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
        for name, sentences in found.items():
            self.add_error(name if name in self.fields else None, sentences)


class ChildForm(_Styled, forms.Form):
    def __init__(self, child: ChildSet, user: User, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.child = child
        self.fields["id"] = forms.IntegerField(required=False, widget=forms.HiddenInput())
        for name, f in child.model_fields.items():
            self.fields[name] = form_field(f, user)
        self.style()

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[n] for n in self.child.fields]

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(value)

    def has_changed(self) -> bool:
        # A new row in which only a preselected choice stands is an empty row.
        if self.initial.get("id"):
            return super().has_changed()
        defaults = {n: f.get_default() for n, f in self.child.model_fields.items() if f.has_default()}
        for name in self.child.fields:
            value = self[name].data
            if value not in (None, "", False) and str(value) != str(defaults.get(name, "")):
                return True
        return False


class ChildFormSet(forms.BaseFormSet):
    child: ChildSet
    user: User

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {"child": self.child, "user": self.user}

    def edits(self) -> ChildEdits:
        """What to do with the rows, for `write`."""
        result = ChildEdits()
        for form in self.forms:
            if not hasattr(form, "cleaned_data"):
                continue
            data = form.cleaned_data
            pk = data.get("id")
            values = {n: data[n] for n in self.child.fields if n in data}
            if data.get("DELETE"):
                if pk:
                    result.delete.append(pk)
            elif pk:
                result.update[pk] = values
            elif form.has_changed():
                result.create.append(values)
        return result


def hidden_row(row: models.Model, user: User) -> bool:
    """Whether a child row names a record its reader may not see: then it is not shown and stays."""
    from ..access import may_see

    f: Any
    for f in row._meta.concrete_fields:
        if is_key_to_record(f) and f.is_cached(row) and (target := getattr(row, f.name)) is not None:
            record = target if isinstance(target, Record) else target.record
            if not may_see(user, record):
                return True
    return False


def child_queryset(child: ChildSet) -> models.QuerySet:
    """Child rows with the records they name, in one query."""
    keys, unread = [], []
    for f in child.model._meta.concrete_fields:
        if f.name == child.parent or not isinstance(f, models.ForeignKey):
            continue
        related = f.related_model
        recorded = isinstance(related, type) and issubclass(related, Recorded)
        keys.append(f"{f.name}__record" if recorded else f.name)
        if recorded:
            unread.append(f"{f.name}__record__search_text")
    queryset = child.model._default_manager.order_by("pk")
    return queryset.select_related(*keys).defer(*unread) if keys else queryset


def child_formsets(
    screen: Screen, user: User, data: Mapping[str, Any] | None = None, instance: Recorded | None = None
) -> list[ChildFormSet]:
    """One formset per child set, filled with the rows of `instance` that `user` may see."""
    sets = []
    for child in screen.all_children:
        factory = forms.formset_factory(
            ChildForm, formset=ChildFormSet, extra=0, can_delete=True, max_num=500, absolute_max=600, validate_max=True
        )
        initial = []
        if instance is not None:
            for row in child_queryset(child).filter(**{child.parent: instance.pk}):
                if not hidden_row(row, user):
                    values = {n: getattr(row, row._meta.get_field(n).attname) for n in child.fields}  # type: ignore[union-attr]
                    initial.append({"id": row.pk, **values})
        formset = factory(data, prefix=child.name, initial=initial)  # type: ignore[arg-type]
        formset.child, formset.user = child, user  # type: ignore[attr-defined]
        sets.append(formset)
    return sets  # type: ignore[return-value]
