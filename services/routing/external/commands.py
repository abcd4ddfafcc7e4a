"""What another system does with the cases of its queues, by commands over the bus: reads them and acts on them.

A system is an officer of its own, whose cases are those that stand in the queues that `casework.yaml` gives it. What
it does goes the way of every action, with its rights, its state machine, journal and events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
import structlog
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.actions.command import ActionResult, CaseCommand
from services.routing.actions.registry import DEFINITIONS
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotFound, InvalidInput, StaleCase
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.models import Case
from services.routing.cases.schemas import CaseSchema
from services.routing.cases.shown_case import shown_case
from services.routing.cases.state_machine import Action, ActionNotAllowed
from services.routing.context import RoutingContext
from services.routing.external.records import COMMANDS, CommandRecords, Key
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation, System
from shared.bus.commands import ReceivedCommand
from shared.database import is_outage, took_too_long
from shared.idempotency import KeyReused, fingerprint
from shared.validation import flattened
from shared.web import strict_json

READ = "read"
MOST_ERRORS = 50  # that a reply names

# What is about another case too, which may stand in any queue, is for officers; and a system has no conflicts.
_FOR_OFFICERS = (Action.LINK, Action.UNLINK, Action.JOIN, Action.DECLARE_CONFLICT, Action.WITHDRAW_CONFLICT)
ACTIONS = tuple(each for each in DEFINITIONS if each not in _FOR_OFFICERS)

Reply = Mapping[str, Any]

log = structlog.get_logger(__name__)


class SystemCommandSchema(Schema):
    """A command of another system. `version` is the case's as it last read it; left out, whatever the version is."""

    municipality = fields.Str(required=True, validate=validate.Regexp(r"[0-9]{4}\Z"))
    case_id = fields.UUID(required=True)
    action = fields.Str(required=True, validate=validate.OneOf([READ, *ACTIONS]))
    version = fields.Int(load_default=None, strict=True, validate=validate.Range(1, 2**31 - 1))
    data = fields.Dict(keys=fields.Str(), load_default=dict)


class UnknownSystem(Exception):
    """The municipality gives this user of the broker no queue."""


@dataclass(frozen=True)
class SystemCommand(CaseCommand):
    """A command on a case that stands in one of the system's queues."""

    queues: frozenset[str] = frozenset()

    def locked_case(self, session: Session) -> Case | None:
        """The case, locked, where it is the system's to work."""
        case = super().locked_case(session)
        return case if case and case.queue in self.queues else None


@dataclass(frozen=True)
class CommandHandler:
    """Handles commands one at a time, and keeps the reply to each: repeated, it gets the same."""

    context: RoutingContext
    records: CommandRecords

    def __call__(self, received: ReceivedCommand) -> bytes:
        """The reply: what came of it, or `error` with a code and what is wrong. Raises when the store is away."""
        if received.user is None:
            return _written(_UNKNOWN_SYSTEM)
        if not (key := _key(received)):
            return _written(_WITHOUT_ID)
        is_known = self._is_system(received.user)
        earlier = self.records.begin(key) if received.again and is_known else self.records.earlier(key)
        if earlier and earlier.fingerprint in (None, _fingerprint(received.body)):
            return earlier.reply
        if earlier:
            return _written(_KEY_REUSED)
        if not is_known:
            return _written(_UNKNOWN_SYSTEM)
        try:
            return self._handled(received, key)
        except Exception:
            self.records.unended.add(key)
            raise

    def deaths(self, received: ReceivedCommand) -> int:
        """How many processes have ended while they handled the command."""
        key = _key(received)
        return self.records.deaths(key) if key else 0

    def _is_system(self, user: str) -> bool:
        """Whether any municipality gives this user of the broker a queue: of nobody else is anything kept."""
        return any(each.system(user) for each in self.context.organisations.values())

    def _handled(self, received: ReceivedCommand, key: Key) -> bytes:
        """The reply to a command that has none yet; to one that reads or comes from nobody known, one of this time."""
        command = None
        try:
            command = _read(received)
            reply = self._result(key, command)
        except tuple(_ERRORS) as error:
            reply = _ERRORS[type(error)](error)
        except Exception as error:  # it would come again for ever, before all others
            if is_outage(error) and not (received.again and took_too_long(error)):
                raise
            log.error("command_failed", exc_info=error)
            reply = {"error": "failed"}
        if reply != _UNKNOWN_SYSTEM and not (command and command["action"] == READ):
            return self.records.end(key, _fingerprint(received.body), _written(reply))
        if received.again:
            self.records.forget(key)
        return _written(reply)

    def _result(self, key: Key, command: Mapping[str, Any]) -> Reply:
        user, command_id = key
        organisation = self.context.organisations.get(command["municipality"])
        system = organisation.system(user) if organisation else None
        if organisation is None or system is None:
            raise UnknownSystem
        officer = _as_officer(system, organisation)
        if command["action"] == READ:
            return self._case(officer, system, command["case_id"])
        return self._performed(officer, system, command_id, command)

    def _case(self, officer: Officer, system: System, case_id: UUID) -> Reply:
        with self.context.sessions() as session:
            queue = session.scalar(
                select(Case.queue).where(Case.municipality == officer.municipality, Case.id == case_id)
            )
        if queue not in system.queues:
            raise CaseNotFound
        file = open_case(officer, case_id, **self.context.store_and_time())
        return {"case": CaseSchema().dump(shown_case(self.context, file))}

    def _performed(self, officer: Officer, system: System, key: str, command: Mapping[str, Any]) -> Reply:
        definition = DEFINITIONS[Action(command["action"])]
        data = definition.schema(self.context.clock).load(command["data"])
        on = SystemCommand(officer, command["case_id"], command["version"], key, queues=frozenset(system.queues))
        return _shown(definition.perform(self.context, on, data))


