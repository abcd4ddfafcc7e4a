"""`arende eservice`: what its commands print, write and end with."""

import json
import shutil

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from services.cli.main import main
from tests.house.reading import ROOT


@pytest.fixture
def files(tmp_path):
    """A copy of the demo municipalities and e-services."""
    for name in ("municipalities", "eservices"):
        shutil.copytree(name, tmp_path / name)
    return tmp_path


def arende(*words):
    return CliRunner().invoke(main, list(words))


def check(files, *options):
    return arende(
        "eservice", "check", str(files / "eservices"), "--municipalities", str(files / "municipalities"), *options
    )


def test_right_definitions_are_counted(files):
    result = check(files)

    assert result.exit_code == 0
    assert "21 right definitions, 0 errors" in result.stdout.splitlines()[-1]


def test_every_error_of_definitions_and_casework_has_its_line(files):
    definition = files / "eservices/common/felanmalan.yaml"
    definition.write_text(definition.read_text().replace("board: TN", "board: XX").replace("version: 2", "version: 0"))
    (files / "eservices/stockholm").mkdir()

    result = check(files)

    assert result.exit_code == 1
    for part in ("felanmalan.yaml:6: version: Must be", "there is no board XX", "there is no municipality stockholm"):
        assert part in result.stdout
    assert result.stdout.endswith("20 right definitions, 7 errors, 2 warnings\n")


def test_a_table_that_a_definition_needs_and_a_municipality_lacks_is_an_error(files):
    (files / "eservices/alvdalen/data/preschools.yaml").unlink()

    result = check(files)

    assert "alvdalen: forskola: first_choice: there is no table preschools" in result.stdout


def test_a_bad_municipality_does_not_hide_a_bad_definition(files):
    (files / "municipalities/alvdalen/municipality.yaml").unlink()
    (files / "eservices/common/felanmalan.yaml").write_text("")

    result = check(files)

    assert "municipality.yaml:1: is missing" in result.stdout
    assert "felanmalan.yaml:1: is not a mapping" in result.stdout


NEVER = "show_if: [{fact: wants_answer, operator: is, value: true}, {fact: wants_answer, operator: is, value: false}]"


@pytest.fixture
def with_warning(files):
    """A question that is never asked, in the definition of one file."""
    definition = files / "eservices/common/felanmalan.yaml"
    text = definition.read_text().replace("show_if: {fact: wants_answer, operator: is, value: true}", NEVER)
    definition.write_text(
        text.replace("max_length: 4000", "max_length: 4000 #").replace("Här anmäler du", "Medelst detta anmäler du")
    )
    return definition


def of_file(definition, *options):
    municipalities = definition.parents[2] / "municipalities"
    return arende("eservice", "check", str(definition), "--municipalities", str(municipalities), *options)


def test_a_warning_and_advice_are_no_errors_unless_strict(with_warning):
    result, strict = of_file(with_warning), of_file(with_warning, "--strict")

    assert (result.exit_code, strict.exit_code) == (0, 1)
    assert "warning: pages.answer.email.show_if: can never hold: email is never asked" in result.stdout
    assert "advice: intro.sv: medelst: klarspråk has med, genom" in result.stdout
    assert result.stdout.endswith("1 right definitions, 0 errors, 1 warnings\n")


def test_advice_may_be_left_out(with_warning):
    assert "advice:" not in of_file(with_warning, "--no-advice").stdout


def test_a_check_of_one_file_is_silent_on_others(files):
    (files / "eservices/common/bygglov.yaml").write_text("nonsense")

    assert of_file(files / "eservices/common/felanmalan.yaml").exit_code == 0
    assert of_file(files / "eservices/common/bygglov.yaml").exit_code == 1


def test_a_file_may_be_named_from_its_own_folder(files, monkeypatch):
    monkeypatch.chdir(files / "eservices/common")
    municipalities = str(files / "municipalities")

    result = arende("eservice", "check", "felanmalan.yaml", "--municipalities", municipalities)

    assert result.stdout.endswith("1 right definitions, 0 errors\n")


def test_check_reads_what_authors_expect(files):
    (files / "eservices/common/tests/medborgarforslag.yaml").write_text("tests: [{nam: x}]")

    assert "tests.0.nam: Unknown field: did you mean name?" in check(files).stdout


def run_tests(files, *words):
    folders = ("--eservices", str(files / "eservices"), "--municipalities", str(files / "municipalities"))
    return arende("eservice", "test", *words, *folders)


def test_tests_end_with_1_where_something_does_not_come_out_as_expected(files):
    result = run_tests(files)
    assert result.exit_code == 0
    assert result.stdout.endswith(" tests, 0 failures\n")

    tests = files / "eservices/common/tests/medborgarforslag.yaml"
    tests.write_text(tests.read_text().replace("robertsfors: forslag", "robertsfors: gata"))

    assert run_tests(files, "medborgarforslag").exit_code == 1
    assert "medborgarforslag.yaml:14: tests" in run_tests(files).stdout


def test_tests_that_there_are_not_are_one_line(files):
    result = run_tests(files, "felanmalan")

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_diff_shows_whether_the_version_must_be_raised(files, tmp_path):
    old = files / "eservices/common/felanmalan.yaml"
    new = tmp_path / "felanmalan.yaml"
    new.write_text(old.read_text().replace("max_length: 4000", "max_length: 3000"))

    result = arende("eservice", "diff", str(old), str(new))

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "! description: max_length is 3,000, and was 4,000: tighter",
        "version must be raised: it is 2, and was 2",
    ]
    new.write_text(new.read_text().replace("version: 2", "version: 3"))
    assert arende("eservice", "diff", str(old), str(new)).stdout.endswith("version is raised from 2 to 3\n")
    assert arende("eservice", "diff", str(old), str(old)).stdout == "version may stay 2\n"


