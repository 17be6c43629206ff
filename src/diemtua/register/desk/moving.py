"""Registers going in and out as files, and records changed together."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import access, exporting, importing, search, write
from ..access import desk_required
from ..importing.checking import given
from ..importing.columns import ERRORS, choices_of, is_ordinal
from ..importing.uploads import Upload
from ..models import Batch, Change, Record, Role, User
from ..models import Role as R
from ..screens import Screen, screen_of
from ..tabular import Table, Unreadable
from .forms import clean_text
from .together import bulk
from .views import filtered, screen_by_kind, the_screen

__all__ = [
    "batch_page",
    "batch_undo",
    "bulk",
    "export",
    "import_check",
    "import_failed",
    "import_progress",
    "import_start",
    "imports",
]

PAGE = 50
SHOWN_PROBLEMS = 500
SHOWN_ROWS = 8
SHOWN_NEAR = 20  # names beside which like ones are shown: each is searched for
RUNNING_SECONDS = 15 * 60


# --- export ---------------------------------------------------------------------------------------


@require_GET
@desk_required()
def export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The register as the list shows it (filters, sorting, what this person may see), as a file."""
    screen = the_screen(slug)
    if form not in exporting.MEDIA:
        raise Http404
    user: User = request.user  # type: ignore[assignment]
    rows, filters = filtered(screen, request)
    rows = screen.leaves(rows)
    notes = exporting.about(screen, user, described(filters, request))
    disposition = f'attachment; filename="{exporting.file_name(screen, form)}"'
    if form == "xlsx":
        # On disk, not in memory: a whole register may be large.
        out = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        exporting.as_xlsx(screen, rows, user, out, notes)
        out.seek(0)
        response: Any = FileResponse(out, content_type=exporting.MEDIA[form])
    else:
        if form == "csv":
            numbers = request.GET.get("numbers")
            pieces = exporting.as_csv(screen, rows, user, notes, numbers if numbers in ("vi", "en") else None)
        else:
            pieces = exporting.as_json(screen, rows, user, notes)
        response = StreamingHttpResponse(in_language(pieces), content_type=exporting.MEDIA[form])
    response.headers["Content-Disposition"] = disposition
    response.headers["Cache-Control"] = "no-store"
    return response


