"""The reference of field types is written from the code, and what it has is read as it stands there."""

import pytest
from marshmallow import fields

from services.intake.forms.fields.keys import TextSchema
from services.intake.forms.fields.registry import FIELD_TYPES, schema_of
from services.operations.field_reference import field_reference
from tests.house.reading import text
from tests.unit.intake.forms.fields.fields import example

every_type = pytest.mark.parametrize("type_name", FIELD_TYPES)


def keys_within(schema, path=""):
    """Every key with its path, those within others too."""
    for name, key in schema.fields.items():
        yield f"{path}{name}", key
        inner = key.inner if isinstance(key, fields.List) else key
        if isinstance(inner, fields.Nested) and not isinstance(inner.schema, TextSchema):
            yield from keys_within(inner.schema, f"{path}{name}.")


def test_the_reference_is_up_to_date():
    assert text("docs/field-types.md") == field_reference(), "run `arende docs fields`"


@every_type
def test_every_key_of_a_type_is_explained(type_name):
    rows = text("docs/field-types.md").splitlines()

    for path, key in keys_within(schema_of(FIELD_TYPES[type_name])):
        assert key.metadata.get("description"), path
        assert any(row.startswith(f"| `{path}` | ") for row in rows), path


@every_type
def test_the_example_of_a_type_is_a_definition_of_it(type_name):
    assert example(type_name).type == type_name
