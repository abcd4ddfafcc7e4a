"""Editors check every YAML file that municipalities keep by a schema, and the schemas are what the code gives."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from services.operations.file_schemas import file_schemas
from tests.house.reading import ROOT

SCHEMAS = ROOT / "docs/schemas"
KINDS = {
    "eservices/*/*.yaml": "eservice",
    "eservices/*/tests/*.yaml": "eservice_tests",
    "services/intake/eservices/authoring/plain_language.yaml": "plain_language",
    "eservices/*/data/*.yaml": "table",
    "municipalities/*/casework.yaml": "casework",
    "municipalities/*/municipality.yaml": "municipality",
    "services/intake/eservices/vocabulary.yaml": "vocabulary",
    "services/notify/messages/messages.yaml": "messages",
}
FILES = {str(path.relative_to(ROOT)): kind for pattern, kind in KINDS.items() for path in sorted(ROOT.glob(pattern))}


def schema_of(kind: str) -> Path:
    return SCHEMAS / f"{kind}.schema.json"


def test_the_schemas_are_up_to_date() -> None:
    written = {path.name.removesuffix(".schema.json"): json.loads(path.read_text()) for path in SCHEMAS.iterdir()}

    assert written == file_schemas(), "run `arende docs schemas`"


@pytest.mark.parametrize("kind", sorted(set(KINDS.values())))
def test_every_schema_is_json_schema(kind: str) -> None:
    Draft202012Validator.check_schema(json.loads(schema_of(kind).read_text()))


def test_yaml_is_read_in_one_place_which_bounds_it() -> None:
    reading = re.compile(r"\byaml\.\w*(?:load|parse|compose|scan|Loader)|^from yaml import", re.M)
    found = {
        str(path.relative_to(ROOT))
        for top in ("services", "shared")
        for path in ROOT.glob(f"{top}/**/*.py")
        if reading.search(path.read_text())
    }

    assert found == {"shared/yaml_files.py"}


def test_every_file_has_a_schema() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("eservices", "municipalities", "services", "shared")
        for path in ROOT.glob(f"{folder}/**/*.y*ml")
        if path.name != "response_examples.yaml"  # which the API's own schemas describe
    }

    assert found == set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_every_file_leads_editors_to_its_schema(file: str) -> None:
    path = ROOT / file
    relative = os.path.relpath(schema_of(FILES[file]), path.parent)

    assert path.read_text().startswith(f"# yaml-language-server: $schema={relative}\n")


@pytest.mark.parametrize("file", FILES)
def test_every_file_is_valid(file: str) -> None:
    schema = json.loads(schema_of(FILES[file]).read_text())
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    errors = [
        f"{each.json_path}: {each.message}" for each in validator.iter_errors(yaml.safe_load((ROOT / file).read_text()))
    ]
    assert errors == []
