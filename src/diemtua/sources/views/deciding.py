"""Deciding on proposals. A script swaps only what a decision has changed; without one the page comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from diemtua.register import write
from diemtua.register.access import desk_required
from diemtua.register.desk.moving import may_undo
from diemtua.register.models import Record, Role, User
from diemtua.register.screens import screen_of

from .. import actions, queries, rules
from ..forms import FactForm
from ..models import Document, Proposal, Subject
from .reading import the_document
from .review import Place, bar, groups_again, last_decided, number, open_by_kind, place_of, show_review

State = Proposal.State
SENTENCES = 5  # reasons why facts stay open that are said at once


@dataclass
class Outcome:
    """What a decision did: a sentence, and the subjects whose facts look different now."""

    said: str = ""
    subjects: set[int] = field(default_factory=set)
    error: str = ""
    at: Proposal | None = None  # where the person shall be afterwards, if not where they are


@require_POST
@desk_required(Role.OFFICER)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision: `do` is its name and number, such as accept-12, reject-12, all-3, choose-3, new-3, undo."""
    document = the_document(request, pk)
    word, _dash, rest = request.POST.get("do", "").partition("-")
    decision = DECISIONS.get(word)
    outcome = Outcome(error=_("Choose what is to be decided."))
    if decision is not None:
        outcome = attempt(lambda: decision(request, document, number(rest)), number(rest))
    return answer(request, document, outcome)


def attempt(decision: Callable[[], Outcome], about: int = 0) -> Outcome:
    """The outcome of a decision; what stands in its way becomes its sentence."""
    try:
        return decision()
    except (ValidationError, write.CannotUndo) as error:
        sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
        return Outcome(error=" ".join(sentences))
    except PermissionDenied as error:
        return Outcome(error=str(error) or _("Your role does not allow this. Ask a lead officer."))
    except Record.DoesNotExist:
        return Outcome(error=_("This record is not there any more, or you may not see it. Choose another one."))


# --- decisions --------------------------------------------------------------------------------------


def _accept(request: HttpRequest, document: Document, pk: int) -> Outcome:
    proposal = the_proposal(document, pk)
    refuse_doubtful(document, proposal.subject, request.user)  # type: ignore[arg-type]
    return accepted(document, actions.accept(proposals=[proposal.pk], actor=request.user))  # type: ignore[arg-type]


def _reject(request: HttpRequest, document: Document, pk: int) -> Outcome:
    proposal = the_proposal(document, pk)
    count = actions.reject(proposals=[proposal.pk], actor=request.user)  # type: ignore[arg-type]
    return _rejected(document, count, {proposal.subject_id})


def _reject_all(request: HttpRequest, document: Document, pk: int) -> Outcome:
    subject = the_subject(document, pk)
    rows = list(subject.proposals.filter(state=State.OPEN).values_list("pk", flat=True))
    count = actions.reject(proposals=rows, actor=request.user)  # type: ignore[arg-type]
    return _rejected(document, count, {subject.pk})


def _rejected(document: Document, count: int, subjects: set[int]) -> Outcome:
    said = ngettext("%(n)s fact rejected.", "%(n)s facts rejected.", count) % {"n": count}
    return Outcome(said, subjects | speaking_of(document, subjects))


def _reopen(request: HttpRequest, document: Document, pk: int) -> Outcome:
    proposal = the_proposal(document, pk)
    actions.reopen(proposals=[proposal.pk], actor=request.user)  # type: ignore[arg-type]
    return Outcome(_("Open again."), {proposal.subject_id})


def _accept_subject(request: HttpRequest, document: Document, pk: int) -> Outcome:
    subject = the_subject(document, pk)
    refuse_doubtful(document, subject, request.user)  # type: ignore[arg-type]
    return accepted(document, actions.accept_all(subject=subject, actor=request.user))  # type: ignore[arg-type]


def _new(request: HttpRequest, document: Document, pk: int) -> Outcome:
    subject = the_subject(document, pk)
    actions.choose_record(subject=subject, record=None, actor=request.user)  # type: ignore[arg-type]
    return Outcome(
        _("“%(title)s” will be a new record.") % {"title": subject.title},
        {subject.pk} | speaking_of(document, {subject.pk}),
    )


def _choose(request: HttpRequest, document: Document, pk: int) -> Outcome:
    subject = the_subject(document, pk)
    record = number(request.POST.get("record") or request.GET.get("record"))
    if not record:
        return Outcome(error=_("Choose the record first."), subjects={subject.pk})
    chosen = actions.choose_record(subject=subject, record=record, actor=request.user)  # type: ignore[arg-type]
    title = chosen.record.title if chosen.record is not None else ""
    return Outcome(
        _("“%(words)s” is the record “%(title)s”.") % {"words": subject.title, "title": title},
        {subject.pk} | speaking_of(document, {subject.pk}),
    )


