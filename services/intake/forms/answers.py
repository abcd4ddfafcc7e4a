"""What a submission says, for people and for routing: answers with their labels, the matter in brief, the facts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from services.intake.eservices.definition import EService, Field, Text
from services.intake.forms.form import Answers
from shared.events.intake import Answer, Submitter, SubmitterKind
from shared.i18n.formats import format_date, format_number
from shared.municipalities import LANGUAGES

_YES: Text = {"sv": "Ja", "en": "Yes"}
_NO: Text = {"sv": "Nej", "en": "No"}


def told_answers(eservice: EService, answers: Answers) -> list[Answer]:
    """Every answer in the form's order, label and value by language; what needs no translation has only `sv`."""
    return [
        Answer(name, dict(field.label), dict(_told(field, answers[name])))
        for name, field in eservice.fields.items()
        if name in answers
    ]


def matter(eservice: EService, told: Sequence[Answer]) -> dict[str, str]:
    """The case's title by language, made from the definition's template and the answers as they are told."""
    return {
        language: template.format_map({each.field: each.value.get(language, each.value["sv"]) for each in told})
        for language, template in eservice.case_title.items()
    }


def facts(eservice: EService, answers: Answers) -> dict[str, Any]:
    """The answers that routing rules may see."""
    return {name: told for name, told in answers.items() if eservice.fields[name].fact}


def submitter(eservice: EService, answers: Answers) -> Submitter | None:
    """Who submits and how to reach them; None when nothing was said."""
    roles = eservice.submitter
    name, email, phone, number = (
        answers.get(role) if role else None for role in (roles.name, roles.email, roles.phone, roles.number)
    )
    if not any((name, email, phone)):
        return None
    kind = SubmitterKind.ORGANISATION if number and len(number) == 10 else SubmitterKind.PERSON
    return Submitter(kind, name, email, phone)


def _told(field: Field, value: Any) -> Text:
    teller = _TELLERS.get(field.type)
    return teller(field, value) if teller else {"sv": value}


def _day(_: Field, value: str) -> Text:
    return {language: format_date(date.fromisoformat(value), language) for language in LANGUAGES}


def _number(field: Field, value: float) -> Text:
    return {language: f"{format_number(value, language)} {field.unit or ''}".strip() for language in LANGUAGES}


def _place(_: Field, value: Mapping[str, Any]) -> Text:
    if "latitude" not in value:
        return {"sv": value["text"]}
    return {"sv": f"{value['text']} ({value['latitude']}, {value['longitude']})"}


def _address(_: Field, value: Mapping[str, Any]) -> Text:
    return {"sv": f"{value['street']}, {value['postal_code']} {value['city']}"}


def _option(field: Field, value: str) -> Text:
    return field.option(value).label


def _tick(_: Field, value: bool) -> Text:
    return _YES if value else _NO


_TELLERS: Mapping[str, Callable[[Field, Any], Text]] = {
    "select": _option,
    "radio": _option,
    "checkbox": _tick,
    "number": _number,
    "date": _day,
    "place": _place,
    "address": _address,
}
