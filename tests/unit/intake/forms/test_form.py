"""Forms: what people answer is read as they intended, and every error is found at once, at its place."""

import pytest

from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.form import Form
from tests.builders import HandClock
from tests.system.submissions import a_building_permit_application, a_fault_report, a_proposal
from tests.unit.intake.forms.demo_forms import ESERVICES, FORMS, errors, read


@pytest.mark.parametrize("submission", [a_fault_report(), a_building_permit_application(), a_proposal()])
def test_good_answers_are_accepted(submission):
    assert read(submission)


@pytest.mark.parametrize(
    ("name", "value", "stored"),
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
        ("description", "a\x07b", "ab"),
        (
            "invoice_address",
            {"street": "Box 1", "postal_code": "796 30", "city": "Älvdalen"},
            {"street": "Box 1", "postal_code": "796 30", "city": "Älvdalen"},
        ),
    ],
)
def test_what_people_write_is_stored_in_one_form(name, value, stored):
    assert read(a_building_permit_application(), **{name: value})[name] == stored


@pytest.mark.parametrize(
    ("name", "value", "code"),
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
        ("description", "a�b", "characters"),
        ("description", {"a": 1}, "type"),
        ("invoice_address", "Dalgatan 1", "type"),
        ("invoice_address", {"gata": "Dalgatan 1"}, "type"),
        ("no_such", "x", "unknown_field"),
        ("_schema", "x", "unknown_field"),
    ],
)
def test_an_invalid_answer_has_its_error_at_its_place(name, value, code):
    assert errors(a_building_permit_application(), **{name: value}) == {f"/answers/{name}": code}


def test_every_error_is_reported_at_once():
    assert errors(
        a_fault_report(),
        category=None,
        place={"text": " ", "latitude": 91, "longitude": 14},
        description=" ",
        noticed_on="2026-11-24",
        email="",
        bogus=1,
    ) == {
        "/answers/category": "required",
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
    assert errors(a_fault_report(), place={"text": "Bron", "latitude": 61.2}) == {
        "/answers/place/longitude": "required"
    }


def test_an_address_is_required_only_of_those_who_want_an_answer():
    assert errors(a_fault_report(), email=None) == {"/answers/email": "required"}
    assert "email" not in read(a_fault_report(), wants_answer=False, email=" ")


@pytest.mark.parametrize("box", [False, None])
def test_an_answer_beside_an_empty_box_is_an_error_and_never_dropped(box):
    assert errors(a_fault_report(), wants_answer=box) == {"/answers/email": "not_asked"}


@pytest.mark.parametrize("heading", ["Ge 19861209-2380 en park", "Ring 070-123 45 67", "Skriv till a@example.se"])
def test_a_heading_that_becomes_public_holds_no_personal_data(heading):
    assert errors(a_proposal(), subject=heading) == {"/answers/subject": "personal_data"}


def test_a_box_that_must_be_ticked_must_be_ticked():
    assert errors(a_proposal(), resident=False) == {"/answers/resident": "required"}


def test_files_are_required_and_counted():
    form, answers = FORMS["bygglov"], a_building_permit_application()["answers"]

    with pytest.raises(SubmissionInvalid) as rejected:
        form.read(answers, {"elevations": ["x"] * 9, "selfie": ["y"]})

    assert {each.pointer: each.error.code for each in rejected.value.errors} == {
        "/attachments/site_plan": "required",
        "/attachments/elevations": "too_many_files",
        "/attachments/selfie": "unknown_field",
    }
