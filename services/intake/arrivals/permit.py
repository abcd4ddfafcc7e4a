"""The permit with which an officer enters something, checked."""

from services.intake.context import IntakeContext
from shared import arrival_permit
from shared.arrival_permit import ArrivalPermit
from shared.links import LinkExpired, LinkInvalid
from shared.web.problems import Problem

PERMIT = "Arrival-Permit"
PERMIT_PARAMETER = {
    "in": "header",
    "name": PERMIT,
    "required": False,
    "schema": {"type": "string"},
    "description": "An officer's permit, from `POST /routing/api/v1/arrival-permits`, to enter what came to them.",
}


def permit_for(context: IntakeContext, slug: str, eservice: str, signed: str) -> ArrivalPermit:
    """What the permit is for. Raises UnknownMunicipality; Problem 403 where it is not for this, 410 where it is old."""
    municipality = context.municipality(slug).code
    try:
        return arrival_permit.read(context.link_key, signed, municipality=municipality, eservice=eservice)
    except LinkExpired as error:
        raise Problem(
            410, "arrival-permit-expired", detail="You came from a page that is too old. Choose again at the desk."
        ) from error
    except LinkInvalid as error:
        raise Problem(
            403, "arrival-permit-invalid", detail="Only an officer may enter this, who comes from the desk."
        ) from error
