"""What a reader of one kind of file hands back."""

from typing import NamedTuple

from diemtua.register.tabular import files
from diemtua.register.tabular.files import Sentence

from .page import Page

MAX_BYTES = 100 * files.MB
MAX_TEXT = 20_000_000  # letters kept of one file
MAX_PLAIN = 20 * files.MB  # bytes of an HTML or TXT file


class Content(NamedTuple):
    pages: list[str]  # the text, in pages or sheets where the file has them, else one piece
    paged: bool  # whether `pages` are the file's own
    warnings: list[Sentence]
    metadata: dict[str, str]  # title, subject, keywords, category: what the file says of itself
    page: Page | None = None  # the parts of a page of news
