"""From the question to the working factory, one file a subject."""

from .enquiries import Enquiry, EnquiryFile, HandOver, Message, Pause, ShoppingScore
from .leads import Lead, LeadOrigin
from .packs import PackVisit, ReplyPack
from .projects import Amendment, Currency, Project, ProjectOrigin, StageMove
from .reports import ProjectReport, ReportLine

__all__ = [
    "Amendment",
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
    "ReplyPack",
    "ReportLine",
    "ShoppingScore",
    "StageMove",
]
