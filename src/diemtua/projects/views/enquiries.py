"""Steps with an enquiry on the desk: answering, handing over, the e-mail file, the reply pack, the planted test."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Avg, Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diemtua.register import access
from diemtua.register.access import desk_required
from diemtua.register.desk.display import language
from diemtua.register.desk.views import the_record
from diemtua.register.models import Role, User
from diemtua.register.screens import screen_of
from diemtua.register.tabular import Unreadable

from ..actions import enquiries as actions
from ..actions import intake
from ..actions import leads as lead_actions
from ..actions import packs as pack_actions
from ..forms.enquiries import HandOverForm, MailForm, PackForm, PlantForm, ReasonForm, ScoreForm, SendForm
from ..models import Enquiry, EnquiryFile, ReplyPack, ShoppingScore
from ..packs.contents import offered, still_open
from ..queries import enquiries as queries
from ..queries.shopping import handling_of
from ..rules import attachments, shopping

FIGURES_DAYS = 90  # of which the page of waiting enquiries says how they were answered


def the_enquiry(request: HttpRequest, pk: int, *, to_change: bool = True) -> Enquiry:
    """An enquiry this person may see (404 otherwise) and, for a step, may change (403 otherwise)."""
    screen, instance = the_record(request, pk)
    if screen.kind != "enquiry":
        raise Http404
    if to_change:
        if instance.record.archived_at is not None:
            raise Http404
        access.require(
            access.may_edit(request.user, instance.record),  # type: ignore[arg-type]
            _("You may not change this record. Ask its unit or a lead."),
        )
    return instance


def _sent(request: HttpRequest) -> Any:
    """What a form was sent with, even where that is nothing; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def _render(
    request: HttpRequest, enquiry: Enquiry, form: Any, heading: str, button: str, hint: str = ""
) -> HttpResponse:
    return render(
        request,
        "projects/enquiries/step.html",
        {
            "screen": screen_of("enquiry"),
            "record": enquiry.record,
            "e": enquiry,
            "form": form,
            "heading": heading,
            "button": button,
            "hint": hint,
        },
        status=422 if form.errors else 200,
    )


Step = tuple[Callable[..., Any], Callable[..., Any], str, str]


