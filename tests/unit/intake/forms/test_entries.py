"""Files of a repeated section, as forms read them and their JSON Schema promises them."""

from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator

from services.intake.eservices.data_files import with_tables
from services.intake.eservices.schema import EServiceSchema
from services.intake.forms.entries import file_question, files_by_question
from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.form import Form
from services.intake.forms.json_schema import json_schema
from tests.builders import HandClock
from tests.unit.intake.forms.support_form import DEFINITION, PAGES, TABLES, answers, errors_of, is_, question

ID = "018f9a3e-0000-4000-8000-000000000000"


def with_certificates(**keys):
    """The pages of the application for support, where each child has a certificate."""
    pages = deepcopy(PAGES)
    pages[2]["sections"][0]["fields"].append(question("certificate", "file", **keys))
    return pages


def form_of(pages):
    return Form(with_tables(EServiceSchema().load(DEFINITION | {"pages": pages}), TABLES), HandClock())


def problems(form, children, attachments):
    """The codes of the errors by their place."""
    try:
        form.read(answers(children=children), files_by_question(form.eservice, {"children": attachments}))
    except SubmissionInvalid as invalid:
        return {each.pointer: each.error.code for each in invalid.errors}
    return {}


KIM, ROBIN = {"child": "Kim", "goes_to_school": True, "cost": 1}, {"child": "Robin"}


@pytest.mark.parametrize(
    ("keys", "attachments", "errors"),
    [
        ({}, [], {}),
        ({"required": True}, [{"certificate": [ID]}], {"/attachments/children/1/certificate": "required"}),
        ({}, [{}, {"certificate": [ID, ID]}], {"/attachments/children/1/certificate": "too_many_files"}),
        ({"require_if": is_("goes_to_school", True)}, [], {"/attachments/children/0/certificate": "required"}),
        ({"show_if": is_("goes_to_school", True)}, [{"certificate": [ID]}], {}),
        (
            {"show_if": is_("goes_to_school", True)},
            [{}, {"certificate": [ID]}],
            {"/attachments/children/1/certificate": "not_asked"},
        ),
        ({}, [{}, {}, {"certificate": [ID]}], {"/attachments/children/2/certificate": "not_asked"}),
    ],
)
def test_limits_and_conditions_hold_for_each_entry(keys, attachments, errors):
    assert problems(form_of(with_certificates(**keys)), [KIM, ROBIN], attachments) == errors


@pytest.mark.parametrize(
    ("attachments", "is_valid"),
    [
        ({"children": [{"certificate": [ID]}, {"certificate": [ID]}]}, True),
        ({"children": [{}]}, False),
        ({"children": [{"certificate": [ID, ID.replace("8000", "8001")]}]}, False),
        ({"children": [{"certificate": [ID], "nothing": []}]}, False),
        ({"certificate": [ID]}, False),
    ],
)
def test_the_json_schema_has_them_by_entry(attachments, is_valid):
    schema = json_schema(form_of(with_certificates(required=True)).eservice, "https://example.se/schema")
    submission = {"eservice": "support", "answers": answers(children=[KIM]), "attachments": attachments}

    assert Draft202012Validator(schema).is_valid(submission) is is_valid


def test_a_form_may_have_so_many_files_as_its_entries_have_together():
    assert errors_of(pages=with_certificates(max_files=20)) == {}

    pages = with_certificates(max_files=20)
    pages[2]["sections"][0]["repeat"]["most"] = 4
    assert errors_of(pages=pages) == {"pages": ["may have 80 files together, and a form 60 at most"]}


@pytest.mark.parametrize("name", ["certificate", "children.certificate", "children.0.child", "who.0.certificate", "x"])
def test_no_other_name_is_that_of_a_question_in_an_entry(name):
    eservice = form_of(with_certificates()).eservice

    assert file_question(eservice, "children.0.certificate")
    assert file_question(eservice, name) is None
