"""Signed links, without any web framework."""

import pytest

from shared.links import LinkExpired, LinkInvalid, read, sign

KEY = "k" * 40


def test_a_link_carries_its_value():
    assert read(KEY, sign(KEY, ["attachment", 7]), max_age=60) == ["attachment", 7]


@pytest.mark.parametrize(
    "signature",
    [sign("other" * 10, 7), sign(KEY, 7) + "x", "", "å", "a.b.c"],
    ids=["another key", "changed", "empty", "not ascii", "not signed"],
)
def test_a_link_that_is_not_ours_is_invalid(signature):
    with pytest.raises(LinkInvalid):
        read(KEY, signature, max_age=60)


def test_an_old_link_has_expired():
    with pytest.raises(LinkExpired):
        read(KEY, sign(KEY, 7), max_age=-1)
