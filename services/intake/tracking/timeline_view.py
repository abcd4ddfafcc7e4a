"""A timeline as its submitter reads it: where the case stands, what comes next, what has happened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.intake.supplements.models import Supplement
from services.intake.tracking.timeline import ENDED, State, Timeline, known_regime
from shared.email_addresses import mask
from shared.events import notify, routing
from shared.events.intake import ArrivalChannel, SubmissionReceived, SubmissionSupplemented
from shared.events.routing import CaseTimesMeasured, SentDocument
from shared.i18n.formats import format_date, localized
from shared.i18n.translations import Languages

STATE_NAMES: Mapping[State, str] = {
    State.RECEIVED: "Received",
    State.QUEUED: "Registered",
    State.ASSIGNED: "Being handled",
    State.AWAITING_SUPPLEMENT: "Waiting for you",
    State.DECIDED: "Decided",
    State.CLOSED: "Closed",
}

NEXT_STEPS: Mapping[State, str] = {
    State.RECEIVED: "Your case is on its way to those who will handle it.",
    State.QUEUED: "Your case waits for a case officer.",
    State.ASSIGNED: "A case officer is handling your case.",
    State.AWAITING_SUPPLEMENT: "We have what you sent, and the case officer will look at it.",
    State.DECIDED: "There is a decision. You can read it here.",
    State.CLOSED: "The case is closed. Nothing more happens in it.",
}

ENTERED: Mapping[str, str] = {
    ArrivalChannel.LETTER: "We have entered what you wrote in a letter",
    ArrivalChannel.TELEPHONE: "We have entered what you told us by telephone",
    ArrivalChannel.EMAIL: "We have entered what you sent by e-mail",
    ArrivalChannel.COUNTER: "We have entered what you gave us on your visit",
}


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened. `quote` is what the officer or the submitter wrote, as they wrote it.

    `documents` are the files that an officer sent with it.
    """

    at: datetime
    what: str
    heading: str
    text: str | None = None
    quote: str | None = None
    documents: Sequence[SentDocument] = ()


