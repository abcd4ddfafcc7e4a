"""How many mails one address gets: our mail server is no weapon against whose address a stranger gives.

What is beyond the limit is held back and sent later. The time that is looked back over slides with the clock.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from services.notify.channels.channel import DeliveryResult, Outcome

WINDOW = timedelta(hours=1)
HELD_BACK_FOR = timedelta(minutes=10)
HELD_BACK = Outcome(DeliveryResult.HELD_BACK, "recipient_limit")


@dataclass(frozen=True)
class RecipientLimit:
    """At most so many mails to one address in WINDOW, but for addresses in domains without a limit."""

    mails: int = 30
    unlimited_domains: frozenset[str] = frozenset()


@dataclass
class RecipientCount:
    """The mails that each address gets in one batch, besides those that it got before."""

    limit: RecipientLimit
    sent: Counter[str] = field(default_factory=Counter)

    def allows(self, email: str, *, sent_before: int) -> bool:
        """Whether the address may get another mail, which is then counted."""
        recipient = key(email)
        if recipient.rpartition("@")[2] in self.limit.unlimited_domains:
            return True
        if sent_before + self.sent[recipient] >= self.limit.mails:
            return False
        self.sent[recipient] += 1
        return True


def key(email: str) -> str:
    """What an address is counted by: mail servers do not tell upper case from lower."""
    return email.lower()
