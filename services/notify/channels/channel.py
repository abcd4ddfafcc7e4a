"""Channels: how a mail leaves. Each says of an attempt whether it was delivered, may do later, or never will."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Outcome:
    """How an attempt went: `delivered`, `temporary` or `permanent`. `code` says why, free of personal data."""

    result: str
    code: str


DELIVERED = Outcome("delivered", "ok")
Send = Callable[[EmailMessage], Outcome]


class Channel(Protocol):
    """A way for mail to leave."""

    @property
    def name(self) -> str:
        """What events, deliveries and metrics call it."""

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """Give what sends mail, for a batch of them."""


@dataclass(frozen=True)
class Mailbox:
    """Mail put in a folder as .eml files, each named by its Message-ID, so that the same mail is there once."""

    folder: Path
    name: str = field(default="mailbox", init=False)

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """Give what puts mail in the folder."""
        yield self._put

    def _put(self, mail: EmailMessage) -> Outcome:
        stem = mail["Message-ID"].strip("<>").partition("@")[0]
        unfinished = self.folder / f".{stem}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(mail.as_bytes())
            unfinished.replace(self.folder / f"{stem}.eml")
        except OSError:
            return Outcome("temporary", "mailbox")
        return DELIVERED
