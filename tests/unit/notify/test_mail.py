"""The mail that carries a letter: its headers, its parts, and addresses that are none."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest

from services.notify.channels.mail_builder import BadAddress, MailBuilder, recipient
from services.notify.models import Contact, Notification
from tests.builders import NOON

ID = UUID("6f0d3c1e-6f43-4b3d-9a53-0d5a4d2b8a11")


def a_notification(case_number: str = "BN 2026-00042") -> Notification:
    return Notification(
        id=ID,
        municipality="2039",
        submission_id=UUID(int=1),
        eservice="bygglov",
        message="closed",
        content={"case_number": case_number},
        occurred_at=NOON,
    )


def a_contact(email: str = "kim@example.org", title: str = "Ansökan om bygglov") -> Contact:
    return Contact(
        submission_id=UUID(int=1),
        municipality="2039",
        reference="7K4M-2QXH-9TRW",
        eservice="bygglov",
        eservice_title={"sv": title},
        language="sv",
        email=email,
        legal_regime="forvaltningslagen",
        confidential=False,
    )


def arrived(mail: EmailMessage) -> EmailMessage:
    """The mail as the other end reads it."""
    return message_from_bytes(mail.as_bytes(), policy=policy.default)


def test_the_headers_say_who_writes_to_whom_in_which_language_and_that_no_person_did(post: MailBuilder) -> None:
    mail = arrived(post.mail(a_notification(), a_contact(), NOON))

    assert dict(mail.items()) | {"Content-Type": ""} == {
        "From": "Älvdalens kommun <e-tjanster@kommun.example>",
        "Reply-To": "kommun@alvdalen.example",
        "To": "kim@example.org",
        "Subject": "Ditt ärende BN 2026-00042 är avslutat",
        "Date": "Mon, 23 Nov 2026 11:00:00 +0000",
        "Message-ID": f"<{ID}@kommun.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "sv",
        "MIME-Version": "1.0",
        "Content-Type": "",
    }


def test_the_message_id_is_the_same_at_every_attempt(post: MailBuilder) -> None:
    first = post.mail(a_notification(), a_contact(), NOON)
    later = post.mail(a_notification(), a_contact(), datetime(2026, 11, 24, tzinfo=UTC))

    assert first["Message-ID"] == later["Message-ID"]


def test_the_same_is_said_in_plain_text_and_in_html(post: MailBuilder) -> None:
    mail = arrived(post.mail(a_notification(), a_contact(), NOON))

    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for part in mail.iter_parts():
        assert "är avslutat" in part.get_content()


def test_no_line_on_the_wire_is_too_long_or_needs_eight_bits(post: MailBuilder) -> None:
    raw = post.mail(a_notification(), a_contact(title="Å" * 2000), NOON).as_bytes()

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("case_number", ["BN 1\r\nBcc: all@example.org", "BN 1\nBcc: x@example.org", "BN\u2028Bcc: x"])
def test_what_is_said_cannot_add_a_header(post: MailBuilder, case_number: str) -> None:
    mail = arrived(post.mail(a_notification(case_number), a_contact(), NOON))

    assert mail["Bcc"] is None
    assert mail["To"] == "kim@example.org"


@pytest.mark.parametrize(
    "address",
    ["", "kim", "kim@", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "Kim <kim@example.org>"],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        recipient(address)


def test_a_domain_with_letters_of_its_own_is_addressed_as_the_net_writes_it() -> None:
    assert recipient("kim@räksmörgås.se").domain == "xn--rksmrgs-5wao1o.se"
