"""What a file really is, judged by its bytes and never by its name, and what is refused unread."""

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from diemtua.kit import encodings

MB = 1024 * 1024
MAX_UNPACKED = 256 * MB  # all members of a zip together, as they say of themselves
MAX_RATIO = 200  # unpacked to packed, looked at above RATIO_FROM bytes
RATIO_FROM = 20 * MB
MAX_MEMBERS = 10_000

Source = bytes | str | PathLike[str]
Sentence = str | Promise  # a translated sentence, often lazy


class Unreadable(Exception):
    """A file that is not read. `code` is for programs, `sentence` (lazy, translated) for the officer.

    Codes: empty, too_big, broken, locked, old_binary, bomb, macros, executable, picture, archive,
    unsupported, encoding, login, wrong_kind, too_many_rows, too_many_columns, no_table.
    """

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


def broken() -> Unreadable:
    return Unreadable(
        "broken",
        _("The file is damaged and cannot be read. Please open it, save it again, and send the new copy."),
    )


def locked() -> Unreadable:
    return Unreadable(
        "locked",
        _("The file is locked with a password. Please remove the password, save it, and send it again."),
    )


class Decoded(NamedTuple):
    text: str  # NFC, line ends as in the file
    encoding: str
    warnings: tuple[Sentence, ...] = ()  # why the letters should be looked at


def load(source: Source, max_bytes: int) -> bytes:
    """The bytes of a file or path. Raises `Unreadable` empty or too_big (before reading a path)."""
    if isinstance(source, bytes):
        size, data = len(source), source
    else:
        path = Path(source)
        size, data = path.stat().st_size, b""
    if size > max_bytes:
        raise Unreadable(
            "too_big",
            format_lazy(
                _("The file is too large: {size} MB, and at most {limit} MB can be read. Please split it."),
                size=-(-size // MB),
                limit=max_bytes // MB,
            ),
        )
    if not isinstance(source, bytes):
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty", _("The file is empty. Please check it and send it again."))
    return data


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def extension(name: str) -> str:
    """The ending of a file name, lower case, without the dot; empty when there is none."""
    dot = name.rpartition(".")
    return dot[2].strip().lower() if dot[1] else ""


_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS")
_EXECUTABLES = (
    b"\x7fELF",
    b"\xfe\xed\xfa",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
)
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RUNNABLE_NAMES = frozenset(
    [
        "exe",
        "com",
        "scr",
        "pif",
        "msi",
        "msp",
        "dll",
        "bat",
        "cmd",
        "ps1",
        "psm1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "wsh",
        "hta",
        "lnk",
        "reg",
        "jar",
        "sh",
        "py",
        "chm",
        "cpl",
        "iso",
    ]
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,500}-->\s*)?"
    r"<(?:!doctype\s+html|html|head|body|table|meta|title|style|script|div|p|h[1-6]|span|center|font|ul|br)\b",
    re.IGNORECASE,
)


def sniff(data: bytes, name: str = "") -> str:
    """The kind of a file: pdf, docx, xlsx, html or txt. `name` is looked at only to refuse programs.

    Raises `Unreadable` for what cannot be read as one of them, or would be dangerous to keep.
    """
    if data.startswith(_EXECUTABLES) or (data[:2] == b"MZ" and b"\0" in data[:512]):
        raise _program()
    if extension(name) in _RUNNABLE_NAMES:
        raise _program()
    if data.startswith(_OLE):
        raise _ole(data)
    if data.startswith(b"PK\x03\x04"):
        return _zip_kind(data)
    if data.startswith((b"PK\x05\x06", b"PK\x07\x08")) or data.startswith(_ARCHIVES):
        raise Unreadable("archive", _("This is an archive. Please unpack it and send the files inside."))
    if data.startswith(_PICTURES) or data[8:12] == b"WEBP" or (data[4:8] == b"ftyp" and b"\0" in data[:4]):
        raise _picture()
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        raise _picture()
    if b"%PDF-" in data[:1024] and not data.lstrip().startswith(b"<"):
        return "pdf"
    if data.startswith(b"{\\rtf"):
        raise old_format(".docx")
    if data[:13].lower() == b"mime-version:":
        raise Unreadable(
            "unsupported",
            _("This is a saved web archive. Please save the page as HTML or PDF and send that."),
        )
    head = decode(data[: 64 * 1024], partial=True).text
    if re.match(r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!DOCTYPE svg[^>]{0,300}>\s*)?<svg\b", head, re.IGNORECASE):
        raise _picture()
    if re.match(r"\s*<\?xml[^>]{0,200}>\s*(?:<\?mso-application[^>]{0,100}>\s*)?<(?:\w+:)?Workbook\b", head):
        raise old_format(".xlsx")
    if _HTML.match(head):
        return "html"
    return "txt"


