"""docs/casework.md: each of its examples is read by the loader, and it leaves out no fact, operator or key."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from services.routing.organisation import loader
from services.routing.organisation.schema import CaseworkSchema, RuleSchema
from services.routing.rules.facts import types_of_every_submission
from shared import municipalities
from shared.conditions.operators import OPERATORS

DOCUMENT = Path("docs/casework.md").read_text()
FILE, NESTED = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
AREAS, BORDER = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
CONDITIONS = re.findall(r"`(\{fact: .*?\})`", DOCUMENT)

# The facts that the examples name and no e-service of ours gives.
EXAMPLE = """
code: exempel
board: TN
sections:
  - fields:
      - {name: starts_on, type: date, fact: true}
      - {name: place, type: place, fact: true}
      - {name: activities, type: a type of tomorrow, fact: true}
"""


@pytest.fixture
def folder(tmp_path):
    """Älvdalen, with the document's casework and areas, and the e-services that it is about."""
    common = tmp_path / "eservices" / "common"
    common.mkdir(parents=True)
    for code in ("felanmalan", "bygglov"):
        shutil.copy(f"eservices/common/{code}.yaml", common)
    (common / "exempel.yaml").write_text(EXAMPLE)
    place = tmp_path / "municipalities" / "alvdalen"
    shutil.copytree("municipalities/alvdalen", place)
    (place / "casework.yaml").write_text(FILE)
    (place / "areas.geojson").write_text(AREAS)
    return place


def read(folder):
    """What the loader makes of it."""
    return loader.load(folder.parent, folder.parents[1] / "eservices")["2039"]


def with_conditions(folder, when):
    """The document's casework, the last rule's conditions in place of its own."""
    casework = yaml.safe_load(FILE)
    casework["rules"][-1]["when"] = when
    (folder / "casework.yaml").write_text(yaml.safe_dump(casework, allow_unicode=True))
    return folder


def test_the_whole_file_is_casework(folder):
    casework = read(folder)

    assert casework.protected_queue.code == "skyddade"
    assert [(rule.name, rule.priority) for rule in casework.rules] == [
        ("Mörk gata på kvällen", 1),
        ("Gatubelysning", 0),
    ]
    assert set(casework.areas) == {"sarna"}


def test_the_nested_conditions_are_right(folder):
    assert read(with_conditions(folder, yaml.safe_load(NESTED)["when"]))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_example_of_each_operator_is_right(folder, condition):
    assert read(with_conditions(folder, [yaml.safe_load(condition)]))


def test_it_has_every_operator_with_an_example():
    explained = re.findall(r"^\| `(\w+)` \|.*\| `\{fact", DOCUMENT, re.MULTILINE)

    assert explained == list(OPERATORS)
    assert [yaml.safe_load(each)["operator"] for each in CONDITIONS] == explained


def test_it_has_every_fact():
    assert all(f"| `{fact}` |" in DOCUMENT for fact in types_of_every_submission([]))


def test_it_has_every_key():
    assert all(f"{key}:" in FILE for key in CaseworkSchema().fields)
    assert all(f"| `{key}` |" in DOCUMENT for key in RuleSchema().fields)


def test_its_areas_are_geojson():
    assert json.loads(AREAS)["type"] == "FeatureCollection"


def test_its_border_is_one(folder):
    (folder / "border.geojson").write_text(BORDER)

    border = municipalities.load(folder.parent)["alvdalen"].border
    assert [place.name for place in border.places] == ["Särna"]
    assert border.holds(border.places[0].position)
