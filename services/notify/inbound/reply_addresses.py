"""The address that a case's mail is answered to: the municipality's reply address with a token before its @.

The token is the submission's id and 72 bits of a keyed hash over it, in base 32: whoever has it has got our mail, or
was given it. Nothing is stored of it, and mail servers may change its case.
"""

import hmac
from base64 import b32decode, b32encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from shared.municipalities import Municipality

ID_BYTES = 16
HASH_BYTES = 9
_LONGEST = 320  # characters of an address (RFC 5321, 4.5.3.1)


@dataclass(frozen=True)
class ReplyAddresses:
    """The reply addresses of all cases; whoever holds another `key` can neither make nor read one."""

    key: str

    def of(self, municipality: Municipality, submission_id: UUID) -> str | None:
        """Where the submitter of a submission answers; None where the municipality has no reply address."""
        if municipality.reply_address is None:
            return None
        token = b32encode(submission_id.bytes + self._hash(municipality.code, submission_id)).decode().lower()
        local, _, domain = municipality.reply_address.partition("@")
        return f"{local}+{token}@{domain}"

    def submission(self, municipality: Municipality, recipient: str) -> UUID | None:
        """The submission whose token stands in an address of the municipality's; None where there is no right one."""
        _, _, token = recipient.partition("@")[0].partition("+")
        try:
            raw = b32decode(token, casefold=True)
        except (Error, ValueError):
            return None
        if len(raw) != ID_BYTES + HASH_BYTES:
            return None
        submission_id = UUID(bytes=raw[:ID_BYTES])
        is_right = hmac.compare_digest(raw[ID_BYTES:], self._hash(municipality.code, submission_id))
        return submission_id if is_right else None

    def _hash(self, municipality: str, submission_id: UUID) -> bytes:
        signed = f"reply address {municipality} {submission_id}".encode()
        return hmac.digest(self.key.encode(), signed, sha256)[:HASH_BYTES]


def municipality_of(recipient: str, municipalities: Iterable[Municipality]) -> Municipality | None:
    """Whose reply address it is, with or without a token; None where it is nobody's."""
    local, _, domain = recipient[:_LONGEST].lower().partition("@")
    address = f"{local.partition('+')[0]}@{domain}"
    return next((each for each in municipalities if each.reply_address == address), None)
