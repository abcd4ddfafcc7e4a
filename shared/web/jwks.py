"""The public keys of an OpenID provider: fetched when needed, and again when a token names an unknown key."""

import ssl
import threading
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import Key, KeySet

from shared.clock import Clock

REFETCH_AFTER = timedelta(seconds=30)


class ProviderUnreachable(Exception):
    """The provider's discovery document or keys could not be fetched."""


class Jwks:
    """Finds keys by their id (`kid`); fetches them at most every 30 seconds, whatever ids are requested."""

    def __init__(self, issuer: str, clock: Clock, client: httpx.Client | None = None) -> None:
        self._issuer = issuer
        self._clock = clock
        self._client = client or httpx.Client(timeout=5, verify=_trusted())
        self._lock = threading.Lock()
        self._keys = KeySet([])
        self._fetched_at: datetime | None = None

    def find(self, kid: str | None) -> Key:
        """The key with this id; without an id, the provider's only key.

        Raises InvalidKeyIdError when the provider has no such key, ProviderUnreachable when it does not answer.
        """
        try:
            return self._keys.get_by_kid(kid)
        except InvalidKeyIdError:
            with self._lock:
                self._refetch()
            return self._keys.get_by_kid(kid)

    def _refetch(self) -> None:
        now = self._clock()
        if self._fetched_at is not None and now - self._fetched_at < REFETCH_AFTER:
            if not self._keys:
                raise ProviderUnreachable
            return
        self._fetched_at = now
        try:
            self._keys = self._fetch()
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderUnreachable from error

    def _fetch(self) -> KeySet:
        """OpenID Connect Discovery 1.0, 4: the document's issuer must be the configured one."""
        document = self._get(f"{self._issuer}/.well-known/openid-configuration")
        if str(document["issuer"]).rstrip("/") != self._issuer:
            raise ValueError("another issuer answered")
        return KeySet.import_key_set(self._get(document["jwks_uri"]))

    def _get(self, url: str) -> Any:
        return self._client.get(url).raise_for_status().json()


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the world trusts, read once: it is a long list."""
    return httpx.create_ssl_context()
