"""What an officer may do with a case over the API: the address, what it takes, and the use case that it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.routing import casework, decisions, schemas, supplements, transfers
from services.routing.acts import Done, Wish
from services.routing.office import Office

Said = dict[str, Any]


@dataclass(frozen=True)
class ActRoute:
    """An act, created with POST at `/cases/<id>/<name>`; `conditional` ones only under If-Match."""

    name: str
    schema: type[schemas.ActSchema]
    conditional: bool
    perform: Callable[[Office, Wish, Said], Done]


def claim(office: Office, wish: Wish, said: Said) -> Done:
    """Claim a queued case."""
    return casework.claim(wish, **office.how())


def release(office: Office, wish: Wish, said: Said) -> Done:
    """Put a case back in its queue."""
    return casework.release(wish, office.organisation_of(wish.officer), **office.how())


def assign(office: Office, wish: Wish, said: Said) -> Done:
    """Give a case to a named officer."""
    return casework.assign(wish, said["officer_subject"], said["officer_name"], **office.how())


def transfer(office: Office, wish: Wish, said: Said) -> Done:
    """Move a case to another queue."""
    organisation = office.organisation_of(wish.officer)
    return transfers.transfer(wish, said["queue"], said["reason"], organisation, **office.how())


def request_supplement(office: Office, wish: Wish, said: Said) -> Done:
    """Ask the submitter for what is missing."""
    return supplements.request_supplement(wish, said["text"], said["answer_by"], **office.how())


def receive_supplement(office: Office, wish: Wish, said: Said) -> Done:
    """Enter what came in on paper."""
    return supplements.receive_by_post(wish, said["text"], said["received_on"], **office.how())


def note(office: Office, wish: Wish, said: Said) -> Done:
    """Write a note in the journal."""
    return casework.note(wish, said["text"], **office.how())


def message(office: Office, wish: Wish, said: Said) -> Done:
    """Write to the submitter."""
    return casework.message(wish, said["text"], **office.how())


def decide(office: Office, wish: Wish, said: Said) -> Done:
    """Decide a case."""
    return decisions.decide(wish, said, office.organisation_of(wish.officer), **office.how())


def close(office: Office, wish: Wish, said: Said) -> Done:
    """Close a decided case."""
    return casework.close(wish, **office.how())


def reopen(office: Office, wish: Wish, said: Said) -> Done:
    """Take a case up again."""
    return casework.reopen(wish, said["reason"], **office.how())


ACTS = (
    ActRoute("claims", schemas.NothingSchema, False, claim),
    ActRoute("releases", schemas.NothingSchema, True, release),
    ActRoute("assignments", schemas.AssignmentSchema, True, assign),
    ActRoute("transfers", schemas.TransferSchema, True, transfer),
    ActRoute("supplement-requests", schemas.SupplementRequestSchema, True, request_supplement),
    ActRoute("supplements", schemas.SupplementSchema, False, receive_supplement),
    ActRoute("notes", schemas.TextSchema, False, note),
    ActRoute("messages", schemas.TextSchema, False, message),
    ActRoute("decisions", schemas.DecisionInSchema, True, decide),
    ActRoute("closures", schemas.NothingSchema, True, close),
    ActRoute("reopenings", schemas.ReopeningSchema, True, reopen),
)
