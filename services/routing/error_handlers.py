"""Domain exceptions as problems, in one place for API and pages alike."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from marshmallow import ValidationError

from services.routing.actions.perform import CaseNotFound, InvalidInput, StaleCase
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.state_machine import ActionNotAllowed
from services.routing.queues.queues import QueueNotFound
from shared.idempotency import KeyReused
from shared.web import idempotency
from shared.web.etags import etag
from shared.web.problems import Problem, of_validation


def install(app: Flask) -> None:
    """Let each domain exception that leaves a view be told as its problem."""
    for kind, problem_of in _PROBLEMS.items():
        app.register_error_handler(kind, _telling(app, problem_of))


def _telling(app: Flask, problem_of: Callable[[Any], Problem]) -> Callable[[Exception], Any]:
    return lambda fault: app.handle_user_exception(problem_of(fault))


def _not_allowed(fault: ActionNotAllowed) -> Problem:
    return Problem(
        409,
        "not-allowed",
        detail="The case's state does not allow that.",
        state=fault.state,
        allowed=list(fault.allowed),
    )


def _broken(fault: BrokenJournal) -> Problem:
    detail = f"The journal of {fault.number} has been changed past the system. Tell those who run it."
    return Problem(409, "journal-broken", detail=detail)


def _stale(fault: StaleCase) -> Problem:
    return Problem(
        412,
        "stale",
        detail="The case has changed since you read it. Read it again.",
        headers={"ETag": etag(fault.current)},
    )


def _unacceptable(fault: InvalidInput) -> Problem:
    return of_validation(ValidationError({fault.field: [fault.message]}))


_PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    CaseNotFound: lambda _: Problem(404, "unknown-case", detail="There is no such case."),
    QueueNotFound: lambda _: Problem(404, "unknown-queue", detail="There is no such queue."),
    ActionNotAllowed: _not_allowed,
    BrokenJournal: _broken,
    StaleCase: _stale,
    InvalidInput: _unacceptable,
    KeyReused: idempotency.reused,
}
