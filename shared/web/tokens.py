"""Bearer tokens: JWTs (RFC 7519), verified against the OpenID provider's own keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import Key

from shared.clock import Clock, utc_now
from shared.web.jwks import Jwks

ALGORITHMS = ["RS256", "ES256", "PS256"]
LEEWAY = 30  # seconds


@dataclass(frozen=True)
class Identity:
    """The person behind a call, as the OpenID provider tells; `municipality` is its code."""

    subject: str
    name: str
    municipality: str
    roles: frozenset[str]
    boards: frozenset[str]

    @property
    def boards_seen(self) -> frozenset[str] | None:
        """The boards whose matters are theirs to see: those the token names; a registrar with none named sees all."""
        return None if "registrar" in self.roles and not self.boards else self.boards

    @classmethod
    def of_claims(cls, claims: Mapping[str, Any]) -> "Identity":
        """Read the claims of a verified token. Raises TokenRejected when one has the wrong shape."""
        return cls(
            subject=_text(claims, "sub"),
            name=_text(claims, "name"),
            municipality=_text(claims, "municipality"),
            roles=_texts(claims, "roles"),
            boards=_texts(claims, "boards"),
        )


class TokenRejected(Exception):
    """The token does not hold; `reason` is a short code for the metric."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Verifier:
    """Verifies the tokens of one OpenID provider, for one audience."""

    def __init__(
        self, issuer: str, audience: str, *, clock: Clock = utc_now, client: httpx.Client | None = None
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._audience = audience
        self._clock = clock
        self._keys = Jwks(self._issuer, clock, client)

    def verify(self, token: str) -> Identity:
        """Who the token is for.

        Signed by a key of the provider, from it, for this audience, within its time (30 seconds leeway).
        Raises TokenRejected when it does not hold, ProviderUnreachable when the provider's keys cannot be had.
        """
        claims = self._opened(token).claims
        try:
            self._rules().validate(claims)
        except ExpiredTokenError as fault:
            raise TokenRejected("expired") from fault
        except ClaimError as fault:
            raise TokenRejected("claims") from fault
        return Identity.of_claims(claims)

    def _opened(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._key, algorithms=ALGORITHMS)
        except InvalidKeyIdError as fault:
            raise TokenRejected("unknown_key") from fault
        except BadSignatureError as fault:
            raise TokenRejected("signature") from fault
        except (JoseError, ValueError, TypeError, RecursionError) as fault:
            raise TokenRejected("malformed") from fault

    def _key(self, signed: Any) -> Key:
        return self._keys.find(signed.headers().get("kid"))

    def _rules(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "values": [self._issuer, f"{self._issuer}/"]},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str):
        raise TokenRejected("claims")
    return value


def _texts(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    values = claims.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TokenRejected("claims")
    return frozenset(values)
