"""How a search is asked for, and what was found is shown."""

from typing import ClassVar

from marshmallow import fields, validate

from services.routing.queues.schemas import SomeCasesSchema
from services.routing.search.find import Rank, SearchPosition
from services.routing.search.words import LONGEST
from shared.web import paging

DESCRIPTION = (
    "Words that the case has all of, or parts of them; a case number, however it is written; a telephone number."
)


class SearchAddressQuery(paging.PageQuery):
    """What is searched for, in an address."""

    q = fields.Str(
        required=True,
        validate=validate.Length(max=LONGEST),
        metadata={"description": f"{DESCRIPTION} An identity number is rejected: post it instead."},
    )


class SearchSchema(paging.PageQuery):
    """What is searched for, in a body."""

    EXAMPLE: ClassVar = {"q": "belysning dalgatan"}

    q = fields.Str(
        required=True,
        validate=validate.Length(max=LONGEST),
        metadata={"description": f"{DESCRIPTION} An identity number is compared as a hash."},
    )


class FoundCasesSchema(SomeCasesSchema):
    """One page of what was found, the best first."""


def position_of(cursor: str | None) -> SearchPosition | None:
    """Where the page before ended, read from its cursor. Raises Problem 400."""
    return SearchPosition(*paging.decode(cursor, _rank, _document)) if cursor else None


def _rank(value: int) -> Rank:
    return Rank(value)


def _document(value: int) -> int:
    if not isinstance(value, int) or not 0 < value < 2**63:
        raise ValueError("no document has that number")
    return value
