"""What a `casework.yaml` must look like: one marshmallow schema, which finds every error at once."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from services.routing.organisation.organisation import AUTHORITIES, Board, NamedOfficer, Queue, System
from services.routing.rules.rules import Priority
from shared.events.intake import Deadline
from shared.events.routing import Authority
from shared.file_schema import EnumValue, FileSchema, OneOf
from shared.i18n.translations import DEFAULT
from shared.municipalities import LANGUAGES
from shared.swedish.law import DeadlineUnit
from shared.validation import described

PRIORITIES = tuple(each.code for each in Priority)
PARTS_OF_NUMBER = ("board", "year", "number")


def _check_pattern(pattern: str) -> None:
    """Only board, year and number, all three of them: else two boards could have the same number."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(pattern) if name is not None]
        pattern.format(board="TN", year=2026, number=1)
    except (ValueError, LookupError, AttributeError) as error:
        raise ValidationError("is not a pattern as {board} {year}-{number:05d}") from error
    if sorted(named) != sorted(PARTS_OF_NUMBER):
        raise ValidationError("must hold {board}, {year} and {number}, once each")


_Code = validate.Regexp(r"^[A-Za-z][A-Za-z0-9-]{0,30}$")
_Tag = validate.Regexp(r"^[a-zåäö0-9][a-zåäö0-9-]{0,39}\Z", error="must be small letters, digits and -, 40 at most")


def _texts(meaning: str) -> fields.Dict:
    def in_swedish(texts: Mapping[str, str]) -> None:
        if DEFAULT not in texts:
            raise ValidationError("the Swedish text (sv) is missing")

    return fields.Dict(
        keys=fields.Str(validate=OneOf(LANGUAGES)),
        values=fields.Str(),
        required=True,
        validate=in_swedish,
        metadata={**described(meaning), "required": [DEFAULT]},
    )


class Conditions(fields.Raw):
    """A condition, or a list of them that must all hold; `shared.conditions` parses them."""


class BoardSchema(FileSchema):
    """A board: an authority with a register of its own."""

    # It does not end in a digit: where the pattern puts a number right after it, T 12 and T1 2 would both be T12.
    code = fields.Str(
        required=True,
        validate=[_Code, validate.Regexp(r".*[A-Za-z]$", error="must end in a letter")],
        metadata=described("The code that e-services name, and that officers' tokens carry."),
    )
    name = _texts("The board's name.")
    number_pattern = fields.Str(
        required=True,
        validate=_check_pattern,
        metadata={
            **described('Makes case numbers of board, year and number, as "{board} {year}-{number:05d}".'),
            "pattern": "".join(["^", *(rf"(?=.*\{{{name}[:}}])" for name in PARTS_OF_NUMBER)]),
        },
    )

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Board:
        """As a dataclass."""
        return Board(**data)


class QueueSchema(FileSchema):
    """A handling queue, where a board's cases wait."""

    code = fields.Str(required=True, validate=_Code, metadata=described("The code that rules name."))
    name = _texts("The queue's name.")
    board = fields.Str(required=True, metadata=described("The code of the board whose cases wait in it."))
    publish = fields.Bool(load_default=False, metadata=described("Another system may work the queue over the bus."))

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Queue:
        """As a dataclass."""
        return Queue(**data)


class ProtectedRegistrarSchema(FileSchema):
    """The queue of secret cases that no board or rule takes, and the subjects of those who see it."""

    queue = fields.Str(required=True, metadata=described("The code of the queue."))
    officers = fields.List(
        fields.Str(validate=validate.Length(min=1, max=200)),
        required=True,
        validate=validate.Length(min=1),
        metadata=described("The subjects in the tokens of the only people who see what is in the queue."),
    )


class OfficerSchema(FileSchema):
    """An officer who can be given cases before they have signed in."""

    subject = fields.Str(
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata=described("The subject in their tokens."),
    )
    name = fields.Str(required=True, validate=validate.Length(min=1, max=200), metadata=described("Their name."))
    boards = fields.List(
        fields.Str(),
        required=True,
        validate=validate.Length(min=1),
        metadata=described("The codes of the boards whose cases they handle, until their own token says which."),
    )

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> NamedOfficer:
        """As a dataclass."""
        return NamedOfficer(data["subject"], data["name"], tuple(data["boards"]))


