"""The doors of `/api/v1/`. Each is thin: who asks, what is read or written, the answer."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI, Path, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError

from diemtua.register.models import Record
from diemtua.register.screens import screen_of

from . import reading, schemas, writing
from .guarding import ByToken, need, speak, unauthorised
from .models import Scope
from .problems import Refused, answer, not_found, refuse, wrong_question

DESCRIPTION = """\
Read everything you may see, enter enquiries, engagements and figures. Ask with a token from the desk:
`Authorization: Bearer dt_…`. What a person may not see does not exist: the answer is 404.
Lists are read page by page: give `next` of one page as `cursor` of the next.
"""

api = NinjaAPI(
    title="Điểm Tựa",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api-1",
    auth=ByToken(),
    docs_url=None,
    openapi_url="/openapi.json",
    openapi_extra={"info": {"license": {"name": "Apache-2.0"}}},
)

Number = Annotated[int, Path(ge=0, lt=2**63, description=gettext_noop("The number of a record."))]
Limit = Annotated[int, Query(ge=1, le=reading.MOST, description=gettext_noop("So many at most."))]
Cursor = Annotated[str, Query(max_length=1000, description=gettext_noop("What the page before gave as “next”."))]
Kind = Annotated[str, Path(max_length=60, description=gettext_noop("A kind or the name of its register."))]

ERRORS: Any = dict.fromkeys((401, 403, 404, 422, 429), schemas.ErrorOut)
WRITE_ERRORS: Any = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 429), schemas.ErrorOut)
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": gettext_noop("Your own number of this request: a retry with it makes nothing twice."),
    "schema": {"type": "string", "maxLength": 80, "pattern": "^[!-~]{1,80}$"},
}


def _sent(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "parameters": [KEY_HEADER],
    }


# --- what is there ----------------------------------------------------------------------------------


@api.get(
    "/kinds", response={200: schemas.KindsOut, **ERRORS}, summary=gettext_noop("The kinds of records"), tags=["kinds"]
)
def list_kinds(request: HttpRequest) -> HttpResponse:
    need(request, Scope.READ)
    return answer({"kinds": reading.kinds()})


@api.get(
    "/kinds/{kind}",
    response={200: schemas.KindOut, **ERRORS},
    summary=gettext_noop("A kind: fields, codes, rows, filters"),
    tags=["kinds"],
)
def read_kind(request: HttpRequest, kind: Kind) -> HttpResponse:
    token = need(request, Scope.READ)
    return answer(reading.describe(reading.the_screen(kind), token.user))


@api.get(
    "/kinds/{kind}/records",
    response={200: schemas.RecordsOut, **ERRORS},
    summary=gettext_noop("The records of a kind, page by page"),
    description=gettext_noop(
        "Filters of the kind (see /kinds/{kind}) may be added as further parameters: q for words, "
        "archived (only, all), and each declared one."
    ),
    tags=["records"],
)
def list_records(
    request: HttpRequest,
    kind: Kind,
    cursor: Cursor = "",
    limit: Limit = reading.PAGE,
    order: Annotated[
        str, Query(pattern="^(newest|oldest|title)$", description=gettext_noop("newest, oldest or title"))
    ] = "newest",
) -> HttpResponse:
    token = need(request, Scope.READ)
    screen = reading.the_screen(kind)
    return answer(reading.records(screen, token.user, request, cursor=cursor, limit=limit, order=order))


@api.get(
    "/records/{number}",
    response={200: schemas.RecordOut, **ERRORS},
    summary=gettext_noop("One record with its rows, figures and passages"),
    tags=["records"],
)
def read_record(request: HttpRequest, number: Number) -> HttpResponse:
    token = need(request, Scope.READ)
    return answer(reading.record(token.user, number))


@api.get(
    "/records/{number}/figures",
    response={200: schemas.ProvedOut, **ERRORS},
    summary=gettext_noop("Figures and passages alone"),
    tags=["records"],
)
def read_figures(request: HttpRequest, number: Number) -> HttpResponse:
    token = need(request, Scope.READ)
    reading.seen(token.user, number)
    return answer(reading.proved(token.user, number))


@api.get(
    "/records/{number}/links",
    response={200: schemas.LinksOut, **ERRORS},
    summary=gettext_noop("Links of the chain, from and to a record"),
    tags=["records"],
)
def list_links(request: HttpRequest, number: Number, cursor: Cursor = "", limit: Limit = reading.PAGE) -> HttpResponse:
    token = need(request, Scope.READ)
    return answer(reading.links(token.user, number, cursor=cursor, limit=limit))


@api.get(
    "/records/{number}/history",
    response={200: schemas.HistoryOut, **ERRORS},
    summary=gettext_noop("What was changed, when, by whom and why"),
    tags=["records"],
)
def list_history(request: HttpRequest, number: Number, cursor: Cursor = "") -> HttpResponse:
    token = need(request, Scope.READ)
    return answer(reading.past(token.user, number, cursor=cursor))


# --- what is entered --------------------------------------------------------------------------------


def _enter(request: HttpRequest, kind: str) -> HttpResponse:
    token = need(request, writing.ENTERED[kind])
    writing.may_enter(token.user)
    given, raw = writing.body_of(request)
    screen = screen_of(kind)

    def make() -> dict[str, Any]:
        made = writing.enter(screen, token, given)
        return {
            "number": made.pk,
            "kind": kind,
            "title": made.record.title,
            "version": made.record.version,
            "href": f"/api/v1/records/{made.pk}",
            "page": made.get_absolute_url(),
        }

    key = request.headers.get("Idempotency-Key")
    body, fresh = writing.once(token, key, f"{kind}\n{raw}", make)
    headers = {"Location": body["href"]} | ({} if fresh else {"Idempotent-Replay": "true"})
    return answer(body, 201, headers)


@api.post(
    "/enquiries",
    response={201: schemas.MadeOut, **WRITE_ERRORS},
    summary=gettext_noop("Enter an enquiry"),
    openapi_extra=_sent(schemas.sent_record(screen_of("enquiry"))),
    tags=["entering"],
)
def enter_enquiry(request: HttpRequest) -> HttpResponse:
    return _enter(request, "enquiry")


@api.post(
    "/engagements",
    response={201: schemas.MadeOut, **WRITE_ERRORS},
    summary=gettext_noop("Enter an engagement"),
    openapi_extra=_sent(schemas.sent_record(screen_of("engagement"))),
    tags=["entering"],
)
def enter_engagement(request: HttpRequest) -> HttpResponse:
    return _enter(request, "engagement")


@api.post(
    "/records/{number}/figures",
    response={201: schemas.FigureMadeOut, **WRITE_ERRORS},
    summary=gettext_noop("Enter a figure of a record; it overwrites none"),
    openapi_extra=_sent(schemas.sent_figure()),
    tags=["entering"],
)
def enter_figure(request: HttpRequest, number: Number) -> HttpResponse:
    token = need(request, Scope.FIGURES)
    given, raw = writing.body_of(request)

    def make() -> dict[str, Any]:
        return {"id": writing.enter_figure(number, token, given).pk, "record": number}

    key = request.headers.get("Idempotency-Key")
    body, fresh = writing.once(token, key, f"{number}\n{raw}", make)
    return answer(body, 201, {} if fresh else {"Idempotent-Replay": "true"})


# --- what goes wrong --------------------------------------------------------------------------------


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return refuse(error)


@api.exception_handler(AuthenticationError)
def _who(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refuse(unauthorised(_("Send a token: Authorization: Bearer dt_…")))


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return refuse(Refused(403, "forbidden", str(error) or _("Your role does not allow this. Ask a lead officer.")))


@api.exception_handler(Http404)
@api.exception_handler(Record.DoesNotExist)
def _nothing(request: HttpRequest, error: Exception) -> HttpResponse:
    return refuse(not_found())


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refuse(Refused(error.status_code, "refused", str(error)))


@api.exception_handler(ValidationError)
def _question(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters of the address that do not fit; a number in the path that cannot be one is nothing."""
    fields: dict[str, list[str]] = {}
    for found in error.errors:
        place, name = (str(p) for p in (*found["loc"], "")[:2]) if len(found["loc"]) > 1 else ("query", "*")
        name = str(found["loc"][-1])
        if place == "path":
            return refuse(not_found())
        fields.setdefault(name, []).append(_sentence(found))
    return refuse(wrong_question(fields))


def _sentence(found: dict[str, Any]) -> str:
    context = found.get("ctx", {})
    match found["type"]:
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return _("Write a whole number.")
        case "greater_than_equal":
            return _("Not less than %(limit)s.") % {"limit": context.get("ge")}
        case "less_than_equal":
            return _("Not more than %(limit)s.") % {"limit": context.get("le")}
        case "string_pattern_mismatch":
            return _("Choose one of: %(codes)s.") % {"codes": ", ".join(reading.ORDERS)}
        case "string_too_long":
            return _("At most %(limit)s letters. Shorten it.") % {"limit": context.get("max_length")}
    return _("This value does not fit.")


def no_such_door(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Below `/api/` everything is answered in JSON."""
    speak(request, None)
    return refuse(not_found())
