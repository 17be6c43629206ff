"""Every write of this room: documents that come in, what is proposed from them, what is decided on it."""

from .accepting import Accepted, accept, mend
from .certain import accept_all, accept_document
from .deciding import AlreadyDecided, choose_record, open_again, open_again_one, reject, reopen
from .documents import (
    AlreadyThere,
    Content,
    SecretPaper,
    create_document,
    known,
    read_text,
    read_upload,
    refuse_secret,
    refuse_secret_fields,
    store,
    update_document,
)
from .proposals import add_fact, add_name, propose, remove_name
from .reading import day_of, home_of, read_document

__all__ = [
    "Accepted",
    "AlreadyDecided",
    "AlreadyThere",
    "Content",
    "SecretPaper",
    "accept",
    "accept_all",
    "accept_document",
    "add_fact",
    "add_name",
    "choose_record",
    "create_document",
    "day_of",
    "home_of",
    "known",
    "mend",
    "open_again",
    "open_again_one",
    "propose",
    "read_document",
    "read_text",
    "read_upload",
    "refuse_secret",
    "refuse_secret_fields",
    "reject",
    "remove_name",
    "reopen",
    "store",
    "update_document",
]