def _steps() -> dict[str, Step]:
    """step → (form, action, heading, button)."""

    def reason(name: str, label: str) -> Callable[..., ReasonForm]:
        return lambda data: ReasonForm(data, name=name, label=label)

    return {
        "hand-over": (HandOverForm, actions.hand_over, _("Hand the enquiry over"), _("Hand over")),
        "send": (SendForm, actions.send, _("Write to the sender"), _("Write down")),
        "pause": (
            reason("reason", _("what the sender is waited for")),
            actions.pause,
            _("Pause the clocks"),
            _("Pause"),
        ),
        "put-aside": (
            reason("reason", _("why this is no enquiry")),
            lambda **kw: actions.judge(genuine=False, **kw),
            _("Put aside as no enquiry"),
            _("Put aside"),
        ),
        "close": (reason("note", _("how it ended")), actions.close, _("Close the enquiry"), _("Close")),
        "reopen": (reason("reason", _("why")), actions.reopen, _("Take the enquiry up again"), _("Take up")),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk_required(Role.OFFICER)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step of answering: a small form, an action."""
    enquiry = the_enquiry(request, pk)
    found = _steps().get(name)
    if found is None:
        raise Http404
    make, run, heading, button = found
    form = make(_sent(request))
    if name == "send" and not form.is_bound:
        kind = request.GET.get("kind", "first" if enquiry.first_reply_at is None else "answer")
        form.fields["kind"].initial = "follow_up" if enquiry.answered_at else kind
    if form.is_bound and form.is_valid():
        try:
            run(actor=request.user, enquiry=enquiry, **form.cleaned_data)
        except ValidationError as error:
            form.add_errors(error)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": heading})
            return redirect(enquiry)
    return _render(request, enquiry, form, heading, button)


@require_POST
@desk_required(Role.OFFICER)
def at_once(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Steps that need no words: taking an enquiry, letting the clocks run, saying that it is one, making a lead."""
    enquiry, user = the_enquiry(request, pk), request.user
    try:
        if name == "take":
            actions.hand_over(actor=user, enquiry=enquiry, to=user, reason=_("took it over"))  # type: ignore[arg-type]
            messages.success(request, _("You answer this enquiry now."))
        elif name == "resume":
            actions.resume(actor=user, enquiry=enquiry)  # type: ignore[arg-type]
            messages.success(request, _("The clocks run again."))
        elif name == "genuine":
            actions.judge(actor=user, enquiry=enquiry, genuine=True)  # type: ignore[arg-type]
            messages.success(request, _("It counts as an enquiry; its clocks run since it came."))
        elif name == "lead":
            lead = lead_actions.lead_of_enquiry(actor=user, enquiry=enquiry)  # type: ignore[arg-type]
            messages.success(request, _("A lead is made of this enquiry."))
            return redirect(lead)
        elif name == "search":
            if pack_actions.keep_land_search(actor=user, enquiry=enquiry) is None:  # type: ignore[arg-type]
                messages.warning(request, _("Enter first how much land or power is needed, or by when."))
            else:
                messages.success(request, _("The search for land is kept."))
        else:
            raise Http404
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(enquiry)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk_required(Role.OFFICER)
def mail(request: HttpRequest) -> HttpResponse:
    """Enter an e-mail that was saved as a file."""
    user: User = request.user  # type: ignore[assignment]
    too_large = getattr(request, "upload_too_large", False)
    form = MailForm(_sent(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST":
        if too_large:
            form.add_error("file", _("The file is too large."))
        elif form.is_valid():
            try:
                made = intake.from_mail(actor=user, data=form.cleaned_data["file"].read(), unit=user.unit)
            except Unreadable as error:
                form.add_error("file", str(error.sentence))
            except ValidationError as error:
                form.add_error("file", " ".join(error.messages))
            else:
                if made.record.created_at < timezone.now() - datetime.timedelta(seconds=20):
                    messages.info(request, _("This e-mail was entered already. Here it is."))
                else:
                    messages.success(request, _("The e-mail is entered as an enquiry. Look at it and complete it."))
                return redirect(made)
    context = {"form": form, "screen": screen_of("enquiry")}
    return render(request, "projects/enquiries/mail.html", context, status=422 if form.errors else 200)


@require_GET
@desk_required()
def file(request: HttpRequest, pk: int) -> Any:
    """A file that came with an enquiry, to those who may see it; always as a download."""
    row = get_object_or_404(EnquiryFile.objects.filter(enquiry__in=Enquiry.objects.visible_to(request.user)), pk=pk)
    if not row.kept:
        raise Http404
    try:
        stream = row.file.open("rb")
    except OSError as error:
        raise Http404 from error
    name = attachments.download_name(row.name, row.kind)
    response = FileResponse(stream, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Content-Security-Policy"] = "sandbox"
    return response


# --- packs ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk_required(Role.OFFICER)
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what the sender is told; make the pack."""
    enquiry, user = the_enquiry(request, pk), request.user
    lang = (
        request.POST.get("language")
        or request.GET.get("language")
        or ("vi" if enquiry.language == Enquiry.Language.VI else "en")
    )
    lang = lang if lang in ReplyPack.Language.values else "vi"
    offer = offered(enquiry, user, lang)  # type: ignore[arg-type]
    with override(lang):
        greeting = pack_actions.standard_greeting(enquiry)
    initial = {
        "language": lang,
        "greeting": greeting,
        "contact_name": user.name,  # type: ignore[union-attr]
        "contact_email": user.email,  # type: ignore[union-attr]
        "ends_on": timezone.localdate() + datetime.timedelta(days=60),
    }
    form = PackForm(_sent(request), initial=initial)
    chosen = {i.key for i in offer.items if i.ticked}
    released: set[str] = set()
    if form.is_bound:
        chosen, released = set(request.POST.getlist("item")), set(request.POST.getlist("release"))
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = pack_actions.make_pack(
                    actor=user,  # type: ignore[arg-type]
                    enquiry=enquiry,
                    language=lang,
                    chosen=chosen,
                    released=released,
                    greeting=data["greeting"],
                    contact={n: data[f"contact_{n}"] for n in pack_actions.CONTACT},
                    ends_on=data["ends_on"],
                )
            except ValidationError as error:
                form.add_errors(error)
            else:
                messages.success(request, _("The reply pack is ready: take the document, or send the private link."))
                return redirect(f"{reverse('projects:pack-made', args=[made.pk])}")
    context = {
        "screen": screen_of("enquiry"),
        "record": enquiry.record,
        "e": enquiry,
        "form": form,
        "offer": offer,
        "chosen": chosen,
        "released": released,
        "lang": lang,
    }
    return render(request, "projects/enquiries/pack.html", context, status=422 if form.errors else 200)


def _the_pack(request: HttpRequest, pk: int) -> ReplyPack:
    seen = Enquiry.objects.visible_to(request.user)
    return get_object_or_404(ReplyPack.objects.filter(enquiry__in=seen).select_related("enquiry__record"), pk=pk)


@require_GET
@never_cache
@desk_required()
def pack_made(request: HttpRequest, pk: int) -> HttpResponse:
    """A pack: the document, the private link, its visits."""
    found = _the_pack(request, pk)
    context = {
        "screen": screen_of("enquiry"),
        "record": found.enquiry.record,
        "pack": found,
        "address": request.build_absolute_uri(found.path),
        "visits": found.visits.count(),
        "last": found.visits.order_by("-at").first(),
        "items": found.contents["items"],
        "may": access.may_edit(request.user, found.enquiry.record),  # type: ignore[arg-type]
    }
    return render(request, "projects/enquiries/pack_made.html", context)


@require_GET
@never_cache
@desk_required(Role.OFFICER)
def pack_document(request: HttpRequest, pk: int) -> HttpResponse:
    """The pack as an editable Word document, without what is public no longer."""
    from ..packs.document import write_docx

    found = _the_pack(request, pk)
    data = write_docx(found, still_open(found.contents, found.released))
    response = HttpResponse(
        data, content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )
    name = slugify(found.enquiry.record.title)[:60] or "reply"
    response["Content-Disposition"] = f'attachment; filename="{found.enquiry.receipt}-{name}.docx"'
    return response


@require_POST
@desk_required(Role.OFFICER)
def pack_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the private page of a pack."""
    found = _the_pack(request, pk)
    pack_actions.revoke_pack(actor=request.user, pack=found)  # type: ignore[arg-type]
    messages.success(request, _("The private page is closed. Whoever opens it is told so."))
    return redirect("projects:pack-made", pk=found.pk)


# --- mystery shopping -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk_required(Role.LEAD)
def shop(request: HttpRequest) -> HttpResponse:
    """Plant a test enquiry; those planted before with how their answers were judged."""
    user: User = request.user  # type: ignore[assignment]
    form = PlantForm(_sent(request), initial={"language": "en"})
    if form.is_bound and form.is_valid():
        try:
            made = intake.plant_test(actor=user, fields=form.cleaned_data)
        except ValidationError as error:
            form.add_errors(error)
        else:
            messages.success(request, _("The test is planted. Officers see it as any other enquiry."))
            return redirect("projects:shop-score", pk=made.pk)
    tests = (
        Enquiry.objects.visible_to(user)
        .filter(is_test=True)
        .select_related("record", "owner", "planted_by")
        .prefetch_related("shopping_scores")
        .order_by("-record")[:100]
    )
    scores = ShoppingScore.objects.filter(enquiry__in=Enquiry.objects.visible_to(user))
    context = {
        "form": form,
        "tests": [(t, next(iter(t.shopping_scores.all()), None)) for t in tests],
        "means": scores.aggregate(n=Count("pk"), mean=Avg("total"), **{f"of_{c}": Avg(c) for c in shopping.COUNTS}),
    }
    return render(request, "projects/enquiries/shop.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk_required(Role.LEAD)
def shop_score(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge the answer to a planted enquiry. What can be counted is filled in."""
    enquiry = the_enquiry(request, pk, to_change=False)
    if not enquiry.is_test:
        raise Http404
    suggested = shopping.suggested(handling_of(enquiry))
    form = ScoreForm(_sent(request), initial=suggested)
    if form.is_bound and form.is_valid():
        note = form.cleaned_data.pop("note")
        try:
            intake.score_test(actor=request.user, enquiry=enquiry, scores=form.cleaned_data, note=note)  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_errors(error)
        else:
            messages.success(request, _("The answer is scored."))
            return redirect("projects:shop")
    context = {
        "screen": screen_of("enquiry"),
        "record": enquiry.record,
        "e": enquiry,
        "form": form,
        "suggested": suggested,
        "thread": enquiry.messages.select_related("by"),
        "scores": enquiry.shopping_scores.select_related("by"),
        "lang": language(),
    }
    return render(request, "projects/enquiries/shop_score.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@desk_required(Role.OFFICER)
def waiting(request: HttpRequest) -> HttpResponse:
    """What has to be answered now: with the lead officer, overdue, mine, nobody's, to be checked."""
    user: User = request.user  # type: ignore[assignment]
    now = timezone.now()
    rows: Any = Enquiry.objects.visible_to(user).for_list()
    mine = rows.unanswered().filter(owner=user).by_urgency()
    context = {
        "now": now,
        "lists": [
            (_("With the lead officer"), list(rows.climbed(now).by_urgency()[:50]), "climbed"),
            (_("Mine"), list(mine[:50]), ""),
            (_("Nobody answers it yet"), list(rows.unanswered().filter(owner=None).by_urgency()[:50]), "nobody"),
            (_("To be checked"), list(rows.live().filter(state="to_check").order_by("-record")[:50]), "check"),
        ],
        "hours": queries.limits(),
        "figures": queries.answering(user, timezone.localdate() - datetime.timedelta(days=FIGURES_DAYS)),
        "figures_days": FIGURES_DAYS,
    }
    return render(request, "projects/enquiries/waiting.html", context)
