"""An e-mail address is read as the library reads it, though most are not read by it."""

import pytest
from email_validator import EmailNotValidError, validate_email

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.email import EmailField
from tests.builders import HandClock

FIELD = EmailField(name="email", label={"sv": "E-post"}, required=True)

ADDRESSES = [
    "kim.karlsson@example.se",
    "Kim+Post@EXAMPLE.Se",
    "kim_k-2@post.example.se",
    "å@räksmörgås.se",
    "kim@xn--rksmrgs-5wao1o.se",
    "kim!karlsson@example.se",
    f"{'k' * 64}@example.se",
    f"{'k' * 65}@example.se",
    f"kim@{'a.' * 130}se",
    f"kim@{'a' * 64}.se",
    "kim@example",
    "kim@localhost",
    "kim@example.test",
    "kim@-example.se",
    "kim@exa mple.se",
    "kim@",
    "@example.se",
    "kim",
    "kim@@example.se",
    ".kim@example.se",
    "kim.@example.se",
    "kim..k@example.se",
    "kim@[127.0.0.1]",
    '"kim"@example.se',
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_read_or_refused_as_the_library_does(address: str) -> None:
    try:
        expected = validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        with pytest.raises(InvalidAnswer):
            FIELD.read(address, HandClock())
    else:
        assert FIELD.read(address, HandClock()) == expected
