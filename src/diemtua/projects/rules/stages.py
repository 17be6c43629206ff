"""The stages of an investment project and their gates, as tables that are read from top to bottom.

Three tables say all: `NEEDS` (which field is required from which stage on), `STEPS` (from where to where one may go)
and `GATES` (who may let a project into a stage, and which paper proves it). Pages print these same tables.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

PROSPECT, PROPOSAL, POLICY, CERTIFICATE = "prospect", "proposal", "policy", "certificate"
LAND, OPERATING, CLOSED = "land", "operating", "closed"
PAUSED, LOST, REVOKED = "paused", "lost", "revoked"

STAGES: tuple[tuple[str, Any], ...] = (
    (PROSPECT, _("Prospect")),
    (PROPOSAL, _("Proposal")),
    (POLICY, _("Policy approval")),
    (CERTIFICATE, _("Certificate (IRC)")),
    (LAND, _("Land and construction")),
    (OPERATING, _("Operating")),
    (CLOSED, _("Closed")),
    (PAUSED, _("Paused")),
    (LOST, _("Lost")),
    (REVOKED, _("Revoked")),
)
LABELS = dict(STAGES)
# The way of a project that goes well; the place in it is how far it has come.
WAY = (PROSPECT, PROPOSAL, POLICY, CERTIFICATE, LAND, OPERATING)
# Stages in which something is still to be done for the investor, on the board from left to right.
UNDER_WAY = (PROSPECT, PROPOSAL, POLICY, CERTIFICATE, LAND)
# With a certificate that stands: who has to report, and whose promises are measured.
LICENSED = (CERTIFICATE, LAND, OPERATING)
OVER = (CLOSED, LOST, REVOKED)

NOT_NEEDED, NEEDED = "not_needed", "needed"


def _approved(values: Any) -> bool:
    return bool(values.policy_route == NEEDED)


@dataclass(frozen=True)
class Need:
    """A field without which a project may not be in a stage.

    `field` may name several, of which one is enough. `only_if` tells whether it is asked of this project.
    """

    field: str
    stages: tuple[str, ...]
    only_if: Callable[[Any], bool] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.field.split("|"))


def _from(stage: str) -> tuple[str, ...]:
    """A stage of the way and all that come after it."""
    return WAY[WAY.index(stage) :]


# field → stages in which it is required
NEEDS: tuple[Need, ...] = (
    Need("investor", _from(PROPOSAL)),
    Need("industry", _from(PROPOSAL)),
    Need("capital", _from(PROPOSAL)),
    Need("currency", _from(PROPOSAL)),
    Need("zone|plot|where", _from(PROPOSAL)),
    Need("objectives", _from(POLICY)),
    Need("policy_route", _from(POLICY)),
    Need("policy_decision", _from(POLICY), _approved),
    Need("policy_on", _from(POLICY), _approved),
    Need("irc_code", _from(CERTIFICATE)),
    Need("irc_issued", _from(CERTIFICATE)),
    Need("operation_by", _from(CERTIFICATE)),
    Need("area_ha", _from(LAND)),
    Need("land_handed_over", _from(LAND)),
    Need("operating_since", _from(OPERATING)),
    Need("ended_on", OVER),
    Need("end_reason", (PAUSED, *OVER)),
    Need("end_decision", (REVOKED,)),
)

# from → to which stages one may go. A record may be made in any stage whose needs it meets.
STEPS: dict[str, tuple[str, ...]] = {
    PROSPECT: (PROPOSAL, PAUSED, LOST),
    PROPOSAL: (POLICY, CERTIFICATE, PROSPECT, PAUSED, LOST),
    POLICY: (CERTIFICATE, PROPOSAL, PAUSED, LOST, REVOKED),
    CERTIFICATE: (LAND, POLICY, PROPOSAL, PAUSED, LOST, REVOKED, CLOSED),
    LAND: (OPERATING, CERTIFICATE, PAUSED, LOST, REVOKED, CLOSED),
    OPERATING: (LAND, PAUSED, CLOSED, REVOKED),
    PAUSED: (PROSPECT, PROPOSAL, POLICY, CERTIFICATE, LAND, OPERATING, LOST, REVOKED, CLOSED),
    LOST: (PROSPECT, PROPOSAL, POLICY, CERTIFICATE, LAND),
    REVOKED: (POLICY, CERTIFICATE, LAND, OPERATING),
    CLOSED: (CERTIFICATE, LAND, OPERATING),
}

OFFICER, LEAD = "officer", "lead"


@dataclass(frozen=True)
class Gate:
    """Who may let a project into a stage, and which paper proves it."""

    role: str
    proof: Any


GATES: dict[str, Gate] = {
    PROSPECT: Gate(OFFICER, _("none: a first talk is enough")),
    PROPOSAL: Gate(OFFICER, _("the investor's letter or proposal")),
    POLICY: Gate(OFFICER, _("the decision of policy approval, with its number and day")),
    CERTIFICATE: Gate(OFFICER, _("the investment registration certificate, with its code and day")),
    LAND: Gate(OFFICER, _("the record of the handing over of the land, or the lease")),
    OPERATING: Gate(OFFICER, _("the investor's report, or the record of acceptance")),
    PAUSED: Gate(OFFICER, _("the letter that asks for it, or the reason in words")),
    LOST: Gate(OFFICER, _("the reason in words, and to whom it went")),
    CLOSED: Gate(LEAD, _("the decision or notice that the project has ended")),
    REVOKED: Gate(LEAD, _("the decision of revocation, with its number and day")),
}


def place_on_way(stage: str) -> int:
    """How far a stage is on the way; -1 for those beside it."""
    return WAY.index(stage) if stage in WAY else -1


def is_empty(value: Any) -> bool:
    return value is None or value == ""


def missing(project: Any, stage: str) -> list[Need]:
    """What a project lacks to be in a stage; `project` has the fields as attributes (keys as `<field>_id`)."""
    return [
        need
        for need in NEEDS
        if stage in need.stages
        and (need.only_if is None or need.only_if(project))
        and all(is_empty(_value(project, name)) for name in need.fields)
    ]


def _value(project: Any, name: str) -> Any:
    key = f"{name}_id"
    return getattr(project, key) if hasattr(project, key) else getattr(project, name)


def may_step(before: str, after: str) -> bool:
    """Whether the table of steps leads from one stage to another; to stay is always allowed."""
    return before == after or after in STEPS.get(before, ())


def is_back(before: str, after: str) -> bool:
    """Whether a step goes back on the way, or takes up what was over."""
    return before in OVER or -1 < place_on_way(after) < place_on_way(before)


def role_for(before: str, after: str) -> str:
    """The least role that may take this step: going back, and taking up what was over, is for a lead."""
    return LEAD if is_back(before, after) else GATES[after].role


def stages_of(need: Need) -> Iterable[str]:
    """Names of stages in which a field is required, in the order of the table."""
    return (code for code, _label in STAGES if code in need.stages)


# stage → the field whose day tells when the stage was reached
ARRIVALS = {
    POLICY: "policy_on",
    CERTIFICATE: "irc_issued",
    LAND: "land_handed_over",
    OPERATING: "operating_since",
    CLOSED: "ended_on",
    PAUSED: "ended_on",
    LOST: "ended_on",
    REVOKED: "ended_on",
}


def arrival(project: Any, stage: str, today: datetime.date) -> datetime.date | None:
    """The day a project reached a stage by its own papers, else today.

    None for what is taken over from older papers that do not tell it: nobody knows the day.
    """
    told = getattr(project, ARRIVALS.get(stage, ""), None)
    if told is not None:
        return min(told.last, today)
    return None if project.taken_over and project.pk is None else today
