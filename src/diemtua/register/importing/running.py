"""Saving a checked table: one transaction, audited, undone as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .. import access, write
from ..database import refresh_statistics
from ..models import Batch, Recorded, User
from ..screens import Screen, screen_of
from ..tabular import CellError, read_table, write_xlsx
from ..tabular.files import load
from ..tabular.reading import MAX_BYTES
from .checking import Checked, Problem, Progress, Row, check, uncollected
from .columns import ERRORS, ERRORS_LABEL, guess_mapping, known_headings, missing_columns
from .secrecy import refuse_secret

CHUNK = 1000
MUCH = 500  # rows from which the planner is told afterwards what has come
SKIP, UPDATE, CREATE = "skip", "update", "create"


def sent_before(screen: Screen, sha256: str) -> Batch | None:
    """The newest import of the very same file into this register that still stands."""
    found = Batch.objects.filter(
        kind=Batch.Kind.IMPORT, record_kind=screen.kind, sha256=sha256, undone_at=None
    ).select_related("actor")
    return found.first()


@uncollected()
@transaction.atomic
def run(
    screen: Screen,
    checked: Checked,
    actor: User | None,
    file_name: str,
    sha256: str,
    progress: Progress | None = None,
    *,
    existing: str = SKIP,
    only_valid: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Batch:
    """Save the rows as one batch, all or (with `only_valid`) those that are right.

    `existing`: what to do with rows that equal a record or an earlier row: skip, update (fills and changes
    what the row says; empty cells change nothing), create anyway.
    Raises ValidationError when rows are wrong and not `only_valid`, or nothing is left to save;
    PermissionDenied. Whatever is raised, nothing has been saved.
    """
    access.require(access.may_create(actor))
    if checked.missing:
        names = ", ".join(c.heading for c in checked.missing)
        raise ValidationError(_("The file lacks needed columns: %(names)s.") % {"names": names})
    if checked.failed and not only_valid:
        raise ValidationError(
            _("%(count)s rows are wrong. Mend them, or import only the rows that are right.")
            % {"count": len(checked.failed)}
        )
    create, update, skipped = _plan(checked, existing)
    if not create and not update:
        raise ValidationError(_("Nothing is left to import: every row is wrong or already in the register."))
    batch = Batch.objects.create(
        kind=Batch.Kind.IMPORT, record_kind=screen.kind, actor=actor, title=file_name[:255], sha256=sha256
    )
    total, done = len(create) + len(update), 0
    reason = (_("Import of %(file)s") % {"file": file_name})[:500]
    for start in range(0, len(create), CHUNK):
        part = create[start : start + CHUNK]
        _save(screen, part, actor, reason, batch)
        done += len(part)
        if progress:
            progress(done, total)
    changed = 0
    says_unit = "unit" in checked.mapping.values()
    for row in update:
        changed += _update(screen, row, actor, reason, batch, says_unit)
        done += 1
        if progress and (done % 50 == 0 or done == total):
            progress(done, total)
    batch.created, batch.changed = len(create), changed
    batch.details = {
        "rows": len(checked.rows),
        "skipped": skipped,
        "failed": len(checked.failed),
        "unchanged": len(update) - changed,
        **(details or {}),
    }
    batch.save(update_fields=["created", "changed", "details"])
    if total >= MUCH:
        transaction.on_commit(refresh_statistics)
    return batch


@transaction.atomic
def enter_names(
    checked: Checked,
    names: Collection[str],
    actor: User | None,
    file_name: str,
    details: Mapping[str, Any] | None = None,
) -> list[Batch]:
    """Enter the records that the rows only name, as one batch for each kind, so that the rows can be imported.

    `names`: those of `checked.unknown` that are meant. Raises ValidationError when none is, or one cannot be entered;
    nothing has been saved then.
    """
    access.require(access.may_create(actor))
    chosen = [new for new in checked.unknown if new.name in names]
    if not chosen:
        raise ValidationError(_("Choose at least one name that is to be entered."))
    start = {"unit": actor.unit_id} if actor is not None and actor.unit_id else {}
    reason = (_("Named in %(file)s") % {"file": file_name})[:500]
    batches = []
    for kind in dict.fromkeys(new.kind for new in chosen):
        drafts = [write.Draft({**start, **new.fields, "title": new.name}) for new in chosen if new.kind == kind]
        batch = Batch.objects.create(kind=Batch.Kind.IMPORT, record_kind=kind, actor=actor, title=file_name[:255])
        write.create_many(screen_of(kind), drafts, actor=actor, reason=reason, batch=batch)
        batch.created = len(drafts)
        batch.details = {"rows": len(drafts), "skipped": 0, "failed": 0, "unchanged": 0, **(details or {})}
        batch.save(update_fields=["created", "details"])
        batches.append(batch)
    return batches


def _plan(checked: Checked, existing: str) -> tuple[list[Row], list[Row], int]:
    """(rows to create, rows to update, how many are skipped)."""
    if existing == CREATE:
        return checked.valid, [], 0
    create, update, skipped = [], [], 0
    for row in checked.valid:
        if row.twin is not None:
            skipped += 1
        elif row.existing is None:
            create.append(row)
        elif existing == UPDATE and row.existing.editable:
            update.append(row)
        else:
            skipped += 1
    return create, update, skipped


def _save(screen: Screen, rows: list[Row], actor: User | None, reason: str, batch: Batch) -> None:
    """Make the records of checked rows, through the kind's own door where it has one."""
    from ..desk import services

    drafts = [row.draft for row in rows]
    if (many := services.action_for_many(screen.kind)) is not None:
        many(drafts, actor=actor, reason=reason, batch=batch)
    elif (one := services.action_for_one(screen.kind)) is not None:
        for draft in drafts:
            one(
                actor=actor,
                fields=draft.fields,
                children=draft.children,
                tags=draft.tags,
                reason=reason,
                batch=batch,
            )
    else:
        write.create_many(screen, drafts, actor=actor, reason=reason, batch=batch, checked=True)


