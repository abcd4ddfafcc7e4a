"""How the API shows a saved filter, and what it is sent of one."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.routing.cases.state_machine import State
from services.routing.desk import short_query
from services.routing.queues.list_cases import CaseFilter, sort_of
from services.routing.queues.schemas import CasesQuery
from services.routing.queues.sorting import Sort
from services.routing.saved_filters.filters import LONGEST_NAME


class NameSchema(Schema):
    """The name of a filter."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"name": "Mina, äldst först"}

    name = fields.Str(required=True, validate=validate.Length(min=1, max=LONGEST_NAME), metadata={"pattern": r"\S"})

    @validates_schema
    def _is_more_than_blanks(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data["name"].strip():
            raise ValidationError("Shorter than minimum length 1.", "name")


class FilterSchema(NameSchema):
    """A filter to be saved: `filter` has what `GET /queues/<code>/cases` takes, but for the cursor."""

    EXAMPLE: ClassVar = {"name": "Mina, äldst först", "filter": {"whose": "mine", "sort": "age"}, "private": True}

    filter = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)
    private = fields.Bool(load_default=False, metadata={"description": "For you alone, not for all who see the queue."})

    @validates_schema(skip_on_field_errors=True)
    def _filters(self, data: Mapping[str, Any], **_: Any) -> None:
        if "cursor" in data["filter"]:
            raise ValidationError({"filter": {"cursor": ["Unknown field."]}})
        if errors := CasesQuery().validate(data["filter"]):
            raise ValidationError({"filter": errors})


class SavedFilterSchema(Schema):
    """A saved filter of a queue; `query` is as in the address of the queue's page."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    query = fields.Str(required=True)
    private = fields.Bool(required=True, metadata={"description": "Yours alone."})
    saved_by = fields.Str(required=True)
    saved_at = fields.AwareDateTime(required=True)
    version = fields.Int(required=True, metadata={"description": "As in the ETag."})


class SavedFiltersSchema(Schema):
    """The saved filters of a queue, by name."""

    items = fields.List(fields.Nested(SavedFilterSchema), required=True)


def query_of(chosen: Mapping[str, str]) -> str:
    """A filter as the query of an address, the same text however it was put together.

    An order that its cases do not have is left out: the API refuses it.
    """
    kept = short_query.chosen(CasesQuery(), chosen)
    if not _has_order(kept):
        del kept["sort"]
    return urlencode(sorted(kept.items()))


def _has_order(kept: Mapping[str, str]) -> bool:
    try:
        state, sort = State(kept["state"]), Sort(kept["sort"])
    except (KeyError, ValueError):
        return True
    return sort_of(CaseFilter(state), sort) is sort
