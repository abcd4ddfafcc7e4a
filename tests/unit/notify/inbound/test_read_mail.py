"""Reading mail of anybody: what people write, and what somebody has thought out to stop us."""

import time
from base64 import b64encode
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.inbound.contents import decoded
from services.notify.inbound.read_mail import (
    LONGEST_LINE,
    MOST_BYTES,
    MOST_NAMED,
    MOST_TEXT,
    MailRejected,
    read_mail,
)
from tests.notify import a_mail


def test_text_subject_address_and_files_are_read() -> None:
    mail = a_mail("Hej på er!\n\nMåtten är 4 × 6.", subject="Sv: Ditt ärende", files=[("ritning å.pdf", b"%PDF-1.7")])

    read = read_mail(mail)

    assert (read.from_address, read.subject) == ("kim@example.org", "Sv: Ditt ärende")
    assert read.text == "Hej på er!\n\nMåtten är 4 × 6."
    [file] = read.files
    assert (file.name, file.media_type, file.size) == ("ritning å.pdf", "application/pdf", 8)
    assert file.open().read() == b"%PDF-1.7"
    assert not read.is_automatic
    assert not read.is_cut


def test_the_plain_text_is_chosen_where_there_is_one_and_else_the_text_of_the_page() -> None:
    both = EmailMessage()
    both.set_content("Som text")
    both.add_alternative("<p>Som sida</p>", subtype="html")
    page = EmailMessage()
    page.set_content(
        "<html><head><title>Nej</title><style>p {}</style></head><body><!-- <p>nej</p> -->"
        "<p>Hej &amp; <b>tack</b>!</p><div>Rad&nbsp;två</div><script>nej()</script></body></html>",
        subtype="html",
    )

    assert read_mail(both.as_bytes()).text == "Som text"
    assert read_mail(page.as_bytes()).text == "Hej & tack!\n\nRad två"


@pytest.mark.parametrize("charset", ["idna", "punycode", "unicode_escape", "zip", "hex", "rot13", '"', "x" * 3000])
def test_what_is_no_charset_is_read_as_utf_8(charset: str) -> None:
    if len(charset) > 2000:
        with pytest.raises(MailRejected):
            read_mail(f"Content-Type: text/plain; charset={charset}\n\nåäö".encode())
    else:
        assert read_mail(f"Content-Type: text/plain; charset={charset}\n\nåäö".encode()).text == "åäö"


def test_bytes_of_windows_1252_without_a_charset_are_read() -> None:
    assert read_mail(b"Subject: sm\xf6rg\xe5s\n\n\x96 tv\xe5").text == "– två"
    assert read_mail(b"Subject: sm\xf6rg\xe5s\n\n").subject == "smörgås"


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "List-Id: <grannar.example.org>",
        "X-Autoreply: yes",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    ],
)
def test_what_a_program_sent_is_recognised(headers: str) -> None:
    assert read_mail(f"{headers}\n\nJag är borta".encode()).is_automatic
    assert not read_mail(b"Auto-Submitted: no\n\nJag").is_automatic


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * (MOST_BYTES + 1),
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (each, each) for each in range(101)),
        b"Content-Type: message/rfc822\n\n" * 101,
        b'Content-Type: multipart/mixed; boundary="' + b'";"' * 5000 + b'"\n\n',
        b"A: b\n" * 3000 + b"\nhej",
        b"A: b\r" * 3000 + b"\rhej",
        b"Subject: hej\n\n" + b"a\n" * 600_000,
        b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\n" * 5_001,
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (each, each) for each in range(99))
        + b"a\n" * 200_000,
    ],
    ids=[
        *("size", "parts in parts", "mails in mails", "long header", "many headers", "bare CR"),
        *("lines", "parts without headers", "lines in parts in parts"),
    ],
)
def test_a_mail_beyond_the_bounds_is_rejected_before_it_is_parsed(raw: bytes) -> None:
    with pytest.raises(MailRejected):
        read_mail(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (each, each) for each in range(99)),
        b"Content-Type: message/rfc822\n\n" * 99,
        b'Content-Type: multipart/digest; boundary="b"\n\n--b\n\n' * 99,
        b"Content-Type: text/html\n\n" + b"<!--" * 25_000,
        b"Content-Type: text/html\n\n" + b"<a " * 33_000,
        b"Content-Type: text/html\n\n<script>" + b"</" * 45_000,
        b"Content-Type: text/plain; charset=utf-8\n\na" + "\u0301".encode() * 60_000,
        b"Subject: " + b"=?utf-8?b?" * 10_000 + b"\nFrom: " + b'"(' * 100_000 + b"\n\nhej",
        b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=punycode''"
        + b"a-" * 500
        + b"\n\n",
        b"Content-Transfer-Encoding: base64\n\n" + b"=" * 100_000,
        b"Content-Transfer-Encoding: x-uuencode\n\nbegin 666 a\n" + b"M" * 10_000,
    ],
)
def test_a_mail_that_is_thought_out_takes_no_longer_than_one_of_a_person(raw: bytes) -> None:
    began = time.process_time()

    read = read_mail(raw)

    assert time.process_time() - began < 2
    assert len(read.text) <= MOST_TEXT
    assert len(read.files) <= MOST_NAMED


