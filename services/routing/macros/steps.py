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
_WRITTEN = dict.fromkeys(PLACEHOLDERS, "…")  # what stands for values that are not known yet
_CHANGED = later("By what you have changed it is {now}, and this has {before} still.")
_GONE = later("By what you have changed {before} no longer holds, and this has it still.")
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

    `values`: what the placeholders of its texts stand for when it is carried out. `outdated`: what they would stand
    for, had the officer changed no step, with what it is instead. `left_out`: it is not carried out in this case.
    """

    definition: ActionDefinition
    request: Mapping[str, Any]
    values: Mapping[str, str | None]
    outdated: Mapping[str, str | None] = field(default_factory=dict)
    left_out: bool = False


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


def fill(step: Step, values: Mapping[str, str | None], language: str, today: date) -> FilledStep:
    """The step with what the case has in the place of placeholders, in the submitter's language; it is `is_known`.

    A day that the step sets is the one that its placeholder stands for.
    """
    known = {**values, **_as_texts(_days(step, today), language)}
    used = {name for text in _texts_of(step) for name in left(localized(step.values[text], language))}
    request = _request(step, known, language=language, today=today)
    return FilledStep(IN_MACRO[Action(step.action)], request, {name: known[name] for name in used & known.keys()})


def requested(step: FilledStep, request: Mapping[str, Any] | None, language: str) -> FilledStep:
    """The step with what an officer requests it with instead, such as another day; None leaves it out."""
    if request is None:
        return replace(step, left_out=True)
    names = [each.name for each in fields_of(step.definition) if each.kind is FieldKind.DATE]
    days = {name: day for name in names if name in step.values and (day := _day(request.get(name)))}
    return replace(step, request=request, values={**step.values, **_as_texts(days, language)})


def written_out(step: FilledStep) -> FilledStep:
    """The step with something in the place of what is still to be written, so that it can be tried."""
    return replace(step, request={name: _written_out(value) for name, value in step.request.items()})


def _written_out(value: Any) -> Any:
    return filled(value, _WRITTEN) if isinstance(value, str) else value


def outdated(before: FilledStep, now: FilledStep) -> dict[str, str | None]:
    """What the placeholders of a step stood for before an officer changed something, with what they stand for now."""
    stands = {name: now.values[name] for name in before.values}
    return {value: stands[name] for name, value in before.values.items() if value and value not in stands.values()}


def _as_texts(days: Mapping[str, date], language: str) -> dict[str, str]:
    return {name: format_date(day, language) for name, day in days.items() if name in PLACEHOLDERS}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def read_steps(steps: Sequence[FilledStep], clock: Clock) -> list[ReadStep]:
    """The steps that are not left out, with what each action's own schema reads.

    No placeholder is left in any text, and nothing outdated. ValidationError under `steps`, by number and field.
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


def check_steps(steps: Sequence[Step], choices: Mapping[str, Choices], clock: Clock) -> None:
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
    rest = Step(step.action, {name: value for name, value in step.values.items() if name not in errors})
    return {**_errors_of_request(definition, rest, clock), **errors}


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
    in_texts = {name: filled(localized(step.values[name], language), values) for name in _texts_of(step)}
    days = {name: day.isoformat() for name, day in _days(step, today).items()}
    return {**step.values, **in_texts, **days}


def _texts_of(step: Step) -> set[str]:
    """The fields in which the step has a text."""
    texts = {each.name for each in fields_of(IN_MACRO[Action(step.action)]) if each.kind is FieldKind.TEXT}
    return texts & step.values.keys()


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
    """What was to be filled in and is not, and what no longer holds by what was changed elsewhere."""
    own = {each.name for each in step.definition.form if each.kind is not FieldKind.DOCUMENTS}
    messages: Errors = {}
    for name in own & step.request.keys():
        text = str(step.request[name])
        if names := left(text):
            messages[name] = [NOT_FILLED.format(names=in_braces(names))]
        for before, now in step.outdated.items():
            if before in text and not (now and now in text):
                messages[name] = [(_CHANGED if now else _GONE).format(now=now, before=before)]
    return messages


def _no_time() -> Any:
    """In the place of a clock, where a schema's fields are looked at and nothing is read."""
    raise AssertionError
