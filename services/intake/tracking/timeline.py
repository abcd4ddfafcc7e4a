"""Where a submission stands: a projection of all that was heard about it, the same in whichever order it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.models import Attachment, ReceivedEvent, Submission, Supplement
from shared.events.payloads import EventPayload, schema_of
from shared.events.routing import (
    CaseAssigned,
    CaseDecided,
    CasePayload,
    CaseQueued,
    CaseRegistered,
    CaseReleased,
    CaseReopened,
    CaseSupplementRequested,
    CaseTransferred,
)

RECEIVED = "received"
AWAITING_SUPPLEMENT = "awaiting_supplement"
ENDED = ("decided", "closed")


@dataclass(frozen=True)
class Timeline:
    """A submission and everything that has happened to it: `case` in the order of the case's own journal."""

    submission: Submission
    attachments: Sequence[Attachment]
    supplements: Sequence[Supplement]
    case: Sequence[ReceivedEvent]
    notifications: Sequence[ReceivedEvent]

    @property
    def state(self) -> str:
        """The case's state after the last that was told of it; `received` while there is no case."""
        return str(self.case[-1].payload["state"]) if self.case else RECEIVED

    @property
    def case_number(self) -> str | None:
        """The number in the board's register."""
        return str(self.case[-1].payload["case_number"]) if self.case else None

    @property
    def registered(self) -> CaseRegistered | None:
        """The registration, which names the last day to decide."""
        registered: CaseRegistered | None = self._last(CaseRegistered)
        return registered

    @property
    def board_name(self) -> dict[str, str] | None:
        """The board that handles the case: that of the register, until it is moved to another's queue."""
        last: CaseRegistered | CaseTransferred | None = self._last(CaseRegistered, CaseTransferred)
        return last.board_name if last else None

    @property
    def queue(self) -> CaseQueued | CaseTransferred | None:
        """What put the case in the queue where it is."""
        placed: CaseQueued | CaseTransferred | None = self._last(CaseQueued, CaseTransferred)
        return placed

    @property
    def officer(self) -> str | None:
        """Who handles the case."""
        last = self._last(CaseAssigned, CaseReopened, CaseReleased, CaseTransferred)
        return last.officer_name if isinstance(last, CaseAssigned | CaseReopened) else None

    @property
    def request(self) -> CaseSupplementRequested | None:
        """What the submitter is asked for and has not answered."""
        if self.state != AWAITING_SUPPLEMENT:
            return None
        asked: CaseSupplementRequested | None = self._last(CaseSupplementRequested)
        answered = asked and any(each.received_at >= asked.at for each in self.supplements)
        return None if answered else asked

    @property
    def decision(self) -> CaseDecided | None:
        """The last decision: it is in force, also in a case taken up again, until there is another."""
        decided: CaseDecided | None = self._last(CaseDecided)
        return decided

    @property
    def taken_up_again(self) -> bool:
        """Whether the case is handled anew though there is a decision."""
        return self.decision is not None and self.state not in ENDED

    def files_of(self, supplement_id: UUID | None) -> list[Attachment]:
        """The files that came with a supplement, or with the submission itself."""
        return [each for each in self.attachments if each.supplement_id == supplement_id]

    def _last(self, *kinds: type[CasePayload]) -> Any:
        by_name = {kind.NAME: kind for kind in kinds}
        last = next((each for each in reversed(self.case) if each.name in by_name), None)
        return opened(last, by_name[last.name]) if last else None


def opened(event: ReceivedEvent, kind: type[EventPayload]) -> Any:
    """What was told, as it was told."""
    return schema_of(kind).load(event.payload)  # type: ignore[arg-type]


def find(sessions: sessionmaker[Session], municipality: str, reference: str) -> Timeline | None:
    """The timeline of a municipality's submission with this reference."""
    mine = select(Submission).where(Submission.municipality == municipality, Submission.reference == reference)
    with sessions() as session:
        submission = session.scalar(mine)
        return _of(session, submission) if submission else None


def _of(session: Session, submission: Submission) -> Timeline:
    happened = _rows(session, ReceivedEvent, submission)
    case = [each for each in happened if each.name.startswith("case.")]
    return Timeline(
        submission=submission,
        attachments=sorted(_rows(session, Attachment, submission), key=_received_at),
        supplements=sorted(_rows(session, Supplement, submission), key=lambda each: each.number),
        case=sorted(case, key=lambda each: each.sequence),
        notifications=sorted((each for each in happened if each not in case), key=lambda each: each.at),
    )


def _rows(session: Session, table: Any, submission: Submission) -> Sequence[Any]:
    own = (table.submission_id == submission.id, table.municipality == submission.municipality)
    return session.scalars(select(table).where(*own)).all()


def _received_at(attachment: Attachment) -> datetime:
    return attachment.received_at
