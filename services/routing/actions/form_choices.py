"""What may be chosen, or is suggested, in the forms of the actions on one case."""

from collections.abc import Mapping, Sequence
from datetime import date
from textwrap import shorten
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.case_file import CaseFile
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import PRIORITIES, Label
from services.routing.directory.find import ListedOfficer, who_can_have
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.rules.rules import Priority
from services.routing.supplements.models import SupplementRequest
from services.routing.tags.board_tags import suggested
from shared.events.intake import Deadline
from shared.i18n.formats import format_date, format_period
from shared.municipalities import LANGUAGES
from shared.swedish.law import LegalRegime

COUNCIL = "Kommunfullmäktige"
MOST_OF_REQUEST = 60

# An absent officer, by whether there is a last day and a deputy.
_ABSENT = {
    "sv": {
        (True, True): "{name} (frånvarande till och med {day}, ersättare {deputy})",
        (True, False): "{name} (frånvarande till och med {day})",
        (False, True): "{name} (frånvarande tills vidare, ersättare {deputy})",
        (False, False): "{name} (frånvarande tills vidare)",
    },
    "en": {
        (True, True): "{name} (absent until {day}, deputy {deputy})",
        (True, False): "{name} (absent until {day})",
        (False, True): "{name} (absent until further notice, deputy {deputy})",
        (False, False): "{name} (absent until further notice)",
    },
}

Choice = str | Label | Mapping[str, str]
Choices = Sequence[tuple[str, Choice]]


def form_choices(
    officer: Officer, file: CaseFile, organisation: Organisation, today: date, *, sessions: sessionmaker[Session]
) -> dict[str, Choices]:
    """The choices by their name in `FormField.choices`: each a value, and its text, label, or text by language."""
    case = file.case
    tags = suggested(organisation, case.board, protected=case.protected, sessions=sessions)
    outcomes: list[dict[str, Any]] = file.content.handling["outcomes"]
    return {
        "officers": [officer_choice(each) for each in who_can_have(file.case, organisation, today, sessions=sessions)],
        "queues": _other_queues(organisation, file),
        "email": [(email, email)] if (email := (file.content.submitter or {}).get("email")) else [],
        "outcomes": [(each["code"], each["label"]) for each in outcomes],
        "open_requests": [(str(each.id), _request(each)) for each in file.open_requests],
        "extensions": _extensions(file.clock.rule),
        "priorities": [(code, label) for code, label in PRIORITIES.items() if Priority[code.upper()] != case.priority],
        "tags": [(tag, tag) for tag in case.tags],
        "board_tags": [(tag, tag) for tag in tags if tag not in case.tags],
        "deciders": deciders(officer, case.board, file.regime, organisation),
        "partial": _partial(file),
    }


def _partial(file: CaseFile) -> Choices:
    """Who has declared a conflict of interest in the case."""
    declared = [each for each in file.entries if each.action == Action.DECLARE_CONFLICT]
    names = {each.actor_subject: each.actor_name for each in declared if each.actor_subject in file.partial}
    return [(subject, name) for subject, name in names.items() if subject and name]


def officer_choice(listed: ListedOfficer) -> tuple[str, dict[str, str]]:
    """An officer to be chosen: their name by language, with until when they are absent and their deputy."""
    return listed.officer.subject, _name_and_absence(listed)


def _name_and_absence(listed: ListedOfficer) -> dict[str, str]:
    name, absence = listed.officer.name, listed.absence
    if absence is None:
        return dict.fromkeys(LANGUAGES, name)
    which = (absence.last_day is not None, listed.deputy is not None)
    return {
        language: _ABSENT[language][which].format(
            name=name,
            day=format_date(absence.last_day, language) if absence.last_day else "",
            deputy=listed.deputy.name if listed.deputy else "",
        )
        for language in LANGUAGES
    }


def deciders(officer: Officer, board: str | None, regime: LegalRegime, organisation: Organisation) -> Choices:
    """Who may have decided, the likeliest first: the law does not let everything be delegated (KL 6 kap. 38 §).

    `board` None: no one board.
    """
    of_board = organisation.boards.get(board) if board else None
    bodies = [*([of_board.name["sv"]] if of_board else []), COUNCIL]
    names = [*bodies, officer.name] if regime.decided_by_a_body else [officer.name, *bodies]
    return [(name, name) for name in names]


def _request(request: SupplementRequest) -> dict[str, str]:
    """So much of a request that it is known among others, by language."""
    text = shorten(request.text, MOST_OF_REQUEST, placeholder=" …")
    return {language: f"{format_date(request.answer_by, language)}: {text}" for language in LANGUAGES}


def _extensions(rule: Deadline | None) -> Choices:
    """By how much the deadline may be extended, the most first."""
    if rule is None or rule.extension is None:
        return []
    extension = rule.extension
    return [
        (str(amount), {language: format_period(amount, extension.unit, language) for language in LANGUAGES})
        for amount in range(extension.most, 0, -1)
    ]


def _other_queues(organisation: Organisation, file: CaseFile) -> Choices:
    here = (file.case.queue, file.case.board)
    return [(queue.code, queue.name) for queue in organisation.queues.values() if (queue.code, queue.board) != here]
