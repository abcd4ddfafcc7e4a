"""casework.yaml: right ones are read, wrong ones are refused with file and line, and with the likely name."""

import json
import shutil
from pathlib import Path

import pytest
import structlog.testing
import yaml

from services.routing.organisation import loader
from shared.conditions.condition import Group, leaves
from shared.settings import BadSetting

MUNICIPALITIES, ESERVICES = Path("municipalities"), Path("eservices")


@pytest.fixture
def folder(tmp_path):
    """A copy of the demo municipalities and e-services."""
    shutil.copytree(ESERVICES, tmp_path / "eservices")
    return Path(shutil.copytree(MUNICIPALITIES, tmp_path / "municipalities"))


def change(folder, **changes):
    """Write Älvdalen's casework anew with these changes."""
    path = folder / "alvdalen" / "casework.yaml"
    without_aliases = json.loads(json.dumps(yaml.safe_load(path.read_text()) | changes))
    path.write_text(yaml.safe_dump(without_aliases, allow_unicode=True))


def load(folder):
    """The casework, checked against the e-services beside it."""
    return loader.load(folder, folder.parent / "eservices")


def errors(folder):
    """Everything that is wrong, as tools show it."""
    return [str(error) for error in loader.read(folder, folder.parent / "eservices").errors]


def test_the_demo_municipalities_are_read_by_code(folder):
    read = load(folder)

    assert set(read) == {"2039", "2409", "2281", "1780", "0880"}
    assert read["2039"].queues["belysning"].publish
    assert read["2039"].published_keys() == ("belysning.2039",)
    assert (read["2039"].protected_queue.code, read["2039"].protected_officers) == ("skyddade", ("anna.andersson",))


def condition(fact="eservice", operator="is", value="felanmalan"):
    return {"fact": fact, "operator": operator, "value": value}


WHEN = [condition()]
RULE = {"name": "R", "because": {"sv": "x"}, "when": WHEN, "queue": "gata"}
BOARD = {"code": "TN", "name": {"sv": "N"}, "number_pattern": "{board} {year}-{number}"}


