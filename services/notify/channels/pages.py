"""The mailbox pages: mail in the mailbox folder, shown in the browser. Only where mail is not sent."""

from pathlib import Path
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.notify.channels import mailbox
from services.notify.channels.mailbox import StoredMail
from services.notify.inbound.read_mail import MailRejected
from services.notify.inbound.receive import Receiver, TooMuchMail
from services.notify.inbound.written_reply import MOST_BYTES, MOST_TEXT, send_reply
from services.notify.mail_files.take import FilesGone, NotScanned
from shared.web.app import accepts_up_to
from shared.web.languages import gettext
from shared.web.names import takes
from shared.web.problems import RETRY_AFTER_SECONDS, Problem


def blueprint(folder: Path, receiver: Receiver) -> Blueprint:
    """The routes under `/mailbox/`. What is replied there is received as mail that came in."""
    routes = Blueprint("mailbox", __name__, url_prefix="/mailbox")

    @routes.get("/")
    def mails() -> str:
        return render_template("mailbox.html", mails=mailbox.newest(folder))

    @routes.get("/<uuid:mail_id>")
    def mail(mail_id: UUID) -> str:
        found = _mail(folder, mail_id)
        return render_template("mail.html", mail=found, may_reply=receiver.takes(found.reply_to), longest=MOST_TEXT)

    @routes.post("/<uuid:mail_id>/replies")
    @takes(form=("text",))
    @accepts_up_to(MOST_BYTES)
    def reply(mail_id: UUID) -> ResponseReturnValue:
        found, text = _mail(folder, mail_id), request.form.get("text", "").strip()[:MOST_TEXT]
        if not text or not receiver.takes(found.reply_to):
            raise Problem(422, "no-reply", detail="Write something, to a mail that can be answered.")
        files = [(each.filename, each.stream.read()) for each in request.files.getlist("files") if each.filename]
        try:
            send_reply(found, text, files, receiver)
        except MailRejected as error:
            raise Problem(422, "no-reply", detail="The mail cannot be read.") from error
        except (TooMuchMail, NotScanned, FilesGone) as error:
            raise Problem(503, "unavailable", headers={"Retry-After": str(RETRY_AFTER_SECONDS)}) from error
        flash(gettext("Your reply has been sent."))
        return redirect(url_for(".mail", mail_id=mail_id), 303)

    return routes


def _mail(folder: Path, mail_id: UUID) -> StoredMail:
    found = mailbox.read(folder, mail_id)
    if found is None:
        raise Problem(404, "unknown-mail", detail="There is no such mail in the mailbox.")
    return found
