"""E-service definitions: good ones serve, each error of a bad one has its file and line."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.intake.eservices import loader
from services.intake.eservices.loader import DefinitionFolder
from shared.events.intake import Retention
from shared.settings import BadSetting
from shared.swedish.law import DeadlineUnit
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


BASIS = "{sv: beslut, en: decision}"
KEPT = "  destroy_after: {amount: 2, unit: years}\n"
TWICE = f"{{outcome: atgardat, keep: forever, basis: {BASIS}}}"


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("legal_regime: faktiskt_handlande", "legal_regime: djungelns", "legal_regime: Must be one of"),
        ("legal_regime: faktiskt_handlande", "legal_regime: faktiskt_handlnade", "did you mean faktiskt_handlande?"),
        ("type: textarea", "type: textarra", "pages.fault.description.type: Must be one of"),
        ("type: textarea", "type: textarra", "did you mean textarea?"),
        ("max_length: 4000", "maxlength: 4000", "a textarea has no such key: did you mean max_length?"),
        ("max_length: 4000", "max_length: many", "pages.fault.description.max_length: Not a valid integer"),
        ("board: TN", "bord: TN", "bord: Unknown field: did you mean board?"),
        (BOX, BOX.replace("wants_answer", "nothing"), "pages.answer.email.show_if.fact: there is no fact nothing"),
        (BOX, BOX.replace("wants_answer", "wants_answr"), "did you mean wants_answer?"),
        (BOX, BOX.replace("wants_answer", "email"), "show_if.fact: there is no fact email"),
        (BOX, BOX.replace("true", "1"), "show_if.value: wants_answer is true or false, which 1 is not"),
        (BOX, BOX.replace("is,", "less,"), "show_if.value: less needs a number"),
        (BOX, BOX.replace("fact: wants_answer", "fact: category"), "value: there is no option of category True"),
        (BOX, BOX.replace("{fact: wants_answer", "{fct: wants_answer"), "show_if: fact is missing"),
        (BOX, f"{BOX}\n            require_if: {BOX[9:]}", "require_if: email is required already"),
        ("code: answer", "code: fault", "pages.fault.code: two pages have the same code, fault"),
        ("name: photo", "name: place", "pages.fault.place.name: two fields have the same name, place"),
        ("code: answer", "code: answer\n    exit: true", "pages.answer.exit: an exit needs show_if"),
        ("name: noticed_on", "name: csrf_token", "fault.csrf_token.name: csrf_token is a name that the pages use"),
        ("name: noticed_on", "name: supplement", "fault.supplement.name: supplement is a name that the pages use"),
        ("max_megabytes: 15", "max_bytes: 15000000", "a file has no such key: did you mean max_megabytes?"),
        ("max_megabytes: 15", "max_megabytes: 51", "max_megabytes: Must be"),
        ("max_megabytes: 15", "max_megabytes: 15\n            max_megabytes_in_all: 14", "photo: max_megabytes is"),
        ("accept: [", "accept: [docm, ", "accept.0: Must be one of"),
        ("amount: 10", "amount: 1000000", "deadline.amount: Must be"),
        ("version: 2", "version: 2026-13-45", "is not YAML: month must be in 1..12"),
        ("version: 2", "version: " + "9" * 5000, "is not YAML: Exceeds the limit"),
        ("version: 2", "version: " + "9" * 4000, "version: Must be"),
        ("version: 2", "version: !!bool perhaps", "is not YAML: 'perhaps'"),
        ("sv: \"Felanmälan: {category}\"", "sv: \"Felanmälan: {description}\"", "case_title.sv: {description} must be"),
        ("sv: \"Felanmälan: {category}\"", "sv: \"Felanmälan: {category\"", "case_title: braces do not match"),
        ("submitter: {email: email}", "submitter: {email: place}", "submitter.email: must name a field of"),
        ("identity: anonymous", "identity: stated", "submitter: with identity: stated, name must"),
        ("code: atgardas_ej", "code: atgardat", "outcomes: two outcomes have the same code, atgardat"),
        ("version: 2", "version: 2\nversion: 3", "version: stands here twice"),
        ("code: felanmalan", "code: something_else", "code: is something_else, but the file is felanmalan.yaml"),
        ("topics: [gator_trafik]", "topics: [gator_trafk]", "no topic gator_trafk: did you mean gator_trafik?"),
        ("topics: [gator_trafik]", "life_situations: [flyta]", "no life situation flyta: did you mean flytta?"),
        ("version: 2", "version: 2\nopen_from: 2026-04-01\nopen_until: 2026-03-31", "open_until: it would close"),
        ("version: 2", "version: 2\nopen_from: soon", "open_from: must be a day, 2026-03-01, or a day and a time"),
        ("version: 2", "version: 2\nopen_from: 20260301", "open_from: must be a day"),
        ("version: 2", "version: 2\nopen_from: 2026-03-01T12:00:00Z", "open_from: must be a time that clocks"),
        ("version: 2", "version: 2\nopen_from: 2026-03-29 02:30", "open_from: must be a time that clocks"),
        ("version: 2", "version: 2\npaused: {sv: Paus}", "paused.en: Missing data"),
        ("  destroy_after: {amount: 2, unit: years}\n", "", "retention: has either keep: forever or"),
        ("destroy_after: {amount: 2, unit: years}", "keep: long", "retention.keep: Must be one of"),
        ("identity: anonymous", "identity: substantiel", "identity: Must be one of"),
        ("identity: anonymous", "identity: high", "identity_proof: is for identity: substantial and high"),
        ("identity: anonymous", f"identity: anonymous\nidentity_proof: {BASIS}", "identity_proof: is for identity"),
        (KEPT, f"{KEPT}  outcomes: [{{outcome: atgarda, keep: forever, basis: {BASIS}}}]\n", "did you mean atgardat?"),
        (KEPT, f"{KEPT}  outcomes: [{{outcome: atgardat, basis: {BASIS}}}]\n", "has either keep: forever or"),
        (KEPT, f"{KEPT}  outcomes: [{', '.join([TWICE] * 2)}]\n", "outcomes.1.outcome: stands here twice"),
        ("search_words:", "search_wrds:", "search_wrds: Unknown field: did you mean search_words?"),
        ("code: park\n", "code: road\n", "pages.fault.category.options: two options have the same code, road"),
        ("code: park\n", "code: yes\n", 'YAML reads yes as true or false: write it in quotes, "yes"'),
        ("en: Picture", "en: No", 'pages.fault.photo.label.en: Not a valid string. YAML reads No as true or false'),
        ("en: Picture", "en: 112", 'YAML reads 112 as a number: write it in quotes, "112"'),
        ("{sv: Bild, en: Picture}", "{sv: Bild, foto, en: Picture}", "A text with a comma, in braces, must be"),
        ("label: {sv: Bild, en: Picture}", "label: Bild", "photo.label: must be in both languages: {sv: …, en: …}"),
        ("label: {sv: Bild, en: Picture}", "label: {sv: Bild, en: }", "There is nothing after the colon."),
        ("[jpeg, png, heic, webp]", "jpeg", "photo.accept: Not a valid list. Write it as [a, b], or each on a line"),
        ("max_length: 4000", "max_length: 4 000", "Write a whole number, without quotes, spaces or decimals."),
        ("required: true", "required: very", "category.required: Not a valid boolean. Write true or false."),
        ("en: Picture", "en: Picture: large", "braces without quotes"),
        ("required: true", "required_if: {}", "category.required_if: a radio has no such key: did you mean require_if"),
        (BOX, BOX.replace("wants_answer", "category").replace("true", "No"), "so write the code in quotes"),
        ("max_length: 4000", "fact: true", "pages.fault.description.fact: a textarea may hold personal data"),
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
    put(folder, EXAMPLE.replace("Gör en felanmälan", "Fel på byn"), place="alvdalen")
    definitions = loader.load(folder)

    assert definitions.of("alvdalen")["felanmalan"].title["sv"] == "Fel på byn"
    assert definitions.of("robertsfors")["felanmalan"].title["sv"] == "Gör en felanmälan"


def test_nothing_is_offered_in_place_of_a_bad_override(folder):
    put(folder, "nonsense", place="alvdalen")

    assert loader.load(folder).of("alvdalen") == {}
    assert loader.load(folder).of("robertsfors").keys() == {"felanmalan"}


def test_what_is_read_again_is_only_what_has_changed(folder):
    put(folder, EXAMPLE, place="alvdalen")
    definitions = DefinitionFolder(folder)
    before = definitions.read()
    put(folder, EXAMPLE.replace("version: 2", "version: 4"), place="alvdalen")

    after = definitions.read()

    assert after.by_place["common"]["felanmalan"] is before.by_place["common"]["felanmalan"]
    assert after.of("alvdalen")["felanmalan"].version == 4


def test_a_file_that_became_bad_serves_as_it_was_and_is_an_error_until_it_is_right(folder):
    definitions = DefinitionFolder(folder)
    good = definitions.read().of("alvdalen")["felanmalan"]
    for bad in ("nonsense", EXAMPLE.replace("board: TN", "bord: TN")):
        put(folder, bad)

        found = definitions.read()

        assert found.of("alvdalen")["felanmalan"] is good
        assert found.errors
        assert definitions.read().errors == found.errors

    put(folder, EXAMPLE.replace("version: 2", "version: 3"))

    assert definitions.read().errors == []
    assert definitions.read().of("alvdalen")["felanmalan"].version == 3


def test_a_bad_vocabulary_leaves_the_last_good_one(folder):
    (folder / "vocabulary.yaml").write_text(
        "topics: [{code: gator_trafik, label: {sv: V, en: R}}]\nlife_situations: []"
    )
    definitions = DefinitionFolder(folder)
    good = definitions.read().vocabulary
    (folder / "vocabulary.yaml").write_text("topics: [{code: gator_trafik}]\nlife_situations: []")

    found = definitions.read()

    assert found.vocabulary == good
    assert [str(error) for error in found.errors] == [
        f"{folder}/vocabulary.yaml:1: topics.gator_trafik.label: Missing data for required field."
    ]
    assert found.of("alvdalen").keys() == {"felanmalan"}


def test_a_folder_that_lost_all_its_files_is_a_fault(folder):
    definitions = DefinitionFolder(folder)
    definitions.read()
    (folder / "common/felanmalan.yaml").unlink()

    with pytest.raises(BadSetting, match="there is no definition in it any more"):
        definitions.read()


@pytest.mark.parametrize(
    ("old", "new", "advised"),
    [
        ("max_length: 4000", "max_length: 3000", True),
        ("Släckt", "Släckt", False),
        ("summary:\n  sv: ", "summary:\n  sv: Ny text. ", False),
        ("version: 2\n", "version: 3\n", False),
    ],
)
def test_questions_that_change_in_the_same_version_are_advised_against_and_served(folder, old, new, advised):
    definitions = DefinitionFolder(folder)
    definitions.read()
    changed = EXAMPLE.replace(old, new)
    put(folder, changed)

    with capture_logs() as lines:
        found = definitions.read()

    assert [line["event"] for line in lines] == ["questions_changed_in_same_version"] * advised
    assert found.of("alvdalen")["felanmalan"].source == changed.encode()


@pytest.mark.parametrize(
    ("written", "amount", "unit"),
    [("keep: forever", None, None), ("destroy_after: {amount: 2, unit: years}", 2, DeadlineUnit.YEARS)],
)
def test_how_long_the_case_is_kept_goes_with_the_event(folder, written, amount, unit):
    put(folder, EXAMPLE.replace("destroy_after: {amount: 2, unit: years}", written))

    handling = loader.load(folder).of("alvdalen")["felanmalan"].handling

    assert handling.retention == Retention(
        {"sv": "nämndens gallringsbeslut", "en": "the board’s decision"}, amount, unit
    )


def test_the_board_gets_how_long_each_outcome_is_kept_and_which_e_id_is_asked_for():
    definitions = loader.load(ROOT / "eservices").of("alvdalen")

    concern, permit = (definitions[code].handling for code in ("orosanmalan", "bygglov"))

    assert (concern.retention.amount, [(each.outcome, each.amount) for each in concern.retention.outcomes]) == (
        30,
        [("inleds_ej", 5)],
    )
    assert (concern.assurance_level, permit.assurance_level) == (None, 3)
