"""How the desk explains that an action was not performed, so that the officer can go on from there."""

from collections.abc import Mapping

from marshmallow import ValidationError

from services.routing.actions.form_state import ActionFailure, FormState
from services.routing.actions.registry import possible
from services.routing.cases.case_file import CaseFile
from services.routing.cases.errors import InvalidInput, PartialOfficer
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.state_machine import ActionNotAllowed
from services.routing.desk.labels import label_text, minutes, state_text
from services.routing.documents.enclose import FIELD
from services.routing.documents.upload_limit import UploadLimitReached
from services.routing.organisation.officers import Officer
from shared.web.languages import gettext, library_message


def failure_of(
    error: Exception, file: CaseFile, form_state: FormState, officer: Officer, *, seen: int
) -> ActionFailure:
    """The explanation of an error. The officer had seen version `seen` of the case, which may have changed since."""
    if isinstance(error, ValidationError | InvalidInput):
        return ActionFailure(422, gettext("There is a problem"), errors=_bad_input(error))
    if isinstance(error, UploadLimitReached):
        return _limit_reached(error)
    if isinstance(error, BrokenJournal):
        title = gettext("Nothing was saved: the journal of the case does not hold.")
        return ActionFailure(409, title, unsendable=form_state.written)
    if isinstance(error, PartialOfficer):
        return _partial(file, form_state, officer)
    if form_state.action in file.allowed and not isinstance(error, ActionNotAllowed):
        return _changed_meanwhile(file, seen)
    return _not_possible_now(file, form_state, officer, seen)


def _bad_input(error: ValidationError | InvalidInput) -> Mapping[str, str]:
    """The messages by field, in the reader's language."""
    if isinstance(error, InvalidInput):
        return {error.field: gettext(error.message)}
    messages: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return {name: library_message(each[0]) for name, each in messages.items()}


def _limit_reached(error: UploadLimitReached) -> ActionFailure:
    wait = minutes(error.retry_after)
    text = gettext("You have sent very many large files within an hour. The rest can be sent in %(wait)s.", wait=wait)
    return ActionFailure(
        429,
        gettext("There is a problem"),
        gettext("What you wrote, and the files that are here, can be sent without the rest."),
        errors={FIELD: text},
        headers={"Retry-After": str(error.retry_after)},
    )


def _changed_meanwhile(file: CaseFile, seen: int) -> ActionFailure:
    return ActionFailure(
        412,
        gettext("The case changed while you had it open. Nothing was saved."),
        gettext("What you chose and wrote is still here: check that it holds, and send it again."),
        [entry for entry in file.entries if entry.sequence > seen],
    )


def _partial(file: CaseFile, form_state: FormState, officer: Officer) -> ActionFailure:
    title = gettext("Nothing was saved: you have declared a conflict of interest in this case.")
    return ActionFailure(403, title, _what_is_possible(file, officer), unsendable=form_state.written)


def _not_possible_now(file: CaseFile, form_state: FormState, officer: Officer, seen: int) -> ActionFailure:
    return ActionFailure(
        409,
        gettext("That cannot be done now: the case is %(state)s.", state=state_text(file.case.state, file.regime)),
        _what_is_possible(file, officer),
        [entry for entry in file.entries if entry.sequence > seen],
        unsendable=form_state.written,
    )


def _what_is_possible(file: CaseFile, officer: Officer) -> str:
    others = [label_text(each.label, file.regime).lower() for each in possible(officer, file)]
    return gettext("What can be done now: %(actions)s.", actions=", ".join(others)) if others else ""
