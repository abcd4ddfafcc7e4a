"""What an officer does with a case at the desk: claim, release, assign, note, message, close, reopen."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.routing.acts import Act, Done, Wish, perform
from services.routing.cases import Action
from services.routing.organisation import Organisation
from services.routing.telling import hand_out, told
from shared.events.facts import Fact
from shared.events.routing import CaseAssigned, CaseClosed, CaseMessageSent, CaseReleased, CaseReopened

RELEASED = {
    "sv": "En handläggare har lagt tillbaka ärendet i kön.",
    "en": "An officer has put the case back in the queue.",
}


def claim(wish: Wish, *, sessions: sessionmaker[Session], now: datetime) -> Done:
    """The officer takes a queued case. Raises as `acts.perform`."""
    data = {"officer": wish.officer.name}
    return perform(wish, Action.CLAIM, data, take, sessions=sessions, now=now)


def take(act: Act) -> Fact:
    """The case becomes the acting officer's."""
    return _give(act, act.officer.subject, act.officer.name)


def assign(wish: Wish, subject: str, name: str, *, sessions: sessionmaker[Session], now: datetime) -> Done:
    """Give the case to a named officer (`subject` as their tokens have it). Raises as `acts.perform`."""
    return perform(
        wish,
        Action.ASSIGN,
        {"officer": name, "officer_subject": subject},
        lambda act: _give(act, subject, name),
        sessions=sessions,
        now=now,
    )


def release(wish: Wish, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime) -> Done:
    """Put the case back in its queue. Raises as `acts.perform`."""

    def change(act: Act) -> Fact:
        act.case.officer_subject = act.case.officer_name = None
        queue = organisation.queue(act.case.queue)
        hand_out(act.session, act.case, queue, RELEASED, sequence=act.sequence, at=act.at)
        return CaseReleased(**told(act.case, act.at))

    return perform(wish, Action.RELEASE, {}, change, sessions=sessions, now=now)


def note(wish: Wish, text: str, *, sessions: sessionmaker[Session], now: datetime) -> Done:
    """Write a tjänsteanteckning (FL 27 §): to the journal, told to nobody. Raises as `acts.perform`."""
    return perform(wish, Action.NOTE, {"text": text}, lambda act: None, sessions=sessions, now=now)


def message(wish: Wish, text: str, *, sessions: sessionmaker[Session], now: datetime) -> Done:
    """Write to the submitter. Raises as `acts.perform`."""
    return perform(
        wish,
        Action.MESSAGE,
        {"text": text},
        lambda act: CaseMessageSent(**told(act.case, act.at), text=text),
        sessions=sessions,
        now=now,
    )


def close(wish: Wish, *, sessions: sessionmaker[Session], now: datetime) -> Done:
    """Nothing more is to be done in a decided case. Raises as `acts.perform`."""
    return perform(wish, Action.CLOSE, {}, lambda act: CaseClosed(**told(act.case, act.at)), sessions=sessions, now=now)


def reopen(wish: Wish, reason: str, *, sessions: sessionmaker[Session], now: datetime) -> Done:
    """Take a decided or closed case up again (FL 36-39 §§), as one's own. Raises as `acts.perform`."""

    def change(act: Act) -> Fact:
        act.case.officer_subject, act.case.officer_name = act.officer.subject, act.officer.name
        return CaseReopened(**told(act.case, act.at), officer_name=act.officer.name, reason=reason)

    return perform(wish, Action.REOPEN, {"reason": reason}, change, sessions=sessions, now=now)


def _give(act: Act, subject: str, name: str) -> Fact:
    act.case.officer_subject, act.case.officer_name = subject, name
    return CaseAssigned(**told(act.case, act.at), officer_name=name)
