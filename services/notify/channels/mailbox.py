"""The mailbox: a folder of `.eml` files that mail is put in instead of being sent, and from which pages show it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from services.notify.channels.channel import DELIVERED, DeliveryResult, Outcome
from services.notify.channels.mail import Mail

SHOWN_AT_MOST = 200
PROBE_BYTES = 100_000  # more than a mail, so that a full disk is found


@dataclass(frozen=True)
class Mailbox:
    """The channel that writes mail to the folder. Files are named by the mail's id, so the same mail is there once."""

    folder: Path
    name: str = field(default="mailbox", init=False)

    def session(self) -> "Mailbox":
        """The mailbox itself: there is nothing to connect to."""
        return self

    def send(self, mail: Mail) -> Outcome:
        """Write one mail to the folder."""
        unfinished = self.folder / f".{mail.id}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(mail.content)
            unfinished.replace(self.folder / f"{mail.id}.eml")
        except OSError:
            return _NOT_WRITABLE
        return DELIVERED

    def probe(self) -> Outcome:
        """Whether a file can be written to the folder."""
        tried = self.folder / ".probe.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            tried.write_bytes(b"x" * PROBE_BYTES)
            tried.unlink()
        except OSError:
            return _NOT_WRITABLE
        return DELIVERED

    def close(self) -> None:
        """There is nothing to close."""

    def abort(self) -> None:
        """There is nothing to wait for."""


_NOT_WRITABLE = Outcome(DeliveryResult.UNREACHABLE, "mailbox")


@dataclass(frozen=True)
class StoredMail:
    """One mail in the folder. `text` is its plain text part, `reply_to` where an answer to it goes."""

    id: UUID
    to: str
    reply_to: str
    from_address: str
    subject: str
    language: str
    sent_at: datetime
    text: str


def newest(folder: Path) -> list[StoredMail]:
    """The mails of the folder, the newest first, at most SHOWN_AT_MOST."""
    files = sorted(_files(folder), key=lambda file: file[0], reverse=True)
    return [mail for _, mail_id in files[:SHOWN_AT_MOST] if (mail := read(folder, mail_id))]


def read(folder: Path, mail_id: UUID) -> StoredMail | None:
    """One mail, or None where there is none with this id."""
    try:
        raw = (folder / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(raw, policy=policy.default)
    return StoredMail(
        id=mail_id,
        to=str(message["To"]),
        reply_to=str(message["Reply-To"]),
        from_address=str(message["From"]),
        subject=str(message["Subject"]),
        language=str(message["Content-Language"]),
        sent_at=message["Date"].datetime,
        text=_text(message),
    )


def _files(folder: Path) -> Iterator[tuple[int, UUID]]:
    for path in folder.glob("*.eml"):
        with suppress(ValueError):  # a file that we did not write
            yield path.stat().st_mtime_ns, UUID(path.stem)


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