def rules(*conditions, **changes):
    """A change of the file: one rule with these conditions besides its e-service."""
    return {"rules": [RULE | {"when": [*WHEN, *conditions]} | changes]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"registrar_queue": "ingen"}, "there is no queue ingen"),
        ({"registrar_queue": "registrtor"}, "did you mean registrator?"),
        (rules(queue="gtaa"), "rules.R.queue: there is no queue gtaa: did you mean gata?"),
        ({"rules": [RULE, RULE]}, "two of them have the name R"),
        ({"rules": [RULE | {"when": []}]}, "rules.R.when: must be a list with at least one condition (rule R)"),
        (rules(because={"en": "x"}), "Swedish text"),
        (rules(condition(operator="matches")), "rules.R.when.1.operator: there is no operator matches"),
        (rules(condition(operator="one_of")), "one_of needs a list"),
        (rules(condition(operator="at_least")), "at_least needs a number"),
        (rules({"any": [condition(operator="x")]}), "rules.R.when.1.any.0.operator"),
        (rules(when={"any": [condition(operator="x")]}), "rules.R.when.any.0.operator"),
        (rules(condition("facts.categori", value="road")), "no fact facts.categori: did you mean facts.category?"),
        (rules(condition("facts.description", value="x")), "there is no fact facts.description"),
        (rules(condition("facts.area", "more", 15)), "there is no fact facts.area"),
        (rules(condition("facts.category", value="raod")), "there is no option of category raod: did you mean road?"),
        (rules(when=[condition(value="felanmälan")]), "there is no e-service felanmälan: did you mean felanmalan?"),
        (rules(condition("received_hour", "at_least", 25)), "received_hour is 0 to 23, never 25"),
        (rules(condition("weekday", value="måndag")), "there is no weekday måndag"),
        (rules(condition("time_of_day", "less", 750)), "time_of_day is a time of day as '08:30', in quotes"),
        (rules(condition("anonymous", value="ja")), "anonymous is true or false"),
        (rules(when=[condition("facts.area", "within", "sarna")]), "facts.area is a number"),
        (rules(condition("facts.category", "before", "i går")), "before needs a day"),
        (rules(priority="asap"), "Must be one of: low, normal, high, urgent"),
        (rules(tags=["A B"]), "rules.R.tags.0: must be small letters"),
        (rules(deadline={"amount": 0, "unit": "days", "basis": {"sv": "x"}}), "rules.R.deadline.amount"),
        ({"boards": [BOARD]}, "there is no board BN"),
        ({"boards": [BOARD | {"code": "T1"}]}, "must end in a letter"),
        ({"boards": [BOARD, BOARD]}, "two of them have the code TN"),
        ({"boards": [BOARD | {"number_pattern": "{board}-{number}"}]}, "must hold {board}, {year} and {number}"),
        ({"boards": [BOARD | {"number_pattern": "{board.__class__} {year} {number}"}]}, "{number}"),
        ({"boards": [BOARD | {"number_pattern": "{board} {year} {number:zz}"}]}, "is not a pattern"),
        ({"protected_registrar": {"queue": "skydade", "officers": ["a"]}}, "did you mean skyddade?"),
        ({"protected_registrar": {"queue": "registrator", "officers": ["a"]}}, "another queue than registrar_queue"),
        ({"protected_registrar": {"queue": "belysning", "officers": ["a"]}}, "is published to another system"),
        ({"protected_registrar": {"queue": "skyddade", "officers": []}}, "protected_registrar.officers"),
        ({"appeals": {"tingsratten": {"name": {"sv": "x"}}}}, "Must be one of"),
        ({"appeals": {"lansstyrelsen": {"name": {"en": "x"}}}}, "Swedish text"),
        ({"extra": 1}, "Unknown field."),
        (rules(priorty="high"), "rules.R.priorty: Unknown field: did you mean priority?"),
        (rules(priority="hihg"), "urgent: did you mean high?"),
        (rules(deadline={"amount": 2, "unit": "wekks", "basis": {"sv": "x"}}), "years: did you mean weeks?"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(folder, changes, message):
    change(folder, **changes)

    assert any(message in error for error in errors(folder))
    assert all("alvdalen/casework.yaml:" in error for error in errors(folder))
    with pytest.raises(BadSetting) as raised:
        load(folder)
    assert "alvdalen/casework.yaml:" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_error_names_the_line(folder):
    path = folder / "alvdalen" / "casework.yaml"
    path.write_text(path.read_text().replace("value: street_light", "value: street_lihgt"))
    [line] = [number for number, text in enumerate(path.read_text().splitlines(), 1) if "street_lihgt" in text]

    [error] = errors(folder)

    assert error == (
        f"{path}:{line}: rules.Gatubelysning.when.1.value: there is no option of category street_lihgt: "
        "did you mean street_light? (rule Gatubelysning)"
    )


def test_everything_that_is_wrong_is_found_at_once_and_the_start_counts_it(folder):
    change(folder, extra=1, **rules(condition(operator="x"), {"any": []}, priority="y"))

    assert len(errors(folder)) == 4
    with pytest.raises(BadSetting, match=r"\(and 3 more\)$"):
        load(folder)


@pytest.mark.parametrize(
    "conditions",
    [
        [condition("weekday", "one_of", ["saturday", "sunday"]), condition("time_of_day", "less", "08:00")],
        [{"any": [condition("facts.category", value="park"), {"none": [condition("anonymous", value=True)]}]}],
        [condition("facts.category", "empty", False), condition("received_hour", "at_most", 23)],
    ],
)
def test_rules_may_nest_and_use_every_fact(folder, conditions):
    change(folder, **rules(*conditions))

    [rule] = load(folder)["2039"].rules
    assert rule.eservices == {"felanmalan"}


def test_a_single_condition_or_group_may_stand_instead_of_a_list(folder):
    change(folder, **rules(when={"any": [*WHEN, condition(value="bygglov")]}))

    [rule] = load(folder)["2039"].rules
    assert isinstance(rule.when, Group)
    assert [each.value for each in leaves(rule.when)] == ["felanmalan", "bygglov"]


def test_a_rule_of_several_eservices_may_use_the_facts_of_each(folder):
    either = condition(operator="one_of", value=["felanmalan", "bygglov"])
    change(folder, **rules(when=[either, {"any": [condition("facts.category"), condition("facts.area", "more", 15)]}]))

    [error] = errors(folder)
    assert "there is no option of category felanmalan" in error


def test_an_area_may_be_named_when_the_municipality_has_it(folder):
    squares = [[[12.9, 61.6], [13.3, 61.6], [13.3, 61.8], [12.9, 61.8], [12.9, 61.6]]]
    feature = {"properties": {"code": "sarna"}, "geometry": {"type": "Polygon", "coordinates": squares}}
    definition = folder.parent / "eservices" / "common" / "felanmalan.yaml"
    definition.write_text(
        definition.read_text().replace("            type: place\n", "            type: place\n            fact: true\n")
    )
    change(folder, **rules(condition("facts.place", "within", "sarna")))
    assert "there is no area sarna" in errors(folder)[0]

    (folder / "alvdalen" / "areas.geojson").write_text(json.dumps({"features": [feature]}))

    assert set(load(folder)["2039"].areas) == {"sarna"}


@pytest.mark.parametrize("content", ["{", "[]", '{"features": [1]}', "\x00"])
def test_a_file_of_areas_that_is_none_is_refused(folder, content):
    (folder / "alvdalen" / "areas.geojson").write_text(content)

    with pytest.raises(BadSetting, match=r"areas\.geojson:1: "):
        load(folder)


def test_an_eservice_whose_board_the_municipality_lacks_is_refused_unless_it_is_withheld(folder):
    definition = folder.parent / "eservices" / "common" / "bygglov.yaml"
    definition.write_text(definition.read_text().replace("board: BN", "board: BNX"))

    found = errors(folder)
    assert len(found) == 5
    assert "there is no board BNX: did you mean BN? (the e-service bygglov needs it" in found[0]

    for municipality in folder.glob("*/municipality.yaml"):
        municipality.write_text(municipality.read_text() + "eservices_withheld: [bygglov]\n")
    assert errors(folder) == []


def test_a_municipalitys_own_definition_takes_the_place_of_the_common_one(folder):
    own = folder.parent / "eservices" / "alvdalen" / "bygglov.yaml"
    own.write_text(
        (folder.parent / "eservices" / "common" / "bygglov.yaml").read_text().replace("board: BN", "board: X")
    )

    [error] = errors(folder)
    assert "alvdalen/casework.yaml" in error


def put(folder, name):
    """Write a file that is not read, and return its place."""
    path = folder.parent / "eservices" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    return path


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("common/klagomal.yml", "klagomal.yml:1: is not read: call it .yaml"),
        ("klagomal.yaml", "klagomal.yaml:1: is not read: put it in common/, or in a municipality's folder"),
        ("alvdalne/bygglov.yaml", "alvdalne:1: there is no municipality alvdalne: did you mean alvdalen?"),
    ],
)
def test_what_only_looks_like_a_definition_is_refused(folder, name, error):
    put(folder, name)

    [found] = errors(folder)
    assert found.endswith(error)


