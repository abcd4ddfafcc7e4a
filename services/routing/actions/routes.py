"""What an officer may do with a case over the API: the address, what it takes, and the use case that it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.routing import schemas
from services.routing.actions import casework, supplements
from services.routing.actions import transfer as transfers
from services.routing.actions.perform import ActionResult, CaseCommand
from services.routing.context import RoutingContext
from services.routing.decisions import decision

Said = dict[str, Any]


@dataclass(frozen=True)
class ActRoute:
    """An act, created with POST at `/cases/<id>/<name>`; `conditional` ones only under If-Match."""

    name: str
    schema: type[schemas.ActSchema]
    conditional: bool
    perform: Callable[[RoutingContext, CaseCommand, Said], ActionResult]


def claim(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Claim a queued case."""
    return casework.claim(command, **context.how())


def release(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Put a case back in its queue."""
    return casework.release(command, context.organisation_of(command.officer), **context.how())


def assign(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Give a case to a named officer."""
    return casework.assign(command, said["officer_subject"], said["officer_name"], **context.how())


def transfer(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Move a case to another queue."""
    organisation = context.organisation_of(command.officer)
    return transfers.transfer(command, said["queue"], said["reason"], organisation, **context.how())


def request_supplement(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Ask the submitter for what is missing."""
    return supplements.request_supplement(command, said["text"], said["answer_by"], **context.how())


def receive_supplement(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Enter what came in on paper."""
    return supplements.receive_by_post(command, said["text"], said["received_on"], **context.how())


def note(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Write a note in the journal."""
    return casework.note(command, said["text"], **context.how())


def message(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Write to the submitter."""
    return casework.message(command, said["text"], **context.how())


def decide(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Decide a case."""
    return decision.decide(command, said, context.organisation_of(command.officer), **context.how())


def close(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Close a decided case."""
    return casework.close(command, **context.how())


def reopen(context: RoutingContext, command: CaseCommand, said: Said) -> ActionResult:
    """Take a case up again."""
    return casework.reopen(command, said["reason"], **context.how())


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
