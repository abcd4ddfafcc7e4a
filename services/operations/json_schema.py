"""A marshmallow schema that reads a file as the JSON Schema that editors check the file by (draft 2020-12)."""

from collections.abc import Callable, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import make_schema_key
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields, validate

JsonSchema = dict[str, Any]
Field = fields.Field[Any]
OwnFields = Mapping[type[Field], "Callable[[Converter], JsonSchema]"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Converter(OpenAPIConverter):
    """apispec's converter, with what it leaves out: docstrings, all patterns, forbidden values, the keys of a mapping.

    `own_fields` gives the JSON Schema of the field classes that are our own.
    """

    own_fields: OwnFields

    def definitions(self) -> dict[str, JsonSchema]:
        """What has been referred to so far, by name."""
        return dict(sorted(self.spec.components.schemas.items()))

    def nested(self, schema: Schema) -> JsonSchema:
        """A reference to the schema, which is defined by its class's name."""
        found: JsonSchema = self.resolve_nested_schema(schema)  # type: ignore[no-untyped-call]
        return found

    def define(self, name: str, schema: JsonSchema) -> JsonSchema:
        """A reference to the schema, which is known by the name from now on."""
        if name not in self.spec.components.schemas:
            self.spec.components.schema(name, schema)
        return reference(name)

    def get_ref_dict(self, schema: Schema) -> JsonSchema:
        """A reference to a schema that is in the document."""
        return reference(self.refs[make_schema_key(schema)])

    def schema2jsonschema(self, schema: Schema) -> JsonSchema:
        """An object, described by the schema's docstring."""
        found: JsonSchema = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        return described_by(type(schema).__doc__) | found

    def field2property(self, field: Field) -> JsonSchema:
        """A property, also of one of our own field classes."""
        for kind, convert in self.own_fields.items():
            if isinstance(field, kind):
                return self.metadata2properties(field) | convert(self)
        return super().field2property(field)

    def field2type_and_format(self, field: Field, **options: Any) -> JsonSchema:
        """The type, and the format by JSON Schema's own name."""
        found: JsonSchema = super().field2type_and_format(field, **options)
        return found | {"format": "uri"} if isinstance(field, fields.Url) else found

    def field2default(self, field: Field, **options: Any) -> JsonSchema:
        """The value of a key that is left out, where there is one."""
        return {name: value for name, value in super().field2default(field, **options).items() if value is not None}

    def field2choices(self, field: Field, **options: Any) -> JsonSchema:
        """The values that are allowed, or forbidden."""
        forbidden = [value for each in _of(field, validate.NoneOf) for value in each.iterable]
        return super().field2choices(field, **options) | ({"not": {"enum": forbidden}} if forbidden else {})

    def field2pattern(self, field: Field, **_: Any) -> JsonSchema:
        """Every pattern, as JavaScript writes them."""
        patterns = [{"pattern": _in_javascript(each.regex.pattern)} for each in _of(field, validate.Regexp)]
        return {"allOf": patterns} if len(patterns) > 1 else dict(*patterns)

    def dict2properties(self, field: Field, **options: Any) -> JsonSchema:
        """The values of a mapping, by key where only some keys are allowed."""
        found: JsonSchema = super().dict2properties(field, **options)
        if isinstance(field, fields.Dict) and field.key_field:
            names = super().field2property(field.key_field).get("enum")
            if names:
                value = found["additionalProperties"]
                return {"properties": dict.fromkeys(names, value), "additionalProperties": False}
        return found


class _Plugin(MarshmallowPlugin):
    Converter = Converter


def document(schema: Schema, title: str, own_fields: OwnFields) -> JsonSchema:
    """The JSON Schema of a file that the schema reads."""
    plugin = _Plugin()
    APISpec(title, version="1", openapi_version="3.1.0", plugins=[plugin])
    converter = plugin.converter
    assert isinstance(converter, Converter)
    converter.own_fields = own_fields
    body = converter.schema2jsonschema(schema)
    definitions = converter.definitions()
    return {"$schema": _DIALECT, "title": title, **body, **({"$defs": definitions} if definitions else {})}


def reference(name: str) -> JsonSchema:
    """A reference to what is defined in the same document."""
    return {"$ref": f"#/$defs/{name}"}


def described_by(text: str | None) -> JsonSchema:
    """A description, from the docstring or the name of what is described."""
    return {"description": " ".join(text.split())} if text else {}


def _of(field: Field, kind: type[Any]) -> list[Any]:
    return [each for each in field.validators if isinstance(each, kind)]


def _in_javascript(pattern: str) -> str:
    """marshmallow looks for a pattern at the start, and JSON Schema anywhere; JavaScript has no `\\Z`."""
    return "^" + pattern.removeprefix("^").replace(r"\Z", "$")
