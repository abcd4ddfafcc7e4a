"""The files that the municipalities keep fit together: what rules ask about is what forms answer."""

from dataclasses import replace
from pathlib import Path

from services.intake.eservices import loader as eservices
from services.intake.eservices.definition import EService
from services.intake.forms.fields.registry import FIELD_TYPES
from services.routing.organisation import eservices as routing_eservices
from services.routing.organisation import loader as organisation
from services.routing.organisation.organisation import Organisation
from shared import municipalities
from shared.conditions.condition import Condition, leaves
from shared.conditions.fact_types import FactType
from tests.store.intake.forms.definitions import write_every_type

ESERVICES, MUNICIPALITIES = Path("eservices"), Path("municipalities")


def tenants() -> list[tuple[Organisation, list[EService]]]:
    definitions, organisations = eservices.load(ESERVICES), organisation.load(MUNICIPALITIES, ESERVICES)
    return [
        (organisations[each.code], list(definitions.of(each.slug).values()))
        for each in municipalities.load(MUNICIPALITIES).values()
    ]


def test_every_definition_is_right() -> None:
    assert eservices.load(ESERVICES).errors == []


def test_the_board_of_every_eservice_is_one_of_its_municipalitys() -> None:
    strangers = [
        (organisation.municipality, eservice.code)
        for organisation, eservices in tenants()
        for eservice in eservices
        if eservice.board not in organisation.boards
    ]

    assert strangers == []


def test_every_authority_to_appeal_to_has_its_name() -> None:
    nameless = [
        (organisation.municipality, eservice.code)
        for organisation, eservices in tenants()
        for eservice in eservices
        if eservice.appeal and eservice.appeal not in organisation.appeals
    ]

    assert nameless == []


def test_every_rule_asks_for_what_some_form_can_answer() -> None:
    unanswerable = [
        (organisation.municipality, rule.name, condition.fact, condition.value)
        for organisation, eservices in tenants()
        for rule in organisation.rules
        for condition in leaves(rule.when)
        if not any(can_answer(eservice, condition) for eservice in eservices)
    ]

    assert unanswerable == []


def can_answer(eservice: EService, condition: Condition) -> bool:
    values = set(condition.value) if isinstance(condition.value, tuple) else {condition.value}
    if condition.fact == "eservice":
        return eservice.code in values
    field = eservice.fields.get(condition.fact.removeprefix("facts."))
    if not condition.fact.startswith("facts.") or field is None:
        return not condition.fact.startswith("facts.")
    options = {option.code for option in getattr(field, "options", ())}
    return field.fact and (not options or values <= options)


def compared(of: FactType) -> FactType:
    """The type without what only messages use."""
    return replace(of, option_name="")


def test_a_rule_may_ask_of_every_fact_what_a_condition_of_the_form_may_ask(tmp_path) -> None:
    folder = write_every_type(tmp_path)
    known = routing_eservices.read(folder).of("alvdalen")["felanmalan"]
    form = eservices.load(folder).of("alvdalen")["felanmalan"]
    facts = {name: field for name, field in form.questions.items() if field.fact}

    assert known
    assert [compared(each) for each in known.facts.values()] == [compared(each.fact_type) for each in facts.values()]
    assert known.facts.keys() == facts.keys()
    assert {field.type for field in facts.values()} == {
        name for name, kind in FIELD_TYPES.items() if not kind.may_hold_personal_data
    }
