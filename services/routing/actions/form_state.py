"""What an officer typed that was not carried out, and why it was not, told so that they can go on from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marshmallow import ValidationError

from services.routing.actions.perform import InvalidInput
from services.routing.cases.case_file import CaseFile
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.state_machine import Action, ActionNotAllowed
from services.routing.desk.labels import STATES, WISHES, called
from services.routing.models import JournalEntry
from shared.web.languages import gettext, library_message


@dataclass(frozen=True)
class FormState:
    """What was typed in the form of an action, and what was wrong with it by field."""

    action: Action | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def value(self, action: str, name: str) -> str:
        """What to fill in again."""
        return self.typed.get(name, "") if action == self.action else ""

    def error(self, action: str, name: str) -> str:
        """What to say at the field."""
        return self.faults.get(name, "") if action == self.action else ""


@dataclass(frozen=True)
class ActionFailure:
    """Why an action was not carried out. `since`: what happened meanwhile; `unsendable`: text that no form takes."""

    status: int
    title: str
    text: str = ""
    since: Sequence[JournalEntry] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    unsendable: str = ""


def trouble_of(fault: Exception, file: CaseFile, draft: FormState, *, seen: int) -> ActionFailure:
    """What to tell of a fault, the case being as it is now and the officer having had version `seen` of it."""
    if isinstance(fault, ValidationError):
        told: dict[str, list[str]] = fault.normalized_messages()  # type: ignore[no-untyped-call]
        return _bad_input({name: library_message(messages[0]) for name, messages in told.items()})
    if isinstance(fault, InvalidInput):
        return _bad_input({fault.field: gettext(fault.message)})
    if isinstance(fault, BrokenJournal):
        return ActionFailure(
            409, gettext("Nothing was saved: the journal of the case does not hold."), unsendable=_text(draft)
        )
    since = [entry for entry in file.entries if entry.sequence > seen]
    if draft.action in file.allowed and not isinstance(fault, ActionNotAllowed):
        return ActionFailure(
            412,
            gettext("The case changed while you had it open. Nothing was saved."),
            gettext("What you chose and wrote is still here: check that it holds, and send it again."),
            since,
        )
    state = called(STATES[file.case.status], file.regime)
    return ActionFailure(
        409,
        gettext("That cannot be done now: the case is %(state)s.", state=state),
        gettext("What can be done now: %(actions)s.", actions=_possible(file)),
        since,
        unsendable=_text(draft),
    )


def _bad_input(faults: Mapping[str, str]) -> ActionFailure:
    return ActionFailure(422, gettext("Something needs to be put right"), faults=faults)


def _text(draft: FormState) -> str:
    return "\n\n".join(text for name, text in draft.typed.items() if name in ("text", "reason", "reasons"))


def _possible(file: CaseFile) -> str:
    return ", ".join(called(words, file.regime).lower() for action, words in WISHES.items() if action in file.allowed)
