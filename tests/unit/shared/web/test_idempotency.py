"""The Idempotency-Key header."""

import pytest

from shared.web import idempotency


def test_an_idempotency_key_is_the_same_with_and_without_quotes(request_with):
    assert idempotency.key(request_with()) is None
    assert idempotency.key(request_with(Idempotency_Key="a b-1")) == "a b-1"
    assert idempotency.key(request_with(Idempotency_Key='"a b-1"')) == "a b-1"


@pytest.mark.parametrize("header", ["", '""', "x" * 201, "å", "a\tb"])
def test_an_idempotency_key_is_short_and_printable(request_with, problem_with, header):
    with problem_with(400):
        idempotency.key(request_with(Idempotency_Key=header))
