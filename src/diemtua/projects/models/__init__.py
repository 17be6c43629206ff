"""From the question to the working factory, one file a subject."""

from .aid import Aid, AidKind, AidMovement, AidOutcome, AidStep, AidValue
from .care import CareCase, CareStep, PublicLine
from .enquiries import Enquiry, EnquiryFile, HandOver, Message, Pause, ShoppingScore
from .leads import Lead, LeadOrigin
from .packs import PackVisit, ReplyPack
from .projects import UNIT_SIZES, Amendment, Currency, Project, ProjectOrigin, StageMove
from .reports import ProjectReport, ReportLine

__all__ = [
    "UNIT_SIZES",
    "Aid",
    "AidKind",
    "AidMovement",
    "AidOutcome",
    "AidStep",
    "AidValue",
    "Amendment",
    "CareCase",
    "CareStep",
    "Currency",
    "Enquiry",
    "EnquiryFile",
    "HandOver",
    "Lead",
    "LeadOrigin",
    "Message",
    "PackVisit",
    "Pause",
    "Project",
    "ProjectOrigin",
    "ProjectReport",
    "PublicLine",
    "ReplyPack",
    "ReportLine",
    "ShoppingScore",
    "StageMove",
]
