"""The permit with which an officer enters at intake what came in otherwise than through an e-service.

Routing signs it for an officer who is signed in there; intake, which knows no officers, believes it.
"""

from dataclasses import asdict, dataclass

from shared import links
from shared.links import LinkInvalid

LASTS = 900  # seconds: as long as the page that has it may stand open before it is used

_SALT = "arende arrival permit"


@dataclass(frozen=True)
class ArrivalPermit:
    """Who may enter what came in, to which e-service of which municipality (its code)."""

    municipality: str
    eservice: str
    officer_subject: str
    officer_name: str


def sign(key: str, permit: ArrivalPermit) -> str:
    """The permit as a text, which is good for `LASTS` seconds."""
    return links.sign(key, asdict(permit), salt=_SALT)


def read(key: str, signed: str, *, municipality: str, eservice: str) -> ArrivalPermit:
    """The permit for this e-service of this municipality. Raises LinkInvalid, also for another's, or LinkExpired."""
    permit = ArrivalPermit(**links.read(key, signed, LASTS, salt=_SALT))
    if (permit.municipality, permit.eservice) != (municipality, eservice):
        raise LinkInvalid
    return permit
