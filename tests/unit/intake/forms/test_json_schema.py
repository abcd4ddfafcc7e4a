"""The JSON Schema of what an e-service takes."""

from services.intake.forms.json_schema import json_schema
from tests.unit.intake.forms.demo_forms import ESERVICES


def test_the_json_schema_has_what_depends_on_a_box():
    answers = json_schema(ESERVICES["felanmalan"], "here")["properties"]["answers"]

    assert {
        "if": {"properties": {"wants_answer": {"const": True}}, "required": ["wants_answer"]},
        "then": {"required": ["email"]},
        "else": {"properties": {"email": False}},
    } in answers["allOf"]
