"""Networks as settings list them, and what one subscriber has."""

import pytest

from shared.networks import Networks, parsed, subscriber


@pytest.mark.parametrize(
    ("raw", "inside", "outside"),
    [
        ("192.0.2.0/24, 2001:db8::/32", ["192.0.2.7", "2001:db8:1::1"], ["192.0.3.1", "2001:db9::1"]),
        ("127.0.0.1,::1", ["127.0.0.1", "::1"], ["127.0.0.2"]),
        ("192.0.2.7/24", ["192.0.2.200"], ["192.0.3.7"]),
        ("*", ["192.0.2.7", "2001:db8::1"], []),
        ("", [], ["127.0.0.1"]),
    ],
)
def test_addresses_are_in_them_or_not(raw, inside, outside):
    networks = Networks.read(raw)

    assert [each for each in [*inside, *outside] if parsed(each) in networks] == inside
    assert str(networks) == raw


@pytest.mark.parametrize("raw", ["kommun.example", "192.0.2.0/33", "192.0.2.1-9"])
def test_what_is_no_network_is_a_wrong_setting(raw):
    with pytest.raises(ValueError, match=r"."):
        Networks.read(raw)


@pytest.mark.parametrize(
    ("address", "owned"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2ab:3::4", "2001:db8:1:200::/56"),
    ],
)
def test_a_subscriber_has_an_ipv4_address_or_a_64_of_ipv6(address, owned):
    assert subscriber(parsed(address)) == owned


def test_what_is_no_address_is_none():
    assert parsed("unix:") is None
    assert parsed("1.2.3.4 " * 1000) is None
