"""What the answers of a submission give to people and to rules."""

from services.intake.forms import answers
from tests.system.submissions import a_building_permit_application, a_fault_report
from tests.unit.intake.forms.demo_forms import ESERVICES, labelled_answers, read


def test_answers_have_their_labels_in_both_languages():
    by_field = {each.name: each for each in labelled_answers(a_building_permit_application())}

    assert by_field["measure"].value == {
        "sv": "Garage eller annan komplementbyggnad",
        "en": "Garage or other outbuilding",
    }
    assert by_field["area"].value == {"sv": "32,5 m²", "en": "32.5 m²"}
    assert by_field["invoice_address"].value == {"sv": "Dalgatan 12, 796 31 Älvdalen"}
    assert by_field["measure"].label["en"] == "What do you want to do?"


def test_rules_see_the_facts_and_nothing_else():
    facts = answers.facts(ESERVICES["bygglov"], read(a_building_permit_application()))

    assert facts == {"property": "Kyrkbyn 12:4", "measure": "outbuilding", "area": 32.5, "detailed_plan": "inside"}


def test_the_case_title_names_no_one():
    title = answers.case_title(ESERVICES["bygglov"], labelled_answers(a_building_permit_application()))

    assert title["sv"] == "Bygglov: Garage eller annan komplementbyggnad, Kyrkbyn 12:4"
    assert "Nils" not in str(title)


def test_an_organisation_is_known_by_its_number():
    given = read(a_building_permit_application(), applicant_number="556016-0680", applicant_name="Bygg AB")

    assert answers.submitter(ESERVICES["bygglov"], given).kind == "organisation"


def test_nobody_is_nobody():
    assert answers.submitter(ESERVICES["felanmalan"], read(a_fault_report(), wants_answer=False, email=None)) is None
