"""The condition that a case has a tag."""

from typing import Any

import orjson
from sqlalchemy import Boolean, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from services.routing.cases.models import Case


class has_tag(FunctionElement[bool]):  # noqa: N801 - a condition, used as a function
    """The condition that a case has this tag, whole. On PostgreSQL its index finds them."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, tag: str) -> None:
        """Take the tag."""
        super().__init__(Case.tags, bindparam(None, orjson.dumps([tag]).decode(), type_=Text()))


@compiles(has_tag)
def _in_json(condition: has_tag, compiler: Any, **named: Any) -> str:
    tags, wanted = (compiler.process(each, **named) for each in condition.clauses)
    return f"EXISTS (SELECT 1 FROM json_each({tags}) WHERE value = json_extract({wanted}, '$[0]'))"  # noqa: S608


@compiles(has_tag, "postgresql")
def _in_jsonb(condition: has_tag, compiler: Any, **named: Any) -> str:
    tags, wanted = (compiler.process(each, **named) for each in condition.clauses)
    return f"{tags} @> CAST({wanted} AS jsonb)"
