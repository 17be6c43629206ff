"""What the API writes: enquiries, engagements and figures, through the actions of their rooms."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from diemtua.kit.dates import DateError, parse_date
from diemtua.kit.secrecy import secrecy_mark
from diemtua.register import access
from diemtua.register.actions import add_figure
from diemtua.register.desk import services
from diemtua.register.desk.forms import clean_text
from diemtua.register.models import Evidence, Figure, OrgUnit, Record, Role, Stage, User
from diemtua.register.screens import RECORD_FIELDS, Screen

from .models import Answer, Scope, Token
from .problems import Refused, from_validation, invalid, not_found
from .shapes import column, columns_of_rows, type_of

# Kinds that programs may enter → the scope that allows it.
ENTERED = {"enquiry": Scope.ENQUIRIES, "engagement": Scope.ENGAGEMENTS}
BODY_LIMIT = 1024 * 1024
DEEPEST = 8
MOST_ROWS = 500


# --- the body -------------------------------------------------------------------------------------


def body_of(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """The JSON object of a request, and its text. Raises Refused (400, 413, 415)."""
    if request.content_type != "application/json":
        raise Refused(415, "not_json", _("Send JSON, with the header Content-Type: application/json."))
    length = request.headers.get("Content-Length") or "0"
    if length.isdigit() and int(length) > BODY_LIMIT:
        raise Refused(413, "too_large", _("The request is too large: at most %(kb)s kB.") % {"kb": BODY_LIMIT // 1024})
    raw = request.read(BODY_LIMIT + 1)
    if len(raw) > BODY_LIMIT:
        raise Refused(413, "too_large", _("The request is too large: at most %(kb)s kB.") % {"kb": BODY_LIMIT // 1024})
    try:
        text = raw.decode("utf-8")
        found = json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(400, "broken_json", _("This is not JSON that can be read.")) from None
    if not isinstance(found, dict):
        raise Refused(400, "broken_json", _("Send one JSON object with the fields in it."))
    if _depth(found) > DEEPEST:
        raise Refused(400, "broken_json", _("The JSON is nested too deep."))
    return found, text


def _number(text: str) -> Decimal:
    if len(text) > 60:
        raise ValueError("too long for a number")
    return Decimal(text)


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _depth(value: Any, level: int = 1) -> int:
    if level > DEEPEST or not isinstance(value, dict | list):
        return level
    inner = value.values() if isinstance(value, dict) else value
    return max((_depth(v, level + 1) for v in inner), default=level)


# --- values ---------------------------------------------------------------------------------------


class Wrong(ValueError):
    """A value that does not fit its field; the sentence says what does."""


def read_value(f: Any, given: Any, user: User) -> Any:
    """A JSON value as its field takes it. Raises Wrong."""
    reader = READERS[type_of(f)]
    if given is None:
        return reader(f, None, user) if type_of(f) in ("text", "codes", "boolean") else None
    return reader(f, given, user)


def _text(f: Any, given: Any, user: User) -> str | None:
    if given is None:
        return None if f.null else ""
    if not isinstance(given, str):
        raise Wrong(_("Write a text in quotation marks."))
    text = str(clean_text(given)).strip()
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Wrong(_("Write a text in quotation marks."))
    if f.max_length and len(text) > f.max_length:
        raise Wrong(_("At most %(limit)s letters. Shorten it.") % {"limit": f.max_length})
    return text


def _decimal(f: Any, given: Any, user: User) -> Decimal:
    try:
        if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
            raise Wrong(_("Write a number with a point before its decimals: 1250.5"))
        found = Decimal(given)
    except InvalidOperation:
        raise Wrong(_("Write a number with a point before its decimals: 1250.5")) from None
    if not found.is_finite() or abs(found.adjusted()) > 30:
        raise Wrong(_("Write a number with a point before its decimals: 1250.5"))
    return found


def _integer(f: Any, given: Any, user: User) -> int:
    found = _decimal(f, given, user)
    if found != found.to_integral_value() or abs(found) >= 2**31:
        raise Wrong(_("Write a whole number."))
    return int(found)


def _boolean(f: Any, given: Any, user: User) -> bool | None:
    if given is None and f.null:
        return None
    if not isinstance(given, bool):
        raise Wrong(_("Write true or false."))
    return given


def _day(f: Any, given: Any, user: User) -> datetime.date:
    try:
        found = datetime.datetime.strptime(given, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise Wrong(_("Write the day as year-month-day: 2021-11-04")) from None
    if not 1000 <= found.year <= 3000:
        raise Wrong(_("Write the day as year-month-day: 2021-11-04"))
    return found


def _partial(f: Any, given: Any, user: User) -> Any:
    try:
        if not isinstance(given, str):
            raise DateError
        return parse_date(given)
    except DateError:
        raise Wrong(_("Write a day (2021-11-04), a month (11/2021), a year (2021) or first/last day.")) from None


def _codes(f: Any, given: Any, user: User) -> list[str]:
    given = [] if given is None else given
    if not isinstance(given, list) or not all(isinstance(v, str) and "|" not in v and v for v in given):
        raise Wrong(_("Write a list of codes."))
    return [str(clean_text(v)) for v in given]


def _key(f: Any, given: Any, user: User) -> Any:
    """A row of a small table, or a record that may be seen, by its number (a country by its code)."""
    related = f.related_model
    missing = Wrong(_("There is nothing of this number, or you may not see it."))
    if isinstance(given, dict):
        given = given.get("number", given.get("id"))
    if isinstance(related._meta.pk, models.CharField):
        if not isinstance(given, str) or "\x00" in given:
            raise missing
        key: Any = given
    else:
        try:
            key = _decimal(f, given, user)
        except Wrong:
            raise missing from None
        if key != key.to_integral_value() or not 0 < key < 2**63:
            raise missing
        key = int(key)
    rows = related._default_manager.all()
    if column(f).points == "record":
        rows = related._default_manager.visible_to(user)
    elif related is User:
        rows = rows.filter(is_active=True)
    found = rows.filter(pk=key).first()
    if found is None:
        raise missing
    return found


def _no_value(f: Any, given: Any, user: User) -> Any:
    raise Wrong(_("This field is set by steps on the desk, not here."))


READERS: dict[str, Callable[[Any, Any, User], Any]] = {
    "text": _text,
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
    "day": _day,
    "partial_date": _partial,
    "codes": _codes,
    "record": _key,
    "key": _key,
    "moment": _no_value,
    "json": _no_value,
}


# --- records --------------------------------------------------------------------------------------


def enter(screen: Screen, token: Token, given: Mapping[str, Any]) -> Any:
    """A new record of what was sent, in the name of the token's person. Raises Refused (403, 422)."""
    user = token.user
    errors: dict[str, list[str]] = {}
    fields: dict[str, Any] = {"unit": user.unit_id}
    children: dict[str, list[dict[str, Any]]] = {}
    sets = {c.name: c for c in screen.all_children}
    for name, value in given.items():
        try:
            if name in RECORD_FIELDS:
                fields[name] = _of_record(name, value, user)
            elif name in screen.own_fields:
                fields[name] = read_value(screen.own_fields[name], value, user)
            elif name in sets:
                children[name] = _rows(sets[name], value, user)
            elif name not in ("tags", "reason"):
                raise Wrong(_("There is no such field here."))
        except Wrong as wrong:
            errors[name[:60]] = [str(wrong)]
    tags = given.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(t, str) for t in tags) or len(tags) > 50:
        errors["tags"] = [_("Write a list of words.")]
    reason = given.get("reason", "")
    if not isinstance(reason, str):
        errors["reason"] = [_("Write a text in quotation marks.")]
    if not fields.get("title") and "title" not in errors:
        errors["title"] = [_("This field is required.")]
    if errors:
        raise invalid(errors)
    texts = [v for v in fields.values() if isinstance(v, str)]
    if any(secrecy_mark(text) for text in texts) or secrecy_mark("", str(fields["title"])):
        message = _("This carries a mark of state secrecy. It must not be entered here; nothing was kept.")
        raise Refused(422, "secret", message)
    try:
        return services.create_from_form(
            screen,
            actor=user,
            fields=fields,
            children=children,
            tags=[str(clean_text(t)).strip()[:60] for t in tags],
            reason=by_token(token, reason),
        )
    except ValidationError as error:
        raise from_validation(error) from error


