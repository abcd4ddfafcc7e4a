"""Taking mail from the mail server of this machine by LMTP (RFC 2033): 250 only once it is stored.

What cannot be stored now is refused for now (4xx): the mail server keeps it and tries again. It gives us one recipient
at a time, for whom alone a reply stands.
"""

import asyncio
import threading
from dataclasses import dataclass
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import syntax

from services.notify.inbound.bounces import StillSending
from services.notify.inbound.read_mail import MOST_BYTES, MailRejected
from services.notify.inbound.receive import Receiver, TooMuchMail, UnknownRecipient
from services.notify.settings import LmtpAddress

MOST_AT_ONCE = 2  # mails of 25 MB, each several times in memory while it is read
LOOK_SECONDS = 1.0
IDLE_SECONDS = 120.0

TAKEN = "250 2.0.0 Taken"
NOT_NOW = "451 4.3.0 Not now, try again"
ONE_AT_A_TIME = "452 4.5.3 One recipient at a time"
NO_SUCH_ADDRESS = "550 5.1.1 No such address"
NOT_READ = "554 5.6.0 The mail cannot be read"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class LmtpServer:
    """The loop that takes mail at an address of this machine until it is stopped."""

    name: str
    address: LmtpAddress
    receiver: Receiver

    def run(self, stop: threading.Event) -> None:
        """Take mail. Raises OSError where the address is not free."""
        handler, turns = _Conversation(self.receiver), asyncio.Semaphore(MOST_AT_ONCE)
        controller = _Controller(handler, turns, hostname=self.address.host, port=self.address.port)
        controller.start()
        try:
            while not stop.is_set():
                stop.wait(LOOK_SECONDS)
        finally:
            controller.stop()


class _Controller(Controller):
    """Serves LMTP, on a thread of its own."""

    def __init__(self, handler: "_Conversation", turns: asyncio.Semaphore, **where: Any) -> None:
        self._turns = turns
        super().__init__(handler, **where)

    def factory(self) -> LMTP:
        """What one connection talks to."""
        return _Lmtp(
            self.handler,
            turns=self._turns,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
            ident="LMTP",
            loop=self.loop,
        )


class _Lmtp(LMTP):
    """One connection. It asks for its mail only once that has its turn; until then the mail server keeps it."""

    def __init__(self, *arguments: Any, turns: asyncio.Semaphore, **named: Any) -> None:
        self._turns = turns
        super().__init__(*arguments, **named)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's names
        """Take a mail and reply how it went, in its turn."""
        async with self._turns:
            await super().smtp_DATA(arg)


@dataclass(frozen=True)
class _Conversation:
    """What is replied to the mail server."""

    receiver: Receiver

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take one recipient, where it is a reply address."""
        if envelope.rcpt_tos:
            return ONE_AT_A_TIME
        if not self.receiver.takes(address, is_report=not envelope.mail_from):
            return NO_SUCH_ADDRESS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Receive the mail, off the thread that other connections need meanwhile."""
        return await asyncio.to_thread(
            self._reply, envelope.original_content, envelope.mail_from or "", envelope.rcpt_tos[0]
        )

    def _reply(self, raw: bytes, envelope_from: str, recipient: str) -> str:
        try:
            self.receiver.receive(raw, envelope_from=envelope_from, recipient=recipient)
        except MailRejected as error:
            log.warning("mail_rejected", reason=str(error))
            return NOT_READ
        except UnknownRecipient:
            return NO_SUCH_ADDRESS
        except (TooMuchMail, StillSending) as error:
            log.warning("mail_not_taken_now", reason=type(error).__name__)
            return NOT_NOW
        except Exception as error:  # the store is away, or something is wrong with us: the mail is not to be lost
            log.error("mail_not_received", exc_info=error)
            return NOT_NOW
        return TAKEN
