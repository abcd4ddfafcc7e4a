"""E-service definitions: good ones serve, each error of a bad one has its file and line."""

from pathlib import Path

import pytest

from services.intake.eservices import loader
from tests.house.reading import ROOT

EXAMPLE = (ROOT / "eservices/common/felanmalan.yaml").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good definition for all."""
    put(tmp_path, EXAMPLE)
    return tmp_path


def put(folder: Path, text: str, *, place: str = "common", code: str = "felanmalan") -> None:
    (folder / place).mkdir(exist_ok=True)
    (folder / place / f"{code}.yaml").write_text(text)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_our_own_definitions_are_good():
    definitions = loader.load(ROOT / "eservices")

    assert definitions.errors == []
    assert {"bygglov", "felanmalan", "medborgarforslag"} <= definitions.of("alvdalen").keys()


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("legal_regime: faktiskt_handlande", "legal_regime: djungelns", "legal_regime: Must be one of"),
        ("legal_regime: faktiskt_handlande", "legal_regime: faktiskt_handlnade", "did you mean faktiskt_handlande?"),
        ("type: textarea", "type: textarra", "sections.0.fields.2.type: Must be one of"),
        ("type: textarea", "type: textarra", "did you mean textarea?"),
        ("max_length: 4000", "maxlength: 4000", "a textarea has no such key: did you mean max_length?"),
        ("max_length: 4000", "max_length: many", "sections.0.fields.2.max_length: Not a valid integer"),
        ("board: TN", "bord: TN", "bord: Unknown field: did you mean board?"),
        ("required_if: wants_answer", "required_if: nothing", "email: required_if must name a checkbox"),
        ("required_if: wants_answer", "required_if: category", "email: required_if must name a checkbox"),
        ("required_if: wants_answer", "required_if: wants_answer\n        required: true", "email: what is required"),
        ("max_files: 3", "required_if: wants_answer", "photo: what is required, a file or a checkbox has no"),
        ("type: date\n        when: past", "type: checkbox\n        required_if: wants_answer", "noticed_on: what is"),
        ("type: checkbox", "type: checkbox\n        required_if: wants_answer", "wants_answer: required_if must"),
        ("name: noticed_on", "name: csrf_token", "sections.0.fields.3.name: csrf_token is a name that the pages use"),
        ("name: noticed_on", "name: supplement", "sections.0.fields.3.name: supplement is a name that the pages use"),
        ("amount: 10", "amount: 1000000", "deadline.amount: Must be"),
        ("version: 1", "version: 2026-13-45", "is not YAML: month must be in 1..12"),
        ("version: 1", "version: " + "9" * 5000, "is not YAML: Exceeds the limit"),
        ("version: 1", "version: " + "9" * 4000, "version: Must be"),
        ("version: 1", "version: !!bool perhaps", "is not YAML: 'perhaps'"),
        ("sv: \"Felanmälan: {category}\"", "sv: \"Felanmälan: {description}\"", "case_title.sv: {description} must be"),
        ("sv: \"Felanmälan: {category}\"", "sv: \"Felanmälan: {category\"", "case_title: braces do not match"),
        ("submitter: {email: email}", "submitter: {email: place}", "submitter.email: must name a field of"),
        ("identity: anonymous", "identity: stated", "submitter: with identity: stated, name must"),
        ("code: atgardas_ej", "code: atgardat", "outcomes: two outcomes have the same code"),
        ("version: 1", "version: 1\nversion: 2", "version: stands here twice"),
        ("code: felanmalan", "code: something_else", "code: is something_else, but the file is felanmalan.yaml"),
        ("max_length: 4000", "fact: true", "sections.0.fields.2.fact: a textarea may hold personal data"),
    ],
)  # fmt: skip
def test_an_error_has_its_file_and_line(folder, good, bad, message):
    text = EXAMPLE.replace(good, bad, 1)
    assert text != EXAMPLE
    put(folder, text)

    errors = loader.load(folder).errors

    assert any(message in str(error) for error in errors), errors
    assert all(str(error).startswith(f"{folder}/common/felanmalan.yaml:{error.line}: ") for error in errors)


@pytest.mark.parametrize(("each", "messages"), [(18, []), (19, ["may have 63 files together, and a form 60 at most"])])
def test_a_form_has_no_more_files_than_can_be_sent_at_once(folder, each, messages):
    drawings = (ROOT / "eservices/common/bygglov.yaml").read_text().replace("max_files: 8", f"max_files: {each}")
    put(folder, drawings, code="bygglov")

    assert [error.message.removeprefix("sections: ") for error in loader.load(folder).errors] == messages


def test_the_line_is_that_of_the_error(folder):
    for good, bad in (("type: textarea", "type: textarra"), ("max_length: 4000", "max_length: 2026-13-45")):
        text = EXAMPLE.replace(good, bad)
        put(folder, text)

        [error] = loader.load(folder).errors

        assert error.line == line_of(text, bad)


@pytest.mark.parametrize(
    "text", ["a: [1\nb: {", "- a\n- b\n", "", "\t", "a: \x00", "&a [*a]", "a: &a {b: *a}", "sv: \xff"]
)
def test_what_is_no_definition_at_all_is_one_line(folder, text):
    put(folder, text, code="broken")

    errors = [error for error in loader.load(folder).errors if error.file.stem == "broken"]

    assert errors
    assert all("\n" not in str(error) for error in errors)


def test_the_others_still_serve(folder):
    put(folder, "nonsense", code="broken")
    put(folder, "version: 2026-13-45", code="impossible")

    assert loader.load(folder).of("alvdalen").keys() == {"felanmalan"}


def test_a_municipality_s_own_takes_the_place_of_the_common_one(folder):
    put(folder, EXAMPLE.replace("Felanmälan gata, park och belysning", "Fel på byn"), place="alvdalen")
    definitions = loader.load(folder)

    assert definitions.of("alvdalen")["felanmalan"].title["sv"] == "Fel på byn"
    assert definitions.of("robertsfors")["felanmalan"].title["sv"] == "Felanmälan gata, park och belysning"


def test_nothing_is_offered_in_place_of_a_bad_override(folder):
    put(folder, "nonsense", place="alvdalen")

    assert loader.load(folder).of("alvdalen") == {}
    assert loader.load(folder).of("robertsfors").keys() == {"felanmalan"}