def _update(screen: Screen, row: Row, actor: User | None, reason: str, batch: Batch, says_unit: bool) -> int:
    """Change the record that a row equals; 1 when something changed. Empty cells change nothing, and rows
    of child sets are added, never taken away."""
    from ..desk import services

    assert row.existing is not None
    instance: Recorded = screen.model._default_manager.select_related("record").get(pk=row.existing.pk)
    before = instance.record.version
    # The unit that new records get by themselves is not something the row says.
    fields = {n: v for n, v in row.draft.fields.items() if v is not None and (n != "unit" or says_unit)}
    stand = write.load_children(screen, instance.pk)
    edits = {}
    for child in screen.all_children:
        have = [write.stored_fields(r, child.fields) for r in stand[child.name]]
        new = [v for v in row.draft.children.get(child.name, ()) if not any(_holds(h, v) for h in have)]
        if new:
            edits[child.name] = write.ChildEdits(create=new)
    tags = None
    if row.draft.tags:
        tags = list(dict.fromkeys([*(t.name for t in instance.record.tags.all()), *row.draft.tags]))
    try:
        saved = services.update_from_form(
            instance, actor=actor, fields=fields, children=edits, tags=tags, reason=reason, batch=batch
        )
    except ValidationError as error:
        sentences = _("Row %(row)s") % {"row": row.number} + ": " + " ".join(error.messages)
        raise ValidationError(sentences) from error
    return int(saved.record.version != before)


def _holds(have: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return all(have.get(n) == write.to_stored(v) for n, v in values.items())


def failed_rows(checked: Checked, rows: list[Row] | None = None) -> bytes:
    """The wrong rows as a workbook with the columns they came with, and one that says what is wrong.

    Sent again after mending, the column of errors is ignored.
    """
    keep = [i for i in range(len(checked.table.headers)) if checked.mapping.get(i) != ERRORS]
    headers = [checked.table.headers[i] for i in keep] + [str(ERRORS_LABEL)]
    lines = []
    for row in checked.failed if rows is None else rows:
        cells = [c.raw if isinstance(c := row.cells[i], CellError) else c for i in keep]
        said = [f"{p.column}: {p.sentence}" if p.column else p.sentence for p in row.problems]
        lines.append([*cells, "\n".join(said)])
    return write_xlsx(headers, lines, str(checked.screen.plural))


# --- command line ---------------------------------------------------------------------------------


@dataclass
class Report:
    """What `import_file` did or, with `check_only`, would do."""

    rows: int
    new: int
    existing: int
    failed: int
    errors: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    batch: Batch | None = None
    before: Batch | None = None
    entered: int = 0  # names that were, or would be, entered first

    @property
    def ok(self) -> bool:
        return not self.failed and not self.missing


def import_file(
    kind: str,
    path: str | Path,
    actor: User | None,
    *,
    check_only: bool = False,
    existing: str = SKIP,
    only_valid: bool = False,
    enter: bool = False,
    fixed: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Read, check and (unless `check_only`) import a file. Nothing is saved when a row is wrong, unless
    `only_valid`; the report's `batch` is None then.

    `enter`: names of records that the register does not know are entered first (`Screen.import_enters`).

    Raises KeyError (no such kind), OSError, tabular.Unreadable, PermissionDenied.
    """
    screen = screen_of(kind)
    if not screen.importable:
        raise PermissionDenied(_("Records of this kind cannot be imported from a table."))
    path = Path(path)
    data = load(path, MAX_BYTES)
    refuse_secret(path.name, data)
    table = read_table(data, path.name, known=known_headings(screen))
    mapping = guess_mapping(screen, table.headers)
    with transaction.atomic():
        checked = check(screen, table, mapping, actor, fixed=fixed)
        entered = 0
        if enter and checked.unknown:
            entered = len(checked.unknown)
            enter_names(checked, {new.name for new in checked.unknown}, actor, path.name)
            checked = check(screen, table, mapping, actor, fixed=fixed)
        report = Report(
            len(checked.rows),
            len(checked.new),
            len(checked.existing),
            len(checked.failed),
            checked.errors,
            checked.warnings,
            [c.heading for c in missing_columns(screen, mapping, fixed or {})],
            checked.left_out,
            before=sent_before(screen, table.sha256),
            entered=entered,
        )
        if not check_only and (report.ok or only_valid):
            try:
                report.batch = run(
                    screen,
                    checked,
                    actor,
                    path.name,
                    table.sha256,
                    progress,
                    existing=existing,
                    only_valid=only_valid,
                )
            except ValidationError as error:
                report.warnings += error.messages
        if report.batch is None:
            transaction.set_rollback(True)
    return report
