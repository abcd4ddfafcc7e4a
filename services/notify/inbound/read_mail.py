"""Reading an e-mail that anybody may have sent (RFC 5322): its text, its files, and whether a program sent it.

Its size, lines, parts and headers are counted before it is parsed, and every text has a bound: what a stranger sends
takes no more of us than a mail of a person does. What cannot be read of it is left out; reading never fails after the
counting.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from html import unescape
from typing import BinaryIO, TypeVar

from services.notify.inbound.contents import Contents, decoded, opened
from shared.text import cleaned

MOST_BYTES = 25_000_000  # what most mail servers take
MOST_LINES = 600_000  # 25 MB of base64 has 340,000 of them
MOST_PARTS = 100
MOST_SEPARATORS = 5_000  # lines that may begin another part, also one without a header
MOST_COMPARISONS = 10_000_000  # of a line with what ends each of the multiparts that it may be in
MOST_HEADERS = 2_000  # lines of them in a row
MOST_BESIDE_CONTENTS = 6_000_000  # bytes of headers, and of parts without any
MOST_NAMED = 50  # files
MOST_TEXT = 50_000  # characters
LONGEST_HEADER = 2_000  # bytes of one that is read
LONGEST_LINE = 300  # characters of a subject, an address or a file's name
MOST_HTML = 100_000

Found = TypeVar("Found")


class MailRejected(Exception):
    """The mail is none that we read: it has more parts, or longer headers, than mail of people has."""


@dataclass(frozen=True)
class CarriedFile:
    """A file that a mail carries: its name, media type and size in bytes, as it came; `open` gives what it holds."""

    name: str
    media_type: str
    size: int
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)


@dataclass(frozen=True)
class ReadMail:
    """What a mail holds. `from_address` is what stands there: anybody may have written it.

    `is_cut`: its text was longer than MOST_TEXT. `is_automatic`: a program sent it, as one does while somebody is away;
    nobody answers it. `reached_us_at`: when our own mail server got it, by what that wrote first in it; None where it
    wrote nothing.
    """

    message_id: str
    from_address: str
    subject: str
    text: str
    is_cut: bool
    files: list[CarriedFile]
    is_automatic: bool
    reached_us_at: datetime | None


def read_mail(raw: bytes) -> ReadMail:
    """Read a mail. Raises MailRejected."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _check_counts(raw)
    contents = Contents(raw)
    _check_beside(contents.rest)
    message = BytesParser(policy=compat32).parsebytes(contents.rest)
    leaves = list(_leaves(message))
    texts = [part for part in leaves if not _is_file(part)]
    written = _joined(_content(contents, part) for part in texts if part.get_content_type() == "text/plain")
    if not written:
        pages = (_content(contents, part)[:MOST_HTML] for part in texts if part.get_content_type() == "text/html")
        written = _joined(map(_text_of_page, pages))
    files = [part for part in leaves if _is_file(part)][:MOST_NAMED]
    return ReadMail(
        message_id=_line(_header(message, "message-id")),
        from_address=_line(_or(lambda: parseaddr(_header(message, "from")), ("", ""))[1]),
        subject=_line(_decoded_words(_header(message, "subject"))),
        text=_clean(written, MOST_TEXT),
        is_cut=len(written) > MOST_TEXT,
        files=[_file(contents, part) for part in files],
        is_automatic=_is_automatic(message),
        reached_us_at=_reached_us_at(message),
    )


