"""Pages of foreign aid beside the register: the tables of a period, and IATI files out and in."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from diemtua.register.access import desk_required
from diemtua.register.models import Role, User
from diemtua.register.tabular.writing import write_xlsx
from diemtua.register.write import Stale

from ..actions import aid as actions
from ..iati import checking, reading, writing
from ..models import Aid, AidKind
from ..queries import aid as reads
from ..queries import exchange
from ..rules import aid as rules
from .care import XLSX

SHOWN_PROBLEMS = 50


@require_GET
@never_cache
@desk_required()
def tables(request: HttpRequest) -> HttpResponse:
    """The half-yearly or annual table of foreign aid; as a page or a workbook."""
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    period = rules.period_of(request.GET.get("period", "").strip(), today)
    if period is None or period.first > today:
        raise Http404
    found = reads.table(user, period)
    if request.GET.get("format") == "xlsx":
        return _workbook(found)
    kinds = dict(AidKind.choices)
    context = {
        "table": found,
        "by_kind": [(kinds[k], c, amount) for k, c, amount in found.by_kind],
        "periods": rules.periods(today),
        "basis": reads.basis_on(min(period.last, today)),
        "day": min(period.last, today),
    }
    return render(request, "projects/aid/tables.html", context)


def _workbook(found: reads.Table) -> HttpResponse:
    headers = [
        _("Aid"), _("Donor"), _("Managing agency"), _("Aid owner"), _("Form"), _("Sector"), _("Decision"),
        _("Approved"), _("Currency"), _("Pledged"), _("Received in the period"), _("Received in all"),
        _("Spent in the period"), _("Spent in all"), _("State"),
    ]  # fmt: skip
    sector: Any = Aid._meta.get_field("sector")
    rows: list[list[Any]] = [
        [
            r.aid.record.title,
            *(getattr(r, n).title if getattr(r, n) else "" for n in ("donor", "manager", "receiver")),
            r.aid.get_form_display(),
            sector.display(r.aid.sector),
            r.decision,
            r.approved,
            r.currency,
            *(getattr(r, n) if r.currency else None for n in reads.TOTALLED),
            r.aid.get_state_display(),
        ]
        for r in found.rows
    ]
    for currency, sums in found.totals.items():
        rows.append([_("Total"), *[""] * 7, currency, *(sums[n] for n in reads.TOTALLED), ""])
    data = write_xlsx(headers, rows, _("Foreign aid"), notes=[str(found.period)])
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="aid-{found.period.code}.xlsx"'
    return answer


# --- IATI -----------------------------------------------------------------------------------------


def _export(user: User | None) -> exchange.Export | None:
    reporting = exchange.reporter()
    if reporting is None:
        return None
    aids = Aid.objects.counted().with_all().visible_to(user).live().order_by("pk")
    # What everybody may see names nobody who is not public.
    from django.contrib.auth.models import AnonymousUser

    return exchange.export(aids[: reads.MOST_ROWS], user or AnonymousUser(), reporting)  # type: ignore[arg-type]


@require_GET
@never_cache
@desk_required()
def iati(request: HttpRequest) -> HttpResponse:
    """What can be published or given to donors, what is left out and why, and the check of the file."""
    user: User = request.user  # type: ignore[assignment]
    found, public = _export(user), _export(None)
    if found is not None and request.GET.get("format") == "xml":
        return _file(found)
    problems = _problems(found) if found is not None else []
    context = {
        "found": found,
        "public": len(public.activities) if public is not None else 0,
        "problems": problems[:SHOWN_PROBLEMS],
        "errors": sum(p.severity == "error" for p in problems),
    }
    return render(request, "projects/aid/iati.html", context)


def _problems(found: exchange.Export) -> list[checking.Problem]:
    if not found.activities:
        return []
    root = reading.parse(writing.write(found.activities))
    return checking.problems(root, timezone.localdate())


def _file(found: exchange.Export) -> HttpResponse:
    if not found.activities:
        raise Http404
    answer = HttpResponse(writing.write(found.activities, timezone.now()), content_type="application/xml")
    answer["Content-Disposition"] = 'attachment; filename="iati-activities.xml"'
    return answer


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The IATI file of what is public, as the registry of IATI fetches it."""
    found = _export(None)
    if found is None:
        raise Http404
    return _file(found)


@never_cache
@desk_required(Role.OFFICER)
def bring_in(request: HttpRequest) -> HttpResponse:
    """An IATI file: looked at first, saved when the officer says so. What was looked at is what is saved."""
    user: User = request.user  # type: ignore[assignment]
    context: dict[str, Any] = {}
    if request.method != "POST":
        return render(request, "projects/aid/bring_in.html", context)
    try:
        data, name = _sent(request)
        root = reading.parse(data)
        problems = checking.schema_problems(root)
        if problems:
            context["problems"] = problems[:SHOWN_PROBLEMS]
            raise reading.NoIati(_("The file does not keep to the schema of IATI 2.03, so nothing was read."))
        plan = exchange.plan(reading.read(root), user)
    except reading.NoIati as error:
        return render(request, "projects/aid/bring_in.html", {**context, "error": str(error)}, status=422)
    if request.POST.get("do") == "save" and plan.may_save:
        try:
            batch = actions.bring_in(plan, actor=user, name=name, sha256=hashlib.sha256(data).hexdigest())
        except (Stale, ValidationError) as error:
            sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
            return render(request, "projects/aid/bring_in.html", {"error": " ".join(sentences)}, status=422)
        messages.success(
            request,
            _("%(new)s aids were entered, %(changed)s changed.") % {"new": batch.created, "changed": batch.changed},
        )
        return redirect("desk:list", "aid")
    context = {"plan": plan, "name": name, "kept": signing.dumps([name, data.decode("utf-8", "strict")], compress=True)}
    return render(request, "projects/aid/bring_in.html", context)


def _sent(request: HttpRequest) -> tuple[bytes, str]:
    """The file that was sent, or the one that was looked at, which travels signed in the page. Raises NoIati."""
    if kept := request.POST.get("kept"):
        try:
            name, text = signing.loads(kept, max_age=24 * 3600)
        except signing.BadSignature as error:
            raise reading.NoIati(_("The page is older than a day. Send the file again.")) from error
        return text.encode(), name
    if getattr(request, "upload_too_large", False):
        raise reading.NoIati(_("The file is too large. Split it into several files."))
    file = request.FILES.get("file")
    if file is None:
        raise reading.NoIati(_("Choose a file first."))
    if file.size and file.size > 2_000_000:
        raise reading.NoIati(_("The file is larger than 2 MB. Split it into several files."))
    data = file.read()
    # Whatever its encoding, it is kept as UTF-8 from here on.
    root = reading.parse(data)
    return writing.as_bytes(root), (file.name or "iati.xml")[:200]
