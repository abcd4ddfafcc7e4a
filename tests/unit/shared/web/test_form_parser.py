"""Forms within bounds: read as browsers send them, refused as soon as a bound is passed."""

from io import BytesIO
from urllib.parse import parse_qsl

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from shared.web.form_parser import MAX_PARTS, MAX_TEXT, FormParser


class _Request(Request):
    form_data_parser_class = FormParser


def sent(body: bytes, content_type: str) -> Request:
    """A request with this body."""
    return _Request(EnvironBuilder(method="POST", data=body, content_type=content_type).get_environ())


def in_parts(*parts: bytes) -> Request:
    """A form in parts, each with the headers after its name's."""
    body = b"".join(b"--B\r\nContent-Disposition: form-data; " + each + b"\r\n" for each in parts)
    return sent(body + b"--B--\r\n", "multipart/form-data; boundary=B")


def encoded(body: bytes) -> Request:
    """An URL-encoded form."""
    return sent(body, "application/x-www-form-urlencoded")


def test_a_form_in_parts_is_read_with_its_files_in_order():
    request = in_parts(
        b'name="place"\r\n\r\nKyrkbyn \xc3\xa5',
        b'name="photo"; filename="bild \xc3\xa5.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG',
        b'name="place"\r\n\r\nanother',
        b'name="empty"; filename=""\r\n\r\n',
    )

    assert request.form.getlist("place") == ["Kyrkbyn å", "another"]
    photo = request.files["photo"]
    assert (photo.filename, photo.mimetype, photo.read()) == ("bild å.png", "image/png", b"\x89PNG")
    assert request.files["empty"].filename == ""


def test_an_encoded_form_is_read():
    assert encoded(b"place=Kyrkbyn+%C3%A5&place=b&empty=").form.to_dict(flat=False) == {
        "place": ["Kyrkbyn å", "b"],
        "empty": [""],
    }


def test_a_file_larger_than_all_text_may_be_is_read():
    request = in_parts(b'name="photo"; filename="a.png"\r\n\r\n' + b"x" * 3 * MAX_TEXT)

    assert len(request.files["photo"].read()) == 3 * MAX_TEXT


@pytest.mark.parametrize("broken", [b"", b"--B", b"--B\r\n\r\n\r\n", b"--B\r\nContent-Disposition: form-data"])
def test_what_is_no_form_is_an_empty_one(broken):
    assert not sent(broken, "multipart/form-data; boundary=B").form


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: encoded(b"&".join([b"a="] * (MAX_PARTS + 1))),
        lambda: encoded(b"a=" + b"x" * MAX_TEXT),
        lambda: in_parts(*[b'name="a"\r\n\r\n'] * (MAX_PARTS + 1)),
        lambda: in_parts(b'name="a"\r\n\r\n' + b"x" * (MAX_TEXT + 1)),
        lambda: in_parts(*[b'name="a"\r\n\r\n' + b"x" * 200_000] * 3),
        lambda: in_parts(b'name="a"' + b"; a=1" * 30 + b"\r\n\r\n"),
        lambda: in_parts(b'name="a"; filename="' + b"x" * 3_000 + b'"\r\n\r\n'),
    ],
    ids=["inputs", "text", "parts", "a long part", "text of all parts", "options", "a file's name"],
)
def test_what_passes_a_bound_is_a_413(request_of):
    with pytest.raises(RequestEntityTooLarge):
        assert request_of().form


def test_no_more_is_read_of_an_encoded_form_than_is_needed_to_refuse_it():
    endless = BytesIO(b"a&" * MAX_TEXT * 4)
    environ = EnvironBuilder(method="POST", input_stream=endless, content_type="application/x-www-form-urlencoded")
    request = _Request(environ.get_environ() | {"wsgi.input_terminated": True})

    with pytest.raises(RequestEntityTooLarge):
        assert request.form
    assert endless.tell() <= 2 * MAX_TEXT


PIECES = st.sampled_from(
    ["%", "%C3", "%A5", "%cc", "%2", "%zz", "%00", "%25", "%F0%9F", "å", "a", "4", "&", "=", "+", ";"]
)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_an_encoded_form_is_read_as_the_standard_library_reads_it(body):
    expected = parse_qsl(body, keep_blank_values=True, errors="werkzeug.url_quote")

    assert list(encoded(body.encode()).form.items(multi=True)) == [
        (name, value) for name in dict(expected) for each, value in expected if each == name
    ]
