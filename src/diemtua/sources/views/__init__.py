"""Pages of documents: taking them in, reading them for facts, deciding on what was found."""

from .adding import add_fact
from .deciding import accept_all, decide, mend
from .documents import document_file, document_new
from .reading import read_document, waiting_list
from .review import recognised_since, record_preview, review_page, text_part

__all__ = [
    "accept_all",
    "add_fact",
    "decide",
    "document_file",
    "document_new",
    "mend",
    "read_document",
    "recognised_since",
    "record_preview",
    "review_page",
    "text_part",
    "waiting_list",
]
