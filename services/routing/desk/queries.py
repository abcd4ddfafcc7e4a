"""Reading what the address of a list filters, sorts and limits by."""

from typing import Any
from urllib.parse import urlencode

from flask import abort, redirect, request, url_for
from marshmallow import EXCLUDE, Schema

from services.routing.desk.short_query import chosen
from shared.web.redirects import own_path


def query_of(schema: Schema) -> dict[str, Any]:
    """The query; a field left empty in the form filters nothing. ValidationError on what the form cannot give.

    A browser sends every field of a form; whoever opens such an address is led to one that has only what was chosen.
    """
    filled_in = {name: value.strip() for name, value in request.args.items() if value.strip()}
    query: dict[str, Any] = schema.load(filled_in, unknown=EXCLUDE)  # the language, and what tracks links
    kept = chosen(schema, request.args)
    if request.method == "GET" and len(kept) < len(request.args):
        here = url_for(request.endpoint or "", **(request.view_args or {}))
        address = f"{here}?{urlencode(kept)}" if kept else here  # not by url_for, whose options have names too
        abort(redirect(own_path(address, otherwise=here), 302))
    return query