_HEADERS = re.compile(rb"(?:^[!-9;-~]{1,100}:[^\n]*\n(?:[ \t][^\n]*\n)*+)++", re.MULTILINE)
_HEAD_OF_PART = re.compile(rb"^content-type:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)


def _check_counts(raw: bytes) -> None:
    """No part is inside another without a header that gives its type: so many of these are the deepest there can be.

    A part beside another needs no header, only the line that separates them.
    """
    lines, multiparts = raw.count(b"\n"), 0
    if len(raw) > MOST_BYTES or lines > MOST_LINES:
        raise MailRejected("larger than a mail may be")
    if raw.count(b"\n--") > MOST_SEPARATORS:
        raise MailRejected("more parts than a mail may have")
    for number, head in enumerate(_HEAD_OF_PART.finditer(raw), start=1):
        if number > MOST_PARTS:
            raise MailRejected("more parts than a mail may have")
        if len(head[0]) > LONGEST_HEADER:
            raise MailRejected("a longer Content-Type than a mail may have")
        multiparts += b"multipart" in head[0].lower()
    if lines * multiparts > MOST_COMPARISONS:
        raise MailRejected("more lines in parts of parts than a mail may have")


def _joined(texts: Iterable[str]) -> str:
    """The texts that are not empty, until they are more than is kept."""
    joined = ""
    for text in filter(str.strip, texts):
        joined = f"{joined}\n\n{text}" if joined else text
        if len(joined) > MOST_TEXT:
            break
    return joined


def _check_beside(rest: bytes) -> None:
    if len(rest) > MOST_BESIDE_CONTENTS:
        raise MailRejected("more headers than a mail may have")
    if any(headers[0].count(b"\n") > MOST_HEADERS for headers in _HEADERS.finditer(rest)):
        raise MailRejected("more headers than a mail may have")


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something; a mail inside the mail is one of them."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(part.get_payload())  # type: ignore[arg-type]
        else:
            yield part


def _is_file(part: Message) -> bool:
    is_text = part.get_content_type() in ("text/plain", "text/html") and not part.is_multipart()
    return not is_text or _disposition(part) == "attachment" or bool(_file_name(part))


def _disposition(part: Message) -> str:
    return _header(part, "content-disposition").partition(";")[0].strip().lower()


def _file(contents: Contents, part: Message) -> CarriedFile:
    content = _octets(contents, part)
    size = sum(map(len, content()))
    return CarriedFile(_file_name(part), part.get_content_type()[:LONGEST_LINE], size, lambda: opened(content()))


def _file_name(part: Message) -> str:
    """Its name; empty where it has none, or none that can be read."""
    if len(_raw_header(part, "content-disposition")) > LONGEST_HEADER:
        return ""
    name = _or(part.get_filename, None)
    return _line(_decoded_words(name[:LONGEST_HEADER])) if isinstance(name, str) else ""


def _octets(contents: Contents, part: Message) -> Callable[[], Iterator[bytes]]:
    """What gives the bytes of a part, a piece at a time."""
    if part.is_multipart():
        written, encoding = _or(part.as_bytes, b""), ""
    else:
        encoding = _header(part, "content-transfer-encoding")
        written = _as_written(part)
    return lambda: decoded(contents.pieces(written), encoding)


def _as_written(part: Message) -> bytes:
    part.del_param("charset")  # the parser decodes by it too, with codecs that are no charset of a mail
    del part["content-transfer-encoding"]
    content = _or(lambda: part.get_payload(decode=True), None)
    return content if isinstance(content, bytes) else b""


def _content(contents: Contents, part: Message) -> str:
    """The text of a part; every byte of it in some charset."""
    charset = _or(lambda: part.get_content_charset(""), "")
    content = opened(_octets(contents, part)()).read(4 * MOST_HTML)
    return _in_charset(content, charset or "")


_CHARSETS = re.compile(
    r"utf-(?:8|16|16-le|16-be)|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-[a-z]+|gb\w+|big5\w*|shift_jis\w*|euc_\w+|iso2022_\w+"
)


def _in_charset(content: bytes, charset: str) -> str:
    """The text of the bytes: in the charset that was named, where it is one, else in UTF-8 or Windows-1252."""
    name = _or(lambda: codecs.lookup(charset).name, "")
    if _CHARSETS.fullmatch(name) and name != "ascii":
        return content.decode(name, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _raw_header(message: Message, name: str) -> str:
    """The first header of this name, with whatever stands in it; empty where there is none."""
    return next((str(value) for each, value in message.raw_items() if each.lower() == name), "")


def _header(message: Message, name: str) -> str:
    """The first header of this name, on one line and within a bound; bytes that are no ASCII are read as UTF-8."""
    raw = _raw_header(message, name)[:LONGEST_HEADER].encode("utf-8", "surrogateescape")
    return " ".join(_in_charset(raw, "").split())


def _decoded_words(value: str) -> str:
    """A header's text, with its encoded words read (RFC 2047)."""
    pieces = _or(lambda: decode_header(value), [(value, None)])
    return "".join(
        _in_charset(piece, charset or "") if isinstance(piece, bytes) else str(piece) for piece, charset in pieces
    )


def _line(text: str) -> str:
    return " ".join(_clean(text, LONGEST_LINE).split())


def _clean(text: str, most: int) -> str:
    """The text without what nobody sees, cut at `most` characters; with more marks than any language has, none."""
    cut = text[:most].encode("utf-8", "replace").decode()
    try:
        return cleaned(cut, most)[:most]
    except ValueError:
        return cleaned(re.sub(r"[\u0300-\u036f\u0483-\u0489\u0591-\u0eff\u1ab0-\u20ff\ufe20-\ufe2f]+", "", cut), most)


def _or(read: Callable[[], Found], otherwise: Found) -> Found:
    """What `read` gives; the standard library raises most anything at a mail that somebody has thought out."""
    try:
        return read()
    except Exception:
        return otherwise


def _reached_us_at(message: Message) -> datetime | None:
    """The time in the first `Received`, which the last server that took the mail has written (RFC 5321, 4.4)."""
    _, _, written = _header(message, "received").rpartition(";")
    at = _or(lambda: parsedate_to_datetime(written), None)
    return at if at is not None and at.tzinfo else None


_OF_PROGRAMS = ("bulk", "junk", "list", "auto_reply", "auto-reply")


def _is_automatic(message: Message) -> bool:
    """Whether a program sent it (RFC 3834, and what programs wrote before it), a list did, or it reports a delivery."""
    submitted = _header(message, "auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _header(message, "precedence").lower() in _OF_PROGRAMS
        or any(_header(message, name) for name in ("list-id", "list-unsubscribe", "x-autoreply", "x-autorespond"))
        or message.get_content_type() == "multipart/report"
    )


_TAG = re.compile(r"(<[^<>]*>)")  # in time that grows with the page: the standard library's parser may take minutes
_TAG_NAME = re.compile(r"</?([a-z0-9]+)", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "hr"})


def _text_of_page(page: str) -> str:
    """The text of an HTML page, a line for each block."""
    written: list[str] = []
    within = ""  # what is not seen, until it ends
    for piece in _TAG.split(page):
        name = found[1].lower() if (found := _TAG_NAME.match(piece)) else ""
        if within:
            ends = "-->" in piece if within == "comment" else piece.startswith("</") and name == within
            within = "" if ends else within
        elif piece.startswith("<!--"):
            within = "" if piece.endswith("-->") else "comment"
        elif name in _UNSEEN and not piece.startswith("</"):
            within = name
        elif name:
            written.append("\n" if name in _BLOCKS else "")
        else:
            written.append(" ".join(f"|{unescape(piece)}|".split())[1:-1])
    lines = (" ".join(line.split()) for line in "".join(written).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
