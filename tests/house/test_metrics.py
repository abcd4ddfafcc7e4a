"""Every figure is described where an operator looks, and what alerts and dashboard ask for exists."""

import json
import re

import pytest
import yaml
from prometheus_client import REGISTRY

from tests.house.reading import modules, text

SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
EXPRESSION_WORDS = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b(?!\()")


@pytest.fixture(scope="module")
def ours():
    """Our metrics by name, with the names of their series."""
    list(modules())
    found = {metric.name: metric.type for metric in REGISTRY.collect()}
    return {
        name: {f"{name}{suffix}" for suffix in SUFFIXES[kind]}
        for name, kind in found.items()
        if not name.startswith(("python_", "process_"))
    }


def test_the_operations_page_describes_every_metric(ours):
    described = set(re.findall(r"^\| `([a-z_]+)` \|", text("docs/operations.md"), re.MULTILINE))

    assert described == set(ours)


def test_alerts_ask_for_metrics_that_exist(ours):
    groups = yaml.safe_load(text("deploy/prometheus/alerts.yml"))["groups"]

    for rule in (rule for group in groups for rule in group["rules"]):
        assert metrics_in(rule["expr"]) <= series(ours), rule["alert"]


def test_the_dashboard_asks_for_metrics_that_exist(ours):
    for panel in json.loads(text("deploy/grafana/arende.json"))["panels"]:
        for target in panel["targets"]:
            assert metrics_in(target["expr"]) <= series(ours), panel["title"]


def test_the_operations_page_has_what_to_do_about_every_alert():
    groups = yaml.safe_load(text("deploy/prometheus/alerts.yml"))["groups"]

    for rule in (rule for group in groups for rule in group["rules"]):
        assert f"**{rule['alert']}**" in text("docs/operations.md")


def metrics_in(expression: str) -> set[str]:
    without_labels = re.sub(r"\{[^}]*\}|\bby \([^)]*\)", "", expression)
    return set(EXPRESSION_WORDS.findall(without_labels)) | ({"up"} if without_labels.startswith("up ") else set())


def series(ours: dict[str, set[str]]) -> set[str]:
    return {"up"}.union(*ours.values())
