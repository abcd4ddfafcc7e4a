"""Events about a submission, as routing and notify publish them."""

from uuid import uuid4

from shared.events import notify, routing
from tests.builders import CASE_DATA

CASE = uuid4()
STEPS = [
    (routing.CaseRegistered, "queued"),
    (routing.CaseQueued, "queued"),
    (routing.CaseAssigned, "assigned"),
    (routing.CaseSupplementRequested, "awaiting_supplement"),
]
HANDLED = [
    *STEPS,
    (routing.CaseSupplemented, "assigned"),
    (routing.CaseMessageSent, "assigned"),
    (routing.CaseTransferred, "queued"),
    (routing.CaseReleased, "queued"),
    (routing.CaseDecided, "decided"),
    (routing.CaseClosed, "closed"),
    (routing.CaseReopened, "assigned"),
]


def case_events(submission, steps, *, municipality="2039", **changes):
    """The events of a case, in order; `changes` are of whichever of them have such a field."""
    at = submission.received_at
    return [
        kind(
            case_id=CASE,
            submission_id=submission.id,
            case_number="TN 2026-00042",
            eservice=submission.eservice,
            state=state,
            at=at,
            **{name: changes.get(name, value) for name, value in CASE_DATA[kind].items()},
        ).event(subject=CASE, municipality=municipality, sequence=sequence, at=at)
        for sequence, (kind, state) in enumerate(steps, start=1)
    ]


def notified(submission, kind=notify.NotificationDelivered, message="receipt", **fields):
    """The event of what became of a message to the submitter."""
    payload = kind(
        notification_id=uuid4(), submission_id=submission.id, message=message, at=submission.received_at, **fields
    )
    return payload.event(subject=submission.id, municipality="2039", sequence=0, at=submission.received_at)
