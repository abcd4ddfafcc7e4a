"""The files that others' programs read are such as those programs accept."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from deploy.new_env import filled
from shared.settings import event_keys
from tests.house.reading import ROOT, run, text


def test_the_dockerfile_is_clean():
    run("hadolint", "deploy/Dockerfile")


def test_the_image_has_the_python_that_the_locks_are_made_for():
    assert set(re.findall(r"^FROM python:(3\.\d+)\.\d+-slim", text("deploy/Dockerfile"), re.M)) == {"3.11"}


def test_nginx_accepts_its_configuration(tmp_path):
    run("nginx", "-t", "-c", f"{ROOT}/deploy/proxy/nginx.conf", "-p", str(tmp_path))


def test_prometheus_accepts_its_configuration():
    run("promtool", "check", "config", "deploy/prometheus/prometheus.yml")


@pytest.mark.parametrize("file", ["alerts_test.yml", "alerts_slow_test.yml"])
def test_alerts_go_off_when_they_should(file):
    run("promtool", "test", "rules", f"deploy/prometheus/{file}")


def test_prometheus_scrapes_every_process():
    jobs = yaml.safe_load(text("deploy/prometheus/prometheus.yml"))["scrape_configs"]
    targets = {target.split(":")[0] for job in jobs for each in job["static_configs"] for target in each["targets"]}

    compose = yaml.safe_load(text("docker-compose.yml"))["services"]
    assert targets == {name for name in compose if name.endswith(("-web", "-worker"))} | {"rabbitmq"}


@pytest.fixture
def new_installation(tmp_path):
    """A copy of what a new installation is made with; runs its `new_env.py`."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("definitions.json"))
    shutil.copy(ROOT / ".env.example", tmp_path)
    script = [sys.executable, tmp_path / "deploy" / "new_env.py"]
    return lambda *words: subprocess.run([*script, *words], capture_output=True, text=True, check=False)


def test_asking_for_help_writes_nothing(new_installation, tmp_path):
    assert "usage" in new_installation("--help").stdout
    assert not (tmp_path / ".env").exists()


def test_a_new_installation_has_a_user_at_the_broker_for_each_service(new_installation, tmp_path):
    new_installation()

    env = (tmp_path / ".env").read_text()
    users = {
        each["name"]: each for each in json.loads((tmp_path / "deploy/rabbitmq/definitions.json").read_text())["users"]
    }
    assert set(users) == {"arende", "arende_intake", "arende_routing", "arende_notify"}
    assert users["arende_notify"]["tags"] == []
    for password in re.findall(r"RABBITMQ_PASSWORD=(.+)$", env, re.M):
        assert sum(is_hash_of(password, user["password_hash"]) for user in users.values()) == 1
    assert new_installation().returncode != 0, "a second run would overwrite"
    assert (tmp_path / ".env").read_text() == env


def test_a_line_that_an_older_env_lacks_is_named_when_the_brokers_users_are_written(new_installation, tmp_path):
    new_installation()
    env = tmp_path / ".env"
    env.write_text(re.sub(r"^NOTIFY_RABBITMQ_PASSWORD=.*\n", "", env.read_text(), flags=re.MULTILINE))

    script = [sys.executable, tmp_path / "deploy" / "broker_users.py"]
    ended = subprocess.run(script, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (1, ".env lacks NOTIFY_RABBITMQ_PASSWORD: add it\n")


def is_hash_of(password, stored):
    """Whether RabbitMQ would take the password: four bytes of salt, then SHA-256 of salt and password."""
    raw = base64.b64decode(stored)
    return hashlib.sha256(raw[:4] + password.encode()).digest() == raw[4:]


def test_a_new_installation_gets_secrets_of_its_own():
    first, second = (
        dict(re.findall(r"^([A-Z_]+)=(.*)$", filled(text(".env.example")), re.MULTILINE)) for _ in range(2)
    )

    assert all(first.values())
    assert first["INTAKE_SECRET_KEY"] != second["INTAKE_SECRET_KEY"]
    assert event_keys(first["ARENDE_EVENT_KEYS"])
