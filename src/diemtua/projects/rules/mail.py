"""An e-mail file (.eml) as an enquiry: who wrote, when, what about, the words, the attachments.

Reads what it can of broken MIME and says what it could not. Standard library only; the body as HTML becomes plain text,
nothing in it is run or fetched.
"""

from __future__ import annotations

import datetime
import email
import email.policy
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import Message

from django.utils.translation import gettext as _
from lxml import etree
from lxml import html as lxml_html

from diemtua.kit import encodings
from diemtua.kit.text import nfc
from diemtua.register.tabular import files
from diemtua.register.tabular.files import Unreadable

from .attachments import MAX_FILES

MAX_BYTES = 40 * files.MB
MAX_PARTS = 300
MAX_TEXT = 20_000
_BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "hr"}
_ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,64}@[^\s<>@,;:\"()]{1,180}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Mail:
    """What was read of an e-mail. `warnings` are sentences for the officer; `sent` has a zone or is None."""

    sender_name: str
    sender_email: str
    subject: str
    text: str
    sent: datetime.datetime | None
    message_id: str
    attachments: tuple[tuple[str, bytes], ...] = ()
    warnings: tuple[str, ...] = field(default=())


def read_mail(data: bytes) -> Mail:
    """Read an .eml file. Raises Unreadable: empty, too_big, or unsupported where it is no e-mail at all."""
    data = files.load(data, MAX_BYTES)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"%PDF-")):
        raise _no_mail()
    # The old policy never fails on a header it cannot parse; headers are decoded here, one by one.
    message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n \t"), policy=email.policy.compat32)
    if not any(message.get(name) for name in ("From", "Subject", "Date", "Message-ID", "Received", "To")):
        raise _no_mail()
    warnings: list[str] = []
    plain: list[str] = []
    markup: list[str] = []
    attached: list[tuple[str, bytes]] = []
    broken = bool(message.defects)
    for number, part in enumerate(_parts(message)):
        if number >= MAX_PARTS:
            warnings.append(_("The e-mail has very many parts; only the first %(n)s were read.") % {"n": MAX_PARTS})
            break
        content = _bytes(part)
        broken = broken or bool(part.defects)
        kind, name = part.get_content_type(), _name(part)
        inline = not name and part.get_content_disposition() != "attachment"
        if inline and (kind == "text/plain" or kind.startswith("multipart/")):  # parts that were never parted
            plain.append(_decoded(part, content))
        elif inline and kind == "text/html":
            markup.append(_without_markup(_decoded(part, content)))
        elif content.strip():
            attached.append((name or _invented(part, len(attached)), content))
    if broken:
        warnings.append(_("The e-mail is damaged in places. Please compare it with the original."))
    if len(attached) > MAX_FILES:
        warnings.append(
            _("The e-mail has %(n)s attachments; the first %(most)s were kept.")
            % {"n": len(attached), "most": MAX_FILES}
        )
    text = _tidy("\n\n".join(t for t in plain if t.strip()) or "\n\n".join(t for t in markup if t.strip()))
    if len(text) > MAX_TEXT:
        warnings.append(_("The text is very long; its first %(n)s letters were kept.") % {"n": MAX_TEXT})
    name, address = _sender(message)
    if not address:
        warnings.append(_("The sender's address could not be read. Please enter it."))
    return Mail(
        sender_name=name,
        sender_email=address,
        subject=_line(_header(message, "Subject"))[:400],
        text=text[:MAX_TEXT],
        sent=_sent(message),
        message_id=_line(_header(message, "Message-ID"))[:250],
        attachments=tuple(attached[:MAX_FILES]),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _no_mail() -> Unreadable:
    return Unreadable("unsupported", _("This is not an e-mail. Save the message as .eml in your mail program."))


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves of a message in order; a forwarded message is one leaf."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list) and depth < 20:
        for part in payload:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)
    else:
        yield message


