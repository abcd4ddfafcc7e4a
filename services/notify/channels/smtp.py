"""The channel that sends mail by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from services.notify.channels.channel import DELIVERED, Outcome, Send

TIMEOUT_SECONDS = 10.0
PATIENCE_SECONDS = 600.0  # RFC 5321, 4.5.3.2.6
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class Smtp:
    """Mail by SMTP (RFC 5321): `smtp://`, `smtp+starttls://` or `smtps://`, with a user and password or without.

    `timeout` is for each answer until a mail is sent, `patience` for each answer about the mail: a server that was
    given up on may have taken it, and would then get it twice. Both are in seconds.
    """

    url: str
    sender: str
    timeout: float = TIMEOUT_SECONDS
    patience: float = PATIENCE_SECONDS
    name: str = field(default="smtp", init=False)

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """Give what sends over one connection, opened when the first mail needs it."""
        line = _Line(self)
        try:
            yield line.send
        finally:
            line.hang_up()

    def connect(self) -> smtplib.SMTP:
        """A connection, encrypted and signed in as the address says. Raises OSError or SMTPException."""
        address = urlsplit(self.url)
        server = self._dialled(address.scheme, address.hostname or "", address.port or PORTS[address.scheme])
        try:
            if address.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _dialled(self, scheme: str, host: str, port: int) -> smtplib.SMTP:
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=self.timeout, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=self.timeout)


class _Line:
    """One connection for a batch. Once the server cannot be reached, the rest of the batch is not kept waiting."""

    def __init__(self, smtp: Smtp) -> None:
        self._smtp = smtp
        self._server: smtplib.SMTP | None = None
        self._unreachable: Outcome | None = None

    def send(self, mail: EmailMessage) -> Outcome:
        if self._unreachable:
            return self._unreachable
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as fault:
            self._unreachable = _of_connecting(fault)
            return self._unreachable
        try:
            _wait_for(server, self._smtp.patience)
            server.send_message(mail, from_addr=self._smtp.sender)
        except (OSError, smtplib.SMTPException) as fault:
            return _of_sending(fault)
        return DELIVERED

    def hang_up(self) -> None:
        if self._server:
            with suppress(OSError, smtplib.SMTPException):
                _wait_for(self._server, self._smtp.timeout)
                self._server.quit()

    def _connected(self) -> smtplib.SMTP:
        if self._server is None or self._server.sock is None:
            self._server = self._smtp.connect()
        return self._server


def _wait_for(server: smtplib.SMTP, seconds: float) -> None:
    """How long to wait for each of the server's answers from now on, while the connection stands."""
    if server.sock:
        server.sock.settimeout(seconds)


def _of_connecting(fault: Exception) -> Outcome:
    """Whatever keeps us from the server is ours to mend, so no message is given up for it at once."""
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return Outcome("temporary", "authentication")
    if isinstance(fault, ssl.SSLError):
        return Outcome("temporary", "tls")
    return Outcome("temporary", "connection")


def _of_sending(fault: Exception) -> Outcome:
    """What the server said of this mail (RFC 5321, 4.2.1): 5xx for the recipient or the contents is final."""
    match fault:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return _of_code(next(iter(refused.values()))[0])
        case smtplib.SMTPDataError(smtp_code=code):
            return _of_code(code)
        case smtplib.SMTPNotSupportedError():
            return Outcome("permanent", "address_not_supported")
        case smtplib.SMTPResponseException(smtp_code=code) if code > 0:
            return Outcome("temporary", str(code))
        case _:
            return Outcome("temporary", "connection")


def _of_code(code: int) -> Outcome:
    return Outcome("permanent" if code >= 500 else "temporary", str(code))
