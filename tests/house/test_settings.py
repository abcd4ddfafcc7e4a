"""Every setting is documented where an operator looks."""

import importlib
import re

import pytest

from services.standalone import config
from shared.settings import Described, described
from tests.house.reading import SERVICES, text

KINDS = [importlib.import_module(f"services.{service}.settings").Settings for service in SERVICES]
SETTINGS = {each.variable: each for kind in [*KINDS, config.Settings] for each in described(kind)}


@pytest.fixture(params=SETTINGS.values(), ids=SETTINGS)
def setting(request: pytest.FixtureRequest) -> Described:
    return request.param


def test_the_operations_page_explains_it(setting):
    [row] = re.findall(rf"^\| `{setting.variable}` \|.*$", text("docs/operations.md"), re.MULTILINE)

    default = row.split("|")[2].strip()
    assert default == {None: "–", "": "none"}.get(setting.default, f"`{setting.default}`")


def test_the_example_names_it(setting):
    assert re.search(rf"^(# )?{setting.variable}=", text(".env.example"), re.MULTILINE)


def test_the_operations_page_explains_no_setting_that_is_gone():
    explained = set(
        re.findall(r"^\| `((?:ARENDE|INTAKE|ROUTING|NOTIFY)_[A-Z_]+)` \|", text("docs/operations.md"), re.M)
    )

    assert explained - set(SETTINGS) == {"ARENDE_BIND"}
