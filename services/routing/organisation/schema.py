"""What a `casework.yaml` must look like: one marshmallow schema, which finds every error at once."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.routing.organisation.organisation import AUTHORITIES, Board, Queue
from services.routing.rules.rules import Priority
from shared.events.intake import Deadline
from shared.events.routing import Authority
from shared.municipalities import LANGUAGES

UNITS = ("days", "working_days", "weeks", "months")
PRIORITIES = tuple(each.name.lower() for each in Priority)


def _check_pattern(pattern: str) -> None:
    """Only board, year and number, all three of them: else two boards could have the same number."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(pattern) if name is not None]
        pattern.format(board="TN", year=2026, number=1)
    except (ValueError, LookupError, AttributeError) as error:
        raise ValidationError("is not a pattern as {board} {year}-{number:05d}") from error
    if sorted(named) != ["board", "number", "year"]:
        raise ValidationError("must hold {board}, {year} and {number}, once each")


_Code = validate.Regexp(r"^[A-Za-z][A-Za-z0-9-]{0,30}$")
_Tag = validate.Regexp(r"^[a-zåäö0-9][a-zåäö0-9-]{0,39}\Z", error="must be small letters, digits and -, 40 at most")


def _texts() -> fields.Dict:
    def in_swedish(texts: Mapping[str, str]) -> None:
        if "sv" not in texts:
            raise ValidationError("the Swedish text (sv) is missing")

    return fields.Dict(
        keys=fields.Str(validate=validate.OneOf(LANGUAGES)), values=fields.Str(), required=True, validate=in_swedish
    )


class BoardSchema(Schema):
    """A board."""

    # It does not end in a digit: where the pattern puts a number right after it, T 12 and T1 2 would both be T12.
    code = fields.Str(required=True, validate=[_Code, validate.Regexp(r".*[A-Za-z]$", error="must end in a letter")])
    name = _texts()
    number_pattern = fields.Str(required=True, validate=_check_pattern)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Board:
        """As a dataclass."""
        return Board(**data)


class QueueSchema(Schema):
    """A handling queue."""

    code = fields.Str(required=True, validate=_Code)
    name = _texts()
    board = fields.Str(required=True)
    publish = fields.Bool(load_default=False)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Queue:
        """As a dataclass."""
        return Queue(**data)


class ProtectedRegistrarSchema(Schema):
    """The queue of secret cases that no board or rule takes, and the subjects of those who see it."""

    queue = fields.Str(required=True)
    officers = fields.List(
        fields.Str(validate=validate.Length(min=1, max=200)), required=True, validate=validate.Length(min=1)
    )


class AuthoritySchema(Schema):
    """Whom decisions are appealed to."""

    name = _texts()
    address = fields.Str(load_default=None)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Authority:
        """As a dataclass."""
        return Authority(**data)


class DeadlineSchema(Schema):
    """How long the board has, in place of the e-service's deadline."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 5_000))
    unit = fields.Str(required=True, validate=validate.OneOf(UNITS))
    basis = _texts()

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Deadline:
        """As a dataclass."""
        return Deadline(**data)


class RuleSchema(Schema):
    """A rule; its conditions are parsed by `shared.conditions`."""

    name = fields.Str(required=True, validate=validate.Length(min=1, max=80))
    because = _texts()
    when = fields.Raw(required=True)
    queue = fields.Str(required=True)
    priority = fields.Str(load_default="normal", validate=validate.OneOf(PRIORITIES))
    tags = fields.List(fields.Str(validate=_Tag), load_default=list, validate=validate.Length(max=10))
    deadline = fields.Nested(DeadlineSchema, load_default=None)


class CaseworkSchema(Schema):
    """The whole file."""

    boards = fields.List(fields.Nested(BoardSchema), required=True, validate=validate.Length(min=1))
    queues = fields.List(fields.Nested(QueueSchema), required=True, validate=validate.Length(min=1))
    registrar_queue = fields.Str(required=True)
    protected_registrar = fields.Nested(ProtectedRegistrarSchema, load_default=None)
    rules = fields.List(fields.Nested(RuleSchema), required=True)
    appeals = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(tuple(AUTHORITIES))),
        values=fields.Nested(AuthoritySchema),
        load_default=dict,
    )
