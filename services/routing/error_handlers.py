"""Domain exceptions as problems, in one place for API and pages alike."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from marshmallow import ValidationError

from services.routing.bulk.job_state import JobNotFound
from services.routing.bulk.order import TooManyJobs
from services.routing.bulk.selections import TooManyCases
from services.routing.cases.errors import CaseNotFound, InvalidInput, PartialOfficer, StaleCase
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.state_machine import ActionNotAllowed
from services.routing.context import UnknownMunicipality
from services.routing.desk.form_documents import file_message
from services.routing.directory.absences import AbsenceNotFound, NotYours
from services.routing.directory.competence import OnlyForLeaders
from services.routing.directory.find import OfficerNotFound
from services.routing.directory.hand_over import HandOverNotFound
from services.routing.documents.upload_limit import UploadLimitReached
from services.routing.incoming_mail.unplaced import MailNotFound, OnlyForRegistrars
from services.routing.macros.edit import MacroNotFound, StaleMacro
from services.routing.macros.order import StepRejected
from services.routing.queues.claim_next import QueueNotTaken
from services.routing.queues.overview import QueueNotFound
from services.routing.reminders.reminders import ReminderNotFound
from services.routing.saved_filters.filters import FilterNotFound, StaleFilter
from services.routing.search.find import IdentityNumberInAddress
from services.routing.standard_texts.edit import StaleText, StandardTextNotFound, UnknownPlaceholders
from services.routing.standard_texts.placeholders import in_braces
from services.routing.subtasks.subtasks import SubtaskNotFound
from shared.files.integrity import FileDamaged
from shared.files.receive import FileNotReceived
from shared.idempotency import KeyReused
from shared.web import idempotency
from shared.web.etags import etag
from shared.web.files import damaged
from shared.web.identity import REJECTED
from shared.web.languages import gettext
from shared.web.problems import RETRY_AFTER_SECONDS, Problem, of_validation


def install(app: Flask) -> None:
    """Answer each domain exception that leaves a view with its problem."""
    for kind, problem_of in _PROBLEMS.items():
        app.register_error_handler(kind, _handler(app, problem_of))


def _handler(app: Flask, problem_of: Callable[[Any], Problem]) -> Callable[[Exception], Any]:
    return lambda error: app.handle_user_exception(problem_of(error))


def _not_allowed(error: ActionNotAllowed) -> Problem:
    return Problem(
        409,
        "not-allowed",
        detail="The case's state does not allow that.",
        state=error.state,
        allowed=list(error.allowed),
    )


def _broken(error: BrokenJournal) -> Problem:
    detail = f"The journal of {error.number} has been changed past the system. Tell those who run it."
    return Problem(409, "journal-broken", detail=detail)


def _stale(error: StaleCase) -> Problem:
    return Problem(
        412,
        "stale",
        detail="The case has changed since you read it. Read it again.",
        headers={"ETag": etag(error.current)},
    )


def _stale_filter(error: StaleFilter) -> Problem:
    return Problem(
        412,
        "stale",
        detail="The filter has changed since you read it. Read it again.",
        headers={"ETag": etag(error.current)},
    )


def _unknown_municipality(_: UnknownMunicipality) -> Problem:
    REJECTED.labels("routing", "municipality").inc()
    return Problem(403, "unknown-municipality", detail="Your municipality is not served here.")


def _invalid(error: InvalidInput) -> Problem:
    return of_validation(ValidationError({error.field: [error.message]}))


def _stale_text(error: StaleText) -> Problem:
    return Problem(
        412,
        "stale",
        detail="The standard text has changed since you read it. Read it again.",
        headers={"ETag": etag(error.current)},
    )


def _stale_macro(error: StaleMacro) -> Problem:
    return Problem(
        412,
        "stale",
        detail="The macro has changed since you read it. Read it again.",
        headers={"ETag": etag(error.current)},
    )


def _step_rejected(error: StepRejected) -> Problem:
    """The problem of the action itself, with the step that it is of."""
    if isinstance(error.error, InvalidInput):
        step = {error.error.field: [error.error.message]}
        problem = of_validation(ValidationError({"steps": {error.number: step}}))
    else:
        problem = _PROBLEMS[type(error.error)](error.error)
    problem.extensions |= {"step": error.number + 1, "action": error.action}
    return problem


def _unknown_placeholders(error: UnknownPlaceholders) -> Problem:
    message = gettext("There is no placeholder called %(names)s.", names=in_braces(error.names))
    return of_validation(ValidationError({"text": {error.language: [message]}}))


def _not_received(error: FileNotReceived) -> Problem:
    message = file_message(error.error)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if error.status == 503 else {}
    return Problem(error.status, "file-rejected", detail=message, headers=headers)


def _limit_reached(error: UploadLimitReached) -> Problem:
    return Problem(
        429,
        "upload-limit-reached",
        detail="You have sent very many large files within an hour. Wait a while and send the rest.",
        headers={"Retry-After": str(error.retry_after)},
    )


def _identity_number(_: IdentityNumberInAddress) -> Problem:
    return Problem(
        422,
        "identity-number-in-address",
        detail="An identity number may stand in no address. Post the search to /routing/api/v1/cases/searches instead.",
    )


_PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    UnknownMunicipality: _unknown_municipality,
    CaseNotFound: lambda _: Problem(404, "unknown-case", detail="There is no such case."),
    ReminderNotFound: lambda _: Problem(404, "unknown-reminder", detail="There is no such open reminder."),
    SubtaskNotFound: lambda _: Problem(404, "unknown-subtask", detail="There is no such open sub-task."),
    QueueNotFound: lambda _: Problem(404, "unknown-queue", detail="There is no such queue."),
    FilterNotFound: lambda _: Problem(404, "unknown-filter", detail="There is no such filter."),
    StaleFilter: _stale_filter,
    ActionNotAllowed: _not_allowed,
    BrokenJournal: _broken,
    StaleCase: _stale,
    PartialOfficer: lambda _: Problem(
        403, "conflict-of-interest", detail="You have declared a conflict of interest in this case."
    ),
    OnlyForRegistrars: lambda _: Problem(403, "only-for-registrars", detail="That is for registrars."),
    MailNotFound: lambda _: Problem(404, "unknown-mail", detail="There is no such e-mail that waits for a case."),
    OfficerNotFound: lambda _: Problem(404, "unknown-officer", detail="There is no such officer."),
    AbsenceNotFound: lambda _: Problem(404, "unknown-absence", detail="There is no such absence."),
    HandOverNotFound: lambda _: Problem(404, "unknown-hand-over", detail="There is no such hand-over."),
    NotYours: lambda _: Problem(
        403, "not-yours", detail="That is for the officer themself, or for a leader or registrar of their boards."
    ),
    OnlyForLeaders: lambda _: Problem(403, "not-yours", detail="That is for a leader or registrar of their boards."),
    QueueNotTaken: lambda _: Problem(
        409, "queue-not-taken", detail="By the directory you are handed no cases of this queue."
    ),
    InvalidInput: _invalid,
    FileNotReceived: _not_received,
    UploadLimitReached: _limit_reached,
    FileDamaged: partial(damaged, "document"),
    IdentityNumberInAddress: _identity_number,
    JobNotFound: lambda _: Problem(404, "unknown-bulk-job", detail="You have ordered no such job."),
    TooManyJobs: lambda error: Problem(
        409, "too-many-bulk-jobs", detail="You have too many jobs that are not finished.", most=error.most
    ),
    TooManyCases: lambda error: Problem(
        422, "too-many-cases", detail="A job cannot have so many cases.", most=error.most
    ),
    StandardTextNotFound: lambda _: Problem(404, "unknown-standard-text", detail="There is no such standard text."),
    StaleText: _stale_text,
    UnknownPlaceholders: _unknown_placeholders,
    MacroNotFound: lambda _: Problem(404, "unknown-macro", detail="There is no such macro."),
    StaleMacro: _stale_macro,
    StepRejected: _step_rejected,
    KeyReused: idempotency.reused,
}
