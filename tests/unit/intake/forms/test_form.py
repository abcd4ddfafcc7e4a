"""Forms: what people answer is read as they meant it, and every fault is told at once, at its place."""

import pytest
from werkzeug.datastructures import MultiDict

from services.intake.eservices import loader
from services.intake.forms import answers, browser_form
from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.form import Form
from services.intake.forms.json_schema import json_schema
from tests.builders import HandClock
from tests.house.reading import ROOT
from tests.system.submissions import a_building_permit_application, a_fault_report, a_proposal

ESERVICES = loader.load(ROOT / "eservices").of("alvdalen")
FORMS = {code: Form(eservice, HandClock()) for code, eservice in ESERVICES.items()}
DRAWINGS = {"site_plan": ["one"], "elevations": ["two"]}


def read(submission, **answers):
    """The answers of a submission with some changed."""
    files = DRAWINGS if submission["eservice"] == "bygglov" else {}
    return FORMS[submission["eservice"]].read(submission["answers"] | answers, files)


def told_answers(submission):
    """The answers of a submission as they are told."""
    return answers.labelled_answers(ESERVICES[submission["eservice"]], read(submission))


def faults(submission, **answers):
    """What is wrong, as code by pointer."""
    with pytest.raises(SubmissionInvalid) as refused:
        read(submission, **answers)
    return {each.pointer: each.error.code for each in refused.value.errors}


@pytest.mark.parametrize("submission", [a_fault_report(), a_building_permit_application(), a_proposal()])
def test_good_answers_are_taken(submission):
    assert read(submission)


@pytest.mark.parametrize(
    ("name", "written", "kept"),
    [
        ("applicant_number", "861209-2380", "198612092380"),
        ("applicant_number", "19861209 2380", "198612092380"),
        ("applicant_number", "556016-0680", "5560160680"),
        ("applicant_number", "16556016-0680", "5560160680"),
        ("property", "  Åsen   3:14 ", "Åsen 3:14"),
        ("property", "Robertsfors Lärkan 5", "Robertsfors Lärkan 5"),
        ("property", "Kyrkbyn S:1", "Kyrkbyn S:1"),
        ("property", "S:t Eriks 5", "S:t Eriks 5"),
        ("property", "St. Mellösa S:t Per 3:14", "St. Mellösa S:t Per 3:14"),
        ("property", "Nås GA:3", "Nås GA:3"),
        ("property", "Evertsberg FS:12", "Evertsberg FS:12"),
        ("email", "Nils@Example.SE", "Nils@example.se"),
        ("phone", "+46 70-123 45 67", "+46 70-123 45 67"),
        ("area", 0, 0),
        ("description", "rad ett\r\nrad två", "rad ett\nrad två"),
        (
            "invoice_address",
            {"street": "Box 1", "postal_code": "796 30", "city": "Älvdalen"},
            {"street": "Box 1", "postal_code": "796 30", "city": "Älvdalen"},
        ),
    ],
)
def test_what_people_write_is_kept_in_one_form(name, written, kept):
    assert read(a_building_permit_application(), **{name: written})[name] == kept


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("applicant_number", "19861209-2381", "number_check_digit"),
        ("applicant_number", "19861309-2380", "number_date"),
        ("applicant_number", "20991209-2380", "number_future"),
        ("applicant_number", "556016-0681", "number_check_digit"),
        ("applicant_number", "hej", "number_format"),
        ("applicant_number", 198612092380, "type"),
        ("email", "nils@", "email"),
        ("email", "a@example.se\r\nBcc: b@example.se", "email"),
        ("email", "a" * 300 + "@example.se", "too_long"),
        ("phone", "ring mig", "telephone"),
        ("property", "vet inte", "property"),
        ("property", "Anna Andersson 19800426 2385", "property"),
        ("property", "Anna Andersson 800426-2385 3:14", "property"),
        ("property", "Anna 80 04 26 2385", "property"),
        ("property", "Ring 070123 5", "property"),
        ("property", "Ring 070:12:34 567", "property"),
        ("property", "Anna S:800426-2385", "property"),
        ("property", "Nås XY:3", "property"),
        ("measure", "castle", "option"),
        ("measure", ["sign"], "option"),
        ("area", "32", "type"),
        ("area", True, "type"),
        ("area", float("inf"), "type"),
        ("area", float("nan"), "type"),
        ("area", -1, "range"),
        ("area", 10**9, "range"),
        ("description", "x" * 5001, "too_long"),
        ("description", "a\x07b", "characters"),
        ("description", "a�b", "characters"),
        ("description", {"a": 1}, "type"),
        ("invoice_address", "Dalgatan 1", "type"),
        ("invoice_address", {"gata": "Dalgatan 1"}, "type"),
        ("no_such", "x", "unknown_field"),
        ("_schema", "x", "unknown_field"),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_place(name, written, code):
    assert faults(a_building_permit_application(), **{name: written}) == {f"/answers/{name}": code}


