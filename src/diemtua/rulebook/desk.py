"""The rulebook's page: every rule as it holds on a day, and for administrators the way to set one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diemtua.kit.dates import PartialDate
from diemtua.kit.fields import DecimalInputField, PartialDateFormField
from diemtua.kit.numbers import decimal_sign, format_number, parse_number
from diemtua.rulebook.actions import may_override, override_rule, withdraw_override
from diemtua.rulebook.models import RuleOverride
from diemtua.rulebook.queries import NoRule, history, list_rules
from diemtua.rulebook.rules import Rule

from . import procedures

# --- forms ----------------------------------------------------------------------------------------
_COLUMNS = ("code", "vi", "en", "group", "valid_from", "valid_to")


class DayForm(forms.Form):
    """What the page of rules is narrowed to."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control"}),
    )
    on = PartialDateFormField(
        label=gettext_lazy("On this day"),
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class CodeListField(forms.CharField):
    """A code list as lines: code | Vietnamese | English | group | from | to; the last three may be absent."""

    def __init__(self, current: list[dict[str, Any]] | None = None, **kwargs: Any) -> None:
        # Notes and confidence of an entry are not typed; they stay with its code.
        self.current = {entry["code"]: entry for entry in current or ()}
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 16, "class": "form-control", "wrap": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        lines = ([str(entry.get(column, "")) for column in _COLUMNS] for entry in value)
        return "\n".join(" | ".join(line).rstrip(" |") for line in lines)

    def to_python(self, value: Any) -> Any:
        entries = []
        for number, line in enumerate((value or "").splitlines(), 1):
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.split("|")]
            if not 3 <= len(cells) <= len(_COLUMNS) or not all(cells[:3]):
                raise ValidationError(
                    _("Line %(line)s: write the code, the Vietnamese and the English label, parted by “|”.")
                    % {"line": number}
                )
            typed = {column: cell for column, cell in zip(_COLUMNS, cells, strict=False) if cell}
            kept = {k: v for k, v in self.current.get(cells[0], {}).items() if k not in _COLUMNS}
            entries.append(kept | typed)
        return entries or None


class FiguresField(forms.CharField):
    """Named numbers as lines: code | Vietnamese | English | number | number …"""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 16, "class": "form-control", "wrap": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(
            " | ".join([e["code"], e["vi"], e["en"], *(format_number(n) for n in e["numbers"])]) for e in value
        )

    def to_python(self, value: Any) -> Any:
        entries: list[dict[str, Any]] = []
        sign = decimal_sign()
        for number, line in enumerate((value or "").splitlines(), 1):
            if not line.strip():
                continue
            code, *rest = [cell.strip() for cell in line.split("|")]
            try:
                vi, en, first, *more = rest
                amounts = [parse_number(text, sign) for text in (first, *more)]
            except ValueError as error:
                raise ValidationError(
                    _(
                        "Line %(line)s: write the code, the Vietnamese and the English label and the numbers, parted by “|”."
                    )
                    % {"line": number}
                ) from error
            numbers = [int(a) if a == int(a) else float(a) for a in amounts]
            entries.append({"code": code, "vi": vi, "en": en, "numbers": numbers})
        return entries or None


class ProcedureField(forms.CharField):
    """A procedure as lines: part | Vietnamese | English."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 16, "class": "form-control"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return procedures.as_lines(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        try:
            return procedures.from_lines(value or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error


class ReportField(forms.JSONField):
    """A report's table as indented JSON."""

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False, indent=2) if isinstance(value, dict) else value


