"""The mail that carries a message: its headers, its parts, and addresses that are none."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest

from services.notify.channels.mail import BadAddress, Mail, checked_address, header_text, with_name, written
from services.notify.channels.mail_builder import MailBuilder
from tests.builders import NOON
from tests.notify import NOTIFICATION_ID, a_leased_notification, a_mail_builder


@pytest.fixture(scope="module")
def mail_builder() -> MailBuilder:
    return a_mail_builder()


def built(mail_builder: MailBuilder, *, email: str = "kim@example.org", at: datetime = NOON, **changes: Any) -> Mail:
    return mail_builder.build(a_leased_notification(**changes), email, at)


def arrived(mail: Mail) -> EmailMessage:
    """The mail as the other end reads it."""
    return message_from_bytes(mail.content, policy=policy.default)


def test_the_headers_name_from_address_recipient_and_language_and_mark_automatic_mail(
    mail_builder: MailBuilder,
) -> None:
    mail = arrived(built(mail_builder))

    assert dict(mail.items()) | {"Content-Type": ""} == {
        "From": "Älvdalens kommun <e-tjanster@kommun.example>",
        "Reply-To": "kommun@alvdalen.example",
        "To": "kim@example.org",
        "Subject": "Ditt ärende BN 2026-00042 är avslutat",
        "Date": "Mon, 23 Nov 2026 11:00:00 +0000",
        "Message-ID": f"<{NOTIFICATION_ID}@kommun.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "sv",
        "MIME-Version": "1.0",
        "Content-Type": "",
    }


def test_the_message_id_is_the_same_at_every_attempt(mail_builder: MailBuilder) -> None:
    first = built(mail_builder)
    later = built(mail_builder, at=datetime(2026, 11, 24, tzinfo=UTC))

    assert arrived(first)["Message-ID"] == arrived(later)["Message-ID"]


def test_plain_text_and_html_have_the_same_contents(mail_builder: MailBuilder) -> None:
    mail = arrived(built(mail_builder))

    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for part in mail.iter_parts():
        assert "är avslutat" in part.get_content()


def test_no_line_on_the_wire_is_too_long_or_needs_eight_bits(mail_builder: MailBuilder) -> None:
    raw = built(mail_builder, eservice_title={"sv": "Å" * 2000}).content

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("case_number", ["BN 1\r\nBcc: all@example.org", "BN 1\nBcc: x@example.org", "BN\u2028Bcc: x"])
def test_no_content_can_add_a_header(mail_builder: MailBuilder, case_number: str) -> None:
    mail = arrived(built(mail_builder, case_number=case_number))

    assert mail["Bcc"] is None
    assert mail["To"] == "kim@example.org"


@pytest.mark.parametrize(
    "address",
    ["", "kim", "kim@", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "Kim <kim@example.org>"],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        checked_address(address)


def test_a_domain_with_other_characters_than_ascii_is_written_in_punycode() -> None:
    assert checked_address("kim@räksmörgås.se") == "kim@xn--rksmrgs-5wao1o.se"


HARD_TEXTS = [
    "Åsa, Örjan & Ünïcode 🏔️ " * 60,
    "x" * 3000,
    ".\n..\n.punkt först\nFrom mig\n=20 =\n--=_gräns\n",
    "blanksteg sist   \n\ttabb\n\n\n",
    "=_6f0d3c1e6f434b3d9a530d5a4d2b8a11\n--=_6f0d3c1e6f434b3d9a530d5a4d2b8a11--\n",
    "noll\x00och klocka\x07\n",
]


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_every_text_is_read_as_it_was_written(text: str) -> None:
    html = f"<p>{text}</p>"

    content = written({"Subject": "Hej"}, text=text, html=html, boundary="=_6f0d3c1e6f434b3d9a530d5a4d2b8a11")

    parsed = message_from_bytes(content, policy=policy.default)
    assert [part.get_content().replace("\r\n", "\n") for part in parsed.iter_parts()] == [text, html]
    assert not parsed.defects
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")


@pytest.mark.parametrize(
    "name", ["Hej", "Hej på dig", "å" * 200, "x" * 200, "a, b <c@d> (e)", "=?utf-8?q?x?=", "🏔️" * 40, ""]
)
def test_every_subject_and_name_is_read_as_it_was_written(name: str) -> None:
    headers = {"Subject": header_text(name), "From": with_name(name, "e@kommun.example")}

    content = written(headers, text="", html="", boundary="=_x")

    parsed = message_from_bytes(content, policy=policy.default)
    assert parsed["Subject"] == name
    shown, address = parseaddr(str(message_from_bytes(content)["From"]))
    assert (str(make_header(decode_header(shown))), address) == (name, "e@kommun.example")
    assert max(map(len, content.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: x@example.org", "a\nBcc: x", "a\rBcc: x", "a\x0bBcc: x", "a\u2028Bcc: x", "a\x00b"]
)
def test_no_text_ends_its_header(text: str) -> None:
    for value in (header_text(text), with_name(text, "e@kommun.example")):
        parsed = message_from_bytes(
            written({"Subject": value}, text="", html="", boundary="=_x"), policy=policy.default
        )
        assert parsed.keys() == ["Subject", "MIME-Version", "Content-Type"]


def test_an_address_that_is_not_ascii_is_written_as_it_is(mail_builder: MailBuilder) -> None:
    mail = built(mail_builder, email="åke@räksmörgås.se")

    assert mail.recipient == "åke@xn--rksmrgs-5wao1o.se"
    assert "To: åke@xn--rksmrgs-5wao1o.se\r\n".encode() in mail.content
