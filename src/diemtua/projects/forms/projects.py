"""The forms of single steps with a project and its reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diemtua.kit.fields import PartialDateFormField
from diemtua.register.desk.forms import DAY_FORMATS, DayInput, clean_text, form_field
from diemtua.register.desk.widgets import LookupField
from diemtua.register.models import User
from diemtua.sources.models import Document

from ..actions.projects import SUBJECTS
from ..models import Project
from ..rules import stages


class StepForm(forms.Form):
    """The version the person looked at, and what the step itself needs."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, project: Project | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.user, self.project = user, project
        self.lookup_cache: dict[Any, Any] = {}
        self.add()
        for f in self.fields.values():
            f.widget.attrs.setdefault("class", "form-select" if isinstance(f.widget, forms.Select) else "form-control")

    def add(self) -> None:
        """The step's own fields."""

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[n] for n in self.fields if not isinstance(self.fields[n].widget, forms.HiddenInput)]

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(value)

    def model_field(self, name: str, initial: Any = None) -> None:
        """A field of the project's own form; `initial` is what it says now."""
        field = form_field(Project._meta.get_field(name), self.user)  # type: ignore[arg-type]
        field.required = False
        field.initial = initial
        self.fields[name] = field


def paper_field(user: User, help_text: Any) -> LookupField:
    """The document that proves a step, among those this person sees."""
    papers = Document.objects.visible_to(user).live().select_related("record")
    return LookupField(papers, "document", required=False, label=_("proved by"), help_text=help_text)


class MoveForm(StepForm):
    """A change of stage: the day, what the stage still needs, why, and which paper proves it."""

    def __init__(self, *args: Any, to: str, **kwargs: Any) -> None:
        self.to = to
        super().__init__(*args, **kwargs)

    def add(self) -> None:
        assert self.project is not None
        before = self.project.stage
        self.fields["to"] = forms.CharField(widget=forms.HiddenInput, initial=self.to)
        self.fields["on"] = forms.DateField(
            label=_("on which day"), input_formats=DAY_FORMATS, widget=DayInput(), initial=timezone.localdate
        )
        over = self.to in (stages.PAUSED, *stages.OVER)
        if not stages.is_back(before, self.to):
            for name in self.needed():
                if name in ("end_reason", "ended_on"):
                    continue  # the reason and the day of this form
                self.model_field(name)
        if self.to == stages.LOST:
            self.model_field("lost_to")
        reasoned = over or stages.is_back(before, self.to)
        self.fields["reason"] = forms.CharField(
            max_length=500,
            required=reasoned,
            label=_("Why"),
            help_text=_("For the history, for example the number of the letter or decision."),
        )
        self.fields["source"] = paper_field(self.user, _("The decision, certificate, letter or report that shows it."))

    def needed(self) -> list[str]:
        """Fields that the stage asks for and that are empty, those that may become needed by an answer included."""
        assert self.project is not None
        names: list[str] = []
        for need in stages.NEEDS:
            values = [getattr(self.project, n) for n in need.fields]
            if self.to in need.stages and all(stages.is_empty(v) for v in values):
                if need.only_if is None or self.project.policy_route in ("", stages.NEEDED):
                    names += need.fields
        return names

    def clean(self) -> dict[str, Any]:
        """A field left empty is not sent: what stands there already stays."""
        data = super().clean() or {}
        fixed = ("version", "to", "on", "reason", "source")
        return {n: v for n, v in data.items() if n in fixed or not stages.is_empty(v)}


class AmendForm(StepForm):
    """An amendment of the certificate: its day and number, and every field as it is after it."""

    def add(self) -> None:
        assert self.project is not None
        self.fields["on"] = PartialDateFormField(label=_("issued"), help_text=_("A day, a month or a year."))
        self.fields["number"] = forms.IntegerField(label=_("amendment no."), required=False, min_value=1, max_value=999)
        self.fields["title"] = forms.CharField(
            label=_("name of the project"), max_length=500, initial=self.project.record.title
        )
        for name in SUBJECTS:
            if name != "title":
                value = getattr(self.project, name)
                self.model_field(name, value.pk if hasattr(value, "pk") else value)
        self.fields["source"] = paper_field(self.user, _("The amended certificate."))
        self.fields["remark"] = forms.CharField(label=_("remarks"), required=False, max_length=500)


class CorrectionForm(StepForm):
    """What an enterprise is to correct in its report."""

    def add(self) -> None:
        self.fields["correction"] = forms.CharField(
            label=_("what is to be corrected"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
        )


class WorkbookForm(forms.Form):
    """A filled workbook of form A.III.1."""

    file = forms.FileField(
        label=_("workbook"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
        help_text=_("The form as you downloaded it here, filled in."),
    )
