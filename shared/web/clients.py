"""Where a request comes from, by way of a proxy."""

from ipaddress import IPv4Address, IPv6Address

from flask import Request

from shared.networks import Networks, parsed


def client_address(request: Request, proxies: Networks) -> IPv4Address | IPv6Address | None:
    """The client's address: who connected, or where that is one of the proxies, the last address that it passes on.

    None where there is none: at a socket that is a file.
    """
    connected = parsed(request.environ.get("REMOTE_ADDR", ""))
    if connected is not None and connected not in proxies:
        return connected
    passed_on = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
    return parsed(passed_on) or connected
