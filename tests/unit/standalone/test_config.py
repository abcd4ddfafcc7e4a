"""Which installation the tools use, and the settings of the standalone one."""

import stat

import pytest

from services.operations.registry import SERVICES, service
from services.standalone.config import Settings, installation_settings, standalone_settings
from shared.settings import BadSetting


def test_an_environment_that_names_a_store_is_the_installation(tmp_path):
    environ = {"NOTIFY_DATABASE_URL": "sqlite:///there.sqlite", "ARENDE_VAR": str(tmp_path)}

    assert installation_settings(environ) == environ


def test_without_one_it_is_the_embedded_default_in_var(tmp_path):
    standalone_settings(Settings(var=tmp_path))

    environ = installation_settings({"ARENDE_VAR": str(tmp_path)})

    assert environ["INTAKE_DATABASE_URL"] == f"sqlite:///{tmp_path}/intake.sqlite"


def test_where_nothing_was_begun_one_line_shows_how_to_begin(tmp_path):
    with pytest.raises(BadSetting, match="begin with `arende up`"):
        installation_settings({"ARENDE_VAR": str(tmp_path / "nothing")})


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path):
    first, second = (standalone_settings(Settings(var=tmp_path)) for _ in range(2))

    assert first == second
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_two_installations_share_no_key(tmp_path):
    one, other = (standalone_settings(Settings(var=tmp_path / name)) for name in ("one", "other"))

    assert not {one[name] for name in one if "KEY" in name} & {other[name] for name in other if "KEY" in name}


@pytest.mark.parametrize("name", SERVICES)
def test_the_embedded_default_has_every_setting_that_a_service_needs(name, tmp_path):
    settings = service(name).load_settings(standalone_settings(Settings(var=tmp_path)))

    assert settings.public_url == "http://127.0.0.1:8000"