class SystemSchema(FileSchema):
    """Another system that works handling queues over the bus."""

    user = fields.Str(
        required=True,
        validate=validate.Length(min=1, max=100),
        metadata=described("The broker's user that it signs in as."),
    )
    name = fields.Str(
        required=True, validate=validate.Length(min=1, max=200), metadata=described("Its name, in journals.")
    )
    queues = fields.List(
        fields.Str(),
        required=True,
        validate=validate.Length(min=1),
        metadata=described("The codes of its queues, which have `publish: true`."),
    )

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> System:
        """As a dataclass."""
        return System(data["user"], data["name"], tuple(data["queues"]))


class AuthoritySchema(FileSchema):
    """Whom decisions are appealed to."""

    name = _texts("The authority's name.")
    address = fields.Str(
        load_default=None, metadata=described("Where appeals are sent, when they are not sent to the board.")
    )

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Authority:
        """As a dataclass."""
        return Authority(**data)


class DeadlineSchema(FileSchema):
    """How long the board has, in place of the e-service's deadline."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 5_000))
    unit = EnumValue(DeadlineUnit, required=True)
    basis = _texts("The rule and how firm it is; shown beside the last day.")

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Deadline:
        """As a dataclass."""
        return Deadline(**data)


class RuleSchema(FileSchema):
    """Which cases go to which queue."""

    name = fields.Str(
        required=True,
        validate=validate.Length(min=1, max=80),
        metadata=described("What officers and figures call it; no two rules have the same."),
    )
    because = _texts("Completes a sentence that the submitter reads: Ärendet lades i kön Gatubelysning eftersom …")
    when = Conditions(
        required=True, metadata=described("A list of conditions, all of which must hold; or one condition.")
    )
    queue = fields.Str(required=True, metadata=described("The code of the queue that the case goes to."))
    priority = fields.Str(load_default="normal", validate=OneOf(PRIORITIES), metadata=described("Kept with the case."))
    tags = fields.List(
        fields.Str(validate=_Tag),
        load_default=list,
        validate=validate.Length(max=10),
        metadata=described("Words in small letters, kept with the case."),
    )
    deadline = fields.Nested(
        DeadlineSchema, load_default=None, metadata=described("Takes the place of the e-service's deadline.")
    )


class CaseworkSchema(FileSchema):
    """How one municipality organises its casework: docs/casework.md has the meaning of each key."""

    boards = fields.List(
        fields.Nested(BoardSchema),
        required=True,
        validate=validate.Length(min=1),
        metadata=described("Each is an authority with a register of its own."),
    )
    queues = fields.List(
        fields.Nested(QueueSchema),
        required=True,
        validate=validate.Length(min=1),
        metadata=described("Where cases wait; who may see a queue follows from its board."),
    )
    registrar_queue = fields.Str(
        required=True, metadata=described("The code of the queue that takes what no rule matches.")
    )
    protected_registrar = fields.Nested(
        ProtectedRegistrarSchema,
        load_default=None,
        metadata=described("Takes a secret case that no rule matches or whose board there is not."),
    )
    officers = fields.List(
        fields.Nested(OfficerSchema),
        load_default=list,
        metadata=described(
            "Officers who can be given cases before they have signed in; others are known when they have."
        ),
    )
    systems = fields.List(
        fields.Nested(SystemSchema),
        load_default=list,
        metadata=described("Other systems that work queues over the bus, by commands."),
    )
    rules = fields.List(
        fields.Nested(RuleSchema),
        required=True,
        metadata=described("Tried in this order; the first whose conditions all hold decides."),
    )
    appeals = fields.Dict(
        keys=fields.Str(validate=OneOf(tuple(AUTHORITIES))),
        values=fields.Nested(AuthoritySchema),
        load_default=dict,
        metadata=described("Whom decisions are appealed to, by the kind that an e-service names."),
    )
