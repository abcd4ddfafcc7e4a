"""What the answers of a submission give: answers with labels for people, the case's title, facts for the rules."""

from collections.abc import Sequence
from typing import Any

from services.intake.eservices.definition import EService
from services.intake.forms.form import Answers
from shared.events.intake import Answer, Submitter, SubmitterKind
from shared.i18n.formats import localized


def labelled_answers(eservice: EService, answers: Answers) -> list[Answer]:
    """Every answer in the form's order, label and value by language; what needs no translation has only `sv`."""
    return [
        Answer(name, dict(field.label), dict(field.display(answers[name])))
        for name, field in eservice.fields.items()
        if name in answers
    ]


def case_title(eservice: EService, labelled: Sequence[Answer]) -> dict[str, str]:
    """The case's title by language, made from the definition's template and the answers with their labels."""
    return {
        language: template.format_map({each.field: localized(each.value, language) for each in labelled})
        for language, template in eservice.case_title.items()
    }


def facts(eservice: EService, answers: Answers) -> dict[str, Any]:
    """The answers that routing rules may see."""
    return {name: answer for name, answer in answers.items() if eservice.fields[name].fact}


def submitter(eservice: EService, answers: Answers) -> Submitter | None:
    """Who submits and how to reach them; None when they are anonymous."""
    roles = eservice.submitter
    name, email, phone, number = (
        answers.get(role) if role else None for role in (roles.name, roles.email, roles.phone, roles.number)
    )
    if not any((name, email, phone)):
        return None
    kind = SubmitterKind.ORGANISATION if number and len(number) == 10 else SubmitterKind.PERSON
    return Submitter(kind, name, email, phone)
