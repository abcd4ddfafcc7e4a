"""What authors expect of their definitions, kept beside them: `<folder>/<place>/tests/<code>.yaml`.

Each expectation has answers, and what is to come of them: errors, or pages, computed values and the queue of the case.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.fields import keys
from services.intake.forms.form import Answers, Form
from shared import yaml_files
from shared.clock import Clock
from shared.file_schema import FileSchema, OneOf
from shared.municipalities import LANGUAGES
from shared.swedish.time import STOCKHOLM
from shared.validation import Path, described
from shared.yaml_files import Document, FileError

MOST_FILES = 20


@dataclass(frozen=True)
class Expected:
    """What is to come of the answers. `errors` are codes by place (`children.0.name`); what is None may be anything.

    `queue` is one for all municipalities, or each one's own by its slug.
    """

    errors: Mapping[str, str] = field(default_factory=dict)
    queue: str | Mapping[str, str] | None = None
    pages: tuple[str, ...] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def queue_in(self, slug: str) -> str | None:
        """The queue that is expected in a municipality; None where it may be any."""
        return self.queue.get(slug) if isinstance(self.queue, Mapping) else self.queue


@dataclass(frozen=True)
class Expectation:
    """Answers, and how many files answer the questions that take files; `at` is when they are sent, else now.

    `municipality` is the slug of the only one that they are sent to; else all that offer the e-service.
    """

    name: str
    answers: Mapping[str, Any]
    expect: Expected
    files: Mapping[str, int] = field(default_factory=dict)
    language: str = "sv"
    municipality: str | None = None
    at: datetime | None = None

    def clock(self, now: Clock) -> Clock:
        """The time that they are sent at."""
        at = self.at
        return now if at is None else lambda: at


@dataclass(frozen=True)
class FormOutcome:
    """The pages that are shown, the answers as they would be stored, and the codes of the errors by place."""

    pages: tuple[str, ...]
    answers: Answers
    errors: Mapping[str, str]


@dataclass(frozen=True)
class ExpectationFile:
    """The expectations of one definition, with the document that errors have their lines in."""

    document: Document
    expectations: Sequence[Expectation]

    def error(self, number: int, path: Path, message: str) -> FileError:
        """Something did not come out as expected."""
        return self.document.error(("tests", number, *path), message)


class Moment(fields.Field[datetime]):
    """A time in Sweden, `2026-11-27 14:00`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> datetime:
        try:
            found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("must be a time in Sweden, as 2026-11-27 14:00") from error
        return found if found.tzinfo else found.replace(tzinfo=STOCKHOLM)


class QueueCode(fields.Field[Any]):
    """The code of a queue, or a mapping from municipalities' slugs to such codes."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        codes = list(value.values()) if isinstance(value, dict) else [value]
        if not codes or not all(isinstance(each, str) for each in codes):
            raise ValidationError("must be the code of a queue, or {<municipality>: <code>}")
        return value


class ExpectedSchema(FileSchema):
    """What is to come of the answers: left out is what may be anything. Without `errors` they are to be accepted."""

    errors = fields.Dict(
        keys=fields.Str(),
        values=fields.Str(),
        metadata=described("The code of the error at each place that has one, as `place: required`."),
    )
    queue = QueueCode(
        metadata=described("The code of the queue that the case comes to, or each municipality's by its slug.")
    )
    pages = fields.List(fields.Str(), metadata=described("The codes of the pages that are shown, in order."))
    values = fields.Dict(keys=fields.Str(), metadata=described("Computed values, by the name of their question."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Expected:
        """As a dataclass."""
        return Expected(**keys.with_tuples(data))


class ExpectationSchema(FileSchema):
    """Answers, and what is to come of them."""

    name = fields.Str(required=True, validate=keys.filled)
    answers = fields.Dict(keys=fields.Str(), required=True, metadata=described("As the API takes them."))
    files = fields.Dict(
        keys=fields.Str(),
        values=fields.Int(strict=True, validate=validate.Range(0, MOST_FILES)),
        metadata=described("How many files answer each question that takes files."),
    )
    language = fields.Str(validate=OneOf(LANGUAGES))
    municipality = fields.Str(metadata=described("The only one that they are sent to; else all that offer it."))
    at = Moment(metadata=described("When they are sent, in Sweden: `2026-11-27 14:00`. Now, when left out."))
    expect = fields.Nested(ExpectedSchema, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Expectation:
        """As a dataclass, with answers as JSON has them."""
        return Expectation(**{**data, "answers": _as_json(data["answers"])})


class ExpectationsSchema(FileSchema):
    """What an author expects of a definition."""

    tests = fields.List(fields.Nested(ExpectationSchema), required=True, validate=keys.filled)


def read(file: FilePath) -> tuple[ExpectationFile | None, list[FileError]]:
    """The expectations in a file, and all that is wrong in it."""
    try:
        document = yaml_files.read(file)
    except FileError as error:
        return None, [error]
    try:
        written = ExpectationsSchema().load(document.content)
    except ValidationError as error:
        return None, document.errors(error.messages)
    return ExpectationFile(document, tuple(written["tests"])), document.repeated_keys()


def outcome(expectation: Expectation, form: Form) -> FormOutcome:
    """What the form does with the answers."""
    files = {name: [None] * count for name, count in expectation.files.items()}
    reading = form.reading(expectation.answers, files)
    errors: Mapping[str, str] = {}
    try:
        form.read(expectation.answers, files)
    except SubmissionInvalid as invalid:
        errors = {".".join(each.pointer.split("/")[2:]): each.error.code for each in invalid.errors}
    return FormOutcome(tuple(page.code for page in reading.pages), reading.answers, errors)


def failures(expected: Expected, found: FormOutcome) -> Iterator[tuple[Path, str]]:
    """Where the form does not do what is expected of it."""
    if expected.pages is not None and expected.pages != found.pages:
        yield ("expect", "pages"), f"the pages are {', '.join(found.pages)}"
    for name, value in expected.values.items():
        computed = _value_at(found.answers, name)
        if computed != value:
            yield ("expect", "values", name), f"is {'not there' if computed is None else computed}, and not {value}"
    yield from _error_failures(expected.errors, found.errors)


def _error_failures(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    for place, code in expected.items():
        if found.get(place) != code:
            yield ("expect", "errors", place), f"is {found.get(place, 'accepted')}, and not {code}"
    for place, code in found.items():
        if place not in expected:
            yield ("expect",), f"{place or 'the form'} has the error {code}"


def _value_at(answers: Mapping[str, Any], name: str) -> Any:
    """The value of `area`, or of `rooms.0.area`."""
    value: Any = answers
    for step in name.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (LookupError, TypeError, ValueError):
            return None
    return value


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
