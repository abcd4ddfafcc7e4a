"""ETag and If-Match."""

import pytest

from shared.web import etags


def test_the_version_that_an_etag_names_comes_back(request_with):
    for header in (etags.etag(7), 'W/"7"'):
        assert etags.expected_version(request_with(If_Match=header), required=True) == 7


def test_no_condition_is_none_unless_one_is_required(request_with, problem_with):
    assert etags.expected_version(request_with(), required=False) is None
    assert etags.expected_version(request_with(If_Match="*"), required=False) is None
    for headers in ({}, {"If_Match": "*"}):
        with problem_with(428):
            etags.expected_version(request_with(**headers), required=True)


@pytest.mark.parametrize("header", ['"x"', '"' + "9" * 30 + '"', '""', '"-1"'])
def test_an_etag_that_we_never_gave_is_stale(request_with, problem_with, header):
    with problem_with(412):
        etags.expected_version(request_with(If_Match=header), required=False)


@pytest.mark.parametrize("header", ["7", '"7', '"7", "8"', "å"])
def test_what_is_not_one_etag_is_a_400(request_with, problem_with, header):
    with problem_with(400):
        etags.expected_version(request_with(If_Match=header), required=False)
