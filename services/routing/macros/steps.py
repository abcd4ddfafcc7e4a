"""The steps of a macro: actions with what they are requested with, so that they can be kept and filled in for a case.

What a step has is what the action's own form has, but for files, and for days that are filled in anyway.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from marshmallow import ValidationError

from services.routing.actions.definition import ActionDefinition, FieldKind, FormField, TextToSend
from services.routing.actions.form_choices import Choices
from services.routing.actions.registry import DEFINITIONS
from services.routing.actions.request import read
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import later
from services.routing.documents.enclose import FIELD
from services.routing.macros.course import first_impossible
from services.routing.standard_texts.placeholders import (
    NOT_FILLED,
    PLACEHOLDERS,
    filled,
    in_braces,
    left,
    unknown,
)
from shared.clock import Clock
from shared.i18n.formats import format_date, localized
from shared.municipalities import LANGUAGES
from shared.swedish.time import local_date

MOST_DAYS = 366
LEFT_OUT = "left_out"  # the field by which an officer leaves a step out for one case

IN_MACRO: Mapping[Action, ActionDefinition] = {
    action: definition for action, definition in DEFINITIONS.items() if definition.in_macro
}

_CHOSEN = (FieldKind.CHOICE, FieldKind.RADIOS)
_WRITTEN = dict.fromkeys(PLACEHOLDERS, "…")  # what stands for a case's values while there is no case
Errors = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """An action, and what it is requested with: `values` by field of its form.

    A text is by language, with placeholders, the Swedish always there: `{"sv": …}`. A day is `{"days": n}`: so many
    days after that on which the macro is carried out. All else is as the action has it.
    """

    action: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class FilledStep:
    """A step for one case: `request` is what its action is requested with there, as JSON has it.

    `left_out`: it is not carried out in this case. `changed_days`: what texts have of a day that the macro set and the
    officer changed, with what they are to have instead.
    """

    definition: ActionDefinition
    request: Mapping[str, Any]
    left_out: bool = False
    changed_days: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadStep:
    """A step that can be performed: `data` is what its action's schema has read. `number`: from 0, in its macro."""

    number: int
    definition: ActionDefinition
    data: Mapping[str, Any]


def fields_of(definition: ActionDefinition) -> tuple[FormField, ...]:
    """The fields of a step with this action."""
    kept = (each for each in definition.form if each.kind is not FieldKind.DOCUMENTS)
    return tuple(each for each in kept if not (each.kind is FieldKind.DATE and each.default))


def languages_of(definition: ActionDefinition, field: FormField) -> tuple[str, ...]:
    """The languages that a text may be kept in: more than Swedish only where the submitter reads it."""
    is_sent = isinstance(definition.schema(_no_time).fields[field.name], TextToSend)
    return LANGUAGES if is_sent else LANGUAGES[:1]


def is_required(definition: ActionDefinition, field: FormField) -> bool:
    """Whether the action is not requested without the field."""
    return definition.schema(_no_time).fields[field.name].required


