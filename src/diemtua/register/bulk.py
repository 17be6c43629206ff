"""Changing many records together: one transaction, one batch, undone as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from . import access, write
from .fields import CodeField
from .models import Batch, Recorded, User
from .screens import Screen

LIMIT = 1000


@dataclass
class Chosen:
    """Records a person picked: those they may change, and those they see but may not."""

    changeable: list[Recorded] = field(default_factory=list)
    refused: list[Recorded] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.changeable) + len(self.refused)


def bulk_fields(screen: Screen) -> dict[str, models.Field]:
    """The kind's own fields that can be set on many records at once: choices, yes or no, officers."""
    return {
        name: f
        for name, f in screen.own_fields.items()
        if f.choices
        or isinstance(f, CodeField | models.BooleanField)
        or (isinstance(f, models.ForeignKey) and f.related_model is User)
    }


def choose(screen: Screen, pks: Iterable[int], actor: User) -> Chosen:
    """The current records of these numbers that `actor` sees, at most LIMIT, by title; two queries."""
    wanted = list(dict.fromkeys(pks))[:LIMIT]
    rows = screen.model._default_manager.visible_to(actor).filter(pk__in=wanted, record__archived_at=None)
    found = Chosen()
    for row in rows.select_related("record", "record__unit").order_by("record__sort_key", "pk"):
        (found.changeable if access.may_edit(actor, row.record) else found.refused).append(row)
    return found


@transaction.atomic
def change_many(
    screen: Screen,
    pks: Iterable[int],
    *,
    actor: User,
    fields: Mapping[str, Any] | None = None,
    add_tags: Sequence[str] = (),
    remove_tags: Sequence[str] = (),
    archive: bool = False,
    reason: str = "",
) -> Batch:
    """Set fields, add and remove tags, or archive, on every record `actor` may change; others stay.

    Raises PermissionDenied, and ValidationError naming every record that cannot take the change or when
    nothing would change. Nothing is saved then.
    """
    from .desk import services

    access.require(access.may_create(actor))
    allowed = {"access", "unit", "confidence", *bulk_fields(screen)}
    if unknown := set(fields or {}) - allowed:
        raise PermissionDenied(
            _("These fields cannot be changed together: %(names)s.") % {"names": ", ".join(sorted(unknown))}
        )
    if archive and not reason:
        raise ValidationError({"reason": _("Say in a few words why the records are archived.")})
    if not (fields or add_tags or remove_tags or archive):
        raise ValidationError(_("Choose at least one thing to change."))
    chosen = choose(screen, pks, actor)
    batch = Batch.objects.create(kind=Batch.Kind.BULK, record_kind=screen.kind, actor=actor, title=str(screen.plural))
    changed, errors = 0, []
    gone = {write.words_key(t)[:60] for t in remove_tags}
    for row in chosen.changeable:
        try:
            if fields or add_tags or remove_tags:
                tags = None
                if add_tags or remove_tags:
                    have = [t.name for t in row.record.tags.all() if t.key not in gone]
                    tags = list(dict.fromkeys([*have, *add_tags]))
                before = row.record.version
                saved = services.update_from_form(
                    row,
                    actor=actor,
                    fields=dict(fields or {}),
                    children={},
                    tags=tags,
                    reason=reason,
                    batch=batch,
                )
                changed += saved.record.version != before and not archive
            if archive:
                write.archive(row, actor=actor, reason=reason, batch=batch)
                changed += 1
        except ValidationError as error:
            errors.append(f"{row.record.title}: {' '.join(error.messages)}")
    if errors:
        shown = errors[:20] + ([_("and %(count)s more") % {"count": len(errors) - 20}] if len(errors) > 20 else [])
        raise ValidationError(shown)
    if not changed:
        raise ValidationError(_("Nothing would change: the records already say so, or you may not change them."))
    batch.changed = changed
    batch.details = {"refused": len(chosen.refused)}
    batch.save(update_fields=["changed", "details"])
    return batch