def _bytes(part: Message) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):  # a forwarded message, or multiparts nested without end
        try:
            return b"\n\n".join(p.as_bytes() for p in payload if isinstance(p, Message))
        except (UnicodeError, ValueError, LookupError, RecursionError, KeyError, AttributeError):
            return b""
    try:
        decoded = part.get_payload(decode=True)
    except (UnicodeError, ValueError, LookupError):
        decoded = None
    if isinstance(decoded, bytes):
        return decoded
    return str(payload or "").encode("utf-8", "surrogateescape")


def _decoded(part: Message, content: bytes) -> str:
    """Text by the charset that is given, if it is one and fits; else by what the bytes look like."""
    charset = str(part.get_param("charset") or "").strip("\"' ").lower()
    for name in (charset, "utf-8"):
        try:
            return content.decode(name) if name else _guessed(content)
        except (LookupError, UnicodeError, ValueError):
            continue
    return _guessed(content)


def _guessed(content: bytes) -> str:
    try:
        return encodings.decode(content, partial=True).text
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace")


def _header(message: Message, name: str) -> str:
    """A header's words, encoded words put into letters; what cannot be decoded as it stands."""
    raw = next((str(v) for n, v in message.raw_items() if n.lower() == name.lower()), "")
    # Bytes above ASCII, which some programs write, stand as surrogates.
    text = _guessed(raw.encode("utf-8", "surrogateescape"))
    try:
        return str(make_header(decode_header(text))).encode("utf-8", "replace").decode("utf-8")
    except (LookupError, UnicodeError, ValueError, email.errors.HeaderParseError):
        return text


def _line(text: str) -> str:
    return " ".join(_CONTROLS.sub("", nfc(text)).split())


def _sender(message: Message) -> tuple[str, str]:
    for header in ("From", "Reply-To", "Sender"):
        text = _line(_header(message, header))
        if found := _ADDRESS.search(text):
            name = text[: found.start()].strip(" <\"'(,;") or ""
            return name[:200], found[0].strip(".'")[:254]
    return _line(_header(message, "From"))[:200], ""


def _sent(message: Message) -> datetime.datetime | None:
    try:
        sent = email.utils.parsedate_to_datetime(str(message.get("Date", "")))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    try:
        sent = sent if sent.tzinfo else sent.replace(tzinfo=datetime.UTC)
        sent.astimezone(datetime.UTC)
    except (OverflowError, ValueError):
        return None
    return sent if 1990 <= sent.year <= 2200 else None


def _name(part: Message) -> str:
    """The file name of an attachment, encoded words and RFC 2231 put into letters; "" where it has none."""
    try:
        name = part.get_filename() or ""
        name = str(make_header(decode_header(name))) if name else ""
    except (LookupError, UnicodeError, ValueError, TypeError, email.errors.HeaderParseError):
        name = str(part.get_param("name") or "file")
    return _line(name.encode("utf-8", "replace").decode("utf-8"))[:250]


def _invented(part: Message, number: int) -> str:
    endings = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "message/rfc822": "eml.txt"}
    return f"{number + 1}.{endings.get(part.get_content_type(), 'txt')}"


def _without_markup(markup: str) -> str:
    """The words of HTML, a line a block; markup that cannot be parsed loses its tags."""
    try:
        tree = lxml_html.fromstring(_CONTROLS.sub("", markup)[: 40 * MAX_TEXT].encode(), parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return re.sub(r"<[^>]{0,1000}>", " ", markup)
    for bad in tree.xpath("//script|//style|//head|//template|//noscript|//object|//comment()"):
        bad.drop_tree() if hasattr(bad, "drop_tree") and bad.getparent() is not None else None
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag in _BLOCKS:
            element.tail = "\n" + (element.tail or "")
    return "".join(tree.itertext())


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", no_network=True, recover=True, huge_tree=False)


def _tidy(text: str) -> str:
    lines = [" ".join(line.split()) for line in _CONTROLS.sub("", nfc(text)).replace("\r\n", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
