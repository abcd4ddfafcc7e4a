"""How the same request is recognised."""

from shared.idempotency import fingerprint


def test_a_body_has_the_same_fingerprint_in_any_order():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
    assert len(fingerprint(b"bytes")) == 64