def test_a_hidden_folder_beside_the_definitions_is_left_alone(folder):
    put(folder, "..data/felanmalan.yaml")

    assert errors(folder) == []


@pytest.mark.parametrize(
    "content",
    [
        "a: [",
        "code: felanmalan\nboard: TN\npages: [{sections: [{fields: [{name: x, type: raido, fact: true}]}]}]",
        "code: felanmalan",
        "code: felanmalan\nboard: TN\npages: 1",
        "code: felanmalan\nboard: 1\npages: []",
        "code: felanmalan\nboard: tn\npages: []",
        "code: annan\nboard: TN\npages: []",
        "code: felanmalan\nboard: TN\nboard: TN\npages: []",
    ],
)
def test_a_rule_of_an_eservice_whose_definition_is_bad_is_taken_with_a_line_in_the_log(folder, content):
    (folder.parent / "eservices" / "common" / "felanmalan.yaml").write_text(content)

    with structlog.testing.capture_logs() as logged:
        load(folder)

    assert {"eservice_unreadable", "rule_not_checked"} == {line["event"] for line in logged}


def test_what_such_a_rule_names_besides_the_form_is_checked_all_the_same(folder):
    (folder.parent / "eservices" / "common" / "felanmalan.yaml").write_text("a: [")
    change(folder, **rules(condition("facts.whatever"), condition("received_hour", "is", 24)))

    [error] = errors(folder)
    assert "received_hour is 0 to 23" in error


@pytest.mark.parametrize(
    ("content", "line"), [(b"", 1), (b"a: [", 2), (b"- 1", 1), (b"\xff\xfe", 1), (b"a: 1\na: 2", 2), (None, 1)]
)
def test_a_file_that_is_no_casework_at_all_is_refused_in_one_line(folder, content, line):
    path = folder / "alvdalen" / "casework.yaml"
    path.unlink() if content is None else path.write_bytes(content)

    with pytest.raises(BadSetting) as raised:
        load(folder)

    assert f"alvdalen/casework.yaml:{line}: " in str(raised.value)
