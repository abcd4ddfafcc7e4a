"""A reply as somebody's mail program would write it, to try what comes of one where mail goes to a folder."""

from email.message import EmailMessage
from email.utils import make_msgid

from services.notify.channels.mailbox import StoredMail
from services.notify.inbound.receive import MailOutcome, Receiver

MOST_TEXT = 20_000


def send_reply(mail: StoredMail, text: str, receiver: Receiver) -> MailOutcome:
    """Have the answer to a mail received, as from the one whom it was sent to. Raises what `receive` raises."""
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    reply = EmailMessage()
    reply["From"], reply["To"] = mail.to, mail.reply_to
    reply["Subject"] = f"Sv: {mail.subject}"
    reply["Message-ID"] = make_msgid(domain="mailbox.example")
    reply.set_content(f"{text}\n\n{quoted}\n")
    return receiver.receive(reply.as_bytes(), envelope_from=mail.to, recipient=mail.reply_to)
