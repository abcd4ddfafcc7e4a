"""Forms that browsers post, within bounds: werkzeug bounds the parts of a multipart form, and little else."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from werkzeug.datastructures import FileStorage, Headers, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

MAX_PARTS = 300  # inputs and files: far more than any form has
MAX_TEXT = 500_000  # bytes of all inputs together
MAX_PART_HEADERS = 2_000  # bytes; the longest name of a file takes 765
MAX_OPTIONS = 20  # semicolons in the headers of a part, those in the name of a file with them

_PIECE = 64 * 1024
_ESCAPES = re.compile("(?:%[0-9a-fA-F]{2})+")

Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class FormParser(FormDataParser):
    """Reads a posted form; RequestEntityTooLarge (413) as soon as one of the bounds is passed."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Parsed:
        body = stream.read(MAX_TEXT + 1)
        if len(body) > MAX_TEXT or body.count(b"&") >= MAX_PARTS:
            raise RequestEntityTooLarge
        return stream, self.cls(_inputs(body.decode())), self.cls()

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Parsed:
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("Missing boundary")
        form: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        text = 0
        for part, content in self._parts(_events(stream, boundary), content_length):
            if isinstance(part, File):
                content.seek(0)
                files.append((part.name, FileStorage(content, part.filename, part.name, headers=part.headers)))
            else:
                text += content.tell()
                form.append((part.name, content.getvalue().decode("utf-8", "replace")))
            if text > MAX_TEXT:
                raise RequestEntityTooLarge
        return stream, self.cls(form), self.cls(files)

    def _parts(self, events: Iterator[Event], content_length: int | None) -> Iterator[tuple[Field | File, Any]]:
        """Each part, and where its content has been written."""
        part: Field | File | None = None
        content: Any = None
        for event in events:
            if isinstance(event, Field):
                part, content = event, _BoundedText()
            elif isinstance(event, File):
                part, content = event, self.stream_factory(content_length, None, event.filename)
            elif isinstance(event, Data) and part is not None:
                content.write(event.data)
                if not event.more_data:
                    yield part, content


def _inputs(body: str) -> Iterator[tuple[str, str]]:
    """The inputs of a form in the encoding of addresses, as werkzeug reads them with `urllib.parse.parse_qsl`.

    That decodes one byte after the other, which for a form of nothing but escapes was a quarter of the request.
    """
    for each in filter(None, body.split("&")):
        name, _, value = each.partition("=")
        yield _unquoted(name), _unquoted(value)


def _unquoted(text: str) -> str:
    return _ESCAPES.sub(_characters, text.replace("+", " "))


def _characters(escapes: re.Match[str]) -> str:
    return bytes.fromhex(escapes[0].replace("%", "")).decode(errors="werkzeug.url_quote")


class _BoundedText(BytesIO):
    """What an input holds."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > MAX_TEXT:
            raise RequestEntityTooLarge
        return super().write(data)


class _Decoder(MultipartDecoder):
    """Refuses headers of a part that would take long to read."""

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        if len(data) > MAX_PART_HEADERS or data.count(b";") > MAX_OPTIONS:
            raise RequestEntityTooLarge
        return super()._parse_headers(data)


def _events(stream: IO[bytes], boundary: bytes) -> Iterator[Event]:
    decoder = _Decoder(boundary, MAX_TEXT, max_parts=MAX_PARTS)
    ended = False
    while not ended:
        piece = stream.read(_PIECE)
        ended = not piece
        decoder.receive_data(piece or None)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            yield event
