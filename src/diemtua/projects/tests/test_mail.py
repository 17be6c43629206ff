"""E-mail files with broken MIME, and attachments that lie about their type."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemtua.projects.rules import attachments, mail
from diemtua.register.tabular import Unreadable

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
EXE = b"MZ" + b"\0" * 600


def letter(**headers):
    message = EmailMessage()
    for name, value in ({"From": "Kim Mẫu <kim@example.org>", "Subject": "Hỏi đất", "Date": "Mon, 5 May 2025 09:00:00 +0900"} | headers).items():  # fmt: skip
        if value is not None:
            message[name] = value
    message.set_content("Cần 3 ha đất.\n\nXin báo giá.")
    return message


def test_a_sound_e_mail():
    message = letter(**{"Message-ID": "<1@example.org>"})
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="Nhu cầu đất.pdf")
    found = mail.read_mail(message.as_bytes())
    assert (found.sender_name, found.sender_email, found.subject) == ("Kim Mẫu", "kim@example.org", "Hỏi đất")
    assert found.text == "Cần 3 ha đất.\n\nXin báo giá."
    assert found.sent.isoformat() == "2025-05-05T09:00:00+09:00"
    assert found.message_id == "<1@example.org>"
    assert found.attachments == (("Nhu cầu đất.pdf", PDF),)
    assert found.warnings == ()


def test_markup_becomes_words_and_nothing_of_it_runs():
    message = letter()
    message.set_content("<p>Cần <b>3 ha</b></p><script>alert(1)</script><style>p{}</style><p>đất</p>", subtype="html")
    assert mail.read_mail(message.as_bytes()).text == "Cần 3 ha\nđất"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        # A boundary that never comes.
        (b"From: a@example.org\nContent-Type: multipart/mixed; boundary=xx\n\nlost words", "lost words"),
        # Base64 that is none.
        (b"From: a@example.org\nContent-Transfer-Encoding: base64\n\n!!!!", None),
        # A charset nobody knows, a header cut off.
        (b"From: a@example.org\nSubject: =?utf-99?B?///?=\nContent-Type: text/plain; charset=klingon\n\nabc", "abc"),
        # No closing boundary.
        (
            b'From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="b"\n\n'
            b"--b\nContent-Type: text/plain\n\nhello\n",
            "hello",
        ),
        # Raw bytes in the headers, no blank line at the end.
        ("From: Lê Mẫu <a@example.org>\nSubject: Đất\n\nxin chào".encode(), "xin chào"),
        (b"Subject: no sender\nDate: yesterday\n\nwords", "words"),
    ],
)
def test_broken_mime_is_read_as_far_as_it_goes(data, text):
    found = mail.read_mail(data)
    if text is not None:
        assert found.text == text
    if b"@" not in data:
        assert found.sender_email == ""
        assert found.warnings


def test_a_broken_e_mail_says_so():
    data = b"From: a@example.org\nContent-Type: multipart/mixed; boundary=xx\n\nlost words"
    assert mail.read_mail(data).warnings
    assert mail.read_mail("From: Lê Mẫu <a@example.org>\nSubject: Đất\n\nxin chào".encode()).subject == "Đất"


@pytest.mark.parametrize("data", [b"", b"   \n", PNG, PDF, EXE, b"PK\x03\x04 zip", b"just words without headers"])
def test_what_is_no_e_mail(data):
    with pytest.raises(Unreadable):
        mail.read_mail(data)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"multipart/mixed; boundary=b", b"text/html", b"message/rfc822", b""]))
def test_whatever_comes_is_read_or_refused(body, kind):
    data = b"From: a@example.org\r\nContent-Type: " + kind + b"\r\n\r\n--b\r\n" + body
    found = mail.read_mail(data)
    assert len(found.text) <= mail.MAX_TEXT
    found.text.encode()  # no half letters


def test_nested_without_end_and_very_many_parts():
    deep = b"From: a@example.org\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(120)
    )
    assert mail.read_mail(deep + b"\n\nend").sender_email == "a@example.org"
    many = b"From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1000
    assert mail.read_mail(many).warnings


# --- attachments ----------------------------------------------------------------------------------


def archive(**members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        for name, data in members.items():
            zipped.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind", "said"),
    [
        ("plan.png", PNG, "png", ""),
        ("photo.jpeg", b"\xff\xd8\xff" + b"\0" * 20, "jpg", ""),
        ("letter.pdf", PDF, "pdf", ""),
        ("plan.pdf", PNG, "png", "PNG"),  # lies, harmless: kept as what it is
        ("list.xlsx", b"just words", "txt", "TXT"),
        ("photo.png", EXE, "", "."),  # lies, harmful
        ("invoice.pdf.exe", PDF, "", "."),
        ("photo.exe", PNG, "", "."),
        ("all.zip", archive(a="b"), "", "."),
        ("empty.pdf", b"", "", "."),
    ],
)
def test_attachments_are_judged_by_their_content(name, data, kind, said):
    found = attachments.check(name, data)
    assert found.kind == kind
    assert found.kept == bool(kind)
    assert (said in found.remark) if said else not found.remark


def test_macros_are_refused():
    data = archive(**{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>", "word/vbaProject.bin": "x"})
    assert not attachments.check("letter.docx", data).kept


def test_names_lose_what_could_harm():
    assert attachments.clean_name("..\\..\\Nhu\u202e cầu\x00.pdf") == "Nhu cầu.pdf"
    assert attachments.clean_name("/etc/passwd") == "passwd"
    assert attachments.clean_name("...") == "file"
    assert len(attachments.clean_name("đ" * 400 + ".pdf")) <= 150
    assert attachments.download_name("plan.pdf", "png") == "plan.pdf.png"
    assert attachments.download_name("plan.JPEG", "jpg") == "plan.JPEG"
