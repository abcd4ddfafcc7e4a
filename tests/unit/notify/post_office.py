"""A mail server that does as a test tells it, on a free port of this machine."""

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

HANG_UP = "hang up"


@dataclass
class PostOffice:
    """Keeps the mail it gets. `refuses` are replies to recipients, `answers` replies to contents, each used once.

    It thinks for `slow_answer` seconds before each answer to contents, and for `slow_goodbye` before that to QUIT.
    """

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    refuses: dict[str, deque[str]] = field(default_factory=dict)
    answers: deque[str] = field(default_factory=deque)
    slow_answer: float = 0
    slow_goodbye: float = 0
    signed_in: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
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

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the recipient, unless told to refuse it."""
        if self.refuses.get(address):
            return self.refuses[address].popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, then answer."""
        answer = self.answers.popleft() if self.answers else "250 OK"
        if answer.startswith("250") or answer == HANG_UP:
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if answer == HANG_UP:
            server.transport.abort()
        await asyncio.sleep(self.slow_answer)
        return answer

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Say goodbye."""
        await asyncio.sleep(self.slow_goodbye)
        return "221 Bye"


@contextmanager
def opened(office: PostOffice, **options: Any) -> Iterator[PostOffice]:
    """Have the office take mail."""

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        office.signed_in.append(data.login.decode())
        return AuthResult(success=data.password == b"h@mlig/t", handled=False)

    told = {"enable_SMTPUTF8": True, "authenticator": authenticate} | options
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **told)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@contextmanager
def a_post_office(**options: Any) -> Iterator[PostOffice]:
    """An open mail server."""
    with opened(PostOffice(free_port()), **options) as office:
        yield office
