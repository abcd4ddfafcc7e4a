"""What opens a draft: its id, which stands in its address, and a code that the submitter may write down.

Twelve symbols of Crockford's base 32 from a source of true randomness: 60 bits, and guesses are counted and slowed.
"""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from services.intake.submissions.reference import ALPHABET, grouped

SYMBOLS = 12
LONGEST = 100  # characters, with whatever somebody has put between the symbols

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class DraftKey:
    """A draft's id and its code, as it is shown: `7K3M-9QXT-2WVC`."""

    id: UUID
    code: str

    def __str__(self) -> str:
        return f"{self.id}.{self.code}"

    @property
    def code_hash(self) -> str:
        """What is stored of the code."""
        return sha256(self.code.encode()).hexdigest()

    def opens(self, code_hash: str) -> bool:
        """Whether the stored hash is that of the code."""
        return hmac.compare_digest(self.code_hash, code_hash)


def new_key() -> DraftKey:
    """The key of a draft that is yet to be saved."""
    return DraftKey(uuid4(), grouped("".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS))))


def read_key(text: str) -> DraftKey | None:
    """The key that a page carries, `<id>.<code>`; None where somebody has tampered with it."""
    written_id, _, written_code = text[:LONGEST].partition(".")
    try:
        draft_id = UUID(written_id)
    except ValueError:
        return None
    code = read_code(written_code)
    return DraftKey(draft_id, code) if code else None


def read_code(text: str) -> str | None:
    """The code in the form we show it, from what a person wrote; None where it is none."""
    symbols = "".join(each for each in text[:LONGEST].upper() if each.isalnum()).translate(_READ_AS)
    if len(symbols) != SYMBOLS or not set(symbols) <= set(ALPHABET):
        return None
    return grouped(symbols)