def _undo(request: HttpRequest, document: Document, pk: int) -> Outcome:
    """Take back what a person decided last here, or the decision on one proposal."""
    user: User = request.user  # type: ignore[assignment]
    last = the_proposal(document, pk) if pk else last_decided(document, user)
    if last is None or last.decided_at is None:
        return Outcome(error=_("There is nothing of yours to take back here."))
    together = Proposal.objects.filter(subject__content_id=document.pk)
    if last.batch is None:
        together = together.filter(state=State.REJECTED, decided_at=last.decided_at, decided_by=last.decided_by)
        rows = list(together.values_list("pk", "subject_id"))
        actions.reopen(proposals=[p for p, _s in rows], actor=user)
    else:
        if not may_undo(user, last.batch):
            raise PermissionDenied(_("Only the person who accepted it, or a lead, takes it back."))
        rows = list(together.filter(batch=last.batch).values_list("pk", "subject_id"))
        write.undo_batch(last.batch, actor=user)
    subjects = {s for _p, s in rows}
    said = ngettext("Taken back: %(n)s decision.", "Taken back: %(n)s decisions.", len(rows)) % {"n": len(rows)}
    return Outcome(said, subjects | speaking_of(document, subjects), at=last)


DECISIONS: dict[str, Callable[[HttpRequest, Document, int], Outcome]] = {
    "accept": _accept,
    "reject": _reject,
    "reopen": _reopen,
    "all": _accept_subject,
    "none": _reject_all,
    "new": _new,
    "choose": _choose,
    "undo": _undo,
}


def accepted(document: Document, done: actions.Accepted) -> Outcome:
    """What was accepted, which records came along, and what was left, in sentences."""
    said = []
    count = len(done.proposals)
    if count:
        said.append(ngettext("%(n)s fact accepted.", "%(n)s facts accepted.", count) % {"n": count})
    if done.joined:
        titles = ", ".join(f"“{s.title}”" for s in done.joined[:5])
        said.append(_("In the register meanwhile, and not made again: %(titles)s.") % {"titles": titles})
    left = list(dict.fromkeys(named(proposal.subject.title, sentence) for proposal, sentence in done.left))
    if left:
        count = len(done.left)
        said.append(ngettext("%(n)s fact stays open:", "%(n)s facts stay open:", count) % {"n": count})
        said += left[:SENTENCES]
        if len(left) > SENTENCES:
            said.append(_("and %(count)s more") % {"count": len(left) - SENTENCES} + ".")
    subjects = {p.subject_id for p in done.proposals} | {s.pk for s in done.joined}
    subjects |= speaking_of(document, subjects) | {p.subject_id for p, _sentence in done.left}
    error = "" if done.proposals else " ".join(said)
    return Outcome(" ".join(said), subjects, error)


def named(title: str, sentence: str) -> str:
    """A reason with the name of the record it is about, if it does not say it already."""
    return sentence if title in sentence else f"“{title}”: {sentence}"


def refuse_doubtful(document: Document, subject: Subject, user: User) -> None:
    """Which record a subject is must be said first, where it may be several."""
    if is_doubtful(document, subject, user):
        raise ValidationError(_("First say which record “%(title)s” is.") % {"title": subject.title})


def is_doubtful(document: Document, subject: Subject, user: User) -> bool:
    if subject.record_id is not None or subject.chosen or not subject.candidates:
        return False
    # The register may know more by now than when the document was read.
    return any(g.group.is_doubtful for g in groups_again(document, user, [subject.pk]))


def the_proposal(document: Document, pk: int) -> Proposal:
    rows = Proposal.objects.filter(subject__content_id=document.pk).select_related("subject", "batch")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise ValidationError(_("This is not there any more. Look at the document again."))
    return found


def the_subject(document: Document, pk: int) -> Subject:
    found = Subject.objects.filter(content_id=document.pk, pk=pk).first()
    if found is None:
        raise ValidationError(_("This is not there any more. Look at the document again."))
    return found


def speaking_of(document: Document, subjects: Iterable[int]) -> set[int]:
    """Numbers of the subjects whose open facts speak of some others: what is said with them has changed too."""
    keys = set(Subject.objects.filter(pk__in=list(subjects)).values_list("key", flat=True))
    rows = Proposal.objects.filter(subject__content_id=document.pk, state=State.OPEN).exclude(field=rules.FIGURES)
    return {
        subject for subject, value in rows.values_list("subject_id", "value") if keys & set(rules.subjects_in(value))
    }


