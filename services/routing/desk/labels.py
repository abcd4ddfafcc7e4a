"""What the desk calls things. English here, shown through the catalogue; a test sees that each has its Swedish."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.units import format_unit

from services.routing.cases.state_machine import Action, State
from shared.web.languages import gettext, language, ngettext


def later(text: str) -> str:
    """Marks a text that is translated when it is shown."""
    return text


STATES: Mapping[State, str] = {
    State.QUEUED: later("waiting in queue"),
    State.ASSIGNED: later("being handled"),
    State.AWAITING_SUPPLEMENT: later("awaiting supplement"),
    State.DECIDED: later("decided"),
    State.CLOSED: later("closed"),
}

TAGS: Mapping[State, str] = {
    State.QUEUED: "tag-new",
    State.ASSIGNED: "tag-active",
    State.AWAITING_SUPPLEMENT: "tag-waiting",
    State.DECIDED: "tag-done",
    State.CLOSED: "",
}

WISHES: Mapping[Action, str] = {
    Action.CLAIM: later("Claim the case"),
    Action.DECIDE: later("Decide"),
    Action.REQUEST_SUPPLEMENT: later("Request a supplement"),
    Action.RECEIVE_SUPPLEMENT: later("Enter a supplement that came by post"),
    Action.MESSAGE: later("Write to the submitter"),
    Action.NOTE: later("Write a note"),
    Action.CLOSE: later("Close the case"),
    Action.REOPEN: later("Reopen the case"),
    Action.ASSIGN: later("Give the case to an officer"),
    Action.TRANSFER: later("Move to another queue"),
    Action.RELEASE: later("Put back in the queue"),
}

DONE: Mapping[Action, str] = {
    Action.CLAIM: later("%(number)s is yours to handle."),
    Action.RELEASE: later("%(number)s is back in its queue."),
    Action.ASSIGN: later("%(number)s has been given to another officer."),
    Action.TRANSFER: later("%(number)s has been moved to another queue."),
    Action.REQUEST_SUPPLEMENT: later("The request for a supplement in %(number)s has been sent."),
    Action.RECEIVE_SUPPLEMENT: later("The supplement in %(number)s has been entered."),
    Action.NOTE: later("The note is in the journal of %(number)s."),
    Action.MESSAGE: later("The message in %(number)s has been sent."),
    Action.DECIDE: later("%(number)s is settled, and the submitter is being told."),
    Action.CLOSE: later("%(number)s is closed."),
    Action.REOPEN: later("%(number)s is open again, and yours to handle."),
}

ENTRIES: Mapping[str, str] = {
    "register": later("Registered"),
    "queue": later("Put in queue"),
    "unreached": later("A notification did not arrive"),
    Action.CLAIM: later("Claimed"),
    Action.RELEASE: later("Put back in the queue"),
    Action.ASSIGN: later("Given to an officer"),
    Action.TRANSFER: later("Moved to another queue"),
    Action.REQUEST_SUPPLEMENT: later("Supplement requested"),
    Action.RECEIVE_SUPPLEMENT: later("Supplement received"),
    Action.NOTE: later("Note"),
    Action.MESSAGE: later("Message to the submitter"),
    Action.DECIDE: later("Decided"),
    Action.CLOSE: later("Closed"),
    Action.REOPEN: later("Reopened"),
}

LEGAL_REGIMES: Mapping[str, str] = {
    "forvaltningslagen": later("Administrative Procedure Act (förvaltningslagen)"),
    "laglighetsprovning": later("Legality review under the Local Government Act (laglighetsprövning)"),
    "tryckfrihetsforordningen": later("Freedom of the Press Act (tryckfrihetsförordningen)"),
    "faktiskt_handlande": later("No formal decision (faktiskt handlande)"),
}

NO_DECISION = "faktiskt_handlande"
REPLIES: Mapping[str, str] = {
    later("Decide"): later("Reply"),
    later("decided"): later("replied to"),
    later("Decided"): later("Replied to"),
    later("Decided by %(who)s on %(day)s."): later("Reply from %(who)s on %(day)s."),
    later("Last day to decide"): later("Last day to reply"),
    later("Reasons"): later("Explanation"),
    later("Which rules apply, and which facts decided the matter. The submitter reads this."): later(
        "The submitter reads this."
    ),
    later("Look through the decision"): later("Look through the reply"),
    later("Back to the case without deciding"): later("Back to the case without replying"),
    later("Decision"): later("Reply in the case"),
    later("Day of decision"): later("Date"),
    later("Decided by"): later("Reply from"),
    later("Decide and tell the submitter"): later("Send the reply"),
}

OPERATORS: Mapping[str, str] = {
    "is": later("is"),
    "is_not": later("is not"),
    "one_of": later("is one of"),
    "none_of": later("is none of"),
    "contains": later("contains"),
    "contains_any": later("contains any of"),
    "empty": later("is empty"),
    "less": later("is less than"),
    "at_most": later("is at most"),
    "more": later("is more than"),
    "at_least": later("is at least"),
    "before": later("is before"),
    "after": later("is after"),
    "within": later("lies within"),
}

GROUPS: Mapping[str, str] = {
    "all": later("all of these:"),
    "any": later("any of these:"),
    "none": later("none of these:"),
}

PRIORITIES: Mapping[str, str] = {
    "low": later("low"),
    "high": later("high"),
    "urgent": later("urgent"),
}

MISSING: Mapping[str, str] = {
    "officer_subject": later("Choose an officer."),
    "queue": later("Choose a queue."),
    "reason": later("Write why."),
    "text": later("Write the text."),
    "answer_by": later("Enter the last day to answer."),
    "received_on": later("Enter the day when it reached us."),
    "outcome": later("Choose an outcome."),
}


def called(text: str, regime: str, **values: Any) -> str:
    """A text in the reader's language, as it is called where the matter is only replied to, with no decision."""
    return gettext(REPLIES.get(text, text) if regime == NO_DECISION else text, **values)


def in_language(texts: Mapping[str, str]) -> str:
    """A text by language, in the reader's, else in Swedish."""
    return texts.get(language()) or texts["sv"]


def time_left(due_on: date, today: date) -> str:
    """How far it is to the last day, in words: `3 days overdue`, `due today`, `11 days left`."""
    days = (due_on - today).days
    if days < 0:
        return ngettext("%(num)d day overdue", "%(num)d days overdue", -days)
    if days == 0:
        return gettext("due today")
    return ngettext("%(num)d day left", "%(num)d days left", days)


def age(received: date, today: date) -> str:
    """How long since a day, in words."""
    days = (today - received).days
    return ngettext("%(num)d day", "%(num)d days", days) if days else gettext("today")


def size(octets: int) -> str:
    """A file's size in its nearest unit, `1.2 MB`."""
    if octets < 1_000_000:
        return format_unit(max(1, round(octets / 1000)), "kilobyte", "short", locale=language())
    return format_unit(round(octets / 1_000_000, 1), "megabyte", "short", locale=language())


def fact(value: Any) -> str:
    """A value that a routing rule sees."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        return str(value.get("text", ""))
    return ", ".join(map(fact, value)) if isinstance(value, list) else str(value)
