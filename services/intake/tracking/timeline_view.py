"""A timeline told to the submitter, in the reader's language: where it stands, what comes next, what has happened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.models import ReceivedEvent, Supplement
from services.intake.tracking.received_events import DELIVERED
from services.intake.tracking.timeline import AWAITING_SUPPLEMENT, Timeline, opened
from shared.events import notify, routing
from shared.events.payloads import EventPayload
from shared.web.languages import date_text, gettext, language

STATES: Mapping[str, str] = {
    "received": "Received",
    "queued": "Registered",
    "assigned": "Being handled",
    "awaiting_supplement": "Waiting for you",
    "decided": "Decided",
    "closed": "Closed",
}

_NEXT: Mapping[str, str] = {
    "received": "Your case is on its way to those who will handle it.",
    "queued": "Your case waits for a case officer.",
    "assigned": "A case officer is handling your case.",
    "awaiting_supplement": "We have what you sent, and the case officer will look at it.",
    "decided": "There is a decision. You can read it here.",
    "closed": "The case is closed. Nothing more happens in it.",
}

WITHOUT_DECISION = "faktiskt_handlande"  # what is reported is seen to, or not: the submitter gets a reply, no decision


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened. `quote` is what the officer or the submitter wrote, as they wrote it."""

    at: datetime
    what: str
    heading: str
    text: str | None = None
    quote: str | None = None


def state_name(timeline: Timeline) -> str:
    """Where it stands, in a word or two."""
    if timeline.state == AWAITING_SUPPLEMENT and not timeline.request:
        return gettext("Supplement received")
    if _is_answered(timeline):
        return gettext("Answered")
    return gettext(STATES[timeline.state])


def next_step(timeline: Timeline) -> str:
    """What happens next, or what the submitter has to do; and what a decision is worth in a case taken up again."""
    if timeline.decision and timeline.taken_up_again:
        return f"{_taken_up_again(timeline.decision)} {_next_step(timeline)}"
    return _next_step(timeline)


def _taken_up_again(decision: routing.CaseDecided) -> str:
    if is_reply(decision):
        return gettext("We have taken up your case again.")
    return gettext("The case has been taken up again. The decision stands until it is changed.")


def _next_step(timeline: Timeline) -> str:
    request = timeline.request
    if request:
        return gettext("You need to send more. Do it by %(day)s at the latest.", day=date_text(request.answer_by))
    if timeline.state == "assigned" and timeline.officer:
        return gettext("%(officer)s is handling your case.", officer=timeline.officer)
    if _is_answered(timeline):
        return gettext("We have replied in your case. You can read the reply here.")
    return gettext(_NEXT[timeline.state])


def last_day(registered: routing.CaseRegistered) -> str | None:
    """The day by which the case is to be settled, and by what rule; None where it has no deadline."""
    if registered.due_on is None:
        return None
    day = date_text(registered.due_on)
    return f"{day} ({told_in(registered.due_basis)})" if registered.due_basis else day


def is_reply(decision: routing.CaseDecided) -> bool:
    """Whether what is called a decision is a reply to a report."""
    return decision.legal_regime == WITHOUT_DECISION


def outcome(decision: routing.CaseDecided) -> str:
    """How the case ended, as a heading."""
    told = told_in(decision.outcome_label)
    if is_reply(decision):
        return gettext("Reply in your case: %(outcome)s", outcome=told)
    return gettext("Decision: %(outcome)s", outcome=told)


def entries(timeline: Timeline) -> list[TimelineEntry]:
    """Everything worth telling, the latest first."""
    told = [
        _received(timeline),
        *(_supplemented(each, timeline) for each in timeline.supplements),
        *(entry for each in timeline.case for entry in _of_case(each)),
        *(entry for each in timeline.notifications for entry in _of_notification(each)),
    ]
    return sorted(told, key=lambda entry: entry.at)[::-1]


def _is_answered(timeline: Timeline) -> bool:
    return timeline.state == "decided" and timeline.submission.legal_regime == WITHOUT_DECISION


def _received(timeline: Timeline) -> TimelineEntry:
    return TimelineEntry(timeline.submission.received_at, "submission.received", gettext("We received what you sent"))


