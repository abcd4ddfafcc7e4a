"""How the API shows queues and a page of cases, and what it and the desk are asked for."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from services.routing.cases.api_fields import localized_text
from services.routing.cases.schemas import CaseInListSchema
from services.routing.cases.state_machine import State
from services.routing.queues import list_cases as lists
from services.routing.queues.number_search import LARGEST
from services.routing.queues.sorting import PagePosition, Sort
from shared.web import paging


class QueueSchema(Schema):
    """A handling queue and how it stands."""

    code = fields.Str(required=True)
    name = localized_text()
    board = fields.Str(required=True)
    queued = fields.Int(required=True, metadata={"description": "Cases that wait for an officer."})
    in_hand = fields.Int(required=True, metadata={"description": "Cases that an officer has."})
    on_hold = fields.Int(required=True, metadata={"description": "Cases that come back by themselves; in neither."})
    overdue = fields.Int(required=True, metadata={"description": "Open cases past their last day."})
    oldest_received_at = fields.AwareDateTime(required=True, allow_none=True)


class QueuesSchema(Schema):
    """Every queue of the officer's boards."""

    items = fields.List(fields.Nested(QueueSchema), required=True)


class SomeCasesSchema(Schema):
    """One page of cases."""

    items = fields.List(fields.Nested(CaseInListSchema), required=True)
    next = fields.Str(
        required=True, allow_none=True, metadata={"description": "The next page's cursor; null on the last."}
    )


class CasePageSchema(SomeCasesSchema):
    """One page of a queue's cases."""

    total = fields.Int(required=True, metadata={"description": "How many cases there are on all pages."})
    total_is_exact = fields.Bool(required=True, metadata={"description": "False: there are more than `total`."})


class CasesQuery(paging.PageQuery):
    """Which of a queue's cases to list, and in which order."""

    state = fields.Enum(
        State, by_value=True, load_default=None, metadata={"description": "Leave out for all open ones."}
    )
    whose = fields.Enum(
        lists.Whose, by_value=True, load_default=None, metadata={"description": "Your own, or nobody's."}
    )
    must_be_decided = fields.Bool(
        load_default=False, metadata={"description": "Only those past their last day that must be decided."}
    )
    eservice = fields.Str(load_default=None, validate=validate.Length(max=80))
    number = fields.Str(
        load_default=None,
        validate=validate.Length(max=80),
        metadata={"description": "The case number; the board and the year may be left out: 12, 2026-12, BN 2026-12."},
    )
    on_hold = fields.Bool(
        load_default=False,
        metadata={
            "description": "Only those on hold. Otherwise they are left out, but for those that `number` or "
            "`must_be_decided` name, or a `state` that is not open."
        },
    )
    tag = fields.Str(load_default=None, validate=validate.Length(max=80))
    sort = fields.Enum(
        Sort,
        by_value=True,
        load_default=Sort.DEADLINE,
        metadata={
            "description": "With `-` the other way round; `newest` is that of `age`. E-services and officers come by "
            "name, in Swedish order. Cases that are not open can be listed by deadline and by age alone."
        },
    )


class OwnCasesQuery(paging.PageQuery):
    """Which of an officer's own cases to list."""

    on_hold = fields.Bool(load_default=False)


def filters_of(query: Mapping[str, Any], today: date) -> lists.CaseFilter:
    """Which cases a query wants."""
    return lists.CaseFilter(
        query["state"],
        query["whose"],
        query["eservice"],
        query["number"],
        today if query["must_be_decided"] else None,
        query["on_hold"],
        query["tag"],
    )


def position_of(cursor: str | None) -> PagePosition | None:
    """Where the page before ended, read from its cursor. Raises Problem 400."""
    if cursor is None:
        return None
    return PagePosition(*paging.decode(cursor, *_POSITION))


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("this part of a cursor is a text")
    return value


def _whole_number(value: Any) -> int:
    if not isinstance(value, int) or abs(value) > LARGEST:
        raise ValueError("no case has that number")
    return value


_POSITION = (date.fromisoformat, paging.moment, UUID, _text, _whole_number, _whole_number, _text)
