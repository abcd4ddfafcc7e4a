"""The JSON Schemas of YAML files agree with the code that reads the files: what one rejects the other rejects."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from services.intake.eservices import loader as eservices
from services.intake.forms.fields.registry import FIELD_TYPES
from services.notify.messages import choice
from services.notify.messages.handlers import EVENTS_WITH_MESSAGE
from services.notify.messages.render import available_messages
from services.operations.file_schemas import file_schemas
from services.routing.organisation import loader as organisation
from shared import municipalities
from shared.conditions.condition import InvalidCondition, parse
from shared.conditions.operators import OPERATORS
from shared.settings import BadSetting

ROOT = Path(__file__).parents[3]
SCHEMAS = file_schemas()
VALIDATORS = {
    kind: Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for kind, schema in SCHEMAS.items()
}
FILES = {
    "eservice": "eservices/common/felanmalan.yaml",
    "casework": "municipalities/alvdalen/casework.yaml",
    "municipality": "municipalities/alvdalen/municipality.yaml",
    "vocabulary": "services/intake/eservices/vocabulary.yaml",
    "messages": "services/notify/messages/messages.yaml",
}

OFFICERS = "officers: [anna.andersson]"
FACT = "{fact: eservice, operator: is, value: bygglov}"
BOX = "show_if: {fact: wants_answer, operator: is, value: true}"

GOOD = [
    ("eservice", "max_length: 4000", "max_length: 20000"),
    ("eservice", "type: date\n            when: past", "type: date\n            fact: true"),
    ("eservice", "type: textarea", "type: textarea\n            fact: false"),
    ("casework", FACT, "{fact: received_hour, operator: at_least, value: 6}"),
    ("casework", FACT, "{none: [{fact: weekday, operator: one_of, value: [monday]}, {all: [" + FACT + "]}]}"),
    ("casework", f"\n      - {FACT}", f" {FACT}"),
    ("casework", f"\n      - {FACT}", " {any: [" + FACT + "]}"),
    ("casework", FACT, "{fact: time_of_day, operator: less, value: '07:30'}"),
    ("casework", "queue: bygglov", "queue: bygglov\n    tags: [lov]\n    priority: high\n    deadline: null"),
    ("casework", f"protected_registrar: {{queue: skyddade, {OFFICERS}}}", "protected_registrar: null"),
    ("municipality", "languages: [sv, en]", "languages: [sv]\neservices_withheld: [bygglov]"),
    ("messages", "felanmalan:", "bygglov:"),
    ("eservice", "version: 2", "version: 2\nopen_from: '2026-03-01'\nopen_until: '2026-03-31 12:00'"),
    ("eservice", "destroy_after: {amount: 2, unit: years}", "keep: forever"),
]

BAD = [
    # a key that is not known, or not there
    ("eservice", "board: TN", "bord: TN"),
    ("eservice", "type: date\n            when: past", "type: date\n            max_length: 9"),
    ("eservice", "submitter: {email: email}", "submitter: {mail: email}"),
    ("casework", "publish: true", "published: true"),
    ("casework", FACT, "{fact: eservice, operator: is, values: bygglov}"),
    ("casework", FACT, "{fact: eservice, operator: is}"),
    ("municipality", "colour:", "color:"),
    ("messages", "case.decided: decided", "case.decide: decided"),
    ("messages", "case.closed: null", "case.close: null"),
    ("vocabulary", "{code: fa_barn, label:", "{code: fa_barn, text:"),
    # a value that is none of those allowed
    ("eservice", "destroy_after: {amount: 2, unit: years}", "keep: long"),
    ("eservice", "version: 2", "version: 2\nopen_from: '1 March'"),
    ("eservice", "type: textarea", "type: textarra"),
    ("eservice", "legal_regime: faktiskt_handlande", "legal_regime: djungelns"),
    ("eservice", "unit: working_days", "unit: fortnights"),
    ("eservice", "when: past", "when: yesterday"),
    ("eservice", "name: noticed_on", "name: csrf_token"),
    ("casework", "operator: one_of, value: [park, litter]", "operator: is_in, value: [park, litter]"),
    ("casework", "lansstyrelsen: {name", "riksdagen: {name"),
    ("casework", FACT, "{fact: eservise, operator: is, value: bygglov}"),
    ("municipality", "languages: [sv, en]", "languages: [sv, xx]"),
    ("messages", "case.decided: decided", "case.decided: decides"),
    ("messages", "case.assigned: null", "case.assigned: asigned"),
    # a value of another shape than the operator takes
    ("casework", "operator: one_of, value: [park, litter]", "operator: one_of, value: park"),
    ("casework", FACT, "{fact: eservice, operator: is, value: [bygglov]}"),
    ("casework", FACT, "{fact: received_hour, operator: more, value: noon}"),
    ("casework", FACT, "{fact: eservice, operator: empty, value: perhaps}"),
    # conditions that are put together wrongly
    ("casework", f"\n      - {FACT}", " []"),
    ("casework", FACT, "{any: []}"),
    ("casework", FACT, "{any: " + FACT + "}"),
    ("casework", FACT, "{any: [" + FACT + "], none: [" + FACT + "]}"),
    ("casework", FACT, "{any: [" + FACT + "], fact: eservice}"),
    ("casework", FACT, "bygglov"),
    # a limit that is exceeded
    ("eservice", "amount: 10", "amount: 5001"),
    ("eservice", "version: 2", "version: 0"),
    ("eservice", "max_length: 4000", "max_length: 20001"),
    ("eservice", "max_files: 3", "max_files: 21"),
    ("casework", "name: Bygglov\n    because", f"name: {'b' * 81}\n    because"),
    ("casework", "queue: bygglov\n", f"queue: bygglov\n    tags: [{', '.join('abcdefghijk')}]\n"),
    ("casework", OFFICERS, "officers: []"),
    # a text that is not of the pattern
    ("eservice", "board: TN", "board: tn"),
    ("eservice", "name: noticed_on", "name: noticed-on"),
    ("casework", 'code: BN, name: {sv: Byggnadsnämnden, en: Building Committee}, number_pattern: "{board} ',
     'code: BN, name: {sv: Byggnadsnämnden, en: Building Committee}, number_pattern: "'),
    ("casework", "{code: belysning,", "{code: bely_sning,"),
    ("casework", "boards:\n", "boards:\n  - {code: B1, name: {sv: b}, number_pattern: '{board}{year}{number}'}\n"),
    ("casework", "queue: bygglov\n", "queue: bygglov\n    tags: [Lov]\n"),
    ("municipality", 'code: "2039"', 'code: "203"'),
    ("municipality", 'colour: "#1f5c3a"', "colour: green"),
    ("municipality", "email: kommun@alvdalen.example", "email: kommun"),
    # a text that lacks Swedish
    ("eservice", "basis: {sv: kommunens servicelöfte, en:", "basis: {en:"),
    ("casework", "because: {sv: det är ett medborgarförslag, en:", "because: {en:"),
    ("municipality", "name: {sv: Älvdalens kommun, en:", "name: {en:"),
    # what a type of field does not take
    ("eservice", "type: textarea", "type: textarea\n            fact: true"),
    ("eservice", "max_files: 3", "show_if: wants_answer"),
    ("eservice", BOX, BOX.replace("operator: is,", "operator: equals,")),
    ("eservice", BOX, f"{BOX}\n            require_if: {BOX[9:]}"),
    ("eservice", BOX, BOX.replace("value: true", "value: [true]")),
    # another type
    ("municipality", 'code: "2039"', "code: 2039"),
    ("eservice", "outcomes:\n", "outcomes: none\nothers:\n"),
]  # fmt: skip


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A copy of every file that municipalities keep."""
    for folder in ("eservices", "municipalities"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for kind in ("messages", "vocabulary"):
        (tmp_path / FILES[kind]).parent.mkdir(parents=True)
        shutil.copy(ROOT / FILES[kind], tmp_path / FILES[kind])
    return tmp_path


def change(installation: Path, kind: str, old: str, new: str) -> Path:
    file = installation / FILES[kind]
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return file


def is_loaded(installation: Path, kind: str) -> bool:
    """Whether the code that loads the file accepts it."""
    return not LOADERS[kind](installation)


def is_valid(file: Path, kind: str) -> bool:
    """Whether the schema accepts the file. JSON has no days: they are text there."""
    content = json.loads(json.dumps(yaml.safe_load(file.read_text()), default=str))
    return bool(VALIDATORS[kind].is_valid(content))


def errors_of_messages(installation: Path) -> list[str]:
    try:
        choice.load(installation / FILES["messages"], events=EVENTS_WITH_MESSAGE, templates=available_messages())
    except BadSetting as error:
        return [str(error)]
    return []


def errors_of_vocabulary(installation: Path) -> list[str]:
    shutil.copy(installation / FILES["vocabulary"], installation / "eservices")
    return [str(error) for error in eservices.load(installation / "eservices").errors]


LOADERS: dict[str, Callable[[Path], object]] = {
    "eservice": lambda folder: eservices.load(folder / "eservices").errors,
    "casework": lambda folder: organisation.read(folder / "municipalities", folder / "eservices").errors,
    "municipality": lambda folder: municipalities.read(folder / "municipalities")[1],
    "vocabulary": errors_of_vocabulary,
    "messages": errors_of_messages,
}


@pytest.mark.parametrize(("kind", "old", "new"), GOOD)
def test_what_is_good_is_valid_for_loader_and_schema(installation: Path, kind: str, old: str, new: str) -> None:
    file = change(installation, kind, old, new)

    assert is_loaded(installation, kind)
    assert is_valid(file, kind)


@pytest.mark.parametrize(("kind", "old", "new"), BAD)
def test_what_is_bad_is_rejected_by_loader_and_schema(installation: Path, kind: str, old: str, new: str) -> None:
    file = change(installation, kind, old, new)

    assert not is_loaded(installation, kind)
    assert not is_valid(file, kind)


CONDITION = Draft202012Validator({"$ref": "#/$defs/Condition", "$defs": SCHEMAS["casework"]["$defs"]})
VALUES = [
    *("road", "", "08:30", "24:00", "2026-12-24", "2026-12-24x"),
    *("today", "today+14d", "today-6m", "today+", "today+1h"),
    *(0, -3, 4.5, True, False, None),
    *([], ["road"], [1, True, "x"], [["road"]], [None], {}, {"text": "here"}),
]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_loader_and_schema_agree_on_the_values_of_every_operator(operator: str, value: object) -> None:
    written = {"fact": "facts.category", "operator": operator, "value": value}
    try:
        parse(written)
        taken = True
    except InvalidCondition:
        taken = False

    assert CONDITION.is_valid(written) is taken


@pytest.mark.parametrize("name", FIELD_TYPES)
def test_a_type_of_field_takes_its_own_keys(name: str) -> None:
    definition = SCHEMAS["eservice"]["$defs"][FIELD_TYPES[name].__name__]

    assert FIELD_TYPES[name].KEYS.keys() <= definition["properties"].keys()
    assert definition["additionalProperties"] is False


@pytest.mark.parametrize("kind", FILES)
def test_every_key_of_a_file_has_its_meaning(kind: str) -> None:
    keys = SCHEMAS[kind]["properties"]

    assert [name for name, key in keys.items() if not {"description", "$ref"} & key.keys()] == []
    assert all("description" in definition for definition in SCHEMAS[kind].get("$defs", {}).values())
