"""An intake that offers the made-up application for support, with everything that a form can say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.builders import HandClock
from tests.store.intake.browser import Browser
from tests.store.intake.harness import Intake
from tests.unit.intake.forms.support_form import DEFINITION, TABLES

SUPPORT = "/alvdalen/e-tjanster/support"


def write_support(folder: Path, definition: Mapping[str, Any] = DEFINITION) -> Path:
    """Write the definition, or one made of it, and its data files; the folder of e-services."""
    data = folder / "eservices/common/data"
    data.mkdir(parents=True)
    (data.parent / "support.yaml").write_text(yaml.safe_dump(dict(definition)))
    for name, rows in TABLES.items():
        (data / f"{name}.yaml").write_text(yaml.safe_dump({"rows": rows}))
    return folder / "eservices"


@pytest.fixture
def intake(tmp_path: Path, clock: HandClock) -> Intake:
    """An intake with an empty SQLite store."""
    return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, eservices=write_support(tmp_path))


@pytest.fixture
def browser(intake: Intake) -> Browser:
    """Somebody at the form's first page."""
    browser = Browser(intake.client())
    browser.open(SUPPORT)
    return browser
