"""A mail server that behaves as a test wants, on a free port of this machine."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from bench.ports import free_port

CLOSE_CONNECTION = "close"


@dataclass
class MailServer:
    """Keeps the mail it gets. `from_replies`, `recipient_replies` and `content_replies` are replies, each used once.

    It waits `content_delay` seconds before each reply to contents, and `quit_delay` seconds before that to QUIT.
    """

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    from_replies: deque[str] = field(default_factory=deque)
    recipient_replies: dict[str, deque[str]] = field(default_factory=dict)
    content_replies: deque[str] = field(default_factory=deque)
    content_delay: float = 0
    quit_delay: float = 0
    signed_in: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def subjects(self) -> list[str]:
        """The subjects of what it got, in order."""
        return [str(mail["Subject"]) for mail in self.mails]

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count connections."""
        session.host_name = hostname
        if not session.ssl:
            self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take who it is from, or give the reply that a test wants; 421 closes the connection."""
        reply = self.from_replies.popleft() if self.from_replies else "250 OK"
        if reply.startswith("250"):
            envelope.mail_from = address
        elif reply.startswith("421"):
            asyncio.get_running_loop().call_later(0.05, server.transport.close)
        return reply

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or give the reply that a test wants."""
        if self.recipient_replies.get(address):
            return self.recipient_replies[address].popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, then reply."""
        reply = self.content_replies.popleft() if self.content_replies else "250 OK"
        if reply.startswith("250") or reply == CLOSE_CONNECTION:
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if reply == CLOSE_CONNECTION:
            server.transport.abort()
        await asyncio.sleep(self.content_delay)
        return reply

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Close the session."""
        await asyncio.sleep(self.quit_delay)
        return "221 Bye"


@contextmanager
def started(server: MailServer, **options: Any) -> Iterator[MailServer]:
    """Have the server accept mail."""

    def authenticate(_: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        server.signed_in.append(data.login.decode())
        return AuthResult(success=data.password == b"h@mlig/t", handled=False)

    chosen = {"enable_SMTPUTF8": True, "authenticator": authenticate} | options
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **chosen)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@contextmanager
def a_mail_server(**options: Any) -> Iterator[MailServer]:
    """A mail server that accepts mail."""
    with started(MailServer(free_port()), **options) as server:
        yield server
