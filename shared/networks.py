"""Networks of addresses, as settings list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

EVERYWHERE = "*"
IPV6_SUBSCRIBER = 56  # the bits that the addresses of one subscriber share, with most providers


@dataclass(frozen=True)
class Networks:
    """Some networks; written as they were given."""

    written: str
    networks: Sequence[IPv4Network | IPv6Network]

    @classmethod
    def read(cls, raw: str) -> "Networks":
        """`10.0.0.0/8, 2001:db8::/32`, a single address, or `*` for all. ValueError where one is none."""
        named = [each.strip() for each in raw.split(",") if each.strip()]
        expanded = [part for each in named for part in (("0.0.0.0/0", "::/0") if each == EVERYWHERE else (each,))]
        return cls(raw, tuple(ip_network(each, strict=False) for each in expanded))

    def __contains__(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.networks)

    def __str__(self) -> str:
        return self.written


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 address within IPv6 as that; None where the text is none."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def subscriber(address: IPv4Address | IPv6Address) -> str:
    """What one subscriber has: an IPv4 address, or the /56 of an IPv6 address."""
    return str(address) if address.version == 4 else str(ip_network((address, IPV6_SUBSCRIBER), strict=False))
