"""A made-up e-service whose second page is prefilled from a register of properties."""

from copy import deepcopy

from services.intake.eservices.schema import EServiceSchema
from services.intake.forms.form import Form
from tests.builders import HandClock
from tests.unit.intake.forms.support_form import DEFINITION, is_, options, question, text

PROPERTY_PAGE = "site"

WHERE = {
    "code": "where",
    "title": text("Where"),
    "sections": [{"fields": [question("property", "property", required=True)]}],
}
SITE = {
    "code": PROPERTY_PAGE,
    "title": text("The site"),
    "prefill": {
        "register": "property",
        "label": {"sv": "fastighetsregistret", "en": "the property register"},
        "by": "property",
        "into": {"address": "address", "area": "area", "plan": "detailed_plan"},
    },
    "sections": [
        {
            "fields": [
                question("address", "address"),
                question("area", "number", minimum=1),
                question("plan", "radio", options=options("inside", "outside"), required=True, fact=True),
                question("deviation", "textarea", show_if=is_("plan", "inside")),
            ]
        }
    ],
}
PLAN = {
    "code": "plan_page",
    "title": text("In the plan"),
    "show_if": is_("plan", "inside"),
    "sections": [{"fields": [question("agreed", "checkbox", required=True)]}],
}


def property_definition():
    """Its definition, to be changed at will."""
    kept = {name: DEFINITION[name] for name in DEFINITION.keys() - {"pages", "agreements"}}
    return deepcopy({**kept, "code": "site", "pages": [WHERE, SITE, PLAN]})


def property_form():
    """Its form."""
    return Form(EServiceSchema().load(property_definition()), HandClock())
