"""Ports for servers that the bench and the tests start."""

import random
import socket

# Below those that the system gives to outgoing connections: one of these could be taken before the server starts.
SERVERS = range(20_000, 32_000)


def free_port() -> int:
    """A port that is free."""
    while True:
        port = random.SystemRandom().choice(SERVERS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
