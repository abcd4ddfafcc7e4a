"""Bearer tokens: access tokens (RFC 9068), verified with the OpenID provider's own keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import Key

from shared.clock import Clock, utc_now
from shared.web.jwks import Jwks

ALGORITHMS = ["RS256", "ES256", "PS256"]
LEEWAY = 30  # seconds

_TYPED = "at+jwt"
_UNTYPED = ("jwt", "")
_ONLY_IN_ID_TOKENS = ("nonce", "at_hash", "c_hash")

MISSING = "missing"  # the reason where there is no token


class Role(StrEnum):
    """What a person may do here, as the claim `roles` names it."""

    OFFICER = "officer"
    REGISTRAR = "registrar"
    LEADER = "leader"
    EDITOR = "editor"


@dataclass(frozen=True)
class Identity:
    """The person who calls, by the claims of the OpenID provider; `municipality` is its code, `email` may be empty."""

    subject: str
    name: str
    municipality: str
    roles: frozenset[str]
    boards: frozenset[str]
    email: str = ""

    @property
    def boards_seen(self) -> frozenset[str] | None:
        """The boards whose cases they may see, by the token. None means all: a registrar's token that names none."""
        return None if Role.REGISTRAR in self.roles and not self.boards else self.boards

    @property
    def leads(self) -> bool:
        """Whether they keep what concerns their colleagues: as a leader, or as a registrar."""
        return not self.roles.isdisjoint((Role.LEADER, Role.REGISTRAR))

    def claims(self) -> dict[str, Any]:
        """The claims that `of_claims` makes this identity of."""
        return {
            "sub": self.subject,
            "name": self.name,
            "municipality": self.municipality,
            "roles": sorted(self.roles),
            "boards": sorted(self.boards),
            "email": self.email,
        }

    @classmethod
    def of_claims(cls, claims: Mapping[str, Any]) -> "Identity":
        """Read the claims of a verified token. Raises TokenRejected when one has the wrong type."""
        return cls(
            subject=_text(claims, "sub"),
            name=_text(claims, "name"),
            municipality=_text(claims, "municipality"),
            roles=_texts(claims, "roles"),
            boards=_texts(claims, "boards"),
            email=email if isinstance(email := claims.get("email"), str) else "",  # some providers send null
        )


class TokenRejected(Exception):
    """The token is not valid; `reason` is a short code for the metric."""

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

        It must be an access token (docs/decisions/0016), signed with a key of the provider, issued by it, for this
        audience, and not expired (30 seconds leeway).
        Raises TokenRejected when it is not valid, ProviderUnreachable when the provider's keys cannot be fetched.
        """
        decoded = self._decode(token)
        if not _is_access_token(decoded.header, decoded.claims, self._audience):
            raise TokenRejected("type")
        claims = decoded.claims
        try:
            self._rules().validate(claims)
        except ExpiredTokenError as error:
            raise TokenRejected("expired") from error
        except ClaimError as error:
            raise TokenRejected("claims") from error
        return Identity.of_claims(claims)

    def _decode(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._key, algorithms=ALGORITHMS)
        except InvalidKeyIdError as error:
            raise TokenRejected("unknown_key") from error
        except BadSignatureError as error:
            raise TokenRejected("signature") from error
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise TokenRejected("malformed") from error

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


def token_type(header: Mapping[str, Any]) -> str:
    """The type that a token's header states (RFC 7515 4.1.9), such as `at+jwt`; empty where it states none."""
    return str(header.get("typ", "")).lower().removeprefix("application/")


def _is_access_token(header: Mapping[str, Any], claims: Mapping[str, Any], audience: str) -> bool:
    """Whether a token is typed as one; of a provider that does not type its tokens, whether it is no ID token.

    Who an ID token is for is who asked for it (`azp`).
    """
    stated = token_type(header)
    if stated not in _UNTYPED:
        return stated == _TYPED
    if claims.get("typ") == "ID" or claims.get("azp") == audience:
        return False
    return not any(name in claims for name in _ONLY_IN_ID_TOKENS)


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
