"""An e-service's form: the marshmallow schema of its answers, built once, and the reading of what was sent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import marshmallow
from marshmallow import Schema, ValidationError

from services.intake.eservices.definition import EService
from services.intake.forms.errors import FieldError, InvalidAnswer, InvalidParts, SubmissionInvalid
from services.intake.forms.fields.field import AnswerField, Field, is_blank
from shared.clock import Clock
from shared.validation import flattened

Answers = dict[str, Any]


class Form:
    """One e-service, ready to read what is sent to it."""

    def __init__(self, eservice: EService, clock: Clock) -> None:
        self.eservice = eservice
        self._schema = _schema(eservice, clock)
        self._order = {name: place for place, name in enumerate(eservice.questions)}

    def read(self, answers: Mapping[str, Any], files: Mapping[str, Sequence[Any]]) -> Answers:
        """The answers as they are stored; `files` has what answers each question that takes files.

        Raises SubmissionInvalid with every error, each at its place.
        """
        filled = {
            name: value for name, value in answers.items() if name in self.eservice.fields and not is_blank(value)
        }
        errors = [*self._unknown_questions(answers), *self._broken_conditions(filled), *self._file_errors(files)]
        try:
            read: Answers = self._schema.load(filled)
        except ValidationError as error:
            invalid = [FieldError(_pointer("answers", *path), each) for path, each in flattened(error.messages)]
            errors = [*invalid, *errors]
        if errors:
            raise SubmissionInvalid(sorted(errors, key=self._place))
        return read

    def _place(self, error: FieldError) -> tuple[int, str]:
        """The place of an error in the order of the form; errors that belong to no question come last."""
        name = error.pointer.split("/")[2]
        return (self._order[name], "") if name in self._order else (len(self._order), error.pointer)

    def _unknown_questions(self, answers: Mapping[str, Any]) -> Iterator[FieldError]:
        """Found here and not by marshmallow, for which a member called `_schema` has a special meaning."""
        for name in answers.keys() - self.eservice.fields.keys():
            yield FieldError(_pointer("answers", name), _unknown(name).error)

    def _broken_conditions(self, filled: Mapping[str, Any]) -> Iterator[FieldError]:
        """An answer that depends on a box that is not ticked is an error: to drop it or to use it would be a guess."""
        for name, field in self.eservice.fields.items():
            if field.required_if is None:
                continue
            condition, ticked = self.eservice.fields[field.required_if], filled.get(field.required_if) is True
            if ticked and name not in filled:
                yield FieldError(_pointer("answers", name), _needed(field, condition).error)
            elif name in filled and not ticked:
                yield FieldError(_pointer("answers", condition.name), _not_needed(field, condition).error)

    def _file_errors(self, files: Mapping[str, Sequence[Any]]) -> Iterator[FieldError]:
        for name in files.keys() - self.eservice.files.keys():
            yield FieldError(_pointer("attachments", name), _unknown(name).error)
        for name, field in self.eservice.files.items():
            for invalid in field.errors(len(files.get(name, ()))):
                yield FieldError(_pointer("attachments", name), invalid.error)


def _schema(eservice: EService, clock: Clock) -> Schema:
    members: dict[str, Any] = {name: _Question(field, clock) for name, field in eservice.fields.items()}
    schema: type[Schema] = type(f"{eservice.code}Answers", (Schema,), members)
    return schema()


class _Question(marshmallow.fields.Field[Any]):
    """A question as a field of marshmallow's, with our own error messages."""

    def __init__(self, field: AnswerField, clock: Clock) -> None:
        super().__init__(required=field.required, error_messages={"required": [field.required_error().error]})
        self._field, self._clock = field, clock

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        try:
            return self._field.read(value, self._clock)
        except InvalidAnswer as invalid:
            raise ValidationError([invalid.error]) from invalid
        except InvalidParts as invalid:
            raise ValidationError({name: [part.error] for name, part in invalid.parts.items()}) from invalid


def _needed(field: Field, condition: Field) -> InvalidAnswer:
    return InvalidAnswer(
        "required",
        "“%(label)s” must be filled in when you have ticked “%(condition)s”.",
        label=field.label,
        condition=condition.label,
    )


def _not_needed(field: Field, condition: Field) -> InvalidAnswer:
    return InvalidAnswer(
        "not_ticked",
        "Tick “%(condition)s”, or remove what you wrote in “%(label)s”.",
        label=field.label,
        condition=condition.label,
    )


def _unknown(name: str) -> InvalidAnswer:
    return InvalidAnswer("unknown_field", "There is no question called “%(name)s”.", name=name[:100])


def _pointer(*steps: str | int) -> str:
    return "".join(f"/{str(step)[:200].replace('~', '~0').replace('/', '~1')}" for step in steps)