def decode(data: bytes, *, partial: bool = False, markup: bool = False) -> Decoded:
    """Text of bytes: byte order mark, UTF-16 by its zeros, UTF-8, or the old encoding that makes Vietnamese of it.

    `partial`, `markup`: see `kit.encodings.decode`. Raises `Unreadable` unsupported when the bytes are not
    text, encoding when no encoding fits.
    """
    try:
        found = encodings.decode(data, partial=partial, markup=markup)
    except UnicodeDecodeError as error:
        raise _unsupported() from error
    if _binary(found.text):
        raise _unsupported()
    if found.guessed and _foreign(data):
        raise _encoding()
    return Decoded(found.text, found.encoding, tuple(_about_letters(found)))


def _binary(text: str) -> bool:
    sample = text[:65536]
    odd = len(re.findall(r"[\x00-\x08\x0e-\x1f\x7f]", sample))
    return "\0" in text or odd > max(2, 0.005 * len(sample))


def _foreign(data: bytes) -> bool:
    """Whether most bytes above ASCII stand together: an encoding of another script, not of Latin letters."""
    sample = data[:65536]
    together = sum(map(len, re.findall(rb"[\x80-\xff]{4,}", sample)))
    return together > 0.5 * len(re.findall(rb"[\x80-\xff]", sample))


def _about_letters(found: encodings.Decoded) -> Iterator[Sentence]:
    if found.guessed:
        yield format_lazy(
            _("The file does not say how its letters are written; read as {encoding}. Please check the letters."),
            encoding=found.encoding,
        )
    if found.mixed:
        yield _("The lines of the file are written in different encodings and were brought together. "
                "Please check the letters.")  # fmt: skip
    if found.lost:
        yield format_lazy(
            _("{count} letters of the file are damaged and stand as {sign}. Please look at them."),
            count=found.lost,
            sign="\ufffd",
        )
    yield from about_old_letters(found.schemes, found.doubtful)


def about_old_letters(schemes: Iterable[str], doubtful: bool) -> Iterator[Sentence]:
    """What an officer should know of text that `kit.encodings` has put into Unicode, or could not."""
    for scheme in schemes:
        if scheme == encodings.UTF8_AS_1252:
            yield _("The letters had been damaged by a wrong conversion and were mended. Please check the letters.")
        else:
            yield format_lazy(
                _("The text was written in the old encoding {encoding} and turned into Unicode. "
                  "Please check names and capital letters."),
                encoding=_ENCODINGS.get(scheme, scheme),
            )  # fmt: skip
    if doubtful:
        yield _("Some letters seem to come from an old font that is not known here, and were left as they are. "
                "Please turn the text into Unicode in the program it comes from, and send it again.")  # fmt: skip


_ENCODINGS = {
    encodings.TCVN3: "TCVN3 (.VnTime)",
    encodings.VNI: "VNI (VNI-Times)",
    encodings.WINDOWS_1258: "Windows-1258",
}


