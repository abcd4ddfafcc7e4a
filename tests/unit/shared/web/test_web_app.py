"""What every service's web app does, whatever it serves."""

import json
from dataclasses import dataclass
from io import BytesIO

import flask_smorest
import pytest
from flask import Flask
from prometheus_client import REGISTRY

from shared.observability import logs
from shared.settings import setting
from shared.web.app import app_from_environment

POTHOLES = "/roads/api/v1/potholes"


def counted(**labels):
    return REGISTRY.get_sample_value("arende_http_request_seconds_count", labels) or 0


@pytest.fixture
def log_lines(capfd):
    logs.configure("test")

    def lines():
        return [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    return lines


def test_every_response_has_the_security_headers(client):
    for answer in (client.get("/roads/form"), client.get("/nowhere"), client.post(POTHOLES, json={"depth": 3})):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers


def test_on_https_cookies_are_secure_and_browsers_stay_on_it(make_app):
    answer = make_app(public_url="https://arende.example").test_client().get("/roads/form")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("roads_session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_the_shared_stylesheet_is_served_under_the_services_own_address(client):
    answer = client.get("/roads/static/shared/arende.css")

    assert answer.status_code == 200
    assert answer.content_type.startswith("text/css")


def test_a_request_has_one_log_line_with_its_route_and_never_its_path(client, log_lines):
    client.get(f"{POTHOLES}/HEMLIG-REFERENS?name=Anna", headers={"X-Request-ID": "f" * 32})

    [line] = [line for line in log_lines() if line["event"] == "request"]
    assert line["route"] == "/roads/api/v1/potholes/<reference>"
    assert (line["service"], line["method"], line["status"]) == ("roads", "GET", 500)
    assert line["request_id"] == "f" * 32
    assert len(line["trace_id"]) == 32
    assert line["duration_ms"] > 0


def test_nothing_of_a_request_that_could_be_personal_is_logged(client, log_lines):
    client.get(f"{POTHOLES}/HEMLIG-REFERENS?name=Anna", headers={"X-Request-ID": "Anna", "User-Agent": "Annas"})
    client.post(POTHOLES, json={"depth": "Anna"})
    client.post("/roads/form", data={"name": "Anna"})

    logged = json.dumps(log_lines())
    assert "unexpected_error" in logged
    assert "RuntimeError" in logged
    for secret in ("HEMLIG", "Anna", "127.0.0.1"):
        assert secret not in logged


def test_an_unexpected_error_is_logged_once_with_its_stack_and_answered_with_the_request_id(client, log_lines):
    answer = client.get(f"{POTHOLES}/HEMLIG-REFERENS")

    [line] = [line for line in log_lines() if "exception" in line]
    [error] = line["exception"]
    assert error["type"] == "builtins.RuntimeError"
    assert error["stack"][-1].endswith(" show")
    assert answer.status_code == 500
    assert answer.json["request_id"] == line["request_id"] == answer.headers["X-Request-ID"]
    assert "HEMLIG" not in answer.text


def test_a_request_is_counted_by_service_method_route_and_status(client):
    labels = {"service": "roads", "method": "POST", "route": POTHOLES, "status": "201"}
    before = counted(**labels)

    client.post(POTHOLES, json={"depth": 3})

    assert counted(**labels) == before + 1


def test_invented_methods_and_addresses_make_no_new_series(client):
    labels = {"service": "roads", "method": "other", "route": "(none)", "status": "404"}
    before = counted(**labels)

    for number in range(3):
        client.open(f"/nowhere/{number}", method=f"INVENTED{number}")

    assert counted(**labels) == before + 3


def test_a_trace_is_joined_and_a_caller_may_name_the_request_by_a_uuid_only(client, log_lines):
    trace = "0af7651916cd43dd8448eb211c80319c"
    client.get("/nowhere", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    answer = client.get("/nowhere", headers={"X-Request-ID": "19800426-2385"})

    assert log_lines()[0]["trace_id"] == trace
    assert "2385" not in answer.headers["X-Request-ID"]


def test_it_is_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready", "failed": []}


def test_it_is_not_ready_while_a_check_fails_but_alive(make_app):
    checks = {"database": lambda: None, "broker": lambda: 1 / 0}
    client = make_app(checks=checks).test_client()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "failed": ["broker"]}
    assert client.get("/healthz").status_code == 200


def test_metrics_are_shown_and_reading_them_is_neither_logged_nor_counted(client, log_lines):
    client.get("/nowhere")
    log_lines()

    metrics = client.get("/metrics").text

    assert 'arende_http_request_seconds_count{method="GET",route="(none)",service="roads"' in metrics
    assert "/metrics" not in metrics
    assert log_lines() == []


def test_several_services_live_in_one_process(make_app):
    for service in ("roads", "bridges", "tunnels"):
        answer = make_app(service=service).test_client().get(f"/{service}/api/v1/api-info")
        assert answer.json["api_documentation"] == f"/{service}/api/v1/openapi.json"


def test_a_form_needs_its_token_and_the_api_none(client):
    token = client.get("/roads/form").text

    assert client.post("/roads/form", data={"csrf_token": token}).text == "sent"
    assert client.post("/roads/form").status_code == 400
    assert client.post(POTHOLES, json={"depth": 3}).status_code == 201


def test_the_api_neither_reads_nor_sets_a_session(client):
    client.get("/roads/form")

    answer = client.post(POTHOLES, json={"depth": 3})

    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers


def test_a_view_may_take_more_than_others(client):
    photo = {"csrf_token": client.get("/roads/form").text, "photo": (BytesIO(b"x" * 2_000_000), "hole.jpg")}

    assert client.post("/roads/photos", data=photo).text == "kept"

    assert client.post("/roads/form", data=b"x" * 1_000_001).status_code == 413
    assert client.post("/roads/photos", data=b"x" * 1_000_001).status_code == 400
    assert client.post("/roads/photos", data=b"x" * 3_000_001).status_code == 413


def test_the_openapi_document_describes_problems(client):
    document = client.get("/roads/api/v1/openapi.json").json

    assert document["openapi"].startswith("3.1")
    answers = document["paths"][POTHOLES]["post"]["responses"]
    assert set(answers) == {"201", "422", "default"}
    default = document["components"]["responses"]["DEFAULT_ERROR"]
    assert list(default["content"]) == ["application/problem+json"]


def test_only_blueprints_that_read_strictly_are_taken(app):
    [api] = app.extensions["flask-smorest"]["apis"].values()

    with pytest.raises(TypeError, match=r"shared\.web\.json_api\.Blueprint"):
        api["ext_obj"].register_blueprint(flask_smorest.Blueprint("loose", __name__))


@dataclass(frozen=True)
class RoadSettings:
    """The settings of a service that needs one."""

    colour: str = setting("ROADS_COLOUR", "the colour of the roads")


def test_the_app_for_gunicorn_is_made_from_the_environment(monkeypatch):
    monkeypatch.setenv("ROADS_COLOUR", "grey")

    app = app_from_environment("roads", RoadSettings, lambda settings: Flask(settings.colour))

    assert app.import_name == "grey"


def test_a_wrong_setting_ends_the_process_with_one_line(monkeypatch, capfd):
    monkeypatch.delenv("ROADS_COLOUR", raising=False)

    with pytest.raises(SystemExit) as ended:
        app_from_environment("roads", RoadSettings, lambda settings: Flask(settings.colour))

    assert ended.value.code == 2
    assert capfd.readouterr().err == "arende: ROADS_COLOUR is not set: set it to the colour of the roads\n"
