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
from services.notify.mail_files.take import NotScanned
from services.notify.settings import LmtpAddress

MOST_AT_ONCE = 2  # mails of 25 MB, each two or three times in memory while it is read
LOOK_SECONDS = 1.0
IDLE_SECONDS = 120.0
TURN_SECONDS = 600.0  # of waiting for a turn, and for a reply: mail servers wait as long (RFC 5321, 4.5.3.2.6)

TAKEN = "250 2.0.0 Taken"
NOT_NOW = "451 4.3.0 Not now, try again"
TOO_LARGE = "552 5.3.4 The mail is larger than we take"
ONE_AT_A_TIME = "452 4.5.3 One recipient at a time"
NO_SUCH_ADDRESS = "550 5.1.1 No such address"
NOT_READ = "554 5.6.0 The mail cannot be read"

_LINE_END, _END = b"\r\n", b"\r\n.\r\n"

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
        """Take a mail and reply how it went, in its turn.

        Not as aiosmtpd does it: that keeps an object for each line, half a gigabyte for 25 MB of short ones.
        """
        envelope = self.envelope
        if envelope is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 RCPT first")
            return
        self._reset_timeout(TURN_SECONDS)
        async with self._turns:
            self._reset_timeout()
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            content = await self._content()
            self._reset_timeout(TURN_SECONDS)
            if content is None:
                reply = TOO_LARGE
            else:
                envelope.original_content = content
                reply = await self.event_handler.handle_DATA(self, self.session, envelope)
            self._set_post_data_state()  # type: ignore[no-untyped-call]
            await self.push(reply)

    async def _content(self) -> bytes | None:
        """What comes until a line with a dot alone; None where it is more than a mail may be."""
        content, too_large = bytearray(_LINE_END), False
        while not content.endswith(_END):
            try:
                content += await self._reader.readuntil(_END[2:])
            except asyncio.LimitOverrunError as error:
                content += await self._reader.read(error.consumed)
            if too_large := too_large or len(content) > MOST_BYTES + len(_END):
                del content[: -len(_END)]
        if too_large:
            return None
        if b"\r\n.." in content:
            content = content.replace(b"\r\n..", b"\r\n.")
        del content[-len(_END[2:]) :], content[: len(_LINE_END)]
        return bytes(content)


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
        except (TooMuchMail, StillSending, NotScanned) as error:
            log.warning("mail_not_taken_now", reason=type(error).__name__)
            return NOT_NOW
        except Exception as error:  # the store is away, or something is wrong with us: the mail is not to be lost
            log.error("mail_not_received", exc_info=error)
            return NOT_NOW
        return TAKEN
