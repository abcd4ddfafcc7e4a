"""The mailbox: a folder of `.eml` files that mail is put in instead of being sent, and from which pages show it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from services.notify.channels.channel import DELIVERED, DeliveryResult, Outcome, Send

SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class Mailbox:
    """The channel that writes mail to the folder. Files are named by Message-ID, so the same mail is there once."""

    folder: Path
    name: str = field(default="mailbox", init=False)

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """Give a function that writes mail to the folder."""
        yield self._write

    def _write(self, mail: EmailMessage) -> Outcome:
        stem = mail["Message-ID"].strip("<>").partition("@")[0]
        unfinished = self.folder / f".{stem}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(mail.as_bytes())
            unfinished.replace(self.folder / f"{stem}.eml")
        except OSError:
            return Outcome(DeliveryResult.TEMPORARY, "mailbox")
        return DELIVERED


@dataclass(frozen=True)
class Mail:
    """One mail in the folder. `text` is its plain text part."""

    id: UUID
    to: str
    from_address: str
    subject: str
    language: str
    sent_at: datetime
    text: str


def newest(folder: Path) -> list[Mail]:
    """The mails of the folder, the newest first, at most SHOWN_AT_MOST."""
    files = sorted(_files(folder), key=lambda file: file[0], reverse=True)
    return [mail for _, mail_id in files[:SHOWN_AT_MOST] if (mail := read(folder, mail_id))]


def read(folder: Path, mail_id: UUID) -> Mail | None:
    """One mail, or None where there is none with this id."""
    try:
        raw = (folder / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(raw, policy=policy.default)
    return Mail(
        id=mail_id,
        to=str(message["To"]),
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
    return str(part.get_content()) if part else ""
