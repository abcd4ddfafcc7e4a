"""What is installed is what pyproject.toml asks for: pinned, hashed, and from no address of its own."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.house.reading import text

PROJECT = tomllib.loads(text("pyproject.toml"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements.lock": PROJECT["dependencies"],
    "requirements-standalone.lock": PROJECT["dependencies"] + EXTRAS["standalone"],
    "requirements-dev.lock": PROJECT["dependencies"] + EXTRAS["standalone"] + EXTRAS["dev"],
}


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", text(lock), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_within_its_bounds(lock):
    for requirement in map(Requirement, LOCKS[lock]):
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert requirement.specifier.contains(pins(lock)[name]), f"{requirement}: run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock):
    for pinned in re.split(r"\n(?=[a-z])", text(lock)):
        assert "--hash=sha256:" in pinned


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_is_named(lock):
    assert "://" not in text(lock)
    assert "--index-url" not in text(lock)


def test_developers_run_what_production_runs():
    assert pins("requirements.lock").items() <= pins("requirements-standalone.lock").items()
    assert pins("requirements-standalone.lock").items() <= pins("requirements-dev.lock").items()


def test_production_installs_no_demo_provider():
    assert "oidc-provider-mock" in pins("requirements-standalone.lock")
    assert "oidc-provider-mock" not in pins("requirements.lock")
