"""E-service definitions: good ones serve, each error of a bad one has its file and line."""

from pathlib import Path

import pytest

from services.intake.eservices import loader
from tests.house.reading import ROOT

BOX = "show_if: {fact: wants_answer, operator: is, value: true}"
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
        ("type: textarea", "type: textarra", "pages.0.sections.0.fields.2.type: Must be one of"),
        ("type: textarea", "type: textarra", "did you mean textarea?"),
        ("max_length: 4000", "maxlength: 4000", "a textarea has no such key: did you mean max_length?"),
        ("max_length: 4000", "max_length: many", "pages.0.sections.0.fields.2.max_length: Not a valid integer"),
        ("board: TN", "bord: TN", "bord: Unknown field: did you mean board?"),
        (BOX, BOX.replace("wants_answer", "nothing"), "fields.1.show_if.fact: there is no fact nothing"),
        (BOX, BOX.replace("wants_answer", "wants_answr"), "did you mean wants_answer?"),
        (BOX, BOX.replace("wants_answer", "email"), "show_if.fact: there is no fact email"),
        (BOX, BOX.replace("true", "1"), "show_if.value: wants_answer is true or false, which 1 is not"),
        (BOX, BOX.replace("is,", "less,"), "show_if.value: less needs a number"),
        (BOX, BOX.replace("fact: wants_answer", "fact: category"), "value: there is no option of category True"),
        (BOX, BOX.replace("{fact: wants_answer", "{fct: wants_answer"), "show_if: fact is missing"),
        (BOX, f"{BOX}\n            require_if: {BOX[9:]}", "require_if: email is required already"),
        ("code: answer", "code: fault", "pages.1.code: two pages have the same code, fault"),
        ("name: photo", "name: place", "fields.4.name: two fields have the same name, place"),
        ("code: answer", "code: answer\n    exit: true", "pages.1.exit: an exit needs show_if"),
        ("name: noticed_on", "name: csrf_token", "fields.3.name: csrf_token is a name that the pages use"),
        ("name: noticed_on", "name: supplement", "fields.3.name: supplement is a name that the pages use"),
        ("max_megabytes: 15", "max_bytes: 15000000", "a file has no such key: did you mean max_megabytes?"),
        ("max_megabytes: 15", "max_megabytes: 51", "max_megabytes: Must be"),
        ("max_megabytes: 15", "max_megabytes: 15\n            max_megabytes_in_all: 14", "photo: max_megabytes is"),
        ("accept: [", "accept: [docm, ", "accept.0: Must be one of"),
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
        ("max_length: 4000", "fact: true", "pages.0.sections.0.fields.2.fact: a textarea may hold personal data"),
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

    assert [error.message.removeprefix("pages: ") for error in loader.load(folder).errors] == messages


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
