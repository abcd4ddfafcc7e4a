"""What an address has to have: a filter is the address that colleagues are sent."""

from collections.abc import Mapping

from marshmallow import Schema


def chosen(schema: Schema, values: Mapping[str, str]) -> dict[str, str]:
    """Those of a query's values that choose something: not what is empty, or what it is when it is left out.

    Names that the schema does not have are kept.
    """
    return {name: value for name, value in values.items() if name not in schema.fields or _chooses(schema, name, value)}


def _chooses(schema: Schema, name: str, value: str) -> bool:
    default = schema.fields[name].load_default
    return value.strip().casefold() not in ("", "" if default is None else str(default).casefold())
