"""Reply addresses: only we make them, each for one submission of one municipality, and mail servers may change case."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.notify.inbound.reply_addresses import ReplyAddresses, municipality_of
from shared import municipalities
from shared.municipalities import Municipality
from tests.notify import a_leased_notification, a_mail_builder

ADDRESSES = ReplyAddresses("k" * 32)
SUBMISSION = UUID("6f0d3c1e-6f43-4b3d-9a53-0d5a4d2b8a11")


@pytest.fixture(scope="module")
def alvdalen() -> Municipality:
    return municipalities.load(Path("municipalities"))["alvdalen"]


def test_a_reply_address_is_read_back_whatever_its_case_and_fits_in_a_mail(alvdalen: Municipality) -> None:
    address = ADDRESSES.of(alvdalen, SUBMISSION)

    assert address is not None
    assert len(address.partition("@")[0]) <= 64
    assert ADDRESSES.submission(alvdalen, address) == SUBMISSION
    assert ADDRESSES.submission(alvdalen, address.upper()) == SUBMISSION
    assert municipality_of(address.upper(), [alvdalen]) == alvdalen


def test_an_address_that_is_another_ones_or_nobodys_is_no_submission(alvdalen: Municipality) -> None:
    address = ADDRESSES.of(alvdalen, SUBMISSION) or ""
    wrong = address.replace(address[10], "a" if address[10] != "a" else "b")

    assert ADDRESSES.submission(alvdalen, wrong) is None
    assert ADDRESSES.submission(replace(alvdalen, code="0880"), address) is None
    assert ReplyAddresses("j" * 32).submission(alvdalen, address) is None
    for text in (
        "",
        "svar@x.example",
        "svar+@x.example",
        "svar+aaaa@x",
        "svar+\u00e5@x",
        f"svar+{'a' * 5000}@x",
        "+" * 99,
    ):
        assert ADDRESSES.submission(alvdalen, text) is None
    assert municipality_of("annan@alvdalen.example", [alvdalen]) is None


def test_only_mail_about_a_submission_that_may_be_answered_by_mail_has_a_reply_address() -> None:
    builder = replace(a_mail_builder(), reply_addresses=ADDRESSES)

    def reply_to(**changes: object) -> bytes:
        content = builder.build(
            a_leased_notification(**changes), "kim@example.org", a_leased_notification().due_at
        ).content
        [line] = [each for each in content.split(b"\r\n") if each.startswith(b"Reply-To: ")]
        return line

    assert b"svar+" in reply_to(submission_id=uuid4())
    assert reply_to(confidential=True) == b"Reply-To: kommun@alvdalen.example"
    assert reply_to(municipality="0880") == b"Reply-To: kommun@kalmar.example"
    assert reply_to(expires_at=a_leased_notification().due_at) == b"Reply-To: kommun@alvdalen.example"
