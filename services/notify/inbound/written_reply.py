"""A reply as somebody's mail program would write it, to try what comes of one where mail goes to a folder."""

from collections.abc import Iterable
from email.message import EmailMessage
from email.utils import make_msgid

from services.notify.channels.mailbox import StoredMail
from services.notify.inbound.receive import MailOutcome, Receiver

MOST_TEXT = 20_000
MOST_BYTES = 18_000_000  # of files: as a mail has them they are a third more


def send_reply(mail: StoredMail, text: str, files: Iterable[tuple[str, bytes]], receiver: Receiver) -> MailOutcome:
    """Have the answer to a mail received, as from the one whom it was sent to. Raises what `receive` raises."""
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    reply = EmailMessage()
    reply["From"], reply["To"] = mail.to, mail.reply_to
    reply["Subject"] = f"Sv: {mail.subject}"
    reply["Message-ID"] = make_msgid(domain="mailbox.example")
    reply.set_content(f"{text}\n\n{quoted}\n")
    for name, content in files:
        on_one_line = " ".join(name.split())  # a header has no line feed
        reply.add_attachment(content, maintype="application", subtype="octet-stream", filename=on_one_line)
    return receiver.receive(reply.as_bytes(), envelope_from=mail.to, recipient=mail.reply_to)
