"""The standard texts that fit one case, with its values in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.case_file import CaseFile
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.standard_texts.edit import by_name
from services.routing.standard_texts.models import StandardText
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
    values = _values(officer, file, organisation, today)
    outcomes = {each["code"] for each in file.content.handling["outcomes"]}
    return [
        FilledText(
            each.id,
            each.name,
            each.action,
            filled(localized(each.text, file.case.language), values),
            each.outcome if each.outcome in outcomes else None,
        )
        for each in _fitting(file.case, sessions)
    ]


def of_action(texts: Sequence[FilledText], action: Action) -> list[FilledText]:
    """Those for one action."""
    return [each for each in texts if each.action == action]


def _fitting(case: Case, sessions: sessionmaker[Session]) -> list[StandardText]:
    fits = (
        StandardText.municipality == case.municipality,
        StandardText.removed.is_(False),
        or_(StandardText.queue.is_(None), StandardText.queue == case.queue),
        or_(StandardText.eservice.is_(None), StandardText.eservice == case.eservice),
    )
    with sessions() as session:
        found = session.scalars(select(StandardText).where(*fits).order_by(StandardText.id).limit(MOST)).all()
    return sorted(found, key=lambda each: (-_narrowness(each), by_name(each.name)))


def _narrowness(text: StandardText) -> int:
    return (text.queue is not None) + (text.eservice is not None)


def _values(officer: Officer, file: CaseFile, organisation: Organisation, today: date) -> dict[str, str | None]:
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
