"""The software bill of materials that `make sbom` writes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from shared.release import VERSION
from tests.house.reading import ROOT, text


@pytest.fixture(scope="module")
def sbom(tmp_path_factory: pytest.TempPathFactory) -> str:
    build = tmp_path_factory.mktemp("build")
    installed = ["-o", ".venv/installed-dev", f"BIN={Path(sys.executable).parent}"]
    subprocess.run(["make", *installed, "sbom", f"BUILD={build}"], cwd=ROOT, check=True)
    return (build / "sbom.cdx.json").read_text()


def test_it_is_valid_cyclonedx(sbom):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom) is None


def test_it_names_every_locked_package_with_its_version(sbom):
    locked = re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", text("requirements.lock"), re.MULTILINE)

    named = [(component["name"], component["version"]) for component in json.loads(sbom)["components"]]
    assert sorted(named) == sorted(locked)


def test_it_is_that_of_this_release(sbom):
    about = json.loads(sbom)["metadata"]["component"]

    assert (about["name"], about["version"]) == ("arende", VERSION)
    assert about["licenses"][0]["license"]["id"] == "EUPL-1.2"