class OverrideForm(forms.Form):
    """A new value of one rule; the value's box depends on the rule's unit."""

    valid_from = PartialDateFormField(label=gettext_lazy("Holds from"))
    valid_to = PartialDateFormField(
        label=gettext_lazy("Holds until"), required=False, help_text=gettext_lazy("Empty: no end is known.")
    )
    basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        max_length=300,
        help_text=gettext_lazy("Number and symbol of the text, and its article."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("value", "valid_from", "valid_to", "basis", "reason")

    def __init__(self, data: Any = None, *, current: Rule) -> None:
        super().__init__(data, initial={"value": current.value})
        self.unit = current.unit
        self.fields["value"] = self._value_field(current)
        self.order_fields(self.field_order)
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("class", "form-control")
            if self.errors.get(name):
                field.widget.attrs["class"] += " is-invalid"

    @staticmethod
    def _value_field(current: Rule) -> forms.Field:
        common: dict[str, Any] = {
            "label": gettext_lazy("Value"),
            "required": False,
            "help_text": gettext_lazy("Empty: the value is not known."),
        }
        match current.unit:
            case "codes":
                common["help_text"] = gettext_lazy("One entry a line: code | Vietnamese | English | group | from | to")
                return CodeListField(current.value, **common)
            case "figures":
                common["help_text"] = gettext_lazy("One entry a line: code | Vietnamese | English | number | number")
                return FiguresField(**common)
            case "procedure":
                common["help_text"] = gettext_lazy(
                    "One line each: part | Vietnamese | English. Parts: for, by, step, paper, time, fee, result. "
                    "A part without a line is shown as not known."
                )
                return ProcedureField(**common)
            case "report":
                return ReportField(widget=forms.Textarea(attrs={"rows": 10}), **common)
            case "boolean":
                choices = [("", _("not known")), ("true", _("Yes")), ("false", _("No"))]
                select = forms.Select(attrs={"class": "form-select"})
                return forms.TypedChoiceField(
                    choices=choices, coerce=lambda v: v == "true", empty_value=None, widget=select, **common
                )
            case "text":
                return forms.CharField(max_length=300, empty_value=None, **common)
            case "metres":
                return DecimalInputField(min_value=0, max_digits=8, decimal_places=2, **common)
        return DecimalInputField(min_value=0, max_digits=8, decimal_places=0, **common)

    def clean_value(self) -> Any:
        value = self.cleaned_data["value"]
        if isinstance(value, Decimal):  # JSON has no decimals
            return int(value) if value == int(value) else float(value)
        return value


# --- pages ----------------------------------------------------------------------------------------
def _require_administrator(user: Any) -> None:
    if not may_override(user):
        raise PermissionDenied


def _to_list(code: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('rulebook:list')}?{urlencode({'q': code})}")


@login_required
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, searched and on a chosen day; a wrong day is told and today is shown."""
    form = DayForm(request.GET or None)
    form.is_valid()
    asked = getattr(form, "cleaned_data", {})
    day = asked["on"].last if asked.get("on") else timezone.localdate()
    return render(
        request,
        "rulebook/list.html",
        {
            "form": form,
            "day": PartialDate.day(day),
            "rows": list_rules(day, asked.get("q", "")),
            "may_override": may_override(request.user),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def override(request: HttpRequest, code: str) -> HttpResponse:
    """The form by which an administrator sets a rule."""
    _require_administrator(request.user)
    try:
        versions = history(code)
    except NoRule as error:
        raise Http404(str(error)) from error
    current = next(version for version in versions if version.withdrawn_at is None)
    form = OverrideForm(request.POST or None, current=current)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            override_rule(
                actor=request.user,
                code=code,
                value=asked["value"],
                valid_from=asked["valid_from"].first,
                valid_to=asked["valid_to"].last if asked["valid_to"] else None,
                basis=asked["basis"],
                reason=asked["reason"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The rule is set."))
            return _to_list(code)
    return render(request, "rulebook/override.html", {"form": form, "rule": current, "history": versions})


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an override back, with a reason."""
    _require_administrator(request.user)
    row = get_object_or_404(RuleOverride, pk=pk)
    try:
        withdraw_override(actor=request.user, override=row, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The override is withdrawn."))
    return _to_list(row.code)
