"""Pictures as readers get them: scaled copies only. Originals (which may tell where they were taken) stay inside."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.utils.deconstruct import deconstructible
from django.views.decorators.http import require_safe

SUFFIXES = {".avif", ".gif", ".jpg", ".jpeg", ".png", ".webp"}


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "pictures"


@deconstructible
class PictureStorage(FileSystemStorage):
    """The folder of scaled copies, beside the papers and not among them."""

    @property
    def base_location(self) -> str:  # type: ignore[override]
        return str(folder())

    @property
    def location(self) -> str:  # type: ignore[override]
        return str(folder())

    @property
    def base_url(self) -> str:  # type: ignore[override]
        return settings.MEDIA_URL


@require_safe
def picture(request: HttpRequest, path: str) -> FileResponse:
    """One scaled picture. Its name holds what was done to it, so browsers may keep it for good."""
    try:
        found = Path(safe_join(str(folder()), path))
    except (SuspiciousFileOperation, ValueError):
        raise Http404 from None
    if found.suffix.lower() not in SUFFIXES or not found.is_file():
        raise Http404
    response = FileResponse(found.open("rb"), content_type=mimetypes.guess_type(found.name)[0])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