def steps_of(kept: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The steps as a macro has them in the store."""
    return [Step(each["action"], each["values"]) for each in kept]


def is_known(steps: Sequence[Step]) -> bool:
    """Whether this version of the service knows all of the actions."""
    return all(each.action in IN_MACRO for each in steps)


def fill(steps: Sequence[Step], values: Mapping[str, str | None], language: str, today: date) -> list[FilledStep]:
    """The steps with a case's values in their texts, in the submitter's language. They are `is_known`.

    A day that a step sets is the one that its placeholder stands for, in that step and those after it.
    """
    found, known = [], dict(values)
    for each in steps:
        known |= {name: format_date(day, language) for name, day in _days(each, today).items() if name in PLACEHOLDERS}
        request = _request(each, known, language=language, today=today)
        found.append(FilledStep(IN_MACRO[Action(each.action)], request))
    return found


def requested(
    steps: Sequence[FilledStep], requests: Sequence[Mapping[str, Any] | None], language: str
) -> list[FilledStep]:
    """The steps with what an officer requests each with instead; None leaves it out. There are as many of both."""
    found: list[FilledStep] = []
    changed: dict[str, str] = {}
    for step, request in zip(steps, requests, strict=True):
        if request is None:
            found.append(replace(step, left_out=True))
            continue
        changed |= _changed_days(step, request, language)
        found.append(replace(step, request=request, changed_days=dict(changed)))
    return found


def _changed_days(step: FilledStep, request: Mapping[str, Any], language: str) -> dict[str, str]:
    names = [each.name for each in fields_of(step.definition) if each.kind is FieldKind.DATE]
    days = [(_day(step.request.get(name)), _day(request.get(name))) for name in names if name in PLACEHOLDERS]
    return {
        format_date(before, language): format_date(now, language)
        for before, now in days
        if before and now and before != now
    }


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def read_steps(steps: Sequence[FilledStep], clock: Clock) -> list[ReadStep]:
    """The steps that are not left out, with what each action's own schema reads.

    No placeholder is left in any text, and no day that was changed. ValidationError under `steps`, by number and field.
    """
    found: list[ReadStep] = []
    errors: dict[int, Errors] = {}
    for number, each in enumerate(steps):
        try:
            if not each.left_out:
                found.append(ReadStep(number, each.definition, _data(each, clock)))
        except ValidationError as error:
            errors[number] = error.messages_dict
    if not found and not errors:
        errors[0] = {LEFT_OUT: [later("Leave at least one step.")]}
    if errors:
        raise ValidationError({"steps": errors})
    return found


def check(steps: Sequence[Step], choices: Mapping[str, Choices], clock: Clock) -> None:
    """Raise ValidationError for what no case could take: under `steps`, by number, then `action` or `values` and field.

    `choices`: what may be chosen where the macro is offered, by its name in `FormField.choices`.
    """
    errors: dict[int, Errors] = {}
    for number, step in enumerate(steps):
        if of_values := _errors(step, choices, clock):
            errors[number] = {"values": of_values}
    impossible = first_impossible([Action(each.action) for each in steps])
    if impossible is not None:
        message = later("No case can be where this can be done, after the steps before it.")
        errors.setdefault(impossible, {})["action"] = [message]
    if errors:
        raise ValidationError({"steps": errors})


def _errors(step: Step, choices: Mapping[str, Choices], clock: Clock) -> Errors:
    definition = IN_MACRO[Action(step.action)]
    fields = {each.name: each for each in fields_of(definition)}
    errors: Errors = {name: [later("A step of a macro has no such field.")] for name in step.values.keys() - fields}
    for name in step.values.keys() & fields.keys():
        if of_field := _errors_of_value(definition, fields[name], step.values[name], choices):
            errors[name] = of_field
    return errors or _errors_of_request(definition, step, clock)


def _errors_of_value(
    definition: ActionDefinition, field: FormField, value: Any, choices: Mapping[str, Choices]
) -> list[str] | dict[str, list[str]]:
    """What is wrong with the way in which a value is kept, and with what it names."""
    if field.kind is FieldKind.TEXT:
        return _errors_of_text(value, languages_of(definition, field))
    if field.kind is FieldKind.DATE:
        days = value.get("days") if isinstance(value, Mapping) and len(value) == 1 else None
        is_number = isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= MOST_DAYS
        return [] if is_number else [later("Write a number of days, at most 366.")]
    if field.kind in _CHOSEN and field.choices in choices and value not in [code for code, _ in choices[field.choices]]:
        return [field.missing]
    return []


def _errors_of_text(value: Any, languages: Sequence[str]) -> list[str] | dict[str, list[str]]:
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        return [later("Give the text by language.")]
    errors = {each: [later("This is written in Swedish only.")] for each in value.keys() - set(languages)}
    if not value.get("sv"):
        errors["sv"] = [later("Write the text in Swedish.")]
    for language, text in value.items():
        if names := unknown(text):
            errors[language] = [later("There is no placeholder called {names}.").format(names=in_braces(names))]
    return errors


def _errors_of_request(definition: ActionDefinition, step: Step, clock: Clock) -> Errors:
    """What the action's own schema has against the step, in each language that it has a text in."""
    texts = [each.name for each in fields_of(definition) if each.kind is FieldKind.TEXT]
    errors: Errors = {}
    for language in sorted({"sv"} | {each for name in texts for each in step.values.get(name, {})}, reverse=True):
        try:
            read(definition, _request(step, _WRITTEN, language=language, today=local_date(clock())), clock)
        except ValidationError as error:
            for name, messages in error.messages_dict.items():
                by_language = {language: messages} if name in step.values and name in texts else messages
                errors.setdefault(name, by_language)
    return errors


def _request(step: Step, values: Mapping[str, str | None], *, language: str, today: date) -> dict[str, Any]:
    texts = {each.name for each in fields_of(IN_MACRO[Action(step.action)]) if each.kind is FieldKind.TEXT}
    in_texts = {name: filled(localized(step.values[name], language), values) for name in texts & step.values.keys()}
    days = {name: day.isoformat() for name, day in _days(step, today).items()}
    return {**step.values, **in_texts, **days}


def _days(step: Step, today: date) -> dict[str, date]:
    """The days that a step sets, where the macro is carried out today."""
    days = [each.name for each in fields_of(IN_MACRO[Action(step.action)]) if each.kind is FieldKind.DATE]
    return {name: today + timedelta(days=step.values[name]["days"]) for name in days if name in step.values}


def _data(step: FilledStep, clock: Clock) -> dict[str, Any]:
    messages: Errors = {}
    try:
        data = read(step.definition, step.request, clock)
    except ValidationError as error:
        messages = error.messages_dict
    else:
        if data.get(FIELD):
            messages = {FIELD: [later("No files go with a macro.")]}
    messages |= _errors_of_filled_in(step)
    if messages:
        raise ValidationError(messages)
    return data


def _errors_of_filled_in(step: FilledStep) -> Errors:
    """What was to be filled in and is not, and days that were changed elsewhere than in a text."""
    own = {each.name for each in step.definition.form if each.kind is not FieldKind.DOCUMENTS}
    changed = later("You have changed the day to {now}, and this has {before} still.")
    messages: Errors = {}
    for name in own & step.request.keys():
        text = str(step.request[name])
        if names := left(text):
            messages[name] = [NOT_FILLED.format(names=in_braces(names))]
        for before, now in step.changed_days.items():
            if before in text and now not in text:
                messages[name] = [changed.format(now=now, before=before)]
    return messages


def _no_time() -> Any:
    """In the place of a clock, where a schema's fields are looked at and nothing is read."""
    raise AssertionError
