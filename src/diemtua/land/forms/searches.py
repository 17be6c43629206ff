"""The form of the matcher, and those by which a search is kept and shared."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diemtua.kit.fields import DecimalInputField
from diemtua.kit.numbers import format_number
from diemtua.register.desk.forms import DAY_FORMATS, DayInput, clean_text
from diemtua.register.desk.widgets import LookupField
from diemtua.register.models import Record, User

from ..actions.searches import LONGEST_DAYS
from ..models import Zone
from ..rules.criteria import CHOICES, CRITERIA, GROUPS, STARTING_WEIGHTS, Criterion
from ..rules.industries import DIVISIONS
from ..rules.questions import Question

NO_DAY = {"invalid": gettext_lazy("Write the day as dd/mm/yyyy, for example 04/11/2021.")}
# More than this is most likely meant in the smaller unit: how many of it make one.
ODD: dict[str, tuple[int, str, int]] = {"area": (5_000, "m²", 10_000), "power": (3_000, "kW", 1_000)}


@dataclass(frozen=True)
class FormRow:
    """One criterion of the form: what must hold, and how much its wish weighs."""

    criterion: Criterion
    least: Any
    most: Any
    weight: Any
    fails: int = 0  # plots that this requirement rules out

    @property
    def errors(self) -> list[str]:
        return [e for f in (self.least, self.most) if f is not None for e in f.errors]


class MatchForm(forms.Form):
    """What is asked of a plot. Everything may be left empty."""

    def __init__(self, *args: Any, user: User | Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if self.is_bound:
            # A wish that the address leaves out weighs nothing.
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            for key in CRITERIA:
                data.setdefault(f"w_{key}", "0")
            self.data = data
        self.lookup_cache: dict[Any, Any] = {}
        # By criterion, how many plots it rules out: shown beside it once there is an answer.
        self.fails: dict[str, int] = {}
        sides = {"least": _("at least"), "most": _("at most")}
        small = {"class": "form-control form-control-sm"}
        for c in CRITERIA.values():
            for side in c.asks if c.kind == "amount" else ():
                self.fields[f"{c.key}_{side}"] = DecimalInputField(
                    required=False,
                    min_value=Decimal(0),
                    max_digits=14,
                    decimal_places=4,
                    label=f"{c.label}, {sides[side]}",
                    error_messages={"min_value": _("This cannot be less than 0. Check the sign.")},
                )
            weight = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=3,
                label=c.wish,
                initial=STARTING_WEIGHTS.get(c.key, 0),
                widget=forms.NumberInput(attrs={"type": "range", "step": 1, "class": "form-range"}),
            )
            self.fields[f"w_{c.key}"] = weight
        self.fields["ready_by"] = forms.DateField(
            required=False,
            input_formats=DAY_FORMATS,
            widget=DayInput(),
            label=_("Ready by"),
            error_messages=NO_DAY,
        )
        industries = [("", _("Any")), *((code, f"{code} · {name}") for code, name in DIVISIONS.items())]
        self.fields["industry"] = forms.ChoiceField(required=False, choices=industries, label=_("Industry (VSIC)"))
        self.fields["water_class"] = forms.ChoiceField(
            required=False,
            choices=[("", _("Any")), ("A", _("Column A")), ("B", _("Column B or better"))],
            label=_("Waste water is treated to"),
        )
        self.fields["place"] = LookupField(
            Zone.objects.visible_to(user).live().select_related("record"),
            "zone",
            required=False,
            label=_("Only in the zone or park"),
        )
        for name, f in self.fields.items():
            if isinstance(f.widget, forms.Select):
                f.widget.attrs.setdefault("class", "form-select form-select-sm")
            elif not name.startswith("w_"):
                f.widget.attrs["class"] = f"{f.widget.attrs.get('class', '')} {small['class']}".strip()

    @property
    def groups(self) -> list[tuple[str, Any, list[FormRow]]]:
        """The criteria as the page groups them."""
        found = []
        for key, label in GROUPS:
            rows = []
            for c in CRITERIA.values():
                if c.group == key:
                    sides = {s: self[f"{c.key}_{s}"] for s in c.asks if f"{c.key}_{s}" in self.fields}
                    most = self["ready_by"] if c.kind == "day" else sides.get("most")
                    rows.append(FormRow(c, sides.get("least"), most, self[f"w_{c.key}"], self.fails.get(c.key, 0)))
            found.append((key, label, rows))
        return found

    @property
    def choices_shown(self) -> list[tuple[Any, int]]:
        """What is chosen and not weighed, with how many plots it rules out."""
        return [(self[key], self.fails.get(key, 0)) for key in CHOICES]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many plots every criterion rules out, those that rule out none too."""
        return [(key, self.fails.get(key, 0)) for key in (*CHOICES, *CRITERIA)]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Every error with the name of its field, for the place where the answer would stand."""
        return [
            (str(self.fields[n].label) if n in self.fields else "", str(e)) for n, es in self.errors.items() for e in es
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for c in CRITERIA.values():
            least, most = data.get(f"{c.key}_least"), data.get(f"{c.key}_most")
            if least is not None and most is not None and least > most:
                self.add_error(f"{c.key}_most", _("The most cannot be less than the least."))
            for name, value in ((f"{c.key}_least", least), (f"{c.key}_most", most)):
                if value is None:
                    continue
                if c.key in ODD and value > ODD[c.key][0]:
                    _limit, unit, factor = ODD[c.key]
                    self.add_error(
                        name,
                        _("No plot has %(value)s %(ours)s. If it was meant in %(unit)s, write %(meant)s.")
                        % {
                            "value": format_number(value),
                            "ours": c.unit,
                            "unit": unit,
                            "meant": format_number(value / factor),
                        },
                    )
                elif c.unit == "%" and value > 100:
                    self.add_error(name, _("A share lies between 0 and 100 %."))
                elif value > 10**9:
                    self.add_error(name, _("This is more than any plot has. Check the number and its unit."))
        day = data.get("ready_by")
        if day is not None and not 2000 <= day.year <= 2100:
            self.add_error("ready_by", _("Check the year."))
        return data

    def question(self) -> Question:
        """What was asked; the form is valid."""
        data = self.cleaned_data
        sides = {
            side: {
                c.key: value
                for c in CRITERIA.values()
                if (value := data.get(f"{c.key}_{side}")) is not None and (value or side == "most")
            }
            for side in ("least", "most")
        }
        return Question(
            least=sides["least"],
            most=sides["most"],
            ready_by=data.get("ready_by"),
            industry=data.get("industry") or "",
            water_class=data.get("water_class") or "",
            place=data["place"].pk if data.get("place") else None,
            weights={c: w for c in CRITERIA if (w := data.get(f"w_{c}"))},
            asked_on=timezone.localdate(),
        )


def starting_question() -> Question:
    """Nothing required, and the wishes that most investors have."""
    return Question(weights=dict(STARTING_WEIGHTS), asked_on=timezone.localdate())


class KeepForm(forms.Form):
    """Under which name a search is kept, and for whom."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.lookup_cache: dict[Any, Any] = {}
        self.fields["title"] = forms.CharField(
            max_length=200,
            label=_("name"),
            help_text=_("For example the investor and the project."),
            widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        )
        self.fields["for_record"] = LookupField(
            Record.objects.visible_to(user).live(),
            "record",
            required=False,
            label=_("asked by or for"),
            help_text=_("The partner, enquiry or project. Whoever may not see that record does not see this search."),
        )
        self.fields["for_record"].widget.attrs["class"] = "form-select"
        self.fields["note"] = forms.CharField(
            required=False,
            max_length=5000,
            label=_("remarks"),
            widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
        )

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(value)


class ShareForm(forms.Form):
    """Until when a private address stands open."""

    ends_on = forms.DateField(
        label=gettext_lazy("until"), input_formats=DAY_FORMATS, widget=DayInput(), error_messages=NO_DAY
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("initial", {"ends_on": timezone.localdate() + datetime.timedelta(days=30)})
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].help_text = _("The last day, at most %(n)s days from today.") % {"n": LONGEST_DAYS}
