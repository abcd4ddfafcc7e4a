"""How the API shows the cases that have to do with a case."""

from marshmallow import Schema, fields

from services.routing.cases.schemas import CaseInListSchema


class CaseLinkSchema(Schema):
    """A link that an officer has made between two cases."""

    kind = fields.Str(
        required=True, metadata={"description": "related, or joined: `case_id` is handled in `other_id`."}
    )
    case_id = fields.UUID(required=True)
    other_id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    by_name = fields.Str(required=True)


class RelatedCaseSchema(Schema):
    """A case that has to do with another: what they have in common, and how far apart they are."""

    case = fields.Nested(CaseInListSchema, required=True, attribute="listed")
    kinds = fields.List(fields.Str(), required=True, metadata={"description": "person, place."})
    metres = fields.Int(required=True, allow_none=True)
    link = fields.Nested(CaseLinkSchema, required=True, allow_none=True)


class RelatedSchema(Schema):
    """Linked cases, possible duplicates of an open case, and earlier cases of the same person or place."""

    linked = fields.List(fields.Nested(RelatedCaseSchema), required=True)
    duplicates = fields.List(fields.Nested(RelatedCaseSchema), required=True)
    earlier = fields.List(fields.Nested(RelatedCaseSchema), required=True)
