"""Forms of other systems become definitions that pass the check; what could not be carried is named."""

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from services.intake.eservices.authoring.importing import formats
from services.intake.eservices.authoring.importing.imported import NotAForm, content_of
from services.intake.eservices.authoring.new import decided
from services.intake.eservices.definition import EService
from services.intake.eservices.schema import EServiceSchema
from services.intake.forms.form import Form
from shared.clock import utc_now
from shared.conditions.condition import as_written
from shared.swedish.law import LegalRegime
from tests.unit.intake.eservices.authoring.definitions import holds

FORMS = Path(__file__).parent / "forms"
ALL = ("formio", "json_forms", "rjsf", "digital_form_builder")


def imported(file: Path) -> tuple[EService, list[str], str]:
    """The definition, what could not be carried, and the file's text."""
    form = formats.read(file)
    text = formats.definition(form, decided("imported", "TN", LegalRegime.FAKTISKT_HANDLANDE), file.name)
    eservice: EService = EServiceSchema().load(yaml.safe_load(text))
    return eservice, form.lost, text


def outline(eservice: EService) -> dict[str, list[str]]:
    """By page, its questions with their types; those that are required have a star."""
    return {
        page.code: [
            f"{each.name} {each.type}{'*' if each.required else ''}" for s in page.sections for each in s.fields
        ]
        for page in eservice.pages
    }


def shown_if(eservice: EService, name: str):
    node = eservice.questions[name].show_if
    return node and as_written(node)


@pytest.mark.parametrize("name", ALL)
def test_every_thing_that_could_not_be_carried_stands_at_the_head_of_a_definition_that_passes(name):
    _, lost, text = imported(FORMS / f"{name}.json")

    assert text.startswith("# yaml-language-server: $schema=../../docs/schemas/eservice.schema.json\n# Imported from ")
    head = [line for line in text.splitlines() if line.startswith("# - ")]
    assert head == [f"# - {each}" for each in lost]
    assert lost


def test_form_io():
    eservice, lost, _ = imported(FORMS / "formio.json")

    assert eservice.title["sv"] == "Ansökan om bidrag"
    assert outline(eservice) == {
        "sokande": ["first_name text*", "email email*", "phone tel", "applicant_type radio*", "organisation text*"],
        "bidrag": [
            "amount number",
            "reasons textarea",
            "urgent checkbox",
            "when date",
            "strange text",
            "areas checkboxes",
            "team url",
            "rehearsal time",
            "cost money",
            "size radio",
            "member_name text*",
            "proof file",
            "budget file",
            "computed_in_js text",
        ],
    }
    assert shown_if(eservice, "organisation") == holds("applicant_type", "is", "forening_ab")
    assert as_written(eservice.pages[1].show_if) == {"none": [holds("applicant_type", "is", "person")]}
    assert shown_if(eservice, "reasons") == {
        "any": [holds("amount", "more", 1000), holds("first_name", "empty", False)]
    }
    assert shown_if(eservice, "when") == {"all": [holds("urgent", "is", True), holds("amount", "less", 500)]}
    assert shown_if(eservice, "team") == holds("areas", "contains", "sport")
    assert shown_if(eservice, "rehearsal") == {"none": [{"none": [holds("areas", "contains", "culture")]}]}
    assert eservice.questions["areas"].most == 1
    assert eservice.questions["email"].hint["sv"] == "Hit skriver vi."
    assert eservice.pages[0].sections[0].content[-1].text["sv"] == "Första\n\nAndra"
    assert eservice.questions["amount"].maximum == 50000
    assert (eservice.groups["members"].repeat.least, eservice.groups["members"].repeat.most) == (1, 5)
    budget = eservice.files["budget"]
    assert (budget.accept, budget.max_files, budget.max_megabytes) == (("pdf", "docx"), 5, 10)
    assert eservice.pages[1].sections[1].heading["sv"] == "Varför"
    for part in (
        "firstName: a pattern",
        "reasons: a least length",
        "strange: when it is shown",
        "strange: it is optional now",
        "budget: kinds of file: exe",
        "signature: there is no field type",
        "computedInJs: a computed value",
        "secret: there is no field type like hidden",
    ):
        assert any(part in each for each in lost), (part, lost)
    assert not any("submit" in each or "phone" in each for each in lost)


