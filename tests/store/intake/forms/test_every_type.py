"""A form with a question of every type, as the documentation has them, from the page to the event."""

import re
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from services.intake.forms.fields.registry import FIELD_TYPES
from services.intake.submissions.form_state import FormState
from tests.store.intake.browser import FAULT_REPORT, FORM, Browser
from tests.store.intake.forms.definitions import write_every_type
from tests.store.intake.harness import API, Intake
from tests.unit.intake.forms.fields.fields import example

FILLED_IN = {
    "registration": "ABC\u00a012D",
    "reasons": "Därför.",
    "email": "<karin.lund@example.se>,",
    "phone": "+46 (0)70-123 45 67",
    "homepage": "räksmörgås.se",
    "measure": "sign",
    "plan": "inside",
    "weekdays.tuesday": "yes",
    "weekdays.monday": "yes",
    "has_children": "no",
    "area": "1 032,5",
    "rent": "8.500,50 kr",
    "from_month": "januari 2027",
    "begins_at": "kl 8.30",
    "property": "Åsen\u00a03 : 14",
    "owner_address.street": "Storgata 1",
    "owner_address.postal_code": "0155",
    "owner_address.city": "Oslo",
    "owner_address.country": "NO",
    "applicant_number": "19861209–2380",
}
STORED = {
    "registration": "ABC 12D",
    "email": "karin.lund@example.se",
    "phone": "+46 70-123 45 67",
    "homepage": "https://xn--rksmrgs-5wao1o.se",
    "weekdays": ["monday", "tuesday"],
    "has_children": False,
    "rent": 8500.5,
    "from_month": "2027-01",
    "begins_at": "08:30",
    "owner_address": {"street": "Storgata 1", "postal_code": "0155", "city": "Oslo", "country": "NO"},
    "applicant_number": "198612092380",
}
SHOWN = ("<li>Måndag</li><li>Tisdag</li>", "8\u00a0500,50\u00a0kr", "januari 2027", "0155 Oslo, Norge", "19861209-****")


@pytest.fixture
def intake(tmp_path, clock) -> Intake:
    """An intake whose fault report asks everything."""
    eservices = write_every_type(tmp_path)
    return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, eservices=eservices)


def test_what_is_filled_in_is_stored_and_shown(intake):
    browser = Browser(intake.client())
    browser.open(FORM)
    page = browser.page + browser.open(browser.press(FORM, FAULT_REPORT).headers["Location"]).text

    sent = browser.send(browser.address, FAULT_REPORT | FILLED_IN)

    assert sent.status_code == 303, re.findall(r'<p class="error-message".*', sent.text)
    [event] = intake.outbox()
    answers = {each["field"]: each["value"] for each in event["data"]["answers"]}
    receipt = browser.open(sent.headers["Location"]).text
    assert all(text in receipt for text in SHOWN)
    assert answers["applicant_number"] == {"sv": "19861209-2380"}
    assert answers["owner_address"]["en"] == "Storgata 1, 0155 Oslo, Norway"
    assert "Högst 300 ord." in page


def test_the_api_takes_what_it_stores(intake):
    report = {"category": "street_light", "place": {"text": "Bron"}, "description": "Släckt."}
    answers = report | STORED | {"wants_answer": True}

    sent = intake.submit({"eservice": "felanmalan", "answers": answers})

    assert sent.status_code == 201, sent.json
    schema = intake.client().get(f"{API}/e-services/felanmalan/json-schema").json
    assert Draft202012Validator(schema).is_valid({"eservice": "felanmalan", "answers": answers})


def test_what_was_typed_stays_where_it_cannot_be_read(intake):
    browser = Browser(intake.client())
    browser.open(FORM)

    page = browser.send(FORM, FAULT_REPORT | FILLED_IN | {"rent": "1.234", "owner_address.country": "NO"}).text

    assert '<a href="#rent">' in page
    assert 'value="1.234"' in page
    assert re.search(r'name="weekdays.monday" value="yes" checked', page)
    assert not re.search(r'name="weekdays.wednesday" value="yes" checked', page)
    assert re.search(r'name="has_children" value="no" checked', page)
    assert '<option value="NO" selected>Norge</option>' in page


@pytest.mark.parametrize("type_name", FIELD_TYPES)
def test_a_question_of_a_repeating_group_has_its_own_names_and_ids(type_name, intake):
    field = replace(example(type_name), name="children.0.first_name")
    where = field.input_name()
    errors = {where: ["Fel."]}

    with intake.app.test_request_context("/alvdalen/e-tjanster/felanmalan"):
        template = intake.app.jinja_env.get_template(field.template)
        html = template.render(field=field, form_state=FormState(errors=errors))

    ids = re.findall(r' id="([^"]+)"', html)
    names = re.findall(r' name="([^"]+)"', html)
    assert names or type_name == "computed"
    assert all(name.startswith("children.0.first_name") for name in names)
    assert len(ids) == len(set(ids))
    assert not any("." in each for each in ids)
    assert where.replace(".", "-") in ids
    for attribute in ("for", "aria-describedby"):
        for value in re.findall(rf' {attribute}="([^"]+)"', html):
            assert set(value.split()) <= set(ids)


@pytest.mark.parametrize(("type_name", "unit"), [("number", "m²"), ("money", "kr")])
def test_what_a_number_counts_stands_beside_its_input(type_name, unit, intake):
    field = example(type_name)

    with intake.app.test_request_context("/alvdalen/e-tjanster/felanmalan"):
        html = intake.app.jinja_env.get_template(field.template).render(field=field, form_state=FormState())

    assert f'<span id="{field.name}-unit">{unit}</span>' in html
    assert re.search(rf'aria-describedby="[^"]*{field.name}-unit', html)
