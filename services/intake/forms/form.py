"""An e-service's form: the marshmallow schema of its answers, built once, and the reading of what was sent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import marshmallow
from marshmallow import Schema, ValidationError

from services.intake.eservices.definition import EService, Field
from services.intake.forms.compounds import InvalidParts
from services.intake.forms.errors import ErrorMessage, FieldError, InvalidAnswer, SubmissionInvalid
from services.intake.forms.readers import reader
from services.intake.forms.words import is_blank
from shared.clock import Clock

CHOSEN = ("select", "radio")

Answers = dict[str, Any]


class Form:
    """One e-service, ready to read what is sent to it."""

    def __init__(self, eservice: EService, clock: Clock) -> None:
        self.eservice = eservice
        self._schema = _schema(eservice, clock)
        self._order = {name: place for place, name in enumerate(eservice.questions)}

    def read(self, answers: Mapping[str, Any], files: Mapping[str, Sequence[Any]]) -> Answers:
        """The answers as they are kept; `files` has what answers each question that asks for files.

        Raises SubmissionInvalid with every fault, each at its place.
        """
        given = {name: told for name, told in answers.items() if name in self.eservice.fields and not is_blank(told)}
        faults = [*self._of_names(answers), *self._of_conditions(given), *self._of_files(files)]
        try:
            read: Answers = self._schema.load(given)
        except ValidationError as fault:
            faults = [*_flat(fault.messages, "/answers"), *faults]
        if faults:
            raise SubmissionInvalid(sorted(faults, key=self._place))
        return read

    def _place(self, fault: FieldError) -> tuple[int, str]:
        """Faults stand in the order of the form, those at no question of its last."""
        name = fault.pointer.split("/")[2]
        return (self._order[name], "") if name in self._order else (len(self._order), fault.pointer)

    def _of_names(self, answers: Mapping[str, Any]) -> Iterator[FieldError]:
        """Told here and not by marshmallow, to which a member called `_schema` is something of its own."""
        for name in answers.keys() - self.eservice.fields.keys():
            yield FieldError(_pointer("/answers", name), _unknown(name))

    def _of_conditions(self, given: Mapping[str, Any]) -> Iterator[FieldError]:
        """To drop what is said beside an empty box, or to act on it, would both be to guess what was meant."""
        for name, field in self.eservice.fields.items():
            if field.required_if is None:
                continue
            condition, ticked = self.eservice.fields[field.required_if], given.get(field.required_if) is True
            if ticked and name not in given:
                yield FieldError(_pointer("/answers", name), _needed(field, condition))
            elif name in given and not ticked:
                yield FieldError(_pointer("/answers", condition.name), _not_asked(field, condition))

    def _of_files(self, files: Mapping[str, Sequence[Any]]) -> Iterator[FieldError]:
        for name in files.keys() - self.eservice.files.keys():
            yield FieldError(_pointer("/attachments", name), _unknown(name))
        for name, field in self.eservice.files.items():
            given = len(files.get(name, ()))
            if field.required and not given:
                yield _misplaced_file(
                    name, InvalidAnswer("required", "“%(label)s” must be attached.", label=field.label)
                )
            if given > field.max_files:
                yield _misplaced_file(
                    name,
                    InvalidAnswer(
                        "too_many_files",
                        "“%(label)s” may be at most %(most)s files.",
                        label=field.label,
                        most=field.max_files,
                    ),
                )


def _schema(eservice: EService, clock: Clock) -> Schema:
    members: dict[str, Any] = {name: _Question(field, clock) for name, field in eservice.fields.items()}
    schema: type[Schema] = type(f"{eservice.code}Answers", (Schema,), members)
    return schema()


class _Question(marshmallow.fields.Field[Any]):
    """A question as a field of marshmallow's, its faults told as ours."""

    def __init__(self, field: Field, clock: Clock) -> None:
        super().__init__(required=field.required, error_messages={"required": [_required(field)]})
        self._read = reader(field, clock)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        try:
            return self._read(value)
        except InvalidAnswer as fault:
            raise ValidationError([fault.fault]) from fault
        except InvalidParts as fault:
            raise ValidationError({name: [part.fault] for name, part in fault.parts.items()}) from fault


def _required(field: Field) -> ErrorMessage:
    if field.type in CHOSEN:
        return InvalidAnswer("required", "Choose an answer to “%(label)s”.", label=field.label).fault
    if field.type == "checkbox":
        return InvalidAnswer("required", "Tick “%(label)s” to go on.", label=field.label).fault
    return InvalidAnswer("required", "“%(label)s” must be filled in.", label=field.label).fault


def _needed(field: Field, condition: Field) -> ErrorMessage:
    return InvalidAnswer(
        "required",
        "“%(label)s” must be filled in when you have ticked “%(condition)s”.",
        label=field.label,
        condition=condition.label,
    ).fault


def _not_asked(field: Field, condition: Field) -> ErrorMessage:
    return InvalidAnswer(
        "not_asked",
        "Tick “%(condition)s”, or remove what you wrote in “%(label)s”.",
        label=field.label,
        condition=condition.label,
    ).fault


def _unknown(name: str) -> ErrorMessage:
    return InvalidAnswer("unknown_field", "There is no question called “%(name)s”.", name=name[:100]).fault


def _misplaced_file(name: str, wrong: InvalidAnswer) -> FieldError:
    return FieldError(_pointer("/attachments", name), wrong.fault)


def _flat(messages: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _flat(inner, _pointer(pointer, name))
        return
    for fault in messages:
        yield FieldError(pointer, fault)


def _pointer(parent: str, name: str) -> str:
    return f"{parent}/{name[:200].replace('~', '~0').replace('/', '~1')}"