@pytest.fixture
def open_forms(tmp_path: Path) -> Path:
    """An export of Open Forms: two steps, with logic that shows one question and hides another."""

    def step(number, *components):
        url = f"https://forms.example/api/v2/form-definitions/{number}"
        configuration = {"display": "form", "components": components}
        return {"url": url, "name": f"Stap {number}", "configuration": configuration}, {
            "form_definition": url,
            "index": number,
        }

    def field(key, kind="textfield", **keys):
        return {"type": kind, "key": key, "label": key.title(), **keys}

    def action(key, state):
        hidden = {"value": "hidden", "type": "bool"}
        return {"component": key, "action": {"type": "property", "property": hidden, "state": state}}

    translations = {"en": {"label": "Your name"}, "nl": {"label": "Uw naam"}}
    options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
    first = step(0, field("soort", "radio", values=options), field("naam", openForms={"translations": translations}))
    second = step(1, field("extra", hidden=True), field("anders"), field("bsn", "bsn"), field("never", hidden=True))
    logic = [
        {
            "json_logic_trigger": {"==": [{"var": "soort"}, "a"]},
            "actions": [action("extra", False), action("anders", True)],
        },
        {"json_logic_trigger": True, "actions": [{"component": "naam", "action": {"type": "variable"}}]},
    ]
    file = tmp_path / "export.zip"
    with ZipFile(file, "w") as archive:
        parts = {
            "forms.json": [{"name": "Aanvraag"}],
            "formSteps.json": [second[1], first[1]],
            "formDefinitions.json": [second[0], first[0]],
            "formLogic.json": logic,
        }
        for name, content in parts.items():
            archive.writestr(name, json.dumps(content))
    return file


def test_open_forms(open_forms):
    eservice, lost, _ = imported(open_forms)

    assert outline(eservice) == {
        "stap_0": ["soort radio", "naam text"],
        "stap_1": ["extra text", "anders text", "bsn identity_number"],
    }
    assert shown_if(eservice, "extra") == holds("soort", "is", "a")
    assert shown_if(eservice, "anders") == {"none": [holds("soort", "is", "a")]}
    assert eservice.questions["naam"].label == {"sv": "Naam", "en": "Your name"}
    assert [each.partition(":")[0] for each in lost] == ["naam", "bsn", "never"]


def test_json_forms():
    eservice, lost, _ = imported(FORMS / "json_forms.json")

    assert outline(eservice) == {
        "bokning": ["sort radio*", "day date*", "size radio", "about textarea"],
        "kaffe": [
            "wants checkbox",
            "cups number*",
            "likes checkboxes",
            "guests_who text*",
            "plan file",
            "person_name text*",
            "person_age number",
        ],
    }
    assert shown_if(eservice, "size") == {"none": [holds("sort", "one_of", ["room"])]}
    assert as_written(eservice.pages[1].show_if) == {
        "any": [holds("sort", "is", "hall"), {"none": [holds("size", "is", "o_1")]}]
    }
    group = next(each for each in eservice.sections if "cups" in {question.name for question in each.fields})
    assert (as_written(group.show_if), group.heading["sv"]) == (holds("wants", "is", True), "Antal")
    assert eservice.questions["about"].label["sv"] == "Beskriv"
    assert eservice.groups["guests"].repeat.most == 9
    for part in (
        "about: minLength: 3",
        "person.age: only whole numbers",
        "the form: if: ",
        "#/properties/nothing",
        "ListWithDetail",
        "it was greyed out",
    ):
        assert any(part in each for each in lost), (part, lost)


def test_react_jsonschema_form():
    eservice, lost, _ = imported(FORMS / "rjsf.json")

    assert outline(eservice) == {"form": ["mail email", "subject text*", "text textarea", "address_street text"]}
    assert eservice.questions["text"].hint["sv"] == "Skriv kort"
    assert eservice.sections[-1].heading["sv"] == "Adressen"
    assert lost == ["subject: default: Hej", "internal: it is hidden"]


def test_a_ui_schema_may_be_a_file_of_its_own(tmp_path):
    both = json.loads((FORMS / "rjsf.json").read_text())
    (tmp_path / "schema.json").write_text(json.dumps(both["schema"]))
    (tmp_path / "ui.json").write_text(json.dumps(both["uiSchema"]))

    assert formats.read(tmp_path / "schema.json", tmp_path / "ui.json") == formats.read(FORMS / "rjsf.json")


def test_digital_form_builder():
    eservice, lost, _ = imported(FORMS / "digital_form_builder.json")

    assert outline(eservice) == {
        "where": ["country radio*", "full_name text"],
        "abroad": [],
        "dog": ["has_bitten yes_no*", "signs checkboxes*", "times number"],
        "bite": ["when date*", "photo file"],
    }
    conditions = {page.code: page.show_if and as_written(page.show_if) for page in eservice.pages}
    assert conditions == {
        "where": None,
        "abroad": holds("country", "is", "abroad"),
        "dog": None,
        "bite": {
            "any": [
                {"all": [holds("has_bitten", "is", True), holds("times", "at_least", 2)]},
                holds("signs", "contains", "growls"),
            ]
        },
    }
    assert [page.code for page in eservice.pages if page.is_exit] == ["abroad"]
    assert eservice.files["photo"].accept == ("jpeg",)
    for part in (
        "/start: a page without questions could not be carried: Before you start",
        "fullName: regex",
        "times: integer",
        "photo: the kind of file image/gif",
        "pay: there is no field type",
        "the form: fees",
    ):
        assert any(part in each for each in lost), (part, lost)


