"""Encryption of an event's data, for e-services with a secrecy class.

Every service holds the same keys; the first encrypts, all of them decrypt, so a new key is put first,
rolled out everywhere, and the old one removed once nothing encrypted with it is left.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class DecryptionFailed(Exception):
    """The data was encrypted with a key that this service does not hold, or was tampered with."""


class Keyring:
    """Fernet keys (AES-128-CBC with HMAC-SHA-256), newest first."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        """Take url-safe base64 keys of 32 bytes; ValueError when one is not."""
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, clear: bytes) -> str:
        """Encrypt with the newest key."""
        return self._fernet.encrypt(clear).decode("ascii")

    def decrypt(self, encrypted: str) -> bytes:
        """Decrypt with whichever key fits; DecryptionFailed when none does."""
        try:
            return self._fernet.decrypt(encrypted.encode("ascii"))
        except (InvalidToken, UnicodeEncodeError) as error:
            raise DecryptionFailed("encrypted with a key that is not in ARENDE_EVENT_KEYS") from error
