"""Correcting where a submitter is written to: later mails go there, and so does what had not arrived."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from services.notify.contacts.models import Contact
from services.notify.delivery.manual_retry import send_unarrived
from shared.bus.event_processor import DependsOnEarlier, OpenedEvent
from shared.events.routing import CaseAddressCorrected


class ContactNotKnownYet(DependsOnEarlier):
    """The correction is of a submission whose own event has not come yet: it waits, and is handled later."""


def correct_addresses(session: Session, opened: Sequence[OpenedEvent[CaseAddressCorrected]]) -> None:
    """Take the address of each submission's last correction, and let what did not arrive be due. ContactNotKnownYet."""
    for submission_id, each in sorted(_latest(opened).items()):
        _correct(session, each)
        send_unarrived(session, each.event.municipality, submission_id, now=each.event.time)


def _latest(
    opened: Sequence[OpenedEvent[CaseAddressCorrected]],
) -> Mapping[UUID, OpenedEvent[CaseAddressCorrected]]:
    return {each.payload.submission_id: each for each in sorted(opened, key=lambda each: each.event.sequence)}


def _correct(session: Session, corrected: OpenedEvent[CaseAddressCorrected]) -> None:
    event, payload = corrected.event, corrected.payload
    theirs = (Contact.submission_id == payload.submission_id, Contact.municipality == event.municipality)
    older = or_(Contact.address_sequence.is_(None), Contact.address_sequence < event.sequence)
    newest = {"email": payload.email, "address_sequence": event.sequence}
    session.execute(update(Contact).where(*theirs, older).values(newest))
    if not session.scalar(select(exists().where(*theirs))):
        raise ContactNotKnownYet("an address is corrected of a submission that is not known here yet")
