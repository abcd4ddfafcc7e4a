"""How the API shows officers, absences and hand-overs, and what it and the desk are asked for."""

from typing import ClassVar
from uuid import UUID

from marshmallow import Schema, fields, validate

from services.routing.directory.find import DirectoryPosition
from services.routing.directory.hand_over import FailureReason
from shared.web import paging

_Codes = validate.Length(max=500)


class DirectoryQuery(paging.PageQuery):
    """Which officers to list."""

    name = fields.Str(
        load_default="", validate=validate.Length(max=100), metadata={"description": "A part of the name."}
    )
    board = fields.Str(
        load_default=None, validate=validate.Length(max=80), metadata={"description": "The code of a board."}
    )


class OfficerNameSchema(Schema):
    """An officer by name."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class AbsenceSchema(Schema):
    """When an officer is away, both days in it; `last_day` null: until it is removed."""

    id = fields.UUID(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True, allow_none=True)
    deputy_id = fields.UUID(required=True, allow_none=True)


class OfficerInListSchema(OfficerNameSchema):
    """An officer as the directory lists them. `absence` is the one that they are on today."""

    id = fields.UUID(required=True, attribute="officer.id")
    name = fields.Str(required=True, attribute="officer.name")
    subject = fields.Str(
        required=True, attribute="officer.subject", metadata={"description": "As assignments take it."}
    )
    every_board = fields.Bool(required=True, attribute="officer.every_board")
    boards = fields.List(fields.Str(), required=True, attribute="officer.boards")
    leads = fields.Bool(required=True, attribute="officer.leads", metadata={"description": "A leader or registrar."})
    last_seen_on = fields.Date(
        required=True,
        allow_none=True,
        attribute="officer.last_seen_on",
        metadata={"description": "Null: known from the municipality's file alone."},
    )
    absence = fields.Nested(AbsenceSchema, required=True, allow_none=True)
    deputy = fields.Nested(OfficerNameSchema, required=True, allow_none=True)


class DirectorySchema(paging.PageSchema):
    """One page of the directory, by name in Swedish order."""

    items = fields.List(fields.Nested(OfficerInListSchema), required=True)


class CompetenceSchema(Schema):
    """The codes of the queues and e-services whose cases `claim next` hands an officer; null: all of them."""

    EXAMPLE: ClassVar = {"queues": ["gata", "belysning"], "eservices": None}

    queues = fields.List(fields.Str(), required=True, allow_none=True, validate=_Codes)
    eservices = fields.List(fields.Str(), required=True, allow_none=True, validate=_Codes)


class OfficerSchema(OfficerInListSchema):
    """An officer of the directory with what is kept of them; `absences` are those that are not over."""

    competence = fields.Nested(CompetenceSchema, required=True, attribute="officer")
    absences = fields.List(fields.Nested(AbsenceSchema), required=True)


class AbsenceRequestSchema(Schema):
    """From and until which day an officer is away; without a last day until it is removed."""

    EXAMPLE: ClassVar = {
        "first_day": "2026-12-21",
        "last_day": "2027-01-06",
        "deputy": "cf557956-243f-4253-aef5-9098196fccbf",
    }

    first_day = fields.Date(required=True)
    last_day = fields.Date(load_default=None, allow_none=True)
    deputy = fields.UUID(load_default=None, allow_none=True, metadata={"description": "The id of an officer."})


class HandOverRequestSchema(Schema):
    """To whom an officer's open cases go (null: back to their queues), and of which queues (null: all)."""

    EXAMPLE: ClassVar = {"to": "cf557956-243f-4253-aef5-9098196fccbf", "queues": ["gata"]}

    to = fields.UUID(required=True, allow_none=True, metadata={"description": "The id of an officer."})
    queues = fields.List(fields.Str(), load_default=None, allow_none=True, validate=_Codes)


class HandOverQuery(Schema):
    """The same, to be previewed."""

    to = fields.UUID(load_default=None, metadata={"description": "The id of an officer; none: back to the queues."})
    queues = fields.List(fields.Str(), load_default=None, validate=_Codes)


class QueueCountSchema(Schema):
    """How many cases of a queue."""

    queue = fields.Str(required=True)
    cases = fields.Int(required=True)


class PreviewSchema(Schema):
    """What a hand-over would move. `not_taken` of the cases stay: the new officer may not have them.

    `subtasks_not_taken` of the open sub-tasks stay likewise, or as nobody has their case.
    """

    total = fields.Int(required=True)
    not_taken = fields.Int(required=True)
    subtasks = fields.Int(required=True)
    subtasks_not_taken = fields.Int(required=True)
    others_may_remain = fields.Bool(
        required=True,
        metadata={"description": "The officer has boards that you have not, with cases or without."},
    )
    queues = fields.List(fields.Nested(QueueCountSchema), required=True)


class HandOverFailureSchema(Schema):
    """A case that stays where it was, and why."""

    case_id = fields.UUID(required=True)
    number = fields.Str(required=True)
    reason = fields.Str(
        required=True,
        metadata={"description": f"One of {', '.join(FailureReason)}; later versions may have more."},
    )


class HandOverSchema(Schema):
    """A hand-over: under way until `ended_at` is set.

    `subtasks` open ones went then, and `subtasks_not_taken` stay; null before, and of those that ended in an older
    version.
    """

    id = fields.UUID(required=True)
    from_name = fields.Str(required=True)
    to_name = fields.Str(required=True, allow_none=True)
    queues = fields.List(fields.Str(), required=True, allow_none=True)
    total = fields.Int(required=True)
    handed = fields.Int(required=True)
    requested_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    subtasks = fields.Int(required=True, allow_none=True)
    subtasks_not_taken = fields.Int(required=True, allow_none=True)
    receiver_gone = fields.Bool(
        required=True, metadata={"description": "The new officer was no longer in the directory when it ended."}
    )
    failures = fields.List(fields.Nested(HandOverFailureSchema), required=True)


def position_of(cursor: str | None) -> DirectoryPosition | None:
    """Where the page before ended, read from its cursor. Raises Problem 400."""
    return DirectoryPosition(*paging.decode(cursor, _text, UUID)) if cursor else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no name")
    return value