# --- answers ----------------------------------------------------------------------------------------


def answer(request: HttpRequest, document: Document, outcome: Outcome) -> HttpResponse:
    """After a decision: for the script the parts that have changed, otherwise the page once more."""
    user: User = request.user  # type: ignore[assignment]
    place = place_of(request.POST)
    if not request.htmx:  # type: ignore[attr-defined]
        if outcome.error:
            messages.error(request, outcome.error)
        elif outcome.said:
            messages.success(request, outcome.said)
        return redirect(address(document, place))
    shown = [number(n) for n in request.POST.get("groups", "").split(",")]
    target = number(request.POST.get("group"))
    if outcome.at is not None and outcome.at.subject_id not in shown:
        messages.success(request, outcome.said)
        return HttpResponseClientRedirect(at(document, outcome.at))
    changed = [n for n in shown if n and (n in outcome.subjects or n == target)]
    known = queries.outline(document.pk)
    groups = groups_again(document, user, changed, known)
    for group in groups:
        group.swap = group.subject.pk != target
        group.error = outcome.error if group.subject.pk == target else ""
    context = {
        **bar(known, user, place),
        "document": document,
        "record": document.record,
        "groups": groups,
        "said": outcome.error or outcome.said,
        "failed": bool(outcome.error),
        "target": target,
        "at": outcome.at.pk if outcome.at is not None else None,
    }
    return render(request, "sources/review/answer.html", context)


def address(document: Document, place: Place) -> str:
    query = f"?show={place.show}&page={place.page}" if place != Place("open", 1) else ""
    return reverse("sources:review", args=[document.pk]) + query


def at(document: Document, proposal: Proposal) -> str:
    """The address of a proposal on the page where it stands."""
    return reverse("sources:review", args=[document.pk]) + f"?at={proposal.pk}#l{proposal.pk}"


# --- another value ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@desk_required(Role.OFFICER)
def mend(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    """Accept a fact with another value: its form, and what was typed in it when something is wrong."""
    user: User = request.user  # type: ignore[assignment]
    document = the_document(request, pk)
    try:
        found = the_proposal(document, proposal if proposal < 2**63 else 0)
    except ValidationError:
        raise Http404 from None
    form = FactForm(
        screen_of(found.subject.kind),
        found.field,
        user,
        request.POST if request.method == "POST" else None,
        value=found.value,
        subjects=named_in(document, found.value),
        prefix=f"m{found.pk}",
    )
    error = ""
    if request.method == "POST" and form.is_valid():

        def decision() -> Outcome:
            refuse_doubtful(document, found.subject, user)
            return accepted(document, actions.mend(proposal=found.pk, value=form.value(), actor=user))

        outcome = attempt(decision)
        if not outcome.error:
            return answer(request, document, outcome)
        error = outcome.error
    context = {
        "document": document,
        "record": document.record,
        "proposal": found,
        "form": form,
        "error": error,
        "place": place_of(request.POST or request.GET),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "sources/review/mend.html", context)
    return render(request, "sources/mend.html", context, status=422 if request.method == "POST" else 200)


def named_in(document: Document, value: Any) -> dict[str, Subject]:
    """{key: subject} of the other subjects that a value speaks of."""
    keys = rules.subjects_in(value)
    return {s.key: s for s in Subject.objects.filter(content_id=document.pk, key__in=keys)} if keys else {}


# --- everything -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@desk_required(Role.OFFICER)
def accept_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept everything certain in a document: what that would be, and doing it."""
    user: User = request.user  # type: ignore[assignment]
    document = the_document(request, pk, with_text=request.method == "POST")
    if request.method == "POST":
        outcome = attempt(lambda: accepted(document, actions.accept_document(document=document, actor=user)))
        if outcome.error:
            return show_review(request, document, Place("open", 1), error=outcome.error, status=422)
        messages.success(request, outcome.said)
        return redirect(address(document, Place("open", 1)))
    doubtful = Subject.objects.filter(
        content_id=document.pk, record=None, chosen=False, proposals__state=State.OPEN
    ).exclude(candidates=[])
    context = {
        "document": document,
        "record": document.record,
        "open": Proposal.objects.filter(subject__content_id=document.pk, state=State.OPEN).count(),
        "new": [(screen_of(kind), n) for kind, n in open_by_kind(document)],
        "doubtful": doubtful.distinct().count(),
    }
    template = "sources/review/all.html" if request.htmx else "sources/all.html"  # type: ignore[attr-defined]
    return render(request, template, context)
