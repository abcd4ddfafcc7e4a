"""Mail that found no case, at the API, for registrars."""

from typing import Any
from uuid import UUID

from flask import g

from services.routing.cases.case_file import attachments_of_mail
from services.routing.cases.shown_case import shown_attachment
from services.routing.context import RoutingContext
from services.routing.incoming_mail import unplaced
from services.routing.incoming_mail.models import UnplacedMail
from services.routing.incoming_mail.schemas import (
    DismissalSchema,
    PlacedMailSchema,
    PlacementSchema,
    UnplacedMailsSchema,
)
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/unplaced-mails`, `/unplaced-mails/<id>/placement`, `/unplaced-mails/<id>/dismissal`."""

    @routes.get("/unplaced-mails")
    @routes.response(200, UnplacedMailsSchema)
    @may_answer(routes, 401, 403)
    def list_unplaced_mails() -> dict[str, Any]:
        """List the mails that found no case, the oldest first. For registrars."""
        waiting = unplaced.waiting_mails(context.officer(g.identity), **context.store_and_time())
        return {"items": [_shown(context, each) for each in waiting.mails], "total": waiting.total}

    @routes.post("/unplaced-mails/<uuid:mail_id>/placement")
    @routes.arguments(PlacementSchema)
    @routes.response(200, PlacedMailSchema)
    @may_answer(routes, 401, 403, 404, 409, 422)
    def place_mail(data: dict[str, Any], mail_id: UUID) -> Any:
        """Put a mail in the case that it belongs in. For registrars."""
        return unplaced.place(context.officer(g.identity), mail_id, data["case_number"], **context.store_and_time())

    @routes.post("/unplaced-mails/<uuid:mail_id>/dismissal")
    @routes.arguments(DismissalSchema)
    @routes.response(204)
    @may_answer(routes, 401, 403, 404, 422)
    def dismiss_mail(data: dict[str, Any], mail_id: UUID) -> None:
        """Let a mail wait no longer, because it belongs in no case. For registrars."""
        unplaced.dismiss(context.officer(g.identity), mail_id, data["reason"], **context.store_and_time())


def _shown(context: RoutingContext, mail: UnplacedMail) -> dict[str, Any]:
    files = [shown_attachment(context, each) for each in attachments_of_mail(mail.content)]
    return {"mail": mail, "attachments": files}
