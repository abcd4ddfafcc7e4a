"""The files that others' programs read are such as those programs accept."""

import re

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


def test_a_new_installation_gets_secrets_of_its_own():
    first, second = (
        dict(re.findall(r"^([A-Z_]+)=(.*)$", filled(text(".env.example")), re.MULTILINE)) for _ in range(2)
    )

    assert all(first.values())
    assert first["INTAKE_SECRET_KEY"] != second["INTAKE_SECRET_KEY"]
    assert event_keys(first["ARENDE_EVENT_KEYS"])