@dataclass(frozen=True)
class TimelineView:
    """A timeline in a language."""

    timeline: Timeline
    language: str
    languages: Languages

    @property
    def state_name(self) -> str:
        """Where the case stands, in a word or two."""
        if self.timeline.requests:
            return self.gettext(STATE_NAMES[State.AWAITING_SUPPLEMENT])
        if self.timeline.state is State.AWAITING_SUPPLEMENT:
            return self.gettext("Supplement received")
        if self._is_answered:
            return self.gettext("Answered")
        if self.timeline.joined:
            return self.gettext("Joined")
        return self.gettext(STATE_NAMES[self.timeline.state])

    @property
    def next_step(self) -> str:
        """What happens next, or what the submitter has to do; of a reopened case also if its decision is in force."""
        if self.timeline.is_reopened:
            return f"{self._reopened_text} {self._next_step}"
        return self._next_step

    @property
    def expected_time(self) -> str | None:
        """How long such cases take, from those that ended within a year; None where this one has ended."""
        if self.timeline.state in ENDED:
            return None
        times = self.timeline.times
        if times is None or not times.enough:
            return self.gettext("Too few such cases have ended within the last year to tell.")
        if self.timeline.state in (State.RECEIVED, State.QUEUED):
            return f"{self._whole_time(times)} {self._time_in_queue(times)}"
        return self._whole_time(times)

    def _whole_time(self, times: CaseTimesMeasured) -> str:
        return self.gettext(
            "Of the %(cases)s cases that ended within the last year, half took at most %(half)s from receipt, and nine "
            "of ten at most %(most)s.",
            cases=times.cases,
            half=self._days(times.median_days),
            most=self._days(times.ninetieth_days),
        )

    def _time_in_queue(self, times: CaseTimesMeasured) -> str:
        return self.gettext(
            "A case officer took half of them within %(half)s, and nine of ten within %(most)s.",
            half=self._days(times.median_days_in_queue),
            most=self._days(times.ninetieth_days_in_queue),
        )

    def _days(self, days: int) -> str:
        """At least one: what took no day took a part of it."""
        return self.ngettext("%(num)d day", "%(num)d days", max(1, days))

    @property
    def last_day(self) -> str | None:
        """The day by which the case is to be settled, and by what rule; None where it has no deadline or has ended."""
        if self.timeline.state in ENDED:
            return None
        registered, deadline = self.timeline.registered, self.timeline.deadline
        if registered is None or deadline is None:
            return None
        if deadline.due_on is None:
            return self.gettext("The time begins to run when you have sent what we asked for.")
        return _last_day(self, deadline.due_on, registered.due_basis)

    @property
    def has_reply(self) -> bool:
        """Whether what is in the place of the decision is a reply to a report."""
        return self.timeline.decision is not None and _is_reply(self.timeline.decision)

    @property
    def is_reviewed_for_legality(self) -> bool:
        """Whether the decision is appealed by review of legality (laglighetsprövning, KL 13 kap.)."""
        decision = self.timeline.decision
        regime = known_regime(decision.legal_regime) if decision else None
        return regime is not None and regime.has_legality_review

    @property
    def may_be_dismissed(self) -> bool:
        """Whether a case may be dismissed when the submitter does not complete it (FL 20 §): that of a party."""
        regime, is_party = self.timeline.regime, self.timeline.submission.submitter_is_party
        return is_party and regime is not None and regime.follows_all_of_forvaltningslagen

    @property
    def outcome(self) -> str | None:
        """How the case ended, as a heading."""
        return self.outcome_of(self.timeline.decision) if self.timeline.decision else None

    @property
    def entries(self) -> list[TimelineEntry]:
        """What the submitter wants to know of, the latest first."""
        timeline = self.timeline
        entries = [
            self._received(),
            *(self._supplemented(each) for each in timeline.supplements),
            *self._decision_requested(),
            *(entry for each in timeline.case for entry in self._of_case(each)),
            *(entry for each in timeline.notifications for entry in self._of_notification(each)),
        ]
        return sorted(entries, key=lambda entry: entry.at)[::-1]

    def gettext(self, text: str, **values: Any) -> str:
        """The text in the language of the view."""
        return self.languages.gettext(self.language, text, **values)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The text for one or for many, in the language of the view."""
        return self.languages.ngettext(self.language, one, many, count)

    def localized(self, texts: Mapping[str, str]) -> str:
        """The text by language, in that of the view."""
        return localized(texts, self.language)

    def date(self, day: date) -> str:
        """The day as the language of the view writes it."""
        return format_date(day, self.language)

    def outcome_of(self, decision: routing.CaseDecided) -> str:
        """How the decision ended the case, as a heading."""
        outcome = self.localized(decision.outcome_label)
        if _is_reply(decision):
            return self.gettext("Reply in your case: %(outcome)s", outcome=outcome)
        return self.gettext("Decision: %(outcome)s", outcome=outcome)

    def last_day_of(self, registered: routing.CaseRegistered) -> str | None:
        """The last day of a registered case, and by what rule; None where it has no deadline."""
        return _last_day(self, registered.due_on, registered.due_basis) if registered.due_on else None

    @property
    def _reopened_text(self) -> str:
        if self.has_reply:
            return self.gettext("We have taken up your case again.")
        return self.gettext("The case has been taken up again. The decision stands until it is changed.")

    @property
    def _next_step(self) -> str:
        timeline = self.timeline
        if timeline.requests:
            day = self.date(timeline.requests[0].answer_by)
            return self.gettext("You need to send more. Do it by %(day)s at the latest.", day=day)
        if timeline.state is State.ASSIGNED and timeline.officer:
            return self.gettext("%(officer)s is handling your case.", officer=timeline.officer)
        if self._is_answered:
            return self.gettext("We have replied in your case. You can read the reply here.")
        if timeline.joined:
            return _handled_in(self, timeline.joined)
        return self.gettext(NEXT_STEPS[timeline.state])

    @property
    def _is_answered(self) -> bool:
        regime = self.timeline.regime
        return self.timeline.state is State.DECIDED and regime is not None and not regime.has_decision

    def _received(self) -> TimelineEntry:
        submission = self.timeline.submission
        if submission.arrived_on is None:
            heading = self.gettext("We received what you sent")
            return TimelineEntry(submission.received_at, SubmissionReceived.NAME, heading)
        arrived = self.gettext("It reached us on %(day)s.", day=format_date(submission.arrived_on, self.language))
        heading = self.gettext(ENTERED.get(submission.channel or "", "We have entered what you gave us"))
        return TimelineEntry(submission.received_at, SubmissionReceived.NAME, heading, arrived)

    def _supplemented(self, supplement: Supplement) -> TimelineEntry:
        files = ", ".join(each.name for each in self.timeline.files_of(supplement.id))
        return TimelineEntry(
            supplement.received_at,
            SubmissionSupplemented.NAME,
            self.gettext("You sent more"),
            self.gettext("Files: %(files)s", files=files) if files else None,
            supplement.text or None,
        )

    def _decision_requested(self) -> Iterator[TimelineEntry]:
        """The request as it was sent here, until the case has one, whose entry has the last day too."""
        sent = self.timeline.sent_decision_request
        if sent and not any(isinstance(each, routing.CaseDecisionRequested) for each in self.timeline.case):
            yield TimelineEntry(sent.requested_at, sent.NAME, self.gettext("You requested a decision"))

    def _of_case(self, payload: routing.CasePayload) -> Iterator[TimelineEntry]:
        if describe := _CASE_ENTRIES.get(type(payload)):
            yield TimelineEntry(payload.at, payload.NAME, **describe(self, payload))

    def _of_notification(self, payload: notify.NotificationPayload) -> Iterator[TimelineEntry]:
        if isinstance(payload, notify.NotificationDelivered) and payload.message == "receipt":
            yield TimelineEntry(payload.at, payload.NAME, self.gettext("We sent a receipt by e-mail"))
        if isinstance(payload, notify.NotificationFailed):
            heading = self.gettext("We could not reach you by e-mail")
            text = self.gettext("You find everything that has happened here.")
            yield TimelineEntry(payload.at, payload.NAME, heading, text)


def _last_day(view: TimelineView, due_on: date, basis: Mapping[str, str] | None) -> str:
    day = view.date(due_on)
    return f"{day} ({view.localized(basis)})" if basis else day


def _is_reply(decision: routing.CaseDecided) -> bool:
    regime = known_regime(decision.legal_regime)
    return regime is not None and not regime.has_decision


def _registered(view: TimelineView, payload: routing.CaseRegistered) -> dict[str, Any]:
    heading = view.gettext("Registered as %(number)s", number=payload.case_number)
    board = view.gettext("%(board)s has the case.", board=view.localized(payload.board_name))
    day = view.last_day_of(payload)
    due = view.gettext("It is to be settled by %(day)s.", day=day) if day else ""
    return {"heading": heading, "text": f"{board} {due}".strip()}


def _queued(view: TimelineView, payload: routing.CaseQueued) -> dict[str, Any]:
    return {
        "heading": view.gettext("Placed in the queue %(queue)s", queue=view.localized(payload.queue_name)),
        "text": view.localized(payload.reason),
    }


def _assigned(view: TimelineView, payload: routing.CaseAssigned) -> dict[str, Any]:
    return {"heading": view.gettext("%(officer)s handles your case", officer=payload.officer_name)}


def _transferred(view: TimelineView, payload: routing.CaseTransferred) -> dict[str, Any]:
    return {
        "heading": view.gettext("Moved to the queue %(queue)s", queue=view.localized(payload.queue_name)),
        "quote": payload.reason,
    }


def _supplement_requested(view: TimelineView, payload: routing.CaseSupplementRequested) -> dict[str, Any]:
    return {
        "heading": view.gettext("We asked you for more"),
        "text": view.gettext("Answer by %(day)s at the latest.", day=view.date(payload.answer_by)),
        "quote": payload.text,
        "documents": payload.documents,
    }


def _supplement_read(view: TimelineView, payload: routing.CaseSupplemented) -> dict[str, Any]:
    due_on = payload.deadline.due_on if payload.deadline and payload.deadline.moved else None
    text = view.gettext("It is now to be settled by %(day)s.", day=view.date(due_on)) if due_on else None
    return {"heading": view.gettext("The case officer has what you sent"), "text": text}


def _request_withdrawn(view: TimelineView, payload: routing.CaseSupplementRequestWithdrawn) -> dict[str, Any]:
    return {"heading": view.gettext("You need not send what we asked for"), "quote": payload.reason}


def _extended(view: TimelineView, payload: routing.CaseDeadlineExtended) -> dict[str, Any]:
    due_on = payload.deadline.due_on if payload.deadline else None
    text = view.gettext("It is now to be settled by %(day)s.", day=view.date(due_on)) if due_on else None
    return {"heading": view.gettext("We need longer to decide"), "text": text, "quote": payload.reason}


def _delayed(view: TimelineView, payload: routing.CaseDelayed) -> dict[str, Any]:
    day = view.date(payload.expected_on) if payload.expected_on else None
    text = view.gettext("It may be settled on %(day)s.", day=day) if day else None
    return {"heading": view.gettext("Your case is delayed"), "text": text, "quote": payload.reason}


def _decision_requested(view: TimelineView, payload: routing.CaseDecisionRequested) -> dict[str, Any]:
    return {
        "heading": view.gettext("You requested a decision"),
        "text": view.gettext(
            "By %(day)s at the latest we decide your case, or reject the request in a decision that you can appeal.",
            day=view.date(payload.answer_by),
        ),
    }


def _decision_request_rejected(view: TimelineView, payload: routing.CaseDecisionRequestRejected) -> dict[str, Any]:
    appeal = view.localized(payload.appeal.name) if payload.appeal else None
    text = (
        view.gettext(
            "You can appeal this to %(authority)s. The appeal must have come in to us within three weeks from the day "
            "when you were given the decision.",
            authority=appeal,
        )
        if appeal
        else None
    )
    return {"heading": view.gettext("We cannot decide your case now"), "text": text, "quote": payload.reason}


def _message(view: TimelineView, payload: routing.CaseMessageSent) -> dict[str, Any]:
    return {"heading": view.gettext("Message to you"), "quote": payload.text, "documents": payload.documents}


def _mail_received(view: TimelineView, payload: routing.CaseMailReceived) -> dict[str, Any]:
    if payload.is_automatic:
        return {"heading": view.gettext("An automatic e-mail came in")}
    lost = view.gettext("The files that came with it could not be taken. If they are needed, send them here.")
    heading = view.gettext("An e-mail came in to your case")
    return {"heading": heading, "text": lost if payload.files_not_taken else None}


def _decided(view: TimelineView, payload: routing.CaseDecided) -> dict[str, Any]:
    return {"heading": view.outcome_of(payload), "quote": payload.reasons, "documents": payload.documents}


def _address_corrected(view: TimelineView, payload: routing.CaseAddressCorrected) -> dict[str, Any]:
    if not payload.corrected:
        return {"heading": view.gettext("We sent again what had not reached you by e-mail")}
    return {
        "heading": view.gettext("We have entered your e-mail address"),
        "text": view.gettext("We write to %(email)s from now on.", email=mask(payload.email)),
    }


def _closed(view: TimelineView, _: routing.CaseClosed) -> dict[str, Any]:
    return {"heading": view.gettext("The case was closed")}


def _joined(view: TimelineView, payload: routing.CaseJoined) -> dict[str, Any]:
    return {"heading": view.gettext("Your case was joined with another"), "text": _handled_in(view, payload)}


def _handled_in(view: TimelineView, joined: routing.CaseJoined) -> str:
    if joined.joined_to is None:
        return view.gettext("It is handled in another case, which is about the same thing.")
    return view.gettext("It is handled in case %(number)s, which is about the same thing.", number=joined.joined_to)


def _reopened(view: TimelineView, payload: routing.CaseReopened) -> dict[str, Any]:
    return {"heading": view.gettext("The case was taken up again"), "quote": payload.reason}


# The submitter need not know that an officer put the case back in its queue.
_CASE_ENTRIES: Mapping[type[routing.CasePayload], Callable[[TimelineView, Any], dict[str, Any]]] = {
    routing.CaseRegistered: _registered,
    routing.CaseQueued: _queued,
    routing.CaseAssigned: _assigned,
    routing.CaseTransferred: _transferred,
    routing.CaseSupplementRequested: _supplement_requested,
    routing.CaseSupplemented: _supplement_read,
    routing.CaseSupplementRequestWithdrawn: _request_withdrawn,
    routing.CaseDeadlineExtended: _extended,
    routing.CaseDelayed: _delayed,
    routing.CaseDecisionRequested: _decision_requested,
    routing.CaseDecisionRequestRejected: _decision_request_rejected,
    routing.CaseMessageSent: _message,
    routing.CaseMailReceived: _mail_received,
    routing.CaseDecided: _decided,
    routing.CaseAddressCorrected: _address_corrected,
    routing.CaseClosed: _closed,
    routing.CaseJoined: _joined,
    routing.CaseReopened: _reopened,
}
