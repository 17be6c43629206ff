"""Taking a document in, and handing its file out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from diemtua.register.access import desk_required
from diemtua.register.desk.forms import RecordForm, child_formsets
from diemtua.register.desk.views import form_sections
from diemtua.register.models import Record, Role, User
from diemtua.register.screens import screen_of

from ..actions import AlreadyThere, Content, SecretPaper, create_document, read_text, read_upload
from ..models import Document
from ..text import Unreadable


class DocumentForm(RecordForm):
    """The document's own form: what it is made of comes first, the rest can follow from it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = gettext_lazy("Left empty, it is taken from the file.")
        self.fields.pop("origin", None)
        self.fields["upload"] = forms.FileField(
            required=False,
            label=gettext_lazy("File"),
            max_length=255,
            help_text=gettext_lazy("PDF, DOCX, XLSX, HTML or TXT. Never a paper marked as secret."),
            widget=forms.ClearableFileInput(
                attrs={
                    "class": "form-control",
                    "data-limit": settings.UPLOAD_LIMIT_BYTES,
                    "data-too-large": gettext_lazy("The file is too large."),
                    "accept": ".pdf,.docx,.xlsx,.html,.htm,.txt",
                }
            ),
        )
        self.fields["text"] = forms.CharField(
            required=False,
            label=gettext_lazy("Or paste its text"),
            strip=False,
            widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.files.get("upload") and data.get("text", "").strip():
            self.add_error("text", _("Give either a file or a text, not both."))
        if not any((self.files.get("upload"), data.get("text", "").strip(), data.get("title"))):
            self.add_error("title", _("Give a file, a text or at least a title."))
        return data

    def content(self) -> Content | None:
        if upload := self.cleaned_data.get("upload"):
            return read_upload(upload.name, upload.read())
        if text := self.cleaned_data.get("text", "").strip():
            return read_text(text)
        return None


@desk_required(Role.OFFICER)
def document_new(request: HttpRequest) -> HttpResponse:
    """Take in a file, a pasted text or an address. Secret papers are refused and nothing is kept."""
    screen = screen_of("document")
    user: User = request.user  # type: ignore[assignment]
    existing = None
    refused = False
    if request.method == "POST":
        form = DocumentForm(screen, user, request.POST, request.FILES)
        sets = child_formsets(screen, user, request.POST)
        if form.is_valid() & all(s.is_valid() for s in sets):
            try:
                document = create_document(
                    actor=user,
                    fields=form.record_values(),
                    content=form.content(),
                    children={s.child.name: s.edits().create for s in sets},
                    tags=form.tag_names(),
                    reason=form.cleaned_data["reason"],
                )
            except SecretPaper as error:
                # Not even what was typed about it goes back into the page.
                messages.error(request, error.message)
                form, sets, refused = DocumentForm(screen, user), child_formsets(screen, user), True
            except Unreadable as error:
                form.add_error("upload" if request.FILES else "text", str(error))
            except AlreadyThere as error:
                existing = error.document
            except ValidationError as error:
                form.add_errors(error)
            else:
                messages.success(request, _("“%(title)s” has been saved.") % {"title": document})
                return redirect(document)
    else:
        form = DocumentForm(screen, user, initial=screen.initial(user, request.GET.dict()))
        sets = child_formsets(screen, user)
    status = 422 if request.method == "POST" else 200
    context = {
        "screen": screen,
        "form": form,
        "sets": sets,
        "instance": None,
        "existing": existing,
        "sections": form_sections(screen, form),
        "refused": refused,
    }
    return render(request, "sources/document_form.html", context, status=status)


@require_GET
@desk_required()
def document_file(request: HttpRequest, pk: int) -> Any:
    """The file as it came, to those who may see its record; always as a download."""
    # Asked of the record, whose number may have thirty digits without trouble.
    seen = Record.objects.visible_to(request.user).filter(pk=pk, kind="document")
    document = get_object_or_404(Document, pk__in=seen.values("pk"))
    if not document.file:
        raise Http404
    try:
        stream = document.file.open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(
        stream, as_attachment=True, filename=document.file_name or f"{pk}", content_type="application/octet-stream"
    )
    response["Content-Security-Policy"] = "sandbox"
    return response
