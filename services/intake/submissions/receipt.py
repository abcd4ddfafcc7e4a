"""The receipt: the reference of a submission, when it was received, and the answers as the submitter sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.forms.fields.registry import masked
from services.intake.submissions.models import Submission
from shared.i18n.formats import localized


@dataclass(frozen=True)
class Receipt:
    """What the submitter gets. `repeated`: the same submission was received before."""

    reference: str
    received_at: datetime
    repeated: bool = False


@dataclass(frozen=True)
class ShownAnswer:
    """An answer in the reader's language, identity and account numbers masked; `choices` where it is several."""

    label: str
    value: str
    choices: Sequence[str]


def shown_answers(submission: Submission, language: str) -> list[ShownAnswer]:
    """The answers of a submission in the order of its form."""
    return [
        ShownAnswer(
            localized(each["label"], language),
            _shown(each, language),
            [localized(choice, language) for choice in each.get("choices") or ()],
        )
        for each in submission.answers
    ]


def _shown(answer: Mapping[str, Any], language: str) -> str:
    value = localized(answer["value"], language)
    return value if answer["answer"] is None else masked(answer["type"], value)
