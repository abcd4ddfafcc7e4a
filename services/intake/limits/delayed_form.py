"""How a form is shown again when a limit is reached: with all that was filled in, and when it may be sent."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Request
from werkzeug.datastructures import MultiDict

from services.intake.attachments.form_files import Posted
from services.intake.context import IntakeContext
from services.intake.limits.limits import Client, Limit, LimitReached
from services.intake.limits.waiting import PASSED, Wait
from services.intake.submissions.form_state import FormState
from shared.i18n.formats import format_datetime

Headers = dict[str, str]


def client_of_form(context: IntakeContext, request: Request, form_state: FormState, now: datetime) -> Client:
    """Who sends the form, and whether they have waited as they were to."""
    return replace(context.client(request), has_waited=_has_waited(context, form_state, now))


def posted_form(request: Request) -> Posted:
    """What a browser posted, without the files where they were not received."""
    return Posted(request.form, MultiDict() if _rejected(request) else request.files)


def check_uploads(request: Request) -> None:
    """Raise LimitReached where the files of the form were not received, or its text is too much to be kept."""
    if rejected := _rejected(request):
        raise rejected
    request.count_text()  # type: ignore[attr-defined]


def delayed(
    context: IntakeContext, form_state: FormState, reached: LimitReached, language: str, now: datetime
) -> tuple[FormState, Headers]:
    """What the form is shown with, and the headers that give a program the time to come back.

    A short wait is needed once; whoever has waited and is rejected again, or sends too many files, has to come back.
    """
    wait = None
    if reached.limit in _REASONS and reached.limit is not Limit.GUESSES and not _has_waited(context, form_state, now):
        wait = context.waiting.begin(form_state.key, _token(form_state), now)
    seconds = wait.seconds if wait else reached.retry_after
    later = format_datetime(now + timedelta(seconds=seconds), language)
    reason, kept = (_REASONS[reached.limit], _KEPT) if reached.limit in _REASONS else (_FILES, _REST_KEPT)
    sentences = (reason, _what_to_do(reached.limit, wait), kept)
    message = " ".join(context.languages.gettext(language, each, seconds=seconds, time=later) for each in sentences)
    return replace(form_state, message=message, wait=wait), {"Retry-After": str(seconds)}


def _what_to_do(limit: Limit, wait: Wait | None) -> str:
    if wait:
        return "Wait %(seconds)s seconds and send the form again."
    if limit is Limit.RECIPIENT:
        return "Try again after %(time)s, or send without it."
    return "Try again after %(time)s."


_REASONS = {
    Limit.CLIENT: "Very much is being sent in from where you are.",
    Limit.RECIPIENT: "Very much has been sent in with this e-mail address.",
    Limit.ESERVICE: "Very much is being sent in to this e-service.",
    Limit.GUESSES: "Too many codes that do not exist were tried from where you are.",
}
_REASONS[Limit.DRAFTS] = _REASONS[Limit.TEXT_BYTES] = _REASONS[Limit.CLIENT]
_FILES = "Very many files are being sent in, so yours were not received."
_KEPT = "Everything that you filled in is still here."
_REST_KEPT = "Everything else that you filled in is still here."


def count_wait(client: Client) -> None:
    """Count a form that was received after its wait."""
    if client.has_waited:
        PASSED.inc()


def _has_waited(context: IntakeContext, form_state: FormState, now: datetime) -> bool:
    return context.waiting.is_over(form_state.key, _token(form_state), now)


def _token(form_state: FormState) -> str:
    return form_state.inputs.get("waited", "")


def _rejected(request: Request) -> LimitReached | None:
    request.files  # noqa: B018 - reads them
    rejected: LimitReached | None = request.upload_rejected  # type: ignore[attr-defined]
    return rejected
