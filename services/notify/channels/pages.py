"""The mailbox pages: mail in the mailbox folder, shown in the browser. Only where mail is not sent."""

from pathlib import Path
from uuid import UUID

from flask import Blueprint, render_template

from services.notify.channels import mailbox
from shared.web.problems import Problem


def blueprint(folder: Path) -> Blueprint:
    """The routes under `/mailbox/`."""
    routes = Blueprint("mailbox", __name__, url_prefix="/mailbox")

    @routes.get("/")
    def mails() -> str:
        return render_template("mailbox.html", mails=mailbox.newest(folder))

    @routes.get("/<uuid:mail_id>")
    def mail(mail_id: UUID) -> str:
        found = mailbox.read(folder, mail_id)
        if found is None:
            raise Problem(404, "unknown-mail", detail="There is no such mail in the mailbox.")
        return render_template("mail.html", mail=found)

    return routes
