"""Each service's API reference is valid OpenAPI 3.1 and complete enough to be used."""

import importlib
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.standalone.config import Settings, standalone_settings
from shared.settings import load
from tests.house.reading import SERVICES


@pytest.fixture(params=SERVICES)
def reference(request: pytest.FixtureRequest, tmp_path) -> dict[str, Any]:
    service = request.param
    settings = importlib.import_module(f"services.{service}.settings").Settings
    app = importlib.import_module(f"services.{service}.app").create_app(
        load(settings, standalone_settings(Settings(var=tmp_path)))
    )
    return app.test_client().get(f"/{service}/api/v1/openapi.json").get_json()


def test_it_is_valid(reference):
    OpenAPIV31SpecValidator(reference).validate()


def test_every_operation_is_described(reference):
    operations = [
        (method, path, operation)
        for path, methods in reference["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]

    assert operations
    for method, path, operation in operations:
        assert operation.get("summary") or operation.get("description"), f"{method} {path}"


def test_every_body_has_an_example_that_its_schema_takes(reference):
    bodies = [
        (f"{method} {path}", operation["requestBody"]["content"]["application/json"])
        for path, methods in reference["paths"].items()
        for method, operation in methods.items()
        if method != "parameters" and "application/json" in operation.get("requestBody", {}).get("content", {})
    ]

    for name, body in bodies:
        schema = body["schema"] | {"components": reference["components"]}
        if body["schema"].get("$ref", "").endswith("/Nothing"):
            continue
        example = body.get("example", _of_properties(schema))
        assert example, name
        OAS31Validator(schema).validate(example)


def test_every_answer_has_an_example_as_its_schema_describes_it(reference):
    answers = [
        (f"{method} {path} {status}", answer["content"]["application/json"])
        for path, methods in reference["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
        for status, answer in operation["responses"].items()
        if status.startswith("2") and "application/json" in answer.get("content", {})
    ]

    assert answers
    for name, answer in answers:
        assert "example" in answer, name
        OAS31Validator(answer["schema"] | {"components": reference["components"]}).validate(answer["example"])


def _of_properties(schema: dict[str, Any]) -> dict[str, Any]:
    """The examples of the schema's properties, where it has none for the whole."""
    if "$ref" in schema:
        schema = schema["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {name: each["example"] for name, each in schema["properties"].items() if "example" in each}