def by_token(token: Token, reason: str) -> str:
    """What the history says of why: the token's name first."""
    said = _("By the token “%(name)s”") % {"name": token.name}
    text = str(clean_text(reason)).strip()
    return (f"{said}: {text}" if text else said)[:500]


def _of_record(name: str, given: Any, user: User) -> Any:
    if name != "unit":
        return _text(Record._meta.get_field(name), given, user)
    if given is None:
        return None
    units = OrgUnit.objects.all()
    if not user.is_at_least(Role.LEAD):
        units = units.filter(pk=user.unit_id or 0)
    unit = _key(Record._meta.get_field("unit"), given, user)
    if not units.filter(pk=unit.pk).exists():
        raise Wrong(_("You cannot give a record to a unit that is not yours."))
    return unit.pk


def _rows(child: Any, given: Any, user: User) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise Wrong(_("Write a list of rows, each an object with its fields."))
    if len(given) > MOST_ROWS:
        raise Wrong(_("At most %(limit)s rows.") % {"limit": MOST_ROWS})
    known = {c.name: c.field for c in columns_of_rows(child)}
    made = []
    for n, row in enumerate(given, 1):
        values = {}
        for name, value in row.items():
            if name not in known:
                raise Wrong(_("Row %(row)s: there is no field “%(name)s”.") % {"row": n, "name": name[:60]})
            try:
                values[name] = read_value(known[name], value, user)
            except Wrong as wrong:
                sentence = _("Row %(row)s, %(name)s: %(what)s") % {"row": n, "name": name, "what": wrong}
                raise Wrong(sentence) from None
        made.append(values)
    return made