def _key(received: ReceivedCommand) -> Key | None:
    """What the command is known by; None where it has no id that could be stored."""
    if received.user and received.id and (received.user + received.id).isprintable():
        return received.user, received.id
    return None


def _fingerprint(body: bytes) -> str:
    try:
        return fingerprint(strict_json.loads(body))
    except strict_json.NotStrictJson:
        return fingerprint(body)


def _written(reply: Reply) -> bytes:
    COMMANDS.labels(reply.get("error", "performed")).inc()
    return orjson.dumps(reply)


def _read(received: ReceivedCommand) -> Mapping[str, Any]:
    try:
        content = strict_json.loads(received.body)
    except strict_json.NotStrictJson as error:
        raise ValidationError({"": [str(error)]}) from error
    if not isinstance(content, dict):
        raise ValidationError({"": ["It is not an object."]})
    command: Mapping[str, Any] = SystemCommandSchema().load(content)
    return command


def _as_officer(system: System, organisation: Organisation) -> Officer:
    boards = frozenset(organisation.queue(code).board for code in system.queues)
    return Officer(f"system.{system.user}", system.name, organisation.municipality, boards)


def _shown(result: ActionResult) -> Reply:
    return {
        "case_id": result.case_id,
        "number": result.number,
        "state": result.state,
        "version": result.sequence,
        "allowed": list(result.allowed),
    }


def _invalid(error: ValidationError) -> Reply:
    errors = [
        {"pointer": "".join(f"/{step}" for step in path), "message": str(message)}
        for path, message in islice(flattened(error.messages), MOST_ERRORS)
    ]
    return {"error": "invalid", "errors": errors}


def _invalid_input(error: InvalidInput) -> Reply:
    return {"error": "invalid", "errors": [{"pointer": f"/{error.field}", "message": error.message}]}


_UNKNOWN_SYSTEM: Reply = {"error": "unknown-system"}
_KEY_REUSED: Reply = {"error": "key-reused"}
_WITHOUT_ID: Reply = {
    "error": "invalid",
    "errors": [{"pointer": "/message_id", "message": "It is missing, or has characters that cannot be shown."}],
}

# By the codes that the API's problems have.
_ERRORS: dict[type[Exception], Any] = {
    UnknownSystem: lambda _: _UNKNOWN_SYSTEM,
    ValidationError: _invalid,
    InvalidInput: _invalid_input,
    CaseNotFound: lambda _: {"error": "unknown-case"},
    ActionNotAllowed: lambda error: {
        "error": "not-allowed",
        "state": error.state,
        "allowed": list(error.allowed),
    },
    StaleCase: lambda error: {"error": "stale", "version": error.current},
    BrokenJournal: lambda _: {"error": "journal-broken"},
    KeyReused: lambda _: _KEY_REUSED,
}
