"""How the desk names states, journal entries, laws and facts, in the reader's language.

The texts of an action stand in the action's module. A test requires the Swedish of each text.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any

from babel.units import format_unit

from services.routing.actions.definition import Purpose
from services.routing.actions.form_choices import Choice
from services.routing.actions.registry import DEFINITIONS
from services.routing.cases import journal
from services.routing.cases.state_machine import State
from services.routing.desk.texts import PRIORITIES, Label, later
from services.routing.rules.rules import Priority
from shared.events.intake import ArrivalChannel
from shared.i18n.formats import format_date, format_datetime, format_period
from shared.swedish.law import DeadlineUnit, LegalRegime
from shared.swedish.time import local_date
from shared.web.languages import gettext, language, ngettext, text_of

STATES: Mapping[str, Label] = {
    State.QUEUED: Label("waiting in queue"),
    State.ASSIGNED: Label("being handled"),
    State.AWAITING_SUPPLEMENT: Label("awaiting supplement"),
    State.DECIDED: Label("decided", reply="replied to"),
    State.CLOSED: Label("closed"),
}
UNKNOWN_STATE = Label("in another state")

TAGS: Mapping[str, str] = {
    State.QUEUED: "tag-new",
    State.ASSIGNED: "tag-active",
    State.AWAITING_SUPPLEMENT: "tag-waiting",
    State.DECIDED: "tag-done",
}

ENTRIES: Mapping[str, Label] = {
    journal.REGISTER: Label("Registered"),
    journal.QUEUE: Label("Put in queue"),
    journal.MAIL_RECEIVED: Label("E-mail received"),
    journal.DELIVERY_FAILED: Label("A notification did not arrive"),
    journal.DECISION_REQUEST_WITHOUT_EFFECT: Label("Submitter requested a decision, which changes nothing"),
    **{action: definition.journal_label for action, definition in DEFINITIONS.items()},
}
UNKNOWN_ENTRY = Label("Another event")

LEGAL_REGIMES: Mapping[str, Label] = {
    LegalRegime.FORVALTNINGSLAGEN: Label("Administrative Procedure Act (förvaltningslagen)"),
    LegalRegime.LAGLIGHETSPROVNING: Label("Legality review under the Local Government Act (laglighetsprövning)"),
    LegalRegime.TRYCKFRIHETSFORORDNINGEN: Label("Freedom of the Press Act (tryckfrihetsförordningen)"),
    LegalRegime.FAKTISKT_HANDLANDE: Label("No formal decision (faktiskt handlande)"),
}


class Term(StrEnum):
    """What the pages of a case name, with other words where the case ends in a reply."""

    LAST_DAY = "last_day"
    DECISION = "decision"
    DECIDED_BY_ON = "decided_by_on"
    DECIDED_BY = "decided_by"
    DECIDED_ON = "decided_on"
    REASONS = "reasons"
    LOOK_THROUGH = "look_through"
    BACK = "back"
    SEND = "send"
    AND_NEXT = "and_next"


TERMS: Mapping[Term, Label] = {
    Term.LAST_DAY: Label("Last day to decide", reply="Last day to reply"),
    Term.DECISION: Label("Decision", reply="Reply in the case"),
    Term.DECIDED_BY_ON: Label("Decided by %(who)s on %(day)s.", reply="Reply from %(who)s on %(day)s."),
    Term.DECIDED_BY: Label("Decided by", reply="Reply from"),
    Term.DECIDED_ON: Label("Day of decision", reply="Date"),
    Term.REASONS: Label("Reasons", reply="Explanation"),
    Term.LOOK_THROUGH: Label("Look through the decision", reply="Look through the reply"),
    Term.BACK: Label("Back to the case without deciding", reply="Back to the case without replying"),
    Term.SEND: Label("Decide and notify the submitter", reply="Send the reply"),
    Term.AND_NEXT: Label("Decide, close and take the next", reply="Send the reply, close and take the next"),
}

PURPOSES: Mapping[str, str] = {
    Purpose.SUBMITTER: later("The submitter"),
    Purpose.DEADLINE: later("The deadline"),
    Purpose.HANDLING: later("Who handles it"),
    Purpose.PLAN: later("Planning"),
    Purpose.CASE: later("The case itself"),
}
CHANNELS: Mapping[str, str] = {
    ArrivalChannel.LETTER: later("by letter"),
    ArrivalChannel.TELEPHONE: later("by telephone"),
    ArrivalChannel.EMAIL: later("by e-mail"),
    ArrivalChannel.COUNTER: later("at the counter"),
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


def priority_text(priority: str | int) -> str:
    """The name of a priority, by its code or as a case has it; of one that only a newer version knows, that itself."""
    codes = {each.value: each.code for each in Priority}
    code = codes.get(priority, "") if isinstance(priority, int) else priority
    return gettext(PRIORITIES[code].text) if code in PRIORITIES else str(priority)


def label_text(label: Label, regime: LegalRegime | None, **values: Any) -> str:
    """A label as it reads in a case under this regime; None: in cases under any."""
    return gettext(label.under(regime), **values)


def choice_text(choice: Choice) -> str:
    """What may be chosen in a form, as it is read."""
    if isinstance(choice, Label):
        return gettext(choice.text)
    return choice if isinstance(choice, str) else text_of(choice)


def bulk_label(action: str, regime: LegalRegime) -> str:
    """What is done with many cases at once; a neutral text for an action that only a newer version knows."""
    known = next((each.in_bulk for each in DEFINITIONS.values() if each.action == action), None)
    return label_text(known.label if known else UNKNOWN_ENTRY, regime)


def state_text(state: str, regime: LegalRegime) -> str:
    """The name of a state; a neutral one for a state that only a newer version knows."""
    return label_text(STATES.get(state, UNKNOWN_STATE), regime)


def entry_text(action: str, regime: LegalRegime) -> str:
    """The heading of a journal entry; a neutral one for an action that only a newer version knows."""
    return label_text(ENTRIES.get(action, UNKNOWN_ENTRY), regime)


def term_text(term: Term, regime: LegalRegime, **values: Any) -> str:
    """A term as it reads in a case under this regime."""
    return label_text(TERMS[term], regime, **values)


def law_text(code: str) -> str:
    """The name of a legal regime; of one that only a newer version knows, its code."""
    return gettext(LEGAL_REGIMES[code].text) if code in LEGAL_REGIMES else code


def channel_text(channel: str) -> str:
    """How something came; of a channel that only a newer version knows, its code."""
    return gettext(CHANNELS[channel]) if channel in CHANNELS else channel


def time_left(due_on: date, today: date) -> str:
    """How far it is to the last day, in words: `3 days overdue`, `due today`, `11 days left`."""
    days = (due_on - today).days
    if days < 0:
        return ngettext("%(num)d day overdue", "%(num)d days overdue", -days)
    if days == 0:
        return gettext("due today")
    return ngettext("%(num)d day left", "%(num)d days left", days)


def until_text(moment: datetime) -> str:
    """Until when, in words: a day alone where it is the beginning of one."""
    begins_a_day = local_date(moment - timedelta(microseconds=1)) != local_date(moment)
    return (format_date if begins_a_day else format_datetime)(moment, language())


def minutes(seconds: int) -> str:
    """A wait in words, in whole minutes."""
    left = ceil(seconds / 60)
    return ngettext("%(num)d minute", "%(num)d minutes", left)


def age(received: date, today: date) -> str:
    """How long since a day, in words."""
    days = (today - received).days
    return ngettext("%(num)d day", "%(num)d days", days) if days else gettext("today")


def kept(retention: Mapping[str, Any]) -> str:
    """How long a case is kept once it has ended, in words."""
    amount, unit = retention.get("amount"), retention.get("unit")
    if amount is None:
        return gettext("Kept for ever")
    period = format_period(amount, DeadlineUnit(unit), language()) if unit in set(DeadlineUnit) else f"{amount} {unit}"
    return gettext("May be destroyed %(period)s after the case has ended", period=period)


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
