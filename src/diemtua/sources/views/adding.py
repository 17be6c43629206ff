"""What the reader missed: an officer selects words and says what they state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from diemtua.kit.dates import parse_date
from diemtua.register.access import desk_required
from diemtua.register.models import Record, Role, User
from diemtua.register.screens import Screen, screen_of

from .. import actions, proposing, queries, rules
from ..forms import FactForm
from ..models import Document, Naming, Proposal, Subject
from ..reader import facts
from .deciding import at, is_doubtful
from .reading import the_document
from .review import number

OFFERED = 200  # subjects that are offered, those nearest to the words
LONGEST = rules.LONGEST_QUOTE
ONLY_A_NAME = "name"  # in place of what the words are about

MENTIONS = {
    facts.PERSON: gettext_lazy("a person"),
    facts.POST: gettext_lazy("a post or rank"),
    facts.ORG: gettext_lazy("an organisation"),
    facts.VN_LOCALITY: gettext_lazy("a Vietnamese locality"),
    facts.FOREIGN_LOCALITY: gettext_lazy("a foreign locality"),
    facts.COUNTRY: gettext_lazy("a country"),
    facts.REGION: gettext_lazy("a bloc or region"),
    facts.PARK: gettext_lazy("a zone or industrial park"),
    facts.DOCUMENT: gettext_lazy("a document"),
    facts.PROJECT: gettext_lazy("a project"),
    facts.MONEY: gettext_lazy("an amount of money"),
    facts.AREA: gettext_lazy("an area"),
    facts.DATE: gettext_lazy("a date"),
}


@dataclass
class Words:
    """What is selected in the text, and where."""

    start: int
    end: int
    text: str


@dataclass
class About:
    """What the words are about: a subject of the document, or a new record of a kind."""

    code: str
    screen: Screen
    subject: Subject | None = None


@require_http_methods(["GET", "POST"])
@desk_required(Role.OFFICER)
def add_fact(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a fact for `text[start:end]`; it is asked for again when what it is about has changed."""
    user: User = request.user  # type: ignore[assignment]
    document = the_document(request, pk)
    values = request.POST if request.method == "POST" else request.GET
    words = selected(document, values)
    about = about_of(document, values.get("about", ""))
    field = field_of(about, values.get("field", ""))
    saving = request.method == "POST" and "save" in request.POST
    known = named_already(document, words)
    if values.get("about", ONLY_A_NAME if known is not None else "") == ONLY_A_NAME:
        return name_words(request, document, words, known)
    form = fact_form(about, field, user, words, request.POST if saving else None)
    error = ""
    if saving:
        if words is None:
            error = _("Select the words in the text of the document.")
        elif about is None:
            error = _("Say what the words are about.")
        elif form is not None and form.is_valid():
            made, error = save(request, document, words, about, field, form)
            if made is not None:
                return back(request, document, made)
    more = {
        "about": about,
        "fields": fields_of(about.screen) if about is not None and about.subject is not None else [],
        "field": field,
        "form": form,
        "error": error,
    }
    return asked(request, document, words, more, wrong=saving)


def asked(
    request: HttpRequest, document: Document, words: Words | None, more: Mapping[str, Any], *, wrong: bool
) -> HttpResponse:
    """The form, with what is wrong with it."""
    values = request.POST if request.method == "POST" else request.GET
    context = {
        "document": document,
        "record": document.record,
        "words": words,
        "subjects": offered(document, words),
        "kinds": [screen_of(kind) for kind in proposing.kinds()],
        "mentions": MENTIONS.items(),
        "mention": values.get("mention", ""),
        **more,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "sources/review/add.html", context)
    return render(request, "sources/add.html", context, status=422 if wrong else 200)


def named_already(document: Document, words: Words | None) -> Naming | None:
    """What an officer has said that these words name."""
    if words is None:
        return None
    return Naming.objects.filter(content_id=document.pk, start=words.start, end=words.end).first()


def name_words(request: HttpRequest, document: Document, words: Words | None, known: Naming | None) -> HttpResponse:
    """Say what the words name, or take it back; nothing is stated of it."""
    user: User = request.user  # type: ignore[assignment]
    error = ""
    doing = request.POST.get("save", "") if request.method == "POST" else ""
    if doing and words is None:
        error = _("Select the words in the text of the document.")
    elif doing and words is not None:
        try:
            if doing == "remove" and known is not None:
                actions.remove_name(naming=known, actor=user)
                messages.success(request, _("“%(words)s” is not marked any more.") % {"words": words.text})
            else:
                kind = request.POST.get("mention", "")
                actions.add_name(document=document, start=words.start, end=words.end, mention_type=kind, actor=user)
                said = {"words": words.text, "what": MENTIONS[kind]}
                messages.success(request, _("“%(words)s” is marked as %(what)s.") % said)
            return to_the_page(request, document)
        except ValidationError as refused:
            error = " ".join(refused.messages)
        except PermissionDenied as refused:
            error = str(refused) or _("Your role does not allow this. Ask a lead officer.")
    more: dict[str, Any] = {"naming": True, "known": known, "error": error}
    if known is not None and not doing:
        more["mention"] = known.type
    return asked(request, document, words, more, wrong=bool(error))


