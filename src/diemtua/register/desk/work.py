"""What people do on one record: read its history, write notes, watch it, add figures and evidence."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diemtua.kit.fields import DecimalInputField, PartialDateFormField

from .. import access, actions, history
from ..access import desk_required
from ..models import Change, Confidence, Evidence, Figure, Record, Role, Stage, User
from ..queries import visible
from ..screens import Screen, screen_of
from ..write import CannotUndo, load_children, snapshot, state_on, undo
from .forms import DAY_FORMATS, _Styled, clean_text
from .services import MEASURES, measure_label
from .widgets import LookupField

TOO_LATE = gettext_lazy("You may not change this record. Ask its unit or a lead.")


def bare_record(request: HttpRequest, pk: int) -> tuple[Screen, Record]:
    """A record this person may see, in one query; 404 otherwise."""
    record = Record.objects.visible_to(request.user).filter(pk=pk).first()
    if record is None:
        raise Http404
    return screen_of(record.kind), record


def editable_record(request: HttpRequest, pk: int) -> tuple[Screen, Record]:
    screen, record = bare_record(request, pk)
    access.require(access.may_edit(request.user, record), str(TOO_LATE))  # type: ignore[arg-type]
    return screen, record


# --- history --------------------------------------------------------------------------------------


@require_GET
@never_cache
@desk_required()
def record_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes and notes, newest first, 30 at a time; a fragment for htmx and a page without it."""
    return show_history(request, pk)


def show_history(request: HttpRequest, pk: int, *, typed: str = "", error: str = "") -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    screen, record = bare_record(request, pk)
    cursor = request.GET.get("before", "")
    may_edit = access.may_edit(user, record)
    context = {
        "screen": screen,
        "record": record,
        "typed": typed,
        "error": error,
        "cursor": cursor,
        "timeline": history.timeline(record, screen, user, cursor=cursor, may_edit=may_edit),
        "may_note": user.is_at_least(Role.OFFICER),
    }
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    # htmx puts in only what succeeds; the sentence stands in the fragment either way.
    status = 422 if error and not htmx else 200
    return render(request, "register/parts/history.html" if htmx else "register/history.html", context, status=status)


@require_POST
@desk_required(Role.OFFICER)
def note_new(request: HttpRequest, pk: int) -> HttpResponse:
    _screen, record = bare_record(request, pk)
    text = clean_text(request.POST.get("text", ""))
    try:
        actions.add_note(record=record, actor=request.user, text=text)  # type: ignore[arg-type]
    except ValidationError as error:
        return show_history(request, pk, typed=text, error=" ".join(error.messages))
    if request.htmx:  # type: ignore[attr-defined]
        return show_history(request, pk)
    messages.success(request, _("The note has been saved."))
    return redirect(record)


@require_POST
@desk_required(Role.OFFICER)
def change_undo(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """Take one change back; where that cannot be, the sentence says what stands in the way."""
    _screen, record = editable_record(request, pk)
    row = get_object_or_404(Change, pk=change, record=record)
    try:
        undo(row, actor=request.user)  # type: ignore[arg-type]
    except CannotUndo as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, _("It cannot be taken back:") + " " + " ".join(error.messages))
    else:
        messages.success(request, _("Taken back. The history keeps both steps."))
    return redirect(record)


