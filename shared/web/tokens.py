"""Who a bearer token is for. What verifies it is apart: a worker needs neither the keys nor an HTTP client for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
