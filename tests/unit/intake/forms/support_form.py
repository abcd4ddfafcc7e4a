"""A made-up application for support, with everything that a form can say."""

from marshmallow import ValidationError

from services.intake.eservices.data_files import with_tables
from services.intake.eservices.schema import EServiceSchema
from services.intake.forms.form import Form
from tests.builders import HandClock


def text(word):
    return {"sv": word, "en": word}


def is_(fact, value):
    return {"fact": fact, "operator": "is", "value": value}


def question(name, kind="text", **keys):
    return {"name": name, "type": kind, "label": text(name), **keys}


def options(*codes):
    return [{"code": code, "label": text(code)} for code in codes]


PAGES = [
    {
        "code": "who",
        "title": text("Who"),
        "sections": [
            {
                "fields": [
                    question("lives_here", "checkbox"),
                    question("household", "radio", required=True, options=options("single", "couple")),
                    question("partner", show_if=is_("household", "couple"), required=True),
                    question("partner_phone", "tel", show_if=[is_("household", "couple"), is_("lives_here", True)]),
                    {"type": "warning", "text": text("Both sign."), "show_if": is_("household", "couple")},
                    question("area", "select", required=True, options=options("north", "south")),
                    question("school", "select", options_from={"table": "schools", "where": {"area": "area"}}),
                    question("helpers", "checkboxes", options_from={"table": "schools", "where": {"area": "area"}}),
                ]
            }
        ],
    },
    {
        "code": "elsewhere",
        "title": text("You live elsewhere"),
        "exit": True,
        "show_if": {"none": [is_("lives_here", True)]},
        "sections": [{"fields": [{"type": "text", "text": text("Ask your own municipality.")}]}],
    },
    {
        "code": "children",
        "title": text("Children"),
        "sections": [
            {
                "repeat": {"name": "children", "entry": text("barn"), "most": 3, "heading": text("Barn {child}")},
                "fields": [
                    question("child", required=True),
                    question("goes_to_school", "checkbox"),
                    question("cost", "number", show_if=is_("goes_to_school", True), required=True),
                    question("half", "computed", formula={"product": ["cost", 0.5]}),
                ],
            }
        ],
    },
    {
        "code": "money",
        "title": text("Money"),
        "sections": [
            {
                "fields": [
                    question("begins", "date"),
                    question("ends", "date"),
                    question("days", "computed", formula={"days_between": ["begins", "ends"]}),
                    question("rent", "number", require_if=is_("household", "couple")),
                    question("number_of_children", "computed", formula={"count": "children"}, fact=True),
                    question("all_costs", "computed", formula={"sum": ["cost", "rent"]}),
                    question("why_so_much", show_if={"fact": "all_costs", "operator": "more", "value": 9000}),
                    question(
                        "fee", "computed",
                        formula={"lookup": {"table": "fees", "where": {"area": "area"}, "up_to": {"rent_up_to": "rent"},
                                            "value": "fee"}},
                    ),
                ]
            }
        ],
    },
]  # fmt: skip
DEFINITION = {
    "code": "support",
    "version": 1,
    **{name: text(name) for name in ("title", "summary", "intro", "next_steps", "case_title")},
    "identity": "anonymous",
    "board": "SN",
    "legal_regime": "forvaltningslagen",
    "registration": "registreras",
    "outcomes": options("granted"),
    "pages": PAGES,
    "agreements": [
        {
            "require": {"fact": "ends", "operator": "after", "value": {"fact": "begins"}},
            "at": "ends",
            "message": text("The last day comes after the first."),
        }
    ],
}
TABLES = {
    "schools": [
        {"code": "hill", "label": "Hill", "area": "north"},
        {"code": "lake", "label": text("Lake"), "area": "south"},
    ],
    "fees": [
        {"area": "north", "rent_up_to": 1000, "fee": 10},
        {"area": "north", "rent_up_to": 9000, "fee": 20.5},
    ],
}


def form(**changes):
    """The form, with some keys of its definition changed."""
    return Form(with_tables(EServiceSchema().load(DEFINITION | changes), TABLES), HandClock())


def errors_of(**changes):
    """What is wrong with the definition, as message by path."""
    try:
        EServiceSchema().load(DEFINITION | changes)
    except ValidationError as invalid:
        return invalid.messages
    return {}


def answers(**changes):
    """Answers of somebody alone; None leaves one out."""
    given = {"lives_here": True, "household": "single", "area": "north"} | changes
    return {name: value for name, value in given.items() if value is not None}