def lying_name_warning(name: str, kind: str) -> Sentence | None:
    """A warning when the name promises another kind of file than the one inside; else None."""
    promised = {
        "pdf": "pdf", "docx": "docx", "doc": "docx", "xlsx": "xlsx", "xls": "xlsx", "xlsm": "xlsx",
        "html": "html", "htm": "html", "xhtml": "html", "txt": "txt", "csv": "txt", "tsv": "txt",
        "png": "png", "jpg": "jpg", "jpeg": "jpg", "zip": "zip",
    }.get(extension(name))  # fmt: skip
    if promised is None or promised == kind:
        return None
    return format_lazy(
        _("The name ends in .{ending}, but the content is {kind}; it was read as what it is."),
        ending=extension(name),
        kind={"txt": _("plain text")}.get(kind, kind.upper()),
    )


def open_zip(data: bytes) -> zipfile.ZipFile:
    """A zip whose members are few and unpack to a bounded size. Raises `Unreadable` broken, bomb, locked.

    Python reads no more of a member than the size it declares, so these limits bound the memory.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, UnicodeError) as error:
        raise broken() from error
    total = sum(member.file_size for member in members)
    if (
        len(members) > MAX_MEMBERS
        or total > MAX_UNPACKED
        or (total > RATIO_FROM and total > MAX_RATIO * len(data))
        or any(m.file_size > RATIO_FROM and m.file_size > MAX_RATIO * max(m.compress_size, 1) for m in members)
    ):
        raise Unreadable(
            "bomb",
            _("The file unpacks to far more than its size and was not opened. Please save a clean copy."),
        )
    if any(member.flag_bits & 1 for member in members):
        raise locked()
    return archive


def member(archive: zipfile.ZipFile, name: str, limit: int = 16 * MB) -> bytes:
    """The bytes of one member, or nothing when absent. Raises `Unreadable` broken, too_big."""
    try:
        if archive.getinfo(name).file_size > limit:
            raise part_too_big()
        return archive.read(name)
    except KeyError:
        return b""
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise broken() from error


def part_too_big() -> Unreadable:
    return Unreadable(
        "too_big",
        _("A part of the file is too large to read safely. Please split the file into smaller ones."),
    )


def has_macros(archive: zipfile.ZipFile) -> bool:
    return any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in archive.namelist())


def _zip_kind(data: bytes) -> str:
    with open_zip(data) as archive:
        names = set(archive.namelist())
        mimetype = member(archive, "mimetype", 1024)
    if "xl/workbook.bin" in names:
        raise old_format(".xlsx")
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return "docx"
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
        raise _unsupported()
    if mimetype.startswith(b"application/vnd.oasis.opendocument."):
        raise old_format(".xlsx" if b"spreadsheet" in mimetype else ".docx")
    raise Unreadable("archive", _("This is an archive. Please unpack it and send the files inside."))


def _ole(data: bytes) -> Unreadable:
    def has(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if has("EncryptedPackage") or has("EncryptionInfo"):
        return locked()
    if has("WordDocument"):
        return old_format(".docx")
    if has("Workbook") or has("Book"):
        return old_format(".xlsx")
    return _unsupported()


def old_format(ending: str) -> Unreadable:
    return Unreadable(
        "old_binary",
        format_lazy(
            _("This file format is not read. Please open the file, save it as {ending}, and send that."),
            ending=ending,
        ),
    )


def _program() -> Unreadable:
    return Unreadable("executable", _("This is a program, not a paper, and was refused. Please send the document."))


def _picture() -> Unreadable:
    return Unreadable(
        "picture",
        _("This is a picture and has no text to read. Please send a PDF or Word file, or type the text."),
    )


def _encoding() -> Unreadable:
    return Unreadable(
        "encoding",
        _("The letters of this file cannot be told apart. Please save it as UTF-8 and send it again."),
    )


def _unsupported() -> Unreadable:
    return Unreadable(
        "unsupported", _("This kind of file cannot be read. Please send PDF, DOCX, XLSX, HTML, CSV or TXT.")
    )
