"""Timelines made without a store, of events with their own times."""

from datetime import timedelta
from uuid import uuid4

from services.intake.attachments.models import Attachment
from services.intake.submissions.models import Submission
from services.intake.supplements.models import Supplement
from services.intake.tracking.timeline import Timeline
from shared.events import routing
from tests.builders import CASE_DATA, NOON

SUBMISSION_ID = uuid4()
CASE_ID = uuid4()


def at(minutes):
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def a_submission(legal_regime="forvaltningslagen"):
    """One received at noon."""
    return Submission(
        id=SUBMISSION_ID,
        municipality="2039",
        received_at=NOON,
        legal_regime=legal_regime,
        submitter_is_party=True,
        title={"sv": "Bygglov"},
    )


def a_supplement(minutes, text="Här är den.", number=1):
    """One received so many minutes after noon."""
    return Supplement(id=uuid4(), number=number, received_at=at(minutes), text=text)


def a_file(name, supplement_id=None):
    """One that came with the submission, or with a supplement."""
    return Attachment(id=uuid4(), name=name, received_at=NOON, supplement_id=supplement_id)


def case_event(kind, state, minutes=1, **changes):
    """The payload of an event of the case, so many minutes after noon."""
    fields = CASE_DATA[kind] | changes
    return kind(
        case_id=CASE_ID,
        submission_id=SUBMISSION_ID,
        case_number="BN 2026-00042",
        eservice="bygglov",
        state=state,
        at=at(minutes),
        **fields,
    )


def a_timeline(*case, supplements=(), files=(), notifications=(), legal_regime="forvaltningslagen"):
    """A submission with these case events, in the order of the case's journal."""
    return Timeline(a_submission(legal_regime), files, supplements, case, notifications)


REGISTERED = case_event(routing.CaseRegistered, "queued", 1)
QUEUED = case_event(routing.CaseQueued, "queued", 2)
ASSIGNED = case_event(routing.CaseAssigned, "assigned", 3)
REQUESTED = case_event(routing.CaseSupplementRequested, "awaiting_supplement", 4)
DECIDED = case_event(routing.CaseDecided, "decided", 5)
CLOSED = case_event(routing.CaseClosed, "closed", 6)
REOPENED = case_event(routing.CaseReopened, "assigned", 7, officer_name="Erik Eriksson")
