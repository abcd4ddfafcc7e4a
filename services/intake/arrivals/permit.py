"""The permit with which an officer enters something, checked."""

from services.intake.context import IntakeContext
from shared import arrival_permit
from shared.arrival_permit import ArrivalPermit
from shared.links import LinkExpired, LinkInvalid

PERMIT = "Arrival-Permit"
PERMIT_PARAMETER = {
    "in": "header",
    "name": PERMIT,
    "required": False,
    "schema": {"type": "string"},
    "description": "An officer's permit, from `POST /routing/api/v1/arrival-permits`, to enter what came to them.",
}


class PermitInvalid(Exception):
    """No officer was given such a permit for this e-service of this municipality."""


class PermitExpired(Exception):
    """The permit is too old."""


def permit_for(context: IntakeContext, slug: str, eservice: str, signed: str) -> ArrivalPermit:
    """What the permit is for. Raises UnknownMunicipality, PermitInvalid where it is not for this, PermitExpired."""
    municipality = context.municipality(slug).code
    try:
        return arrival_permit.read(context.link_key, signed, municipality=municipality, eservice=eservice)
    except LinkExpired as error:
        raise PermitExpired from error
    except LinkInvalid as error:
        raise PermitInvalid from error
