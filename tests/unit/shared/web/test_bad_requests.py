"""Whatever a caller sends, the answer is a clear 4xx problem: never a 500, never an exception."""

import sys
from io import BytesIO

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

POTHOLES = "/roads/api/v1/potholes"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
ONE_PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


def raw(app, method="POST", path=POTHOLES, query="", body=b"", **environ):
    """The status and body of the answer to exactly these bytes, which no client library has changed."""
    request = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_LANGUAGE": "en",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    } | environ
    started = []
    body = b"".join(app(request, lambda status, headers, exc_info=None: started.append(status)))
    return int(started[0][:3]), body


def problem(app, **request):
    status, body = raw(app, **request)
    return status, orjson.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b'{"depth": NaN}', id="NaN"),
        pytest.param(b'{"depth": -Infinity}', id="infinity"),
        pytest.param(b'{"depth": 1e400}', id="more than a double"),
        pytest.param(b'{"depth": %s}' % (b"9" * 5000), id="five thousand digits"),
        pytest.param(b'{"depth": 9007199254740993}', id="more than a double keeps"),
        pytest.param(b'{"depth": -1E+30}', id="very negative"),
        pytest.param(b'{"street": "\\u0000"}', id="NUL"),
        pytest.param(b'{"\\u0000": 1}', id="NUL in a name"),
        pytest.param(b'{"street": "\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"street": "\xff"}', id="not UTF-8"),
        pytest.param('{"street": "å"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param(b"[" * 100_000, id="a hundred thousand brackets"),
        pytest.param(b'{"a":' * 100_000, id="a hundred thousand braces"),
        pytest.param(b'{"a":' * 500 + b"1" + b"}" * 500, id="five hundred levels"),
        pytest.param(b'{"a":' * 33 + b"1" + b"}" * 33, id="thirty-three levels"),
    ],
)
def test_what_is_not_strict_json_is_a_400(app, body):
    status, answer = problem(app, body=body, CONTENT_TYPE="application/json")

    assert (status, answer["type"]) == (400, "urn:arende:problem:bad-json")
    assert answer["detail"].startswith("The body ")


@pytest.mark.parametrize("body", [b"null", b"[]", b"3", b'"x"', b"true", b'{"depth": []}', b'{"depth": "3"}'])
def test_json_of_the_wrong_shape_is_a_422(app, body):
    status, answer = problem(app, body=body, CONTENT_TYPE="application/json")

    assert (status, answer["type"]) == (422, "urn:arende:problem:invalid")
    assert answer["errors"]


@pytest.mark.parametrize("kind", ["", "text/plain", FORM, PARTS, "application/\xff", "json", "application/xml"])
def test_a_body_that_is_not_declared_as_json_is_a_415(app, kind):
    assert problem(app, body=b'{"depth": 3}', CONTENT_TYPE=kind)[0] == 415


def test_every_error_is_listed_at_its_value(app):
    body = orjson.dumps({"depth": "deep", "street": "x" * 51, "when": "yesterday", "a/b~c": 1})
    _, answer = problem(app, body=body, CONTENT_TYPE="application/json")

    assert {error["pointer"]: error["message"] for error in answer["errors"]} == {
        "/depth": "Not a valid integer.",
        "/street": "Longer than maximum length 50.",
        "/when": "Not a valid date.",
        "/a~1b~0c": "Unknown field.",
    }


def test_of_nine_hundred_errors_a_hundred_are_listed_and_the_others_counted(app):
    body = orjson.dumps({f"field{number}": 1 for number in range(900)})
    status, answer = problem(app, body=body, CONTENT_TYPE="application/json")

    assert status == 422
    assert len(answer["errors"]) == 100
    assert answer["errors_omitted"] == 801


@pytest.mark.parametrize("length", ["1000001", "9" * 30])
def test_too_large_a_body_is_a_413_before_it_is_read(app, length):
    assert problem(app, CONTENT_TYPE="application/json", CONTENT_LENGTH=length)[0] == 413


@pytest.mark.parametrize("length", ["x", "-5", "", "999", "9" * 5000, "1.5"])
def test_a_wrong_length_is_a_400(app, length):
    assert problem(app, body=b"{}", CONTENT_TYPE="application/json", CONTENT_LENGTH=length)[0] == 400


def test_a_chunked_body_that_never_ends_is_a_413(app):
    endless = {"wsgi.input": BytesIO(b" " * 1_000_002), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}

    assert problem(app, CONTENT_TYPE="application/json", **endless)[0] == 413


def test_a_form_must_declare_its_length(app):
    assert raw(app, path="/roads/form", CONTENT_TYPE=FORM, HTTP_TRANSFER_ENCODING="chunked")[0] == 411


def test_an_unknown_address_is_a_404_and_a_wrong_method_a_405(app):
    assert problem(app, method="GET", path="/roads/api/v1/nothing")[0] == 404
    assert problem(app, method="DELETE")[0] == 405


@pytest.mark.parametrize("path", ["/roads/form\0", "/roads/static/shared/\0", f"{POTHOLES}/\0"])
def test_nul_in_an_address_is_a_400(app, path):
    assert raw(app, method="GET", path=path)[0] == 400


def test_nul_in_a_query_or_a_form_is_a_400(app):
    token = app.test_client().get("/roads/form").text.encode()

    assert raw(app, method="GET", path="/roads/form", query="a=%00")[0] == 400
    assert raw(app, path="/roads/form", body=b"a=%00&csrf_token=" + token, CONTENT_TYPE=FORM)[0] == 400


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        pytest.param(PARTS, ONE_PART * 1001 + b"--x--", 413, id="too many parts"),
        pytest.param(FORM, b"a=" + b"x" * 1_000_000, 413, id="too large a form"),
        pytest.param(FORM, b"a=&" * 300, 413, id="too many inputs"),
        pytest.param(FORM, b"a=\xff", 400, id="raw bytes"),
        pytest.param(PARTS, ONE_PART.replace(b"1", b"1" * 600_000) + b"--x--", 413, id="too large a field"),
        pytest.param(PARTS, b"garbage", 400, id="no parts"),
        pytest.param("multipart/form-data", ONE_PART, 400, id="no boundary"),
        pytest.param(FORM, b"%ff%fe=%zz&&==", 400, id="no encoding that is any"),
    ],
)
def test_a_broken_form_is_refused(app, kind, body, status):
    assert raw(app, path="/roads/form", body=body, CONTENT_TYPE=kind)[0] == status


STRANGE = st.text(st.characters(max_codepoint=255), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "x", "\xff"]),
    path=st.one_of(st.sampled_from([POTHOLES, "/roads/form", "/roads/static/shared/arende.css"]), STRANGE),
    query=STRANGE,
    body=st.binary(max_size=60),
    headers=st.dictionaries(
        st.sampled_from(
            [
                "HTTP_HOST",
                "HTTP_COOKIE",
                "HTTP_ACCEPT",
                "HTTP_ACCEPT_LANGUAGE",
                "HTTP_X_REQUEST_ID",
                "HTTP_TRACEPARENT",
                "HTTP_AUTHORIZATION",
                "HTTP_REFERER",
                "HTTP_IF_MATCH",
                "HTTP_IF_NONE_MATCH",
                "HTTP_IF_MODIFIED_SINCE",
                "HTTP_RANGE",
                "CONTENT_TYPE",
            ]
        ),
        STRANGE,
    ),
)
def test_no_request_is_answered_with_a_server_error(app, method, path, query, body, headers):
    status, _ = raw(app, method=method, path=path, query=query, body=body, **headers)

    assert status < 500
