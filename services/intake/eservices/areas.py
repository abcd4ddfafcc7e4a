"""The areas of a municipality that a definition's conditions name, by the operator `within`."""

from collections.abc import Iterator

from services.intake.eservices.definition import EService, Page, Section
from services.intake.forms.fields.choice import OptionsField
from services.intake.forms.fields.field import Field
from shared.conditions.condition import Node, leaves
from shared.municipalities import Municipality
from shared.validation import unknown


def named_on(page: Page) -> set[str]:
    """The codes of the areas that the conditions of a page and of what is on it name."""
    return {code for node in _conditions_on(page) for code in _named(node)}


def lacking(eservice: EService, municipality: Municipality) -> str | None:
    """What is wrong where the municipality has not all the areas that the definition names; else None."""
    named = {code for page in eservice.pages for code in named_on(page)}
    named |= {code for each in eservice.agreements for code in _named(each.require)}
    missing = sorted(named - municipality.areas.keys())
    return f"{unknown('area', missing[0], municipality.areas)} (areas.geojson)" if missing else None


def _named(node: Node) -> Iterator[str]:
    return (str(each.value) for each in leaves(node) if each.operator == "within")


def _conditions_on(page: Page) -> Iterator[Node]:
    found = [page.show_if, *(node for section in page.sections for node in _conditions_in(section))]
    return (each for each in found if each)


def _conditions_in(section: Section) -> Iterator[Node | None]:
    yield section.show_if
    for each in section.content:
        yield each.show_if
        if isinstance(each, Field):
            yield each.require_if
        if isinstance(each, OptionsField):
            yield from (option.show_if for option in each.options)
