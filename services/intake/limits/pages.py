"""How a form is shown again when a limit is reached: with all that was filled in, and when it may be sent."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Request, request
from werkzeug.datastructures import MultiDict

from services.intake.attachments.form_files import Posted
from services.intake.context import IntakeContext
from services.intake.limits.limits import Client, Limit, LimitReached
from services.intake.limits.waiting import PASSED
from services.intake.submissions.form_state import FormState
from shared.web.languages import datetime_text, gettext

Headers = dict[str, str]


def client_of_form(context: IntakeContext, form_state: FormState, now: datetime) -> Client:
    """Who sends the form, and whether they have waited as they were asked to."""
    return replace(context.client(request), has_waited=context.waiting.is_over(form_state.key, _token(), now))


def posted_form(posted: Request) -> Posted:
    """What a browser posted, without the files where they were not taken."""
    return Posted(posted.form, MultiDict() if _rejected(posted) else posted.files)


def check_uploads(posted: Request) -> None:
    """Raise LimitReached where the files of the form were not taken."""
    if rejected := _rejected(posted):
        raise rejected


def _rejected(posted: Request) -> LimitReached | None:
    posted.files  # noqa: B018 - reads them
    rejected: LimitReached | None = posted.upload_rejected  # type: ignore[attr-defined]
    return rejected


def delayed(
    context: IntakeContext, form_state: FormState, reached: LimitReached, now: datetime
) -> tuple[FormState, Headers]:
    """What the form is shown with, and the headers that say the same to a program.

    A short wait is asked for once; whoever has waited and is rejected again, or sends too many files, has to come back.
    """
    if reached.limit in (Limit.CLIENT_BYTES, Limit.ALL_BYTES):
        message = gettext(
            "Very many files are being sent in, so yours were not received. Try again after %(time)s. "
            "Everything else that you filled in is still here.",
            time=_later(now, reached),
        )
    elif context.waiting.is_over(form_state.key, _token(), now):
        message = gettext(
            "Very much is being sent in. Try again after %(time)s. Everything that you filled in is still here.",
            time=_later(now, reached),
        )
    else:
        return _with_wait(context, form_state, now)
    return replace(form_state, message=message), {"Retry-After": str(reached.retry_after)}


def _with_wait(context: IntakeContext, form_state: FormState, now: datetime) -> tuple[FormState, Headers]:
    wait = context.waiting.begin(form_state.key, _token(), now)
    message = gettext(
        "Very much is being sent in from where you are, or with your e-mail address. "
        "Wait %(seconds)s seconds and send the form again. Everything that you filled in is still here.",
        seconds=wait.seconds,
    )
    return replace(form_state, message=message, wait=wait), {"Retry-After": str(wait.seconds)}


def count_wait(client: Client) -> None:
    """Count a form that was received after its wait."""
    if client.has_waited:
        PASSED.inc()


def _token() -> str:
    return request.form.get("waited", "")


def _later(now: datetime, reached: LimitReached) -> str:
    return datetime_text(now + timedelta(seconds=reached.retry_after))
