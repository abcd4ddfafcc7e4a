"""The production set-up on one machine: valid, complete, limited, and without a secret of its own."""

import importlib
import re

import pytest
import yaml

from shared.bus.worker import GRACE_SECONDS
from shared.settings import described
from tests.house.reading import SERVICES, run, text

COMPOSE = yaml.safe_load(text("docker-compose.yml"))["services"]
LASTING = {name: each for name, each in COMPOSE.items() if name not in ("migrate", "declare")}
OURS = {name: each for name, each in COMPOSE.items() if each["image"].startswith("arende:")}


def test_it_is_valid():
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def test_each_service_has_a_web_and_a_worker():
    commands = [each["command"] for each in OURS.values()]

    for service in SERVICES:
        assert ["web", service] in commands
        assert ["worker", service] in commands


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["web", "worker"])
def test_every_setting_that_must_be_set_is_set(service, kind):
    settings = importlib.import_module(f"services.{service}.settings").Settings

    needed = {each.variable for each in described(settings) if each.default is None}
    assert needed <= set(COMPOSE[f"{service}-{kind}"]["environment"])


def test_the_service_that_operators_run_commands_in_knows_all_three_stores():
    assert "docker compose run --rm migrate " in text("docs/operations.md")
    assert {f"{service.upper()}_DATABASE_URL" for service in SERVICES} <= set(COMPOSE["migrate"]["environment"])


def test_what_the_example_has_as_optional_reaches_the_services():
    section = text(".env.example").partition("# 2. ")[2].partition("# 3. ")[0]

    named = re.findall(r"^# ([A-Z_]+)=", section, re.MULTILINE)
    assert named
    assert [name for name in named if f"${{{name}:-" not in text("docker-compose.yml")] == []


@pytest.mark.parametrize("name", COMPOSE)
def test_it_is_limited(name):
    assert set(COMPOSE[name]["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert "no-new-privileges:true" in COMPOSE[name]["security_opt"]
    assert COMPOSE[name]["cap_drop"] == ["ALL"]


def test_what_passes_the_proxy_is_kept_on_disk_on_its_way():
    mounted = {volume.split(":")[1] for volume in COMPOSE["proxy"]["volumes"]}

    for folder in re.findall(r"(?:client_body|proxy)_temp_path (\S+)/\w+;", text("deploy/proxy/nginx.conf")):
        assert folder in mounted


def test_the_proxy_starts_no_more_processes_than_it_may():
    [workers] = re.findall(r"^worker_processes (\w+);", text("deploy/proxy/nginx.conf"), re.MULTILINE)

    assert int(workers) < COMPOSE["proxy"]["deploy"]["resources"]["limits"]["pids"]


@pytest.mark.parametrize("name", LASTING)
def test_it_is_watched(name):
    assert LASTING[name]["healthcheck"]["test"][0] == "CMD"
    assert LASTING[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", [name for name in OURS if name.endswith(("-web", "-worker"))])
def test_a_process_is_given_longer_to_stop_than_it_takes(name):
    [graceful] = re.findall(r"^graceful_timeout = (\d+)", text("services/cli/gunicorn.conf.py"), re.MULTILINE)

    assert int(OURS[name]["stop_grace_period"].removesuffix("s")) > max(GRACE_SECONDS, int(graceful))


@pytest.mark.parametrize("name", OURS)
def test_our_own_processes_run_as_nobody_on_a_disk_they_cannot_write(name):
    assert OURS[name]["user"] == "10001:10001"
    assert OURS[name]["read_only"] is True


@pytest.mark.parametrize("name", COMPOSE)
def test_images_are_of_a_named_version(name):
    assert re.search(r":(v?\d+\.\d+|\$\{ARENDE_VERSION)", COMPOSE[name]["image"])


@pytest.mark.parametrize("name", COMPOSE)
def test_secrets_come_from_outside_and_have_no_default(name):
    for variable, value in COMPOSE[name].get("environment", {}).items():
        if re.search(r"SECRET|PASS|KEY|DATABASE_URL|BROKER_URL", variable):
            assert re.search(r"\$\{[A-Z_]+:\?", value), variable


def test_the_example_has_every_variable_that_must_be_set_and_no_secret():
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", text("docker-compose.yml")))
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", text(".env.example"), re.MULTILINE))

    assert asked <= set(example)
    assert not [name for name in example if re.search(r"SECRET|PASSWORD|KEY", name) and example[name]]
