"""Whether a project may be saved as it is: the tables of `stages` applied to what was and what shall be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from . import stages

Label = Any


def stage_label(stage: str) -> str:
    """The name of a stage in the reader's language."""
    return str(stages.LABELS.get(stage, stage))


def errors(project: Any, before: Mapping[str, Any] | None) -> dict[str, str]:
    """{field: sentence} of what stands in the way; `before` is None for a new record, else its stored fields.

    A new record must meet all needs of its stage, one that goes on those of the next. A record that stays where it
    is may lack what it lacked before (old papers are mended bit by bit) but loses nothing that its stage needs.
    """
    stage = project.stage
    if before is None:
        # What is taken over from older papers may be incomplete; only a lead may say so (see the actions).
        return {} if project.taken_over else _lacking(project, stage)
    if stage != before["stage"]:
        if not stages.may_step(before["stage"], stage):
            return {"stage": errors_of_step(before["stage"], stage)}
        # Going back asks for nothing: it is how a mistake is mended.
        return {} if stages.is_back(before["stage"], stage) else _lacking(project, stage)
    lost = {}
    for need in stages.missing(project, stage):
        if any(not stages.is_empty(before.get(name)) for name in need.fields):
            lost[need.fields[0]] = _("A project in the stage “%(stage)s” needs this. It cannot be emptied.") % {
                "stage": stage_label(stage)
            }
    return lost


def errors_of_step(before: str, after: str) -> str:
    """The sentence for a step that the table does not have."""
    if before == after:
        return _("The project is in the stage “%(stage)s” already.") % {"stage": stage_label(after)}
    ways = ", ".join(stage_label(s) for s in stages.STEPS.get(before, ()))
    return _("From “%(before)s” a project cannot go to “%(after)s” at once. It may go to: %(ways)s.") % {
        "before": stage_label(before),
        "after": stage_label(after),
        "ways": ways,
    }


def _lacking(project: Any, stage: str) -> dict[str, str]:
    sentence = _("Needed for the stage “%(stage)s”.") % {"stage": stage_label(stage)}
    any_of = _("Needed for the stage “%(stage)s”: the zone, the plot, or where it lies.") % {
        "stage": stage_label(stage)
    }
    return {n.fields[0]: any_of if len(n.fields) > 1 else sentence for n in stages.missing(project, stage)}
