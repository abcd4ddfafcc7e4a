"""Reading what the address of a list filters, sorts and limits by."""

from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema


def query_of(schema: Schema) -> dict[str, Any]:
    """The query; a field left empty in the form filters nothing. ValidationError on what the form cannot give."""
    filled_in = {name: value.strip() for name, value in request.args.items() if value.strip()}
    query: dict[str, Any] = schema.load(filled_in, unknown=EXCLUDE)  # the language, and what tracks links
    return query
