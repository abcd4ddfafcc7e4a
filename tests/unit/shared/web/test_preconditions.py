"""ETag and If-Match, Idempotency-Key, signed links: what protects from doing a thing twice or blindly."""

from contextlib import contextmanager

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from shared.idempotency import fingerprint
from shared.web import etags, idempotency, links
from shared.web.problems import Problem

KEY = "k" * 40


def request(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(EnvironBuilder(headers=named).get_environ())


@contextmanager
def refused(status):
    with pytest.raises(Problem) as problem:
        yield
    assert problem.value.status == status


def test_the_version_that_an_etag_names_comes_back():
    for header in (etags.etag(7), 'W/"7"'):
        assert etags.expected_version(request(If_Match=header), required=True) == 7


def test_no_condition_is_none_unless_one_is_required():
    assert etags.expected_version(request(), required=False) is None
    assert etags.expected_version(request(If_Match="*"), required=False) is None
    for headers in ({}, {"If_Match": "*"}):
        with refused(428):
            etags.expected_version(request(**headers), required=True)


@pytest.mark.parametrize("header", ['"x"', '"' + "9" * 30 + '"', '""', '"-1"'])
def test_an_etag_that_we_never_gave_is_stale(header):
    with refused(412):
        etags.expected_version(request(If_Match=header), required=False)


@pytest.mark.parametrize("header", ["7", '"7', '"7", "8"', "å"])
def test_what_is_not_one_etag_is_a_400(header):
    with refused(400):
        etags.expected_version(request(If_Match=header), required=False)


def test_an_idempotency_key_is_the_same_with_and_without_quotes():
    assert idempotency.key(request()) is None
    assert idempotency.key(request(Idempotency_Key="a b-1")) == "a b-1"
    assert idempotency.key(request(Idempotency_Key='"a b-1"')) == "a b-1"


@pytest.mark.parametrize("header", ["", '""', "x" * 201, "å", "a\tb"])
def test_an_idempotency_key_is_short_and_printable(header):
    with refused(400):
        idempotency.key(request(Idempotency_Key=header))


def test_a_body_has_the_same_fingerprint_in_any_order():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
    assert len(fingerprint(b"bytes")) == 64


def test_a_signed_link_carries_what_it_opens():
    assert links.verify(KEY, links.sign(KEY, ["attachment", 7]), max_age=60) == ["attachment", 7]


def test_a_link_that_somebody_changed_is_refused():
    for signature in (links.sign("other" * 10, 7), links.sign(KEY, 7) + "x", "", "å", "a.b.c", "\0" * 5000):
        with refused(403):
            links.verify(KEY, signature, max_age=60)


def test_an_old_link_has_expired():
    with refused(410):
        links.verify(KEY, links.sign(KEY, 7), max_age=-1)
