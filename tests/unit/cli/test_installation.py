"""Which installation the tools mean, and what the embedded default's settings are."""

import stat

import pytest

from services.operations.registry import SERVICES, part
from services.standalone.config import Settings, embedded, meant
from shared.settings import BadSetting, load


def test_an_environment_that_names_a_store_is_the_installation(tmp_path):
    environ = {"NOTIFY_DATABASE_URL": "sqlite:///there.sqlite", "ARENDE_VAR": str(tmp_path)}

    assert meant(environ) == environ


def test_without_one_it_is_the_embedded_default_begun_in_var(tmp_path):
    embedded(Settings(var=tmp_path))

    environ = meant({"ARENDE_VAR": str(tmp_path)})

    assert environ["INTAKE_DATABASE_URL"] == f"sqlite:///{tmp_path}/intake.sqlite"


def test_where_nothing_was_begun_one_line_says_how_to_begin(tmp_path):
    with pytest.raises(BadSetting, match="begin with `arende up`"):
        meant({"ARENDE_VAR": str(tmp_path / "nothing")})


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path):
    first, second = (embedded(Settings(var=tmp_path)) for _ in range(2))

    assert first == second
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_two_installations_share_no_key(tmp_path):
    one, other = (embedded(Settings(var=tmp_path / name)) for name in ("one", "other"))

    assert not {one[name] for name in one if "KEY" in name} & {other[name] for name in other if "KEY" in name}


@pytest.mark.parametrize("service", SERVICES)
def test_the_embedded_default_sets_all_that_a_service_asks_for(service, tmp_path):
    settings = load(part(service, "settings").Settings, embedded(Settings(var=tmp_path)))

    assert settings.public_url == "http://127.0.0.1:8000"
