"""The channel that sends mail to a mail server by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from services.notify.channels.channel import DELIVERED, DeliveryResult, Outcome, Send

TIMEOUT_SECONDS = 10.0
PATIENCE_SECONDS = 600.0  # RFC 5321, 4.5.3.2.6
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class Smtp:
    """Mail by SMTP (RFC 5321): `smtp://`, `smtp+starttls://` or `smtps://`, with a user and password or without.

    `timeout` is how long to wait for each of the server's replies before a mail is sent, `patience` for each reply
    about the mail itself: a server that is given up too early may have accepted it, and would then get it twice.
    Both are in seconds.
    """

    url: str
    from_address: str
    timeout: float = TIMEOUT_SECONDS
    patience: float = PATIENCE_SECONDS
    name: str = field(default="smtp", init=False)

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """Give a function that sends over one connection, which is opened at the first mail."""
        session = _Session(self)
        try:
            yield session.send
        finally:
            session.close()

    def connect(self) -> smtplib.SMTP:
        """A new connection, encrypted and signed in as the URL has it. Raises OSError or SMTPException."""
        address = urlsplit(self.url)
        server = self._open(address.scheme, address.hostname or "", address.port or PORTS[address.scheme])
        try:
            if address.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _open(self, scheme: str, host: str, port: int) -> smtplib.SMTP:
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=self.timeout, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=self.timeout)


class _Session:
    """One connection for a batch. When the server cannot be reached, the rest of the batch fails without waiting."""

    def __init__(self, smtp: Smtp) -> None:
        self._smtp = smtp
        self._server: smtplib.SMTP | None = None
        self._unreachable: Outcome | None = None

    def send(self, mail: EmailMessage) -> Outcome:
        if self._unreachable:
            return self._unreachable
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self._unreachable = _outcome_of_connecting(error)
            return self._unreachable
        try:
            _set_timeout(server, self._smtp.patience)
            server.send_message(mail, from_addr=self._smtp.from_address)
        except (OSError, smtplib.SMTPException) as error:
            return _outcome_of_sending(error)
        return DELIVERED

    def close(self) -> None:
        if self._server:
            with suppress(OSError, smtplib.SMTPException):
                _set_timeout(self._server, self._smtp.timeout)
                self._server.quit()

    def _connected(self) -> smtplib.SMTP:
        if self._server is None or self._server.sock is None:
            self._server = self._smtp.connect()
        return self._server


def _set_timeout(server: smtplib.SMTP, seconds: float) -> None:
    """Wait at most so long for each of the server's replies from now on."""
    if server.sock:
        server.sock.settimeout(seconds)


def _outcome_of_connecting(error: Exception) -> Outcome:
    """Always temporary: nothing is wrong with the mail, and the operator can repair the cause while mail waits."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Outcome(DeliveryResult.TEMPORARY, "authentication")
    if isinstance(error, ssl.SSLError):
        return Outcome(DeliveryResult.TEMPORARY, "tls")
    return Outcome(DeliveryResult.TEMPORARY, "connection")


def _outcome_of_sending(error: Exception) -> Outcome:
    """By the server's reply to this mail (RFC 5321, 4.2.1): 5xx for the recipient or the contents is permanent."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return _outcome_of_code(next(iter(refused.values()))[0])
        case smtplib.SMTPDataError(smtp_code=code):
            return _outcome_of_code(code)
        case smtplib.SMTPNotSupportedError():
            return Outcome(DeliveryResult.PERMANENT, "address_not_supported")
        case smtplib.SMTPResponseException(smtp_code=code) if code > 0:
            return Outcome(DeliveryResult.TEMPORARY, str(code))
        case _:
            return Outcome(DeliveryResult.TEMPORARY, "connection")


def _outcome_of_code(code: int) -> Outcome:
    return Outcome(DeliveryResult.PERMANENT if code >= 500 else DeliveryResult.TEMPORARY, str(code))
