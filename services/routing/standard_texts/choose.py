"""The standard texts that fit one case, with its values in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.case_file import CaseFile
from services.routing.cases.state_machine import Action
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.standard_texts.edit import KEPT
from services.routing.standard_texts.placeholders import filled
from shared.i18n.formats import format_date, localized

MOST = 200  # of the texts that fit a case


@dataclass(frozen=True)
class FilledText:
    """A standard text as it reads in a case, in the submitter's language. `outcome`: what is chosen with it."""

    id: UUID
    name: str
    action: str
    text: str
    outcome: str | None


def texts_for(
    officer: Officer, file: CaseFile, organisation: Organisation, today: date, *, sessions: sessionmaker[Session]
) -> list[FilledText]:
    """The texts for the case's queue and e-service first, then those for all; each group by name."""
    values = values_in(officer, file, organisation, today)
    outcomes = {each["code"] for each in file.content.handling["outcomes"]}
    return [
        FilledText(
            each.id,
            each.name,
            each.action,
            filled(localized(each.text, file.case.language), values),
            each.outcome if each.outcome in outcomes else None,
        )
        for each in KEPT.fitting(file.case, MOST, sessions=sessions)
    ]


def of_action(texts: Sequence[FilledText], action: Action) -> list[FilledText]:
    """Those for one action."""
    return [each for each in texts if each.action == action]


def values_in(officer: Officer, file: CaseFile, organisation: Organisation, today: date) -> dict[str, str | None]:
    """What each placeholder stands for in the case, in the submitter's language; None where the case has no value."""
    case, content, language = file.case, file.content, file.case.language

    def day(on: date | None) -> str | None:
        return format_date(on, language) if on else None

    board = organisation.boards.get(case.board)
    return {
        "case_number": case.number,
        "case_title": localized(content.title, language),
        "reference": case.reference,
        "eservice": localized(case.eservice_title, language),
        "submitter": (content.submitter or {}).get("name"),
        "received": format_date(case.received_at, language),
        "deadline": day(case.due_on),
        "answer_by": day(case.answer_by),
        "board": localized(board.name, language) if board else None,
        "officer": officer.name,
        "today": day(today),
    }