def test_diff_of_what_is_no_definition_is_one_line(files, tmp_path):
    bad = tmp_path / "felanmalan.yaml"
    bad.write_text("code: felanmalan")

    result = arende("eservice", "diff", str(bad), str(files / "eservices/common/felanmalan.yaml"))

    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


NEW = {
    "--place": "common", "--code": "kop_tomt", "--title-sv": "Köpa tomt", "--title-en": "Buy a plot", "--board": "KS",
    "--identity": "stated", "--legal-regime": "forvaltningslagen", "--registration": "registreras",
    "--deadline-weeks": "4", "--appeal": "lansstyrelsen", "--secrecy": "none",
}  # fmt: skip


def write_new(files, options, *flags, typed=""):
    folders = ("--eservices", str(files / "eservices"), "--municipalities", str(files / "municipalities"))
    words = [word for pair in options.items() for word in pair]
    return CliRunner().invoke(main, ["eservice", "new", *folders, *words, *flags], input=typed)


@pytest.mark.parametrize(
    "regime", ["forvaltningslagen", "laglighetsprovning", "tryckfrihetsforordningen", "faktiskt_handlande"]
)
@pytest.mark.parametrize("identity", ["anonymous", "stated", "high"])
def test_a_new_definition_passes_the_check_and_names_what_is_to_be_written(files, regime, identity):
    options = NEW | {"--legal-regime": regime, "--identity": identity}

    result = write_new(files, options, "--asks-place", "--asks-files")

    assert result.exit_code == 0, result.output
    checked = of_file(files / "eservices/common/kop_tomt.yaml")
    assert checked.exit_code == 0, checked.stdout
    assert "intro.sv: is not written yet" in checked.stdout
    assert "outcomes" not in checked.stdout


def test_questions_are_asked_for_what_no_option_gives(files):
    typed = ("alvdalen", "forvaltningslagen", "registreras", "none", "none", "kop_tomt", "Köpa tomt", "Buy a plot",
             "XX", "BN", "stated", "0", "n", "y")  # fmt: skip

    result = write_new(files, {}, typed="\n".join((*typed, "")))

    assert result.exit_code == 0, result.output
    assert "'XX' is not one of 'BN', 'BUN', 'KFN', 'KS', 'MN', 'SN', 'TN'" in result.output
    written = (files / "eservices/alvdalen/kop_tomt.yaml").read_text()
    assert "board: BN" in written
    assert "type: file" in written
    assert "deadline" not in written.partition("code:")[2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"--board": "XX"}, "there is no board XX"),
        ({"--code": "Köp"}, "must be lower-case letters"),
        ({"--code": "../../outside"}, "must be lower-case letters"),
        ({"--code": "felanmalan"}, "is there already"),
        ({"--place": "alvdal"}, "there is no place alvdal: did you mean alvdalen?"),
    ],
)
def test_what_cannot_be_is_one_line_and_writes_nothing(files, options, message):
    before = sorted(files.rglob("*"))

    result = write_new(files, NEW | options, "--asks-place", "--asks-files")

    assert result.exit_code != 0
    assert message in result.stderr.splitlines()[-1]
    assert sorted(files.rglob("*")) == before


def test_export_gives_what_the_api_gives(files):
    schema = json.loads(arende("eservice", "export", str(files / "eservices/common/felanmalan.yaml")).stdout)

    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["answers"]["required"] == ["category", "place", "description"]


FORMS = ROOT / "tests/unit/intake/eservices/authoring/importing/forms"


def test_import_writes_a_definition_that_passes_and_lists_what_it_could_not_carry(files):
    options = ("--code", "bidrag", "--board", "KS", "--eservices", str(files / "eservices"))

    result = arende("eservice", "import", str(FORMS / "formio.json"), *options)

    assert result.exit_code == 0, result.stderr
    assert "signature: there is no field type like signature" in result.stderr.splitlines()
    checked = of_file(files / "eservices/common/bidrag.yaml")
    assert checked.exit_code == 0, checked.stdout
    assert "is the same as the Swedish" in checked.stdout
    assert "is there already" in arende("eservice", "import", str(FORMS / "formio.json"), *options).stderr


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [("--place", "alvdal", "did you mean alvdalen?"), ("--code", "../x", "must be lower-case letters")],
)
def test_an_import_stays_among_the_definitions(files, option, value, message):
    options = {"--code": "bidrag", "--board": "KS", "--eservices": str(files / "eservices")} | {option: value}

    result = arende(
        "eservice", "import", str(FORMS / "formio.json"), *(word for pair in options.items() for word in pair)
    )

    assert result.exit_code != 0
    assert message in result.stderr.splitlines()[-1]


def test_import_of_what_is_no_form_is_one_line(files):
    folder = str(files / "eservices")
    bad = files / "eservices/common/felanmalan.yaml"

    result = arende("eservice", "import", str(bad), "--code", "x", "--board", "KS", "--eservices", folder)

    assert result.exit_code == 1
    assert result.stderr == f"Error: {bad}: line 1 is not JSON: unexpected character, expected a JSON value\n"
