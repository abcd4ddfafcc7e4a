"""Where a request comes from: the proxy is believed, and nobody else."""

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from shared.networks import Networks
from shared.web.clients import client_address

PROXIES = Networks.read("10.0.0.0/8")


@pytest.mark.parametrize(
    ("connected", "passed_on", "client"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("", "198.51.100.7", "198.51.100.7"),
        ("", None, "None"),
    ],
)
def test_the_client_s_address(connected, passed_on, client):
    headers = {"X-Forwarded-For": passed_on} if passed_on else {}
    environ = EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": connected}).get_environ()

    assert str(client_address(Request(environ), PROXIES)) == client
