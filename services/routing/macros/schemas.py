"""How the API and the desk's form read and show macros."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields, post_load, validate

from services.routing.actions.definition import OfficersText
from services.routing.bulk.schemas import REASONS
from services.routing.macros.edit import MOST_STEPS, MacroContent
from services.routing.macros.steps import IN_MACRO, Step

MOST_NAME = 100
_LARGEST = 2**31 - 1

_VALUES = (
    "By field of the action’s own body. A text is by language, with placeholders: {“sv”: …, “en”: …}, where English is "
    "only for what the submitter reads. A day is {“days”: 14}: so many days after that on which the macro is carried "
    "out. All else is as the action has it; files are not part of a macro."
)
_REQUEST = "As the body of the action on one case."


class StepInSchema(Schema):
    """One action of a macro, with what it is requested with."""

    action = fields.Str(required=True, validate=validate.OneOf([str(each) for each in IN_MACRO]))
    values = fields.Dict(keys=fields.Str(), load_default=dict, metadata={"description": _VALUES})

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Step:
        """As a dataclass."""
        return Step(**data)


class MacroInSchema(Schema):
    """A macro; in every queue and e-service unless one is named."""

    EXAMPLE: ClassVar = {
        "name": "Begär ritning och vänta",
        "steps": [
            {
                "action": "request_supplement",
                "values": {
                    "text": {"sv": "Skicka en situationsplan till {case_number}.", "en": "Send a plan of the site."},
                    "answer_by": {"days": 14},
                },
            },
            {"action": "put_on_hold", "values": {"until_day": {"days": 15}, "reason": {"sv": "Väntar på ritning."}}},
            {"action": "add_tag", "values": {"tag": "ritning-saknas"}},
        ],
        "eservice": "bygglov",
    }

    name = OfficersText(required=True, most=MOST_NAME)
    steps = fields.List(fields.Nested(StepInSchema), required=True, validate=validate.Length(min=1, max=MOST_STEPS))
    queue = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=80))
    eservice = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=80))

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> MacroContent:
        """As a dataclass."""
        return MacroContent(**data)


class StepSchema(Schema):
    """One action of a macro, as it is kept."""

    action = fields.Str(required=True)
    values = fields.Dict(required=True, metadata={"description": _VALUES})


class MacroSchema(Schema):
    """A macro as it is now."""

    id = fields.UUID(required=True)
    version = fields.Int(required=True, metadata={"description": "As in the ETag."})
    name = fields.Str(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    queue = fields.Str(required=True, allow_none=True)
    eservice = fields.Str(required=True, allow_none=True)


class MacrosSchema(Schema):
    """The macros, by name."""

    items = fields.List(fields.Nested(MacroSchema), required=True)


class MacroVersionSchema(Schema):
    """What a macro was from a moment on, and who made it so."""

    version = fields.Int(required=True)
    at = fields.AwareDateTime(required=True)
    by_name = fields.Str(required=True)
    content = fields.Dict(required=True)


class MacroWithVersionsSchema(MacroSchema):
    """A macro with all its versions, the latest first."""

    versions = fields.List(fields.Nested(MacroVersionSchema), required=True)


class FilledStepSchema(Schema):
    """A step as it would be carried out with one case."""

    action = fields.Str(required=True, attribute="definition.action")
    request = fields.Dict(required=True, metadata={"description": _REQUEST})
    notified = fields.Str(
        required=True,
        metadata={"description": "Whether the submitter gets a message: always, never, or by_eservice."},
    )


class RejectedStepSchema(Schema):
    """The step that cannot be carried out, and why."""

    step = fields.Int(required=True, metadata={"description": "The first is 1."})
    action = fields.Str(required=True)
    reason = fields.Str(required=True, metadata={"description": REASONS})
    state = fields.Str(required=True, allow_none=True, metadata={"description": "The state that does not allow it."})
    errors = fields.Dict(
        keys=fields.Str(), values=fields.Str(), required=True, metadata={"description": "What is wrong, by field."}
    )


class OfferedMacroSchema(Schema):
    """A macro that is possible with a case, as far as can be known."""

    id = fields.UUID(required=True)
    version = fields.Int(required=True)
    name = fields.Str(required=True)
    actions = fields.List(fields.Str(), required=True)


class OfferedMacrosSchema(Schema):
    """The macros that are possible with a case, those for its own queue or e-service first."""

    items = fields.List(fields.Nested(OfferedMacroSchema), required=True)


class MacroPreviewSchema(Schema):
    """What a macro would do with a case. `rejected` null: all of it is possible as it is now."""

    id = fields.UUID(required=True, attribute="macro.id")
    version = fields.Int(required=True, attribute="macro.version")
    name = fields.Str(required=True, attribute="macro.name")
    steps = fields.List(fields.Nested(FilledStepSchema), required=True)
    rejected = fields.Nested(RejectedStepSchema, required=True, allow_none=True)


class MacroRunSchema(Schema):
    """Which macro to carry out, and what its steps are requested with."""

    EXAMPLE: ClassVar = {
        "macro": "17818950-eaf5-4b52-99a6-8ff8c36aebc4",
        "macro_version": 2,
        "steps": [
            {"text": "Skicka en situationsplan.", "answer_by": "2026-12-11"},
            {"until_day": "2026-12-12", "reason": "Väntar på ritning."},
            None,
        ],
    }

    macro = fields.UUID(required=True, data_key="macro", attribute="macro_id")
    macro_version = fields.Int(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, _LARGEST),
        metadata={"description": "As you read it; it is not carried out when it is another by now."},
    )
    steps = fields.List(
        fields.Dict(keys=fields.Str(), allow_none=True),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MOST_STEPS),
        metadata={
            "description": f"Of each step, in their order: {_REQUEST} A step that is null is left out."
            " Without it, as the macro has them."
        },
    )