def to_the_page(request: HttpRequest, document: Document) -> HttpResponse:
    """To the part of the review that the person is looking at."""
    path = reverse("sources:review", args=[document.pk])
    at = request.htmx.current_url_abs_path or "" if request.htmx else ""  # type: ignore[attr-defined]
    if at.startswith(f"{path}?"):
        path = at.partition("#")[0]
    return HttpResponseClientRedirect(path) if request.htmx else redirect(path)  # type: ignore[attr-defined]


def selected(document: Document, values: Any) -> Words | None:
    """The selected words; where the browser counted otherwise, the same words nearest to where they were said to be."""
    start, end = number(values.get("start"), -1), number(values.get("end"), -1)
    text = queries.text_of(document.record)
    quote = values.get("quote", "")[:LONGEST].replace("\r\n", "\n")
    if quote and text[max(start, 0) : max(end, 0)] != quote:
        start = max(start, 0)
        places = [at for at in (text.rfind(quote, 0, start + len(quote)), text.find(quote, start)) if at >= 0]
        if not places:
            return None
        start = min(places, key=lambda at: abs(at - start))
        end = start + len(quote)
    if start < 0:
        return None
    start, end = rules.cut_quote(text, start, end)
    return Words(start, end, text[start:end]) if start < end else None


def about_of(document: Document, code: str) -> About | None:
    """`s12`: a subject of the document; `kparty`: a new record of this kind."""
    if code[:1] == "k" and code[1:] in proposing.kinds():
        return About(code, screen_of(code[1:]))
    subject = Subject.objects.filter(content_id=document.pk, pk=number(code[1:])).first() if code[:1] == "s" else None
    return About(code, screen_of(subject.kind), subject) if subject is not None else None


def field_of(about: About | None, name: str) -> str:
    """The field that the words fill; the first one offered where none is chosen, "" for a new record."""
    if about is None or about.subject is None:
        return ""
    names = [n for n, _label in fields_of(about.screen)]
    return name if name in names else names[0]


def fields_of(screen: Screen) -> list[tuple[str, Any]]:
    """(name, label) of all that can be said of a record of a kind."""
    found = [(name, capfirst(str(screen.label(name)))) for name in screen.own_fields]
    found += [(c.name, capfirst(str(c.label))) for c in screen.all_children]
    return [*found, (rules.FIGURES, _("A figure"))]


def fact_form(about: About | None, field: str, user: User, words: Words | None, data: Any) -> FactForm | None:
    if about is None:
        return None
    return FactForm(about.screen, field, user, data, value=None, prefix="f", initial=first_values(about, field, words))


def first_values(about: About, field: str, words: Words | None) -> dict[str, Any]:
    """The words where they fit: as a title, a text, or a date."""
    if words is None:
        return {}
    line = " ".join(words.text.split())
    if field == "" or field == "title":
        return {"title": rules.clean_title(line)}
    if field == rules.FIGURES:
        return {"wording": line} if len(line) <= 120 else {}
    child = next((c for c in about.screen.all_children if c.name == field), None)
    if child is not None:
        first = child.fields[0]
        return {first: line} if child.model_fields[first].get_internal_type() == "CharField" else {}
    f = about.screen.own_fields[field]
    if "Date" in type(f).__name__:
        try:
            return {field: parse_date(line)}
        except ValueError:
            return {}
    plain = f.get_internal_type() in ("CharField", "TextField", "URLField", "EmailField") and not f.choices
    return {field: line} if plain and len(line) <= (f.max_length or LONGEST) else {}


def offered(document: Document, words: Words | None) -> list[Subject]:
    """The subjects of the document, those first whose words are nearest."""
    found = list(Subject.objects.filter(content_id=document.pk).defer("candidates", "clues", "names")[: 20 * OFFERED])
    if words is None:
        return found[:OFFERED]
    return sorted(found, key=lambda s: distance(s, words))[:OFFERED]


def distance(subject: Subject, words: Words) -> int:
    spans: Iterable[Any] = subject.spans or [[subject.first, subject.first, ""]]
    return min(max(start - words.end, words.start - end, 0) for start, end, _kind in spans)


def save(
    request: HttpRequest, document: Document, words: Words, about: About, field: str, form: FactForm
) -> tuple[Proposal | None, str]:
    """The proposal, accepted at once where that was asked for; or a sentence. Nothing is kept when it is refused."""
    user: User = request.user  # type: ignore[assignment]
    value = form.value()
    title = value.pop("title", "") if field == "" else ""
    try:
        with transaction.atomic():
            made = actions.add_fact(
                document=document,
                start=words.start,
                end=words.end,
                actor=user,
                subject=about.subject,
                kind="" if about.subject is not None else about.screen.kind,
                title=title,
                field=field,
                value=value,
                mention_type=request.POST.get("mention", ""),
            )
            if request.POST["save"] == "accept" and made.is_open and not is_doubtful(document, made.subject, user):
                actions.accept(proposals=[made.pk], actor=user)
    except ValidationError as error:
        form.add_errors(error)
        return None, "" if form.errors else " ".join(error.messages)
    except PermissionDenied as error:
        return None, str(error) or _("Your role does not allow this. Ask a lead officer.")
    except Record.DoesNotExist:
        return None, _("This record is not there any more, or you may not see it. Choose another one.")
    return made, ""


def back(request: HttpRequest, document: Document, made: Proposal) -> HttpResponse:
    """To the review page, at the new fact."""
    path = at(document, made)
    return HttpResponseClientRedirect(path) if request.htmx else redirect(path)  # type: ignore[attr-defined]
