"""The receipt: the reference of a submission, when it was received, and the answers as the submitter sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.attachments.models import Attachment
from services.intake.forms.fields.file import FileField
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
    """An answer in the reader's language, identity and account numbers masked; `choices` where it is several.

    `files`: those that answer the question.
    """

    label: str
    value: str = ""
    choices: Sequence[str] = ()
    files: Sequence[Attachment] = ()


def shown_answers(submission: Submission, files: Sequence[Attachment], language: str) -> dict[str, Any]:
    """What a page shows of a submission with its files: the `answers` in the order of its form, and `other_files`.

    These are the files whose question is not kept with the answers, as it was not by earlier versions.
    """
    asked = {each["field"] for each in submission.answers if each["type"] == FileField.type}
    return {
        "answers": [_shown(each, files, language) for each in submission.answers],
        "other_files": [each for each in files if each.field not in asked],
    }


def _shown(answer: Mapping[str, Any], files: Sequence[Attachment], language: str) -> ShownAnswer:
    label = localized(answer["label"], language)
    if answer["type"] == FileField.type:
        return ShownAnswer(label, files=[each for each in files if each.field == answer["field"]])
    value = localized(answer["value"], language)
    return ShownAnswer(
        label,
        value if answer["answer"] is None else masked(answer["type"], value),
        [localized(choice, language) for choice in answer.get("choices") or ()],
    )