def test_every_fault_is_told_at_once():
    assert faults(
        a_fault_report(),
        category=None,
        place={"text": " ", "latitude": 91, "longitude": 14},
        description=" ",
        noticed_on="2026-11-24",
        email="",
        bogus=1,
    ) == {
        "/answers/category": "required",
        "/answers/place/text": "required",
        "/answers/place/latitude": "range",
        "/answers/description": "required",
        "/answers/noticed_on": "future",
        "/answers/email": "required",
        "/answers/bogus": "unknown_field",
    }


def test_the_day_is_the_day_in_sweden():
    late_evening_utc = HandClock()
    late_evening_utc.move(hours=12.5)

    form = Form(ESERVICES["felanmalan"], late_evening_utc)

    assert form.read(a_fault_report(noticed_on="2026-11-24")["answers"], {})["noticed_on"] == "2026-11-24"


def test_half_a_position_is_not_one():
    assert faults(a_fault_report(), place={"text": "Bron", "latitude": 61.2}) == {
        "/answers/place/longitude": "required"
    }


def test_an_address_is_wanted_only_of_those_who_want_an_answer():
    assert faults(a_fault_report(), email=None) == {"/answers/email": "required"}
    assert "email" not in read(a_fault_report(), wants_answer=False, email=" ")


@pytest.mark.parametrize("box", [False, None])
def test_an_answer_beside_an_empty_box_is_asked_about_and_never_dropped(box):
    assert faults(a_fault_report(), wants_answer=box) == {"/answers/wants_answer": "not_asked"}


def test_the_json_schema_says_what_a_box_asks_for_and_what_it_does_not():
    assert json_schema(ESERVICES["felanmalan"], "here")["properties"]["answers"]["allOf"] == [
        {
            "if": {"properties": {"wants_answer": {"const": True}}, "required": ["wants_answer"]},
            "then": {"required": ["email"]},
            "else": {"properties": {"email": False}},
        }
    ]


@pytest.mark.parametrize("heading", ["Ge 19861209-2380 en park", "Ring 070-123 45 67", "Skriv till a@example.se"])
def test_a_heading_that_becomes_public_holds_no_personal_data(heading):
    assert faults(a_proposal(), subject=heading) == {"/answers/subject": "personal_data"}


def test_a_box_that_must_be_ticked_must_be_ticked():
    assert faults(a_proposal(), resident=False) == {"/answers/resident": "required"}


def test_files_are_asked_for_and_counted():
    form, answers = FORMS["bygglov"], a_building_permit_application()["answers"]

    with pytest.raises(SubmissionInvalid) as refused:
        form.read(answers, {"elevations": ["x"] * 9, "selfie": ["y"]})

    assert {each.pointer: each.error.code for each in refused.value.errors} == {
        "/attachments/site_plan": "required",
        "/attachments/elevations": "too_many_files",
        "/attachments/selfie": "unknown_field",
    }


def test_answers_are_told_with_their_labels_in_both_languages():
    told = {each.field: each for each in told_answers(a_building_permit_application())}

    assert told["measure"].value == {"sv": "Garage eller annan komplementbyggnad", "en": "Garage or other outbuilding"}
    assert told["area"].value == {"sv": "32,5 m²", "en": "32.5 m²"}
    assert told["invoice_address"].value == {"sv": "Dalgatan 12, 796 31 Älvdalen"}
    assert told["measure"].label["en"] == "What do you want to do?"


def test_rules_see_the_facts_and_nothing_else():
    facts = answers.facts(ESERVICES["bygglov"], read(a_building_permit_application()))

    assert facts == {"property": "Kyrkbyn 12:4", "measure": "outbuilding", "area": 32.5, "detailed_plan": "inside"}


def test_the_matter_in_brief_names_no_one():
    matter = answers.case_title(ESERVICES["bygglov"], told_answers(a_building_permit_application()))

    assert matter["sv"] == "Bygglov: Garage eller annan komplementbyggnad, Kyrkbyn 12:4"
    assert "Nils" not in str(matter)


def test_an_organisation_is_known_by_its_number():
    given = read(a_building_permit_application(), applicant_number="556016-0680", applicant_name="Bygg AB")

    assert answers.submitter(ESERVICES["bygglov"], given).kind == "organisation"


def test_nobody_is_nobody():
    assert answers.submitter(ESERVICES["felanmalan"], read(a_fault_report(), wants_answer=False, email=None)) is None


@pytest.mark.parametrize(("written", "number"), [("32,5", 32.5), ("1 234", 1234), ("12.5", 12.5), ("-3", -3)])
def test_numbers_are_read_as_people_write_them(written, number):
    assert browser_form.answers(ESERVICES["bygglov"], MultiDict({"area": written}))["area"] == number


@pytest.mark.parametrize("written", ["många", "1e400", "nan", "inf", "--", "1,2,3"])
def test_what_is_no_number_is_left_for_the_form_to_refuse(written):
    assert browser_form.answers(ESERVICES["bygglov"], MultiDict({"area": written}))["area"] == written