# --- figures --------------------------------------------------------------------------------------

FIGURE = ("measure", "value", "wording", "unit", "as_of", "stage", "evidence", "reason")


def enter_figure(number: int, token: Token, given: Mapping[str, Any]) -> Any:
    """A figure beside those of a record. Raises Refused (403, 404, 422)."""
    user = token.user
    record = Record.objects.visible_to(user).filter(pk=number).first() if number < 2**63 else None
    if record is None:
        raise not_found()
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, value in given.items():
        try:
            if name not in FIGURE:
                raise Wrong(_("There is no such field here."))
            if name in ("evidence", "reason"):
                continue
            values[name] = read_value(Figure._meta.get_field(name), value, user)
        except Wrong as wrong:
            errors[name[:60]] = [str(wrong)]
    for name in ("measure", "unit"):
        if not values.get(name):
            errors.setdefault(name, [_("This field is required.")])
    if "stage" in given and "stage" not in errors and values["stage"] not in Stage.values:
        errors["stage"] = [_("Choose one of: %(codes)s.") % {"codes": ", ".join(Stage.values)}]
    reason = given.get("reason", "")
    if not isinstance(reason, str):
        errors["reason"] = [_("Write a text in quotation marks.")]
    proof = None
    if given.get("evidence") is not None:
        seen = {p.pk: p for p in services.visible_proofs(record, user)}
        try:
            proof = seen.get(_integer(None, given["evidence"], user))
        except Wrong:
            proof = None
        if proof is None:
            errors["evidence"] = [_("There is nothing of this number, or you may not see it.")]
    if errors:
        raise invalid(errors)
    evidence: Evidence | None = proof
    try:
        return add_figure(record=record, actor=user, evidence=evidence, reason=by_token(token, reason), **values)
    except Record.DoesNotExist:
        raise not_found() from None
    except ValidationError as error:
        raise from_validation(error) from error


# --- once -----------------------------------------------------------------------------------------


def once(
    token: Token, key: str | None, request: str, make: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """What `make` answers, and whether it was made now. Under a key that was used before the first answer is given.

    The answer is kept in the transaction of what it tells of, so that neither stands without the other. Raises
    Refused (409, 422).
    """
    if key is None:
        with transaction.atomic():
            return make(), True
    if not 0 < len(key) <= 80 or not key.isascii() or " " in key or not key.isprintable():
        raise Refused(422, "invalid", _("The idempotency key has 1 to 80 letters, digits and signs, without blanks."))
    mark = hashlib.sha256(request.encode()).hexdigest()
    if (before := _before(token, key, mark)) is not None:
        return before, False
    try:
        with transaction.atomic():
            made = make()
            Answer.objects.create(token=token, key=key, request=mark, body=made)
        return made, True
    except IntegrityError:  # the same request came twice at once, and the other one was first
        if (before := _before(token, key, mark)) is not None:
            return before, False
        raise


def _before(token: Token, key: str, mark: str) -> dict[str, Any] | None:
    found = Answer.objects.filter(token=token, key=key).first()
    if found is None:
        return None
    if found.request != mark:
        message = _("This idempotency key was used for another request. Choose a new one.")
        raise Refused(409, "key_used", message)
    return found.body


def may_enter(user: User) -> None:
    access.require(access.may_create(user))
