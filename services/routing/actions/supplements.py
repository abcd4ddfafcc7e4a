"""Completing a matter (FL 20 §): the officer asks, the submitter or the post brings what was asked for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.perform import ActionContext, ActionResult, CaseCommand, perform
from services.routing.cases import journal
from services.routing.cases.publish import tell, told
from services.routing.cases.state_machine import Action, after
from services.routing.models import Case
from shared.events.intake import Attachment, SubmissionSupplemented
from shared.events.payloads import EventPayload, schema_of
from shared.events.routing import CaseSupplemented, CaseSupplementRequested


class CaseNotKnownYet(Exception):
    """The event is about a submission whose own event has not come yet: it is held, and tried again later."""


def request_supplement(
    command: CaseCommand, text: str, answer_by: date, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """Ask the submitter for what is missing. Raises as `acts.perform`."""

    def change(act: ActionContext) -> EventPayload:
        act.case.answer_by = answer_by
        return CaseSupplementRequested(**told(act.case, act.at), text=text, answer_by=answer_by)

    data = {"text": text, "answer_by": answer_by}
    return perform(command, Action.REQUEST_SUPPLEMENT, data, change, sessions=sessions, now=now)


def receive_by_post(
    command: CaseCommand, text: str, received_on: date, *, sessions: sessionmaker[Session], now: datetime
) -> ActionResult:
    """An officer enters what came in on paper: what it is, and the day it reached the authority (FL 22 §).

    Raises as `acts.perform`.
    """

    def change(act: ActionContext) -> EventPayload:
        act.case.answer_by = None
        return CaseSupplemented(**told(act.case, act.at))

    data = {"text": text, "received_on": received_on}
    return perform(command, Action.RECEIVE_SUPPLEMENT, data, change, sessions=sessions, now=now)


def receive_from_submitter(
    supplemented: SubmissionSupplemented, municipality: str, *, session: Session, now: datetime
) -> None:
    """What the submitter sent joins the case, whatever its state; one that awaited it goes back to its officer.

    Raises CaseNotKnownYet.
    """
    case = known_case(session, municipality, supplemented.submission_id)
    case.state = after(case.status, Action.RECEIVE_SUPPLEMENT)
    case.answer_by = None
    files = schema_of(Attachment).dump(supplemented.attachments, many=True)
    data = {"text": supplemented.text, "received_at": supplemented.supplemented_at, "attachments": files}
    entry = journal.append(session, case, Action.RECEIVE_SUPPLEMENT, data, actor=None, at=now)
    tell(session, case, CaseSupplemented(**told(case, now)), sequence=entry.sequence, at=now)


def known_case(session: Session, municipality: str, submission_id: UUID) -> Case:
    """The case of a submission, locked; CaseNotKnownYet when its registering is still to come."""
    case = locked_case(session, municipality, submission_id)
    if case is None:
        raise CaseNotKnownYet
    return case


def locked_case(session: Session, municipality: str, submission_id: UUID) -> Case | None:
    """The case of a submission, locked, where there is one."""
    mine = select(Case).where(Case.municipality == municipality, Case.submission_id == submission_id)
    return session.scalar(mine.with_for_update())
