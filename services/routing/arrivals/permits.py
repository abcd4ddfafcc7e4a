"""What an officer may enter that came otherwise than through an e-service, and the permit that intake believes."""

from services.routing.cases.errors import InvalidInput
from services.routing.desk.texts import later
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import OfferedEservice, Organisation
from shared import arrival_permit
from shared.arrival_permit import ArrivalPermit
from shared.i18n.formats import localized
from shared.swedish.sorting import sort_key


def enterable(officer: Officer, organisation: Organisation, language: str) -> dict[str, OfferedEservice]:
    """The e-services by code that an officer may enter something for, sorted by title.

    They are of the boards whose cases the officer sees: what is for another board goes to its officers.
    """
    found = [pair for pair in organisation.eservices.items() if officer.sees_board(pair[1].board, protected=False)]
    return dict(sorted(found, key=lambda pair: sort_key(localized(pair[1].title, language))))


def permit(officer: Officer, organisation: Organisation, eservice: str, *, key: str) -> str:
    """A permit to enter what came for the e-service. Raises InvalidInput where it is not the officer's to enter."""
    found = organisation.eservices.get(eservice)
    if found is None or not officer.sees_board(found.board, protected=False):
        raise InvalidInput("eservice", later("None of your boards has this e-service."))
    return signed(officer, eservice, key=key)


def signed(officer: Officer, eservice: str, *, key: str) -> str:
    """The permit of an e-service that the officer may enter for."""
    return arrival_permit.sign(key, ArrivalPermit(officer.municipality, eservice, officer.subject, officer.name))
