"""From the question to the working factory, one file a subject."""

from .projects import Amendment, Currency, Project, ProjectOrigin, StageMove
from .reports import ProjectReport, ReportLine

__all__ = ["Amendment", "Currency", "Project", "ProjectOrigin", "ProjectReport", "ReportLine", "StageMove"]