def _supplemented(supplement: Supplement, timeline: Timeline) -> TimelineEntry:
    files = ", ".join(each.name for each in timeline.files_of(supplement.id))
    return TimelineEntry(
        supplement.received_at,
        "submission.supplemented",
        gettext("You sent more"),
        gettext("Files: %(files)s", files=files) if files else None,
        supplement.text or None,
    )


def _of_case(event: ReceivedEvent) -> Iterator[TimelineEntry]:
    teller = _TELLERS.get(event.name)
    if teller:
        kind, tell = teller
        fact = opened(event, kind)
        yield TimelineEntry(fact.at, event.name, **tell(fact))


def _of_notification(event: ReceivedEvent) -> Iterator[TimelineEntry]:
    outcome = event.name.rpartition(".")[2]
    if event.payload["message"] == "receipt" and outcome == DELIVERED:
        yield TimelineEntry(event.at, event.name, gettext("We sent a receipt by e-mail"))
    if event.name == notify.NotificationFailed.NAME:
        heading = gettext("We could not reach you by e-mail")
        yield TimelineEntry(event.at, event.name, heading, gettext("You find everything that has happened here."))


def told_in(text: Mapping[str, str]) -> str:
    """The text in the reader's language, else in Swedish."""
    return text.get(language()) or text["sv"]


def _registered(fact: routing.CaseRegistered) -> dict[str, Any]:
    heading = gettext("Registered as %(number)s", number=fact.case_number)
    board = gettext("%(board)s has the case.", board=told_in(fact.board_name))
    day = last_day(fact)
    due = gettext("It is to be settled by %(day)s.", day=day) if day else ""
    return {"heading": heading, "text": f"{board} {due}".strip()}


def _queued(fact: routing.CaseQueued) -> dict[str, Any]:
    return {
        "heading": gettext("Placed in the queue %(queue)s", queue=told_in(fact.queue_name)),
        "text": told_in(fact.reason),
    }


def _assigned(fact: routing.CaseAssigned) -> dict[str, Any]:
    return {"heading": gettext("%(officer)s handles your case", officer=fact.officer_name)}


def _transferred(fact: routing.CaseTransferred) -> dict[str, Any]:
    return {
        "heading": gettext("Moved to the queue %(queue)s", queue=told_in(fact.queue_name)),
        "quote": fact.reason,
    }


def _requested(fact: routing.CaseSupplementRequested) -> dict[str, Any]:
    return {
        "heading": gettext("We asked you for more"),
        "text": gettext("Answer by %(day)s at the latest.", day=date_text(fact.answer_by)),
        "quote": fact.text,
    }


def _arrived(_: routing.CaseSupplemented) -> dict[str, Any]:
    return {"heading": gettext("The case officer has what you sent")}


def _message(fact: routing.CaseMessageSent) -> dict[str, Any]:
    return {"heading": gettext("Message to you"), "quote": fact.text}


def _decided(fact: routing.CaseDecided) -> dict[str, Any]:
    return {"heading": outcome(fact), "quote": fact.reasons}


def _closed(_: routing.CaseClosed) -> dict[str, Any]:
    return {"heading": gettext("The case was closed")}


def _reopened(fact: routing.CaseReopened) -> dict[str, Any]:
    return {"heading": gettext("The case was taken up again"), "quote": fact.reason}


_TELLERS: Mapping[str, tuple[type[EventPayload], Callable[[Any], dict[str, Any]]]] = {
    routing.CaseRegistered.NAME: (routing.CaseRegistered, _registered),
    routing.CaseQueued.NAME: (routing.CaseQueued, _queued),
    routing.CaseAssigned.NAME: (routing.CaseAssigned, _assigned),
    routing.CaseTransferred.NAME: (routing.CaseTransferred, _transferred),
    routing.CaseSupplementRequested.NAME: (routing.CaseSupplementRequested, _requested),
    routing.CaseSupplemented.NAME: (routing.CaseSupplemented, _arrived),
    routing.CaseMessageSent.NAME: (routing.CaseMessageSent, _message),
    routing.CaseDecided.NAME: (routing.CaseDecided, _decided),
    routing.CaseClosed.NAME: (routing.CaseClosed, _closed),
    routing.CaseReopened.NAME: (routing.CaseReopened, _reopened),
}
