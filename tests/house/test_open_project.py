"""What strangers and their programs expect of an open project is there, and in the form that they read."""

import re
import tomllib

import pytest
import yaml

from tests.house.reading import ROOT, run, text

PROJECT = tomllib.loads(text("pyproject.toml"))["project"]
PUBLICCODE = yaml.safe_load(text("publiccode.yml"))

# https://yml.publiccode.tools/, version 0.4: what is mandatory, and the values that it knows.
MANDATORY = {
    "publiccodeYmlVersion": str,
    "name": str,
    "url": str,
    "releaseDate": str,
    "platforms": list,
    "categories": list,
    "developmentStatus": str,
    "softwareType": str,
    "description": dict,
    "legal": dict,
    "maintenance": dict,
    "localisation": dict,
}
STATUSES = {"concept", "development", "beta", "stable", "obsolete"}


@pytest.mark.parametrize("key", MANDATORY)
def test_publiccode_has_what_is_mandatory(key):
    assert isinstance(PUBLICCODE[key], MANDATORY[key])
    assert PUBLICCODE[key]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_publiccode_describes_the_software_within_the_limits(language):
    description = PUBLICCODE["description"][language]

    assert 0 < len(description["shortDescription"]) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert len(description["features"]) >= 5


def test_publiccode_has_only_values_that_the_standard_knows():
    assert PUBLICCODE["developmentStatus"] in STATUSES
    assert PUBLICCODE["softwareType"] == "standalone/web"
    assert PUBLICCODE["legal"]["license"] == PROJECT["license"]
    assert PUBLICCODE["maintenance"]["type"] == "community"
    assert all(contact["name"] for contact in PUBLICCODE["maintenance"]["contacts"])
    assert PUBLICCODE["localisation"] == {"localisationReady": True, "availableLanguages": ["sv", "en"]}
    assert (ROOT / PUBLICCODE["logo"]).suffix == ".svg"
    assert (ROOT / PUBLICCODE["logo"]).exists()


@pytest.mark.parametrize("path", ["SECURITY.md", "CODE_OF_CONDUCT.md"])
def test_mail_to_the_project_goes_where_its_contact_is(path):
    [contact] = PUBLICCODE["maintenance"]["contacts"]
    domain = contact["email"].partition("@")[2]

    addresses = re.findall(r"<\w+@([\w.]+)>", text(path))
    assert addresses == [domain]


def test_who_has_found_a_weakness_is_led_away_from_the_public_issues():
    [link] = yaml.safe_load(text(".github/ISSUE_TEMPLATE/config.yml"))["contact_links"]
    assert link["url"] == f"{PUBLICCODE['landingURL']}/security/policy"


def test_github_accepts_the_issue_forms():
    forms = sorted(
        str(path.relative_to(ROOT)) for path in ROOT.glob(".github/ISSUE_TEMPLATE/*.yml") if path.name != "config.yml"
    )
    run("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", *forms)
    run("check-jsonschema", "--builtin-schema", "vendor.github-issue-config", ".github/ISSUE_TEMPLATE/config.yml")


def test_the_licence_is_the_same_where_github_and_where_reuse_look_for_it():
    assert text("LICENSE") == text("LICENSES/EUPL-1.2.txt")


def test_every_file_has_its_licence():
    run("reuse", "lint", "--lines")


def test_every_python_from_the_oldest_on_is_named():
    versions = [int(name) for name in re.findall(r"Python :: 3\.(\d+)", "\n".join(PROJECT["classifiers"]))]

    assert PROJECT["requires-python"] == f">=3.{versions[0]}"
    assert versions == list(range(versions[0], versions[-1] + 1))
