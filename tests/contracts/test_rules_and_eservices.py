"""What the rules of a municipality look for is what its e-services ask; each is written where the other is not read."""

from pathlib import Path

import pytest
import yaml

from services.intake.definitions.files import load

ROOT = Path(__file__).parents[2]
DEFINITIONS = load(ROOT / "eservices")
CASEWORK = {file.parent.name: yaml.safe_load(file.read_bytes()) for file in ROOT.glob("municipalities/*/casework.yaml")}


def answers_looked_for():
    """Every comparison of a rule with an answer: municipality, field, value."""
    for slug, casework in CASEWORK.items():
        for condition in (condition for rule in casework["rules"] for condition in rule["when"]):
            _, _, field = condition["fact"].partition("facts.")
            values = condition["value"] if isinstance(condition["value"], list) else [condition["value"]]
            yield from ((slug, field, value) for value in values if field and isinstance(value, str))


@pytest.mark.parametrize(("slug", "field", "value"), sorted(answers_looked_for()))
def test_an_answer_that_a_rule_looks_for_can_be_given(slug, field, value):
    asked = [service.fields[field] for service in DEFINITIONS.of(slug).values() if field in service.fields]

    assert any(each.fact and value in {option.code for option in each.options} for each in asked)


@pytest.mark.parametrize("slug", sorted(CASEWORK))
def test_every_board_that_an_e_service_is_for_is_one_of_the_municipalitys(slug):
    boards = {board["code"] for board in CASEWORK[slug]["boards"]}

    assert {service.board for service in DEFINITIONS.of(slug).values()} <= boards
