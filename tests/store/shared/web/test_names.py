"""A name that no address or form has is an error that says which: tried on every route of the three services."""

import importlib
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from services.standalone.config import Settings, standalone_settings
from shared.settings import load
from shared.web.names import ANY
from tests.house.reading import SERVICES

IN_PATHS = {"UUIDConverter": "00000000-0000-4000-8000-000000000000", "IntegerConverter": "1"}
LINKS = {"utm_source": "mail", "fbclid": "x", "lang": "en"}
TAKE_ANY_QUERY = {
    *("healthz", "readyz", "metrics", "static", "shared"),  # probes of others; files, which no query changes
    "signed-in",  # by the protocol of the OpenID provider
}


@pytest.fixture(scope="module", params=SERVICES)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A service's app as the embedded default makes it."""
    service = request.param
    settings = importlib.import_module(f"services.{service}.settings").Settings
    chosen = load(settings, standalone_settings(Settings(var=tmp_path_factory.mktemp(service))))
    made: Flask = importlib.import_module(f"services.{service}.app").create_app(chosen)
    made.config["OWN_ORIGIN"] = chosen.public_url
    return made


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Each rule with each of its methods."""
    return [(rule, method) for rule in app.url_map.iter_rules() for method in rule.methods & {"GET", "POST"}]


def sent(app: Flask, rule: Rule, method: str, **what: Any) -> Any:
    """The answer to a request at the rule, from a page of ours."""
    headers = {"Origin": app.config["OWN_ORIGIN"]}
    values = {name: IN_PATHS.get(type(each).__name__, "x") for name, each in rule._converters.items()}
    _, path = rule.build(values)
    return app.test_client().open(path, method=method, headers=headers, **what)


def test_an_unknown_name_in_a_query_is_an_error_that_names_it(app):
    tolerant = set()
    for rule, method in routes(app):
        answer = sent(app, rule, method, query_string={"finns_inte": "1"})
        if app.view_functions[rule.endpoint].__dict__.get("query_names", ()) is ANY:
            tolerant.add(rule.rule)
        else:
            assert answer.status_code == 422, rule
            assert answer.is_json or "finns_inte" in unescape(answer.text), rule
            assert not answer.is_json or [each["pointer"] for each in answer.json["errors"]] == ["/finns_inte"], rule

    assert {part for rule in tolerant for part in rule.split("/")} >= {"healthz", "readyz", "metrics"}
    assert all(set(rule.split("/")) & TAKE_ANY_QUERY for rule in tolerant)


def test_a_name_that_a_query_has_twice_is_an_error_that_names_it(app):
    tried = set()
    for rule, method in routes(app):
        for name in app.view_functions[rule.endpoint].__dict__.get("query_names") or ():
            answer = sent(app, rule, method, query_string=[(name, "1"), (name, "2")])
            assert answer.status_code == 422, rule
            assert answer.is_json or f"”{name}”" in unescape(answer.text), rule
            assert not answer.is_json or [each["pointer"] for each in answer.json["errors"]] == [f"/{name}"], rule
            tried.add(name)

    assert tried


def test_a_link_may_be_tracked_and_choose_a_language(app):
    for rule, method in routes(app):
        if "/api/" not in rule.rule and method == "GET":
            answer = sent(app, rule, method, query_string=LINKS)
            assert "utm_source" not in answer.text or answer.status_code != 422, rule


def test_the_api_takes_no_tracking(app):
    [rule] = [rule for rule, _ in routes(app) if rule.rule.endswith("/openapi.json")]

    assert sent(app, rule, "GET", query_string=LINKS).status_code == 422


def test_an_unknown_name_in_a_form_that_no_definition_describes_is_an_error(app):
    for rule, method in routes(app):
        view = app.view_functions[rule.endpoint]
        if method == "POST" and "/api/" not in rule.rule and getattr(view, "form_names", ()) is not ANY:
            answer = sent(app, rule, method, data={"finns_inte": "1"})
            assert answer.status_code == 422, rule
            assert "finns_inte" in unescape(answer.text), rule
