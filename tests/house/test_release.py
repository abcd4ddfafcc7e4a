"""The numbers of a release agree wherever they stand: docs/releasing.md."""

import re
import tomllib
from datetime import date

import yaml

from shared import release
from tests.house.reading import text

PUBLICCODE = yaml.safe_load(text("publiccode.yml"))
RELEASES = dict(re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", text("CHANGELOG.md"), re.MULTILINE))


def test_the_package_has_the_version_of_the_release():
    assert tomllib.loads(text("pyproject.toml"))["project"]["version"] == release.VERSION


def test_the_changelog_has_the_release_and_what_is_not_released():
    assert release.VERSION in RELEASES
    assert "## [Unreleased]" in text("CHANGELOG.md")


def test_the_changelog_has_the_newest_release_first():
    assert next(iter(RELEASES)) == release.VERSION
    assert list(RELEASES.values()) == sorted(RELEASES.values(), key=date.fromisoformat, reverse=True)


def test_catalogues_are_given_the_release_and_its_day():
    assert PUBLICCODE["softwareVersion"] == release.VERSION
    assert PUBLICCODE["releaseDate"] == RELEASES[release.VERSION]


def test_the_api_was_released_with_a_release():
    assert release.API_RELEASED in RELEASES.values()


def test_the_api_version_is_the_one_in_the_path():
    assert release.API_VERSION.startswith("1.")
