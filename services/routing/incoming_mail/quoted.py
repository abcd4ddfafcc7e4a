"""Where a mail's own text ends and what it quotes of the mail before begins: all of it stays, and some is folded."""

import re
from typing import NamedTuple

# A line by which mail programs begin what they quote, in Swedish, English, German, Norwegian and Danish.
_BEGINS = re.compile(
    r"^(?:"
    r"[-_ ]{3,}(?:original message|ursprungligt meddelande|vidarebefordrat meddelande|forwarded message).*"
    r"|(?:den|on|am|på|le)\b.{5,150}(?:skrev|wrote|schrieb|écrit).{0,100}:?"
    r"|_{20,}"
    r"|(?:från|from|von|fra): .{1,200}\n(?:skickat|sent|datum|date|gesendet|sendt|till|to): .*"
    r"|>.*(?:\n>.*)*"
    r")$",
    re.IGNORECASE | re.MULTILINE,
)


class MailText(NamedTuple):
    """What was written, and what was quoted after it."""

    written: str
    quoted: str


def mail_text(text: str) -> MailText:
    """The text in its two parts; where all of it would be quoted, all of it was written."""
    found = _BEGINS.search(text)
    if found is None or not text[: found.start()].strip():
        return MailText(text, "")
    return MailText(text[: found.start()].strip(), text[found.start() :].strip())
