"""The channel that sends mail to a mail server by SMTP (RFC 5321)."""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from services.notify.channels.channel import DELIVERED, DeliveryResult, Outcome
from services.notify.channels.mail import Mail

TIMEOUT_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
CLOSING_SECONDS = 1.0
NAME = "smtp"
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
CLOSING_SERVICE = 421

_ERRORS = (OSError, smtplib.SMTPException)


@dataclass(frozen=True)
class Smtp:
    """Mail by SMTP: `smtp://`, `smtp+starttls://` or `smtps://`, with a user and password or without.

    `timeout` is how long to wait for each of the server's replies before it has a mail's contents, `patience` for the
    reply to these: a server that is given up too early may have accepted the mail, and would then get it twice. Both
    are in seconds. At most ten replies are waited for, so that a mail takes less than the lease of its notification.
    """

    url: str
    from_address: str
    timeout: float = TIMEOUT_SECONDS
    patience: float = PATIENCE_SECONDS
    name: str = field(default=NAME, init=False)

    def session(self) -> "SmtpSession":
        """A new session, not yet connected."""
        return SmtpSession(self)

    def connect(self) -> smtplib.SMTP:
        """A new connection, encrypted and signed in as the URL has it. Raises OSError or SMTPException."""
        address = urlsplit(self.url)
        server = self._open(address.scheme, address.hostname or "", address.port or PORTS[address.scheme])
        try:
            if address.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
        except _ERRORS:
            server.close()
            raise
        return server

    def _open(self, scheme: str, host: str, port: int) -> smtplib.SMTP:
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=self.timeout, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=self.timeout)


class SmtpSession:
    """One connection, kept from mail to mail. It is made again when the server has closed it meanwhile."""

    def __init__(self, smtp: Smtp) -> None:
        """Take where to connect to; nothing is opened before the first mail."""
        self._smtp = smtp
        self._server: smtplib.SMTP | None = None
        self._aborted = False

    def send(self, mail: Mail) -> Outcome:
        """Send one mail. Where the server takes no mail at all, it is UNREACHABLE."""
        extended = not mail.recipient.isascii()
        server = self._begun(extended)
        if isinstance(server, Outcome):
            return server
        try:
            return self._give(server, mail)
        except _ERRORS:  # whether the server has it is not known
            self._drop()
            return Outcome(DeliveryResult.TEMPORARY, "connection")

    def probe(self) -> Outcome:
        """Whether the server would take mail from us now."""
        server = self._begun(extended=False)
        if isinstance(server, Outcome):
            return server
        self._reset(server)
        return DELIVERED

    def close(self) -> None:
        """Close the connection, with a word to the server."""
        if self._server:
            with suppress(*_ERRORS):
                _set_timeout(self._server, min(self._smtp.timeout, CLOSING_SECONDS))
                self._server.quit()
            self._drop()

    def abort(self) -> None:
        """Shut the connection down under whoever waits for the server's reply."""
        self._aborted = True
        if (server := self._server) and (connection := server.sock):
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # TLS's own would take it from who reads it

    def _begun(self, extended: bool) -> smtplib.SMTP | Outcome:
        """A server that has accepted whom the next mail is from; or why there is none.

        One that has closed a kept connection is connected to again: it has nothing of the mail yet. `extended`: the
        recipient's address is not ASCII (RFC 6531).
        """
        kept = self._server is not None
        try:
            server = self._server = self._server or self._smtp.connect()
            if extended and not server.has_extn("smtputf8"):
                return Outcome(DeliveryResult.PERMANENT, "address_not_supported")
            options = " SMTPUTF8 BODY=8BITMIME" if extended else ""
            _set_timeout(server, self._smtp.timeout)
            code, _ = server.docmd(f"MAIL FROM:<{self._smtp.from_address}>{options}")
        except _ERRORS as error:
            self._drop()
            return self._begun(extended) if kept and not self._aborted else _unreachable(error)
        if code == 250:
            return server
        self._drop()
        if kept and not self._aborted:  # it may be of this connection that the server has had enough
            return self._begun(extended)
        # Whom mail is from is the same for all of it: what is refused here is refused for all.
        return Outcome(DeliveryResult.TEMPORARY if extended else DeliveryResult.UNREACHABLE, str(code))

    def _give(self, server: smtplib.SMTP, mail: Mail) -> Outcome:
        """Give the server recipient and contents. Raises OSError or SMTPException when the connection is lost."""
        server.send(f"RCPT TO:<{mail.recipient}>\r\n".encode())
        code, _ = server.getreply()
        if code in (250, 251):
            code, _ = server.docmd("DATA")
            if code == 354:
                server.send(mail.content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
                _set_timeout(server, self._smtp.patience)
                code, _ = server.getreply()
                if code == 250:
                    return DELIVERED
        if code == CLOSING_SERVICE:
            self._drop()
        else:
            self._reset(server)
        return Outcome(DeliveryResult.PERMANENT if code >= 500 else DeliveryResult.TEMPORARY, str(code))

    def _reset(self, server: smtplib.SMTP) -> None:
        """End the mail that was begun, so that another may be."""
        try:
            _set_timeout(server, self._smtp.timeout)
            if server.rset()[0] != 250:
                self._drop()
        except _ERRORS:
            self._drop()

    def _drop(self) -> None:
        if self._server:
            self._server.close()
        self._server = None


def _set_timeout(server: smtplib.SMTP, seconds: float) -> None:
    """Wait at most so long for each of the server's replies from now on."""
    if server.sock:
        server.sock.settimeout(seconds)


def _unreachable(error: Exception) -> Outcome:
    """Nothing is wrong with the mail, and the operator can repair the cause while mail waits."""
    match error:
        case smtplib.SMTPAuthenticationError():
            code = "authentication"
        case ssl.SSLError():
            code = "tls"
        case _:
            code = "connection"
    return Outcome(DeliveryResult.UNREACHABLE, code)
