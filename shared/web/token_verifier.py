"""Access tokens (RFC 9068), verified with the OpenID provider's own keys."""

from collections.abc import Mapping
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import Key

from shared.clock import Clock, utc_now
from shared.web.jwks import Jwks
from shared.web.tokens import Identity, TokenRejected

ALGORITHMS = ["RS256", "ES256", "PS256"]
LEEWAY = 30  # seconds

_TYPED = "at+jwt"
_UNTYPED = ("jwt", "")
_ONLY_IN_ID_TOKENS = ("nonce", "at_hash", "c_hash")


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
