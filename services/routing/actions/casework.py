"""What an officer does with a case at the desk: claim, release, assign, note, message, close, reopen."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.perform import ActionContext, ActionResult, CaseCommand, perform
from services.routing.cases.publish import hand_out, told
from services.routing.cases.state_machine import Action
from services.routing.organisation.organisation import Organisation
from shared.events.payloads import EventPayload
from shared.events.routing import CaseAssigned, CaseClosed, CaseMessageSent, CaseReleased, CaseReopened

RELEASED = {
    "sv": "En handläggare har lagt tillbaka ärendet i kön.",
    "en": "An officer has put the case back in the queue.",
}


def claim(command: CaseCommand, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """The officer takes a queued case. Raises as `acts.perform`."""
    data = {"officer": command.officer.name}
    return perform(command, Action.CLAIM, data, take, sessions=sessions, now=now)


def take(act: ActionContext) -> EventPayload:
    """The case becomes the acting officer's."""
    return _give(act, act.officer.subject, act.officer.name)


def assign(
    command: CaseCommand, subject: str, name: str, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Give the case to a named officer (`subject` as their tokens have it). Raises as `acts.perform`."""
    return perform(
        command,
        Action.ASSIGN,
        {"officer": name, "officer_subject": subject},
        lambda act: _give(act, subject, name),
        sessions=sessions,
        now=now,
    )


def release(
    command: CaseCommand, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Put the case back in its queue. Raises as `acts.perform`."""

    def change(act: ActionContext) -> EventPayload:
        act.case.officer_subject = act.case.officer_name = None
        queue = organisation.queue(act.case.queue)
        hand_out(act.session, act.case, queue, RELEASED, sequence=act.sequence, at=act.at)
        return CaseReleased(**told(act.case, act.at))

    return perform(command, Action.RELEASE, {}, change, sessions=sessions, now=now)


def note(command: CaseCommand, text: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Write a tjänsteanteckning (FL 27 §): to the journal, told to nobody. Raises as `acts.perform`."""
    return perform(command, Action.NOTE, {"text": text}, lambda act: None, sessions=sessions, now=now)


def message(command: CaseCommand, text: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Write to the submitter. Raises as `acts.perform`."""
    return perform(
        command,
        Action.MESSAGE,
        {"text": text},
        lambda act: CaseMessageSent(**told(act.case, act.at), text=text),
        sessions=sessions,
        now=now,
    )


def close(command: CaseCommand, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Nothing more is to be done in a decided case. Raises as `acts.perform`."""
    return perform(
        command, Action.CLOSE, {}, lambda act: CaseClosed(**told(act.case, act.at)), sessions=sessions, now=now
    )


def reopen(command: CaseCommand, reason: str, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Take a decided or closed case up again (FL 36-39 §§), as one's own. Raises as `acts.perform`."""

    def change(act: ActionContext) -> EventPayload:
        act.case.officer_subject, act.case.officer_name = act.officer.subject, act.officer.name
        return CaseReopened(**told(act.case, act.at), officer_name=act.officer.name, reason=reason)

    return perform(command, Action.REOPEN, {"reason": reason}, change, sessions=sessions, now=now)


def _give(act: ActionContext, subject: str, name: str) -> EventPayload:
    act.case.officer_subject, act.case.officer_name = subject, name
    return CaseAssigned(**told(act.case, act.at), officer_name=name)