def in_language(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, each made in the language of this request: they are made after the view has ended."""
    language = get_language() or "vi"

    def made() -> Iterator[bytes]:
        while True:
            with override(language):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    return made()


def described(filters: Any, request: HttpRequest) -> list[str]:
    """The filters in use as `label: value`, for people."""
    lines = []
    for name, bound in ((n, filters.form[n]) for n in filters.form.fields):
        raw = request.GET.get(name, "")
        if not raw:
            continue
        value = filters.form.cleaned_data.get(name) if filters.form.is_valid() else raw
        shown = {str(k): v for k, v in getattr(bound.field, "choices", None) or []}.get(raw)
        lines.append(f"{capfirst(str(bound.label))}: {shown or value}")
    return lines


# --- import: the file -----------------------------------------------------------------------------


def the_importable(slug: str) -> Screen:
    screen = the_screen(slug)
    if not screen.importable:
        raise Http404
    return screen


def the_upload(request: HttpRequest, screen: Screen, token: str) -> Upload:
    """The waiting file of this person; another person's does not exist."""
    upload = importing.read_upload(screen, token, request.user)  # type: ignore[arg-type]
    if upload is None:
        raise Http404
    return upload


@require_http_methods(["GET", "POST"])
@desk_required(R.OFFICER)
def import_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file, or (`?template=1`) take an empty table to fill in."""
    screen = the_importable(slug)
    if request.GET.get("template"):
        response = HttpResponse(importing.template_xlsx(screen), content_type=exporting.MEDIA["xlsx"])
        response.headers["Content-Disposition"] = f'attachment; filename="{exporting.file_name(screen, "xlsx")}"'
        return response
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            error = _("Choose a file first.")
        else:
            upload = None
            try:
                upload = importing.keep_upload(screen, file.read(), file.name or "", request.user)  # type: ignore[arg-type]
                upload.table(screen)
                return redirect("desk:import_check", slug, upload.token)
            except Unreadable as unreadable:
                error = str(unreadable)
            finally:
                if error and upload is not None:
                    upload.forget()
    limit = settings.UPLOAD_LIMIT_BYTES
    context = {
        "screen": screen,
        "error": error,
        "limit": limit,
        "limit_mb": limit // (1024 * 1024),
        "step": 1,
        "columns": importing.columns(screen).values(),
    }
    return render(request, "register/import_start.html", context, status=422 if error else 200)


# --- import: columns, errors, saving --------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@desk_required(R.OFFICER)
def import_check(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Match the columns where that is not plain; show everything that is wrong; import."""
    screen = the_importable(slug)
    upload = the_upload(request, screen, token)
    if upload.batch is not None:
        return redirect("desk:batch", upload.batch)
    error = ""
    try:
        table = upload.table(screen)
    except Unreadable as unreadable:  # the sheet or row of headings that was said is not one
        error = str(unreadable)
        upload.sheet, upload.header_row, upload.mapping = None, None, None
        upload.save()
        table = upload.table(screen)
    action = request.POST.get("action", "")
    if request.method == "POST" and action == "import":
        return run_import(request, screen, upload, table)
    if request.method == "POST" and action == "enter":
        return enter_names(request, screen, upload, table)
    if request.method == "POST":
        error = read_mapping(request, screen, upload, table, again=action == "reread")
        if not error:
            upload.save()
            return redirect(request.path + ("?step=map" if action == "reread" else ""))
        return map_page(request, screen, upload, table, error, 422)
    if upload.mapping is None:
        guessed = importing.guess_mapping(screen, table.headers)
        plain = not importing.missing_columns(screen, guessed, {}) and all(
            i in guessed for i, h in enumerate(table.headers) if h and not is_ordinal(h)
        )
        if not plain or error or request.GET.get("step") == "map":
            return map_page(request, screen, upload, table, error, 422 if error else 200)
        upload.mapping = guessed
        upload.save()
    if request.GET.get("step") == "map":
        return map_page(request, screen, upload, table, "", 200)
    checked = importing.check(screen, table, upload.mapping, request.user, fixed=upload.fixed)  # type: ignore[arg-type]
    return check_page(request, screen, upload, checked, [], 200)


def read_mapping(request: HttpRequest, screen: Screen, upload: Upload, table: Table, *, again: bool) -> str:
    """Take over what the person said of the columns; a sentence when it cannot be so."""
    if again:
        sheet, row = request.POST.get("sheet", ""), request.POST.get("header_row", "").strip()
        upload.sheet = sheet if sheet in table.sheets else None
        upload.header_row = int(row) if row.isdigit() and len(row) < 8 else None
        upload.mapping = None
        return ""
    known = importing.columns(screen)
    mapping: dict[int, str] = {}
    for i in range(len(table.headers)):
        code = request.POST.get(f"col-{i}", "")
        if code not in known and code != ERRORS:
            continue
        if code in mapping.values() and code != ERRORS:
            return _("“%(name)s” is chosen for two columns. Keep one of them.") % {"name": known[code].heading}
        mapping[i] = code
    fixed = {c: clean_text(t).strip() for c in known if (t := request.POST.get(f"fixed-{c}", ""))}
    upload.mapping, upload.fixed = mapping, fixed
    if missing := importing.missing_columns(screen, mapping, fixed):
        return _("Still needed: %(names)s. Choose the column, or give one value for all rows.") % {
            "names": ", ".join(c.heading for c in missing)
        }
    return ""


def map_page(
    request: HttpRequest, screen: Screen, upload: Upload, table: Table, error: str, status: int
) -> HttpResponse:
    mapping = upload.mapping if upload.mapping is not None else importing.guess_mapping(screen, table.headers)
    known = importing.columns(screen)
    lines = []
    for i, header in enumerate(table.headers):
        samples = list(dict.fromkeys(given(row[i])[:60] for row in table.rows[:200] if row[i] is not None))[:3]
        if header or samples:
            lines.append({"index": i, "header": header, "samples": samples, "code": mapping.get(i, "")})
    asked: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for c in known.values():
        required = c.required and c.code != "title"
        if c.code not in mapping.values() and (required or c.code in screen.import_asks):
            value = upload.fixed.get(c.code, "")
            asked[required].append({"column": c, "value": value, "choices": _answers(c), "required": required})
    context = {
        "screen": screen,
        "upload": upload,
        "table": table,
        "lines": lines,
        "needed": asked[True],
        "offered": asked[False],
        "error": error,
        "columns": [(c.code, c.heading, c.required) for c in known.values()],
        "errors_code": ERRORS,
        "step": 2,
    }
    return render(request, "register/import_map.html", context, status=status)


def _answers(column: importing.Column) -> list[tuple[str, str]] | None:
    """What may be chosen for all rows; None where it is typed."""
    if isinstance(column.field, models.BooleanField):
        return [("1", _("yes"))]
    return choices_of(column.field) if column.field else None


def check_page(
    request: HttpRequest,
    screen: Screen,
    upload: Upload,
    checked: importing.Checked,
    errors: list[str],
    status: int,
) -> HttpResponse:
    used = [i for i, _h in enumerate(checked.table.headers) if checked.mapping.get(i, ERRORS) != ERRORS]
    user: User = request.user  # type: ignore[assignment]
    before = importing.sent_before(screen, upload.sha256)
    problems = checked.errors
    context = {
        "screen": screen,
        "upload": upload,
        "checked": checked,
        "problems": problems[:SHOWN_PROBLEMS],
        "problem_count": len(problems),
        "frequent": checked.frequent[:12] if len(problems) > 20 else [],
        "counts": {
            "rows": len(checked.rows),
            "new": len(checked.new),
            "existing": len(checked.existing),
            "failed": len(checked.failed),
            "valid": len(checked.valid),
        },
        "locked": sum(1 for r in checked.existing if r.existing and not r.existing.editable),
        "headers": [checked.table.headers[i] for i in used],
        "preview": [(r.number, [given(r.cells[i]) for i in used], r) for r in checked.rows[:SHOWN_ROWS]],
        "fixed": [fixed_value(importing.columns(screen)[c], t) for c, t in upload.fixed.items() if t],
        "unknown": [(new, near_names(user, new) if n < SHOWN_NEAR else []) for n, new in enumerate(checked.unknown)],
        "unknown_kind": screen_of(checked.unknown[0].kind).plural if checked.unknown else "",
        "before": before,
        "before_open": before is not None and batches_of(user).filter(pk=before.pk).exists(),
        "errors": errors,
        "step": 3,
    }
    return render(request, "register/import_check.html", context, status=status)


def near_names(user: User, new: importing.NewName) -> list[Record]:
    """Records that may be meant by a name which nothing has exactly."""
    return search.similar(user, new.name, new.kind, 2)


def fixed_value(column: importing.Column, text: str) -> tuple[str, str]:
    """(heading, label) of a value that was given for all rows."""
    choices = dict(_answers(column) or [])
    return column.heading, choices.get(text, text)


def run_import(request: HttpRequest, screen: Screen, upload: Upload, table: Table) -> HttpResponse:
    """Check again (the register may have changed meanwhile) and save."""
    user: User = request.user  # type: ignore[assignment]
    if not cache.add(f"import-runs:{upload.token}", 1, RUNNING_SECONDS):
        messages.warning(request, _("This import is already running. Wait until it has ended."))
        return redirect(request.path)
    existing = request.POST.get("existing", "skip")

    def told(stage: str):
        def tell(done: int, total: int) -> None:
            cache.set(progress_key(upload.token), (stage, done, total), 600)

        return tell

    try:
        checked = importing.check(screen, table, upload.mapping or {}, user, fixed=upload.fixed, progress=told("check"))
        try:
            batch = importing.run(
                screen,
                checked,
                user,
                upload.name,
                upload.sha256,
                told("save"),
                existing=existing if existing in ("skip", "update", "create") else "skip",
                only_valid=request.POST.get("rows") == "valid",
                details={"upload": upload.token},
            )
        except ValidationError as error:
            return check_page(request, screen, upload, checked, error.messages, 422)
        upload.batch = batch.pk
        upload.save()
    finally:
        cache.delete_many([f"import-runs:{upload.token}", progress_key(upload.token)])
    messages.success(
        request,
        _("Imported: %(created)s new, %(changed)s changed.") % {"created": batch.created, "changed": batch.changed},
    )
    return redirect("desk:batch", batch.pk)


def enter_names(request: HttpRequest, screen: Screen, upload: Upload, table: Table) -> HttpResponse:
    """Enter the ticked names of records that the register does not know yet; then the rows are checked again."""
    user: User = request.user  # type: ignore[assignment]
    checked = importing.check(screen, table, upload.mapping or {}, user, fixed=upload.fixed)
    try:
        made = importing.enter_names(checked, set(request.POST.getlist("name")), user, upload.name)
    except ValidationError as error:
        return check_page(request, screen, upload, checked, error.messages, 422)
    for batch in made:
        entered = ngettext("%(count)s record was entered.", "%(count)s records were entered.", batch.created)
        messages.success(
            request,
            format_html(
                '{} <a class="alert-link" href="{}">{}</a>',
                entered % {"count": batch.created},
                reverse("desk:batch", args=[batch.pk]),
                _("Look at them, or take them back"),
            ),
        )
    return redirect(request.path)


def progress_key(token: str) -> str:
    return f"import-progress:{token}"


@require_GET
@desk_required(R.OFFICER)
def import_failed(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The wrong rows as a workbook to mend and send again."""
    screen = the_importable(slug)
    upload = the_upload(request, screen, token)
    user: User = request.user  # type: ignore[assignment]
    table = upload.table(screen)
    mapping = upload.mapping or importing.guess_mapping(screen, table.headers)
    checked = importing.check(screen, table, mapping, user, fixed=upload.fixed)
    response = HttpResponse(importing.failed_rows(checked), content_type=exporting.MEDIA["xlsx"])
    name = exporting.file_name(screen, "xlsx").replace(".xlsx", f"-{_('to-mend')}.xlsx")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@desk_required(R.OFFICER)
def import_progress(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """How far a running import is: a fragment that asks again after half a second."""
    screen = the_importable(slug)
    upload = the_upload(request, screen, token)
    stage, done, total = cache.get(progress_key(upload.token)) or ("wait", 0, 0)
    context = {
        "screen": screen,
        "upload": upload,
        "stage": stage,
        "done": done,
        "total": total,
        "percent": round(100 * done / total) if total else 0,
    }
    return render(request, "register/parts/import_progress.html", context)


# --- batches --------------------------------------------------------------------------------------


def batches_of(user: User) -> models.QuerySet[Batch]:
    """Own batches; for leads also those that touched a record they see."""
    rows = Batch.objects.select_related("actor", "undone_by")
    if user.is_at_least(Role.ADMINISTRATOR):
        return rows
    mine = models.Q(actor=user)
    if user.is_at_least(Role.LEAD):
        seen = Change.objects.visible_to(user).filter(batch=models.OuterRef("pk"))
        mine |= models.Q(models.Exists(seen))
    return rows.filter(mine)


@require_GET
@desk_required(R.OFFICER)
def imports(request: HttpRequest) -> HttpResponse:
    """Imports and bulk edits, newest first."""
    user: User = request.user  # type: ignore[assignment]
    page = page_number(request)
    rows = list(batches_of(user)[(page - 1) * PAGE : page * PAGE + 1])
    lines = [
        {"batch": b, "kind": kind_name(b), "counts": b.actor_id == user.pk or user.role == R.ADMINISTRATOR}
        for b in rows[:PAGE]
    ]
    return render(request, "register/imports.html", {"lines": lines, "page": page, "has_next": len(rows) > PAGE})


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), 2000) if text.isdigit() and len(text) < 6 else 1


def kind_name(batch: Batch) -> Any:
    screen = screen_by_kind(batch.record_kind)
    return screen.plural if screen else ""


@require_GET
@desk_required(R.OFFICER)
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: what it changed, and the way to take it back."""
    user: User = request.user  # type: ignore[assignment]
    batch = get_object_or_404(batches_of(user), pk=pk)
    page = page_number(request)
    rows = batch.changes.visible_to(user).filter(undoes=None).select_related("record").order_by("id")
    changes = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    seen = dict(rows.order_by().values_list("verb").annotate(n=models.Count("pk")))
    verbs = [(Change.Verb(v).label, n) for v, n in seen.items()]
    screen = screen_by_kind(batch.record_kind)
    upload = None
    if batch.details.get("upload") and screen is not None and batch.details.get("failed"):
        upload = importing.read_upload(screen, batch.details["upload"], user)
    own = batch.actor_id == user.pk or user.role == R.ADMINISTRATOR
    context = {
        "batch": batch,
        "changes": changes[:PAGE],
        "has_next": len(changes) > PAGE,
        "page": page,
        "verbs": verbs,
        "screen_of_batch": screen,
        "upload": upload,
        "own": own,
        "may_undo": may_undo(user, batch),
    }
    return render(request, "register/batch.html", context)


UNDOABLE = (Batch.Kind.IMPORT, Batch.Kind.BULK, Batch.Kind.MERGE, Batch.Kind.READING)


def may_undo(user: User, batch: Batch) -> bool:
    return batch.kind in UNDOABLE and batch.undone_at is None and (access.may_lead(user) or batch.actor_id == user.pk)


@require_POST
@desk_required(R.OFFICER)
def batch_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a whole batch back, or nothing of it."""
    user: User = request.user  # type: ignore[assignment]
    batch = get_object_or_404(batches_of(user), pk=pk)
    if batch.kind not in UNDOABLE:
        raise PermissionDenied(_("This kind of change cannot be taken back here."))
    try:
        count = write.undo_batch(batch, actor=user)
        messages.success(request, _("Taken back: %(count)s changes.") % {"count": count})
    except write.CannotUndo as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("desk:batch", pk)
