"""The made-up register of the embedded default answers as docs/registers.md has it."""

import pytest

from services.intake.prefill.registers import RegisterAway, Registers, addresses
from services.standalone.config import Settings, standalone_settings
from services.standalone.demo_register import PROPERTIES, register
from tests.browser.origin import serving


@pytest.fixture
def registers(tmp_path):
    """Intake's registers as the settings of the embedded default name them, with the demo register served."""
    setting = standalone_settings(Settings(var=tmp_path))["INTAKE_REGISTERS"]
    with serving(lambda _: register()) as origin:
        yield Registers(addresses(setting.replace("http://127.0.0.1:8000", origin)))


def test_it_knows_its_properties_in_their_own_municipality_however_they_are_written(registers):
    for (municipality, name), facts in PROPERTIES.items():
        assert registers.look_up("property", municipality, name.upper()).facts == facts

    assert registers.look_up("property", "2409", "Kyrkbyn 12:4").facts == {}


def test_it_is_a_register_of_properties_only(tmp_path):
    with serving(lambda _: register()) as origin, pytest.raises(RegisterAway):
        Registers({"people": f"{origin}/demo-register"}).look_up("people", "2039", "Kim")