_PIECES = st.sampled_from(
    [
        *(b"\n", b"\r", b"\r\n", b"\n\n", b"--b\n", b"--b--\n", b"\x00", b"\xff\xfe", b"=?utf-8?q?=C3?=", "é".encode()),
        *(
            b"Content-Type: multipart/mixed; boundary=b\n",
            b"Content-Type: message/rfc822\n",
            b"Content-Type: text/html\n",
        ),
        *(b"Content-Type: text/plain; charset=utf-7\n", b"Content-Transfer-Encoding: base64\n", b"<p>", b"&#x110000;"),
        *(b"From: <@>\n", b"Subject: =?idna?b?w6U=?=\n", b"Content-Disposition: attachment; filename*=x'y'%ff\n"),
    ]
)


@given(st.lists(st.one_of(_PIECES, st.binary(max_size=20)), max_size=40).map(b"".join))
def test_any_bytes_are_read_or_rejected(raw: bytes) -> None:
    try:
        read = read_mail(raw)
    except MailRejected:
        return
    for text in (read.message_id, read.from_address, read.subject, *(each.name for each in read.files)):
        assert len(text) <= LONGEST_LINE
        assert "\n" not in text
    for text in (read.text, read.subject):
        assert text.encode().decode() == text
        assert "\x00" not in text


def test_what_is_longer_than_we_keep_is_cut_and_marked() -> None:
    read: Any = read_mail(a_mail("å" * (MOST_TEXT + 1)))

    assert len(read.text) == MOST_TEXT
    assert read.is_cut


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_file_holds_what_was_sent_however_it_was_encoded_and_wherever_it_stands(encoding: str) -> None:
    content = "".join(f"rad {number} = åäö -- \n" for number in range(40_000)).encode()
    inner = EmailMessage()
    inner.set_content("Text")
    inner.add_attachment(content, maintype="application", subtype="pdf", filename="a.pdf", cte=encoding)
    outer = EmailMessage()
    outer.set_content("Utan\n\n--rad\n\nslut" + "\n\nmer" * 5_000)
    outer.add_attachment(inner)
    outer.add_attachment(content, maintype="application", subtype="pdf", filename="b.pdf", cte=encoding)

    mail, file = read_mail(outer.as_bytes().replace(b"\n", b"\r\n")).files

    assert (file.name, file.size) == ("b.pdf", len(content))
    assert file.open().read() == content
    assert mail.media_type == "message/rfc822"
    assert inner.as_bytes() in mail.open().read()
    assert read_mail(outer.as_bytes()).text.startswith("Utan\n\n--rad\n\nslut\n\nmer")


def test_nobody_can_write_a_mark_of_ours() -> None:
    raw = b"Content-Type: application/pdf\n\n" + b"0-1-2-" * 1_000

    assert read_mail(raw).files[0].open().read() == b"0-1-2-" * 1_000


@given(st.binary(max_size=3_000), st.integers(1, 70))
def test_base64_is_read_in_pieces_of_any_length(content: bytes, length: int) -> None:
    written = b64encode(content)
    pieces = (written[at : at + length] + b"\r\n" for at in range(0, len(written), length))

    assert b"".join(decoded(pieces, "Base64")) == content


@pytest.mark.parametrize("length", [1, 5, 100])
@pytest.mark.parametrize("after", ["aA==", "\n_______\nTill listan: https://list.example/a=b", "="])
def test_base64_ends_with_its_padding(after: str, length: int) -> None:
    written = b"aGVqIQ==" + after.encode()
    pieces = (written[at : at + length] for at in range(0, len(written), length))

    assert b"".join(decoded(pieces, "base64")) == b"hej!"
