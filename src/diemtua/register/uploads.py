"""Uploads have a limit, and what is over it is drained and dropped, so the person gets an answer.

Closing the connection early would show the browser's own error page instead of our sentence. Stopping the
parser would let Django read the rest line by line, and a file without lines would fill the memory.
"""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest


class LimitedUploadHandler(FileUploadHandler):
    """Counts the bytes of a request's files; over the limit the rest is read in pieces and thrown away."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.seen = 0
        self.refused = False

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > settings.UPLOAD_LIMIT_BYTES + 1_000_000:
            self._refuse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.seen += len(raw_data)
        if self.seen > settings.UPLOAD_LIMIT_BYTES:
            self._refuse()
        return None if self.refused else raw_data  # None: no other handler gets it

    def file_complete(self, file_size: int) -> None:
        return None

    def _refuse(self) -> None:
        assert self.request is not None
        self.refused = self.request.upload_too_large = True  # type: ignore[attr-defined]