def test_the_second_version_of_its_conditions(tmp_path):
    """DEFRA's: pages in order, each with a condition on components and items by their ids."""
    countries = {
        "id": "list-1",
        "name": "countries",
        "items": [
            {"id": "item-1", "text": "Here", "value": "here"},
            {"id": "item-2", "text": "There", "value": "there"},
        ],
    }
    form = {
        "name": "",
        "engine": "V2",
        "schema": 2,
        "startPage": "/a",
        "lists": [countries],
        "pages": [
            {
                "path": "/a",
                "title": "",
                "next": [],
                "components": [
                    {"id": "c1", "type": "RadiosField", "name": "country", "title": "Country?", "list": "list-1"},
                    {"id": "c2", "type": "DatePartsField", "name": "day", "title": "Day?"},
                ],
            },
            {
                "path": "/b",
                "title": "B",
                "condition": "cond-1",
                "next": [],
                "components": [{"id": "c3", "type": "TextField", "name": "why", "title": "Why?"}],
            },
            {
                "path": "/people",
                "title": "People",
                "controller": "RepeatPageController",
                "next": [],
                "repeat": {"options": {"name": "people", "title": "Person"}, "schema": {"min": 1, "max": 4}},
                "components": [{"id": "c4", "type": "TextField", "name": "who", "title": "Who?"}],
            },
        ],
        "conditions": [
            {
                "id": "cond-1",
                "displayName": "x",
                "coordinator": "and",
                "items": [
                    {
                        "id": "i1",
                        "componentId": "c1",
                        "operator": "is",
                        "type": "ListItemRef",
                        "value": {"listId": "list-1", "itemId": "item-2"},
                    },
                    {
                        "id": "i2",
                        "componentId": "c2",
                        "operator": "is after",
                        "type": "RelativeDate",
                        "value": {"period": 2, "unit": "weeks", "direction": "future"},
                    },
                ],
            }
        ],
    }
    (tmp_path / "form.json").write_text(json.dumps(form))

    eservice, lost, _ = imported(tmp_path / "form.json")

    assert as_written(eservice.pages[1].show_if) == {
        "all": [holds("country", "is", "there"), holds("day", "after", "today+2w")]
    }
    assert (eservice.groups["people"].repeat.least, eservice.groups["people"].repeat.most) == (1, 4)
    assert lost == []


@pytest.mark.parametrize("name", ALL)
def test_what_is_imported_can_be_filled_in(name):
    eservice, _, _ = imported(FORMS / f"{name}.json")

    reading = Form(eservice, utc_now).reading({}, {})

    assert reading.pages[0].code == eservice.pages[0].code


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 is not JSON"),
        ("[]", "it is neither a form of Form.io"),
        ("{}", "it is neither"),
        ('{"components": [7]}', "it is not as its format has it"),
        ('{"components": []}', "it has no question that could be carried"),
        ('{"components": [{"type": "button"}]}', "it has no question that could be carried"),
        ('{"pages": [{"path": "/a", "components": 7}]}', "it is not as its format has it"),
        ('{"properties": {"a": 7}}', "it is not as its format has it"),
        ('{"properties": {"a": {"$ref": "#/properties/a"}}}', "it has no question"),
        ('{"forms.json": []}', "it is not an export of Open Forms"),
    ],
)
def test_what_is_no_form_is_one_line(tmp_path, text, message):
    file = tmp_path / "form.json"
    file.write_text(text)

    with pytest.raises(NotAForm) as raised:
        imported(file)

    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_broken_archive_is_one_line(tmp_path, open_forms):
    broken = shutil.copy(open_forms, tmp_path / "broken.zip")
    content = broken.read_bytes()
    broken.write_bytes(content[:40] + b"\xff" * 20 + content[60:])

    with pytest.raises(NotAForm):
        imported(broken)


DAMAGE = (None, 0, -1, "", "x", [], {}, True, [1], {"a": 1}, "å" * 300)


@pytest.mark.parametrize("name", ALL)
def test_a_damaged_form_is_a_definition_or_no_form_and_never_the_end_of_the_command(tmp_path, name):
    written = (FORMS / f"{name}.json").read_text()
    file = tmp_path / "form.json"
    for number, path in list(enumerate(nodes(json.loads(written))))[::3]:
        form = json.loads(written)
        around = form
        for step in path[:-1]:
            around = around[step]
        around[path[-1]] = DAMAGE[number % len(DAMAGE)]
        file.write_text(json.dumps(form))
        try:
            content = content_of(formats.read(file), decided("imported", "TN", LegalRegime.FAKTISKT_HANDLANDE))
        except NotAForm as error:
            assert "\n" not in str(error)
        else:
            EServiceSchema().load(content)


def nodes(value, path=()):
    """The path of everything in a form."""
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, step)
        yield from nodes(value[step], (*path, step))
