"""The desk's page of mail that found no case, and what the other pages show of incoming mail."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.desk.confirmation import confirm
from services.routing.desk.texts import later
from services.routing.incoming_mail import unplaced
from shared.web.languages import gettext
from shared.web.names import takes

_NO_NUMBER = later("Write the number of the case.")
_NO_REASON = later("Write why it belongs in no case, in at most 500 characters.")


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/mail`, `/desk/mail/<id>/placement`, `/desk/mail/<id>/dismissal`."""

    @desk.get("/mail")
    def unplaced_mail() -> str:
        return _page(context)

    @desk.post("/mail/<uuid:mail_id>/placement")
    @takes(form=("case_number",))
    def place_mail(mail_id: UUID) -> ResponseReturnValue:
        number = request.form.get("case_number", "").strip()[: unplaced.LONGEST_NUMBER]
        try:
            if not number:
                raise InvalidInput("case_number", _NO_NUMBER)
            case = unplaced.place(context.officer(g.identity), mail_id, number, **context.store_and_time())
        except InvalidInput as error:
            return _page(context, mail_id, error, number), 422
        confirm(later("The e-mail has been put in %(number)s."), case.id, case.number)
        return redirect(url_for("desk.unplaced_mail"), 303)

    @desk.post("/mail/<uuid:mail_id>/dismissal")
    @takes(form=("reason",))
    def dismiss_mail(mail_id: UUID) -> ResponseReturnValue:
        reason = request.form.get("reason", "").strip()
        if not 0 < len(reason) <= unplaced.LONGEST_REASON:
            return _page(context, mail_id, InvalidInput("reason", _NO_REASON), reason), 422
        unplaced.dismiss(context.officer(g.identity), mail_id, reason, **context.store_and_time())
        flash(gettext("The e-mail waits no longer."))
        return redirect(url_for("desk.unplaced_mail"), 303)


def _page(
    context: RoutingContext, mail_id: UUID | None = None, error: InvalidInput | None = None, typed: str = ""
) -> str:
    """The page; with an error, at the form of the mail where it was made, filled in as it was."""
    g.here = url_for("desk.unplaced_mail")
    waiting = unplaced.waiting_mails(context.officer(g.identity), **context.store_and_time())
    at_form: dict[str, Any] = {"mail_id": mail_id, "error": error, "typed": typed}
    return render_template("incoming_mail/unplaced.html", section="mail", waiting=waiting, **at_form)
