"""Domain exceptions as problems, in one place for API and pages alike."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from services.intake.arrivals.permit import PermitExpired, PermitInvalid
from services.intake.attachments.upload import FileRejected
from services.intake.context import UnknownEService, UnknownMunicipality
from services.intake.decision_requests.request_decision import NoRightToDecision
from services.intake.drafts.filling import UnknownPage
from services.intake.eservices.opening import EServiceClosed, State
from services.intake.forms.errors import SubmissionInvalid
from services.intake.limits.limits import Limit, LimitReached
from services.intake.submissions.reference import CaseNumberGiven, InvalidReference
from services.intake.supplements.supplement import CaseEnded
from services.intake.tracking.timeline import UnknownDocument, UnknownReference
from shared.files.integrity import Damage, FileDamaged
from shared.i18n.translations import Languages
from shared.idempotency import KeyReused
from shared.web import idempotency
from shared.web.languages import language
from shared.web.problems import RETRY_AFTER_SECONDS, ErrorDetail, Problem


def install(app: Flask, languages: Languages) -> None:
    """Let each domain exception that leaves a view become its problem."""
    with_texts: Mapping[type[Exception], Callable[[Any], Problem]] = {
        SubmissionInvalid: lambda error: _submission_invalid(error, languages),
        FileRejected: lambda error: _file_rejected(error, languages),
    }
    for kind, make_problem in {**_PROBLEMS, **with_texts}.items():
        app.register_error_handler(kind, _handler(app, make_problem))


def problem_of(error: InvalidReference | UnknownReference | LimitReached) -> Problem:
    """The problem of an error that a page shows beside its input."""
    return _PROBLEMS[type(error)](error)


def _handler(app: Flask, make_problem: Callable[[Any], Problem]) -> Callable[[Exception], Any]:
    return lambda error: app.handle_user_exception(make_problem(error))


def _submission_invalid(error: SubmissionInvalid, languages: Languages) -> Problem:
    details = [ErrorDetail(each.pointer, each.error.localized(language(), languages)) for each in error.errors]
    return Problem(422, "invalid", detail="Some values are not right.", errors=details)


def _file_rejected(error: FileRejected, languages: Languages) -> Problem:
    message = error.error.localized(language(), languages)
    return Problem(
        error.status,
        "file-rejected",
        detail=message,
        errors=[ErrorDetail(f"/attachments/{error.field}", message)],
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)} if error.status == 503 else {},
    )


def _attachment_damaged(error: FileDamaged) -> Problem:
    if error.damage == Damage.MISSING:
        return Problem(
            410,
            "attachment-missing",
            detail="The file was received, but it is missing now. Those who run the service can see that it is.",
        )
    return Problem(
        410,
        "attachment-altered",
        detail="The file is not as it was sent, so it is not opened. Those who run the service can see that it is so.",
    )


def _case_ended(error: CaseEnded) -> Problem:
    return Problem(
        409, "case-ended", detail="The case is decided or closed, so nothing can be added to it.", state=error.state
    )


def _closed(error: EServiceClosed) -> Problem:
    opening = error.opening
    members: dict[str, Any] = {"state": opening.state, "opens_at": opening.opens_at, "closes_at": opening.closes_at}
    match opening.state:
        case State.NOT_YET:
            return Problem(409, "closed", detail="The e-service has not opened yet.", **members)
        case State.PAUSED:
            return Problem(409, "closed", detail="The e-service takes nothing at the moment.", **members)
    return Problem(409, "closed", detail="The e-service has closed.", **members)


def _limit_reached(error: LimitReached) -> Problem:
    headers = {"Retry-After": str(error.retry_after)}
    if error.limit is Limit.GUESSES:
        return Problem(
            429,
            "too-many-guesses",
            detail="Too many references or codes that do not exist were tried from where you are. Wait and try again.",
            headers=headers,
        )
    return Problem(
        429, "limit-reached", detail="Very much is being sent in. Wait a while and send it again.", headers=headers
    )


_PROBLEMS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    PermitInvalid: lambda _: Problem(
        403, "arrival-permit-invalid", detail="Only an officer who comes from the desk may enter this."
    ),
    PermitExpired: lambda _: Problem(
        410, "arrival-permit-expired", detail="You came from a page that is too old. Choose again at the desk."
    ),
    UnknownMunicipality: lambda _: Problem(404, "unknown-municipality", detail="There is no such municipality here."),
    UnknownEService: lambda _: Problem(404, "unknown-eservice", detail="There is no such e-service here."),
    UnknownPage: lambda _: Problem(404, "unknown-page", detail="The form has no such page."),
    InvalidReference: lambda _: Problem(404, "bad-reference", detail="The reference is not written right."),
    CaseNumberGiven: lambda _: Problem(
        404,
        "case-number",
        detail="This is a case number. To see the case, write its reference. It is on your receipt, and has sixteen "
        "letters and digits, such as 7K3M-9QXT-2WVC-D4TA.",
    ),
    UnknownDocument: lambda _: Problem(404, "unknown-document", detail="There is no such file in the case."),
    UnknownReference: lambda _: Problem(404, "unknown-reference", detail="Nothing was sent in with that reference."),
    CaseEnded: _case_ended,
    NoRightToDecision: lambda _: Problem(
        409,
        "no-right-to-decision",
        detail="A decision may be requested once, after six months without one, and not under every law.",
    ),
    EServiceClosed: _closed,
    FileDamaged: _attachment_damaged,
    KeyReused: idempotency.reused,
    LimitReached: _limit_reached,
}
