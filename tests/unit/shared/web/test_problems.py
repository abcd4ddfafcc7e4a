"""Errors as readers see them."""

import pytest
from jinja2 import DictLoader
from marshmallow import Schema, ValidationError, fields, validate

from shared.web.problems import ErrorDetail, Problem, error_details, opened_by_people

SWEDISH = {"Accept-Language": "sv"}


@pytest.fixture
def failing(app):
    """Makes `/roads/api/v1/fail` and `/roads/fail` fail with an error; returns the answer of one of them."""

    def failing(error, path="/roads/api/v1/fail", **request):
        def fail():
            raise error

        app.add_url_rule("/roads/api/v1/fail", "api_fail", fail)
        app.add_url_rule("/roads/fail", "page_fail", fail)
        return app.test_client().get(path, **request)

    return failing


def test_a_problem_has_the_members_of_rfc_9457(failing):
    stale = Problem(
        412,
        "stale",
        title="Somebody was before you",
        detail="Read it again.",
        errors=[ErrorDetail("/sequence", "Is 8 now.")],
        headers={"Retry-After": "5"},
        current=8,
    )
    answer = failing(stale)

    assert answer.content_type == "application/problem+json"
    assert answer.headers["Retry-After"] == "5"
    assert answer.json == {
        "type": "urn:arende:problem:stale",
        "title": "Somebody was before you",
        "status": 412,
        "detail": "Read it again.",
        "request_id": answer.headers["X-Request-ID"],
        "errors": [{"pointer": "/sequence", "message": "Is 8 now."}],
        "current": 8,
    }


def test_a_page_gets_a_page(failing):
    answer = failing(Problem(404, "unknown"), path="/roads/fail", headers=SWEDISH)

    assert answer.status_code == 404
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.text.startswith("<html lang=sv><h1>Hittades inte</h1><p>Det finns ingenting på den här adressen.")


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("accept", ["text/html", BROWSER["Accept"], "text/html, application/json;q=0.9", "*/*"])
def test_the_api_answers_programs_whatever_they_accept(failing, client, accept):
    assert failing(Problem(404, "unknown"), headers={"Accept": accept}).content_type == "application/problem+json"
    assert client.get("/roads/api/nothing", headers={"Accept": accept}).content_type == "application/problem+json"


def test_a_person_who_opens_a_link_into_the_api_gets_a_page(app):
    @app.get("/roads/api/v1/map")
    @opened_by_people
    def show_map():
        raise Problem(410, "gone")

    assert app.test_client().get("/roads/api/v1/map", headers=BROWSER).mimetype == "text/html"
    assert app.test_client().get("/roads/api/v1/map").mimetype == "application/problem+json"


@pytest.mark.parametrize("templates", [{}, {"error.html": "{{ 1 / 0 }}"}])
def test_without_an_error_page_that_works_a_page_gets_json(app, failing, templates):
    app.jinja_loader = DictLoader(templates)

    answer = failing(Problem(404, "unknown"), path="/roads/fail")

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(client):
    assert client.get("/roads/api/v1/potholes").headers["Allow"] in ("POST, OPTIONS", "OPTIONS, POST")


def test_a_stale_form_is_answered_with_what_to_do(client):
    assert "Ladda om sidan" in client.post("/roads/form", headers=SWEDISH).text


class Inner(Schema):
    """A schema within one."""

    size = fields.Int(required=True, validate=validate.Range(min=1, max=9))


class Outer(Schema):
    """One field for each kind of marshmallow's messages."""

    number = fields.Str(validate=validate.Length(min=3))
    inner = fields.Nested(Inner)
    several = fields.List(fields.Nested(Inner))
    mail = fields.Email(required=True)
    kind = fields.Str(validate=validate.OneOf(["a", "b"]))


INVALID = {"number": "1", "inner": 3, "several": [{"size": 1}, {"size": 10}, {}], "kind": "c"}


def test_validation_errors_point_at_each_value_in_the_readers_language(app):
    with app.test_request_context(headers=SWEDISH), pytest.raises(ValidationError) as raised:
        Outer().load(INVALID)

    with app.test_request_context(headers=SWEDISH):
        found = {each.pointer: each.message for each in error_details(raised.value.messages)}

    assert found == {
        "/number": "För kort: minst 3.",
        "/inner": "Ska vara ett objekt.",
        "/several/1/size": "Ska vara minst 1 och högst 9.",
        "/several/2/size": "Uppgiften saknas.",
        "/mail": "Uppgiften saknas.",
        "/kind": "Ska vara något av: a, b.",
    }