@require_GET
@desk_required()
def record_on(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as it stood at the end of a day, beside today, with what differs marked."""
    user: User = request.user  # type: ignore[assignment]
    screen, record = bare_record(request, pk)
    typed = request.GET.get("day", "").strip()[:40]
    today = timezone.localdate()
    day, error = None, ""
    if typed:
        field = forms.DateField(input_formats=DAY_FORMATS)
        try:
            day = field.clean(typed)
        except ValidationError:
            error = _("“%(day)s” is no day. Write it as dd/mm/yyyy, for example 04/11/2021.") % {"day": typed}
        else:
            if day > today:
                day, error = None, _("That day has not come yet. Choose today or an earlier day.")
    else:
        error = _("Choose a day.")
    rows, then = None, None
    if day is not None:
        end = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min)
        then = state_on(record, timezone.make_aware(end) - datetime.timedelta(microseconds=1))
        if then is not None:
            instance = screen.model._default_manager.get(pk=record.pk)
            instance.record = record
            now = snapshot(screen, instance, load_children(screen, record.pk))
            rows = history.compare(screen, user, then, now)
    return render(
        request,
        "register/as_of.html",
        {
            "screen": screen,
            "record": record,
            "day": day,
            "typed": typed,
            "error": error,
            "rows": rows,
            "differs": bool(rows) and any(r.changed for r in rows or ()),
            "today": today,
        },
        status=422 if error and typed else 200,
    )


# --- watching -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@never_cache
@desk_required()
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """The watch button of a record page; posting `on` = 1 or 0 begins or ends watching.

    Loading it tells that its watcher has seen all changes so far.
    """
    user: User = request.user  # type: ignore[assignment]
    _screen, record = bare_record(request, pk)
    if request.method == "POST":
        on = actions.set_watch(record=record, actor=user, on=request.POST.get("on") == "1")
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect(record)
    else:
        on = actions.mark_seen(record=record, actor=user)
    return render(request, "register/parts/watch.html", {"record": record, "on": on})


# --- figures and evidence -------------------------------------------------------------------------


class _RecordPartForm(_Styled, forms.Form):
    """A form about one record: clean text, and sentences of actions beside their fields."""

    def __init__(self, record: Record, user: User, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.record, self.user = record, user
        self.build()
        self.style()

    def build(self) -> None:
        """Fill in what depends on the record."""

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            self.cleaned_data[name] = clean_text(value)

    def add_errors(self, error: ValidationError) -> None:
        found = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
        for name, sentences in found.items():
            self.add_error(name if name in self.fields else None, sentences)


def source_field(user: User, *, required: bool) -> LookupField:
    """A document this person may see, asked for while one types."""
    return LookupField(
        Record.objects.visible_to(user).live().filter(kind="document"),
        "document",
        required=required,
        label=_("document"),
        help_text=_("Enter the document first if it is not there yet."),
    )


def passage_fields(form: forms.Form, user: User, *, required: bool) -> None:
    """The fields by which a passage of a document is named."""
    form.fields["source"] = source_field(user, required=required)
    form.fields["locator"] = forms.CharField(
        max_length=120,
        required=False,
        label=Evidence._meta.get_field("locator").verbose_name,
        help_text=_("For example: page 3, article 5."),
    )
    form.fields["quote"] = forms.CharField(
        max_length=4000,
        required=False,
        label=Evidence._meta.get_field("quote").verbose_name,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Copy the words of the document as they stand."),
    )
    form.fields["confidence"] = forms.ChoiceField(
        choices=Confidence.choices, required=False, label=Evidence._meta.get_field("confidence").verbose_name
    )


class FigureForm(_RecordPartForm):
    """A figure and, where it is new, the passage that proves it."""

    def build(self) -> None:
        label = {f.name: f.verbose_name for f in Figure._meta.concrete_fields}
        used = (
            Figure.objects.filter(record=self.record).order_by("measure").values_list("measure", flat=True).distinct()
        )
        codes = dict.fromkeys([*screen_of(self.record.kind).measures, *used, *MEASURES])
        self.fields["measure"] = forms.ChoiceField(
            choices=[("", ""), *((c, measure_label(c)) for c in codes)], label=label["measure"]
        )
        self.fields["stage"] = forms.ChoiceField(choices=Stage.choices, label=label["stage"])
        self.fields["value"] = DecimalInputField(
            max_digits=24,
            decimal_places=4,
            required=False,
            label=label["value"],
            help_text=_("1.234,5 and 1,234.5 are both read."),
        )
        self.fields["unit"] = forms.CharField(
            max_length=24, label=label["unit"], help_text=_("For example: ha, VND, people, %.")
        )
        self.fields["wording"] = forms.CharField(
            max_length=120,
            required=False,
            label=label["wording"],
            help_text=_("Where the source gives no plain number, such as “over 40”."),
        )
        self.fields["as_of"] = PartialDateFormField(
            required=False, label=label["as_of"], help_text=_("A day, month, quarter or year.")
        )
        proofs = (
            Evidence.objects.standing()
            .filter(visible(self.user, "source__"), record=self.record)
            .select_related("source")
        )
        self.proofs = {str(e.pk): e for e in proofs}
        if self.proofs:
            self.fields["evidence"] = forms.ChoiceField(
                choices=[
                    ("", _("A new passage, named below, or none yet")),
                    *(
                        (
                            pk,
                            history.short(f"{e.source.title}: {e.quote}" if e.quote else e.source.title, 110),
                        )
                        for pk, e in self.proofs.items()
                    ),
                ],
                required=False,
                label=label["evidence"],
            )
        passage_fields(self, self.user, required=False)

    @property
    def about(self) -> list[forms.BoundField]:
        return [self[n] for n in ("measure", "stage", "value", "unit", "wording", "as_of")]

    @property
    def proof(self) -> list[forms.BoundField]:
        return [self[n] for n in ("evidence", "source", "locator", "quote", "confidence") if n in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("value") is None and not data.get("wording") and "value" not in self.errors:
            self.add_error("value", _("Give the number, or the words of the source beside it."))
        if data.get("quote") and not data.get("source") and not data.get("evidence") and "source" not in self.errors:
            self.add_error("source", _("Say which document these words are from."))
        if data.get("source") and data.get("evidence"):
            self.add_error("evidence", _("Choose a passage already named, or name a new one, not both."))
        return data

    @transaction.atomic
    def save(self) -> Figure:
        data = self.cleaned_data
        evidence = self.proofs.get(data.get("evidence", ""))
        if data.get("source"):
            evidence = save_passage(self.record, self.user, data)
        return actions.add_figure(
            record=self.record,
            actor=self.user,
            measure=data["measure"],
            stage=data["stage"],
            value=data["value"],
            unit=data["unit"],
            wording=data["wording"],
            as_of=data["as_of"],
            evidence=evidence,
        )


class EvidenceForm(_RecordPartForm):
    """Which words of which document prove which field."""

    def build(self) -> None:
        fields = actions.provable_fields(self.record.kind)
        self.fields["field"] = forms.ChoiceField(
            choices=[("", _("the whole record")), *fields], required=False, label=_("what it proves")
        )
        passage_fields(self, self.user, required=True)

    def save(self) -> Evidence:
        return save_passage(self.record, self.user, self.cleaned_data, field=self.cleaned_data["field"])


def save_passage(record: Record, user: User, data: dict[str, Any], field: str = "") -> Evidence:
    """Save a passage; its place in the document's text is found where the document has one."""
    source: Record = data["source"]
    # A kind whose records have a text says so with a method `stored_text(pk)` of its screen.
    read = getattr(screen_of(source.kind), "stored_text", None)
    text = read(source.pk) if read and data["quote"] else None
    return actions.add_evidence(
        record=record,
        actor=user,
        source=source,
        field=field,
        quote=data["quote"],
        text=text or None,
        locator=data["locator"],
        confidence=data["confidence"],
    )


def part_form(
    request: HttpRequest, pk: int, form_class: type[FigureForm | EvidenceForm], template: str, done: Any
) -> HttpResponse:
    """Show and take a form about a record; what was typed stays when something is wrong."""
    user: User = request.user  # type: ignore[assignment]
    screen, record = editable_record(request, pk)
    if request.method == "POST":
        form = form_class(record, user, request.POST)
        if form.is_valid():
            try:
                form.save()
            except ValidationError as error:
                form.add_errors(error)
            else:
                messages.success(request, str(done))
                return redirect(record)
    else:
        form = form_class(
            record,
            user,
            initial={
                n: v for n, v in request.GET.items() if n in ("field", "source", "measure", "stage", "unit", "evidence")
            },
        )
    return render(
        request,
        template,
        {"screen": screen, "record": record, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "POST"])
@desk_required(Role.OFFICER)
def figure_new(request: HttpRequest, pk: int) -> HttpResponse:
    return part_form(request, pk, FigureForm, "register/figure_form.html", _("The figure has been saved."))


@require_http_methods(["GET", "POST"])
@desk_required(Role.OFFICER)
def evidence_new(request: HttpRequest, pk: int) -> HttpResponse:
    return part_form(request, pk, EvidenceForm, "register/evidence_form.html", _("The evidence has been saved."))


@require_http_methods(["GET", "POST"])
@desk_required(Role.OFFICER)
def figure_withdraw(request: HttpRequest, pk: int, figure: int) -> HttpResponse:
    """Ask for the reason, then withdraw. The figure leaves the page and stays in the history."""
    screen, record = editable_record(request, pk)
    row = get_object_or_404(Figure, pk=figure, record=record, withdrawn_at=None)
    reason, error = clean_text(request.POST.get("reason", "")), ""
    if request.method == "POST":
        try:
            actions.withdraw_figure(figure=row, actor=request.user, reason=reason)  # type: ignore[arg-type]
        except ValidationError as wrong:
            error = " ".join(wrong.messages)
        else:
            messages.success(request, _("Withdrawn. The history keeps it."))
            return redirect(record)
    return render(
        request,
        "register/figure_form.html",
        {
            "screen": screen,
            "record": record,
            "figure": row,
            "measure": measure_label(row.measure),
            "reason": reason,
            "error": error,
        },
        status=422 if error else 200,
    )
